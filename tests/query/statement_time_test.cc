// Which moment each part of a statement reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "kosei/base/error.h"
#include "server_room.h"

namespace kosei::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StatementTime : public ServerRoom {
 protected:
  std::string AtFirst() const { return " FOR SYSTEM_TIME AS OF " + std::to_string(first_.value); }
};

TEST_F(StatementTime, AReferenceIsWalkedInTheMomentOfItsRecord) {
  Put("tokyo", "Site", {{"name", Value("新東京")}});
  EXPECT_THAT(asked_.Rows("MATCH (now:Server {key: 'web-1'}) MATCH (old:Server {key: 'web-1'})" +
                          AtFirst() + " RETURN old.site.name, now.site.name"),
              ElementsAre("'東京' | '新東京'"));
}

TEST_F(StatementTime, PatternsInTheConditionsOfAMatchReadItsMoment) {
  asked_.store().Apply({.unlink = {{"web-1", "needs", "db-1"}}});
  EXPECT_THAT(asked_.Rows("MATCH (n:Server) WHERE (n)-[:needs]->(:Server) RETURN n.name"),
              ElementsAre("'db'"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Server)" + AtFirst() +
                          " WHERE (n)-[:needs]->(:Server) RETURN n.name ORDER BY n.name"),
              ElementsAre("'db'", "'web'"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Server {key: 'web-1'})" + AtFirst() +
                          " WHERE EXISTS { MATCH (n)-[:needs]->(m) RETURN m } RETURN n.name"),
              ElementsAre("'web'"));
  // Behind the MATCH the statement's own counts again.
  EXPECT_THAT(asked_.Rows("MATCH (n:Server {key: 'web-1'})" + AtFirst() +
                          " RETURN COUNT { (n)-[:needs]->() }"),
              ElementsAre("0"));
}

TEST_F(StatementTime, ARecordOfAnotherMomentIsMatchedWhereItIs) {
  Put("web-2", "Server", {{"name", Value("second")}});
  EXPECT_THAT(asked_.Rows("MATCH (n:Server) MATCH (n)" + AtFirst() + " RETURN count(*)"),
              ElementsAre("3"));
  EXPECT_THAT(asked_.Rows("MATCH (n:Server {key: 'web-2'}) OPTIONAL MATCH (n)-->(m)" + AtFirst() +
                          " RETURN n.name, m"),
              ElementsAre("'second' | null"));
}

TEST_F(StatementTime, AValidInstantOfTheRequestStaysWhenTheTextNamesACommit) {
  // Said now, and so in the world from 2030 on.
  const auto schema = asked_.store().reader().schema();
  const model::Class* server = schema->FindClass("Server");
  Record record;
  record.class_number = server->number;
  record.key = "planned";
  record.valid_from = *ParseTimestamp("2030-01-01T00:00:00Z");
  storage::Transaction transaction;
  transaction.put_records.push_back({std::move(record), std::nullopt});
  const std::string commit = std::to_string(asked_.store().Commit(std::move(transaction)).value);
  class Counter final : public RowVisitor {
   public:
    void Columns(std::span<const std::string>, const storage::View&) override {}
    bool Row(std::span<const language::Datum>, language::Evaluation&) override {
      return ++rows > 0;
    }
    int rows = 0;
  } counter;
  StatementRequest request;
  const std::string text =
      "FOR SYSTEM_TIME AS OF " + commit + " MATCH (n:Server {key: 'planned'}) RETURN n";
  request.text = text;
  EXPECT_TRUE(asked_.runner().Run(request, asked_.store().Unlimited(), counter).ok());
  EXPECT_EQ(counter.rows, 0);
  request.view.valid_at = *ParseTimestamp("2031-01-01T00:00:00Z");
  EXPECT_TRUE(asked_.runner().Run(request, asked_.store().Unlimited(), counter).ok());
  EXPECT_EQ(counter.rows, 1);
}

TEST_F(StatementTime, LinksOverARangeOfTimeAreRefusedInConditionsToo) {
  EXPECT_THAT(asked_.Error("FOR SYSTEM_TIME FROM 1 TO 5 MATCH (n:Server) WHERE (n)-->() RETURN n"),
              HasSubstr("the pattern is one record"));
}

}  // namespace
}  // namespace kosei::query
