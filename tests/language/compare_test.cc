#include "kosei/language/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

namespace kosei::language {
namespace {

const Datum kNothing{};
Datum Int(std::int64_t value) { return Datum::Integer(value); }
Datum Real(double value) { return Datum::Float(value); }
Datum Text(const char* value) { return Datum::String(value); }
Datum List(DatumList value) { return Datum::List(std::move(value)); }
Datum Nan() { return Real(std::numeric_limits<double>::quiet_NaN()); }

// 1: true, 0: false, -1: null.
int Answer(const Datum& value) { return value.is_null() ? -1 : value.is_true() ? 1 : 0; }
int Equal(const Datum& a, const Datum& b) {
  const std::optional<bool> equal = IsEqual(a, b);
  return equal.has_value() ? int{*equal} : -1;
}
int AtLeast(const Datum& a, const Datum& b) {
  return Answer(Compare(ComparisonKind::kGreaterOrEqual, a, b));
}

TEST(EqualsTest, IsNullOnlyWhereANullDecides) {
  EXPECT_EQ(Equal(kNothing, kNothing), -1);
  EXPECT_EQ(Equal(Int(1), kNothing), -1);
  EXPECT_EQ(Equal(List({kNothing}), List({Int(1)})), -1);
  EXPECT_EQ(Equal(List({Int(1)}), List({Int(1), kNothing})), 0);
  EXPECT_EQ(Equal(List({Int(1), Int(2)}), List({kNothing, Text("foo")})), 0);
  EXPECT_EQ(Equal(List({List({Int(1)}), List({Int(2)})}), List({List({Int(1)}), List({kNothing})})),
            -1);
  const Datum empty = Datum::Map({});
  const Datum k_null = Datum::Map({{"k", kNothing}});
  EXPECT_EQ(Equal(empty, k_null), 0);
  EXPECT_EQ(Equal(k_null, k_null), -1);
  EXPECT_EQ(Equal(Datum::Map({{"k", Int(1)}, {"l", Int(2)}}),
                  Datum::Map({{"l", Int(3)}, {"k", kNothing}})),
            0);
}

TEST(EqualsTest, NumbersCompareExactly) {
  EXPECT_EQ(Equal(Int(1), Real(1.0)), 1);
  EXPECT_EQ(Equal(Text("1"), Int(1)), 0);
  EXPECT_EQ(Equal(Int(4611686018427387905), Int(4611686018427387900)), 0);
  EXPECT_EQ(Equal(Int(4611686018427387905), Real(4611686018427387904.0)), 0);
  EXPECT_EQ(Equal(Int(std::numeric_limits<std::int64_t>::max()), Real(9223372036854775808.0)), 0);
  EXPECT_EQ(Equal(Nan(), Nan()), 0);
  EXPECT_EQ(Answer(Compare(ComparisonKind::kNotEqual, Nan(), Text("a"))), 1);
}

TEST(CompareTest, IsNullAcrossKindsAndFalseWithNan) {
  for (const ComparisonKind kind : {ComparisonKind::kLess, ComparisonKind::kLessOrEqual,
                                    ComparisonKind::kGreater, ComparisonKind::kGreaterOrEqual}) {
    EXPECT_EQ(Answer(Compare(kind, Nan(), Int(1))), 0);
    EXPECT_EQ(Answer(Compare(kind, Nan(), Nan())), 0);
    EXPECT_EQ(Answer(Compare(kind, Nan(), Text("a"))), -1);
    EXPECT_EQ(Answer(Compare(kind, Text("1.0"), Real(1.0))), -1);
    EXPECT_EQ(Answer(Compare(kind, Datum::Map({}), Datum::Map({}))), -1);
    EXPECT_EQ(Answer(Compare(kind, Int(1), kNothing)), -1);
  }
  EXPECT_EQ(Answer(Compare(ComparisonKind::kLess, Int(1), Real(3.14))), 1);
  EXPECT_EQ(Answer(Compare(ComparisonKind::kLess, Real(-1.5), Int(-1))), 1);
  EXPECT_EQ(Answer(Compare(ComparisonKind::kLess, Int(-1), Real(-1.5))), 0);
  EXPECT_EQ(Answer(Compare(ComparisonKind::kLess, Datum::Boolean(false), Datum::Boolean(true))), 1);
}

TEST(CompareTest, StringsGoByCodePoint) {
  EXPECT_EQ(Answer(Compare(ComparisonKind::kLess, Text("Z"), Text("a"))), 1);
  EXPECT_EQ(Answer(Compare(ComparisonKind::kLess, Text("\xEF\xBD\xB1"), Text("\xF0\x9F\x98\x80"))),
            1);
}

TEST(CompareTest, ListsCompareByTheFirstDifference) {
  EXPECT_EQ(AtLeast(List({Int(1), Int(0)}), List({Int(1)})), 1);
  EXPECT_EQ(AtLeast(List({Int(1), kNothing}), List({Int(1)})), 1);
  EXPECT_EQ(AtLeast(List({Int(1), Int(2)}), List({Int(1), kNothing})), -1);
  EXPECT_EQ(AtLeast(List({Int(1), Text("a")}), List({Int(1), kNothing})), -1);
  EXPECT_EQ(AtLeast(List({Int(1), Int(2)}), List({Int(3), kNothing})), 0);
}

TEST(CompareOrderTest, OrdersAllKindsAndPutsNullLast) {
  const Datum node = Datum::Node({RecordId{1}});
  const Datum link = Datum::Relationship({1, 2, 0});
  const Datum path = Datum::Path({{NodeRef{RecordId{1}}, NodeRef{RecordId{2}}}, {{1, 2, 0}}});
  const Datum ascending[] = {Datum::Map({{"a", Text("map")}}),
                             node,
                             link,
                             List({}),
                             List({Text("a")}),
                             List({Text("a"), Int(1)}),
                             List({Int(1)}),
                             List({Int(1), Text("a")}),
                             List({Int(1), kNothing}),
                             List({kNothing, Int(1)}),
                             List({kNothing, Int(2)}),
                             path,
                             Datum::Of(Date{1}),
                             Datum::Of(Duration{1, 0, 0, 0}),
                             Text("text"),
                             Datum::Boolean(false),
                             Datum::Boolean(true),
                             Real(-std::numeric_limits<double>::infinity()),
                             Int(1),
                             Real(1.5),
                             Nan(),
                             kNothing};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      SCOPED_TRACE(std::to_string(i) + " with " + std::to_string(j));
      const int order = CompareOrder(ascending[i], ascending[j]);
      EXPECT_EQ(order < 0, i < j);
      EXPECT_EQ(order > 0, i > j);
      EXPECT_EQ(Equivalent(ascending[i], ascending[j]), i == j);
    }
  }
}

TEST(EquivalentTest, HashesAlikeWhatIsOneGroup) {
  const std::pair<Datum, Datum> alike[] = {
      {Int(1), Real(1.0)},
      {Int(0), Real(-0.0)},
      {kNothing, kNothing},
      {Nan(), Real(-std::nan("7"))},
      {List({Int(1), kNothing}), List({Real(1.0), kNothing})},
      {Datum::Map({{"a", Int(2)}}), Datum::Map({{"a", Real(2.0)}})},
      {Datum::Node({RecordId{7}, 0}), Datum::Node({RecordId{7}, 3})},
  };
  for (const auto& [a, b] : alike) {
    EXPECT_TRUE(Equivalent(a, b));
    EXPECT_EQ(HashOf(a), HashOf(b));
  }
  EXPECT_NE(HashOf(Int(1)), HashOf(Int(2)));
  EXPECT_NE(HashOf(List({Int(1), Int(2)})), HashOf(List({Int(2), Int(1)})));
  EXPECT_FALSE(Equivalent(Int(1), Text("1")));
  EXPECT_FALSE(Equivalent(Int(4611686018427387905), Real(4611686018427387904.0)));
}

}  // namespace
}  // namespace kosei::language
