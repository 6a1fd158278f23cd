#include "decision/table_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "decision/coverage.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

constexpr std::size_t kFactsMax = 32;
constexpr std::size_t kRowsMax = 1'000;
// Steps of looking through the cases of one table: some tenths of a second.
constexpr std::uint64_t kStepsMax = 2'000'000;

absl::Status CheckFact(const FactDefinition& fact, std::string_view what) {
  if (!IsPlainName(fact.name)) {
    return DefinitionError(fact.origin, absl::StrFormat("the name of an %s is %s, expected lower-"
                                                        "case letters, digits and underscores",
                                                        what, Shown(fact.name)));
  }
  if (fact.label.en.empty() || fact.label.ja.empty()) {
    return DefinitionError(fact.origin, absl::StrFormat("%s %s has no label in both languages; add "
                                                        "\"label: {en: ..., ja: ...}\"",
                                                        what, fact.name));
  }
  const bool is_enum = fact.type == FactType::kEnum;
  if (is_enum == !fact.values.empty()) return absl::OkStatus();
  return DefinitionError(fact.origin,
                         is_enum ? absl::StrFormat("%s %s is an enum without values; add \"values: "
                                                   "[...]\" or another type",
                                                   what, fact.name)
                                 : absl::StrFormat("%s %s has values but its type is %s; write "
                                                   "\"type: enum\" or drop them",
                                                   what, fact.name, NameOf(fact.type)));
}

absl::Status CheckAll(const DecisionTableDefinition& definition, std::string_view what,
                      const std::vector<FactDefinition>& facts) {
  if (facts.empty() || facts.size() > kFactsMax) {
    return DefinitionError(definition.origin,
                           absl::StrFormat("decision table %s has %d %ss, expected 1 to %d",
                                           definition.name, facts.size(), what, kFactsMax));
  }
  std::map<std::string_view, std::string_view> origins;
  for (const FactDefinition& fact : facts) {
    KOSEI_RETURN_IF_ERROR(CheckFact(fact, what));
    const auto [earlier, added] = origins.emplace(fact.name, fact.origin);
    if (added) continue;
    return DefinitionError(fact.origin, absl::StrFormat("%s %s is defined twice, first at %s; "
                                                        "rename or drop one",
                                                        what, fact.name, earlier->second));
  }
  return absl::OkStatus();
}

// The table cut into atoms, and each row as a box of them.
class Cases {
 public:
  Cases(const DecisionTableDefinition& definition, const std::vector<ReadRow>& rows)
      : definition_(definition) {
    for (std::size_t input = 0; input < definition.inputs.size(); ++input) {
      std::vector<const Condition*> conditions;
      for (const ReadRow& row : rows) conditions.push_back(&row.conditions[input]);
      atoms_.emplace_back(definition.inputs[input], conditions);
      whole_.emplace_back(atoms_.back().size(), true);
    }
    for (const ReadRow& row : rows) boxes_.push_back(BoxOf(row));
  }

  const Box& whole() const { return whole_; }
  const Box& box(std::size_t row) const { return boxes_[row]; }

  std::vector<DecisionTable::CaseValue> Told(const Case& found) const {
    std::vector<DecisionTable::CaseValue> told;
    for (std::size_t input = 0; input < found.size(); ++input)
      told.push_back({definition_.inputs[input].name, atoms_[input].Text(found[input])});
    return told;
  }
  std::string Text(const Case& found) const {
    std::string text;
    for (const auto& [input, value] : Told(found))
      text += absl::StrFormat("%s%s: %s", text.empty() ? "" : ", ", input, value);
    return text;
  }

 private:
  Box BoxOf(const ReadRow& row) const {
    Box box = whole_;
    for (std::size_t input = 0; input < box.size(); ++input) {
      for (std::size_t atom = 0; atom < box[input].size(); ++atom)
        box[input][atom] = Meets(row.conditions[input], atoms_[input].sample(atom));
    }
    return box;
  }

  const DecisionTableDefinition& definition_;
  std::vector<Atoms> atoms_;
  Box whole_;
  std::vector<Box> boxes_;
};

absl::Status CheckHit(const DecisionTableDefinition& definition, const Cases& cases,
                      std::size_t row) {
  const Box& box = cases.box(row);
  for (std::size_t input = 0; input < box.size(); ++input) {
    if (std::ranges::count(box[input], true) > 0) continue;
    return DefinitionError(definition.rows[row].origin,
                           absl::StrFormat("row %d of %s is never hit: no value of %s meets %s; "
                                           "mend the condition or drop the row",
                                           row + 1, definition.name, definition.inputs[input].name,
                                           Joined(definition.rows[row].conditions[input])));
  }
  return absl::OkStatus();
}

absl::Status CheckApart(const DecisionTableDefinition& definition, const Cases& cases) {
  for (std::size_t later = 0; later < definition.rows.size(); ++later) {
    for (std::size_t row = 0; row < later; ++row) {
      const Box both = Intersection(cases.box(row), cases.box(later));
      if (IsEmpty(both)) continue;
      return DefinitionError(
          definition.rows[later].origin,
          absl::StrFormat("rows %d and %d of %s meet, and its hit policy is unique: %s hits both; "
                          "narrow one of them, or write \"hit: first\"",
                          row + 1, later + 1, definition.name, cases.Text(FirstCase(both))));
    }
  }
  return absl::OkStatus();
}

// Of the rows that go before it, those that meet it.
absl::Status CheckShadowed(const DecisionTableDefinition& definition, const Cases& cases) {
  const std::vector<std::size_t> order = RowsByWorth(definition);
  std::vector<const Box*> before;
  for (const std::size_t row : order) {
    absl::StatusOr<std::optional<Case>> free = FindUncovered(cases.box(row), before, kStepsMax);
    if (!free.ok()) return DefinitionError(definition.origin, MessageOf(free.status()));
    if (!*free) {
      const std::string_view what =
          definition.hit == HitPolicy::kPriority ? "rows of higher priority" : "rows above it";
      return DefinitionError(definition.rows[row].origin,
                             absl::StrFormat("row %d of %s is never taken: %s cover all of its "
                                             "cases; move it up, narrow them or drop it",
                                             row + 1, definition.name, what));
    }
    before.push_back(&cases.box(row));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckFacts(const DecisionTableDefinition& definition) {
  if (!IsPlainName(definition.name)) {
    return DefinitionError(definition.origin,
                           absl::StrFormat("the name of a decision table is %s, expected lower-"
                                           "case letters, digits and underscores",
                                           Shown(definition.name)));
  }
  if (definition.label.en.empty() || definition.label.ja.empty()) {
    return DefinitionError(definition.origin,
                           absl::StrFormat("decision table %s has no label in both languages; add "
                                           "\"label: {en: ..., ja: ...}\"",
                                           definition.name));
  }
  KOSEI_RETURN_IF_ERROR(CheckAll(definition, "input", definition.inputs));
  KOSEI_RETURN_IF_ERROR(CheckAll(definition, "output", definition.outputs));
  if (definition.hit == HitPolicy::kPriority &&
      definition.outputs.front().type != FactType::kEnum) {
    return DefinitionError(
        definition.outputs.front().origin,
        absl::StrFormat("output %s is of type %s, and the hit policy is "
                        "priority, which goes by the order of its values; write "
                        "\"type: enum\"",
                        definition.outputs.front().name, NameOf(definition.outputs.front().type)));
  }
  if (!definition.rows.empty() && definition.rows.size() <= kRowsMax) return absl::OkStatus();
  return DefinitionError(definition.origin,
                         absl::StrFormat("decision table %s has %d rows, expected 1 to %d",
                                         definition.name, definition.rows.size(), kRowsMax));
}

absl::StatusOr<std::vector<ReadRow>> ReadRows(const DecisionTableDefinition& definition) {
  std::vector<ReadRow> rows;
  for (const RowDefinition& row : definition.rows) {
    ReadRow& read = rows.emplace_back();
    if (row.conditions.size() != definition.inputs.size() ||
        row.results.size() != definition.outputs.size()) {
      return DefinitionError(row.origin,
                             absl::StrFormat("a row has %d conditions and %d outputs, expected %d "
                                             "and %d",
                                             row.conditions.size(), row.results.size(),
                                             definition.inputs.size(), definition.outputs.size()));
    }
    for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
      KOSEI_ASSIGN_OR_RETURN(Condition condition,
                             ReadCondition(definition.inputs[i], row.conditions[i], row.origin));
      read.conditions.push_back(std::move(condition));
    }
    for (std::size_t i = 0; i < definition.outputs.size(); ++i) {
      KOSEI_ASSIGN_OR_RETURN(language::Datum result,
                             ReadConstant(definition.outputs[i], row.results[i], row.origin));
      read.results.push_back(std::move(result));
    }
  }
  return rows;
}

std::vector<std::size_t> RowsByWorth(const DecisionTableDefinition& definition) {
  // By the places of the enum outputs' values, then by the row.
  std::vector<std::vector<std::size_t>> worth;
  for (std::size_t row = 0; row < definition.rows.size(); ++row) {
    std::vector<std::size_t>& places = worth.emplace_back();
    for (std::size_t i = 0; i < definition.outputs.size(); ++i) {
      const FactDefinition& output = definition.outputs[i];
      if (definition.hit != HitPolicy::kPriority || output.type != FactType::kEnum) continue;
      const auto found = std::ranges::find(output.values, definition.rows[row].results[i]);
      places.push_back(static_cast<std::size_t>(found - output.values.begin()));
    }
    places.push_back(row);
  }
  std::ranges::sort(worth);
  std::vector<std::size_t> order;
  for (const std::vector<std::size_t>& places : worth) order.push_back(places.back());
  return order;
}

absl::StatusOr<std::optional<std::vector<DecisionTable::CaseValue>>> CheckCoverage(
    const DecisionTableDefinition& definition, const std::vector<ReadRow>& rows) {
  const Cases cases(definition, rows);
  std::vector<const Box*> boxes;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    KOSEI_RETURN_IF_ERROR(CheckHit(definition, cases, row));
    boxes.push_back(&cases.box(row));
  }
  if (definition.hit == HitPolicy::kUnique) KOSEI_RETURN_IF_ERROR(CheckApart(definition, cases));
  if (definition.hit == HitPolicy::kFirst || definition.hit == HitPolicy::kPriority)
    KOSEI_RETURN_IF_ERROR(CheckShadowed(definition, cases));
  const absl::StatusOr<std::optional<Case>> gap = FindUncovered(cases.whole(), boxes, kStepsMax);
  if (!gap.ok()) return DefinitionError(definition.origin, MessageOf(gap.status()));
  if (!*gap) return std::optional<std::vector<DecisionTable::CaseValue>>();
  if (!definition.complete) return std::optional(cases.Told(**gap));
  return DefinitionError(definition.origin,
                         absl::StrFormat("decision table %s is to be complete, and no row covers "
                                         "%s; add a row, or a last one with \"-\" everywhere",
                                         definition.name, cases.Text(**gap)));
}

}  // namespace kosei::process
