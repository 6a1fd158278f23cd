// kosei get KEY...
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
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
using client::RecordVersion;

std::string Json(const std::vector<RecordVersion>& records, bool several, const Model& model,
                 const AttributeTypes& types) {
  std::string out;
  JsonWriter json(out);
  if (several) json.BeginArray(JsonWriter::Layout::kLines);
  for (const RecordVersion& record : records) {
    WriteRecord(json, record, model, types, JsonWriter::Layout::kLines);
  }
  if (several) json.End();
  return out + "\n";
}

std::string JsonLines(const std::vector<RecordVersion>& records, const Model& model,
                      const AttributeTypes& types) {
  std::string out;
  for (const RecordVersion& record : records) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteRecord(json, record, model, types, JsonWriter::Layout::kInline);
    out += '\n';
  }
  return out;
}

// The same columns that import reads, so that what was got can be mended and imported.
std::string Csv(const std::vector<RecordVersion>& records, const Model& model,
                const AttributeTypes& types) {
  std::vector<AttributeNumber> columns;
  for (const RecordVersion& record : records) {
    for (const auto& [attribute, value] : record.record.attributes) columns.push_back(attribute);
  }
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  std::vector<std::string> row = {"class", "key"};
  for (const AttributeNumber column : columns) row.emplace_back(model.AttributeName(column));
  std::string out;
  AppendCsvRow(out, row);
  for (const RecordVersion& record : records) {
    row = {std::string(model.ClassName(record.record.class_number)), record.record.key};
    for (const AttributeNumber column : columns) {
      const Value* const value = record.record.Find(column);
      row.push_back(value == nullptr ? "" : FormatValue(*value, types.Of(column)));
    }
    AppendCsvRow(out, row);
  }
  return out;
}

std::string LabelOf(const Context& context, const Model& model, const Record& record,
                    AttributeNumber attribute) {
  const std::string name(model.AttributeName(attribute));
  if (!context.japanese()) return name;
  const client::ModelClass* const owner = model.FindClass(record.class_number);
  const client::ModelAttribute* const found =
      owner == nullptr ? nullptr : model.FindAttribute(*owner, name);
  return found == nullptr || found->label.ja.empty()
             ? name
             : absl::StrFormat("%s (%s)", found->label.ja, name);
}

std::string Blocks(const Context& context, const std::vector<RecordVersion>& records,
                   const Model& model, const AttributeTypes& types) {
  std::string out;
  for (const RecordVersion& version : records) {
    if (!out.empty()) out += '\n';
    Table table({{std::string(context.Say("KEY", "キー"))}, {version.record.key}});
    table.AddRow({std::string(context.Say("class", "クラス")),
                  std::string(model.ClassName(version.record.class_number))});
    table.AddRow({std::string(context.Say("version", "版")),
                  version.end == kOpen ? absl::StrFormat("%d -", version.begin)
                                       : absl::StrFormat("%d - %d", version.begin, version.end)});
    if (version.remnant) {
      table.AddRow({std::string(context.Say("note", "注")),
                    std::string(context.Say("values were erased from this version",
                                            "この版の値は消去されています"))});
    }
    for (const auto& [attribute, value] : version.record.attributes) {
      table.AddRow({LabelOf(context, model, version.record, attribute),
                    FormatValue(value, types.Of(attribute))});
    }
    out += table.Render(context.style());
  }
  return out;
}

}  // namespace

CommandResult RunGet(Context& context, const GetOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(client::GetResult result, client->Get(options.keys, view));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(result.view));
  const AttributeTypes types(*model);

  std::vector<RecordVersion> found;
  std::string missing;
  for (std::size_t i = 0; i < result.records.size(); ++i) {
    if (result.records[i].has_value()) {
      found.push_back(*std::move(result.records[i]));
    } else {
      missing += (missing.empty() ? "'" : ", '") + options.keys[i] + "'";
    }
  }
  const bool several = options.keys.size() > 1;
  if (!found.empty() || several) {
    switch (context.format()) {
      case OutputFormat::kJson:
        context.Write(Json(found, several, *model, types));
        break;
      case OutputFormat::kJsonl:
        context.Write(JsonLines(found, *model, types));
        break;
      case OutputFormat::kCsv:
        context.Write(Csv(found, *model, types));
        break;
      case OutputFormat::kTable:
        context.Write(Blocks(context, found, *model, types));
        break;
    }
  }
  if (!missing.empty()) {
    return MakeError(ErrorCode::kNotFound, absl::StrFormat("get %s: no such record at commit %d",
                                                           missing, result.view.commit));
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
