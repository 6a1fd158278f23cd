// What the parser says of statements that are wrong: which word of the kit, where, and how to mend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "kosei/base/error.h"
#include "kosei/language/parse.h"
#include "kosei/language/print.h"

namespace kosei::language {
namespace {

using testing::HasSubstr;

struct Case {
  std::string_view text;
  std::string_view detail;
  std::string_view message;  // part of it
};

void ExpectErrors(std::span<const Case> cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const absl::StatusOr<Statement> statement = Parse(c.text);
    ASSERT_FALSE(statement.ok()) << ToText(*statement);
    EXPECT_EQ(CodeOf(statement.status()), ErrorCode::kQuerySyntax);
    EXPECT_EQ(FieldOf(statement.status()), c.detail);
    EXPECT_THAT(std::string(MessageOf(statement.status())), HasSubstr(std::string(c.message)));
  }
}

TEST(ParseErrorTest, SaysWhereAndShowsTheLine) {
  const absl::StatusOr<Statement> statement = Parse("MATCH (n)\nRETRUN n");
  ASSERT_FALSE(statement.ok());
  EXPECT_EQ(
      MessageOf(statement.status()),
      "line 2, column 1: found `RETRUN`, expected an operator, another clause or the end; did "
      "you mean RETURN?\n  RETRUN n\n  ^");
}

TEST(ParseErrorTest, SuggestsTheNearestWord) {
  constexpr std::string_view kSyntax = "UnexpectedSyntax";
  const Case kCases[] = {
      {"METCH (n) RETURN n", kSyntax, "found `METCH`, expected a clause"},
      {"METCH (n) RETURN n", kSyntax, "did you mean MATCH?"},
      {"MATCH (n) WERE n.x = 1 RETURN n", kSyntax, "did you mean WHERE?"},
      {"RETURN n ODER BY n", kSyntax, "did you mean ORDER?"},
      {"MATCH (n) RETURN n LIMT 5", kSyntax, "did you mean LIMIT?"},
      {"FOR SYSTEMTIME AS OF 1 RETURN 1", kSyntax, "did you mean SYSTEM_TIME?"},
      {"MATCH p = shortestPat((a)--(b)) RETURN p", kSyntax, "did you mean shortestPath?"},
  };
  ExpectErrors(kCases);
}

TEST(ParseErrorTest, SaysWhatStandsThereAndWhatCould) {
  constexpr std::string_view kSyntax = "UnexpectedSyntax";
  const Case kCases[] = {
      {"", kSyntax, "found the end, expected a clause"},
      {"RETURN", kSyntax, "found the end, expected an expression"},
      {"RETURN 1 +", kSyntax, "found the end, expected an expression"},
      {"RETURN (1", kSyntax, "the closing )"},
      {"RETURN [1, 2", kSyntax, "the closing ]"},
      {"RETURN {a: 1", kSyntax, "the closing }"},
      {"RETURN {1: 2}", kSyntax, "a key"},
      {"RETURN a AS", kSyntax, "a name behind AS"},
      {"RETURN a != b", kSyntax, "write <> for not equal"},
      {"RETURN a == b", kSyntax, "write = for equal"},
      {"RETURN 1 WHERE true", kSyntax, "WITH ... WHERE before RETURN"},
      {"MATCH (n RETURN n", kSyntax, "found RETURN, expected one of : and a label"},
      {"MATCH (set) RETURN 1", kSyntax, "in backticks, as in `set`"},
      {"MATCH (n)-[:A]>(m) RETURN n", kSyntax, "expected the - of an arrow"},
      {"MATCH (n)-[:A&B]->(m) RETURN n", kSyntax, "a relationship has one type alone"},
      {"MATCH (n:!) RETURN n", kSyntax, "the name of a label"},
      {"MATCH (n:!%) RETURN n", kSyntax, "leave the labels out where any will do"},
      {"MATCH ((a)-->(b) WHERE true) RETURN a", kSyntax, "how often the path in parentheses"},
      {"RETURN CASE 1 WHEN 1, 2 THEN 3 END", kSyntax, "a WHEN of its own"},
      {"RETURN CASE 1 END", kSyntax, "expected WHEN"},
      {"RETURN 'abc", kSyntax, "this string has no end; close it with '"},
      {"RETURN 1 /* abc", kSyntax, "this comment has no end"},
      {"RETURN `abc", kSyntax, "this name has no end"},
      {"RETURN $", kSyntax, "write a parameter as $name"},
      {"RETURN '\\d'", kSyntax, "write \\\\ for a backslash"},
      {"RETURN 1 # one", kSyntax, "write // before a comment"},
      {"RETURN 1; RETURN 2", kSyntax, "one statement at a time"},
      {"CALL { MATCH (n) RETURN n }", kSyntax, "the name of a procedure"},
      {"MATCH (n) RETURN (n)-->()", kSyntax, "only as a condition"},
      {"MATCH (n) RETURN size((n)-->())", kSyntax, "COUNT { ... }"},
      {"FOR SYSTEM_TIME AS OF 1 FOR SYSTEM_TIME FROM 1 TO 2 RETURN 1", kSyntax, "said twice"},
      {"IN PLAN a IN PLAN b RETURN 1", kSyntax, "said twice"},
      {"IN PLAN 5 RETURN 1", kSyntax, "the name of a plan"},
      {"MERGE (a), (b)", kSyntax, "one path for MERGE"},
  };
  ExpectErrors(kCases);
}

TEST(ParseErrorTest, HasAWordOfItsOwnForWhatAClientCanTellApart) {
  const Case kCases[] = {
      {"RETURN 0x", "InvalidNumberLiteral", "0x is no number"},
      {"RETURN 12ab", "InvalidNumberLiteral", "12ab is no number"},
      {"RETURN 9223372036854775808", "IntegerOverflow", "64 bits"},
      {"RETURN -9223372036854775809", "IntegerOverflow", "64 bits"},
      {"RETURN 1 - 9223372036854775808", "IntegerOverflow", "64 bits"},
      {"MATCH ()-[*4294967296]->() RETURN 1", "IntegerOverflow", "number of steps"},
      {"RETURN 1.5e400", "FloatingPointOverflow", "1.8e308"},
      {"RETURN '\\uH'", "InvalidUnicodeLiteral", "4 behind \\u"},
      {"RETURN '\\uD800'", "InvalidUnicodeLiteral", "U+D800"},
      {"RETURN 1 \u2014 2", "InvalidUnicodeCharacter", "write - for minus"},
      {"RETURN \uFF081)", "InvalidUnicodeCharacter", "write ("},
      {"MATCH ()-[:A..]->() RETURN 1", "InvalidRelationshipPattern", "behind a *"},
      {"MATCH ()-[:A*-2]->() RETURN 1", "InvalidRelationshipPattern", "*1..3"},
      {"MATCH ()-[:A*2]->{3}() RETURN 1", "InvalidRelationshipPattern", "twice"},
      {"MATCH (n $p) RETURN n", "InvalidParameterUse", "one by one"},
      {"RETURN 1 AS a UNION RETURN 2 AS a UNION ALL RETURN 3 AS a", "InvalidClauseComposition",
       "UNION and UNION ALL"},
      {"MATCH (n)", "InvalidClauseComposition", "end it with RETURN"},
      {"RETURN 1 MATCH (n) RETURN n", "InvalidClauseComposition", "write WITH in its place"},
      {"MATCH (n) WHERE EXISTS { MATCH (n)-->(m) SET m.x = 1 } RETURN n",
       "InvalidClauseComposition", "which only look"},
      {"MATCH (n) CALL a.b YIELD c RETURN c", "InvalidArgumentPassingMode", "or ()"},
      {"CALL a.b() YIELD * RETURN c", "UnexpectedSyntax", "name the columns"},
      {"MATCH (n) DELETE n:A", "InvalidDelete", "REMOVE"},
      {"CREATE ()-->()", "NoSingleRelationshipType", "-[:TYPE]->"},
      {"CREATE ()-[:A|B]->()", "NoSingleRelationshipType", "-[:TYPE]->"},
      {"CREATE ()-[:A]-()", "RequiresDirectedRelationship", "--> or <--"},
      {"CREATE ()-[:A*2]->()", "CreatingVarLength", "each one"},
  };
  ExpectErrors(kCases);
}

TEST(ParseErrorTest, TheFirstErrorIsTold) {
  const Case kCases[] = {
      {"RETURN n n 'abc", "UnexpectedSyntax", "line 1, column 10"},
      {"RETURN 1 + \u2014 n n", "InvalidUnicodeCharacter", "line 1, column 12"},
  };
  ExpectErrors(kCases);
}

std::string Repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(ParseErrorTest, DepthIsBoundedHoweverItComes) {
  constexpr std::size_t kMany = 10'000;
  const std::string kTexts[] = {
      "RETURN " + Repeated("(", kMany) + "1" + Repeated(")", kMany),
      "RETURN " + Repeated("[", kMany) + Repeated("]", kMany),
      "RETURN " + Repeated("{a:", kMany) + "1" + Repeated("}", kMany),
      "RETURN " + Repeated("NOT ", kMany) + "true",
      "RETURN " + Repeated("-", kMany) + "x",
      "RETURN " + Repeated("1+", kMany) + "1",
      "RETURN x" + Repeated(".a", kMany),
      "RETURN x" + Repeated("[0]", kMany),
      "RETURN x" + Repeated(" IS NULL", kMany),
      "RETURN x" + Repeated(" IN x", kMany),
      "RETURN " + Repeated("f(", kMany) + Repeated(")", kMany),
      "RETURN " + Repeated("CASE WHEN true THEN ", kMany) + "1" + Repeated(" END", kMany),
      "RETURN " + Repeated("[x IN ", kMany) + "y" + Repeated("]", kMany),
      "RETURN " + Repeated("[(a)-->(b) | ", kMany) + "y" + Repeated("]", kMany),
      "RETURN " + Repeated("all(x IN ", kMany) + "y" + Repeated(")", kMany),
      "RETURN " + Repeated("EXISTS { (n) WHERE ", kMany) + "true" + Repeated("}", kMany),
      "RETURN " + Repeated("EXISTS { MATCH (n) WHERE ", kMany) + "true" + Repeated("}", kMany),
      "RETURN " + Repeated("EXISTS { (n {a: ", kMany) + "true" + Repeated("})}", kMany),
      "MATCH " + Repeated("(", kMany) + "a" + Repeated(")", kMany) + " RETURN 1",
      "MATCH (:" + Repeated("(", kMany) + "A" + Repeated(")", kMany) + ") RETURN 1",
  };
  for (const std::string& text : kTexts) {
    SCOPED_TRACE(text.substr(0, 40));
    const absl::StatusOr<Statement> statement = Parse(text);
    ASSERT_FALSE(statement.ok());
    EXPECT_EQ(FieldOf(statement.status()), "UnexpectedSyntax");
    EXPECT_THAT(std::string(MessageOf(statement.status())), HasSubstr("at most"));
  }
}

// Each level multiplies the names of the one inside it, whatever of both is small.
TEST(ParseErrorTest, ChoicesOfLabelsDoNotMultiplyWithoutABound) {
  std::string labels = "A" + Repeated("&A", 200);
  for (int level = 0; level < 150; ++level)
    labels = "B" + Repeated("|B", 200) + "|(" + labels + ")";
  for (const std::string& text :
       {"MATCH (:" + labels + ") RETURN 1", "MATCH (n) WHERE n:" + labels + " RETURN 1",
        "MATCH (:A" + Repeated("&A", 300) + ") RETURN 1",
        "MATCH (:A" + Repeated("|A", 300) + ") RETURN 1"}) {
    const absl::StatusOr<Statement> statement = Parse(text);
    ASSERT_FALSE(statement.ok());
    EXPECT_THAT(std::string(MessageOf(statement.status())), HasSubstr("too many combinations"));
  }
  EXPECT_TRUE(Parse("MATCH (:A" + Repeated("|A", 200) + ") RETURN 1").ok());
  EXPECT_TRUE(Parse("MATCH (:(A&B&C&D)|(E&F&G&H)) RETURN 1").ok());
}

TEST(ParseErrorTest, WhatIsWithinTheBoundsIsRead) {
  const std::string kTexts[] = {
      "RETURN " + Repeated("(", 190) + "1" + Repeated(")", 190),
      "RETURN " + Repeated("[", 190) + Repeated("]", 190),
      "RETURN " + Repeated("1+", 400) + "1",
      "MATCH (n) WHERE " + Repeated("n.name = 'a' OR ", 20'000) + "false RETURN n",
      "RETURN [" + Repeated("1, ", 100'000) + "1]",
      "RETURN " + Repeated("[x IN ", 190) + "y" + Repeated(", 1]", 190),
  };
  for (const std::string& text : kTexts) {
    const absl::StatusOr<Statement> statement = Parse(text);
    EXPECT_TRUE(statement.ok()) << statement.status();
  }
}

TEST(ParseErrorTest, SizeAndEncodingAreChecked) {
  const Case kCases[] = {
      {"RETURN '\xFF'", "InvalidUnicodeCharacter", "line 1, column 9: the byte 0xff"},
  };
  ExpectErrors(kCases);
  const absl::StatusOr<Statement> statement = Parse("RETURN 1" + std::string(1 << 20, ' '));
  ASSERT_FALSE(statement.ok());
  EXPECT_THAT(std::string(MessageOf(statement.status())),
              HasSubstr("at most 1048576 are read; give long lists as parameters"));
}

}  // namespace
}  // namespace kosei::language
