#include "kosei/language/aggregate.h"

#include <gtest/gtest.h>

#include "kosei/base/error.h"
#include "kosei/language/text_form.h"

namespace kosei::language {
namespace {

Datum Int(std::int64_t value) { return Datum::Integer(value); }
Datum Real(double value) { return Datum::Float(value); }
Datum Text(const char* value) { return Datum::String(value); }

std::unique_ptr<AggregateFactory> Factory(std::string name, bool distinct) {
  Expression call;
  call.kind = ExpressionKind::kFunction;
  call.distinct = distinct;
  const std::size_t arguments = name.starts_with("percentile") ? 2 : 1;
  for (std::size_t i = 0; i < arguments; ++i)
    call.operands.push_back(std::make_unique<Expression>());
  call.name = std::move(name);
  auto made = MakeAggregateFactory(call, "");
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

// The answer as text, or the error's detail: of all values in one state, and of every cut of them
// into two states that are merged. All of these must be the same.
std::string Of(const std::string& name, const DatumList& values, bool distinct = false,
               const Datum& second = {}) {
  const auto factory = Factory(name, distinct);
  std::string answer;
  for (std::size_t cut = 0; cut <= values.size(); ++cut) {
    Evaluation evaluation;
    const AggregatePtr first = factory->Make(second, evaluation);
    const AggregatePtr rest = factory->Make(second, evaluation);
    for (std::size_t i = 0; i < values.size(); ++i)
      (i < cut ? first : rest)->Add(values[i], evaluation);
    first->Merge(*rest, evaluation);
    const Datum result = first->Result(evaluation);
    const std::string text =
        evaluation.failed() ? FieldOf(evaluation.error) : ToText(result, evaluation);
    if (cut == 0) answer = text;
    EXPECT_EQ(text, answer) << name << " cut at " << cut;
  }
  return answer;
}

TEST(AggregateTest, NullsAreNotCounted) {
  const DatumList values = {Int(1), Datum(), Int(1), Int(2)};
  EXPECT_EQ(Of("count", values), "3");
  EXPECT_EQ(Of("count", values, true), "2");
  EXPECT_EQ(Of("collect", values), "[1, 1, 2]");
  EXPECT_EQ(Of("sum", values), "4");
  EXPECT_EQ(Of("avg", {Int(1), Datum(), Int(2)}), "1.5");
}

TEST(AggregateTest, NothingSeenHasAnAnswerToo) {
  EXPECT_EQ(Of("count", {}), "0");
  EXPECT_EQ(Of("collect", {}), "[]");
  EXPECT_EQ(Of("sum", {}), "0");
  EXPECT_EQ(Of("avg", {}), "null");
  EXPECT_EQ(Of("min", {}), "null");
  EXPECT_EQ(Of("stDev", {}), "0.0");
  EXPECT_EQ(Of("percentileDisc", {}, false, Real(0.5)), "null");
}

TEST(AggregateTest, DistinctKnowsThatOneIsOnePointNull) {
  EXPECT_EQ(Of("count", {Int(1), Real(1.0), Text("1")}, true), "2");
  EXPECT_EQ(Of("sum", {Int(5), Int(5), Int(2)}, true), "7");
}

TEST(AggregateTest, SumsOfIntegersAreExactWhateverTheirOrder) {
  const Datum most = Int(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Of("sum", {most, Int(1), Int(-1)}), "9223372036854775807");
  EXPECT_EQ(Of("sum", {most, Int(1)}), "IntegerOverflow");
  EXPECT_EQ(Of("sum", {Int(1), Real(0.5)}), "1.5");
  EXPECT_EQ(Of("sum", DatumList(10, Real(0.1))), "1.0");
  EXPECT_EQ(Of("sum", {Int(1), Text("a")}), "InvalidArgumentType");
}

TEST(AggregateTest, DurationsAreSummedAndAveraged) {
  const DatumList values = {Datum::Of(Duration{1, 1, 60, 0}), Datum::Of(Duration{1, 3, 0, 0})};
  EXPECT_EQ(Of("sum", values), "'P2M4DT1M'");
  EXPECT_EQ(Of("avg", values), "'P1M2DT30S'");
  EXPECT_EQ(Of("sum", {Int(1), values[0]}), "InvalidArgumentType");
}

TEST(AggregateTest, ExtremesAreThoseOfTheGlobalOrder) {
  const DatumList mixed = {Int(1),     Text("a"), Datum(), Datum::List({Int(1), Int(2)}),
                           Real(0.25), Text("b")};
  EXPECT_EQ(Of("max", mixed), "1");
  EXPECT_EQ(Of("min", mixed), "[1, 2]");
}

TEST(AggregateTest, DeviationsOfASampleAndOfAPopulation) {
  EXPECT_EQ(Of("stDevP", {Int(1), Int(3)}), "1.0");
  EXPECT_EQ(Of("stDevP", {Int(2), Int(4), Int(4), Int(6)}).substr(0, 8), "1.414213");
  EXPECT_EQ(Of("stDev", {Int(1), Int(3)}).substr(0, 8), "1.414213");
  EXPECT_EQ(Of("stDev", {Int(7)}), "0.0");
}

TEST(AggregateTest, PercentilesTakeAValueOrGoBetween) {
  const DatumList values = {Real(30), Real(10), Real(20)};
  EXPECT_EQ(Of("percentileDisc", values, false, Real(0.0)), "10.0");
  EXPECT_EQ(Of("percentileDisc", values, false, Real(0.5)), "20.0");
  EXPECT_EQ(Of("percentileDisc", values, false, Int(1)), "30.0");
  EXPECT_EQ(Of("percentileCont", values, false, Real(0.5)), "20.0");
  EXPECT_EQ(Of("percentileCont", values, false, Real(0.25)), "15.0");
  for (const Datum& wrong : {Int(1000), Int(-1), Real(1.1), Real(std::nan(""))})
    EXPECT_EQ(Of("percentileCont", values, false, wrong), "NumberOutOfRange");
}

TEST(AggregateTest, HeapBytesFollowWhatIsKept) {
  Evaluation evaluation;
  const AggregatePtr collect = Factory("collect", false)->Make({}, evaluation);
  collect->Add(Datum::String(std::string(5000, 'x')), evaluation);
  EXPECT_GE(collect->HeapBytes(), 5000U);
}

TEST(AggregateTest, ArgumentsAreCounted) {
  Expression call;
  call.kind = ExpressionKind::kFunction;
  call.name = "SUM";
  EXPECT_TRUE(IsAggregate("Sum"));
  EXPECT_FALSE(IsAggregate("size"));
  EXPECT_EQ(FieldOf(MakeAggregateFactory(call, "").status()), "InvalidNumberOfArguments");
}

}  // namespace
}  // namespace kosei::language
