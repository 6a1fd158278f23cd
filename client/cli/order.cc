// kosei order KEY...
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
using client::OrderResult;

// More lines than these on a terminal help nobody; a pipe gets them all.
constexpr std::uint64_t kTerminalLinesMax = 100;

std::string AfterOf(const OrderResult& result, const client::OrderedRecord& record) {
  return record.after.has_value() ? result.records[*record.after].key : std::string();
}

// Cycles count from 1 on for people and programs.
std::string CycleOf(const client::OrderedRecord& record) {
  return record.cycle.has_value() ? std::to_string(*record.cycle + 1) : std::string();
}

void WriteCycles(JsonWriter& json, const OrderResult& result, const Model& model,
                 JsonWriter::Layout layout) {
  json.Key("cycles");
  json.BeginArray(layout);
  for (std::size_t i = 0; i < result.cycles.size(); ++i) {
    const client::OrderCycle& cycle = result.cycles[i];
    json.BeginObject();
    json.Member("cycle", std::uint64_t{i + 1});
    json.Member("wave", std::uint64_t{cycle.wave});
    json.Member("size", cycle.size);
    json.Member("length", cycle.length);
    json.Key("path");
    WriteSteps(json, cycle.steps, model);
    json.End();
  }
  json.End();
}

void WriteSummary(JsonWriter& json, const OrderResult& result) {
  json.Key("view");
  WriteView(json, result.view);
  json.Member("total", std::uint64_t{result.records.size()});
  json.Member("waves", std::uint64_t{result.waves});
}

void WriteOrdered(JsonWriter& json, const OrderResult& result, const Model& model,
                  const client::OrderedRecord& record) {
  json.BeginObject();
  json.Member("wave", std::uint64_t{record.wave});
  json.Member("key", record.key);
  json.Member("class", model.ClassName(record.class_number));
  json.Key("after");
  if (record.after.has_value()) {
    json.Text(AfterOf(result, record));
  } else {
    json.Null();
  }
  json.Key("cycle");
  if (record.cycle.has_value()) {
    json.Unsigned(*record.cycle + std::uint64_t{1});
  } else {
    json.Null();
  }
  json.End();
}

std::string JsonOf(const OrderResult& result, const Model& model, std::size_t listed) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  WriteSummary(json, result);
  json.Key("records");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (std::size_t i = 0; i < listed; ++i) WriteOrdered(json, result, model, result.records[i]);
  json.End();
  WriteCycles(json, result, model, JsonWriter::Layout::kLines);
  json.End();
  return out + "\n";
}

// The summary with the cycles first, then one record a line.
std::string JsonLinesOf(const OrderResult& result, const Model& model, std::size_t listed) {
  std::string out;
  {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    WriteSummary(json, result);
    WriteCycles(json, result, model, JsonWriter::Layout::kInline);
    json.End();
    out += '\n';
  }
  for (std::size_t i = 0; i < listed; ++i) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteOrdered(json, result, model, result.records[i]);
    out += '\n';
  }
  return out;
}

std::string CsvOf(const OrderResult& result, const Model& model, std::size_t listed) {
  std::string out;
  AppendCsvRow(out, {"wave", "key", "class", "after", "cycle"});
  for (std::size_t i = 0; i < listed; ++i) {
    const client::OrderedRecord& record = result.records[i];
    AppendCsvRow(out, {std::to_string(record.wave), record.key,
                       std::string(model.ClassName(record.class_number)), AfterOf(result, record),
                       CycleOf(record)});
  }
  return out;
}

// The number of a wave stands at its first record.
void WriteWaves(Context& context, const OrderResult& result, const Model& model,
                std::size_t listed) {
  std::vector<Table::Column> columns = {
      {std::string(context.Say("WAVE", "段階")), Table::Align::kRight}};
  const bool cycles = !result.cycles.empty();
  if (cycles) {
    columns.push_back({std::string(context.Say("CYCLE", "循環")), Table::Align::kRight});
  }
  columns.push_back({std::string(context.Say("KEY", "キー"))});
  columns.push_back({std::string(context.Say("CLASS", "クラス"))});
  columns.push_back({std::string(context.Say("AFTER", "先行"))});
  Table table(std::move(columns));
  std::uint32_t wave = 0;
  for (std::size_t i = 0; i < listed; ++i) {
    const client::OrderedRecord& record = result.records[i];
    const bool begins = std::exchange(wave, record.wave) != record.wave;
    std::vector<std::string> row = {begins ? std::to_string(record.wave) : std::string()};
    if (cycles) row.push_back(CycleOf(record));
    row.insert(row.end(), {record.key, ClassLabel(context, model, record.class_number),
                           AfterOf(result, record)});
    table.AddRow(std::move(row));
  }
  if (listed > 0) context.Write(table.Render(context.style()));
}

void WriteTable(Context& context, const OrderResult& result, const Model& model,
                std::size_t listed) {
  WriteWaves(context, result, model, listed);
  if (result.cycles.empty()) return;
  std::vector<std::vector<std::string>> rows;
  std::size_t shown = result.cycles.size();
  if (context.out_is_terminal()) shown = std::min<std::size_t>(shown, kTerminalLinesMax);
  for (std::size_t i = 0; i < shown; ++i) {
    const client::OrderCycle& cycle = result.cycles[i];
    rows.push_back({std::to_string(i + 1), std::to_string(cycle.wave), Grouped(cycle.size)});
  }
  context.Write("\n");
  context.Write(
      TableWithPaths(context,
                     {{std::string(context.Say("CYCLE", "循環")), Table::Align::kRight},
                      {std::string(context.Say("WAVE", "段階")), Table::Align::kRight},
                      {std::string(context.Say("RECORDS", "レコード数")), Table::Align::kRight}},
                     rows, [&](std::size_t row, std::size_t columns) {
                       return StepsText(result.cycles[row].steps, model, columns);
                     }));
}

void WriteNotes(Context& context, const OrderResult& result, std::size_t listed) {
  if (context.format() == OutputFormat::kTable && listed > 0) {
    context.Note(context.japanese()
                     ? absl::StrFormat("%s 件、%s 段階", Grouped(result.records.size()),
                                       Grouped(result.waves))
                     : Counted(result.records.size(), "record", "records") + " in " +
                           Counted(result.waves, "wave", "waves"));
  }
  if (context.format() == OutputFormat::kTable && listed < result.records.size()) {
    context.Note(
        absl::StrFormat("%s / %s %s", Grouped(listed), Grouped(result.records.size()),
                        context.Say("listed; --limit N lists more, --output json lists all",
                                    "件を表示。--limit N で増やせます。全件は --output json")));
  }
  if (!result.cycles.empty()) {
    context.Note(absl::StrFormat(
        "%s: %s",
        context.japanese() ? Grouped(result.cycles.size()) + "件の循環"
                           : Counted(result.cycles.size(), "cycle", "cycles"),
        context.Say("records that need each other, so that no order among them is right",
                    "互いに必要とするため、その中に正しい順序はありません")));
  }
  if (result.records.empty()) {
    context.Note(context.Say("nothing is there to be put in order", "並べるレコードはありません"));
  }
}

}  // namespace

CommandResult RunOrder(Context& context, const OrderOptions& options) {
  if (options.keys.empty() && options.affected_by.empty() && options.needed_by.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "order: nothing was named, expected keys, --affected-by KEY or --needed-by "
                     "KEY",
                     "KEY");
  }
  client::OrderRequest request;
  request.keys = options.keys;
  request.affected_by = options.affected_by;
  request.needed_by = options.needed_by;
  request.classes = options.classes;
  request.reverse = options.reverse;
  request.through = options.through;
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const OrderResult result, client->Order(request));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(result.view));
  const bool on_terminal = context.format() == OutputFormat::kTable && context.out_is_terminal();
  const std::uint64_t limit = options.limit.value_or(on_terminal ? kTerminalLinesMax : UINT64_MAX);
  const auto listed =
      static_cast<std::size_t>(std::min<std::uint64_t>(limit, result.records.size()));
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(JsonOf(result, *model, listed));
      break;
    case OutputFormat::kJsonl:
      context.Write(JsonLinesOf(result, *model, listed));
      break;
    case OutputFormat::kCsv:
      context.Write(CsvOf(result, *model, listed));
      break;
    case OutputFormat::kTable:
      WriteTable(context, result, *model, listed);
      break;
  }
  WriteNotes(context, result, listed);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
