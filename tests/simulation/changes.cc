// Normal and standard changes, and the work that changes of all kinds share.
#include <array>

#include "people_at_work.h"

namespace kosei::simulation {
namespace {

constexpr std::array<const char*, 3> kScales = {"minor", "significant", "major"};
constexpr std::array<const char*, 4> kRisks = {"low", "medium", "high", "very_high"};
constexpr std::int64_t kTwoWeeks = 14 * kDay;

std::set<std::string> SetOf(const std::vector<std::string>& people) {
  return {people.begin(), people.end()};
}

std::string CriticalityFor(const World& world, const Booked& change) {
  return std::string(CriticalityOf(world.books.Targets(change.key, "concerns").front()));
}

// By the table: the manager always, the board with some risk, the owner for what is important.
std::vector<AskedStep> StepsFor(const Booked& change) {
  const std::string_view risk = change.text("risk_level");
  const std::string_view scale = change.text("change_scale");
  const std::string_view worst = change.text("worst_criticality");
  std::vector<AskedStep> steps;
  steps.push_back({.name = "change_manager", .members = SetOf(PeopleWith("change_manager"))});
  if (risk != "low" || scale == "major")
    steps.push_back({.name = "cab", .members = SetOf(PeopleWith("cab_member")), .half = true});
  if (worst == "critical" || worst == "high" || scale == "major")
    steps.push_back({.name = "service_owner", .members = SetOf(PeopleWith("service_owner"))});
  return steps;
}

void AskForDecision(World& world, Booked& change) {
  const std::string by(change.text("opened_by"));
  const std::string asks = RoleOf(by) == "change_requester" ? by : "req1";
  const std::string implementer = world.Anyone("change_implementer");
  const Timestamp start = After(world.now(), world.dice.Between(4 * kDay, 12 * kDay));
  Texts given = {{"risk_level", world.dice.OneOf(kRisks)},
                 {"worst_criticality", CriticalityFor(world, change)},
                 {"backout_tested", "true"},
                 {"impact_asked_at", TextOf(world.now())},
                 {"planned_start", TextOf(start)},
                 {"planned_end", TextOf(After(start, 12 * kHour))},
                 {"implemented_by", implementer},
                 {"conflicts_statement", "they do not get in each other's way"}};
  for (const char* name :
       {"risk_statement", "benefit_statement", "service_impact_statement", "feasibility_statement",
        "business_impact_statement", "resources_statement", "backout_plan"})
    given.emplace_back(name, "as usual");
  if (!world.Assess(asks, change)) return;
  if (!world.Do(asks, change, {.event = "ask_decision", .attributes = given})) return;
  change.times["planned_start"] = start;
  change.times["planned_end"] = After(start, 12 * kHour);
  world.Ask(change, "change", StepsFor(change),
            {by, asks, implementer, std::string(change.text("assigned_to"))}, kTwoWeeks);
}

void Cancel(World& world, Booked& change) {
  if (!world.Do(world.Anyone("change_manager"), change,
                {.event = "cancel", .attributes = {{"cancellation_reason", "no need any more"}}}))
    return;
  change.times["closed_at"] = world.now();
  world.Withdraw(change);
}

void Prepare(World& world, Booked& change) {
  const std::string manager = world.Anyone("change_manager");
  const std::size_t thrown = world.dice.Below(100);
  if (change.state == "draft") {
    // Guards see the links that are there, so these come first.
    if (world.books.Targets(change.key, "targets").empty()) {
      const std::string host = world.dice.OneOf(world.provider.hosts());
      world.Do(std::string(change.text("opened_by")), change,
               {.links = {{"targets", host},
                          {"concerns", world.provider.ServiceOn(host)},
                          {"reported_by", "u1"}}});
      return;
    }
    world.Do("req2", change,
             {.event = "submit", .attributes = {{"scope", "one host"}, {"reason", "it is old"}}});
  } else if (change.state == "recorded") {
    if (thrown < 5) {
      world.Do(manager, change, {.event = "send_back", .inputs = {{"reason", "say more"}}});
    } else {
      world.Do(
          manager, change,
          {.event = "classify",
           .attributes = {{"category", "hardware"}, {"change_scale", world.dice.OneOf(kScales)}}});
    }
  } else if (change.state == "classified") {
    if (thrown < 4) return Cancel(world, change);
    world.Do(
        manager, change,
        {.event = "assess", .attributes = {{"assigned_to", world.Anyone("change_implementer")}}});
  } else if (change.state == "assessing") {
    AskForDecision(world, change);
  }
}

void DecideAgain(World& world, Booked& change) {
  if (world.Do(world.Anyone("change_manager"), change,
               {.event = "decide_again", .inputs = {{"reason", "it looks different now"}}}))
    world.Withdraw(change);
}

void BuildAndSchedule(World& world, Booked& change) {
  const std::size_t thrown = world.dice.Below(100);
  if (thrown < 4) return DecideAgain(world, change);
  const std::string by = world.Anyone("change_implementer");
  if (change.state == "approved" && thrown < 60) {
    world.Do(by, change, {.event = "build"});
  } else if (change.state == "approved" || change.state == "in_build") {
    world.Do(by, change, {.event = "test"});
  } else if (thrown < 15) {
    world.Do(by, change,
             {.event = "fail_test", .attributes = {{"test_note", "it does not start"}}});
    change.texts["test_result"] = "failed";
  } else {
    world.Do(world.Anyone("change_manager"), change,
             {.event = "schedule",
              .attributes = {{"test_result", "passed"}, {"test_note", "in the lab"}}});
  }
}

void Verdict(World& world, Booked& change, const char* event) {
  const bool hurt = !world.books.Sources(change.key, "caused_by").empty();
  const std::string_view before = change.text("outcome");
  const std::string outcome = !before.empty() && before != "successful" ? std::string(before)
                              : hurt                                    ? "with_issues"
                                                                        : "successful";
  Texts given = {{"outcome", outcome}, {"review_result", "seen by all"}};
  if (outcome == "successful") {
    given.emplace_back("effectiveness", "effective");
  } else {
    given.emplace_back("effectiveness", "partly_effective");
    given.emplace_back("review_action", "test longer");
  }
  if (!world.Do(world.Anyone("change_manager"), change, {.event = event, .attributes = given}))
    return;
  change.times["reviewed_at"] = change.times["closed_at"] = world.now();
}

void SetReviewDue(World& world, Booked& change) {
  change.times.try_emplace("actual_end", world.now());
  change.times.try_emplace("review_due", After(world.now(), kTwoWeeks));
}

void EndWork(World& world, Booked& change) {
  const std::string by(change.text("implemented_by"));
  const std::size_t thrown = world.dice.Below(100);
  if (change.state == "failed") {
    if (thrown < 50) {
      if (!world.Do(by, change, {.event = "remedy", .attributes = {{"remedy", "done by hand"}}}))
        return;
      change.texts["outcome"] = "with_issues";
    } else {
      if (!world.Do(by, change, {.event = "back_out"})) return;
    }
    SetReviewDue(world, change);
  } else if (thrown < 84) {
    if (!world.Do(by, change,
                  {.event = "complete", .attributes = {{"implementation_note", "as planned"}}}))
      return;
    change.times["actual_end"] = world.now();
    if (change.life_cycle != "standard_change") {
      change.times.try_emplace("review_due", After(world.now(), kTwoWeeks));
    } else if (change.text("outcome").empty()) {
      change.texts["outcome"] = "successful";
    }
    if (world.dice.Chance(15)) {
      world.Plan(world.dice.Between(kMinute, 2 * kHour),
                 [&world, key = change.key] { ReportIncidentOf(world, key); });
    }
  } else {
    const char* const event = thrown < 93 ? "fail" : "back_out";
    if (!world.Do(by, change,
                  {.event = event, .attributes = {{"failure_reason", "it did not come up"}}}))
      return;
    change.texts["outcome"] = "failed";
    if (change.state == "reversed") SetReviewDue(world, change);
  }
}

void Begin(World& world, Booked& change) {
  if (world.now() < *change.time("planned_start")) return;
  if (After(world.now(), 5 * kSecond) >= *change.time("planned_end")) {
    // Nobody came; it is planned anew.
    if (change.life_cycle == "normal_change") return DecideAgain(world, change);
    const Timestamp start = After(world.now(), 6 * kHour);
    if (!world.Do("req1", change,
                  {.event = "schedule",
                   .attributes = {{"planned_start", TextOf(start)},
                                  {"planned_end", TextOf(After(start, 12 * kHour))}}}))
      return;
    change.times["planned_start"] = start;
    change.times["planned_end"] = After(start, 12 * kHour);
    return;
  }
  if (world.Do(std::string(change.text("implemented_by")), change, {.event = "begin"}))
    change.times["actual_start"] = world.now();
}

void Again(World& world, const Booked& change, void (*work)(World&, const std::string&)) {
  std::int64_t wait = world.dice.Between(kHour, 20 * kHour);
  if (change.state == "scheduled") {
    const std::int64_t left = change.time("planned_start")->micros - world.now().micros;
    if (left > 0) wait = left + world.dice.Between(kMinute, 11 * kHour);
    if (world.dice.Chance(5)) wait += 2 * kDay;
  } else if (change.state == "implementing" || change.state == "failed") {
    wait = world.dice.Between(10 * kMinute, 6 * kHour);
  } else if (change.state == "implemented") {
    wait = world.dice.Between(kDay, 18 * kDay);
  }
  world.Plan(wait, [&world, work, key = change.key] { work(world, key); });
}

}  // namespace

bool CarryOut(World& world, Booked& change) {
  if (change.state == "implementing" || change.state == "failed") {
    EndWork(world, change);
  } else if (change.state == "in_review") {
    Verdict(world, change, change.life_cycle == "standard_change" ? "close_reviewed" : "close");
  } else {
    return false;
  }
  return true;
}

void WishForAChange(World& world) {
  const std::size_t thrown = world.dice.Below(100);
  const std::string kind = thrown < 50 ? "standard" : thrown < 90 ? "normal" : "emergency";
  const std::string host = world.dice.OneOf(world.provider.hosts());
  Booked* const change = world.Open(world.Anyone("change_requester"), "Change",
                                    {{"name", "work on " + host}, {"kind", kind}},
                                    {{"targets", host},
                                     {"concerns", world.provider.ServiceOn(host)},
                                     {"reported_by", world.Anyone("user")}});
  if (change == nullptr) return;
  Again(world, *change,
        kind == "standard" ? WorkOnStandardChange
        : kind == "normal" ? WorkOnNormalChange
                           : WorkOnEmergencyChange);
}

void TakeUpChange(World& world, const std::string& key) {
  Again(world, world.books.At(key), WorkOnNormalChange);
}

void WorkOnNormalChange(World& world, const std::string& key) {
  Booked& change = world.books.At(key);
  if (IsFinal("normal_change", change.state)) return;
  if (Names("draft recorded classified assessing", change.state)) {
    Prepare(world, change);
  } else if (change.state == "awaiting_decision") {
    if (world.dice.Chance(2)) {
      Cancel(world, change);
    } else if (world.dice.Chance(80)) {
      world.VoteOn(change, 8);
    }
  } else if (Names("approved in_build in_test", change.state)) {
    BuildAndSchedule(world, change);
  } else if (change.state == "scheduled") {
    Begin(world, change);
  } else if (!CarryOut(world, change)) {
    world.Do(world.Anyone("change_manager"), change, {.event = "review"});
  }
  Again(world, change, WorkOnNormalChange);
}

void WorkOnStandardChange(World& world, const std::string& key) {
  Booked& change = world.books.At(key);
  if (IsFinal("standard_change", change.state)) return;
  if (change.state == "draft") {
    world.Do("req2", change,
             {.event = "submit",
              .attributes = {{"template", "cat:disk"},
                             {"category", "hardware"},
                             {"scope", "one disk"},
                             {"backout_plan", "the old disk"}}});
  } else if (change.state == "recorded") {
    const Timestamp start = After(world.now(), world.dice.Between(2 * kHour, 3 * kDay));
    if (world.Do("req1", change,
                 {.event = "schedule",
                  .attributes = {{"planned_start", TextOf(start)},
                                 {"planned_end", TextOf(After(start, 12 * kHour))},
                                 {"implemented_by", world.Anyone("change_implementer")}}})) {
      change.times["planned_start"] = start;
      change.times["planned_end"] = After(start, 12 * kHour);
    }
  } else if (change.state == "scheduled") {
    Begin(world, change);
  } else if (!CarryOut(world, change)) {
    const bool well = change.state == "implemented" && change.text("outcome") == "successful" &&
                      world.books.Sources(key, "caused_by").empty();
    if (!well) {
      world.Do(world.Anyone("change_manager"), change, {.event = "review"});
    } else if (world.Do(world.Anyone("change_implementer"), change, {.event = "close"})) {
      change.times["closed_at"] = world.now();
    }
  }
  Again(world, change, WorkOnStandardChange);
}

}  // namespace kosei::simulation
