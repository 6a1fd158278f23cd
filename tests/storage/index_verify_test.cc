// What `koseid verify` says of indexes that do not fit the records.
#include <rocksdb/db.h>

#include "index_fixture.h"
#include "text_grams.h"

namespace kosei::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(IndexTest, VerifyFindsWhatDoesNotFit) {
  Put("a", {{"count", 1}, {"name", "web"}});
  Put("a", {{"count", 2}});
  ASSERT_OK(admin().CatchUp());
  const AttributeNumber count = AttributeOf("count").number;
  engine_.reset();
  EXPECT_THAT(Verify().findings, IsEmpty());
  const auto held = [](int value) {
    return storage::HeldValue{false, storage::OrderedValue(model::AttributeType::kInteger, value)};
  };
  const auto key = [&](int value) { return storage::IndexKey(count, held(value), RecordId{1}); };
  const auto past = [&](int value) {
    return storage::PastIndexKey(count, held(value), RecordId{1});
  };
  struct Case {
    std::string_view what;
    storage::Family family;
    std::string key;
    std::optional<std::string> value;  // nullopt: removed
    std::string_view finding;
  };
  const Case kCases[] = {
      {"gone", storage::Family::kIndex, key(2), std::nullopt,
       "index count, record 1: the entry of a value is missing"},
      {"open", storage::Family::kIndex, key(1), "", "does not say how long it holds"},
      {"open in the past", storage::Family::kIndex, past(1), "", "does not say how long it holds"},
      {"no past", storage::Family::kIndex, past(2), "", "lies with the past and has not ended"},
      {"past gone", storage::Family::kIndex, past(1), std::nullopt, "a value is missing"},
      {"invented", storage::Family::kIndex, key(3), "",
       "index count: 1 entries that no record accounts for"},
      {"no entry", storage::Family::kIndex, key(2), "x", "an entry is not one"},
      {"gram gone", storage::Family::kText, storage::PostingKey("web", 0), std::nullopt,
       "of the records from 0 on, 1 that have a piece of text are not listed"},
      {"no list", storage::Family::kText, storage::PostingKey("web", 0), "x",
       "a posting list is not one"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    std::string before;
    bool there = false;
    Tamper([&](storage::Database& database) {
      const auto old = database.Get(c.family, c.key);
      there = old.ok();
      if (there) before = *old;
      rocksdb::ColumnFamilyHandle* const family = database.family(c.family);
      EXPECT_TRUE((c.value ? database.db().Put({}, family, c.key, *c.value)
                           : database.db().Delete({}, family, c.key))
                      .ok());
    });
    EXPECT_THAT(Verify().findings, ::testing::Contains(HasSubstr(c.finding)));
    Tamper([&](storage::Database& database) {
      rocksdb::ColumnFamilyHandle* const family = database.family(c.family);
      EXPECT_TRUE((there ? database.db().Put({}, family, c.key, before)
                         : database.db().Delete({}, family, c.key))
                      .ok());
    });
  }
  EXPECT_THAT(Verify().findings, IsEmpty());
}

}  // namespace
}  // namespace kosei::testing
