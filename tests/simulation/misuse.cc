// What may not be done, tried all the same: each attempt is refused for the right reason, and
// neither the record nor the store is another one afterwards.
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "people_at_work.h"
#include "status_matchers.h"

namespace kosei::simulation {
namespace {

using testing::HasErrorCode;

// process::RefusalKind, as it goes over the wire.
enum Kind : std::uint8_t {
  kUnknownEvent = 1,
  kWrongState = 2,
  kSystemOnly = 3,
  kRole = 4,
  kStateWritten = 5,
  kMissingAttribute = 6,
  kMissingInput = 7,
  kWrongInput = 8,
  kGuard = 9,
};

using Outcome = absl::StatusOr<client::ProcessOutcome>;

class Attempt {
 public:
  Attempt(World& world, const char* what)
      : world_(world), what_(what), before_(world.provider.NewestCommit()) {
    ++world.done[absl::StrCat("refused: ", what)];
  }
  void Expect(const Outcome& outcome, Kind kind) {
    ASSERT_OK(outcome) << what_;
    EXPECT_FALSE(outcome->done()) << what_ << " of " << outcome->key;
    const bool told =
        std::any_of(outcome->refusals.begin(), outcome->refusals.end(),
                    [&](const client::ProcessRefusal& refusal) { return refusal.kind == kind; });
    EXPECT_TRUE(told) << what_ << ": " << Told(*outcome);
    EXPECT_EQ(outcome->commit, 0U) << what_;
    EXPECT_EQ(world_.provider.NewestCommit(), before_) << what_;
  }
  void Expect(const Outcome& outcome, ErrorCode code) {
    EXPECT_THAT(outcome, HasErrorCode(code)) << what_;
    EXPECT_EQ(world_.provider.NewestCommit(), before_) << what_;
  }

 private:
  World& world_;
  const char* const what_;
  const std::uint64_t before_;
};

Booked& AnyRecord(World& world) {
  auto at = world.books.records().begin();
  std::advance(at, static_cast<std::ptrdiff_t>(world.dice.Below(world.books.records().size())));
  return world.books.At(at->first);
}

Outcome Try(World& world, const std::string& who, const Booked& record, const Deed& deed) {
  return world.provider.As(who).DoProcess(StepOf(record.key, deed));
}

// Somebody who has a role that may do it, or none that may.
std::string SomebodyFor(World& world, const Rule& rule, bool who_may) {
  std::vector<std::string> people;
  for (const PersonWords& person : People()) {
    if (Names(rule.roles, person.role) == who_may) people.emplace_back(person.key);
  }
  return world.dice.OneOf(people);
}

const Rule* AnyRule(World& world, const Booked& record, bool leads_out) {
  std::vector<const Rule*> rules;
  for (const Rule& rule : RulesOf(record.life_cycle)) {
    if (!rule.roles.empty() && Names(rule.from, record.state) == leads_out) rules.push_back(&rule);
  }
  return rules.empty() ? nullptr : world.dice.OneOf(rules);
}

void OutOfOrder(World& world, Booked& record) {
  const Rule* const rule = AnyRule(world, record, false);
  if (rule == nullptr) return;
  Attempt attempt(world, "a transition out of order");
  attempt.Expect(
      Try(world, SomebodyFor(world, *rule, true), record, {.event = std::string(rule->event)}),
      kWrongState);
}

void WithoutRole(World& world, Booked& record) {
  const Rule* const rule = AnyRule(world, record, true);
  if (rule == nullptr) return;
  Attempt attempt(world, "a missing role");
  attempt.Expect(
      Try(world, SomebodyFor(world, *rule, false), record, {.event = std::string(rule->event)}),
      kRole);
}

void BySystemAlone(World& world, Booked& record) {
  for (const Rule& rule : RulesOf(record.life_cycle)) {
    if (!rule.roles.empty() || !Names(rule.from, record.state)) continue;
    Attempt attempt(world, "what the system does alone");
    attempt.Expect(Try(world, "im1", record, {.event = std::string(rule.event)}), kSystemOnly);
    return;
  }
  Attempt attempt(world, "an event that there is not");
  attempt.Expect(Try(world, "im1", record, {.event = "teleport"}), kUnknownEvent);
}

void StateByHand(World& world, Booked& record) {
  const std::string who(record.text("opened_by"));
  if (IsFinal(record.life_cycle, record.state)) {
    Attempt attempt(world, "a change of what is final");
    return attempt.Expect(Try(world, who, record, {.attributes = {{"description", "another"}}}),
                          kWrongState);
  }
  Attempt attempt(world, "a state by hand");
  attempt.Expect(
      Try(world, who, record,
          {.attributes = {{"state", std::string(RulesOf(record.life_cycle).back().to)}}}),
      kStateWritten);
  if (record.class_name != "Change") return;
  Attempt kind(world, "a kind by hand");
  kind.Expect(
      Try(world, who, record,
          {.attributes = {{"kind", record.text("kind") == "normal" ? "emergency" : "normal"}}}),
      kStateWritten);
}

void Unsaid(World& world, Booked& record) {
  if (record.life_cycle == "incident" && Names("assigned in_progress", record.state) &&
      record.text("resolution").empty()) {
    Attempt attempt(world, "a missing attribute");
    return attempt.Expect(Try(world, "sup1", record, {.event = "resolve"}), kMissingAttribute);
  }
  if (record.life_cycle == "incident" && record.state == "resolved") {
    Attempt attempt(world, "a missing input");
    attempt.Expect(Try(world, "u1", record, {.event = "reopen"}), kMissingInput);
    Attempt wrong(world, "an unknown input");
    wrong.Expect(Try(world, "u1", record,
                     {.event = "reopen", .inputs = {{"reason", "x"}, {"colour", "red"}}}),
                 kWrongInput);
  }
}

void StaleVersion(World& world, Booked& record) {
  if (IsFinal(record.life_cycle, record.state)) return;
  Attempt attempt(world, "a version that was replaced");
  client::ProcessStep step = StepOf(record.key, {.attributes = {{"description", "late"}}});
  step.expected_begin = record.commit - 1;
  attempt.Expect(world.provider.As("im1").DoProcess(step), ErrorCode::kVersionConflict);
}

void LinkToWhatIsGone(World& world) {
  if (world.scrapped.empty()) return;
  Attempt attempt(world, "a link to what is gone");
  attempt.Expect(world.provider.As("desk1").OpenProcess(
                     {.class_name = "Incident",
                      .attributes = {{"name", {"a ghost"}}},
                      .links = {{"affects", world.dice.OneOf(world.scrapped)}}}),
                 ErrorCode::kLinkEndMissing);
}

Outcome Vote(World& world, const std::string& who, const Booked& record, const AskedStep& step,
             const std::string& comment = "as discussed") {
  client::ProcessVote vote{.key = record.key, .comment = comment};
  vote.step = step.name;
  return world.provider.As(who).VoteOnProcess(vote);
}

// Votes that do not count, on something that waits for its decision.
void FalseVotes(World& world) {
  std::vector<std::string> open;
  for (const auto& [key, record] : world.books.records()) {
    Asked* const asked = world.AskedOf(key);
    if (asked == nullptr) continue;
    world.ballots.Advance(*asked, world.now());
    if (asked->decision == Decision::kOpen && record.state != "retrospective") open.push_back(key);
  }
  if (open.empty()) return;
  Booked& record = world.books.At(world.dice.OneOf(open));
  Asked& asked = *world.AskedOf(record.key);
  AskedStep& step = *asked.OpenStep();
  Attempt by_author(world, "a vote of those who are involved");
  by_author.Expect(
      Vote(world,
           world.dice.OneOf(std::vector<std::string>(asked.apart.begin(), asked.apart.end())),
           record, step),
      kGuard);
  Attempt by_others(world, "a vote of somebody who is not asked");
  by_others.Expect(Vote(world, "u4", record, step), kGuard);
  if (!step.ballots.empty()) {
    Attempt twice(world, "a second vote");
    twice.Expect(Vote(world, step.ballots.begin()->first, record, step), kGuard);
  }
  if (asked.policy != "change" || step.members.empty()) return;
  // What they would decide on is not what they were asked about.
  const std::string plan = absl::StrCat("another-", ++world.plans);
  EXPECT_OK(world.provider.admin().OpenPlan(plan, "", record.key));
  if (!world.Do("cm1", record, {.attributes = {{"plan", plan}}})) return;
  {
    Attempt moved(world, "a vote on a changed record");
    moved.Expect(Vote(world, *step.members.rbegin(), record, step), kGuard);
  }
  if (world.Do("cm1", record, {.attributes = {{"plan", ""}}})) record.texts.erase("plan");
}

}  // namespace

void TryMisuse(World& world) {
  if (world.books.records().empty()) return;
  world.Tick();
  Booked& record = AnyRecord(world);
  switch (world.dice.Below(8)) {
    case 0:
      return OutOfOrder(world, record);
    case 1:
      return WithoutRole(world, record);
    case 2:
      return BySystemAlone(world, record);
    case 3:
      return StateByHand(world, record);
    case 4:
      return Unsaid(world, record);
    case 5:
      return StaleVersion(world, record);
    case 6:
      return LinkToWhatIsGone(world);
    default:
      return FalseVotes(world);
  }
}

}  // namespace kosei::simulation
