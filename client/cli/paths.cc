// kosei path A B --all, kosei path A B --k N
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "record_text.h"
#include "step_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Model;
using client::PathsResult;

// More lines than these on a terminal help nobody; a pipe gets them all.
constexpr std::size_t kTerminalLinesMax = 100;

std::string CountText(std::uint64_t count) {
  return count == UINT64_MAX ? Grouped(count) + "+" : Grouped(count);
}

void WriteSummary(JsonWriter& json, const PathOptions& options, const PathsResult& result) {
  json.Key("view");
  WriteView(json, result.view);
  json.Member("from", options.from);
  json.Member("to", options.to);
  json.Member("count", result.count);
  if (options.nearest.has_value()) {
    json.Key("more");
    json.Boolean(result.more);
  }
}

void WriteRecords(JsonWriter& json, const PathsResult& result, const Model& model,
                  JsonWriter::Layout layout) {
  json.Key("records");
  json.BeginArray(layout);
  for (const client::RecordOnPaths& record : result.records) {
    json.BeginObject();
    json.Member("key", record.key);
    json.Member("class", model.ClassName(record.class_number));
    json.Member("paths", record.paths);
    json.End();
  }
  json.End();
}

std::string JsonOf(const PathOptions& options, const PathsResult& result, const Model& model) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  WriteSummary(json, options, result);
  json.Key("paths");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const auto& path : result.paths) WriteSteps(json, path, model);
  json.End();
  WriteRecords(json, result, model, JsonWriter::Layout::kLines);
  json.End();
  return out + "\n";
}

// The summary with the records first, then one path a line.
std::string JsonLinesOf(const PathOptions& options, const PathsResult& result, const Model& model) {
  std::string out;
  {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    WriteSummary(json, options, result);
    WriteRecords(json, result, model, JsonWriter::Layout::kInline);
    json.End();
    out += '\n';
  }
  for (const auto& path : result.paths) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("length", std::uint64_t{path.size()});
    json.Key("path");
    WriteSteps(json, path, model);
    json.End();
    out += '\n';
  }
  return out;
}

std::string CsvOf(const PathsResult& result, const Model& model) {
  std::string out;
  AppendCsvRow(out, {"path", "step", "from", "type", "to", "way"});
  for (std::size_t i = 0; i < result.paths.size(); ++i) {
    for (std::size_t j = 0; j < result.paths[i].size(); ++j) {
      const client::PathStep& step = result.paths[i][j];
      AppendCsvRow(out, {std::to_string(i + 1), std::to_string(j + 1), step.from,
                         std::string(model.RelationshipTypeName(step.type)), step.to,
                         step.inverse ? "in" : "out"});
    }
  }
  return out;
}

void WriteTable(Context& context, const PathOptions& options, const PathsResult& result,
                const Model& model) {
  if (result.paths.empty() && result.count == 0) return;
  std::vector<std::vector<std::string>> rows;
  for (const auto& path : result.paths) rows.push_back({std::to_string(path.size())});
  if (!rows.empty()) {
    context.Write(TableWithPaths(
        context, {{std::string(context.Say("LENGTH", "長さ")), Table::Align::kRight}}, rows,
        [&](std::size_t row, std::size_t columns) {
          const std::vector<client::PathStep>& path = result.paths[row];
          return path.empty() ? options.from : StepsText(path, model, columns);
        }));
    context.Write("\n");
  }
  Table records({{std::string(context.Say("RECORD", "レコード"))},
                 {std::string(context.Say("CLASS", "クラス"))},
                 {std::string(context.Say("ON PATHS", "経路数")), Table::Align::kRight}});
  std::size_t listed = result.records.size();
  if (context.out_is_terminal()) listed = std::min(listed, kTerminalLinesMax);
  for (std::size_t i = 0; i < listed; ++i) {
    const client::RecordOnPaths& record = result.records[i];
    const bool every = record.paths == result.count && result.count != UINT64_MAX;
    records.AddRow({record.key, ClassLabel(context, model, record.class_number),
                    every ? std::string(context.Say("all", "全て")) : CountText(record.paths)});
  }
  context.Write(records.Render(context.style()));
  if (listed < result.records.size()) {
    context.Note(absl::StrFormat("%s / %s %s", Grouped(listed), Grouped(result.records.size()),
                                 context.Say("records listed; --output json lists all",
                                             "レコードを表示。全件は --output json")));
  }
}

void WriteNotes(Context& context, const PathOptions& options, const PathsResult& result) {
  if (result.count == 0) {
    context.Note(absl::StrFormat("%s: %s -> %s",
                                 context.Say("no failure travels", "障害は伝わりません"),
                                 options.from, options.to));
    return;
  }
  if (context.format() != OutputFormat::kTable) return;
  const std::string count = CountText(result.count);
  if (options.nearest.has_value()) {
    if (result.more) {
      context.Note(absl::StrFormat(
          "%s %s", count,
          context.Say("shortest paths; there are others", "本の最短経路。他にもあります")));
    } else {
      context.Note(absl::StrFormat(
          "%s %s", count, context.Say("paths, and no others", "本の経路。これで全てです")));
    }
  } else {
    context.Note(absl::StrFormat("%s %s", count,
                                 result.count == 1
                                     ? context.Say("shortest path", "本の最短経路")
                                     : context.Say("shortest paths", "本の最短経路")));
  }
  if (result.paths.size() < result.count) {
    context.Note(absl::StrFormat(
        "%s / %s %s", Grouped(result.paths.size()), count,
        context.Say("listed; --limit N lists more", "件を表示。--limit N で増やせます")));
  }
}

}  // namespace

CommandResult RunPaths(Context& context, const PathOptions& options) {
  if (options.nearest == 0U) {
    return MakeError(ErrorCode::kOutOfRange, "path: --k 0 asks for no path, expected 1 to 1,000",
                     "--k");
  }
  client::PathsRequest request;
  request.from = options.from;
  request.to = options.to;
  request.nearest = options.nearest.value_or(0);
  if (options.nearest.has_value()) request.limit = *options.nearest;
  request.limit = options.limit.value_or(request.limit);
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const PathsResult result, client->Paths(request));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(result.view));
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(JsonOf(options, result, *model));
      break;
    case OutputFormat::kJsonl:
      context.Write(JsonLinesOf(options, result, *model));
      break;
    case OutputFormat::kCsv:
      context.Write(CsvOf(result, *model));
      break;
    case OutputFormat::kTable:
      WriteTable(context, options, result, *model);
      break;
  }
  WriteNotes(context, options, result);
  return result.count == 0 ? ExitCode::kNothing : ExitCode::kOk;
}

}  // namespace kosei::cli
