#include "query/saved_query.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "mutate.h"
#include "query/parameters.h"
#include "query/statement_run.h"
#include "query/statement_text.h"
#include "record_text.h"
#include "suggest.h"

namespace kosei::cli {
namespace {

using client::Model;

constexpr std::string_view kClass = "SavedQuery";
constexpr std::string_view kKeyBeginning = "query:";
constexpr std::uint32_t kQueriesMax = 10'000;

std::string KeyOf(const std::string& name) { return std::string(kKeyBeginning) + name; }

absl::Status NoSuchClass() {
  return MakeError(ErrorCode::kUnknownClass,
                   "the model has no class 'SavedQuery'; add it as model/default/50_documents.yaml "
                   "has it, with kosei model apply");
}

std::string TextOf(const Model& model, const Record& record, std::string_view name) {
  const Value* const value = record.Find(model.AttributeOf(name));
  return value == nullptr || value->kind() != ValueKind::kText ? "" : std::string(value->text());
}

SavedQuery QueryOf(const Model& model, const client::RecordVersion& version) {
  SavedQuery query;
  query.name = version.record.key.substr(
      version.record.key.starts_with(kKeyBeginning) ? kKeyBeginning.size() : 0);
  query.text = TextOf(model, version.record, "statement");
  query.description = TextOf(model, version.record, "description");
  query.description_ja = TextOf(model, version.record, "description_ja");
  query.owner = TextOf(model, version.record, "owner");
  query.begin = version.begin;
  const Value* const parameters = version.record.Find(model.AttributeOf("parameters"));
  if (parameters != nullptr && parameters->kind() == ValueKind::kList) {
    for (const Value& item : parameters->list()) {
      if (item.kind() == ValueKind::kText) query.parameters.emplace_back(item.text());
    }
  }
  return query;
}

std::string NameIn(const std::string& parameter) {
  return parameter.substr(0, parameter.find('='));
}

// Asks the server for the plan, with null for parameters that have no default.
absl::Status CheckPlan(client::Client& client, const SavedQuery& query) {
  client::StatementRequest request;
  for (const std::string& parameter : query.parameters) {
    const std::size_t sign = parameter.find('=');
    SetParameter(
        request.parameters, NameIn(parameter),
        sign == std::string::npos ? client::QueryValue{} : ValueOfWord(parameter.substr(sign + 1)));
  }
  request.text = "EXPLAIN " + query.text;
  const auto planned = client.Query(
      request, [](const std::vector<std::string>&, const client::QueryRow&) { return true; });
  if (planned.ok()) return absl::OkStatus();
  return WithContext(planned.status(), "save query '" + query.name + "'");
}

absl::StatusOr<SavedQuery> QueryFrom(const QuerySaveOptions& options) {
  SavedQuery query{.name = options.name,
                   .text = options.text,
                   .parameters = options.parameters,
                   .description = options.description,
                   .description_ja = options.description_ja,
                   .owner = options.owner};
  if (!options.file.empty()) {
    if (!query.text.empty()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       "query save: --text and --file are given, expected one of them", "--file");
    }
    KOSEI_ASSIGN_OR_RETURN(query.text, ReadStatements(options.file));
  }
  const std::vector<std::string> statements = StatementsIn(query.text);
  if (statements.size() != 1) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("query save: %d statements found, expected one", statements.size()),
        "--text");
  }
  query.text = statements.front();
  for (std::string& parameter : query.parameters) {
    if (parameter.starts_with('$')) parameter.erase(0, 1);
    if (!NameIn(parameter).empty()) continue;
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("query save: parameter '%s': expected NAME or NAME=DEFAULT", parameter),
        "--param");
  }
  return query;
}

absl::StatusOr<client::Mutation> MutationOf(const Model& model, const SavedQuery& query,
                                            const QuerySaveOptions& options) {
  const client::ModelClass* const owner = model.FindClass(kClass);
  if (owner == nullptr) return NoSuchClass();
  Record record;
  record.class_number = owner->number;
  record.key = KeyOf(query.name);
  ValueList parameters;
  for (const std::string& parameter : query.parameters) parameters.emplace_back(parameter);
  const std::pair<std::string_view, Value> values[] = {
      {"name", Value(query.name)},
      {"statement", Value(query.text)},
      {"parameters", parameters.empty() ? Value() : Value(std::move(parameters))},
      {"description", query.description.empty() ? Value() : Value(query.description)},
      {"description_ja", query.description_ja.empty() ? Value() : Value(query.description_ja)},
      {"owner", query.owner.empty() ? Value() : Value(query.owner)}};
  for (const auto& [name, value] : values) {
    const client::ModelAttribute* const attribute = model.FindAttribute(*owner, name);
    if (attribute == nullptr) return NoSuchClass();
    // Null takes away what an earlier version had.
    record.attributes.emplace_back(attribute->number, value);
  }
  std::sort(record.attributes.begin(), record.attributes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  client::Mutation mutation;
  mutation.provenance = ProvenanceOf(options.provenance);
  mutation.put_records.push_back({.record = std::move(record), .expected_begin = options.expect});
  return mutation;
}

void WriteQuery(JsonWriter& json, const SavedQuery& query) {
  json.BeginObject();
  json.Member("name", query.name);
  json.Member("statement", query.text);
  json.Key("parameters");
  json.BeginArray();
  for (const std::string& parameter : query.parameters) json.Text(parameter);
  json.End();
  json.Member("description", query.description);
  json.Member("description_ja", query.description_ja);
  json.Member("owner", query.owner);
  json.Member("commit", query.begin);
  json.End();
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : "; ") + word;
  return text;
}

std::vector<std::string> RowOf(const SavedQuery& query) {
  return {query.name,           query.text,  Joined(query.parameters),   query.description,
          query.description_ja, query.owner, std::to_string(query.begin)};
}

const ListForm<SavedQuery>& Form() {
  static const ListForm<SavedQuery> kForm{
      {"name", "statement", "parameters", "description", "description_ja", "owner", "commit"},
      WriteQuery,
      RowOf};
  return kForm;
}

}  // namespace

absl::StatusOr<SavedQuery> GetSavedQuery(client::Client& client, const std::string& name,
                                         const client::ViewName& view) {
  KOSEI_ASSIGN_OR_RETURN(const auto model, client.ModelAt(view));
  KOSEI_ASSIGN_OR_RETURN(const client::GetResult found, client.Get({KeyOf(name)}, view));
  if (!found.records.empty() && found.records.front().has_value())
    return QueryOf(*model, *found.records.front());
  std::string hint;
  if (const auto saved = ListSavedQueries(client); saved.ok()) {
    std::vector<std::string> names;
    for (const SavedQuery& query : *saved) names.push_back(query.name);
    hint = DidYouMean(name, names);
  }
  return MakeError(ErrorCode::kNotFound,
                   absl::StrFormat("query '%s': no such saved query%s", name,
                                   hint.empty() ? "; 'kosei query saved' lists them" : hint));
}

absl::StatusOr<std::vector<SavedQuery>> ListSavedQueries(client::Client& client) {
  const auto model = client.model();
  if (model->FindClass(kClass) == nullptr) return NoSuchClass();
  client::SearchRequest request;
  request.class_name = kClass;
  request.limit = kQueriesMax;
  request.by_id = true;
  std::vector<SavedQuery> queries;
  KOSEI_RETURN_IF_ERROR(client
                            .Search(request,
                                    [&](const client::RecordVersion& hit) {
                                      queries.push_back(QueryOf(*model, hit));
                                      return true;
                                    })
                            .status());
  std::sort(queries.begin(), queries.end(),
            [](const SavedQuery& a, const SavedQuery& b) { return a.name < b.name; });
  return queries;
}

absl::Status FillParameters(const SavedQuery& query, language::PackedMap& parameters) {
  std::vector<std::string> names;
  for (const std::string& parameter : query.parameters) names.push_back(NameIn(parameter));
  for (const language::PackedEntry& given : parameters) {
    if (std::find(names.begin(), names.end(), given.key) != names.end()) continue;
    return MakeError(ErrorCode::kQueryParameter,
                     absl::StrFormat("query '%s' has no parameter '%s'%s", query.name, given.key,
                                     DidYouMean(given.key, names)),
                     "--param");
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (FindParameter(parameters, names[i]) != nullptr) continue;
    const std::string& parameter = query.parameters[i];
    if (parameter.size() == names[i].size()) {
      return MakeError(ErrorCode::kQueryParameter,
                       absl::StrFormat("query '%s': parameter '%s' has no value; give it with "
                                       "--param %s=VALUE",
                                       query.name, names[i], names[i]),
                       "--param");
    }
    SetParameter(parameters, names[i], ValueOfWord(parameter.substr(names[i].size() + 1)));
  }
  return absl::OkStatus();
}

CommandResult RunQuerySave(Context& context, const QuerySaveOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const SavedQuery query, QueryFrom(options));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::Mutation mutation,
                         MutationOf(*client->model(), query, options));
  KOSEI_RETURN_IF_ERROR(CheckPlan(*client, query));
  return SendMutation(context, mutation);
}

CommandResult RunSavedQuery(Context& context, const SavedQueryOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::StatementRequest request, RequestOf(options.statement));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  // The query of today, asked of another day.
  KOSEI_ASSIGN_OR_RETURN(const SavedQuery query, GetSavedQuery(*client, options.name, {}));
  KOSEI_RETURN_IF_ERROR(FillParameters(query, request.parameters));
  return RunStatements(context, {query.text}, std::move(request));
}

CommandResult RunQueryShow(Context& context, const SavedQueryOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.statement.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const SavedQuery query, GetSavedQuery(*client, options.name, view));
  std::string out;
  if (context.format() == OutputFormat::kJson) {
    JsonWriter json(out);
    WriteQuery(json, query);
    out += '\n';
  } else if (context.format() == OutputFormat::kTable) {
    // As a statement that can be run: what is said of it stands in comments.
    const std::string& about = context.japanese() && !query.description_ja.empty()
                                   ? query.description_ja
                                   : query.description;
    if (!about.empty()) out += "// " + OneLine(about) + "\n";
    for (const std::string& parameter : query.parameters) out += "// $" + parameter + "\n";
    out += query.text + ";\n";
  } else {
    WriteList(context, std::vector<SavedQuery>{query}, Form(), Table({}), RowOf);
  }
  context.Write(out);
  return ExitCode::kOk;
}

CommandResult RunQuerySaved(Context& context) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<SavedQuery> queries, ListSavedQueries(*client));
  Table table({{std::string(context.Say("NAME", "名前"))},
               {std::string(context.Say("PARAMETERS", "パラメータ"))},
               {std::string(context.Say("OWNER", "責任者"))},
               {std::string(context.Say("DESCRIPTION", "説明"))}});
  WriteList(context, queries, Form(), std::move(table), [&](const SavedQuery& query) {
    const bool japanese = context.japanese() && !query.description_ja.empty();
    return std::vector<std::string>{query.name, Joined(query.parameters), query.owner,
                                    japanese ? query.description_ja : query.description};
  });
  if (!queries.empty()) return ExitCode::kOk;
  context.Note(context.Say("there are no saved queries", "保存されたクエリはありません"));
  return ExitCode::kNothing;
}

}  // namespace kosei::cli
