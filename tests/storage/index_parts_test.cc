// Entries of what is open, of what is closed and of what has ended lie apart: what is asked of the
// present never goes by the past.
#include <rocksdb/db.h>

#include "index_fixture.h"
#include "index_work.h"

namespace kosei::testing {
namespace {

using ::testing::IsEmpty;

class IndexPartsTest : public IndexTest {
 protected:
  storage::ValueRange Open(std::string_view name, const Value& value) {
    storage::ValueRange range = Range(name, storage::Comparison::kEqual, value);
    range.open_only = true;
    return range;
  }
  storage::ValueRange OpenAll() { return storage::OpenRecords(AttributeOf("closed_at").number); }
  void Destroy(const std::string& key) {
    engine_.reset();
    Tamper([&](storage::Database& database) {
      rocksdb::ColumnFamilyHandle* const family = database.family(storage::Family::kIndex);
      EXPECT_TRUE(database.Get(storage::Family::kIndex, key).ok()) << "no such entry";
      EXPECT_TRUE(database.db().Put({}, family, key, "no entry").ok());
    });
    IndexTest::Open(kIndexModel);
  }
};

storage::HeldValue Held(bool closed, int count) {
  return {closed, storage::OrderedValue(model::AttributeType::kInteger, Value(count))};
}

TEST_F(IndexPartsTest, ThePresentDoesNotReadWhatHasEnded) {
  Put("a", {{"count", 1}});
  const storage::View before = reader().Newest();
  Put("a", {{"count", 2}});
  ASSERT_OK(admin().CatchUp());
  Destroy(storage::PastIndexKey(AttributeOf("count").number, Held(false, 1), RecordId{1}));
  EXPECT_EQ(Equal("count", 1), Keys{});
  EXPECT_EQ(Equal("count", 2), Keys{"a"});
  EXPECT_THAT(reader()
                  .indexes()
                  .Find(Range("count", storage::Comparison::kEqual, 1), before, 10, Fine)
                  .status(),
              HasErrorCode(ErrorCode::kStorageCorrupt))
      << "the past does";
}

TEST_F(IndexPartsTest, WhoAsksForOpenRecordsDoesNotReadTheClosed) {
  Put("a", {{"count", 1}, {"closed_at", 5}});
  Put("b", {{"count", 1}});
  ASSERT_OK(admin().CatchUp());
  Destroy(storage::IndexKey(AttributeOf("count").number, Held(true, 1), RecordId{1}));
  EXPECT_EQ(Find(Open("count", 1), reader().Newest()), Keys{"b"});
  EXPECT_EQ(Find(OpenAll(), reader().Newest()), Keys{"b"});
  EXPECT_THAT(reader()
                  .indexes()
                  .Find(Range("count", storage::Comparison::kEqual, 1), reader().Newest(), 10, Fine)
                  .status(),
              HasErrorCode(ErrorCode::kStorageCorrupt));
}

TEST_F(IndexPartsTest, ClosingAndOpeningAgainMovesARecord) {
  Put("a", {{"count", 1}});
  const storage::View open = reader().Newest();
  Put("a", {{"closed_at", 5}});
  const storage::View closed = reader().Newest();
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Find(Open("count", 1), reader().Newest()), Keys{});
  EXPECT_EQ(Find(OpenAll(), reader().Newest()), Keys{});
  EXPECT_EQ(Equal("count", 1), Keys{"a"}) << "closed records have their values";
  Put("a", {{"closed_at", Value()}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Find(Open("count", 1), reader().Newest()), Keys{"a"});
  EXPECT_EQ(Find(OpenAll(), reader().Newest()), Keys{"a"});
  EXPECT_EQ(Find(Open("count", 1), open), Keys{"a"});
  EXPECT_EQ(Find(OpenAll(), open), Keys{"a"});
  EXPECT_EQ(Find(Range("count", storage::Comparison::kEqual, 1), closed), Keys{"a"});
  End("a");
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Find(OpenAll(), reader().Newest()), Keys{});
  EXPECT_EQ(Find(OpenAll(), open), Keys{"a"});
  engine_.reset();
  EXPECT_THAT(Verify().findings, IsEmpty());
}

// Said now of later: until then the record is open in the present.
TEST_F(IndexPartsTest, WhatEndsInTheFutureStaysWithThePresent) {
  Put("a", {{"count", 1}});
  Record planned = MakeRecord("a", {{"count", 2}, {"closed_at", 5}});
  planned.valid_from = {clock_.Now().micros + 3'600'000'000};
  Commit(std::move(planned));
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Find(Open("count", 1), reader().Newest()), Keys{"a"});
  EXPECT_EQ(Find(OpenAll(), reader().Newest()), Keys{"a"});
  storage::View later = reader().Newest();
  later.valid_at.micros += 2 * std::int64_t{3'600'000'000};
  EXPECT_EQ(Find(Open("count", 1), later), Keys{});
  EXPECT_EQ(Find(Open("count", 2), later), Keys{});
  EXPECT_EQ(Find(Range("count", storage::Comparison::kEqual, 2), later), Keys{"a"});
  // When it has come, a build finds that it lies with the past; so does the next change.
  clock_.Advance(std::chrono::hours(2));
  Put("b", {{"count", 3}});
  ASSERT_OK(admin().BuildAll());
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Find(Open("count", 1), reader().Newest()), Keys{});
  EXPECT_EQ(Find(OpenAll(), reader().Newest()), Keys{"b"});
  engine_.reset();
  EXPECT_THAT(Verify().findings, IsEmpty());
}

// Entries without parts, as they were before there were any.
TEST_F(IndexPartsTest, AnIndexOfAnOlderFormIsBuiltAnew) {
  Put("a", {{"count", 1}});
  ASSERT_OK(admin().CatchUp());
  const storage::IndexNumber count = AttributeOf("count").number.value;
  const std::string key =
      storage::IndexKey(AttributeOf("count").number, Held(false, 1), RecordId{1});
  engine_.reset();
  Tamper([&](storage::Database& database) {
    const auto marks = storage::ReadIndexMarks(database);
    ASSERT_OK(marks.status());
    for (storage::IndexEntry mark : *marks) {
      if (mark.number != count) continue;
      mark.definition = "integer";
      EXPECT_TRUE(database.db()
                      .Put({}, database.family(storage::Family::kMeta),
                           storage::IndexMarkName(count), storage::EncodeIndexMark(mark))
                      .ok());
    }
    rocksdb::ColumnFamilyHandle* const family = database.family(storage::Family::kIndex);
    EXPECT_TRUE(database.db().Delete({}, family, key).ok());
    EXPECT_TRUE(database.db().Put({}, family, key.substr(0, 2) + key.substr(3), "").ok());
  });
  EXPECT_THAT(Verify().findings, IsEmpty()) << "the next start builds it anew";
  IndexTest::Open(kIndexModel);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 1), Keys{"a"});
  engine_.reset();
  EXPECT_THAT(Verify().findings, IsEmpty());
}

}  // namespace
}  // namespace kosei::testing
