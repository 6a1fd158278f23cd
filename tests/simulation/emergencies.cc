#include "people_at_work.h"

namespace kosei::simulation {
namespace {

constexpr std::int64_t kThreeDays = 3 * kDay;

void AskTheBoard(World& world, Booked& change, std::set<std::string> apart) {
  const std::vector<std::string> board = PeopleWith("emergency_board");
  world.Ask(change, "emergency_change",
            {{.name = "emergency_board", .members = {board.begin(), board.end()}}},
            std::move(apart), kThreeDays);
}

void Record(World& world, Booked& change) {
  const std::string author(change.text("opened_by"));
  if (world.dice.Chance(70)) {
    if (world.Do(author, change,
                 {.event = "ask_decision",
                  .attributes = {{"scope", "the firewall"},
                                 {"reason", "an attack"},
                                 {"emergency_criterion", "a critical service is down"},
                                 {"backout_plan", "the old rules"},
                                 {"risk_statement", "little"}}}))
      AskTheBoard(world, change, {author});
    return;
  }
  // It was done before anybody wrote it down.
  const std::string by = world.Anyone("change_implementer");
  const Timestamp end = After(world.now(), -kHour);
  if (!world.Do("im1", change,
                {.event = "record_afterwards",
                 .attributes = {{"scope", "the firewall"},
                                {"reason", "an attack"},
                                {"emergency_criterion", "a critical service was down"},
                                {"implemented_by", by},
                                {"implementation_note", "a port was closed"},
                                {"actual_start", TextOf(After(end, -kHour))},
                                {"actual_end", TextOf(end)}}}))
    return;
  change.times["actual_start"] = After(end, -kHour);
  change.times["actual_end"] = end;
  change.times["review_due"] = After(world.now(), 14 * kDay);
  AskTheBoard(world, change, {author, "im1", by});
}

void Assess(World& world, Booked& change) {
  world.Do(world.Anyone("change_manager"), change,
           {.event = "assess_afterwards",
            .attributes = {{"category", "network"},
                           {"change_scale", "minor"},
                           {"assigned_to", world.Anyone("change_implementer")}}});
}

void Review(World& world, Booked& change) {
  const std::string manager = world.Anyone("change_manager");
  const Asked* const asked = world.AskedOf(change.key);
  if (asked->decision == Decision::kOpen) {
    world.VoteOn(change, 15);
  } else if (asked->decision == Decision::kApproved) {
    Texts given = {{"test_result", "exempt"}, {"test_note", "there was no time"}};
    for (const char* name :
         {"risk_statement", "benefit_statement", "service_impact_statement",
          "feasibility_statement", "business_impact_statement", "resources_statement"})
      given.emplace_back(name, "weighed afterwards");
    world.Do(manager, change, {.event = "review", .attributes = given});
  } else {
    world.Do(
        manager, change,
        {.event = "review_disapproved",
         .attributes = {{"rejection_reason", "nobody was asked"}, {"review_action", "ask first"}}});
  }
}

}  // namespace

void WorkOnEmergencyChange(World& world, const std::string& key) {
  Booked& change = world.books.At(key);
  if (IsFinal("emergency_change", change.state)) return;
  if (change.state == "recorded") {
    Record(world, change);
  } else if (change.state == "awaiting_decision") {
    if (world.dice.Chance(70)) world.VoteOn(change, 10);
  } else if (change.state == "approved") {
    const std::string by = world.Anyone("change_implementer");
    if (world.Do(by, change, {.event = "begin", .attributes = {{"implemented_by", by}}}))
      change.times["actual_start"] = world.now();
  } else if (Names("implemented reversed remedied", change.state)) {
    Assess(world, change);
  } else if (change.state == "retrospective") {
    Review(world, change);
  } else {
    CarryOut(world, change);
  }
  world.Plan(world.dice.Between(10 * kMinute, kDay),
             [&world, key] { WorkOnEmergencyChange(world, key); });
}

}  // namespace kosei::simulation
