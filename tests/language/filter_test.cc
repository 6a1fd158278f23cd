// The list filter: the statement that each line stands for, and what is said of wrong ones.
#include "kosei/language/filter.h"

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

std::string Translated(std::string_view filter) {
  const absl::StatusOr<Statement> statement = ParseFilter(filter);
  return statement.ok() ? ToText(*statement) : std::string(MessageOf(statement.status()));
}

TEST(FilterTest, IsAStatementThatReadsBack) {
  const std::string text = Translated(
      "class = Server and site.name = \"Tokyo\" and not (status in (retired, disposed)) and name "
      "like \"web\" and hostname starts with web- and installed < 2026-01-01 and owner is empty "
      "order by name desc limit 50");
  EXPECT_EQ(text,
            "MATCH (n:Server) WHERE n.site.name = 'Tokyo' AND NOT n.status IN ['retired', "
            "'disposed'] AND toLower(n.name) CONTAINS toLower('web') AND n.hostname STARTS WITH "
            "'web-' AND n.installed < date('2026-01-01') AND n.owner IS NULL RETURN n ORDER BY "
            "n.name DESC LIMIT 50");
  const absl::StatusOr<Statement> again = Parse(text);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ToText(*again), text);
}

TEST(FilterTest, Translations) {
  constexpr std::string_view kCases[][2] = {
      {"", "MATCH (n) RETURN n"},
      {"order by key limit 5", "MATCH (n) RETURN n ORDER BY key(n) LIMIT 5"},
      {"CLASS in (A, B)", "MATCH (n:A|B) RETURN n"},
      {"class = A or name = x", "MATCH (n) WHERE n:A OR n.name = 'x' RETURN n"},
      {"class != A", "MATCH (n) WHERE NOT n:A RETURN n"},
      {"class not in (A, B) and x = 1", "MATCH (n) WHERE NOT (n:A OR n:B) AND n.x = 1 RETURN n"},
      {"(class = A and x = 1) and (y = 2 or class = B)",
       "MATCH (n:A) WHERE n.x = 1 AND (n.y = 2 OR n:B) RETURN n"},
      {"not class = A", "MATCH (n) WHERE NOT n:A RETURN n"},
      {"key = srv-1", "MATCH (n) WHERE key(n) = 'srv-1' RETURN n"},
      {"a.b.c != 1.5", "MATCH (n) WHERE n.a.b.c <> 1.5 RETURN n"},
      {"a>=-3 AND b<=4 or c>5", "MATCH (n) WHERE n.a >= -3 AND n.b <= 4 OR n.c > 5 RETURN n"},
      {"a not in (1, x, '2')", "MATCH (n) WHERE NOT n.a IN [1, 'x', '2'] RETURN n"},
      {"a not like b", "MATCH (n) WHERE NOT toLower(n.a) CONTAINS toLower('b') RETURN n"},
      {"a ends with .jp", "MATCH (n) WHERE n.a ENDS WITH '.jp' RETURN n"},
      {"a like 12", "MATCH (n) WHERE toLower(n.a) CONTAINS toLower('12') RETURN n"},
      {"a is not empty", "MATCH (n) WHERE n.a IS NOT NULL RETURN n"},
      {"a = true", "MATCH (n) WHERE n.a = true RETURN n"},
      {"a = 'true'", "MATCH (n) WHERE n.a = 'true' RETURN n"},
      {"a = 007", "MATCH (n) WHERE n.a = '007' RETURN n"},
      {"a = 0", "MATCH (n) WHERE n.a = 0 RETURN n"},
      {"a = 12345678901234567890", "MATCH (n) WHERE n.a = '12345678901234567890' RETURN n"},
      {"a = 10.0.0.1", "MATCH (n) WHERE n.a = '10.0.0.1' RETURN n"},
      {"a = '2026-01-01'", "MATCH (n) WHERE n.a = '2026-01-01' RETURN n"},
      {"a > 2026-01-01T09:00:00+09:00",
       "MATCH (n) WHERE n.a > datetime({datetime: datetime('2026-01-01T09:00:00+09:00'), "
       "timezone: 'Z'}) RETURN n"},
      {"名前 = \"it's\" order by 名前 asc, key desc",
       "MATCH (n) WHERE n.名前 = 'it\\'s' RETURN n ORDER BY n.名前, key(n) DESC"},
      {"a = empty", "MATCH (n) WHERE n.a = 'empty' RETURN n"},
  };
  for (const auto& [filter, statement] : kCases) EXPECT_EQ(Translated(filter), statement) << filter;
}

TEST(FilterTest, SaysWhatIsWrong) {
  struct Case {
    std::string_view filter;
    std::string_view message;
  };
  const Case kCases[] = {
      {"name", "found the end, expected an operator"},
      {"name lik web", "did you mean \"like\"?"},
      {"name = Tokyo East", "line 1, column 14: found `East`, expected and, or, order by, limit"},
      {"name = Tokyo East", "in quotation marks"},
      {"name = a adn b = c", "did you mean \"and\"?"},
      {"name = and", "put a word of the filter in quotation marks"},
      {"name = ", "found the end, expected a value"},
      {"web-01 = a", "found `web-01`, expected an attribute"},
      {"a..b = c", "expected an attribute"},
      {"(a = b", "the closing )"},
      {"a in b", "values in parentheses"},
      {"a in ()", "expected a value"},
      {"a in (b", "the closing )"},
      {"a is full", "empty or not empty"},
      {"a starts web", "expected with"},
      {"class like Ser", "one of = != in and not in behind class"},
      {"class is empty", "behind class"},
      {"class = ''", "expected a class"},
      {"a = 'b", "this text has no end"},
      {"a ! b", "write != or not"},
      {"a = b limit x", "a whole number of records"},
      {"a = b limit -1", "a whole number of records"},
      {"a = b order name", "expected by"},
      {"a = b order by class", "an attribute or key to order by"},
      {"a = b limit 5 order by a", "found `order`"},
      {"a = '\\q'", "\\q"},
  };
  for (const Case& c : kCases)
    EXPECT_THAT(Translated(c.filter), HasSubstr(std::string(c.message))) << c.filter;
}

TEST(FilterTest, DepthIsBounded) {
  for (const std::string_view part : {"(", "not ", "not("}) {
    std::string filter;
    for (int i = 0; i < 10'000; ++i) filter += part;
    const absl::StatusOr<Statement> statement = ParseFilter(filter + "a = b");
    ASSERT_FALSE(statement.ok());
    EXPECT_THAT(std::string(MessageOf(statement.status())), HasSubstr("at most"));
  }
  std::string dots = "a";
  for (int i = 0; i < 10'000; ++i) dots += ".a";
  EXPECT_FALSE(ParseFilter(dots + " = b").ok());
  std::string row = "a = b";
  for (int i = 0; i < 20'000; ++i) row += " or a = b";
  EXPECT_TRUE(ParseFilter(row).ok());
}

}  // namespace
}  // namespace kosei::language
