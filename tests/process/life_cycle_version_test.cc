// Versions of a life cycle: their hash, what lies between two of them, and their picture.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "life_cycle_estate.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

LifeCycleDefinition Read(std::string yaml = std::string(kIncident)) {
  auto definitions = ParseLifeCycles(yaml, "life.yaml");
  EXPECT_OK(definitions);
  return definitions->front();
}
LifeCycleDefinition With(std::string_view from, std::string_view to) {
  std::string yaml(kIncident);
  const std::size_t at = yaml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return Read(yaml.replace(at, from.size(), to));
}

TEST(LifeCycleVersion, TheHashIsOfWhatIsSaidAndNotOfHow) {
  const std::string hash = HashOf(Read());
  EXPECT_EQ(hash.size(), 64U);
  EXPECT_EQ(HashOf(Read("# a comment\n" + std::string(kIncident))), hash);
  EXPECT_EQ(HashOf(With("expression: record.impact IS NOT NULL",
                        "expression: \"( record.impact is not  null )\"")),
            hash);
  EXPECT_EQ(HashOf(With("MATCH (t:Ticket", "match (t:Ticket")), hash);
  EXPECT_EQ(HashOf(With("from: assigned\n", "from: [assigned]\n")), hash);
}

TEST(LifeCycleVersion, EachPartThatIsSaidChangesTheHash) {
  const std::string hash = HashOf(Read());
  const std::vector<std::pair<std::string_view, std::string_view>> changes = {
      {"version: 3", "version: 4"},
      {"ja: インシデント", "ja: 障害"},
      {"initial: recorded", "initial: assigned"},
      {"kind: waiting, waits_for: customer", "kind: waiting, waits_for: supplier"},
      {"allows: [edit_plan]", "allows: [edit]"},
      {"roles: [service_desk, manager]", "roles: [service_desk]"},
      {"required: [assignment_group]", "required: []"},
      {"assigned_by: actor", "assigned_by: \"'x'\""},
      {"{name: reason, type: text, required: true", "{name: reason, type: text"},
      {"en: say the impact", "en: say what the impact is"},
      {"with: {policy: incident}", "with: {policy: \"7\"}"},
      {"with: {policy: incident}", "with: {policy: 7}"},
      {"link: has_task\n", "link: has_task\n            direction: incoming\n"},
      {"due: now + duration('P1D')", "due: now + duration('P2D')"},
      {"template: resolved", "template: assigned"},
      {"wait: P3D", "wait: P4D"},
      {"from: any\n        to: same", "from: any\n        to: assigned"},
  };
  std::vector<std::string> hashes = {hash};
  for (const auto& [from, to] : changes) {
    SCOPED_TRACE(to);
    const std::string changed = HashOf(With(from, to));
    EXPECT_EQ(std::ranges::count(hashes, changed), 0);
    hashes.push_back(changed);
  }
}

TEST(LifeCycleVersion, TwoThatSayTheSameDifferInNothing) {
  EXPECT_TRUE(CompareLifeCycles(Read(), Read()).same());
  // A version alone is no difference: it is what is compared.
  EXPECT_TRUE(CompareLifeCycles(Read(), With("version: 3", "version: 4")).same());
}

TEST(LifeCycleVersion, WhatCameWentAndChangedIsTold) {
  LifeCycleDefinition after = Read();
  after.states[2].name = "on_hold";  // was pending
  after.states[2].renamed_from = {"pending"};
  after.states[0].label.en = "New";
  after.states.push_back(
      {"archived", {"Archived", "保管済み"}, StateKind::kDone, true, {}, {}, {}, {}, {}});
  after.transitions.erase(after.transitions.begin() + 2);  // resume
  after.transitions[0].roles = {"manager"};
  after.transitions[0].effects.clear();
  after.transitions.push_back(after.transitions.back());
  after.transitions.back().name = "archive";
  after.initial = "assigned";
  const LifeCycleComparison found = CompareLifeCycles(Read(), after);
  EXPECT_FALSE(found.same());
  EXPECT_THAT(found.states_added, ElementsAre("archived"));
  EXPECT_THAT(found.states_removed, IsEmpty());
  EXPECT_THAT(found.states_renamed, ElementsAre(Pair("pending", "on_hold")));
  ASSERT_EQ(found.states_changed.size(), 1U);
  EXPECT_EQ(found.states_changed[0].name, "recorded");
  EXPECT_THAT(found.states_changed[0].aspects, ElementsAre("label"));
  EXPECT_THAT(found.transitions_added, ElementsAre("archive"));
  EXPECT_THAT(found.transitions_removed, ElementsAre("resume"));
  ASSERT_EQ(found.transitions_changed.size(), 1U);
  EXPECT_EQ(found.transitions_changed[0].name, "assign");
  EXPECT_THAT(found.transitions_changed[0].aspects, ElementsAre("roles", "effects"));
  EXPECT_THAT(found.aspects, ElementsAre("initial"));
  EXPECT_THAT(found.unmapped, IsEmpty());
}

TEST(LifeCycleVersion, AStateThatWentWithoutASuccessorNeedsAMapping) {
  LifeCycleDefinition after = Read();
  after.states.erase(after.states.begin() + 2);
  const LifeCycleComparison found = CompareLifeCycles(Read(), after);
  EXPECT_THAT(found.states_removed, ElementsAre("pending"));
  EXPECT_THAT(found.unmapped, ElementsAre("pending"));
  // Two that became one: both are mapped.
  after.states[1].renamed_from = {"pending", "recorded"};
  after.states.erase(after.states.begin());
  EXPECT_THAT(CompareLifeCycles(Read(), after).unmapped, IsEmpty());
}

TEST(LifeCycleVersion, AnotherOrderIsADifference) {
  LifeCycleDefinition after = Read();
  std::swap(after.transitions[0], after.transitions[1]);
  EXPECT_THAT(CompareLifeCycles(Read(), after).aspects, ElementsAre("order of transitions"));
}

TEST(LifeCyclePicture, ShowsEveryStateAndEveryWay) {
  const std::string english = ToMermaid(Read(), LabelLanguage::kEnglish);
  EXPECT_EQ(english,
            "stateDiagram-v2\n"
            "  state \"Recorded\" as s1\n"
            "  state \"Assigned\" as s2\n"
            "  state \"Pending\" as s3\n"
            "  state \"Resolved\" as s4\n"
            "  state \"Closed\" as s5\n"
            "  [*] --> s1\n"
            "  s1 --> s2: Assign\n"
            "  s2 --> s2: Assign\n"
            "  s2 --> s3: Wait\n"
            "  s3 --> s2: Go on\n"
            "  s2 --> s4: Resolve\n"
            "  s3 --> s4: Resolve\n"
            "  s1 --> s1: Escalate\n"
            "  s2 --> s2: Escalate\n"
            "  s3 --> s3: Escalate\n"
            "  s4 --> s4: Escalate\n"
            "  s4 --> s5: Close\n"
            "  s4 --> s5: Close unanswered\n"
            "  s5 --> [*]\n");
  const std::string japanese = ToMermaid(Read(), LabelLanguage::kJapanese);
  EXPECT_THAT(japanese, HasSubstr("  state \"保留中\" as s3\n"));
  EXPECT_THAT(japanese, HasSubstr("  s2 --> s3: 保留する\n"));
}

TEST(LifeCyclePicture, LabelsCannotBreakOutOfTheirPlace) {
  LifeCycleDefinition definition = Read();
  definition.states[0].label.en = "a \"b\": c; #d\ne";
  EXPECT_THAT(ToMermaid(definition, LabelLanguage::kEnglish),
              HasSubstr("  state \"a #34;b#34;#58; c#59; #35;d e\" as s1\n"));
}

}  // namespace
}  // namespace kosei::process
