// Values in the kit's form.
#include "expected_value.h"

#include "status_matchers.h"

namespace kosei::tck {
namespace {

using ::kosei::testing::HasErrorCode;

std::string Canonical(std::string_view text, ListOrder order = ListOrder::kCounts) {
  const absl::StatusOr<Cell> cell = ParseCell(text);
  EXPECT_OK(cell) << text;
  return cell.ok() ? TextOf(*cell, order) : std::string();
}

TEST(ParseCell, ReadsWhatTheKitWrites) {
  for (const std::string_view text : {"null",
                                      "true",
                                      "false",
                                      "0",
                                      "-12",
                                      "9223372036854775807",
                                      "1.5",
                                      "-0.5",
                                      "NaN",
                                      "'it\\'s'",
                                      "''",
                                      "[]",
                                      "[1, 'a', null, [2.0]]",
                                      "{}",
                                      "{a: 1, b: {c: [1]}}",
                                      "()",
                                      "(:A)",
                                      "(:A:B {p: 'x'})",
                                      "({p: 1})",
                                      "[:T]",
                                      "[:T {p: [1]}]",
                                      "<()>",
                                      "<(:A)-[:T]->(:B {p: 1})<-[:S {q: 2}]-()>"}) {
    EXPECT_EQ(Canonical(text), text);
  }
}

TEST(ParseCell, MakesEqualWhatIsEqual) {
  EXPECT_EQ(Canonical("(:B:A{p:1,a:2})"), "(:A:B {a: 2, p: 1})");
  EXPECT_EQ(Canonical("{b: 1, a: 2}"), "{a: 2, b: 1}");
  EXPECT_EQ(Canonical("1.50"), "1.5");
  EXPECT_EQ(Canonical("1e3"), "1000.0");
  EXPECT_EQ(Canonical("-0.0"), "0.0");
  EXPECT_EQ(Canonical("[3, 1, 2]", ListOrder::kIgnored), "[1, 2, 3]");
  EXPECT_EQ(Canonical("{a: [2, 1]}", ListOrder::kIgnored), "{a: [1, 2]}");
  EXPECT_EQ(Canonical("'a\nb'"), "'a\\nb'");
  EXPECT_EQ(Canonical("'a\\nb'"), "'a\\nb'");
}

TEST(ParseCell, KeepsApartWhatIsNot) {
  EXPECT_NE(Canonical("1"), Canonical("1.0"));
  EXPECT_NE(Canonical("1"), Canonical("'1'"));
  EXPECT_NE(Canonical("null"), Canonical("'null'"));
  EXPECT_NE(Canonical("[:T]"), Canonical("(:T)"));
  EXPECT_NE(Canonical("()"), Canonical("{}"));
  EXPECT_NE(Canonical("[1, 2]"), Canonical("[2, 1]"));
  EXPECT_NE(Canonical("<()-[:T]->()>"), Canonical("<()<-[:T]-()>"));
  // A text that looks like the end of another.
  EXPECT_NE(Canonical("['a\\', \\'b']"), Canonical("['a', 'b']"));
}

TEST(ParseCell, RefusesWhatIsNoValue) {
  for (const std::string text :
       {"", "nul", "1x", "1 2", "'a", "[1", "[1,", "{a 1}", "{: 1}", "(:)", "[: ]", "(a)",
        "<(:A)-[:T]-(:B)>", "<>", "--1", "1..2", "9223372036854775808"}) {
    EXPECT_THAT(ParseCell(text), HasErrorCode(ErrorCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(ParseCell(std::string(100'000, '[')), HasErrorCode(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace kosei::tck
