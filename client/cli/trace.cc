// kosei trace KEY... --over TYPE[:WAY],...
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
#include "suggest.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Model;
using client::TraceResult;
using client::TruncationReason;

// More lines than these on a terminal help nobody; a pipe gets them all.
constexpr std::uint64_t kTerminalLinesMax = 100;

struct Shown {
  const TraceResult& result;
  const Model& model;
  std::vector<std::size_t> listed;  // positions among the records
};

absl::StatusOr<client::TracedType> ParseOver(const std::string& text) {
  const std::size_t colon = text.find(':');
  client::TracedType traced{text.substr(0, colon)};
  const std::string way = colon == std::string::npos ? "both" : text.substr(colon + 1);
  if (way == "out") {
    traced.way = client::TraceWay::kOut;
  } else if (way == "in") {
    traced.way = client::TraceWay::kIn;
  } else if (way != "both") {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("trace: --over %s: '%s' found after the colon, expected out, in or both%s",
                        text, way, DidYouMean(way, {"out", "in", "both"})),
        "--over");
  }
  if (traced.type.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("trace: --over '%s' names no relationship type, expected "
                                     "TYPE, TYPE:out, TYPE:in or TYPE:both",
                                     text),
                     "--over");
  }
  return traced;
}

std::string_view NameOf(TruncationReason reason) {
  switch (reason) {
    case TruncationReason::kNone:
      return "none";
    case TruncationReason::kDepth:
      return "depth";
    case TruncationReason::kSteps:
      return "steps";
    case TruncationReason::kMemory:
      return "memory";
    case TruncationReason::kTime:
      return "time";
  }
  return "unknown";
}

void WriteSummary(JsonWriter& json, const Shown& shown) {
  json.Key("view");
  WriteView(json, shown.result.view);
  json.Key("roots");
  json.BeginArray();
  for (const client::TracedRecord& record : shown.result.records) {
    if (record.distance == 0) json.Text(record.key);
  }
  json.End();
  json.Key("counts");
  json.BeginObject();
  json.Member("total", shown.result.total);
  json.Member("matching", shown.result.matching);
  json.Key("by_class");
  json.BeginObject();
  for (const auto& [number, count] : shown.result.by_class) {
    json.Member(shown.model.ClassName(number), count);
  }
  json.End();
  json.End();
  json.Key("truncated");
  if (shown.result.truncated == TruncationReason::kNone) {
    json.Null();
    return;
  }
  json.BeginObject();
  json.Member("reason", NameOf(shown.result.truncated));
  json.Member("depth", std::uint64_t{shown.result.truncated_depth});
  json.Member("frontier", shown.result.truncated_frontier);
  json.End();
}

void WriteReached(JsonWriter& json, const Shown& shown, std::size_t position) {
  const client::TracedRecord& record = shown.result.records[position];
  json.BeginObject();
  json.Member("key", record.key);
  json.Member("class", shown.model.ClassName(record.class_number));
  json.Member("distance", std::uint64_t{record.distance});
  json.Key("path");
  WriteSteps(json, StepsTo(shown.result, position), shown.model);
  json.End();
}

std::string JsonOf(const Shown& shown) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  WriteSummary(json, shown);
  json.Key("reached");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const std::size_t position : shown.listed) WriteReached(json, shown, position);
  json.End();
  json.End();
  return out + "\n";
}

// The summary first, then one record a line.
std::string JsonLinesOf(const Shown& shown) {
  std::string out;
  {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    WriteSummary(json, shown);
    json.End();
    out += '\n';
  }
  for (const std::size_t position : shown.listed) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteReached(json, shown, position);
    out += '\n';
  }
  return out;
}

std::string CsvOf(const Shown& shown) {
  std::string out;
  AppendCsvRow(out, {"key", "class", "distance", "path"});
  for (const std::size_t position : shown.listed) {
    const client::TracedRecord& record = shown.result.records[position];
    AppendCsvRow(out, {record.key, std::string(shown.model.ClassName(record.class_number)),
                       std::to_string(record.distance),
                       StepsText(StepsTo(shown.result, position), shown.model, 0)});
  }
  return out;
}

void WriteTable(Context& context, const Shown& shown) {
  std::vector<std::vector<std::string>> rows;
  for (const std::size_t position : shown.listed) {
    const client::TracedRecord& record = shown.result.records[position];
    rows.push_back({record.key, ClassLabel(context, shown.model, record.class_number),
                    std::to_string(record.distance)});
  }
  if (rows.empty()) return;
  context.Write(TableWithPaths(
      context,
      {{std::string(context.Say("KEY", "キー"))},
       {std::string(context.Say("CLASS", "クラス"))},
       {std::string(context.Say("DISTANCE", "距離")), Table::Align::kRight}},
      rows, [&](std::size_t row, std::size_t columns) {
        return StepsText(StepsTo(shown.result, shown.listed[row]), shown.model, columns);
      }));
}

void WriteNotes(Context& context, const Shown& shown) {
  const TraceResult& result = shown.result;
  if (result.truncated != TruncationReason::kNone) {
    context.Note(absl::StrFormat(
        "%s: %s; %s %d, %s %s", context.Say("the answer is cut", "結果は途中で打ち切られています"),
        NameOf(result.truncated), context.Say("complete to distance", "完全な距離:"),
        result.truncated_depth, Grouped(result.truncated_frontier),
        context.Say("records there lead further", "件の先にも続きます")));
  }
  if (context.format() == OutputFormat::kTable && shown.listed.size() < result.matching) {
    context.Note(
        absl::StrFormat("%s / %s %s", Grouped(shown.listed.size()), Grouped(result.matching),
                        context.Say("listed; --limit N lists more, --output json lists all",
                                    "件を表示。--limit N で増やせます。全件は --output json")));
  }
  if (result.matching > 0) return;
  if (result.total == 0) {
    context.Note(context.Say("these relationships lead nowhere from there",
                             "この関係をたどれる先はありません"));
  } else {
    context.Note(absl::StrFormat("%s %s", Grouped(result.total),
                                 context.Say("records are reached, none of that class",
                                             "件に到達しますが、そのクラスのものはありません")));
  }
}

}  // namespace

CommandResult RunTrace(Context& context, const TraceOptions& options) {
  client::TraceRequest request;
  request.roots = options.keys;
  for (const std::string& over : options.over) {
    KOSEI_ASSIGN_OR_RETURN(client::TracedType traced, ParseOver(over));
    request.over.push_back(std::move(traced));
  }
  request.classes = options.classes;
  request.depth = options.depth;
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  const bool on_terminal = context.format() == OutputFormat::kTable && context.out_is_terminal();
  request.limit = options.limit.value_or(on_terminal ? kTerminalLinesMax : UINT64_MAX);
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const TraceResult result, client->Trace(request));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(result.view));
  Shown shown{result, *model, {}};
  for (std::size_t i = 0; i < result.records.size(); ++i) {
    if (result.records[i].listed) shown.listed.push_back(i);
  }
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(JsonOf(shown));
      break;
    case OutputFormat::kJsonl:
      context.Write(JsonLinesOf(shown));
      break;
    case OutputFormat::kCsv:
      context.Write(CsvOf(shown));
      break;
    case OutputFormat::kTable:
      WriteTable(context, shown);
      break;
  }
  WriteNotes(context, shown);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
