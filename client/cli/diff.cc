// kosei diff KEY A B
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Model;

std::vector<AttributeChange> AttributeChanges(const client::Diff& diff) {
  static const Record kNone;
  return ChangesBetween(diff.before.has_value() ? diff.before->record : kNone,
                        diff.after.has_value() ? diff.after->record : kNone);
}

std::string_view ChangeOf(const client::Diff& diff, bool differs) {
  if (!diff.before.has_value()) return "created";
  if (!diff.after.has_value()) return "ended";
  return differs ? "updated" : "none";
}

void WriteSide(JsonWriter& json, const std::optional<client::RecordVersion>& side,
               const Model& model, const AttributeTypes& types) {
  if (side.has_value()) {
    WriteRecord(json, *side, model, types, JsonWriter::Layout::kInline);
  } else {
    json.Null();
  }
}

void WriteLinks(JsonWriter& json, const std::vector<client::LinkSpan>& links, const Model& model) {
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::LinkSpan& link : links) WriteLink(json, link, model, Interval::kHide);
  json.End();
}

std::string Json(const client::Diff& diff, const std::string& key, std::string_view change,
                 const Model& model, JsonWriter::Layout layout) {
  const AttributeTypes types(model);
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("key", key);
  json.Key("from");
  WriteView(json, diff.from);
  json.Key("to");
  WriteView(json, diff.to);
  json.Member("change", change);
  json.Key("before");
  WriteSide(json, diff.before, model, types);
  json.Key("after");
  WriteSide(json, diff.after, model, types);
  json.Key("attributes");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const AttributeChange& attribute : AttributeChanges(diff)) {
    WriteChange(json, attribute, model, types);
  }
  json.End();
  json.Key("links");
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Key("added");
  WriteLinks(json, diff.links_added, model);
  json.Key("removed");
  WriteLinks(json, diff.links_removed, model);
  json.End();
  json.End();
  return out + "\n";
}

std::vector<std::vector<std::string>> Rows(const client::Diff& diff, std::string_view change,
                                           const Model& model) {
  const AttributeTypes types(model);
  std::vector<std::vector<std::string>> rows;
  if (change == "created" || change == "ended") rows.push_back({std::string(change), "", "", ""});
  for (const AttributeChange& attribute : AttributeChanges(diff)) {
    const ValueType type = types.Of(attribute.attribute);
    rows.push_back({"attribute", std::string(model.AttributeName(attribute.attribute)),
                    FormatValue(attribute.before, type), FormatValue(attribute.after, type)});
  }
  const auto text = [&](const client::LinkSpan& link) {
    return absl::StrFormat("%s %s %s", link.source, model.RelationshipTypeName(link.type),
                           link.target);
  };
  for (const client::LinkSpan& link : diff.links_added) {
    rows.push_back({"link added", text(link), "", ""});
  }
  for (const client::LinkSpan& link : diff.links_removed) {
    rows.push_back({"link removed", text(link), "", ""});
  }
  return rows;
}

// What a row of the table begins with, for people.
std::string ChangeLabel(const Context& context, const std::string& change) {
  if (!context.japanese()) return change;
  if (change == "created") return "作成";
  if (change == "ended") return "終了";
  if (change == "attribute") return "属性";
  return change == "link added" ? "関係追加" : "関係終了";
}

}  // namespace

CommandResult RunDiff(Context& context, const DiffOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName from, ParseView(options.from));
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName to, ParseView(options.to));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::Diff diff, client->GetDiff(options.key, from, to));
  if (!diff.before.has_value() && !diff.after.has_value()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("diff of '%s': no such record, neither at commit %d nor at %d",
                                     options.key, diff.from.commit, diff.to.commit));
  }
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(diff.to));
  const bool differs = diff.before.has_value() != diff.after.has_value() ||
                       !AttributeChanges(diff).empty() || !diff.links_added.empty() ||
                       !diff.links_removed.empty();
  const std::string_view change = ChangeOf(diff, differs);
  const std::vector<std::vector<std::string>> rows = Rows(diff, change, *model);
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(Json(diff, options.key, change, *model, JsonWriter::Layout::kLines));
      break;
    case OutputFormat::kJsonl:
      context.Write(Json(diff, options.key, change, *model, JsonWriter::Layout::kInline));
      break;
    case OutputFormat::kCsv: {
      std::string out;
      AppendCsvRow(out, {"change", "subject", "before", "after"});
      for (const auto& row : rows) AppendCsvRow(out, row);
      context.Write(out);
      break;
    }
    case OutputFormat::kTable: {
      Table table({{std::string(context.Say("CHANGE", "変更"))},
                   {std::string(context.Say("SUBJECT", "対象"))},
                   {absl::StrFormat("@%d", diff.from.commit)},
                   {absl::StrFormat("@%d", diff.to.commit)}});
      for (std::vector<std::string> row : rows) {
        row[0] = ChangeLabel(context, row[0]);
        table.AddRow(std::move(row));
      }
      if (!rows.empty()) context.Write(table.Render(context.style()));
      break;
    }
  }
  if (!differs) context.Note(context.Say("no difference", "差異はありません"));
  return differs ? ExitCode::kNothing : ExitCode::kOk;
}

}  // namespace kosei::cli
