// What statements have read of many records is kept for those that come after, and never shown when
// it does not hold: a runner that has kept values and one that never read any say the same.
#include "engine/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "statement_store.h"

namespace kosei::query {
namespace {

using language::Datum;
using ::testing::ElementsAre;

constexpr std::string_view kModel = R"(
classes:
  - {name: Item, abstract: true, label: {en: Item, ja: Item}, attributes: [
      {name: name, type: string, label: {en: Name, ja: Name}},
      {name: cpu, type: integer, label: {en: Cpu, ja: Cpu}},
      {name: tags, type: list, item_type: string, label: {en: Tags, ja: Tags}}]}
  - {name: Server, parent: Item, label: {en: Server, ja: Server}}
  - {name: Person, parent: Item, label: {en: Person, ja: Person}}
relationship_types:
  - {name: needs, label: {en: Needs, ja: Needs}, inverse_label: {en: Needed by, ja: Needed by},
     endpoints: [{source: Item, target: Item}], impact: target_to_source}
)";

constexpr int kRecords = 400;  // more than a statement reads before it begins to keep values

class KeptValues : public ::testing::Test {
 protected:
  KeptValues() : asked_(kModel) {
    storage::Transaction records;
    storage::Transaction links;
    records.put_records.push_back(asked_.Make("hub", "Server", {{"cpu", Value(1)}}));
    for (int i = 0; i < kRecords; ++i) {
      records.put_records.push_back(
          asked_.Make(Key(i), "Server", {{"cpu", Value(i % 5)}, {"name", Value("first")}}));
      links.put_links.push_back(
          {"hub", asked_.store().Type("needs"), Key(i), kBeginningOfTime, kEndOfTime});
    }
    asked_.store().Commit(std::move(records));
    asked_.store().Commit(std::move(links));
  }
  static std::string Key(int i) { return absl::StrCat("n", i); }

  // Reads every record behind a link, one by one.
  static std::string Text(std::string_view attribute, std::string_view before = "") {
    return std::string(before) + " MATCH ({key: 'hub'})-->(n) RETURN n." + std::string(attribute) +
           " AS v, count(*) ORDER BY v";
  }
  // What the runner that keeps values says, which must be what another says that has none.
  std::vector<std::string> Rows(const std::string& text) {
    const std::vector<std::string> kept = asked_.Rows(text);
    StatementRunner fresh(asked_.store().reader(), asked_.store().clock());
    const auto told = asked_.AskBy(fresh, text);
    EXPECT_TRUE(told.ok()) << told.status();
    if (told.ok()) EXPECT_EQ(kept, told->rows) << text;
    return kept;
  }

  StatementStore asked_;
};

TEST_F(KeptValues, SpareReading) {
  const auto first = asked_.Ask(Text("cpu"));
  const auto second = asked_.Ask(Text("cpu"));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->rows, second->rows);
  // A record that is read is a step.
  EXPECT_LT(second->summary.steps + 100, first->summary.steps);
}

TEST_F(KeptValues, FollowEveryCommit) {
  EXPECT_THAT(Rows(Text("cpu")), ElementsAre("0 | 80", "1 | 80", "2 | 80", "3 | 80", "4 | 80"));
  const CommitNumber changed = asked_.Put(Key(0), "Server", {{"cpu", Value(9)}});
  EXPECT_THAT(Rows(Text("cpu")),
              ElementsAre("0 | 79", "1 | 80", "2 | 80", "3 | 80", "4 | 80", "9 | 1"));
  // Before it, and after it again.
  const std::string before = absl::StrCat("FOR SYSTEM_TIME AS OF ", changed.value - 1);
  EXPECT_THAT(Rows(Text("cpu", before)),
              ElementsAre("0 | 80", "1 | 80", "2 | 80", "3 | 80", "4 | 80"));
  asked_.store().Apply({.end = {Key(1)}});
  EXPECT_THAT(Rows(Text("cpu")),
              ElementsAre("0 | 79", "1 | 79", "2 | 80", "3 | 80", "4 | 80", "9 | 1"));
}

TEST_F(KeptValues, AreOfNoPlanAndOfNoOtherTime) {
  Rows(Text("cpu"));
  // As of an instant before the records were there.
  EXPECT_TRUE(Rows(Text("cpu", "FOR VALID_TIME AS OF '1999-01-01T00:00:00Z'")).empty());
  // A record that says from when on it holds.
  storage::PutRecord later = asked_.Make(Key(0), "Server", {{"cpu", Value(77)}});
  later.record.valid_from = Timestamp{asked_.store().clock().Now().micros + 3'600'000'000};
  storage::Transaction planned;
  planned.put_records.push_back(std::move(later));
  asked_.store().Commit(std::move(planned));
  EXPECT_THAT(Rows(Text("cpu")), ElementsAre("0 | 80", "1 | 80", "2 | 80", "3 | 80", "4 | 80"));
}

TEST_F(KeptValues, AreGoneWhenTheyAreErased) {
  EXPECT_THAT(Rows(Text("name")), ElementsAre("'first' | 400"));
  EXPECT_THAT(Rows(Text("name")), ElementsAre("'first' | 400"));
  const auto schema = asked_.store().reader().schema();
  storage::Erasure erasure;
  erasure.provenance = {"test", "asked for", "", ""};
  erasure.key = Key(3);
  erasure.attributes = {schema->FindAttribute(*schema->FindClass("Server"), "name")->number};
  ASSERT_TRUE(asked_.store().engine().writer().Erase(erasure).ok());
  EXPECT_THAT(Rows(Text("name")), ElementsAre("'first' | 399", "null | 1"));
}

TEST(Column, TellsVersionsAndKindsApart) {
  Column column;
  const auto keep = [&](storage::NodeIndex node, std::uint64_t version, const Datum& value) {
    return column.Keep(node, CommitNumber{version}, value, std::size_t{1} << 30).has_value();
  };
  EXPECT_TRUE(keep(1, 5, Datum::Integer(1)));
  EXPECT_TRUE(keep(70'000, 5, Datum::Float(1)));
  EXPECT_TRUE(keep(2, 5, Datum()));
  EXPECT_FALSE(keep(3, 5, Datum::List({})));
  ASSERT_NE(column.Find(1, CommitNumber{5}), nullptr);
  EXPECT_EQ(column.Find(1, CommitNumber{5})->kind(), language::DatumKind::kInteger);
  EXPECT_EQ(column.Find(70'000, CommitNumber{5})->kind(), language::DatumKind::kFloat);
  EXPECT_TRUE(column.Find(2, CommitNumber{5})->is_null());
  EXPECT_EQ(column.Find(1, CommitNumber{4}), nullptr);
  EXPECT_EQ(column.Find(1, CommitNumber{6}), nullptr);
  EXPECT_EQ(column.Find(3, CommitNumber{5}), nullptr);
  EXPECT_EQ(column.Find(4'000'000'000, CommitNumber{5}), nullptr);
  EXPECT_TRUE(keep(1, 6, Datum::String("x")));
  EXPECT_EQ(column.Find(1, CommitNumber{6})->string(), "x");
}

TEST(ColumnSetTest, KeepsToItsBytesAndLetsTheLeastUsedGo) {
  ColumnSet set(nullptr, 0, std::size_t{3} << 20);
  const auto fill = [&](std::uint16_t attribute, std::uint64_t use) {
    const std::shared_ptr<Column> column = set.Make(AttributeNumber{attribute}, use);
    std::size_t kept = 0;
    for (storage::NodeIndex node = 1; node < 500'000; node += 100)
      kept += set.Keep(*column, node, CommitNumber{1}, Datum::Integer(node)) ? 1U : 0U;
    return kept;
  };
  const std::size_t kept = fill(1, set.BeginUse());
  EXPECT_GT(kept, 0U);
  EXPECT_LT(kept, 5'000U);  // no room for all
  const std::uint64_t use = set.BeginUse();
  EXPECT_EQ(fill(2, use), kept);  // in place of the first
  EXPECT_EQ(set.Find(AttributeNumber{1}, use), nullptr);
  EXPECT_NE(set.Find(AttributeNumber{2}, use), nullptr);
  // What this very statement uses does not go.
  EXPECT_EQ(fill(3, use), 0U);
  EXPECT_NE(set.Find(AttributeNumber{2}, use), nullptr);
}

}  // namespace
}  // namespace kosei::query
