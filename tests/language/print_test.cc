// Canonical text: what it looks like, and that it reads back as the same tree, for made-up
// expressions of every kind.
#include "kosei/language/print.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "kosei/language/parse.h"

namespace kosei::language {
namespace {

TEST(PrintTest, WritesOneTextForOneMeaning) {
  constexpr std::string_view kCases[][2] = {
      {"match (n:A&B{x:1})-[r:T|:U*1..3]-(m) where ((n.x))>1 return n,m order by n.x ascending",
       "MATCH (n:A:B {x: 1})-[r:T|U*1..3]-(m) WHERE n.x > 1 RETURN n, m ORDER BY n.x"},
      {"RETURN 0x10, 1.50, 1e3, \"it's\", 'a\\nb', [1,2][0..1], -1, - 1",
       "RETURN 16, 1.5, 1000.0, 'it\\'s', 'a\\nb', [1, 2][0..1], -1, -1"},
      {"MATCH ANY SHORTEST (a)-->+(b) RETURN 1", "MATCH shortestPath((a)-[*]->(b)) RETURN 1"},
      {"MATCH ((a)-->(b)){1,3} RETURN a", "MATCH () ((a)-->(b)){1,3} () RETURN a"},
      {"RETURN exists{match (a)}, n{.x,y}", "RETURN EXISTS { (a) }, n {.x, y: y}"},
      {"UNWIND $x AS y RETURN DISTINCT y.`a b` SKIP 1 LIMIT 2",
       "UNWIND $x AS y RETURN DISTINCT y.`a b` SKIP 1 LIMIT 2"},
      {"CALL a.b YIELD *", "CALL a.b YIELD *"},
      {"RETURN case when a then b else c end", "RETURN CASE WHEN a THEN b ELSE c END"},
      {"RETURN INF, -infinity, nan", "RETURN INFINITY, -INFINITY, NAN"},
  };
  for (const auto& [text, canonical] : kCases) {
    const absl::StatusOr<Statement> statement = Parse(text);
    ASSERT_TRUE(statement.ok()) << statement.status();
    EXPECT_EQ(ToText(*statement), canonical);
  }
}

// Text of an expression at random, most of it with brackets where it need not have any.
class ExpressionMaker {
 public:
  explicit ExpressionMaker(std::uint64_t seed) : random_(seed) {}

  std::string Make(int depth) {
    if (depth <= 0) return Leaf();
    const std::string a = Make(depth - 1);
    const std::string b = Make(depth - 2);
    switch (Pick(26)) {
      case 0:
        return "(" + a + ")";
      case 1:
        return "(" + a + ")" + Of({" OR ", " AND ", " XOR "}) + "(" + b + ")";
      case 2:
        return a + Of({" OR ", " AND ", " XOR "}) + b;
      case 3:
        return "NOT " + a;
      case 4:
        return "(" + a + ")" + Of({" + ", " - ", " * ", " / ", " % ", " ^ ", "-", "+"}) + "(" + b +
               ")";
      case 5:
        return a + Of({" + ", " - ", " * ", " / ", " % ", " ^ ", "-", "+"}) + b;
      case 6:
        return Of({"-", "+", "- -", "-("}) + "(" + a + ")";
      case 7:
        return "-" + Leaf() + "." + Name();
      case 8:
        return a + Of({" = ", " <> ", " < ", " <= ", " > ", " >= "}) + b;
      case 9:
        return "(" + a + ")" + Of({" IN ", " CONTAINS ", " =~ ", " STARTS WITH "}) + "(" + b + ")";
      case 10:
        return a + Of({" IS NULL", " IS NOT NULL"});
      case 11:
        return "(" + a + ")." + Name();
      case 12:
        return "(" + a + ")[" + b + "]";
      case 13:
        return "(" + a + ")[" + b + ".." + Of({"", "1"}) + "]";
      case 14:
        return "[" + a + Of({"", ", 1"}) + "]";
      case 15:
        return "{" + Name() + ": " + a + ", `x y`: " + b + "}";
      case 16:
        return Of({"f", "a.b.c", "any", "`reduce`", "exists", "count", "all"}) + "((" + a + ")" +
               Of({"", ", 1"}) + ")";
      case 17:
        return "CASE " + a + " WHEN " + b + " THEN 1 ELSE (" + a + ") END";
      case 18:
        return "[x IN " + b + " WHERE " + a + " | " + b + "]";
      case 19:
        return "[" + Of({"", "p = "}) + Pattern() + " WHERE (" + a + ") | " + b + "]";
      case 20:
        return Of({"all", "any", "none", "single"}) + "(x IN " + b + " WHERE " + a + ")";
      case 21:
        return "reduce(s = " + a + ", x IN " + b + " | s + x)";
      case 22:
        return Of({"EXISTS", "COUNT"}) + " { " + Pattern() + " WHERE " + a + " }";
      case 23:
        return Of({"EXISTS", "COUNT"}) + " { MATCH " + Pattern() + " RETURN " + a + " AS y }";
      case 24:
        return "(" + Pattern() + Of({" AND ", " OR "}) + a + ")";
      default:
        return "(" + a + ")" + Of({":A", ":A:B", ":A&`b c`"});
    }
  }

 private:
  std::size_t Pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }
  std::string Of(std::initializer_list<const char*> choices) {
    return *(choices.begin() + static_cast<std::ptrdiff_t>(Pick(choices.size())));
  }
  std::string Name() { return Of({"name", "`odd name`", "match", "END", "構成"}); }
  std::string Leaf() {
    return Of({"1", "-2", "9.5", "1e300", "'a\\'b'", "true", "null", "x", "`match`", "$p", "$`a b`",
               "n {.*, .a, b: 1, c}", "count(*)", "n.name", "[]", "x:A|B", "infinity", "`nan`"});
  }
  std::string Pattern() {
    return "(a" + Of({"", ":A|B", ":C {x: 1}", " WHERE a.x > 1"}) + ")" +
           Of({"-->", "<--", "--", "-[r:T|U*1..3 {y: 2}]->", "<-[*0..]-", "-[:T]->{2,}",
               " ((u)-->(v) WHERE u.x){1,} "}) +
           "(" + Of({"", "b", ":`A B`"}) + ")";
  }

  std::mt19937_64 random_;
};

TEST(PrintTest, WhatIsWrittenReadsBackTheSame) {
  std::size_t read = 0;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    const std::string text = ExpressionMaker(seed).Make(static_cast<int>(seed % 5) + 1);
    const absl::StatusOr<ExpressionPtr> expression = ParseExpression(text);
    if (!expression.ok()) continue;  // a pattern where a value stands, say
    ++read;
    const std::string canonical = ToText(**expression);
    const absl::StatusOr<ExpressionPtr> again = ParseExpression(canonical);
    ASSERT_TRUE(again.ok()) << "seed " << seed << "\n" << text << "\n" << again.status();
    ASSERT_EQ(ToText(**again), canonical) << "seed " << seed << "\n" << text;
    ASSERT_EQ((*again)->kind, (*expression)->kind) << "seed " << seed << "\n" << text;
    ASSERT_EQ((*again)->height, (*expression)->height) << "seed " << seed << "\n" << text;
  }
  EXPECT_GT(read, 10'000U);
}

TEST(PrintTest, LongRowsReadBackTheSame) {
  for (const std::size_t count : {15U, 16U, 17U, 32U, 255U, 257U, 5000U}) {
    std::string text = "a";
    for (std::size_t i = 1; i < count; ++i) text += " OR a";
    const absl::StatusOr<ExpressionPtr> expression = ParseExpression(text);
    ASSERT_TRUE(expression.ok()) << expression.status();
    const std::string canonical = ToText(**expression);
    if (count <= 16) EXPECT_EQ(canonical, text);
    const absl::StatusOr<ExpressionPtr> again = ParseExpression(canonical);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(ToText(**again), canonical);
    EXPECT_EQ((*again)->height, (*expression)->height);
  }
}

}  // namespace
}  // namespace kosei::language
