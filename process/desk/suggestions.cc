#include "desk/suggestions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/yaml_block.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;

// Of one definition.
constexpr std::size_t kRowsMax = 100;

// Takes rows apart by the names of their columns.
class Rows {
 public:
  Rows(const SuggestionDefinition& definition, std::vector<Suggestion>& out)
      : definition_(definition), out_(out) {}

  absl::Status SetColumns(std::span<const std::string> columns) {
    columns_.assign(columns.begin(), columns.end());
    for (const char* name : {"key", "name", "why"}) {
      if (std::ranges::count(columns_, name) > 0) continue;
      return DefinitionError(definition_.origin,
                             absl::StrFormat("suggestion %s returns no column %s; add it, as in "
                                             "\"RETURN x.key AS key, x.name AS name, ... AS why\"",
                                             definition_.name, name));
    }
    return absl::OkStatus();
  }

  bool Add(std::span<const std::string> row) {
    Suggestion one;
    one.definition = definition_.name;
    one.label = definition_.label;
    one.link = definition_.link;
    one.opens = definition_.opens;
    for (std::size_t i = 0; i < columns_.size() && i < row.size(); ++i) {
      const std::string value = row[i] == "null" ? std::string() : row[i];
      if (columns_[i] == "key") {
        one.key = value;
      } else if (columns_[i] == "name") {
        one.name = value;
      } else if (columns_[i] == "why") {
        one.why = value;
      } else if (!value.empty()) {
        one.attributes.emplace_back(columns_[i], value);
      }
    }
    out_.push_back(std::move(one));
    return ++rows_ < kRowsMax;
  }

 private:
  const SuggestionDefinition& definition_;
  std::vector<Suggestion>& out_;
  std::vector<std::string> columns_;
  std::size_t rows_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Suggestion>> Suggest(const DeskParts& parts,
                                                const Definitions& definitions,
                                                const Asking& asking, std::string_view key,
                                                std::string_view opens) {
  const model::Schema& schema = definitions.schema();
  const model::Class* owner = nullptr;
  DatumMap parameters;
  if (key.empty()) {
    KOSEI_ASSIGN_OR_RETURN(owner, schema.GetClass(opens));
  } else {
    KOSEI_ASSIGN_OR_RETURN(const FoundRecord found,
                           FindRecord(parts, definitions, asking.view(), key));
    owner = found.owner;
  }
  parameters.emplace_back("now", query::DatumOf(parts.options.clock->Now()));
  if (!key.empty()) parameters.emplace_back("record", Datum::String(std::string(key)));
  std::vector<Suggestion> suggestions;
  for (const SuggestionDefinition& each : definitions.suggestions()) {
    const model::Class* const of = schema.FindClass(key.empty() ? each.opens : each.class_name);
    if (of == nullptr || !schema.IsA(owner->number, of->number)) continue;
    Rows rows(each, suggestions);
    KOSEI_RETURN_IF_ERROR(asking.AskNamedTexts(
        each.statement, parameters,
        [&](std::span<const std::string> columns) { return rows.SetColumns(columns); },
        [&](std::span<const std::string> row) { return rows.Add(row); }));
  }
  return suggestions;
}

}  // namespace kosei::process
