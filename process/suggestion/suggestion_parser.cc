#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/statement.h"
#include "definition/yaml_block.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/suggestion.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys = {"suggestions"};
constexpr std::array<std::string_view, 6> kKeys = {"name", "label", "class",
                                                   "link", "opens", "statement"};

absl::Status CheckStatement(const YamlBlock& block, const SuggestionDefinition& suggestion) {
  const absl::StatusOr<language::Statement> parsed = ParseReadingStatement(suggestion.statement);
  if (!parsed.ok()) return block.ErrorAt("statement", MessageOf(parsed.status()));
  for (const std::string& name : ParametersOf(*parsed)) {
    const bool known = name == "now" || (name == "record" && !suggestion.class_name.empty());
    if (known) continue;
    return block.ErrorAt(
        "statement", absl::StrFormat("suggestion %s names the parameter $%s; there are $now and, "
                                     "with a class, $record",
                                     suggestion.name, name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<SuggestionDefinition>> ParseSuggestions(std::string_view yaml,
                                                                   std::string_view origin) {
  std::vector<SuggestionDefinition> suggestions;
  YamlFile file(origin);
  const auto read = [&](const YamlBlock& block) -> absl::Status {
    SuggestionDefinition suggestion;
    suggestion.origin = block.At();
    KOSEI_RETURN_IF_ERROR(block.RequireName("name", suggestion.name));
    KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", suggestion.label));
    KOSEI_RETURN_IF_ERROR(block.ReadText("class", suggestion.class_name));
    KOSEI_RETURN_IF_ERROR(block.ReadText("link", suggestion.link));
    KOSEI_RETURN_IF_ERROR(block.ReadText("opens", suggestion.opens));
    KOSEI_RETURN_IF_ERROR(block.RequireText("statement", suggestion.statement));
    if (suggestion.class_name.empty() == suggestion.opens.empty()) {
      return block.Error(absl::StrFormat(
          "suggestion %s must have one of class (of the records it is for) and opens (the class "
          "of the record that is missing)",
          suggestion.name));
    }
    if (std::ranges::count(suggestions, suggestion.name, &SuggestionDefinition::name) > 0) {
      return block.ErrorAt("name", absl::StrFormat("there is a suggestion %s already; choose "
                                                   "another name",
                                                   suggestion.name));
    }
    KOSEI_RETURN_IF_ERROR(CheckStatement(block, suggestion));
    suggestions.push_back(std::move(suggestion));
    return absl::OkStatus();
  };
  KOSEI_RETURN_IF_ERROR(file.Read(yaml, [&](const YAML::Node& document) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const YamlBlock block,
                           YamlBlock::Open(file, document, "a file of suggestions", kFileKeys));
    return block.ForEachBlock("suggestions", "a suggestion", kKeys, read);
  }));
  return suggestions;
}

}  // namespace kosei::process
