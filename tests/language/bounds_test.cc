// Bounds of time and memory: what one expression holds at one time, and functions whose work grows
// with what they are given and no faster.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "evaluation_of.h"
#include "kosei/language/made_values.h"
#include "text_search.h"

namespace kosei::language {
namespace {

constexpr std::string_view kNoRoom = "run MEMORY_BUDGET: MemoryLimit";

TEST(BoundsTest, BytesThatAreHeldAreGivenBack) {
  const std::int64_t before = HeldDatumBytes();
  {
    const Datum text = Datum::String(std::string(10'000, 'x'));
    EXPECT_GE(HeldDatumBytes() - before, 10'000);
    const Datum list = Datum::List({text, text, text});
    // What is shared counts once, other than in HeapBytes.
    EXPECT_LT(HeldDatumBytes() - before, 11'000);
    EXPECT_GE(list.HeapBytes(), 30'000U);
    const Datum map = Datum::Map({{std::string(5'000, 'k'), list}});
    EXPECT_GE(HeldDatumBytes() - before, 15'000);
  }
  EXPECT_EQ(HeldDatumBytes(), before);
}

TEST(BoundsTest, ValuesThatAreHeldAtOneTimeAreBounded) {
  constexpr std::uint64_t kMemory = 8U << 20;
  std::string many = "range(1, 40000)";
  for (int i = 0; i < 100; ++i) many += ", range(1, 40000)";
  std::string nested = "n.cores";
  for (int i = 0; i < 90; ++i) nested = "(range(n.cores, 40000) = " + nested + ")";
  const std::string texts[] = {
      "range(0, 9223372036854775806)[0] + size(range(n.cores, 1000000))",
      "[x IN range(1, 1000) | range(x, 2000)]",
      "[x IN range(1, 1000) | reduce(t = 'x', i IN range(1, 16) | t + t)]",
      "[" + many + "]",
      "{a: [" + many + "]}",
      nested,
      "size(reduce(t = n.name, i IN range(1, 60) | t + t))",
      "size(reduce(l = [n], i IN range(1, 60) | l + l))",
      "reduce(l = [], x IN range(1, 10000) | l + [range(x % 10, 1000)])",
      "toStringList(range(n.cores, 100000))",
      "split(reduce(t = n.name, i IN range(1, 18) | t + t), '')",
      "split(reduce(t = n.name, i IN range(1, 18) | t + t), 'b')",
      "replace(reduce(t = n.name, i IN range(1, 18) | t + t), 'w', "
      "'a text that is so long that ten of them are much longer than what they stand for')",
      "[x IN range(1, 1000) | (range(1, 1000) + x)[0..]]",
      "[x IN range(1, 400000) | n {.*}]",
  };
  for (const std::string& text : texts) {
    const std::string worth = Worth(text, {}, kMemory);
    EXPECT_TRUE(worth == kNoRoom || worth == "run MEMORY_BUDGET: ValueTooLarge")
        << text.substr(0, 100) << "\n"
        << worth.substr(0, 100);
  }
}

// Little is held, but whoever writes, compares or hashes it goes through all of it.
TEST(BoundsTest, AValueThatHoldsOneManyTimesIsBoundedByWhatIsWritten) {
  for (const std::string_view text :
       {"reduce(l = [n], i IN range(1, 60) | [l, l])",
        "reduce(m = {}, i IN range(1, 60) | {a: m, b: m})",
        "[x IN range(1, 100000) | range(1, 60000)]",
        "reduce(l = [], i IN range(1, 8) | [x IN range(1, 100) | l])"}) {
    EXPECT_EQ(Worth(text), "run MEMORY_BUDGET: ValueTooLarge") << text;
  }
  Datum list = Datum::List({});
  for (int i = 0; i < 90; ++i) list = Datum::List({list, list});
  EXPECT_EQ(list.HeapBytes(), SIZE_MAX);
  EXPECT_EQ(Worth("size(reduce(l = [n], i IN range(1, 10) | [l, l]))"), "2");
}

TEST(BoundsTest, WhatIsDroppedMakesRoom) {
  constexpr std::uint64_t kMemory = 8U << 20;
  EXPECT_EQ(Worth("reduce(t = 0, x IN range(1, 1000) | t + size(range(x, 10000)))", {}, kMemory),
            "9500500");
  EXPECT_EQ(Worth("size([x IN range(1, 1000) WHERE size(toStringList(range(1, 1000))) > 0])", {},
                  kMemory),
            "1000");
  EXPECT_EQ(Worth("size(reduce(t = '', x IN range(1, 10000) | t + 'abcdefghij'))", {}, kMemory),
            "100000");
}

// A plan is kept: constants that are much larger than their text are made when they are wanted.
TEST(BoundsTest, APlanHoldsNoLargeConstants) {
  const auto expression = ParseExpression("[range(1, 100000), range(1, 1000), 1]");
  ASSERT_TRUE(expression.ok());
  const std::int64_t before = HeldDatumBytes();
  Scope scope;
  const auto evaluator = Compile(**expression, scope, {});
  ASSERT_TRUE(evaluator.ok());
  EXPECT_LT(HeldDatumBytes() - before, 10'000);
  Evaluation evaluation;
  const Datum first = (*evaluator)->Evaluate(nullptr, evaluation);
  const Datum second = (*evaluator)->Evaluate(nullptr, evaluation);
  ASSERT_EQ(first.kind(), DatumKind::kList);
  // Of a run they are kept as far as they are not too large.
  EXPECT_EQ(&first.list()[1].list(), &second.list()[1].list());
  EXPECT_EQ(first.list()[0].list().size(), 100'000U);
}

TEST(BoundsTest, LargeValuesAreWorkThatCanBeStopped) {
  const DatumMap parameters = {{"list", Datum::List(DatumList(100'000, Datum::Integer(7)))},
                               {"text", Datum::String(std::string(1'000'000, 'x'))}};
  for (const std::string_view text :
       {"toUpper($text)", "$text + 'a'", "$text CONTAINS 'a'", "size($list)", "$list + 1",
        "$list = $list", "1 < $list < 2", "3 IN $list", "$text =~ 'x*'"}) {
    const auto expression = ParseExpression(text);
    ASSERT_TRUE(expression.ok());
    Scope scope;
    const auto evaluator = Compile(**expression, scope, {});
    ASSERT_TRUE(evaluator.ok());
    Evaluation evaluation;
    evaluation.parameters = &parameters;
    int asked = 0;
    evaluation.interruption = [&asked] {
      ++asked;
      return MakeError(ErrorCode::kCancelled, "cancelled");
    };
    EXPECT_TRUE((*evaluator)->Evaluate(nullptr, evaluation).is_null()) << text;
    EXPECT_EQ(asked, 1) << text;
    EXPECT_EQ(CodeOf(evaluation.error), ErrorCode::kCancelled) << text;
  }
}

// Each of these took minutes when its work grew with the product of both.
TEST(BoundsTest, WorkOnTextsGrowsWithTheirLength) {
  const std::string many(1'000'000, 'a');
  const DatumMap parameters = {
      {"many", Datum::String(many)},
      {"almost", Datum::String(many.substr(many.size() / 2) + "b")},
      {"others", Datum::String(std::string(1'000'000, 'b') + "a")},
  };
  const WorthCase cases[] = {
      {"$many CONTAINS $almost", "false"},  {"size(replace($many, $almost, ''))", "1000000"},
      {"size(split($many, $almost))", "1"}, {"size(split($many, ['a', 'x', 'y']))", "1000001"},
      {"btrim($many, $others)", "''"},      {"size(ltrim($others, 'b'))", "1"},
  };
  for (const auto& [text, worth] : cases) EXPECT_EQ(Worth(text, parameters), worth) << text;
  const DatumMap separators = {{"list", Datum::List(DatumList(101, Datum::String("a")))}};
  EXPECT_EQ(Worth("split('abc', $list)", separators), "run QUERY_ARGUMENT: NumberOutOfRange");
}

TEST(BoundsTest, SeparatorsAreFoundFromLeftToRight) {
  SeparatorSearch search("a--b-c", {"-", "--", "c"});
  EXPECT_EQ(search.Next(0).at, 1U);
  EXPECT_EQ(search.Next(0).size, 2U);
  EXPECT_EQ(search.Next(2).size, 1U);
  EXPECT_EQ(search.Next(3).at, 4U);
  EXPECT_EQ(search.Next(5).at, 5U);
  EXPECT_EQ(search.Next(6).at, std::string_view::npos);
  EXPECT_EQ(FindText("abcabc", "bc", 2), 4U);
  EXPECT_EQ(FindText("abc", "", 3), 3U);
  EXPECT_EQ(FindText("abc", "a", 4), std::string_view::npos);
  EXPECT_EQ(FindText("", "a"), std::string_view::npos);
}

}  // namespace
}  // namespace kosei::language
