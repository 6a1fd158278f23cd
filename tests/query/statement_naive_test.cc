// Random statements over random graphs against an evaluator that tries everything and plans nothing
// (naive_statement.h). Each difference is a wrong row.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/language/text_form.h"
#include "naive_statement.h"
#include "statement_generator.h"
#include "statement_store.h"

namespace kosei::query {
namespace {

using language::Datum;

constexpr std::string_view kModel = R"(
classes:
  - {name: Item, abstract: true, label: {en: Item, ja: Item}, attributes: [
      {name: name, type: string, index: true, label: {en: Name, ja: Name}},
      {name: size, type: integer, index: true, label: {en: Size, ja: Size}},
      {name: rank, type: integer, label: {en: Rank, ja: Rank}}]}
  - {name: Thing, parent: Item, label: {en: Thing, ja: Thing}}
  - {name: Machine, parent: Thing, label: {en: Machine, ja: Machine}}
  - {name: Person, parent: Item, label: {en: Person, ja: Person}}
relationship_types:
  - {name: needs, label: {en: Needs, ja: Needs}, inverse_label: {en: Needed by, ja: Needed by},
     endpoints: [{source: Item, target: Item}], impact: target_to_source}
  - {name: gives, label: {en: Gives, ja: Gives}, inverse_label: {en: Given by, ja: Given by},
     endpoints: [{source: Item, target: Item}], impact: source_to_target}
)";

// What the evaluator may try before a statement is left out.
constexpr std::size_t kWorkMax = 30'000;

class World {
 public:
  explicit World(std::mt19937& random) : asked_(kModel) {
    const auto below = [&](unsigned bound) { return static_cast<unsigned>(random()) % bound; };
    storage::Transaction records;
    const unsigned count = 1 + below(5);
    for (unsigned i = 0; i < count; ++i) AddRecord("n" + std::to_string(i), random, records);
    asked_.store().Commit(std::move(records));
    for (NaiveNode& node : graph.nodes) node.id = asked_.store().Id(node.key);
    Edit links;
    for (unsigned i = below(8); i > 0; --i) {
      const NaiveNode& source = graph.nodes[below(count)];
      const NaiveNode& target = graph.nodes[below(count)];
      const std::string type = below(2) == 0 ? "needs" : "gives";
      if (AddLink(source, type, target)) links.link.push_back({source.key, type, target.key});
    }
    if (!links.link.empty()) asked_.store().Apply(links);
    // Look-ups are exact whether the indexes have caught up or not.
    if (below(2) == 0) EXPECT_TRUE(asked_.store().engine().indexes().CatchUp().ok());
  }

  absl::StatusOr<AskedRows> Ask(const std::string& text) { return asked_.Ask(text); }

  NaiveGraph graph;

 private:
  void AddRecord(const std::string& key, std::mt19937& random, storage::Transaction& records) {
    const auto below = [&](unsigned bound) { return static_cast<unsigned>(random()) % bound; };
    const auto schema = asked_.store().reader().schema();
    constexpr std::string_view kClasses[] = {"Thing", "Machine", "Person"};
    const model::Class* owner = schema->FindClass(kClasses[below(3)]);
    Record record;
    record.class_number = owner->number;
    record.key = key;
    NaiveNode node;
    node.key = key;
    const auto labels = schema->LabelsOf(owner->number);
    node.labels.assign(labels.begin(), labels.end());
    const auto set = [&](std::string_view name, const Value& value, const Datum& datum) {
      if (below(3) == 0) return;
      record.Set(schema->FindAttribute(*owner, name)->number, value);
      node.properties.emplace_back(name, datum);
    };
    const std::string text = below(2) == 0 ? "a" : "ab";
    set("name", Value(text), Datum::String(text));
    for (const std::string_view name : {"rank", "size"}) {
      const auto number = static_cast<std::int64_t>(below(4));
      set(name, Value(number), Datum::Integer(number));
    }
    records.put_records.push_back({std::move(record), std::nullopt});
    graph.nodes.push_back(std::move(node));
  }

  bool AddLink(const NaiveNode& source, const std::string& type, const NaiveNode& target) {
    NaiveLink link{source.id, target.id, static_cast<std::uint8_t>(asked_.store().Type(type).value),
                   type};
    const bool known = std::any_of(graph.links.begin(), graph.links.end(), [&](const auto& other) {
      return other.source == link.source && other.target == link.target && other.type == link.type;
    });
    if (!known) graph.links.push_back(std::move(link));
    return !known;
  }

  StatementStore asked_;
};

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

TEST(StatementsAgainstTrying, RandomStatementsHaveTheSameRows) {
  const char* const given = std::getenv("KOSEI_TEST_SEED");
  const auto seed =
      static_cast<unsigned>(given != nullptr ? std::strtoul(given, nullptr, 10) : 20'261'130);
  const int worlds = std::getenv("KOSEI_LONG_TESTS") != nullptr ? 3'000 : 60;
  constexpr int kStatements = 60;
  std::mt19937 random(seed);
  std::size_t rows = 0;
  int left_out = 0;
  for (int w = 0; w < worlds; ++w) {
    World world(random);
    for (int i = 0; i < kStatements; ++i) {
      const std::string text = StatementGenerator(random).Next();
      SCOPED_TRACE("seed " + std::to_string(seed) + ", world " + std::to_string(w) + "\n" + text);
      NaiveStatement naive(world.graph, kWorkMax);
      const absl::StatusOr<NaiveTable> table = naive.Run(text);
      if (!table.ok() && HasCode(table.status(), ErrorCode::kRowBudget)) {
        ++left_out;
        continue;
      }
      ASSERT_TRUE(table.ok()) << table.status();
      const absl::StatusOr<AskedRows> asked = world.Ask(text);
      ASSERT_TRUE(asked.ok()) << asked.status();
      std::vector<std::string> expected = TextsOf(*table, naive.evaluation());
      std::vector<std::string> found = asked->rows;
      if (!IsOrdered(text)) {
        std::sort(expected.begin(), expected.end());
        std::sort(found.begin(), found.end());
      }
      ASSERT_EQ(found, expected);
      rows += found.size();
    }
  }
  EXPECT_GT(rows, static_cast<std::size_t>(worlds) * kStatements);
  EXPECT_LT(left_out, worlds * kStatements / 10);
}

}  // namespace
}  // namespace kosei::query
