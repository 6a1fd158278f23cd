// What statements mean where two readings are near: names that hide others, conditions about what
// is not known yet, values that turn out not to be records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "kosei/base/error.h"
#include "server_room.h"

namespace kosei::query {
namespace {

using language::Datum;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class StatementMeaning : public ServerRoom {};

TEST_F(StatementMeaning, AConditionWaitsForWhatItsSubqueryReads) {
  const std::string text =
      "MATCH (a:Router)<-[:needs]-(b) WHERE EXISTS { MATCH (c) WHERE true "
      "WITH c ORDER BY b.name MATCH (d {name: b.name}) WHERE d.cpu = 8 RETURN d } RETURN b.name";
  EXPECT_THAT(asked_.Error(text), HasSubstr("`b` is not defined"));
  EXPECT_THAT(asked_.Rows("MATCH (a:Router)<-[:needs]-(b) WHERE EXISTS { "
                          "MATCH (d {name: b.name}) RETURN d } RETURN b.name"),
              ElementsAre("'db'"));
  EXPECT_THAT(asked_.Rows("MATCH (a:Router)<-[:needs]-(b) WHERE COUNT { "
                          "UNWIND [1, 2] AS x RETURN x ORDER BY b.cpu LIMIT 1 } = 1 RETURN b.name"),
              ElementsAre("'db'"));
}

TEST_F(StatementMeaning, NamesWithinAComprehensionAreItsOwn) {
  EXPECT_THAT(asked_.Rows("MATCH (n:Server) RETURN n.cpu AS c, [n IN [{cpu: 100}] | n.cpu] AS l "
                          "ORDER BY size([n IN [{cpu: 7}] WHERE n.cpu = c]), c"),
              ElementsAre("1 | [100]", "4 | [100]", "8 | [100]"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Router) RETURN n.cpu AS c, count(*) AS rows, "
                          "[n IN collect({cpu: 100}) | n.cpu] AS l"),
              ElementsAre("1 | 1 | [100]"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Server) WITH n.cpu AS c, n "
                          "WHERE all(n IN [{cpu: 4}] WHERE n.cpu = 4) RETURN c ORDER BY c"),
              ElementsAre("1", "4", "8"));
}

TEST_F(StatementMeaning, ALinkConditionMayNameTheRecordBehind) {
  EXPECT_THAT(asked_.Rows("MATCH (a {key: 'web-1'})-[r:needs*1..2 WHERE b.name = 'switch']->(b) "
                          "RETURN b.name, size(r)"),
              ElementsAre("'switch' | 2"));
  EXPECT_THAT(asked_.Rows("MATCH (a {key: 'web-1'}), (b {key: 'sw-1'}), "
                          "p = shortestPath((a)-[r* WHERE c.name = 'db']->(b)), (c:Server) "
                          "RETURN c.name, length(p)"),
              ElementsAre("'db' | 2"));
  EXPECT_THAT(asked_.Error("MATCH (a)-[x]->(b), "
                           "p = shortestPath((a)-[r* WHERE x IS NULL]->(b)) RETURN p"),
              HasSubstr("`x` cannot stand in a condition on the links of a shortest path"));
}

TEST_F(StatementMeaning, AShortestPathHasNoLeastLengthAndNoLinksOfBefore) {
  EXPECT_THAT(asked_.Error("MATCH p = shortestPath((a {key: 'web-1'})-[*2..]->(b)) RETURN p"),
              HasSubstr("a shortest path has no least length but 0 or 1"));
  EXPECT_THAT(asked_.Error("MATCH (a)-[r*]->(b) MATCH p = shortestPath((a)-[r*]->(b)) RETURN p"),
              HasSubstr("`r` has a value already"));
}

TEST_F(StatementMeaning, AShortestPathMayTakeALinkThatThePatternHasToo) {
  EXPECT_THAT(asked_.Rows("MATCH (a)-[r:needs]->(b:Router), p = shortestPath((a)-[*]->(b)) "
                          "RETURN a.name, length(p)"),
              ElementsAre("'db' | 1"));
}

TEST_F(StatementMeaning, TheShortestOfARepeatedLinkIsTheShortest) {
  Link("web-1", "near", "sw-1");
  EXPECT_THAT(asked_.Rows("MATCH p = ANY SHORTEST (a {key: 'web-1'})(()-[]->()){1,5}"
                          "(b {key: 'sw-1'}) RETURN length(p)"),
              ElementsAre("1"));
}

TEST_F(StatementMeaning, AValueThatIsNoRecordMatchesNothing) {
  const language::DatumMap parameters = {
      {"list", Datum::List({Datum::Integer(1), Datum::String("x")})}};
  EXPECT_THAT(asked_.Rows("UNWIND $list AS n MATCH (n) RETURN n", parameters), IsEmpty());
  EXPECT_THAT(asked_.Rows("UNWIND $list AS n MATCH p = (n) RETURN p", parameters), IsEmpty());
  EXPECT_THAT(asked_.Rows("UNWIND $list AS n OPTIONAL MATCH (n:Server)-->(m) RETURN m", parameters),
              ElementsAre("null", "null"));
}

TEST_F(StatementMeaning, ABoundRecordIsAskedForItsClass) {
  EXPECT_THAT(asked_.Rows("MATCH (n) MATCH (n:Router|Site) RETURN key(n) ORDER BY key(n)"),
              ElementsAre("'sw-1'", "'tokyo'"));
}

TEST_F(StatementMeaning, AnIdMayBeAFloatAsSomeDriversSendIt) {
  const std::vector<std::string> id = asked_.Rows("MATCH (n {key: 'db-1'}) RETURN id(n)");
  EXPECT_THAT(asked_.Rows("MATCH (n) WHERE id(n) = $id RETURN n.name",
                          {{"id", Datum::Float(std::stod(id.at(0)))}}),
              ElementsAre("'db'"));
  EXPECT_THAT(asked_.Rows("MATCH (n) WHERE id(n) = $id RETURN n.name", {{"id", Datum::Float(2.5)}}),
              IsEmpty());
}

TEST_F(StatementMeaning, PartsOfAUnionReturnTheirRows) {
  EXPECT_THAT(asked_.Error("RETURN COUNT { MATCH (a) UNION MATCH (b) }"), HasSubstr("RETURN"));
  EXPECT_THAT(asked_.Rows("RETURN COUNT { MATCH (a:Site) RETURN a UNION ALL MATCH (a:Site) "
                          "RETURN a } AS two"),
              ElementsAre("2"));
}

TEST_F(StatementMeaning, ARecordByItsKeyIsCheckedLikeAnyOther) {
  EXPECT_THAT(asked_.Error("RETURN Kosei.Record('web-1').nmae"), HasSubstr("unknown attribute"));
  EXPECT_THAT(asked_.Rows("RETURN kosei.record('web-1').site.name"), ElementsAre("'東京'"));
}

TEST_F(StatementMeaning, AProcedureTakesNoOptionThatDoesNothing) {
  EXPECT_THAT(asked_.Error("CALL kosei.impact('sw-1', {paths: true})"),
              HasSubstr("there is no option `paths`"));
}

constexpr std::string_view kKeyedModel = R"(
naming: free
classes:
  - {name: Item, abstract: true, label: {en: Item, ja: Item}, attributes: [
      {name: name, type: string, label: {en: Name, ja: Name}}]}
  - {name: Licence, parent: Item, label: {en: Licence, ja: Licence}, attributes: [
      {name: key, type: string, index: true, label: {en: Key, ja: Key}}]}
  - {name: Thing, parent: Item, label: {en: Thing, ja: Thing}}
)";

TEST(StatementKeys, OfAClassWithAnAttributeCalledKeyThatIsMeant) {
  StatementStore asked(kKeyedModel);
  asked.store().Apply({.others = {{"Thing", "abc"}}});
  const auto schema = asked.store().reader().schema();
  const model::Class* licence = schema->FindClass("Licence");
  Record record;
  record.class_number = licence->number;
  record.key = "l-1";
  record.Set(schema->FindAttribute(*licence, "key")->number, Value("abc"));
  storage::Transaction transaction;
  transaction.put_records.push_back({std::move(record), std::nullopt});
  asked.store().Commit(std::move(transaction));
  ASSERT_TRUE(asked.store().engine().indexes().CatchUp().ok());
  EXPECT_THAT(asked.Rows("MATCH (n) WHERE n.key = 'abc' RETURN key(n)"),
              UnorderedElementsAre("'abc'", "'l-1'"));
  EXPECT_THAT(asked.Rows("MATCH (n) WHERE key(n) = 'l-1' RETURN n.key"), ElementsAre("'abc'"));
}

}  // namespace
}  // namespace kosei::query
