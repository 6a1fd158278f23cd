#include "kosei/process/decision_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "decision/condition.h"
#include "decision/table_checks.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

bool Fits(const FactDefinition& input, const Datum& value) {
  switch (input.type) {
    case FactType::kEnum:
      return value.kind() == DatumKind::kString &&
             std::ranges::count(input.values, value.string()) > 0;
    case FactType::kBoolean:
      return value.kind() == DatumKind::kBoolean;
    case FactType::kInteger:
      return value.kind() == DatumKind::kInteger;
    case FactType::kDecimal:
      return value.is_number() && !std::isnan(value.number());
    case FactType::kText:
      return value.kind() == DatumKind::kString;
  }
  return false;
}

}  // namespace

class DecisionTable::Impl {
 public:
  explicit Impl(DecisionTableDefinition table)
      : definition(std::move(table)), hash(HashOf(definition)) {}

  absl::StatusOr<language::DatumList> ValuesOf(const DatumMap& facts) const;
  bool Matches(std::size_t row, const language::DatumList& values) const;
  DecisionHit Hit(std::size_t row, const language::DatumList& values) const;
  // Positions of the rows that are taken, in the order of the answer.
  std::vector<std::size_t> Taken(const language::DatumList& values) const;

  DecisionTableDefinition definition;
  std::string hash;
  std::vector<ReadRow> rows;
  std::vector<std::size_t> order;  // in which rows are asked
  std::optional<std::vector<CaseValue>> gap;
};

absl::StatusOr<language::DatumList> DecisionTable::Impl::ValuesOf(const DatumMap& facts) const {
  language::DatumList values;
  for (const FactDefinition& input : definition.inputs) {
    const auto found = std::ranges::find(
        facts, input.name, [](const auto& fact) -> const std::string& { return fact.first; });
    const Datum value = found == facts.end() ? Datum() : found->second;
    const auto error = [&](std::string_view expected) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("decision table %s: the input %s is %s, expected %s",
                                       definition.name, input.name, FactText(value), expected),
                       input.name);
    };
    if (value.is_null() && !input.optional) return error("a value; give it one");
    if (!value.is_null() && !Fits(input, value)) {
      return error(input.type == FactType::kEnum
                       ? "one of " + Joined(input.values)
                       : absl::StrFormat("a value of type %s", NameOf(input.type)));
    }
    values.push_back(value);
  }
  return values;
}

bool DecisionTable::Impl::Matches(std::size_t row, const language::DatumList& values) const {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!Meets(rows[row].conditions[i], values[i])) return false;
  return true;
}

DecisionHit DecisionTable::Impl::Hit(std::size_t row, const language::DatumList& values) const {
  const RowDefinition& written = definition.rows[row];
  DecisionHit hit;
  hit.row = row + 1;
  DatumMap outputs;
  for (std::size_t i = 0; i < definition.outputs.size(); ++i)
    outputs.emplace_back(definition.outputs[i].name, rows[row].results[i]);
  hit.outputs = Datum::Map(std::move(outputs)).map();
  hit.why.en =
      absl::StrFormat("row %d of %s, version %d", row + 1, definition.name, definition.version);
  hit.why.ja =
      absl::StrFormat("「%s」(版 %d) の %d 行目", definition.label.ja, definition.version, row + 1);
  std::string en;
  std::string ja;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (written.conditions[i] == std::vector<std::string>{"-"}) continue;
    const FactDefinition& input = definition.inputs[i];
    const std::string condition = Joined(written.conditions[i]);
    const std::string value = FactText(values[i]);
    const std::string by = condition == value ? "" : absl::StrFormat(" (%s)", condition);
    en += absl::StrFormat("%s%s is %s%s", en.empty() ? ": " : ", ", input.name, value, by);
    ja += absl::StrFormat("%s%s = %s%s", ja.empty() ? ": " : "、", input.label.ja, value, by);
  }
  hit.why.en += en;
  hit.why.ja += ja;
  if (written.note.en.empty()) return hit;
  hit.why.en += "; " + written.note.en;
  hit.why.ja += "。" + written.note.ja;
  return hit;
}

std::vector<std::size_t> DecisionTable::Impl::Taken(const language::DatumList& values) const {
  std::vector<std::size_t> taken;
  for (const std::size_t row : order) {
    if (!Matches(row, values)) continue;
    taken.push_back(row);
    if (definition.hit != HitPolicy::kAll) break;
  }
  return taken;
}

DecisionTable::DecisionTable(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
DecisionTable::~DecisionTable() = default;

absl::StatusOr<std::shared_ptr<const DecisionTable>> DecisionTable::Make(
    DecisionTableDefinition definition) {
  KOSEI_RETURN_IF_ERROR(CheckFacts(definition));
  auto impl = std::make_unique<Impl>(std::move(definition));
  KOSEI_ASSIGN_OR_RETURN(impl->rows, ReadRows(impl->definition));
  impl->order = RowsByWorth(impl->definition);
  KOSEI_ASSIGN_OR_RETURN(impl->gap, CheckCoverage(impl->definition, impl->rows));
  return std::shared_ptr<const DecisionTable>(new DecisionTable(std::move(impl)));
}

const DecisionTableDefinition& DecisionTable::definition() const { return impl_->definition; }
const std::string& DecisionTable::hash() const { return impl_->hash; }
const std::optional<std::vector<DecisionTable::CaseValue>>& DecisionTable::gap() const {
  return impl_->gap;
}

absl::StatusOr<Decision> DecisionTable::Decide(const DatumMap& facts) const {
  KOSEI_ASSIGN_OR_RETURN(const language::DatumList values, impl_->ValuesOf(facts));
  Decision decision{impl_->definition.name, impl_->definition.version, impl_->hash, {}};
  for (const std::size_t row : impl_->Taken(values))
    decision.hits.push_back(impl_->Hit(row, values));
  return decision;
}

absl::StatusOr<std::vector<RowReport>> DecisionTable::Explain(const DatumMap& facts) const {
  KOSEI_ASSIGN_OR_RETURN(const language::DatumList values, impl_->ValuesOf(facts));
  const std::vector<std::size_t> taken = impl_->Taken(values);
  std::vector<RowReport> reports;
  for (std::size_t row = 0; row < impl_->rows.size(); ++row) {
    RowReport& report = reports.emplace_back();
    report.row = row + 1;
    report.matches = impl_->Matches(row, values);
    report.taken = std::ranges::count(taken, row) > 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      report.cells.push_back(
          {impl_->definition.inputs[i].name, Joined(impl_->definition.rows[row].conditions[i]),
           FactText(values[i]), Meets(impl_->rows[row].conditions[i], values[i])});
    }
  }
  return reports;
}

absl::StatusOr<DecisionBook> DecisionBook::Load(std::span<const DefinitionFile> files) {
  DecisionBook book;
  std::map<std::string, std::string> origins;
  for (const DefinitionFile& file : files) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<DecisionTableDefinition> definitions,
                           ParseDecisionTables(file.text, file.name));
    for (DecisionTableDefinition& definition : definitions) {
      const auto [earlier, added] = origins.emplace(definition.name, definition.origin);
      if (!added) {
        return DefinitionError(definition.origin,
                               absl::StrFormat("decision table %s is defined twice, first at %s; "
                                               "rename or drop one",
                                               definition.name, earlier->second));
      }
      KOSEI_ASSIGN_OR_RETURN(std::shared_ptr<const DecisionTable> table,
                             DecisionTable::Make(std::move(definition)));
      book.tables_.push_back(std::move(table));
    }
  }
  return book;
}

const DecisionTable* DecisionBook::Find(std::string_view name) const {
  for (const std::shared_ptr<const DecisionTable>& table : tables_)
    if (table->definition().name == name) return table.get();
  return nullptr;
}

}  // namespace kosei::process
