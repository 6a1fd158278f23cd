// Values as bytes: golden forms, and order for all kinds.
#include "kosei/storage/index_value.h"

#include <random>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "status_matchers.h"

namespace kosei::storage {
namespace {

using model::AttributeType;

TEST(OrderedValue, HasTheseBytes) {
  struct Case {
    std::string_view name;
    AttributeType type;
    Value value;
    std::string_view hex;
  };
  const Case kCases[] = {
      {"false", AttributeType::kBoolean, false, "1000"},
      {"true", AttributeType::kBoolean, true, "1001"},
      {"zero", AttributeType::kInteger, 0, "2080"},
      {"one", AttributeType::kInteger, 1, "20940b00"},
      {"minus one", AttributeType::kInteger, -1, "206bf4ff"},
      {"hundreds", AttributeType::kInteger, 4200, "20972b00"},
      {"smallest", AttributeType::kInteger, INT64_MIN, "2059a2e7d9eadaa9cfb3aeaeff"},
      {"decimal", AttributeType::kDecimal, Decimal{125, 1}, "20950d3300"},
      {"tiny decimal", AttributeType::kDecimal, Decimal{1, 18}, "20820b00"},
      {"whole decimal", AttributeType::kDecimal, Decimal{42, 0}, "20952b00"},
      {"date", AttributeType::kDate, 20'000, "20981500"},
      {"empty text", AttributeType::kString, "", "300001"},
      {"text", AttributeType::kString, "web", "307765620001"},
      {"zero byte", AttributeType::kText, std::string_view("a\0b", 3), "306100ff620001"},
      {"japanese", AttributeType::kString, "基", "30e59fba0001"},
      {"v4", AttributeType::kIpAddress, "192.0.2.1", "40c0000201"},
      {"v6", AttributeType::kIpAddress, "2001:db8::1", "4120010db8000000000000000000000001"},
      {"v4 network", AttributeType::kIpNetwork, "10.0.0.0/8", "500a00000008"},
      {"v6 network", AttributeType::kIpNetwork, "2001:db8::/32",
       "5120010db800000000000000000000000020"},
      {"no address", AttributeType::kIpAddress, "unknown", "30756e6b6e6f776e0001"},
      {"mac", AttributeType::kMac, "00:00:5e:00:53:01", "3030303a30303a35653a30303a35333a30310001"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ToHex(OrderedValue(c.type, c.value)), c.hex);
  }
}

TEST(OrderedValue, SortsAsTheValuesDo) {
  const std::vector<Value> numbers = {INT64_MIN,
                                      Decimal{-1'000'001, 3},
                                      -1000,
                                      Decimal{-15, 1},
                                      -1,
                                      Decimal{-1, 1},
                                      Decimal{-1, 18},
                                      0,
                                      Decimal{1, 18},
                                      Decimal{99, 3},
                                      Decimal{1, 1},
                                      1,
                                      Decimal{101, 2},
                                      Decimal{11, 1},
                                      9,
                                      Decimal{95, 1},
                                      10,
                                      99,
                                      100,
                                      101,
                                      1000,
                                      INT64_MAX};
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_LT(OrderedValue(AttributeType::kDecimal, numbers[i - 1]),
              OrderedValue(AttributeType::kDecimal, numbers[i]));
  }
  const std::string_view addresses[] = {"0.0.0.0",     "9.255.255.255", "10.0.0.0",    "10.0.0.9",
                                        "10.0.0.10",   "192.0.2.1",     "::",          "::1",
                                        "2001:db8::1", "2001:db8::a",   "2001:db8::10"};
  for (std::size_t i = 1; i < std::size(addresses); ++i) {
    EXPECT_LT(OrderedValue(AttributeType::kIpAddress, Value(addresses[i - 1])),
              OrderedValue(AttributeType::kIpAddress, Value(addresses[i])));
  }
  const std::string_view texts[] = {"", "a", "aa", "ab", "b", "é", "基", "基幹", "𠮷"};
  for (std::size_t i = 1; i < std::size(texts); ++i) {
    EXPECT_LT(OrderedValue(AttributeType::kString, Value(texts[i - 1])),
              OrderedValue(AttributeType::kString, Value(texts[i])));
  }
}

TEST(OrderedValue, RandomIntegersSort) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto a = static_cast<std::int64_t>(random()) >> (random() % 64);
    const auto b = static_cast<std::int64_t>(random()) >> (random() % 64);
    EXPECT_EQ(a < b,
              OrderedValue(AttributeType::kInteger, a) < OrderedValue(AttributeType::kInteger, b))
        << a << " " << b;
  }
}

bool In(const ValueRange& range, AttributeType type, const Value& value) {
  return range.Contains(OrderedValue(type, value));
}

TEST(ValueRange, HoldsWhatComparesSo) {
  constexpr Comparison kAll[] = {Comparison::kEqual, Comparison::kLess, Comparison::kLessOrEqual,
                                 Comparison::kGreater, Comparison::kGreaterOrEqual};
  for (const Comparison comparison : kAll) {
    SCOPED_TRACE(NameOf(comparison));
    const ValueRange range =
        RangeOf(AttributeNumber{1}, AttributeType::kInteger, comparison, Value(5));
    for (int i = -3; i < 20; ++i) {
      const bool expected = comparison == Comparison::kEqual         ? i == 5
                            : comparison == Comparison::kLess        ? i < 5
                            : comparison == Comparison::kLessOrEqual ? i <= 5
                            : comparison == Comparison::kGreater     ? i > 5
                                                                     : i >= 5;
      EXPECT_EQ(In(range, AttributeType::kInteger, i), expected) << i;
    }
    EXPECT_FALSE(In(range, AttributeType::kString, "5")) << "kinds do not mix";
  }
  const ValueRange v4 = RangeOf(AttributeNumber{1}, AttributeType::kIpAddress, Comparison::kGreater,
                                Value("10.0.0.1"));
  EXPECT_TRUE(In(v4, AttributeType::kIpAddress, "192.0.2.1"));
  EXPECT_FALSE(In(v4, AttributeType::kIpAddress, "2001:db8::1")) << "families apart";
}

TEST(PrefixRange, TextsThatBeginSo) {
  const auto in = [](AttributeType type, std::string_view prefix, std::string_view text) {
    const auto range = PrefixRange(AttributeNumber{1}, type, "attribute", prefix);
    EXPECT_OK(range.status());
    return In(*range, type, Value(text));
  };
  EXPECT_TRUE(in(AttributeType::kString, "web", "web"));
  EXPECT_TRUE(in(AttributeType::kString, "web", "web-1"));
  EXPECT_FALSE(in(AttributeType::kString, "web", "we"));
  EXPECT_FALSE(in(AttributeType::kString, "web", "wec"));
  EXPECT_TRUE(in(AttributeType::kString, "", "anything"));
  EXPECT_TRUE(in(AttributeType::kString, "基幹", "基幹系"));
  EXPECT_FALSE(in(AttributeType::kString, "基幹", "基"));
  EXPECT_TRUE(in(AttributeType::kMac, "AA-BB", "aa:bb:cc:00:11:22"));
  EXPECT_TRUE(in(AttributeType::kIpAddress, "10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(in(AttributeType::kIpAddress, "10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(in(AttributeType::kIpAddress, "0.0.0.0/0", "255.255.255.255"));
  EXPECT_TRUE(in(AttributeType::kIpAddress, "2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(in(AttributeType::kIpAddress, "2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(in(AttributeType::kIpNetwork, "10.0.0.0/8", "10.0.0.0/8"));
  EXPECT_TRUE(in(AttributeType::kIpNetwork, "10.0.0.0/8", "10.255.255.0/24"));
  EXPECT_FALSE(in(AttributeType::kIpNetwork, "10.0.0.0/9", "10.0.0.0/8"));
  EXPECT_FALSE(in(AttributeType::kIpNetwork, "10.0.0.0/8", "11.0.0.0/24"));
}

TEST(PrefixRange, WhatHasNoBeginningIsRefused) {
  struct Case {
    AttributeType type;
    std::string_view text;
  };
  for (const Case& c :
       {Case{AttributeType::kInteger, "1"}, Case{AttributeType::kDate, "2026"},
        Case{AttributeType::kBoolean, "t"}, Case{AttributeType::kIpAddress, "10."},
        Case{AttributeType::kIpAddress, "10.0.0.1/8"},
        Case{AttributeType::kIpAddress, "10.0.0.0/33"}, Case{AttributeType::kIpNetwork, "/8"}}) {
    EXPECT_THAT(PrefixRange(AttributeNumber{1}, c.type, "where", c.text).status(),
                testing::HasErrorCode(ErrorCode::kWrongType))
        << c.text;
  }
}

}  // namespace
}  // namespace kosei::storage
