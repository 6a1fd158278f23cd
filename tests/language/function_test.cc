#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluation_of.h"

namespace kosei::language {
namespace {

constexpr std::string_view kWrongAtCompile = "compile QUERY_SYNTAX: InvalidArgumentType";
constexpr std::string_view kWrongValue = "run QUERY_TYPE: InvalidArgumentValue";

TEST(FunctionTest, TextsCountCodePoints) {
  ExpectWorth({{"size('構成管理')", "4"},
               {"char_length('\\uD83D\\uDE00')", "1"},
               {"substring('構成管理', 1, 2)", "'成管'"},
               {"substring('0123456789', 1)", "'123456789'"},
               {"substring('abc', 5)", "''"},
               {"substring('abc', -1)", "run QUERY_ARGUMENT: NumberOutOfRange"},
               {"left('構成管理', 1)", "'構'"},
               {"right('構成管理', 3)", "'成管理'"},
               {"right('ab', 5)", "'ab'"},
               {"reverse('raksO')", "'Oskar'"},
               {"reverse('構成')", "'成構'"}});
}

TEST(FunctionTest, TextsAreChanged) {
  ExpectWorth({{"toUpper('straße éñ ωψ яд ａ')", "'STRAßE ÉÑ ΩΨ ЯД Ａ'"},
               {"toLower('ÄÖ ΣΏ ЁЖ')", "'äö σώ ёж'"},
               {"upper('a') + lower('B')", "'Ab'"},
               {"trim(' \\u3000a b\\n')", "'a b'"},
               {"ltrim('  a ')", "'a '"},
               {"rtrim(' a  ')", "' a'"},
               {"btrim('xxaxx', 'x')", "'a'"},
               {"replace('a.b.c', '.', '--')", "'a--b--c'"},
               {"replace('abc', '', 'x')", "'abc'"},
               {"split('a,b,,c', ',')", "['a', 'b', '', 'c']"},
               {"split('a,b;c', [',', ';'])", "['a', 'b', 'c']"},
               {"split('構成', '')", "['構', '成']"},
               {"toUpper(null)", "null"},
               {"toUpper(1)", kWrongAtCompile},
               {"toUpper(n.cores)", "run QUERY_TYPE: InvalidArgumentType"}});
}

TEST(FunctionTest, ListsAreTakenApart) {
  ExpectWorth({{"head([1, 2])", "1"},
               {"last([1, 2])", "2"},
               {"head([])", "null"},
               {"tail([1, 2, 3])", "[2, 3]"},
               {"tail([])", "[]"},
               {"reverse([1, 2])", "[2, 1]"},
               {"size([])", "0"},
               {"size(null)", "null"},
               {"size(p)", kWrongAtCompile},
               {"isEmpty('')", "true"},
               {"isEmpty([1])", "false"},
               {"coalesce(null, n.gone, 3, 1 / 0)", "3"},
               {"coalesce(null)", "null"}});
}

TEST(FunctionTest, RangeGoesBothWaysAndRefusesStandingStill) {
  constexpr std::string_view kWrongRange = "run QUERY_ARGUMENT: InvalidArgumentType";
  ExpectWorth({{"range(0, 3)", "[0, 1, 2, 3]"},
               {"range(10, -10, -3)", "[10, 7, 4, 1, -2, -5, -8]"},
               {"range(0, 1, -1)", "[]"},
               {"range(0, 0, -1)", "[0]"},
               {"range(0, 1, 9223372036854775807)", "[0]"},
               {"range(2, 8, 0)", "run QUERY_ARGUMENT: NumberOutOfRange"},
               {"range(true, 1)", kWrongRange},
               {"range(0, 1.0)", kWrongRange},
               {"range(0, 1, {step: 1})", kWrongRange}});
}

TEST(FunctionTest, NumbersAreReckonedWith) {
  ExpectWorth({{"abs(-1)", "1"},
               {"abs(-1.5)", "1.5"},
               {"sign(-3.5)", "-1"},
               {"ceil(1.1)", "2.0"},
               {"floor(-1.1)", "-2.0"},
               {"round(2.5)", "3.0"},
               {"round(-1.5)", "-1.0"},
               {"round(-1.5, 0)", "-2.0"},
               {"round(1.005, 2)", "1.01"},
               {"round(3.145, 2, 'HALF_EVEN')", "3.14"},
               {"round(1.29, 1, 'DOWN')", "1.2"},
               {"round(1.2, 0, 'SIDEWAYS')", "run QUERY_ARGUMENT: InvalidArgumentValue"},
               {"sqrt(16)", "4.0"},
               {"log10(1000)", "3.0"},
               {"sqrt(-1)", "NaN"},
               {"isNaN(0.0 / 0.0)", "true"},
               {"degrees(pi())", "180.0"},
               {"haversin(0)", "0.0"},
               {"e() > 2.718 AND e() < 2.719", "true"},
               {"0 <= rand() < 1", "true"},
               {"rand() = rand()", "false"},
               {"size(randomUUID())", "36"},
               {"timestamp()", "1700000000123"}});
}

TEST(FunctionTest, ElementsTellWhatTheyAre) {
  ExpectWorth({{"labels(m)", "['Service', 'Critical']"},
               {"labels(null)", "null"},
               {"labels(p)", kWrongAtCompile},
               {"type(r)", "'RUNS_ON'"},
               {"type(n)", kWrongAtCompile},
               {"[x IN [r, 0] | type(x)]", kWrongValue},
               {"keys(n)", "['cores', 'name']"},
               {"keys({k: null})", "['k']"},
               {"properties(r)", "{since: 2024}"},
               {"properties(1)", kWrongAtCompile},
               {"properties([true, false])", kWrongAtCompile},
               {"id(n)", "1"},
               {"elementId(r)", "'2-0-1'"},
               {"id(r) > 0", "true"},
               {"startNode(r) = m AND endNode(r) = n", "true"},
               {"length(p)", "1"},
               {"length(n)", kWrongAtCompile},
               {"size(nodes(p)) + size(relationships(p))", "3"},
               {"nodes(p)[1] = m", "true"},
               {"exists(n.name)", "true"},
               {"exists(n.gone)", "false"}});
}

TEST(FunctionTest, ConversionsGiveNullForTextsThatDoNotFit) {
  ExpectWorth(
      {{"[x IN [2, 2.9, '1.7', 'foo', '', ' 5 ', true] | toInteger(x)]",
        "[2, 2, 1, null, null, 5, 1]"},
       {"[x IN [3.4, 3, '5', 'foo', '1e3'] | toFloat(x)]", "[3.4, 3.0, 5.0, null, 1000.0]"},
       {"[x IN [true, 'TRUE', 'false', ' tru ', ''] | toBoolean(x)]",
        "[true, true, false, null, null]"},
       {"[x IN [1, 2.3, true, 'apa', 1.0, 1e-10, 123456789.0] | toString(x)]",
        "['1', '2.3', 'true', 'apa', '1.0', '1.0E-10', '1.23456789E8']"},
       {"toInteger(1e300)", "null"},
       {"toInteger('9223372036854775808')", "null"},
       {"toIntegerList(['1', [], 2.5])", "[1, null, 2]"},
       {"toStringOrNull([])", "null"},
       {"toFloatOrNull('x')", "null"},
       {"valueType([1, 'a', null])", "'LIST<INTEGER NOT NULL | STRING NOT NULL | NULL> NOT NULL'"},
       {"nullIf(1, 1)", "null"}});
}

TEST(FunctionTest, ConversionsRefuseOtherKindsWhileRunning) {
  for (const std::string_view value : {"[]", "{}", "n", "r", "p"}) {
    const std::string item(value);
    EXPECT_EQ(Worth("[x IN [1, " + item + "] | toInteger(x)]"), kWrongValue) << value;
    EXPECT_EQ(Worth("[x IN [1, " + item + "] | toFloat(x)]"), kWrongValue) << value;
    EXPECT_EQ(Worth("[x IN [true, " + item + "] | toBoolean(x)]"), kWrongValue) << value;
    EXPECT_EQ(Worth("[x IN ['', " + item + "] | toString(x)]"), kWrongValue) << value;
  }
  EXPECT_EQ(Worth("[x IN [1.0, true] | toFloat(x)]"), kWrongValue);
  EXPECT_EQ(Worth("[x IN [true, 1.0] | toBoolean(x)]"), kWrongValue);
}

TEST(FunctionTest, CallsAreCheckedBeforeTheyRun) {
  ExpectWorth({{"toUper('a')", "compile QUERY_SYNTAX: UnknownFunction"},
               {"toUpper()", "compile QUERY_SYNTAX: InvalidNumberOfArguments"},
               {"substring('a', 1, 2, 3)", "compile QUERY_SYNTAX: InvalidNumberOfArguments"},
               {"toUpper(DISTINCT 'a')", "compile QUERY_SYNTAX: UnexpectedSyntax"},
               {"sum(1)", "compile QUERY_SYNTAX: InvalidAggregation"}});
}

TEST(FunctionTest, ANameThatIsNearIsSuggested) {
  EXPECT_THAT(MessageOfError("toUper('a')"), testing::HasSubstr("did you mean \"toupper\"?"));
  EXPECT_THAT(MessageOfError("duraton('P1D')"), testing::HasSubstr("did you mean \"duration\"?"));
  EXPECT_THAT(MessageOfError("kosei.workingtime()"),
              testing::HasSubstr("did you mean \"kosei.working_time\"?"));
}

}  // namespace
}  // namespace kosei::language
