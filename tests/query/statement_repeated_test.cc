// Parts of a path that are repeated, ((a)-[r]->(b) WHERE ...){1,3}: their names are lists outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "kosei/base/error.h"
#include "server_room.h"

namespace kosei::query {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class StatementRepeated : public ServerRoom {};

TEST_F(StatementRepeated, NamesOfThePartAreLists) {
  EXPECT_THAT(asked_.Rows("MATCH (x {key: 'web-1'}) ((a)-[r:needs]->(b)){1,2} (y) "
                          "RETURN [n IN a | key(n)], size(r), [n IN b | key(n)], key(y)"),
              ElementsAre("['web-1'] | 1 | ['db-1'] | 'db-1'",
                          "['web-1', 'db-1'] | 2 | ['db-1', 'sw-1'] | 'sw-1'"));
}

TEST_F(StatementRepeated, ThePartHasConditionsOfItsOwn) {
  EXPECT_THAT(
      asked_.Rows("MATCH (x {key: 'web-1'}) ((a)-[:needs]->(b) WHERE a.cpu < b.cpu){1,2} (y) "
                  "RETURN key(y)"),
      ElementsAre("'db-1'"));
  EXPECT_THAT(asked_.Rows("MATCH (x) ((a:Server)-[:needs]->(b:Router {name: 'switch'}))+ (y) "
                          "RETURN key(x), key(y)"),
              ElementsAre("'db-1' | 'sw-1'"));
  EXPECT_THAT(asked_.Rows("MATCH (w {key: 'db-1'}) MATCH (x) ((a)-[:needs]->(b) "
                          "WHERE b.cpu <= w.cpu AND b <> w)+ (y) RETURN key(x), key(y)"),
              ElementsAre("'db-1' | 'sw-1'"));
}

TEST_F(StatementRepeated, ItIsFollowedFromItsEndWhereThatIsBetter) {
  const std::string text =
      "MATCH (x) ((a)-[r:needs]->(b) WHERE b.cpu >= 1){1,} (y {key: 'sw-1'}) "
      "RETURN key(x), [n IN a | key(n)], [n IN b | key(n)], [l IN r | key(startNode(l))]";
  EXPECT_THAT(
      asked_.Rows(text),
      UnorderedElementsAre("'db-1' | ['db-1'] | ['sw-1'] | ['db-1']",
                           "'web-1' | ['web-1', 'db-1'] | ['db-1', 'sw-1'] | ['web-1', 'db-1']"));
  EXPECT_THAT(Plan(text), Contains("QuantifiedExpand"));
  EXPECT_EQ(Plan(text).back(), "KeySeek");
}

TEST_F(StatementRepeated, SeveralLinksMayBeRepeatedTogether) {
  Link("sw-1", "near", "web-1");
  EXPECT_THAT(asked_.Rows("MATCH p = (x {key: 'web-1'}) ((a)-[:needs]->(b)-[s]->(c)){1,2} (y) "
                          "RETURN [n IN nodes(p) | key(n)], [n IN c | key(n)], length(p)"),
              ElementsAre("['web-1', 'db-1', 'sw-1'] | ['sw-1'] | 2"));
  EXPECT_THAT(asked_.Rows("MATCH p = (x) ((a)-[]->(b)-[]->(c)-[]->(a)){1,2} (y) "
                          "RETURN key(x), key(y), length(p) ORDER BY key(x)"),
              ElementsAre("'db-1' | 'db-1' | 3", "'sw-1' | 'sw-1' | 3", "'web-1' | 'web-1' | 3"));
}

TEST_F(StatementRepeated, NoTimesIsTheRecordItself) {
  EXPECT_THAT(asked_.Rows("MATCH (x:Router) ((a)-[r:needs]->(b) WHERE a.cpu > 0){0,2} (y) "
                          "RETURN key(y), a, r"),
              ElementsAre("'sw-1' | [] | []"));
  EXPECT_THAT(asked_.Rows("MATCH (x:Site) OPTIONAL MATCH (x) ((a)-[r]->(b) WHERE a.cpu > 0)+ (y) "
                          "RETURN a, r, y"),
              ElementsAre("null | null | null"));
}

TEST_F(StatementRepeated, OneMatchUsesNoLinkTwice) {
  EXPECT_THAT(asked_.Rows("MATCH (x {key: 'web-1'})-[:needs]->(z), "
                          "(x) ((a)-[:needs]->(b) WHERE true){1,2} (y) RETURN key(y)"),
              IsEmpty());
  EXPECT_THAT(asked_.Rows("MATCH (x {key: 'web-1'}) ((a)--(b) WHERE true){2} (y) RETURN key(y)"),
              ElementsAre("'sw-1'"));
}

TEST_F(StatementRepeated, ALookUpWaitsForTheListsOfThePart) {
  ASSERT_TRUE(asked_.store().engine().indexes().CatchUp().ok());
  EXPECT_THAT(asked_.Rows("MATCH (x) ((a)-[r]->(b) WHERE a.cpu > 0){0,1} (y) "
                          "WHERE y.cpu >= 8 + size(r) RETURN key(y), size(r)"),
              ElementsAre("'db-1' | 0"));
}

TEST_F(StatementRepeated, WhatIsNotOfferedIsSaid) {
  EXPECT_THAT(asked_.Error("MATCH (x) ((a)-[*1..2]->(b)){1,2} (y) RETURN x"),
              HasSubstr("without anything that is repeated itself"));
  EXPECT_THAT(asked_.Error("MATCH ANY SHORTEST (x) ((a)-->(b) WHERE a.cpu > 1){1,2} (y) RETURN x"),
              HasSubstr("a shortest path is asked for with one relationship"));
  EXPECT_THAT(asked_.Error("MATCH (x) ((x)-->(b)){1,2} (y) RETURN x"),
              HasSubstr("`x` has a value already"));
  EXPECT_THAT(asked_.Error("MATCH (x) ((a)-->(b) WHERE b.cpu < y.cpu){1,2} (y) RETURN x"),
              HasSubstr("`y` is not defined here"));
  EXPECT_THAT(asked_.Error("MATCH (x) ((a)-->(b) WHERE b.cpu > 1){1,2} (y), (a) RETURN x"),
              HasSubstr("`a` is not a record"));
}

TEST_F(StatementRepeated, TheBudgetIsMinded) {
  Edit edit;
  for (int i = 0; i < 12; ++i) edit.others.emplace_back("Server", "m" + std::to_string(i));
  asked_.store().Apply(edit);
  Edit links;
  for (int i = 0; i < 12; ++i) {
    for (int j = 0; j < 12; ++j) {
      if (i != j) links.link.push_back({"m" + std::to_string(i), "near", "m" + std::to_string(j)});
    }
  }
  asked_.store().Apply(links);
  Limits limits;
  limits.steps = 200'000;
  const auto told = asked_.Ask(
      "MATCH (x {key: 'm0'}) ((a)-[:near]->(b) WHERE a <> b)+ (y) RETURN count(*)", {}, limits);
  EXPECT_EQ(CodeOf(told.status()), ErrorCode::kRowBudget);
}

}  // namespace
}  // namespace kosei::query
