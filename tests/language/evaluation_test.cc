#include <gtest/gtest.h>

#include "evaluation_of.h"

namespace kosei::language {
namespace {

constexpr std::string_view kWrongAtCompile = "compile QUERY_SYNTAX: InvalidArgumentType";
constexpr std::string_view kWrongAtRun = "run QUERY_TYPE: InvalidArgumentType";

TEST(EvaluationTest, LogicHasThreeValues) {
  ExpectWorth({{"true AND null", "null"},
               {"false AND null", "false"},
               {"null OR true", "true"},
               {"null OR false", "null"},
               {"true XOR null", "null"},
               {"true XOR true XOR true", "true"},
               {"NOT null", "null"},
               {"true OR false AND false", "true"},
               {"n.gone AND false", "false"},
               {"n.gone OR n.name = 'web'", "true"},
               {"false = true IS NULL", "true"},
               {"n.gone IS NULL", "true"},
               {"n.name IS NOT NULL", "true"}});
}

TEST(EvaluationTest, LogicTakesBooleansOnly) {
  ExpectWorth({{"123 AND true", kWrongAtCompile},
               {"null OR 'foo'", kWrongAtCompile},
               {"[null] XOR null", kWrongAtCompile},
               {"NOT {a: 1}", kWrongAtCompile},
               {"n.name AND true", kWrongAtRun},
               {"n AND true", kWrongAtCompile}});
}

TEST(EvaluationTest, ComparisonsChainAndIgnoreOtherKinds) {
  ExpectWorth({{"1 < 2 < 3", "true"},
               {"1 < 3 < 2", "false"},
               {"1 < null < 3", "null"},
               {"2 < 1 < null", "false"},
               {"1 < 'a'", "null"},
               {"1 = 1.0", "true"},
               {"0.0 / 0.0 = 0.0 / 0.0", "false"},
               {"n.cores >= 8", "true"},
               {"[1, 2] = [1, null]", "null"},
               {"n = any", "true"},
               {"n <> m", "true"}});
}

TEST(EvaluationTest, ArithmeticKeepsIntegersAndRefusesOverflow) {
  ExpectWorth({{"7 / 2", "3"},
               {"-7 % 3", "-1"},
               {"7 / 2.0", "3.5"},
               {"2 ^ 3", "8.0"},
               {"1 / 0.0", "Infinity"},
               {"1 / 0", "run QUERY_ARITHMETIC: DivisionByZero"},
               {"1 % 0", "run QUERY_ARITHMETIC: DivisionByZero"},
               {"9223372036854775807 + 1", "run QUERY_ARITHMETIC: IntegerOverflow"},
               {"-9223372036854775808 - 1", "run QUERY_ARITHMETIC: IntegerOverflow"},
               {"-9223372036854775808 / -1", "run QUERY_ARITHMETIC: IntegerOverflow"},
               {"9223372036854775807 * 2", "run QUERY_ARITHMETIC: IntegerOverflow"},
               {"1 + null", "null"},
               {"-(-3)", "3"},
               {"'a' + 1 + 1.5 + true", "'a11.5true'"},
               {"[1] + [2, 3] + 4", "[1, 2, 3, 4]"},
               {"0 + [1]", "[0, 1]"},
               {"[1] + null", "null"},
               {"1 - 'a'", kWrongAtCompile},
               {"n.name - 1", kWrongAtRun},
               {"true + true", kWrongAtRun}});
}

TEST(EvaluationTest, TemporalValuesAddSubtractAndHaveParts) {
  ExpectWorth({{"date('2026-01-31') + duration('P1M')", "'2026-02-28'"},
               {"date('2026-11-22').year", "2026"},
               {"date('2026-11-22') < date('2026-11-23')", "true"},
               {"duration('PT1H') * 2", "'PT2H'"},
               {"duration('P1D') = duration('PT24H')", "false"},
               {"'on ' + date('2026-11-22')", "'on 2026-11-22'"},
               {"date(null)", "null"}});
}

TEST(EvaluationTest, PropertiesAreThoseOfNodesRelationshipsMapsAndTimes) {
  ExpectWorth({{"n.name", "'web'"},
               {"n.gone", "null"},
               {"r.since", "2024"},
               {"{a: 1}.a", "1"},
               {"null.a", "null"},
               {"n['na' + 'me']", "'web'"},
               {"{a: 1}['b']", "null"},
               {"{a: 1}[0]", "run QUERY_TYPE: MapElementAccessByNonString"},
               {"(123).num", "compile QUERY_TYPE: InvalidArgumentType"},
               {"[123, true].num", "compile QUERY_TYPE: InvalidArgumentType"},
               {"p.name", "compile QUERY_TYPE: InvalidArgumentType"},
               {"(n.name).num", kWrongAtRun},
               {"n:Host", "true"},
               {"m:Host", "false"},
               {"m:Service:Critical", "true"},
               {"r:RUNS_ON", "true"}});
}

TEST(EvaluationTest, ListsAreIndexedAndCut) {
  ExpectWorth({{"[1, 2, 3][0]", "1"},
               {"[1, 2, 3][-1]", "3"},
               {"[1, 2, 3][3]", "null"},
               {"[1, 2, 3][null]", "null"},
               {"[1, 2, 3]['1']", kWrongAtRun},
               {"(true)[0]", kWrongAtRun},
               {"[1, 2, 3, 4, 5][1..3]", "[2, 3]"},
               {"[1, 2, 3][-3..-1]", "[1, 2]"},
               {"[1, 2, 3][3..1]", "[]"},
               {"[1, 2, 3][-5..5]", "[1, 2, 3]"},
               {"[1, 2, 3][1..]", "[2, 3]"},
               {"[1, 2, 3][..null]", "null"}});
}

TEST(EvaluationTest, InFollowsTheRulesOfNull) {
  ExpectWorth({{"3 IN [1, null, 3]", "true"},
               {"4 IN [1, null, 3]", "null"},
               {"null IN []", "false"},
               {"null IN [1]", "null"},
               {"[1, 2] IN [[null, 2], [1, 3]]", "null"},
               {"[1, 2] IN [[null, 'foo']]", "false"},
               {"1 IN null", "null"},
               {"1 IN 'foo'", kWrongAtCompile},
               {"n.cores IN n.name", kWrongAtRun}});
}

TEST(EvaluationTest, InOfALongListThatIsHashedAnswersTheSame) {
  std::string text = "[0.0 / 0.0, null, [1, null]";
  for (int i = 0; i < 40; ++i) text += ", " + std::to_string(i * 2);
  text += "]";
  const std::pair<std::string, std::string_view> cases[] = {
      {"n.cores IN " + text, "true"},
      {"n.cores + 1 IN " + text, "null"},
      {"n.cores / 2.0 IN " + text, "true"},
      {"n.cores IN tail(tail(" + text + "))", "true"},
      {"[n.cores] IN " + text, "null"},
      {"n.gone IN " + text, "null"},
      {"n.cores + 0.5 IN range(0, 20)", "false"},
  };
  for (const auto& [expression, worth] : cases) EXPECT_EQ(Worth(expression), worth) << expression;
  // The same list in every turn of a loop, as of a parameter in every row.
  const DatumMap parameters = {{"ids", Datum::List(DatumList(50, Datum::Integer(7)))}};
  EXPECT_EQ(Worth("[x IN [6, 7, 8, 7.0] | x IN $ids]", parameters), "[false, true, false, true]");
}

TEST(EvaluationTest, TextTestsGiveNullForWhatIsNoText) {
  ExpectWorth({{"n.name STARTS WITH 'we'", "true"},
               {"n.name ENDS WITH 'b'", "true"},
               {"n.name CONTAINS ''", "true"},
               {"n.cores CONTAINS '8'", "null"},
               {"[] STARTS WITH {}", "null"},
               {"n.name =~ 'w.b'", "true"},
               {"n.name =~ 'w'", "false"},
               {"n.name =~ '('", "compile QUERY_SYNTAX: InvalidRegularExpression"},
               {"n.name =~ n.name + '('", "run QUERY_ARGUMENT: InvalidRegularExpression"}});
}

TEST(EvaluationTest, CaseTakesTheFirstBranchThatFits) {
  ExpectWorth({{"CASE n.cores WHEN 4 THEN 'four' WHEN 8 THEN 'eight' ELSE 'many' END", "'eight'"},
               {"CASE '0' WHEN 0 THEN 1 ELSE 2 END", "2"},
               {"CASE WHEN n.gone THEN 1 WHEN n.cores > 7 THEN 2 END", "2"},
               {"CASE 1 WHEN 2 THEN 3 END", "null"}});
}

TEST(EvaluationTest, LoopsHaveAVariableOfTheirOwn) {
  ExpectWorth({{"[x IN [1, 2, 3] WHERE x > 1 | x * 10]", "[20, 30]"},
               {"[n IN [1] | n] + n.cores", "[1, 8]"},
               {"[x IN null | x]", "null"},
               {"[x IN [[1, 2], [3]] | [y IN x | y + size(x)]]", "[[3, 4], [4]]"},
               {"all(x IN [1, 2] WHERE x > 0)", "true"},
               {"all(x IN [1, null] WHERE x > 0)", "null"},
               {"all(x IN [0, null] WHERE x > 0)", "false"},
               {"any(x IN [null, 1] WHERE x > 0)", "true"},
               {"none(x IN [] WHERE x)", "true"},
               {"single(x IN [1, 2, 3] WHERE x = 2)", "true"},
               {"single(x IN [2, 2, null] WHERE x = 2)", "false"},
               {"single(x IN [2, null] WHERE x = 2)", "null"},
               {"any(x IN ['Clara'] WHERE x % 2 = 0)", kWrongAtCompile},
               {"all(x IN [1, 'abc'] WHERE x = 1)", "false"},
               {"reduce(total = 0, x IN [1, 2, 3] | total + x)", "6"},
               {"[x IN 1 | x]", kWrongAtCompile},
               {"[x IN [1] | x] + x", "compile QUERY_SYNTAX: UndefinedVariable"},
               {"[x IN [1] | count(x)]", "compile QUERY_SYNTAX: InvalidAggregation"},
               {"[x IN [1] | count(*)]", "compile QUERY_SYNTAX: InvalidAggregation"}});
}

TEST(EvaluationTest, MapsAreMadeAndProjected) {
  ExpectWorth({{"{b: 1, a: n.name}", "{a: 'web', b: 1}"},
               {"n {.name, twice: n.cores * 2}", "{name: 'web', twice: 16}"},
               {"n {.*, cores: 1}", "{cores: 1, name: 'web'}"},
               {"r {.*}", "{since: 2024}"}});
}

TEST(EvaluationTest, ElementsAreShownWithWhatTheyHold) {
  ExpectWorth({{"n", "(:Host {cores: 8, name: 'web'})"},
               {"r", "[:RUNS_ON {since: 2024}]"},
               {"p",
                "<(:Host {cores: 8, name: 'web'})<-[:RUNS_ON {since: 2024}]-"
                "(:Service:Critical {name: 'shop'})>"}});
}

TEST(EvaluationTest, ParametersAreReadAndMissedByName) {
  const DatumMap parameters = {{"a", Datum::Integer(1)}, {"list", Datum::List({})}};
  EXPECT_EQ(Worth("$a + 1", parameters), "2");
  EXPECT_EQ(Worth("$b", parameters), "run QUERY_PARAMETER: MissingParameter");
}

TEST(EvaluationTest, WhatGrowsWithoutLimitIsStopped) {
  EXPECT_EQ(Worth("range(1, 1000000000000)"), "run MEMORY_BUDGET: ValueTooLarge");
  EXPECT_EQ(Worth("size(range(-9223372036854775808, 9223372036854775807, 9223372036854775807))"),
            "3");
  EXPECT_EQ(Worth("reduce(l = [], x IN range(1, 1000) | [l])"),
            "run MEMORY_BUDGET: NestingTooDeep");
  EXPECT_EQ(Worth("size(reduce(t = 'x', x IN range(1, 100) | t + t))"),
            "run MEMORY_BUDGET: ValueTooLarge");
  EXPECT_EQ(Worth("size(reduce(l = [1], x IN range(1, 100) | l + l))"),
            "run MEMORY_BUDGET: ValueTooLarge");
}

TEST(EvaluationTest, ALoopAsksWhetherToGoOn) {
  const auto expression = ParseExpression("size([x IN range(1, 100000) | x])");
  ASSERT_TRUE(expression.ok());
  Scope scope;
  const auto evaluator = Compile(**expression, scope, {});
  ASSERT_TRUE(evaluator.ok());
  std::vector<Datum> row(scope.slot_count());
  Evaluation evaluation;
  int asked = 0;
  evaluation.interruption = [&asked] {
    return ++asked == 3 ? MakeError(ErrorCode::kCancelled, "cancelled") : absl::OkStatus();
  };
  (*evaluator)->Evaluate(row.data(), evaluation);
  EXPECT_EQ(CodeOf(evaluation.error), ErrorCode::kCancelled);
  EXPECT_EQ(asked, 3);
}

TEST(EvaluationTest, ErrorsSayWhereAndWhatWasMeant) {
  const auto expression = ParseExpression("1 + hots.cores");
  ASSERT_TRUE(expression.ok());
  Scope scope;
  scope.Add("host");
  const auto failed = Compile(**expression, scope, {.text = "1 + hots.cores"});
  EXPECT_EQ(MessageOf(failed.status()),
            "line 1, column 5: `hots` is not defined here; did you mean \"host\"?\n"
            "  1 + hots.cores\n      ^");
}

}  // namespace
}  // namespace kosei::language
