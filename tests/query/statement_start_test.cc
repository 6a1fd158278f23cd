// Where statements begin: at keys, ids, indexed values and classes, one or several of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server_room.h"

namespace kosei::query {
namespace {

using language::Datum;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StatementStart : public ServerRoom {
 protected:
  void SetUp() override { ASSERT_TRUE(asked_.store().engine().indexes().CatchUp().ok()); }
  // The first operator and what EXPLAIN says of it.
  std::string First(std::string_view text) {
    const auto told = asked_.Ask("EXPLAIN " + std::string(text));
    EXPECT_TRUE(told.ok()) << told.status();
    if (!told.ok()) return {};
    const PlanLine& line = told->summary.plan.back();
    return line.name + " " + line.details;
  }
};

TEST_F(StatementStart, AListOfValuesIsLookedUp) {
  const std::string text = "MATCH (n:Server) WHERE n.cpu IN [4, 8, 4, 99] RETURN n.name";
  EXPECT_EQ(First(text), "IndexSeek (n:Server) by cpu IN");
  EXPECT_THAT(asked_.Rows(text), ElementsAre("'web'", "'db'"));
  EXPECT_THAT(asked_.Rows("MATCH (n) WHERE n.cpu IN $cpus RETURN n.name",
                          {{"cpus", Datum::List({Datum::Integer(1), Datum::Integer(8), Datum()})}}),
              ElementsAre("'db'", "'switch'"));
  EXPECT_THAT(asked_.Rows("MATCH (n) WHERE n.cpu IN $cpus RETURN n.name", {{"cpus", Datum()}}),
              IsEmpty());
  // Not of a type that the index knows: all are looked at.
  EXPECT_THAT(asked_.Rows("MATCH (n) WHERE n.cpu IN [1.0, 'x', 8] RETURN n.name"),
              ElementsAre("'db'", "'switch'"));
  EXPECT_THAT(
      asked_.Error("MATCH (n) WHERE n.cpu IN $cpus RETURN n.name", {{"cpus", Datum::Integer(4)}}),
      HasSubstr("IN"));
}

TEST_F(StatementStart, KeysAndIdsMayBeSeveral) {
  const std::string keys =
      "MATCH (n) WHERE n.key IN ['sw-1', 'web-1', 'none', 'sw-1'] RETURN n.name";
  EXPECT_EQ(First(keys), "KeySeek (n) by key IN");
  EXPECT_THAT(asked_.Rows(keys), ElementsAre("'web'", "'switch'"));
  EXPECT_EQ(First("MATCH (n) WHERE elementId(n) = 'web-1' RETURN n"), "KeySeek (n)");
  EXPECT_EQ(First("MATCH (n) WHERE id(n) IN [1, 2] RETURN n"), "IdSeek (n) by id IN");
  EXPECT_THAT(asked_.Rows("MATCH (n) WITH collect(id(n)) AS ids MATCH (m) WHERE id(m) IN ids "
                          "RETURN count(*)"),
              ElementsAre("4"));
}

TEST_F(StatementStart, ChoicesThatCanBeLookedUpAre) {
  const std::string equal = "MATCH (n) WHERE n.cpu = 1 OR n.cpu = 8 OR n.cpu = 1 RETURN n.name";
  EXPECT_EQ(First(equal), "IndexSeek (n) by cpu = or cpu = or cpu =");
  EXPECT_THAT(asked_.Rows(equal), ElementsAre("'db'", "'switch'"));
  const std::string mixed = "MATCH (n) WHERE n.key = 'web-1' OR n.cpu > 7 RETURN n.name";
  EXPECT_EQ(First(mixed), "Seek (n) by key = or cpu >");
  EXPECT_THAT(asked_.Rows(mixed), ElementsAre("'web'", "'db'"));
  // `name` has no index, so the choice is of all.
  const std::string open = "MATCH (n) WHERE n.cpu = 1 OR n.name = 'web' RETURN n.name";
  EXPECT_EQ(First(open), "RecordScan (n)");
  EXPECT_THAT(asked_.Rows(open), ElementsAre("'web'", "'switch'"));
}

TEST_F(StatementStart, TheListFilterLooksUpToo) {
  StatementRequest request;
  request.filter = true;
  request.text = "class = Server and cpu in (1, 8)";
  class Keys final : public RowVisitor {
   public:
    void Columns(std::span<const std::string>, const storage::View&) override {}
    bool Row(std::span<const Datum> values, language::Evaluation& evaluation) override {
      keys += evaluation.graph->ElementId(values[0].node()) + " ";
      return true;
    }
    std::string keys;
  } keys;
  const auto summary = asked_.runner().Run(request, asked_.store().Unlimited(), keys);
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(keys.keys, "db-1 sw-1 ");
  EXPECT_LE(summary->steps, 12U);
}

TEST_F(StatementStart, LabelsAreChosenAndRefused) {
  EXPECT_THAT(asked_.Rows("MATCH (n:!Server) RETURN key(n)"), ElementsAre("'tokyo'"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Server&!Router) RETURN n.name ORDER BY n.name"),
              ElementsAre("'db'", "'web'"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Site|Router) RETURN key(n) ORDER BY key(n)"),
              ElementsAre("'sw-1'", "'tokyo'"));
  EXPECT_THAT(asked_.Rows("MATCH (n:!(Site|Router)) RETURN n.name ORDER BY n.name"),
              ElementsAre("'db'", "'web'"));
  EXPECT_THAT(asked_.Rows("MATCH (n)-[:needs]->(m:!Router) RETURN n.name, m.name"),
              ElementsAre("'web' | 'db'"));
  EXPECT_THAT(
      asked_.Rows("MATCH (n {key: 'sw-1'}) RETURN n:!Server, n:Site|Router, n:!(Site&Item)"),
      ElementsAre("false | true | true"));
  EXPECT_THAT(asked_.Error("MATCH (n:!Sever) RETURN n"), HasSubstr("did you mean \"Server\"?"));
}

TEST_F(StatementStart, ConditionsOnLabelsChooseTheClasses) {
  EXPECT_EQ(First("MATCH (n) WHERE n:Router OR n:Site RETURN n"), "ClassScan (n)");
  EXPECT_THAT(asked_.Rows("MATCH (n) WHERE n:Router OR NOT n:Server RETURN key(n) ORDER BY key(n)"),
              ElementsAre("'sw-1'", "'tokyo'"));
  EXPECT_THAT(asked_.Rows("MATCH (n) WHERE NOT n:Server:Router RETURN key(n) ORDER BY key(n)"),
              ElementsAre("'db-1'", "'tokyo'", "'web-1'"));
  EXPECT_THAT(asked_.Rows("MATCH (n) WHERE n:Item:Router RETURN key(n)"), ElementsAre("'sw-1'"));
  EXPECT_THAT(asked_.Error("MATCH (n) WHERE n.name = 'x' AND n:Sever RETURN n"),
              AllOf(HasSubstr("line 1, column 34"), HasSubstr("did you mean \"Server\"?")));
}

constexpr std::string_view kDeskModel = R"(
classes:
  - {name: Item, abstract: true, label: {en: Item, ja: Item}, attributes: [
      {name: name, type: string, index: true, label: {en: Name, ja: Name}},
      {name: cpu, type: integer, label: {en: Cpu, ja: Cpu}}]}
  - {name: Server, parent: Item, label: {en: Server, ja: Server}}
  - {name: Ticket, parent: Item, label: {en: Ticket, ja: Ticket}, attributes: [
      {name: group, type: string, index: true, label: {en: Group, ja: Group}},
      {name: closed_at, type: timestamp, index: true, label: {en: Closed, ja: Closed}}]}
relationship_types: []
)";

TEST(StatementStartOfADesk, OpenRecordsAreLookedUp) {
  StatementStore asked(kDeskModel);
  const auto put = [&asked](const std::string& key, const Value& closed) {
    asked.Put(key, "Ticket",
              {{"name", Value("slow")}, {"group", Value("net")}, {"closed_at", closed}});
  };
  put("t-1", Value());
  put("t-2", Value("2026-11-01T00:00:00Z"));
  put("t-3", Value());
  const CommitNumber before = asked.store().Newest().commit;
  put("t-3", Value("2026-11-02T00:00:00Z"));
  asked.Put("s-1", "Server", {{"name", Value("slow")}});
  ASSERT_TRUE(asked.store().engine().indexes().CatchUp().ok());
  const auto first = [&asked](const std::string& text) {
    const auto told = asked.Ask("EXPLAIN " + text);
    if (!told.ok()) return std::string(told.status().message());
    return told->summary.plan.back().name + " " + told->summary.plan.back().details;
  };
  const std::string open =
      "MATCH (n:Ticket) WHERE n.closed_at IS NULL RETURN key(n) ORDER BY key(n)";
  EXPECT_EQ(first(open), "IndexSeek (n:Ticket) by closed_at IS NULL");
  EXPECT_THAT(asked.Rows(open), ElementsAre("'t-1'"));
  const std::string then = "FOR SYSTEM_TIME AS OF " + std::to_string(before.value) + " ";
  EXPECT_THAT(asked.Rows(then + open), ElementsAre("'t-1'", "'t-3'"));
  const std::string queue =
      "MATCH (n:Ticket) WHERE n.group = 'net' AND n.closed_at IS NULL RETURN key(n)";
  EXPECT_EQ(first(queue), "IndexSeek (n:Ticket) by group = of open records");
  EXPECT_THAT(asked.Rows(queue), ElementsAre("'t-1'"));
  EXPECT_EQ(first("MATCH (n:Ticket) WHERE n.group = 'net' RETURN n"),
            "IndexSeek (n:Ticket) by group =");
  EXPECT_EQ(first("MATCH (n:Ticket) WHERE n.group = 'net' OR n.closed_at IS NULL RETURN n"),
            "IndexSeek (n:Ticket) by group = or closed_at IS NULL");
  // A server has no such attribute, so it is not in that index; it is among what has the name.
  const std::string any = "MATCH (n:Item) WHERE n.closed_at IS NULL RETURN key(n) ORDER BY key(n)";
  EXPECT_THAT(first(any), HasSubstr("Scan"));
  EXPECT_THAT(asked.Rows(any), ElementsAre("'s-1'", "'t-1'"));
  const std::string named =
      "MATCH (n) WHERE n.closed_at IS NULL AND n.name = 'slow' RETURN key(n) ORDER BY key(n)";
  EXPECT_EQ(first(named), "IndexSeek (n) by name = of open records");
  EXPECT_THAT(asked.Rows(named), ElementsAre("'s-1'", "'t-1'"));
}

// The pattern's own condition, which EXISTS may lack, stands where other comparisons have a side.
TEST_F(StatementStart, WhetherSomethingExistsIsComparedLikeAnyValue) {
  for (const std::string_view condition :
       {"EXISTS { (n)-[:needs]->() } = true", "true = EXISTS { (n)-[:needs]->() }",
        "COUNT { (n)-[:needs]->() } IN [1, 2]", "EXISTS { (n)-[:needs]->() } = true OR false"}) {
    EXPECT_THAT(asked_.Rows("MATCH (n:Server) WHERE " + std::string(condition) +
                            " RETURN n.name ORDER BY n.name"),
                ElementsAre("'db'", "'web'"))
        << condition;
  }
}

}  // namespace
}  // namespace kosei::query
