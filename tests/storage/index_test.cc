// Indexes: the bytes of their entries, look-ups now and in the past while they lag, how they are
// built, dropped and built anew, and a start in the middle of it.
#include "absl/strings/str_format.h"
#include "index_fixture.h"
#include "index_work.h"
#include "kosei/base/bytes.h"

namespace kosei::testing {
namespace {

using ::testing::ElementsAre;

TEST_F(IndexTest, EntriesHaveTheseBytes) {
  EXPECT_EQ(ToHex(storage::IndexKey(AttributeNumber{258}, {false, "\x10\x01"}, RecordId{5})),
            "010200100100000005");
  EXPECT_EQ(ToHex(storage::PastIndexKey(AttributeNumber{258}, {true, "\x10\x01"}, RecordId{5})),
            "010203100100000005");
  EXPECT_EQ(storage::EncodeEntryState({}), "");
  EXPECT_EQ(ToHex(storage::EncodeEntryState({true, CommitNumber{7}, Timestamp{-1}})),
            "0000000000000007ffffffffffffffff");
  storage::IndexEntry entry;
  entry.origin = storage::IndexOrigin::kAdministrator;
  entry.state = storage::IndexState::kWhole;
  entry.whole_to = CommitNumber{9};
  entry.next_record = 3;
  entry.definition = "integer";
  EXPECT_EQ(storage::IndexMarkName(12), "index/12");
  EXPECT_EQ(ToHex(storage::EncodeIndexMark(entry)),
            "01010200000000000000090000000000000003696e7465676572");
  const auto read = storage::DecodeIndexMark(12, storage::EncodeIndexMark(entry));
  ASSERT_OK(read.status());
  EXPECT_EQ(read->definition, "integer");
  EXPECT_THAT(storage::DecodeIndexMark(12, "\x02").status(),
              HasErrorCode(ErrorCode::kStorageCorrupt));
}

TEST_F(IndexTest, ALaggingIndexIsExact) {
  ASSERT_OK(admin().CatchUp());
  Put("a", {{"count", 1}});
  Put("b", {{"count", 2}});
  EXPECT_EQ(admin().Lag(), 2U);
  EXPECT_EQ(Equal("count", 1), (Keys{"a", "b"})) << "both changed since the index's commit";
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(admin().Lag(), 0U);
  EXPECT_EQ(Equal("count", 1), (Keys{"a"}));
  Put("a", {{"count", 2}});
  EXPECT_EQ(Equal("count", 2), (Keys{"a", "b"}));
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 1), Keys{}) << "a value that ended is closed";
  EXPECT_EQ(Equal("count", 2), (Keys{"a", "b"}));
}

TEST_F(IndexTest, ThePastHasItsValues) {
  Put("a", {{"count", 1}, {"name", "old"}});
  const storage::View before = reader().Newest();
  Put("a", {{"count", 2}, {"name", "new"}});
  End("a");
  ASSERT_OK(admin().CatchUp());
  const auto one = Range("count", storage::Comparison::kEqual, 1);
  EXPECT_EQ(Find(one, before), (Keys{"a"}));
  EXPECT_EQ(Find(one, reader().Newest()), Keys{});
  EXPECT_EQ(FindText("old", before), (Keys{"a"}));
}

TEST_F(IndexTest, ValuesComeInOrder) {
  Put("a", {{"count", 30}});
  Put("b", {{"count", -5}});
  Put("c", {{"count", 7}});
  ASSERT_OK(admin().CatchUp());
  Put("d", {{"count", 1}});
  Keys keys;
  const auto visited = reader().indexes().Visit(Range("count", storage::Comparison::kLess, 100),
                                                reader().Newest(), [&](RecordId id) {
                                                  keys.emplace_back(reader().KeyOf(id));
                                                  return true;
                                                });
  ASSERT_OK(visited.status());
  EXPECT_TRUE(*visited);
  EXPECT_THAT(keys, ElementsAre("b", "c", "a", "d")) << "what is not in the index yet comes last";
}

TEST_F(IndexTest, ALimitAsksForAScan) {
  for (int i = 0; i < 20; ++i) Put(absl::StrFormat("r%d", i), {{"count", 1}});
  ASSERT_OK(admin().CatchUp());
  const auto one = Range("count", storage::Comparison::kEqual, 1);
  EXPECT_EQ(Find(one, reader().Newest(), 19), std::nullopt);
  EXPECT_EQ(Find(one, reader().Newest(), 20)->size(), 20U);
  storage::View in_plan = reader().Newest();
  in_plan.plan = PlanNumber{1};
  EXPECT_EQ(Find(one, in_plan), std::nullopt) << "no index knows a plan's changes";
}

// Each record comes once for each of its items; with the limit reached, those behind it are
// missing.
TEST_F(IndexTest, ALimitThatItemsOfListsReachAsksForAScan) {
  for (int i = 0; i < 20; ++i)
    Put(absl::StrFormat("r%d", i), {{"tags", ValueList{"ta", "tb", "tc"}}});
  ASSERT_OK(admin().CatchUp());
  const auto tags = Range("tags", storage::Comparison::kPrefix, "t");
  EXPECT_EQ(Find(tags, reader().Newest(), 25), std::nullopt);
  EXPECT_EQ(Find(tags, reader().Newest(), 60)->size(), 20U);
}

TEST_F(IndexTest, ACheckThatFailsEndsTheLookUp) {
  const auto stopped = [] { return MakeError(ErrorCode::kCancelled, "enough"); };
  auto load = engine_->writer().BeginBulk({});
  ASSERT_OK(load.status());
  storage::BulkChunk chunk;
  for (int i = 0; i < 5'000; ++i) {
    chunk.records.push_back(MakeRecord(absl::StrFormat("r%d", i), {{"count", 1}}));
  }
  ASSERT_OK((*load)->Add(std::move(chunk)).status());
  ASSERT_OK((*load)->Finish().status());
  ASSERT_OK(admin().CatchUp());
  EXPECT_THAT(reader()
                  .indexes()
                  .Find(Range("count", storage::Comparison::kEqual, 1), reader().Newest(),
                        1'000'000, stopped)
                  .status(),
              HasErrorCode(ErrorCode::kCancelled));
}

TEST_F(IndexTest, BuildDropAndBuildAnew) {
  Put("a", {{"free", 1}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("free", 1), std::nullopt) << "the model does not ask for an index";
  EXPECT_FALSE(reader().indexes().Has(AttributeOf("free").number));
  ASSERT_OK(admin().Build("free"));
  EXPECT_EQ(InfoOf("free").state, storage::IndexState::kBuilding);
  EXPECT_EQ(InfoOf("free").origin, storage::IndexOrigin::kAdministrator);
  EXPECT_EQ(Equal("free", 1), std::nullopt);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("free", 1), (Keys{"a"}));
  EXPECT_EQ(InfoOf("free").state, storage::IndexState::kWhole);
  ASSERT_OK(admin().Drop("free"));
  EXPECT_EQ(Equal("free", 1), std::nullopt);
  EXPECT_THAT(admin().Drop("free"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(admin().Build("fre"), HasErrorCode(ErrorCode::kUnknownAttribute));
  ASSERT_OK(admin().Drop("count"));
  EXPECT_EQ(InfoOf("count").origin, storage::IndexOrigin::kDropped);
  ASSERT_OK(admin().Drop("full-text"));
  EXPECT_EQ(FindText("a", reader().Newest()), std::nullopt);
  Open(kIndexModel);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 1), std::nullopt) << "it stays dropped over a restart";
  ASSERT_OK(admin().Build("count"));
  ASSERT_OK(admin().Build("full-text"));
  ASSERT_OK(admin().BuildAll());
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(InfoOf("count").origin, storage::IndexOrigin::kModel);
  EXPECT_EQ(FindText("a", reader().Newest()), (Keys{"a"}));
}

TEST_F(IndexTest, AnotherModelIsAnotherIndex) {
  Put("a", {{"count", 1}, {"tags", ValueList{"green"}}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(FindText("green", reader().Newest()), (Keys{"a"}));
  std::string model = kIndexModel;
  const auto take_out = [&model](std::string_view from, std::string_view what) {
    const std::size_t at = model.find(what, model.find(from));
    model.erase(at, what.size());
  };
  take_out("name: count", "index: true, ");
  take_out("name: tags", "search: true, ");
  Open(model);
  EXPECT_EQ(Equal("count", 1), std::nullopt);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(FindText("green", reader().Newest()), Keys{}) << "built without the tags";
  Change(kIndexModel);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 1), (Keys{"a"}));
  EXPECT_EQ(FindText("green", reader().Newest()), (Keys{"a"}));
}

TEST_F(IndexTest, AModelThatChangesAtRunTimeBringsItsIndexes) {
  Put("a", {{"free", 1}});
  ASSERT_OK(admin().CatchUp());
  std::string model = kIndexModel;
  const auto exchange = [&model](std::string_view what, std::string_view with) {
    model.replace(model.find(what), what.size(), with);
  };
  exchange("name: free, type: integer,", "name: free, type: integer, index: true,");
  exchange("name: backup, type: reference,", "name: backup, type: reference, search: true,");
  Change(model);
  EXPECT_EQ(Equal("free", 1), std::nullopt);
  EXPECT_EQ(Equal("count", 1), std::nullopt) << "not before the indexes are in line again";
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("free", 1), (Keys{"a"}));
  EXPECT_EQ(Equal("count", 1), Keys{});
  EXPECT_EQ(InfoOf("free").origin, storage::IndexOrigin::kModel);
}

// Nobody could say what a value of no type is compared with.
TEST_F(IndexTest, WhatLosesItsTypeLosesItsIndex) {
  Put("a", {{"free", 1}});
  ASSERT_OK(admin().Build("free"));
  ASSERT_OK(admin().CatchUp());
  ASSERT_EQ(Equal("free", 1), (Keys{"a"}));
  std::string model(kIndexModel);
  const std::string before = "{name: free, type: integer,";
  model.replace(model.find(before), before.size(), "{name: free, type: any,");
  Change(model);
  ASSERT_OK(admin().CatchUp());
  EXPECT_FALSE(reader().indexes().Has(AttributeOf("free").number));
  EXPECT_THAT(admin().Build("free"), HasErrorCode(ErrorCode::kWrongType));
  Open(model);
  EXPECT_FALSE(reader().indexes().Has(AttributeOf("free").number));
  engine_.reset();
  EXPECT_THAT(Verify().findings, ::testing::IsEmpty());
}

TEST_F(IndexTest, LongValuesAreCutAndStillFound) {
  const std::string stem(storage::kIndexedBytes + 50, 'x');
  Put("a", {{"name", stem + "a"}});
  Put("b", {{"name", stem + "b"}});
  Put("c", {{"name", "x"}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("name", stem + "a"), (Keys{"a", "b"})) << "who asks looks closer";
  EXPECT_EQ(Find(Range("name", storage::Comparison::kGreater, stem), reader().Newest()),
            (Keys{"a", "b"}));
  EXPECT_EQ(Find(Range("name", storage::Comparison::kLess, stem), reader().Newest())->back(), "c");
  EXPECT_EQ(Find(Range("name", storage::Comparison::kPrefix, stem), reader().Newest()),
            (Keys{"a", "b"}));
}

// More records than one piece of work takes, so that building is interrupted in the middle.
TEST_F(IndexTest, BuildingGoesOnWhereItWas) {
  ASSERT_OK(admin().CatchUp());
  constexpr int kCount = 70'000;
  auto load = engine_->writer().BeginBulk({});
  ASSERT_OK(load.status());
  for (int begin = 0; begin < kCount; begin += 10'000) {
    storage::BulkChunk chunk;
    for (int i = begin; i < begin + 10'000; ++i) {
      chunk.records.push_back(
          MakeRecord(absl::StrFormat("r%05d", i),
                     {{"count", i % 1'000}, {"name", absl::StrFormat("n%d", i)}}));
    }
    ASSERT_OK((*load)->Add(std::move(chunk)).status());
  }
  ASSERT_OK((*load)->Finish().status());
  ASSERT_OK(admin().Step().status());  // finds that the load is not to be followed
  ASSERT_OK(admin().Step().status());
  EXPECT_EQ(InfoOf("count").state, storage::IndexState::kBuilding);
  EXPECT_EQ(InfoOf("count").records_done, storage::kBuildRecords);
  EXPECT_EQ(InfoOf("count").records_total, static_cast<std::uint64_t>(kCount));
  Put("r00007", {{"count", 5'000}});
  Put("r69999", {{"count", 5'000}});
  Open(kIndexModel);
  EXPECT_EQ(InfoOf("count").records_done, storage::kBuildRecords);
  Put("r00008", {{"count", 5'000}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 5'000), (Keys{"r00007", "r00008", "r69999"}));
  EXPECT_EQ(Equal("count", 7)->size(), 69U);
  EXPECT_EQ(FindText("n69998", reader().Newest()), (Keys{"r69998"}));
  EXPECT_GE(FindText("r0000", reader().Newest())->size(), 10U);
}

}  // namespace
}  // namespace kosei::testing
