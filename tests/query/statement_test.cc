// Statements against a real store: what a versioned graph adds to the language. The language itself
// is tried by the openCypher TCK (scripts/tck) and in tests/language.
#include "kosei/query/statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "server_room.h"

namespace kosei::query {
namespace {

using language::Datum;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Statements : public ServerRoom {};

TEST_F(Statements, AttributesHaveTheirTypes) {
  EXPECT_THAT(
      asked_.Rows(
          "MATCH (n {name: 'web'}) RETURN n.cpu, n.bought, n.seen, n.price, n.tags, n.site"),
      ElementsAre("4 | '2025-04-01' | '2026-11-22T01:00Z' | 12.5 | ['a', 'b'] | 'tokyo'"));
}

TEST_F(Statements, AClassIsALabelOfItsRecordsAndOfThoseBelow) {
  EXPECT_THAT(asked_.Rows("MATCH (n:Server) RETURN n.name ORDER BY n.name"),
              ElementsAre("'db'", "'switch'", "'web'"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Router) RETURN labels(n)"),
              ElementsAre("['Router', 'Server', 'Item']"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Server) WHERE NOT n:Router RETURN count(*)"), ElementsAre("2"));
}

TEST_F(Statements, AKeyIsReadLikeAnAttributeAndFindsItsRecord) {
  EXPECT_THAT(asked_.Rows("MATCH (n {key: 'web-1'}) RETURN n.key, key(n), elementId(n)"),
              ElementsAre("'web-1' | 'web-1' | 'web-1'"));
  const auto told = asked_.Ask("EXPLAIN MATCH (n:Server {key: 'web-1'}) RETURN n");
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->summary.plan.back().name, "KeySeek");
  EXPECT_THAT(told->rows, IsEmpty());
  EXPECT_THAT(asked_.Rows("MATCH (n:Server {key: 'web-1'}) RETURN keys(n)"),
              ElementsAre(::testing::Not(HasSubstr("key"))));
}

// The name stands nowhere in the text, so no number was given to it when the statement was planned.
TEST_F(Statements, AnAttributeIsNamedByAValue) {
  constexpr std::string_view kText =
      "MATCH (n:Server {key: $key})-[r]->(m) RETURN n[$wanted], m['c' + 'pu'], r[$wanted]";
  const auto rows = [&](std::string_view key, std::string_view wanted) {
    return asked_.Rows(kText, {{"key", Datum::String(std::string(key))},
                               {"wanted", Datum::String(std::string(wanted))}});
  };
  EXPECT_THAT(rows("web-1", "price"), ElementsAre("12.5 | 8 | null"));
  EXPECT_THAT(rows("web-1", "key"), ElementsAre("'web-1' | 8 | null"));
  EXPECT_THAT(rows("db-1", "price"), ElementsAre("null | 1 | null")) << "it has none";
  EXPECT_THAT(rows("web-1", "weight"), ElementsAre("null | 8 | null")) << "no attribute";
  EXPECT_THAT(asked_.Rows("MATCH (n:Router) UNWIND ['cpu', 'name', 'site'] AS wanted "
                          "RETURN n[wanted], n.cpu"),
              ElementsAre("1 | 1", "'switch' | 1", "null | 1"));
}

TEST_F(Statements, AnIndexFindsRecordsByValueAndRange) {
  ASSERT_TRUE(asked_.store().engine().indexes().CatchUp().ok());
  const auto told =
      asked_.Ask("PROFILE MATCH (n:Server) WHERE n.cpu >= 4 AND n.cpu < 8 RETURN n.name");
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_THAT(told->rows, ElementsAre("'web'"));
  EXPECT_EQ(told->summary.plan.back().name, "IndexSeek");
  EXPECT_GE(told->summary.plan.back().rows, 1U);
}

TEST_F(Statements, AReferenceIsWalked) {
  EXPECT_THAT(
      asked_.Rows("MATCH (n:Server) WHERE n.site.name = '東京' RETURN n.name ORDER BY n.name"),
      ElementsAre("'db'", "'web'"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Router) RETURN n.site.name"), ElementsAre("null"));
}

TEST_F(Statements, AnUnknownNameIsAnErrorWithTheNearestOne) {
  EXPECT_THAT(asked_.Error("MATCH (n:Sever) RETURN n"),
              HasSubstr("line 1, column 7: unknown class `Sever`; did you mean \"Server\"?"));
  EXPECT_THAT(asked_.Error("MATCH (n:Server) WHERE n.nmae = 'x' RETURN n"),
              HasSubstr("unknown attribute `nmae`; did you mean \"name\"?"));
  EXPECT_THAT(asked_.Error("MATCH (n)-[:neds]->() RETURN n"),
              HasSubstr("unknown relationship type `neds`; did you mean \"needs\"?"));
  EXPECT_THAT(asked_.Error("RETURN lenght('a')"), HasSubstr("did you mean"));
  EXPECT_THAT(asked_.Error("CALL kosei.impct('web-1')"),
              HasSubstr("did you mean \"kosei.impact\"?"));
}

TEST_F(Statements, WritingIsRefusedWithTheWayToDoIt) {
  EXPECT_THAT(asked_.Error("CREATE (n:Server)"), HasSubstr("only reads"));
  EXPECT_THAT(asked_.Error("MATCH (n) DETACH DELETE n"), HasSubstr("only reads"));
}

TEST_F(Statements, AStatementReadsAnEarlierTime) {
  const Timestamp before = asked_.store().clock().Now();
  asked_.store().Commit({});
  Put("web-1", "Server", {{"name", Value("web")}, {"cpu", Value(64)}});
  const std::string commit = std::to_string(first_.value);
  EXPECT_THAT(asked_.Rows("MATCH (n {key: 'web-1'}) RETURN n.cpu"), ElementsAre("64"));
  EXPECT_THAT(
      asked_.Rows("FOR SYSTEM_TIME AS OF " + commit + " MATCH (n {key: 'web-1'}) RETURN n.cpu"),
      ElementsAre("4"));
  EXPECT_THAT(asked_.Rows("FOR SYSTEM_TIME AS OF '" + FormatTimestamp(before) +
                          "' MATCH (n {key: 'web-1'}) RETURN n.cpu"),
              ElementsAre("4"));
  EXPECT_THAT(asked_.Rows("FOR SYSTEM_TIME AS OF $then MATCH (n {key: 'web-1'}) RETURN n.cpu",
                          {{"then", Datum::Integer(static_cast<std::int64_t>(first_.value))}}),
              ElementsAre("4"));
}

TEST_F(Statements, OneStatementComparesTwoTimes) {
  Put("web-1", "Server", {{"name", Value("web")}, {"cpu", Value(64)}});
  EXPECT_THAT(asked_.Rows("MATCH (now:Server) MATCH (earlier:Server) FOR SYSTEM_TIME AS OF " +
                          std::to_string(first_.value) +
                          " WHERE key(now) = key(earlier) AND now.cpu <> earlier.cpu "
                          "RETURN key(now), earlier.cpu, now.cpu, now = earlier"),
              ElementsAre("'web-1' | 4 | 64 | true"));
}

TEST_F(Statements, ARangeOfTimeShowsVersions) {
  Put("web-1", "Server", {{"name", Value("web")}, {"cpu", Value(16)}});
  const CommitNumber last = Put("web-1", "Server", {{"name", Value("web")}, {"cpu", Value(64)}});
  const std::string of_web = " MATCH (n:Server {key: 'web-1'}) RETURN n.cpu, kosei.commit(n)";
  const std::string end = std::to_string(last.value);
  const std::string before = std::to_string(last.value - 1);
  EXPECT_THAT(asked_.Rows("FOR SYSTEM_TIME FROM 1 TO " + end + of_web),
              ElementsAre("16 | " + before, "4 | 2"));
  EXPECT_THAT(asked_.Rows("FOR SYSTEM_TIME FROM " + end + " TO '2099-01-01T00:00:00Z'" + of_web),
              ElementsAre("64 | " + end));
  asked_.store().Apply({.end = {"db-1"}});
  EXPECT_THAT(asked_.Rows("MATCH (n:Server) FOR SYSTEM_TIME FROM '2000-01-01T00:00:00Z' TO "
                          "'2099-01-01T00:00:00Z' WHERE n.cpu > 4 RETURN key(n), n.cpu"),
              UnorderedElementsAre("'web-1' | 64", "'web-1' | 16", "'db-1' | 8"));
  EXPECT_THAT(asked_.Error("FOR SYSTEM_TIME FROM 1 TO 5 MATCH (a)-->(b) RETURN a"),
              HasSubstr("the pattern is one record"));
}

TEST_F(Statements, ATimeThatIsNoneIsSaid) {
  EXPECT_THAT(asked_.Error("FOR SYSTEM_TIME AS OF true RETURN 1"),
              HasSubstr("an instant with an offset"));
  EXPECT_THAT(asked_.Error("FOR SYSTEM_TIME AS OF 'no such' RETURN 1"), HasSubstr("no such"));
  EXPECT_THAT(asked_.Error("FOR SYSTEM_TIME AS OF '2099-01-01T00:00:00Z' RETURN 1"),
              HasSubstr("2099"));
  EXPECT_THAT(asked_.Error("IN PLAN nowhere RETURN 1"), HasSubstr("nowhere"));
}

TEST_F(Statements, AVersionTellsItsCommit) {
  EXPECT_THAT(asked_.Rows("MATCH (n {key: 'web-1'}) RETURN kosei.commit(n), kosei.actor(n), "
                          "kosei.changed_at(n) <= datetime()"),
              ElementsAre("2 | 'test' | true"));
}

TEST_F(Statements, TheAnswersOfTheGraphAreProcedures) {
  EXPECT_THAT(asked_.Rows("CALL kosei.impact('sw-1') YIELD record, state, distance "
                          "RETURN key(record), state, distance"),
              ElementsAre("'db-1' | 'failed' | 1", "'web-1' | 'failed' | 2"));
  EXPECT_THAT(asked_.Rows("MATCH (r:Router) CALL kosei.impact([r], {depth: 1}) YIELD record, path "
                          "RETURN key(record), length(path)"),
              ElementsAre("'db-1' | 1"));
  EXPECT_THAT(asked_.Rows("CALL kosei.path('sw-1', 'web-1') YIELD path "
                          "RETURN [n IN nodes(path) | key(n)]"),
              ElementsAre("['sw-1', 'db-1', 'web-1']"));
  EXPECT_THAT(
      asked_.Rows("CALL kosei.spof(['web-1']) YIELD record, outcome RETURN key(record), outcome"),
      UnorderedElementsAre("'db-1' | 'failed'", "'sw-1' | 'failed'"));
  EXPECT_THAT(asked_.Error("CALL kosei.impact('sw-1', {dept: 1})"),
              HasSubstr("there is no option `dept`; did you mean \"depth\"?"));
  EXPECT_THAT(asked_.Error("CALL kosei.impact('sw-9')"), HasSubstr("\"sw-9\""));
}

TEST_F(Statements, VersionsAndDifferencesAreProcedures) {
  Put("web-1", "Server", {{"name", Value("web")}, {"cpu", Value(64)}});
  EXPECT_THAT(
      asked_.Rows("CALL kosei.history('web-1') YIELD values, ended RETURN values.cpu, ended"),
      ElementsAre("64 | false", "4 | false"));
  EXPECT_THAT(
      asked_.Rows("CALL kosei.diff($from, $to, {class: 'Server'}) YIELD key, attribute, old, new "
                  "WHERE attribute = 'cpu' RETURN key, attribute, old, new",
                  {{"from", Datum::Integer(static_cast<std::int64_t>(first_.value))},
                   {"to", Datum::Integer(
                              static_cast<std::int64_t>(asked_.store().Newest().commit.value))}}),
      ElementsAre("'web-1' | 'cpu' | 4 | 64"));
}

TEST_F(Statements, RowsAreCutAtTheLimitAndItIsSaid) {
  Limits limits;
  limits.rows = 3;
  const auto told = asked_.Ask("UNWIND range(1, 10) AS x RETURN x", {}, limits);
  ASSERT_TRUE(told.ok());
  EXPECT_THAT(told->rows, ElementsAre("1", "2", "3"));
  EXPECT_TRUE(told->summary.cut);
  EXPECT_FALSE(asked_.Ask("UNWIND range(1, 3) AS x RETURN x", {}, limits)->summary.cut);
}

TEST_F(Statements, ABudgetEndsAStatementThatIsTooLarge) {
  Limits little;
  little.memory_bytes = 1 << 20;
  EXPECT_EQ(
      CodeOf(asked_.Ask("UNWIND range(1, 1000000) AS x RETURN collect(toString(x))", {}, little)
                 .status()),
      ErrorCode::kMemoryBudget);
  EXPECT_EQ(
      CodeOf(asked_.Ask("UNWIND range(1, 1000000) AS x RETURN x ORDER BY -x", {}, little).status()),
      ErrorCode::kMemoryBudget);
  Limits few;
  few.steps = 100'000;
  EXPECT_EQ(
      CodeOf(asked_
                 .Ask("MATCH (a), (b), (c), (d), (e), (f), (g), (h), (i), (j) RETURN count(*)", {},
                      few)
                 .status()),
      ErrorCode::kRowBudget);
}

TEST_F(Statements, CancellingStopsAStatement) {
  const auto cancelled = std::make_shared<const std::atomic<bool>>(true);
  class None final : public RowVisitor {
    void Columns(std::span<const std::string>, const storage::View&) override {}
    bool Row(std::span<const Datum>, language::Evaluation&) override { return true; }
  } none;
  StatementRequest request;
  request.text = "MATCH (a), (b), (c), (d), (e), (f), (g), (h) RETURN count(*)";
  EXPECT_EQ(CodeOf(asked_.runner()
                       .Run(request, Budget({}, asked_.store().clock(), cancelled), none)
                       .status()),
            ErrorCode::kCancelled);
}

TEST_F(Statements, APlanThatIsKeptFollowsTheData) {
  const std::string_view text = "MATCH (n:Server) RETURN count(*)";
  EXPECT_THAT(asked_.Rows(text), ElementsAre("3"));
  Put("web-2", "Server", {{"name", Value("web")}});
  EXPECT_THAT(asked_.Rows(text), ElementsAre("4"));
  asked_.store().Apply({.end = {"web-2"}});
  EXPECT_THAT(asked_.Rows(text), ElementsAre("3"));
}

TEST_F(Statements, AnAttributeMayBeNamedByAValue) {
  EXPECT_THAT(asked_.Rows("MATCH (n {key: 'web-1'}) UNWIND ['cpu', $name, 'key', 'none'] AS name "
                          "RETURN name, n[name]",
                          {{"name", Datum::String("name")}}),
              ElementsAre("'cpu' | 4", "'name' | 'web'", "'key' | 'web-1'", "'none' | null"));
  // More names than there are numbers of 16 bits, most of which are no attributes.
  EXPECT_THAT(asked_.Rows("MATCH (n {key: 'web-1'}) UNWIND range(1, 70000) AS x "
                          "WITH n[CASE x WHEN 65540 THEN 'cpu' ELSE 'a' + x END] AS value "
                          "WHERE value IS NOT NULL RETURN value"),
              ElementsAre("4"));
}

TEST_F(Statements, ASubqueryMayNameWhatIsBoundLater) {
  EXPECT_THAT(asked_.Rows("MATCH (a:Server), (b:Server) WHERE a.name = 'db' AND EXISTS { "
                          "MATCH (x:Server {name: b.name}) WITH x ORDER BY b.cpu WHERE x.cpu > 3 "
                          "RETURN x } RETURN b.name ORDER BY b.name"),
              ElementsAre("'db'", "'web'"));
  EXPECT_THAT(asked_.Rows("MATCH (a:Router), (b:Server) WHERE COUNT { MATCH (x:Server) WITH x, "
                          "b.cpu AS least WHERE x.cpu > least RETURN x } = 1 RETURN b.name"),
              ElementsAre("'web'"));
}

TEST_F(Statements, AListFilterIsAStatement) {
  const auto keys = [&](std::string_view filter) {
    class Keys final : public RowVisitor {
     public:
      void Columns(std::span<const std::string>, const storage::View&) override {}
      bool Row(std::span<const Datum> values, language::Evaluation& evaluation) override {
        keys.push_back(evaluation.graph->ElementId(values[0].node()));
        return true;
      }
      std::vector<std::string> keys;
    } visitor;
    StatementRequest request;
    request.filter = true;
    request.text = filter;
    const auto summary = asked_.runner().Run(request, Budget({}, asked_.store().clock()), visitor);
    EXPECT_TRUE(summary.ok()) << summary.status();
    return visitor.keys;
  };
  EXPECT_THAT(keys("class = Server and site.name = \"東京\" and not (cpu in (4)) order by name"),
              ElementsAre("db-1"));
  // An instant is the same whatever offset it is written with.
  EXPECT_THAT(keys("seen = 2026-11-22T10:00:00+09:00"), ElementsAre("web-1"));
  EXPECT_THAT(keys("seen in (2026-11-21T20:00:00-05:00)"), ElementsAre("web-1"));
  EXPECT_THAT(keys("seen != 2026-11-22T10:00:00+09:00"), IsEmpty());
  EXPECT_THAT(keys("seen <= 2026-11-22T10:00:00+09:00"), ElementsAre("web-1"));
}

}  // namespace
}  // namespace kosei::query
