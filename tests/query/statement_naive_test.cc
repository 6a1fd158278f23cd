// Random statements over random graphs against an evaluator that tries everything and plans nothing
// (naive_statement.h). Each difference is a wrong row.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "helping_threads.h"
#include "kosei/base/error.h"
#include "kosei/language/text_form.h"
#include "naive_statement.h"
#include "sanitized.h"
#include "statement_generator.h"
#include "statement_world.h"

namespace kosei::query {
namespace {

using language::Datum;

// What the evaluator may try before a statement is left out.
constexpr std::size_t kWorkMax = 30'000;

std::vector<std::string> TextsOf(const NaiveTable& table, language::Evaluation& evaluation) {
  std::vector<std::string> texts;
  for (const std::vector<Datum>& row : table.rows) {
    std::string text;
    for (const Datum& value : row)
      text += (&value == row.data() ? "" : " | ") + language::ToText(value, evaluation);
    texts.push_back(std::move(text));
  }
  return texts;
}

// Whether the rows of the whole statement are in an order.
bool IsOrdered(const std::string& text) {
  return text.find(" ORDER BY ", text.rfind("RETURN ")) != std::string::npos;
}

class StatementsAgainstTrying : public ::testing::Test {
 protected:
  // Asks and tries; both must have the same rows. `label`: for somebody who may see no other
  // records; empty: all.
  void Compare(StatementWorld& world, WorldView& view, const std::string& text,
               const std::string& label) {
    SCOPED_TRACE(view.prefix + text + (label.empty() ? "" : "\nas one who sees " + label));
    NaiveGraph graph = label.empty() ? view.graph : OnlyWith(view.graph, label);
    NaiveStatement naive(graph, kWorkMax);
    const absl::StatusOr<NaiveTable> table = naive.Run(view.prefix + text);
    ++statements_;
    if (!table.ok() && HasCode(table.status(), ErrorCode::kRowBudget)) {
      ++left_out_;
      return;
    }
    ASSERT_TRUE(table.ok()) << table.status();
    std::vector<ClassNumber> classes;
    if (!label.empty()) classes.push_back(world.asked().store().Class(label));
    const absl::StatusOr<AskedRows> asked = world.asked().Ask(view.prefix + text, {}, {}, classes);
    ASSERT_TRUE(asked.ok()) << asked.status();
    // Several threads give the same rows in the same order.
    StatementRunner helped(world.asked().store().reader(), world.asked().store().clock(),
                           {.threads = &threads_, .part_records = 3});
    const auto parts = world.asked().AskBy(helped, view.prefix + text, {}, classes);
    ASSERT_TRUE(parts.ok()) << parts.status();
    ASSERT_EQ(parts->rows, asked->rows);
    std::vector<std::string> expected = TextsOf(*table, naive.evaluation());
    std::vector<std::string> found = asked->rows;
    if (!IsOrdered(text)) {
      std::sort(expected.begin(), expected.end());
      std::sort(found.begin(), found.end());
    }
    ASSERT_EQ(found, expected);
    rows_ += found.size();
  }

  HelpingThreads threads_{2};
  std::size_t statements_ = 0;
  std::size_t left_out_ = 0;
  std::size_t rows_ = 0;
};

TEST_F(StatementsAgainstTrying, RandomStatementsHaveTheSameRows) {
  const char* const given = std::getenv("KOSEI_TEST_SEED");
  const auto seed =
      static_cast<unsigned>(given != nullptr ? std::strtoul(given, nullptr, 10) : 20'261'130);
  const unsigned worlds = std::getenv("KOSEI_LONG_TESTS") != nullptr ? 3'000 : 60 / testing::kFewer;
  constexpr int kStatements = 60;
  for (unsigned w = 0; w < worlds; ++w) {
    // A world that fails is the first one of its own seed.
    SCOPED_TRACE("KOSEI_TEST_SEED=" + std::to_string(seed + w));
    std::mt19937 random(seed + w);
    StatementWorld world(random);
    for (int i = 0; i < kStatements; ++i) {
      if (i == kStatements / 2) world.Change();
      const std::string text = StatementGenerator(random).Next();
      WorldView& view = world.views()[random() % world.views().size()];
      const std::string label = random() % 6 == 0 ? (random() % 2 == 0 ? "Thing" : "Person") : "";
      Compare(world, view, text, label);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(rows_, statements_ / 2) << "what has no rows compares little";
  EXPECT_LT(left_out_, statements_ / 10);
  EXPECT_GT(threads_.given, 0U);
}

}  // namespace
}  // namespace kosei::query
