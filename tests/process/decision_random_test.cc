// Random tables against a naive evaluator that tries every case, one by one.
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "kosei/base/error.h"
#include "kosei/process/decision_table.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using language::Datum;

// Numbers of these tests are written from -2 to 6, so that -4 to 8 has a number of each kind.
constexpr int kLeast = -4;
constexpr int kMost = 8;

std::uint32_t Below(std::mt19937& random, std::uint32_t end) {
  return static_cast<std::uint32_t>(random() % end);
}
std::string Number(std::mt19937& random) { return std::to_string(int(Below(random, 9)) - 2); }

FactDefinition RandomInput(std::mt19937& random, std::uint32_t number) {
  FactDefinition input;
  input.name = "i" + std::to_string(number);
  input.label = {"I", "入力"};
  input.optional = Below(random, 4) == 0;
  const std::uint32_t kind = Below(random, 4);
  input.type = kind == 0   ? FactType::kEnum
               : kind == 1 ? FactType::kBoolean
               : kind == 2 ? FactType::kInteger
                           : FactType::kText;
  if (kind == 0) input.values = {"a", "b", "c"};
  return input;
}

std::string RandomConstant(std::mt19937& random, const FactDefinition& input) {
  switch (input.type) {
    case FactType::kBoolean:
      return Below(random, 2) == 0 ? "true" : "false";
    case FactType::kInteger:
    case FactType::kDecimal:
      return Number(random);
    case FactType::kEnum:
    case FactType::kText:
      break;
  }
  return std::string(1, static_cast<char>('a' + Below(random, 3)));
}

std::string RandomTest(std::mt19937& random, const FactDefinition& input) {
  const std::uint32_t choice = Below(random, 8);
  if (input.optional && choice == 0) return Below(random, 2) == 0 ? "absent" : "present";
  if (input.type != FactType::kInteger || choice < 3) return RandomConstant(random, input);
  static const std::vector<std::string> kSigns = {"< ", "<= ", "> ", ">= "};
  if (choice < 6) return kSigns[Below(random, 4)] + Number(random);
  const int low = int(Below(random, 5)) - 2;
  return std::to_string(low) + ".." + std::to_string(low + int(Below(random, 4)));
}

std::vector<std::string> RandomCell(std::mt19937& random, const FactDefinition& input) {
  const std::uint32_t choice = Below(random, 6);
  if (choice < 2) return {"-"};
  if (choice == 2) {
    const std::string test = RandomConstant(random, input);
    return {"not in [" + test + ", " + RandomConstant(random, input) + "]"};
  }
  std::vector<std::string> tests = {RandomTest(random, input)};
  if (choice == 3) tests.push_back(RandomTest(random, input));
  return tests;
}

DecisionTableDefinition RandomTable(std::mt19937& random) {
  DecisionTableDefinition table;
  table.name = "made";
  table.label = {"Made", "作成"};
  table.hit = static_cast<HitPolicy>(1 + Below(random, 4));
  table.complete = Below(random, 3) == 0;
  const std::uint32_t inputs = 1 + Below(random, 3);
  for (std::uint32_t i = 0; i < inputs; ++i) table.inputs.push_back(RandomInput(random, i));
  FactDefinition output;
  output.name = "out";
  output.label = {"Out", "出力"};
  output.values = {"x", "y", "z"};
  table.outputs = {output};
  const std::uint32_t rows = 1 + Below(random, 5);
  for (std::uint32_t i = 0; i < rows; ++i) {
    RowDefinition& row = table.rows.emplace_back();
    for (const FactDefinition& input : table.inputs)
      row.conditions.push_back(RandomCell(random, input));
    row.results = {output.values[Below(random, 3)]};
  }
  return table;
}

// Every value that a table of these tests tells apart; null: absent.
std::vector<Datum> ValuesOf(const FactDefinition& input) {
  std::vector<Datum> values;
  if (input.optional) values.emplace_back();
  if (input.type == FactType::kBoolean) {
    values.push_back(Datum::Boolean(false));
    values.push_back(Datum::Boolean(true));
  } else if (input.type == FactType::kInteger) {
    for (int i = kLeast; i <= kMost; ++i) values.push_back(Datum::Integer(i));
  } else {
    for (const char* text : {"a", "b", "c"}) values.push_back(Datum::String(text));
    if (input.type == FactType::kText) values.push_back(Datum::String("other"));
  }
  return values;
}

// The rules of a condition, once more and straight from its text.
bool NaiveTest(std::string text, const Datum& value) {
  if (text == "-") return true;
  if (text == "absent") return value.is_null();
  if (text == "present") return !value.is_null();
  if (value.is_null()) return false;
  if (value.kind() == language::DatumKind::kBoolean)
    return text == (value.boolean() ? "true" : "false");
  if (value.kind() == language::DatumKind::kString) return text == value.string();
  const std::int64_t number = value.integer();
  if (text.starts_with("<= ")) return number <= std::stoi(text.substr(3));
  if (text.starts_with(">= ")) return number >= std::stoi(text.substr(3));
  if (text.starts_with("< ")) return number < std::stoi(text.substr(2));
  if (text.starts_with("> ")) return number > std::stoi(text.substr(2));
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return number == std::stoi(text);
  return std::stoi(text.substr(0, dots)) <= number && number <= std::stoi(text.substr(dots + 2));
}
bool NaiveCell(const std::vector<std::string>& cell, const Datum& value) {
  if (!cell[0].starts_with("not in [")) {
    for (const std::string& text : cell)
      if (NaiveTest(text, value)) return true;
    return false;
  }
  const std::string list = cell[0].substr(8, cell[0].size() - 9);
  const std::size_t comma = list.find(", ");
  return !value.is_null() && !NaiveTest(list.substr(0, comma), value) &&
         !NaiveTest(list.substr(comma + 2), value);
}

// All that a naive look at every case finds.
struct Found {
  std::vector<std::vector<Datum>> cases;
  std::vector<std::vector<std::size_t>> matching;  // by case
  std::set<std::size_t> hit;                       // rows that match some case
  std::set<std::size_t> taken;                     // rows that some case takes
  bool gap = false;
  bool meets = false;
};

std::size_t NaiveChoice(const DecisionTableDefinition& table,
                        const std::vector<std::size_t>& rows) {
  std::size_t best = rows[0];
  if (table.hit != HitPolicy::kPriority) return best;
  for (const std::size_t row : rows)
    if (table.rows[row].results[0] < table.rows[best].results[0]) best = row;
  return best;
}

Found LookAtAll(const DecisionTableDefinition& table) {
  Found found;
  found.cases = {{}};
  for (const FactDefinition& input : table.inputs) {
    std::vector<std::vector<Datum>> longer;
    for (const std::vector<Datum>& begun : found.cases) {
      for (const Datum& value : ValuesOf(input)) {
        longer.push_back(begun);
        longer.back().push_back(value);
      }
    }
    found.cases = std::move(longer);
  }
  for (const std::vector<Datum>& values : found.cases) {
    std::vector<std::size_t>& rows = found.matching.emplace_back();
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      bool matches = true;
      for (std::size_t i = 0; i < values.size(); ++i)
        matches = matches && NaiveCell(table.rows[row].conditions[i], values[i]);
      if (matches) rows.push_back(row);
    }
    found.hit.insert(rows.begin(), rows.end());
    found.gap = found.gap || rows.empty();
    found.meets = found.meets || rows.size() > 1;
    if (!rows.empty()) found.taken.insert(NaiveChoice(table, rows));
  }
  return found;
}

std::string NaiveFault(const DecisionTableDefinition& table, const Found& found) {
  const std::size_t rows = table.rows.size();
  if (found.hit.size() < rows) return "is never hit";
  if (table.hit == HitPolicy::kUnique && found.meets) return "its hit policy is unique";
  const bool one = table.hit == HitPolicy::kFirst || table.hit == HitPolicy::kPriority;
  if (one && found.taken.size() < rows) return "is never taken";
  if (table.complete && found.gap) return "no row covers";
  return {};
}

TEST(DecisionRandom, FindingsAndDecisionsAgreeWithTryingEveryCase) {
  constexpr int kRounds = 6'000;
  std::mt19937 random(6'000);
  std::set<std::string> faults;
  int decided = 0;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const DecisionTableDefinition definition = RandomTable(random);
    const Found found = LookAtAll(definition);
    const std::string fault = NaiveFault(definition, found);
    const auto table = DecisionTable::Make(definition);
    ASSERT_EQ(table.ok(), fault.empty()) << table.status().ToString() << " / " << fault << "\n"
                                         << CanonicalText(definition);
    faults.insert(fault);
    if (!table.ok()) {
      ASSERT_NE(std::string(MessageOf(table.status())).find(fault), std::string::npos)
          << table.status().ToString() << " / " << fault;
      continue;
    }
    ASSERT_EQ((*table)->gap().has_value(), found.gap);
    for (std::size_t i = 0; i < found.cases.size(); ++i) {
      language::DatumMap facts;
      for (std::size_t input = 0; input < definition.inputs.size(); ++input)
        facts.emplace_back(definition.inputs[input].name, found.cases[i][input]);
      ASSERT_OK_AND_ASSIGN(const Decision decision, (*table)->Decide(facts));
      std::vector<std::size_t> expected;
      if (definition.hit == HitPolicy::kAll)
        expected = found.matching[i];
      else if (!found.matching[i].empty())
        expected = {NaiveChoice(definition, found.matching[i])};
      ASSERT_EQ(decision.hits.size(), expected.size());
      for (std::size_t hit = 0; hit < expected.size(); ++hit)
        ASSERT_EQ(decision.hits[hit].row, expected[hit] + 1);
      ++decided;
    }
  }
  EXPECT_EQ(faults.size(), 5U) << "each kind of fault has been met, and none";
  EXPECT_GT(decided, 1'000);
}

}  // namespace
}  // namespace kosei::process
