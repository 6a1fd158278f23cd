// How expressions are read: what binds stronger, and what their parts become.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

#include "kosei/base/error.h"
#include "kosei/language/parse.h"
#include "kosei/language/print.h"

namespace kosei::language {
namespace {

std::string Canonical(std::string_view text) {
  const absl::StatusOr<ExpressionPtr> expression = ParseExpression(text);
  return expression.ok() ? ToText(**expression) : std::string(MessageOf(expression.status()));
}

ExpressionPtr Parsed(std::string_view text) {
  absl::StatusOr<ExpressionPtr> expression = ParseExpression(text);
  EXPECT_TRUE(expression.ok()) << expression.status();
  return expression.ok() ? *std::move(expression) : std::make_unique<Expression>();
}

// Both texts are of one tree.
void ExpectSame(std::string_view text, std::string_view enclosed) {
  EXPECT_EQ(Canonical(text), Canonical(enclosed)) << text;
}

TEST(ParseExpressionTest, WhatBindsStrongerIsReadFirst) {
  constexpr std::string_view kCases[][2] = {
      {"a OR b XOR c", "a OR (b XOR c)"},
      {"a XOR b AND c", "a XOR (b AND c)"},
      {"a OR b AND c OR d", "(a OR (b AND c)) OR d"},
      {"NOT a AND b", "(NOT a) AND b"},
      {"NOT a = b", "NOT (a = b)"},
      {"a = b IS NULL", "a = (b IS NULL)"},
      {"a = b IN c", "a = (b IN c)"},
      {"a + b IN c + d", "(a + b) IN (c + d)"},
      {"a STARTS WITH b + c", "a STARTS WITH (b + c)"},
      {"a - b - c", "(a - b) - c"},
      {"a + b * c", "a + (b * c)"},
      {"a / b * c % d", "((a / b) * c) % d"},
      {"a * b ^ c", "a * (b ^ c)"},
      {"a ^ b ^ c", "(a ^ b) ^ c"},
      {"-a ^ b", "(-a) ^ b"},
      {"-a.b", "-(a.b)"},
      {"-a[0]", "-(a[0])"},
      {"a + [b][0]", "a + ([b][0])"},
      {"a.b:L AND c", "((a.b):L) AND c"},
      {"a IN b IN c", "(a IN b) IN c"},
      {"a IS NULL IS NOT NULL", "(a IS NULL) IS NOT NULL"},
  };
  for (const auto& [text, enclosed] : kCases) ExpectSame(text, enclosed);
}

TEST(ParseExpressionTest, BracketsThatMatterStay) {
  for (const std::string_view text :
       {"(a OR b) AND c", "a OR (b OR c)", "a - (b - c)", "(a + b) * c", "(a = b) = c",
        "NOT (a OR b)", "a IN (b IN c)", "-(-a)", "-(-1)", "-(1)", "(1).a", "(-1).a", "(a:B).c",
        "(a OR b).c", "a ^ (b ^ c)", "[(x IN xs)]", "[(x IN xs AND b)]", "`any`(x IN xs)"}) {
    EXPECT_EQ(Canonical(text), text);
  }
}

TEST(ParseExpressionTest, AChainOfComparisonsIsOneNode) {
  const ExpressionPtr chain = Parsed("1 < n.num <= 3 <> x");
  ASSERT_EQ(chain->kind, ExpressionKind::kComparison);
  EXPECT_EQ(chain->operands.size(), 4U);
  EXPECT_EQ(chain->comparisons, (std::vector{ComparisonKind::kLess, ComparisonKind::kLessOrEqual,
                                             ComparisonKind::kNotEqual}));
}

TEST(ParseExpressionTest, WordsAreReadInAnyLetterCase) {
  ExpectSame("a oR b anD not c Is nOt nUll", "a OR b AND NOT c IS NOT NULL");
  ExpectSame("case WHEN a then TRUE Else fAlse eNd", "CASE WHEN a THEN true ELSE false END");
  ExpectSame("a starts WITH b Or a ENDS with c", "a STARTS WITH b OR a ENDS WITH c");
}

TEST(ParseExpressionTest, NumbersAreWhatIsWritten) {
  EXPECT_EQ(Parsed("0x1F")->literal.integer(), 31);
  EXPECT_EQ(Parsed("0o17")->literal.integer(), 15);
  EXPECT_EQ(Parsed("007")->literal.integer(), 7);
  EXPECT_EQ(Parsed("1_000_000")->literal.integer(), 1'000'000);
  EXPECT_EQ(Parsed("9223372036854775807")->literal.integer(),
            std::numeric_limits<std::int64_t>::max());
  for (const std::string_view least :
       {"-9223372036854775808", "-0x8000000000000000", "-0o1000000000000000000000"}) {
    EXPECT_EQ(Parsed(least)->literal.integer(), std::numeric_limits<std::int64_t>::min());
  }
  EXPECT_EQ(Parsed(".5")->literal.real(), 0.5);
  EXPECT_EQ(Parsed("1.5e-3")->literal.real(), 0.0015);
  EXPECT_EQ(Parsed("2E3")->literal.real(), 2000.0);
  EXPECT_EQ(Parsed("1.5f")->literal.real(), 1.5);
  EXPECT_EQ(Parsed("1e-999")->literal.real(), 0.0);
  EXPECT_EQ(Parsed("-infinity")->operands[0]->literal.real(),
            std::numeric_limits<double>::infinity());
}

TEST(ParseExpressionTest, StringsHoldWhatTheirEscapesMean) {
  EXPECT_EQ(Parsed(R"('a\'b"c')")->literal.string(), "a'b\"c");
  EXPECT_EQ(Parsed(R"("a'b\"c")")->literal.string(), "a'b\"c");
  EXPECT_EQ(Parsed("'it''s'")->literal.string(), "it's");
  EXPECT_EQ(Parsed(R"('\\ \t\n\r\b\f\`')")->literal.string(), "\\ \t\n\r\b\f`");
  EXPECT_EQ(Parsed(R"('\u69CB\u6210')")->literal.string(), "構成");
  EXPECT_EQ(Parsed(R"('\U0001F600')")->literal.string(), "\xF0\x9F\x98\x80");
  EXPECT_EQ(Parsed(R"('\uD83D\uDE00')")->literal.string(), "\xF0\x9F\x98\x80");
  EXPECT_EQ(Parsed(R"('\U01F600')")->literal.string(), "\xF0\x9F\x98\x80");
  EXPECT_EQ(Parsed("''")->literal.string(), "");
}

TEST(ParseExpressionTest, NamesMayBeOfAnyScriptAndInBackticks) {
  EXPECT_EQ(Parsed("サーバー.ホスト名")->name, "ホスト名");
  EXPECT_EQ(Parsed("`odd ``name``!`")->name, "odd `name`!");
  EXPECT_EQ(Parsed("n.`match`")->name, "match");
  EXPECT_EQ(Parsed("n.match")->name, "match");
  EXPECT_EQ(Parsed("$`a b`")->name, "a b");
  EXPECT_EQ(Parsed("$0")->name, "0");
  EXPECT_EQ(Parsed("count")->kind, ExpressionKind::kVariable);
  EXPECT_EQ(Parsed("end")->kind, ExpressionKind::kVariable);
}

TEST(ParseExpressionTest, PartsOfCompositeExpressions) {
  const ExpressionPtr simple = Parsed("CASE x WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END");
  EXPECT_TRUE(simple->has_subject);
  EXPECT_EQ(simple->operands.size(), 6U);
  const ExpressionPtr searched = Parsed("CASE WHEN x > 1 THEN 'a' END");
  EXPECT_FALSE(searched->has_subject);
  EXPECT_EQ(searched->operands.size(), 2U);

  const ExpressionPtr list = Parsed("[x IN xs WHERE x > 1 | x * 2]");
  EXPECT_EQ(list->kind, ExpressionKind::kListComprehension);
  EXPECT_EQ(Parsed("[x IN xs]")->operands[1], nullptr);
  EXPECT_EQ(Parsed("[x IN xs, y]")->kind, ExpressionKind::kList);

  const ExpressionPtr paths = Parsed("[p = (a)-[:T]->(b:B) WHERE b.x | p]");
  EXPECT_EQ(paths->kind, ExpressionKind::kPatternComprehension);
  EXPECT_EQ(paths->name, "p");

  const ExpressionPtr map = Parsed("n {.name, .*, total: 1, other}");
  ASSERT_EQ(map->kind, ExpressionKind::kMapProjection);
  EXPECT_EQ(map->names, (std::vector<std::string>{"name", "*", "total", "other"}));
  EXPECT_EQ(map->operands[1]->kind, ExpressionKind::kProperty);
  EXPECT_EQ(map->operands[2], nullptr);
  EXPECT_EQ(map->operands[4]->kind, ExpressionKind::kVariable);

  EXPECT_EQ(Parsed("none(x IN xs WHERE x)")->quantifier, QuantifierKind::kNone);
  EXPECT_EQ(Parsed("reduce(sum = 0, x IN xs | sum + x)")->operands.size(), 3U);
  EXPECT_EQ(Parsed("count(*)")->kind, ExpressionKind::kCountStar);
  EXPECT_TRUE(Parsed("count(DISTINCT n)")->distinct);
  EXPECT_EQ(Parsed("date.truncate('day', d)")->name, "date.truncate");
  EXPECT_EQ(Parsed("xs[1..]")->operands[2], nullptr);
  EXPECT_EQ(Parsed("xs[..-1]")->operands[1], nullptr);
}

TEST(ParseExpressionTest, ABarEndsTheLabelsOfAComprehensionAlone) {
  EXPECT_EQ(Canonical("[x IN xs WHERE x:A | x.name]"), "[x IN xs WHERE x:A | x.name]");
  EXPECT_EQ(Canonical("[x IN xs WHERE (x:A|B) | x.name]"), "[x IN xs WHERE x:A OR x:B | x.name]");
  EXPECT_EQ(Canonical("n:A|B"), "n:A OR n:B");
  EXPECT_EQ(Canonical("n:A&B"), "n:A:B");
  EXPECT_EQ(Canonical("n:(A|B)&C"), "(n:A OR n:B) AND n:C");
}

TEST(ParseExpressionTest, AnArrowBehindANodeMakesAPattern) {
  EXPECT_EQ(Parsed("(a)-->(b)")->kind, ExpressionKind::kPattern);
  EXPECT_EQ(Parsed("NOT (a)<-[:T*1..3]-()")->operands[0]->kind, ExpressionKind::kPattern);
  EXPECT_EQ(Parsed("exists((a)--(b))")->operands[0]->kind, ExpressionKind::kPattern);
  EXPECT_EQ(Parsed("(a) - (b)")->kind, ExpressionKind::kSubtract);
  EXPECT_EQ(Parsed("(a) < -(b)")->kind, ExpressionKind::kComparison);
  EXPECT_EQ(Parsed("(a) - [1, 2]")->kind, ExpressionKind::kSubtract);
  EXPECT_EQ(Parsed("(a.b)--(c)")->kind, ExpressionKind::kSubtract);
  EXPECT_EQ(Parsed("length(shortestPath((a)-[*]-(b)))")->operands[0]->pattern->paths[0].selector,
            PathSelector::kShortest);
}

TEST(ParseExpressionTest, SubqueriesHoldAPatternOrAQuery) {
  const ExpressionPtr pattern = Parsed("EXISTS { (n)-->(m) WHERE m.x = 1 }");
  ASSERT_NE(pattern->pattern, nullptr);
  ASSERT_EQ(pattern->operands.size(), 1U);
  EXPECT_EQ(Canonical("exists { MATCH (n)-->(m) WHERE m.x = 1 }"), ToText(*pattern));
  EXPECT_EQ(Parsed("COUNT { (n)-->() }")->operands[0], nullptr);
  EXPECT_NE(Parsed("EXISTS { MATCH (n)-->(m) RETURN m }")->query, nullptr);
  EXPECT_EQ(
      Parsed("COUNT { MATCH (n) RETURN n UNION MATCH (m) RETURN m AS n }")->query->parts.size(),
      2U);
}

TEST(ParseExpressionTest, AnExpressionKnowsWhereItStands) {
  const ExpressionPtr sum = Parsed("1 + foo(bar)");
  EXPECT_EQ(sum->span.begin, 0U);
  EXPECT_EQ(sum->span.end, 12U);
  EXPECT_EQ(sum->operands[1]->span.begin, 4U);
  EXPECT_EQ(sum->operands[1]->operands[0]->span.end, 11U);
}

}  // namespace
}  // namespace kosei::language
