// kosei NOUN suggest
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "commands.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "process/process_commands.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::ProcessSuggestion;

void WriteSuggestion(JsonWriter& json, const ProcessSuggestion& suggestion) {
  json.BeginObject();
  json.Member("suggestion", suggestion.definition);
  json.Member("key", suggestion.key);
  json.Member("name", suggestion.name);
  json.Member("why", suggestion.why);
  json.Member("link", suggestion.link);
  json.Member("opens", suggestion.opens);
  json.Key("attributes");
  json.BeginObject();
  for (const auto& [name, text] : suggestion.attributes) json.Member(name, text);
  json.End();
  json.End();
}

std::vector<std::string> RowOf(const ProcessSuggestion& suggestion) {
  return {suggestion.definition, suggestion.key,  suggestion.name,
          suggestion.why,        suggestion.link, suggestion.opens};
}

// Opens the record that is missing. Its key.
absl::StatusOr<std::string> Open(client::Client& client, const ProcessSuggestion& suggestion) {
  client::ProcessNew record;
  record.class_name = suggestion.opens;
  record.attributes.push_back(
      {"name",
       {absl::StrFormat("%s: %s", suggestion.name.empty() ? suggestion.key : suggestion.name,
                        suggestion.en)}});
  if (!suggestion.why.empty()) record.attributes.push_back({"description", {suggestion.why}});
  for (const auto& [name, text] : suggestion.attributes)
    record.attributes.push_back({name, {text}});
  if (!suggestion.link.empty()) record.links.push_back({suggestion.link, suggestion.key});
  record.reason = "suggested: " + suggestion.definition;
  KOSEI_ASSIGN_OR_RETURN(const client::ProcessOutcome outcome, client.OpenProcess(record));
  if (!outcome.done()) return MakeError(ErrorCode::kGuardRefused, outcome.refusals.front().en);
  return outcome.key;
}

}  // namespace

CommandResult RunProcessSuggest(Context& context, const ProcessSuggestOptions& options) {
  if (options.record && !options.key.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "suggest: --record opens records that are missing; leave the key out",
                     "--record");
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ProcessSuggestion> suggestions,
                         client->Suggestions(options.key, options.noun.class_name));
  const bool japanese = context.japanese();
  const auto title = [&](const char* english, const char* japanese_text) {
    return std::string(context.Say(english, japanese_text));
  };
  WriteList(context, suggestions,
            ListForm<ProcessSuggestion>{
                {"suggestion", "key", "name", "why", "link", "opens"}, WriteSuggestion, RowOf},
            Table({{title("SUGGESTION", "候補")},
                   {title("KEY", "キー")},
                   {title("NAME", "名称")},
                   {title("WHY", "理由")}}),
            [&](const ProcessSuggestion& each) -> std::vector<std::string> {
              return {japanese ? each.ja : each.en, each.key, each.name, each.why};
            });
  if (suggestions.empty()) context.Note(context.Say("nothing is suggested", "候補はありません"));
  if (!options.record) return ExitCode::kOk;
  for (const ProcessSuggestion& each : suggestions) {
    KOSEI_ASSIGN_OR_RETURN(const std::string key, Open(*client, each));
    context.Note(absl::StrCat(key, ": ", each.key));
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
