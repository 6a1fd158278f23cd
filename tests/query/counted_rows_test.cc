// Rows that are only counted: what counts where they end agrees with what makes each of them. A
// WITH between the pattern and the count keeps the rows apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "statement_store.h"

namespace kosei::query {
namespace {

using ::testing::Contains;
using ::testing::Not;

class CountedRows : public ::testing::Test {
 protected:
  std::vector<std::string> Operators(const std::string& text) {
    std::vector<std::string> names;
    const auto told = asked_.Ask("EXPLAIN " + text);
    EXPECT_TRUE(told.ok()) << text << "\n" << told.status();
    if (!told.ok()) return names;
    for (const PlanLine& line : told->summary.plan) names.push_back(line.name);
    return names;
  }
  std::vector<std::string> Sorted(const std::string& text) {
    std::vector<std::string> rows = asked_.Rows(text);
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  StatementStore asked_;
};

// Patterns of which the last step may be counted, and of which it may not because a link could come
// a second time.
constexpr const char* kCounted[] = {
    "(a)-->(b)",
    "(a)--(b)",
    "(a)-->(b)-->(c)",
    "(a)<--(b)<--(c)",
    "(a)-[:needs]->(b)-[:gives]->(c)",
    "(a)-[:needs]-(b)-[:gives]-(c)",
    "(a)-[:needs]->(b)<-[:gives]-(c)",
    "(a {key: 'n1'})-->(b)-->(c)",
    "(a)-->(b)-->(c:Machine)",
};
constexpr const char* kApart[] = {
    "(a)--(b)--(c)",          "(a)-->(b)<--(c)", "(a)-->(b)-->(c)-->(d)",
    "(a)-[*1..2]->(b)-->(c)", "(a)-->(b)-->(a)",
};

TEST_F(CountedRows, AreCountedWhereNoLinkCanComeTwice) {
  asked_.store().Apply({.add = {"n1", "n2"}, .link = {{"n1", "needs", "n2"}}});
  for (const std::string pattern : kCounted) {
    SCOPED_TRACE(pattern);
    EXPECT_THAT(Operators("MATCH " + pattern + " RETURN count(*)"), Contains("CountedExpand"));
  }
  for (const std::string pattern : kApart) {
    SCOPED_TRACE(pattern);
    EXPECT_THAT(Operators("MATCH " + pattern + " RETURN count(*)"), Not(Contains("CountedExpand")));
  }
  // What depends on more than the end, or wants more than a number, needs every row.
  for (const std::string text :
       {"MATCH (a)-->(b)-->(c) RETURN a.name, count(*)", "MATCH (a)-->(b) RETURN collect(b.name)",
        "MATCH (a)-->(b) RETURN count(DISTINCT a)", "MATCH (a)-->(b) RETURN b.name",
        "MATCH (a)-->(b) RETURN b.name, a.name, count(*)",
        "OPTIONAL MATCH (a)-->(b) RETURN b.name, count(*)"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(Operators(text), Not(Contains("CountedExpand")));
  }
}

TEST_F(CountedRows, ALinkFromARecordToItselfIsUsedOnce) {
  asked_.store().Apply(
      {.add = {"n1", "n2"},
       .link = {{"n1", "needs", "n1"}, {"n1", "gives", "n1"}, {"n1", "needs", "n2"}}});
  // needs-gives, gives-needs back to n1; needs-needs and gives-needs to n2.
  EXPECT_EQ(Sorted("MATCH (a)-->(b)-->(c) RETURN key(c), count(*)"),
            (std::vector<std::string>{"'n1' | 2", "'n2' | 2"}));
}

TEST_F(CountedRows, AgreeWithRowsThatAreMade) {
  std::mt19937 random(20'261'130);
  constexpr unsigned kWorlds = 30;
  std::size_t rows = 0;
  for (unsigned w = 0; w < kWorlds; ++w) {
    StatementStore asked;
    const unsigned count = 2 + static_cast<unsigned>(random()) % 30;
    Edit records;
    for (unsigned i = 0; i < count; ++i)
      records.others.emplace_back(random() % 2 == 0 ? "Thing" : "Machine", absl::StrCat("n", i));
    asked.store().Apply(records);
    Edit links;
    for (unsigned i = 0; i < 3 * count; ++i) {
      const NamedLink link{absl::StrCat("n", random() % count),
                           random() % 2 == 0 ? "needs" : "gives",
                           absl::StrCat("n", random() % count)};
      const bool known = std::any_of(links.link.begin(), links.link.end(), [&](const auto& other) {
        return other.source == link.source && other.type == link.type &&
               other.target == link.target;
      });
      if (!known) links.link.push_back(link);
    }
    asked.store().Apply(links);
    const auto sorted = [&](const std::string& text) {
      std::vector<std::string> found = asked.Rows(text);
      std::sort(found.begin(), found.end());
      return found;
    };
    const auto agree = [&](const std::string& pattern) {
      const std::string last(1, pattern[pattern.rfind('(') + 1]);
      for (const std::string& what :
           {" RETURN key(" + last + "), count(*)", " RETURN labels(" + last + "), count(*) AS n",
            std::string(" RETURN count(*)")}) {
        const std::string text = "MATCH " + pattern;
        SCOPED_TRACE(text + what);
        const std::vector<std::string> found = sorted(text + what);
        ASSERT_EQ(found, sorted(text + " WITH *" + what));
        rows += found.size();
      }
    };
    for (const char* pattern : kCounted) agree(pattern);
    for (const char* pattern : kApart) agree(pattern);
  }
  EXPECT_GT(rows, 1'000U);
}

}  // namespace
}  // namespace kosei::query
