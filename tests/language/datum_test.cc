#include "kosei/language/datum.h"

#include <gtest/gtest.h>

#include <utility>

namespace kosei::language {
namespace {

TEST(DatumTest, OfAMapTheLastOfEqualKeysCounts) {
  const Datum map = Datum::Map({{"b", Datum::Integer(1)},
                                {"a", Datum::Integer(2)},
                                {"b", Datum::Integer(3)},
                                {"b", Datum::Integer(4)}});
  ASSERT_EQ(map.map().size(), 2U);
  EXPECT_EQ(map.At("a").integer(), 2);
  EXPECT_EQ(map.At("b").integer(), 4);
  EXPECT_TRUE(map.At("c").is_null());
}

TEST(DatumTest, CopiesShareAndOutliveTheOriginal) {
  Datum copy;
  {
    const Datum list = Datum::List({Datum::String("a text that is long enough for the heap")});
    copy = list;
    EXPECT_EQ(&copy.list(), &list.list());
  }
  EXPECT_EQ(copy.list()[0].string(), "a text that is long enough for the heap");
  Datum taken = std::move(copy);
  EXPECT_EQ(taken.list().size(), 1U);
}

TEST(DatumTest, KeepsWhatItIsGiven) {
  const LinkRef link{4'000'000'000U, 7, 255, 3};
  EXPECT_EQ(Datum::Relationship(link).relationship(), link);
  EXPECT_EQ(Datum::Relationship(link).relationship().moment, 3);
  EXPECT_EQ(Datum::Node({RecordId{9}, 2}).node().moment, 2);
  EXPECT_EQ(Datum::Of(OffsetTime{5, -3600}).time(), (OffsetTime{5, -3600}));
  EXPECT_EQ(Datum::Of(LocalDateTime{-1, 999}).local_date_time(), (LocalDateTime{-1, 999}));
  const DateTime moment{1, 2, 32400, "Asia/Tokyo"};
  EXPECT_EQ(Datum::Of(moment).date_time(), moment);
  EXPECT_EQ(Datum::Of(Duration{1, -2, 3, 4}).duration(), (Duration{1, -2, 3, 4}));
}

TEST(DatumTest, DepthCountsLevelsOfListsAndMaps) {
  EXPECT_EQ(Datum::Integer(1).depth(), 0);
  EXPECT_EQ(Datum::List({}).depth(), 1);
  const Datum list = Datum::List({Datum::Map({{"a", Datum::List({})}}), Datum::Integer(1)});
  EXPECT_EQ(list.depth(), 3);
}

TEST(DatumTest, HeapBytesGrowWithWhatIsHeld) {
  EXPECT_EQ(Datum::Integer(1).HeapBytes(), 0U);
  const Datum text = Datum::String(std::string(1000, 'x'));
  EXPECT_GE(text.HeapBytes(), 1000U);
  EXPECT_GE(Datum::List({text, text}).HeapBytes(), 2000U);
  EXPECT_GE(Datum::Map({{std::string(500, 'k'), text}}).HeapBytes(), 1500U);
}

}  // namespace
}  // namespace kosei::language
