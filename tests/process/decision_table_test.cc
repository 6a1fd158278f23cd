// Decision tables: what they decide and why, and what is said of one that is wrong.
#include "kosei/process/decision_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "kosei/language/text_form.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::IsError;
using language::Datum;
using language::DatumMap;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPriority[] = R"yaml(
decision_tables:
  - name: priority
    version: 2
    label: {en: Priority, ja: 優先度}
    hit: first
    complete: true
    inputs:
      - {name: impact, values: [high, medium, low], label: {en: Impact, ja: 影響度}}
      - {name: urgency, values: [high, medium, low], label: {en: Urgency, ja: 緊急度}}
      - {name: critical, type: boolean, label: {en: Critical, ja: 重要}}
    outputs:
      - {name: priority, values: [p1, p2, p3, p4], label: {en: Priority, ja: 優先度}}
    rows:
      - {when: {impact: high, urgency: high}, then: {priority: p1}}
      - when: {impact: high, critical: true}
        then: {priority: p1}
        note: {en: a critical service does not wait, ja: 重要サービスは待てません}
      - [[high, medium], [high, medium], "-", p2]
      - ["not in [low]", "-", "-", p3]
      - ["-", "-", "-", p4]
)yaml";

constexpr char kRisk[] = R"yaml(
decision_tables:
  - name: risk
    label: {en: Risk, ja: リスク}
    hit: priority
    inputs:
      - {name: services, type: integer, label: {en: Services hit, ja: 影響サービス数}}
      - {name: cost, type: decimal, optional: true, label: {en: Cost, ja: 費用}}
      - {name: team, type: text, label: {en: Team, ja: チーム}}
    outputs:
      - {name: risk, values: [high, medium, low], label: {en: Risk, ja: リスク}}
      - {name: days, type: integer, label: {en: Days, ja: 日数}}
    rows:
      - {when: {services: "0..2"}, then: {risk: low, days: 1}}
      - {when: {services: [">= 10", "< 0"]}, then: {risk: high, days: 5}}
      - {when: {cost: "> 99.5"}, then: {risk: medium, days: 3}}
      - {when: {cost: absent, team: "not in [network, mail]"}, then: {risk: medium, days: 2}}
)yaml";

absl::StatusOr<DecisionBook> Load(std::string_view yaml) {
  const std::vector<DefinitionFile> files = {{"t.yaml", std::string(yaml)}};
  return DecisionBook::Load(files);
}
std::string Replaced(std::string_view yaml, std::string_view from, std::string_view to) {
  std::string text(yaml);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

DatumMap Facts(std::string impact, std::string urgency, bool critical) {
  return {{"impact", Datum::String(std::move(impact))},
          {"urgency", Datum::String(std::move(urgency))},
          {"critical", Datum::Boolean(critical)},
          {"else", Datum::Integer(1)}};
}

TEST(DecisionTableTest, TheFirstRowThatMatchesDecides) {
  ASSERT_OK_AND_ASSIGN(const DecisionBook book, Load(kPriority));
  const DecisionTable& table = *book.Find("priority");
  EXPECT_FALSE(table.gap().has_value());
  const auto decided = [&](std::string impact, std::string urgency, bool critical) {
    const auto decision = table.Decide(Facts(std::move(impact), std::move(urgency), critical));
    EXPECT_OK(decision);
    EXPECT_EQ(decision->hits.size(), 1U);
    return decision->hits[0].outputs[0].second.string() + " by row " +
           std::to_string(decision->hits[0].row);
  };
  EXPECT_EQ(decided("high", "high", false), "p1 by row 1");
  EXPECT_EQ(decided("high", "low", true), "p1 by row 2");
  EXPECT_EQ(decided("high", "medium", false), "p2 by row 3");
  EXPECT_EQ(decided("medium", "high", true), "p2 by row 3");
  EXPECT_EQ(decided("medium", "low", false), "p3 by row 4");
  EXPECT_EQ(decided("low", "high", true), "p4 by row 5");
}

TEST(DecisionTableTest, SaysWhyInBothLanguages) {
  ASSERT_OK_AND_ASSIGN(const DecisionBook book, Load(kPriority));
  ASSERT_OK_AND_ASSIGN(const Decision decision,
                       book.Find("priority")->Decide(Facts("high", "low", true)));
  EXPECT_EQ(decision.hits[0].why.en,
            "row 2 of priority, version 2: impact is high, critical is true; a critical service "
            "does not wait");
  EXPECT_EQ(decision.hits[0].why.ja,
            "「優先度」(版 2) の 2 行目: 影響度 = high、重要 = true。重要サービスは待てません");
  EXPECT_EQ(decision.hash, HashOf(book.Find("priority")->definition()));
  ASSERT_OK_AND_ASSIGN(const Decision other,
                       book.Find("priority")->Decide(Facts("medium", "high", true)));
  EXPECT_EQ(other.hits[0].why.en,
            "row 3 of priority, version 2: impact is medium (high, medium), urgency is high (high, "
            "medium)");
}

TEST(DecisionTableTest, ExplainShowsEveryRowAndCell) {
  ASSERT_OK_AND_ASSIGN(const DecisionBook book, Load(kPriority));
  ASSERT_OK_AND_ASSIGN(const std::vector<RowReport> rows,
                       book.Find("priority")->Explain(Facts("medium", "high", true)));
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_FALSE(rows[0].matches);
  EXPECT_FALSE(rows[0].cells[0].met);
  EXPECT_TRUE(rows[0].cells[1].met);
  EXPECT_TRUE(rows[2].matches && rows[2].taken);
  EXPECT_TRUE(rows[3].matches);
  EXPECT_FALSE(rows[3].taken);
  EXPECT_EQ(rows[3].cells[0].condition, "not in [low]");
  EXPECT_EQ(rows[3].cells[0].value, "medium");
}

TEST(DecisionTableTest, PriorityTakesTheWorthiestOfTheRowsThatMatch) {
  ASSERT_OK_AND_ASSIGN(const DecisionBook book, Load(kRisk));
  const auto decided = [&](std::int64_t services, Datum cost, std::string team) -> std::string {
    const auto decision = book.Find("risk")->Decide({{"cost", std::move(cost)},
                                                     {"services", Datum::Integer(services)},
                                                     {"team", Datum::String(std::move(team))}});
    EXPECT_OK(decision);
    if (decision->hits.empty()) return "none";
    EXPECT_EQ(decision->hits.size(), 1U);
    const Datum outputs = Datum::Map(decision->hits[0].outputs);
    return outputs.At("risk").string() + " " + std::to_string(outputs.At("days").integer());
  };
  EXPECT_EQ(decided(2, Datum::Float(1), "web"), "low 1");
  EXPECT_EQ(decided(2, Datum::Float(99.5), "web"), "low 1");
  EXPECT_EQ(decided(2, Datum::Integer(100), "web"), "medium 3");
  EXPECT_EQ(decided(12, Datum::Integer(100), "web"), "high 5");
  EXPECT_EQ(decided(-1, Datum(), "mail"), "high 5");
  EXPECT_EQ(decided(1, Datum(), "mail"), "low 1");
  EXPECT_EQ(decided(1, Datum(), "web"), "medium 2");
  EXPECT_EQ(decided(5, Datum::Integer(3), "mail"), "none");
}

TEST(DecisionTableTest, AllGivesEveryRow) {
  ASSERT_OK_AND_ASSIGN(const DecisionBook book,
                       Load(Replaced(kPriority, "hit: first", "hit: all")));
  ASSERT_OK_AND_ASSIGN(const Decision decision,
                       book.Find("priority")->Decide(Facts("high", "high", true)));
  std::vector<std::size_t> rows;
  for (const DecisionHit& hit : decision.hits) rows.push_back(hit.row);
  EXPECT_THAT(rows, ElementsAre(1, 2, 3, 4, 5));
}

TEST(DecisionTableTest, InputsThatAreMissingOrOfAnotherTypeAreRefused) {
  ASSERT_OK_AND_ASSIGN(const DecisionBook book, Load(kPriority));
  const DecisionTable& table = *book.Find("priority");
  EXPECT_THAT(table.Decide({}), IsError(ErrorCode::kInvalidArgument,
                                        "decision table priority: the input impact is absent, "
                                        "expected a value; give it one"));
  EXPECT_THAT(table.Decide(Facts("huge", "low", true)),
              IsError(ErrorCode::kInvalidArgument,
                      "the input impact is huge, expected one of high, medium, low"));
  DatumMap facts = Facts("high", "low", true);
  facts[2].second = Datum::String("yes");
  EXPECT_THAT(table.Decide(facts), IsError(ErrorCode::kInvalidArgument,
                                           "the input critical is yes, expected a value of type "
                                           "boolean"));
  EXPECT_EQ(FieldOf(table.Explain(facts).status()), "critical");
}

struct Misuse {
  std::string_view name;
  std::string_view from;
  std::string_view to;
  std::string_view message;
};

void ExpectRefused(std::string_view yaml, const std::vector<Misuse>& cases) {
  for (const Misuse& misuse : cases) {
    SCOPED_TRACE(misuse.name);
    const auto book = Load(Replaced(yaml, misuse.from, misuse.to));
    ASSERT_FALSE(book.ok());
    EXPECT_EQ(CodeOf(book.status()), ErrorCode::kModelInvalid);
    EXPECT_THAT(std::string(MessageOf(book.status())), HasSubstr(std::string(misuse.message)));
  }
}

TEST(DecisionTableLoad, FormsAndNamesAreStrict) {
  ExpectRefused(
      kPriority,
      {{"unknown key", "hit: first", "hits: first", "t.yaml:6: unknown key \"hits\" of a decision"},
       {"unknown policy", "hit: first", "hit: best", "hit is \"best\", expected one of first"},
       {"unknown input", "{impact: high, urgency: high}", "{impcat: high}",
        "the table has no input \"impcat\"; did you mean \"impact\"?"},
       {"unknown output", "then: {priority: p1}", "then: {priorty: p1}",
        "the table has no output \"priorty\"; did you mean \"priority\"?"},
       {"no output", "then: {priority: p1}", "then: {}", "a row gives no value for the output"},
       {"no then", "then: {priority: p1}}", "note: {en: x, ja: え}}", "a row has no then"},
       {"cells missing", "[\"-\", \"-\", \"-\", p4]", "[\"-\", \"-\", p4]",
        "t.yaml:21: a row has 3 cells, expected 4: one for each input"},
       {"value that is none", "{impact: high, urgency: high}", "{impact: huge}",
        "t.yaml:15: the value of impact is \"huge\", expected one of high, medium, low"},
       {"result that is none", "\"-\", p4]", "\"-\", p5]",
        "the value of priority is \"p5\", expected one of"},
       {"not a boolean", "critical: true}", "critical: maybe}",
        "the value of critical is \"maybe\", expected true or false"},
       {"comparison of an enum", "{impact: high, urgency: high}", "{impact: \">= high\"}",
        "no comparison: only integer and decimal inputs are compared"},
       {"absent, and never is", "{impact: high, urgency: high}", "{impact: absent}",
        "the input is never absent; write \"optional: true\" with it"},
       {"enum without values", "{name: impact, values: [high, medium, low],", "{name: impact,",
        "input impact is an enum without values"},
       {"values of a boolean", "type: boolean,", "type: boolean, values: [true],",
        "input critical has values but its type is boolean"}});
  ExpectRefused(kRisk,
                {{"backwards", "\"0..2\"", "\"2..0\"", "the smaller number first, as in \"3..5\""},
                 {"input twice", "    outputs:",
                  "      - {name: cost, type: integer, label: {en: C, ja: し}}\n    outputs:",
                  "t.yaml:10: input cost is defined twice, first at t.yaml:8"},
                 {"not whole", "\"0..2\"", "\"0..2.5\"",
                  "the value of services is \"2.5\", expected a "
                  "whole number"},
                 {"not a number", "\"> 99.5\"", "\"> much\"",
                  "the value of cost is \"much\", expected "
                  "a number"},
                 {"any among others", "[\">= 10\", \"< 0\"]", "[\">= 10\", \"-\"]",
                  "expected \"-\" alone: it takes anything"},
                 {"priority of numbers", "{name: risk, values: [high, medium, low],",
                  "{name: risk, type: text,", "write \"type: enum\""}});
}

TEST(DecisionTableLoad, RowsThatAreNeverTakenAreNamed) {
  ExpectRefused(
      kPriority,
      {{"covered by one", "[\"not in [low]\", \"-\", \"-\", p3]", "[high, high, true, p3]",
        "t.yaml:20: row 4 of priority is never taken: rows above it cover all of its cases"},
       {"covered by several", "[\"not in [low]\", \"-\", \"-\", p3]",
        "[high, [high, medium], \"-\", p3]", "row 4 of priority is never taken"}});
  ExpectRefused(kRisk,
                {{"no value meets it", "{services: \"0..2\"}", "{services: \"not in [< 5, >= 5]\"}",
                  "row 1 of risk is never hit: no value of services meets not in [< 5, >= 5]"},
                 {"by a worthier one below", "{services: \"0..2\"}", "{services: \">= 12\"}",
                  "row 1 of risk is never taken: rows of higher priority cover"}});
}

TEST(DecisionTableLoad, AGapIsToldAsAnExample) {
  ExpectRefused(kPriority,
                {{"one case", "[\"-\", \"-\", \"-\", p4]", "[\"-\", \"-\", false, p4]",
                  "decision table priority is to be complete, and no row covers impact: low, "
                  "urgency: high, critical: true; add a row"}});
  ASSERT_OK_AND_ASSIGN(const DecisionBook book, Load(kRisk));
  ASSERT_TRUE(book.Find("risk")->gap().has_value());
  const auto& gap = *book.Find("risk")->gap();
  ASSERT_EQ(gap.size(), 3U);
  EXPECT_EQ(gap[0].input, "services");
  EXPECT_EQ(gap[0].value, "3");
}

TEST(DecisionTableLoad, RowsOfAUniqueTableDoNotMeet) {
  ExpectRefused(Replaced(kPriority, "hit: first", "hit: unique"),
                {{"two for one", "version: 2", "version: 3",
                  "t.yaml:16: rows 1 and 2 of priority meet, and its hit policy is unique: impact: "
                  "high, urgency: high, critical: true hits both"}});
}

TEST(DecisionTableLoad, TheHashIsOfAllThatIsSaid) {
  const auto hash = [](std::string_view yaml) {
    return HashOf(ParseDecisionTables(yaml, "t.yaml")->front());
  };
  const std::string before = hash(kPriority);
  EXPECT_EQ(hash("# note\n" + std::string(kPriority)), before);
  const std::vector<std::pair<std::string_view, std::string_view>> changes = {
      {"version: 2", "version: 3"},          {"hit: first", "hit: all"},
      {"complete: true", "complete: false"}, {"p4]\n", "p3]\n"},
      {"ja: 緊急度", "ja: 至急度"},          {"does not wait", "waits"}};
  for (const auto& [from, to] : changes) EXPECT_NE(hash(Replaced(kPriority, from, to)), before);
}

}  // namespace
}  // namespace kosei::process
