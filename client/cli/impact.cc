// kosei impact KEY...
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "impact_answer.h"
#include "impact_question.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "record_text.h"
#include "step_text.h"
#include "suggest.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Direction;
using client::ImpactSummary;
using client::Model;

// More lines than these on a terminal help nobody; a pipe gets them all.
constexpr std::uint64_t kTerminalLinesMax = 100;
constexpr std::size_t kWriteBytes = 64U << 10;

struct Shown {
  const ImpactAnswer& answer;
  const ImpactSummary& summary;
  const Model& model;
  Direction direction;
  std::vector<std::uint32_t> listed;  // positions in the answer
};

std::string_view ReasonName(client::TruncationReason reason) {
  switch (reason) {
    case client::TruncationReason::kNone:
      return "none";
    case client::TruncationReason::kDepth:
      return "depth";
    case client::TruncationReason::kSteps:
      return "steps";
    case client::TruncationReason::kMemory:
      return "memory";
    case client::TruncationReason::kTime:
      return "time";
  }
  return "unknown";
}

bool IsOf(const Model& model, ClassNumber number, ClassNumber wanted) {
  while (number.value != 0) {
    if (number == wanted) return true;
    const client::ModelClass* const found = model.FindClass(number);
    if (found == nullptr) return false;
    number = found->parent;
  }
  return false;
}

void WriteCountsAndTruncation(JsonWriter& json, const Shown& shown) {
  json.Key("counts");
  json.BeginObject();
  json.Member("total", shown.summary.total);
  json.Member("failed", shown.summary.total - shown.summary.degraded);
  json.Member("degraded", shown.summary.degraded);
  json.Member("already_down", shown.summary.already);
  json.Key("by_class");
  json.BeginObject();
  for (const auto& [number, count] : shown.summary.by_class) {
    json.Member(shown.model.ClassName(number), count);
  }
  json.End();
  json.End();
  json.Key("truncated");
  if (shown.summary.truncated == client::TruncationReason::kNone) {
    json.Null();
    return;
  }
  json.BeginObject();
  json.Member("reason", ReasonName(shown.summary.truncated));
  json.Member("depth", std::uint64_t{shown.summary.truncated_depth});
  json.Member("frontier", shown.summary.truncated_frontier);
  json.End();
}

void WriteViewAndRoots(JsonWriter& json, const Shown& shown) {
  json.Key("view");
  WriteView(json, shown.summary.view);
  if (!shown.summary.hash.empty()) json.Member("hash", ToHex(shown.summary.hash));
  WriteContexts(json, shown.summary.contexts);
  json.Key("roots");
  json.BeginArray();
  for (const std::string& root : shown.summary.roots) json.Text(root);
  json.End();
}

void WriteAffected(JsonWriter& json, const Shown& shown, std::uint32_t index) {
  json.BeginObject();
  json.Member("key", shown.answer.key(index));
  json.Member("class", shown.model.ClassName(shown.answer.class_number(index)));
  json.Member("state", NameOf(shown.answer.state(index)));
  json.Member("distance", std::uint64_t{shown.answer.distance(index)});
  json.Key("by_gate");
  json.Boolean(shown.answer.by_gate(index));
  if (const client::ImpactNeed* const need = shown.answer.need(index)) {
    json.Member("alone", NameOf(need->alone));
    json.Key("gate");
    if (need->gated == 0) {
      json.Null();
    } else {
      json.BeginObject();
      json.Member("key", shown.answer.gated(index));
      json.Key("needed");
      json.Number(absl::StrFormat("%g", need->needed));
      json.Key("there");
      json.Number(absl::StrFormat("%g", need->there));
      json.End();
    }
  }
  json.Key("path");
  WritePath(json, shown.answer.PathTo(index, shown.model, shown.direction), shown.model);
  json.End();
}

void FlushWhenLarge(Context& context, std::string& out) {
  if (out.size() < kWriteBytes) return;
  context.Write(out);
  out.clear();
}

void WriteJson(Context& context, const Shown& shown) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  WriteViewAndRoots(json, shown);
  json.Key("affected");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const std::uint32_t index : shown.listed) {
    WriteAffected(json, shown, index);
    FlushWhenLarge(context, out);
  }
  json.End();
  WriteCountsAndTruncation(json, shown);
  json.End();
  context.Write(out + "\n");
}

// The summary first, then one affected record a line.
void WriteJsonLines(Context& context, const Shown& shown) {
  std::string out;
  {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    WriteViewAndRoots(json, shown);
    WriteCountsAndTruncation(json, shown);
    json.End();
    out += '\n';
  }
  for (const std::uint32_t index : shown.listed) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteAffected(json, shown, index);
    out += '\n';
    FlushWhenLarge(context, out);
  }
  context.Write(out);
}

std::string PathOf(const Shown& shown, std::uint32_t index, std::size_t columns) {
  return StepsText(shown.answer.PathTo(index, shown.model, shown.direction), shown.model, columns);
}

void WriteCsv(Context& context, const Shown& shown) {
  std::string out;
  AppendCsvRow(out, {"key", "class", "state", "distance", "path"});
  for (const std::uint32_t index : shown.listed) {
    AppendCsvRow(out, {std::string(shown.answer.key(index)),
                       std::string(shown.model.ClassName(shown.answer.class_number(index))),
                       std::string(NameOf(shown.answer.state(index))),
                       std::to_string(shown.answer.distance(index)), PathOf(shown, index, 0)});
    FlushWhenLarge(context, out);
  }
  context.Write(out);
}

std::string StateText(const Context& context, const Shown& shown, std::uint32_t index) {
  std::string text(StateLabel(context, shown.answer.state(index)));
  if (shown.answer.by_gate(index)) text += context.Say(" (gate)", "（ゲート）");
  return text;
}

// "host-1 1/2": the gate that it stands behind, and how much of it is needed.
std::string GateText(const Shown& shown, std::uint32_t index) {
  const client::ImpactNeed& need = *shown.answer.need(index);
  return need.gated == 0
             ? std::string()
             : absl::StrFormat("%s %g/%g", shown.answer.gated(index), need.needed, need.there);
}

std::string AffectedTable(const Context& context, const Shown& shown) {
  // What a record rests on is in no state by that.
  const bool states = shown.direction == Direction::kDown;
  std::vector<Table::Column> columns = {{std::string(context.Say("KEY", "キー"))},
                                        {std::string(context.Say("CLASS", "クラス"))}};
  if (states) columns.push_back({std::string(context.Say("STATE", "状態"))});
  const bool needs = !shown.listed.empty() && shown.answer.need(shown.listed.front()) != nullptr;
  if (needs) {
    columns.push_back({std::string(context.Say("ALONE", "単独の結果"))});
    columns.push_back({std::string(context.Say("BEHIND GATE", "ゲート"))});
  }
  columns.push_back({std::string(context.Say("DISTANCE", "距離")), Table::Align::kRight});
  std::vector<std::vector<std::string>> rows;
  for (const std::uint32_t index : shown.listed) {
    std::vector<std::string>& row = rows.emplace_back();
    row.emplace_back(shown.answer.key(index));
    row.push_back(ClassLabel(context, shown.model, shown.answer.class_number(index)));
    if (states) row.push_back(StateText(context, shown, index));
    if (needs) {
      row.emplace_back(StateLabel(context, shown.answer.need(index)->alone));
      row.push_back(GateText(shown, index));
    }
    row.push_back(std::to_string(shown.answer.distance(index)));
  }
  return TableWithPaths(context, std::move(columns), rows,
                        [&](std::size_t row, std::size_t path_columns) {
                          return PathOf(shown, shown.listed[row], path_columns);
                        });
}

void WriteTable(Context& context, const Shown& shown) {
  const ImpactSummary& summary = shown.summary;
  Table counts({{std::string(context.Say("CLASS", "クラス"))},
                {std::string(context.Say("AFFECTED", "影響数")), Table::Align::kRight}});
  auto by_class = summary.by_class;
  std::sort(by_class.begin(), by_class.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  for (const auto& [number, count] : by_class) {
    counts.AddRow({ClassLabel(context, shown.model, number), Grouped(count)});
  }
  counts.AddRow({std::string(context.Say("total", "合計")), Grouped(summary.total)});
  context.Write(counts.Render(context.style()));
  if (shown.listed.empty()) return;

  context.Write("\n" + AffectedTable(context, shown));
}

void WriteNotes(Context& context, const Shown& shown, std::uint64_t matching) {
  if (shown.summary.truncated != client::TruncationReason::kNone) {
    context.Note(absl::StrFormat(
        "%s: %s; %s %d, %s", context.Say("the answer is cut", "結果は途中で打ち切られています"),
        ReasonName(shown.summary.truncated), context.Say("complete to distance", "完全な距離:"),
        shown.summary.truncated_depth,
        absl::StrFormat("%s %s", Grouped(shown.summary.truncated_frontier),
                        context.Say("records there lead further", "件の先にも影響が続きます"))));
  }
  if (shown.summary.already > 0) {
    context.Note(
        absl::StrFormat("%s %s", Grouped(shown.summary.already),
                        context.Say("records are down already and are not counted again",
                                    "件はすでに停止または低下中で、影響数には含みません")));
  }
  if (context.format() == OutputFormat::kTable && !shown.summary.hash.empty())
    context.Note(absl::StrFormat("sha256 %s", ToHex(shown.summary.hash)));
  if (context.format() == OutputFormat::kTable && shown.listed.size() < matching) {
    context.Note(
        absl::StrFormat("%s / %s %s", Grouped(shown.listed.size()), Grouped(matching),
                        context.Say("listed; --limit N lists more, --output json lists all",
                                    "件を表示。--limit N で増やせます。全件は --output json")));
  }
  if (shown.summary.total == 0) {
    context.Note(shown.direction == Direction::kUp
                     ? context.Say("it needs nothing", "依存先はありません")
                     : context.Say("nothing is affected", "影響を受けるものはありません"));
  }
}

absl::StatusOr<ClassNumber> WantedClass(const ImpactOptions& options, const Model& model) {
  if (options.class_name.empty()) return ClassNumber{};
  if (const client::ModelClass* const found = model.FindClass(options.class_name)) {
    return found->number;
  }
  return MakeError(ErrorCode::kUnknownClass,
                   absl::StrFormat("impact: the model has no class '%s'%s", options.class_name,
                                   DidYouMean(options.class_name, model.class_names)),
                   "--class");
}

}  // namespace

CommandResult RunImpact(Context& context, const ImpactOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::ImpactRequest request, QuestionOf(options));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const auto newest = client->model();
  KOSEI_ASSIGN_OR_RETURN(const ClassNumber wanted, WantedClass(options, *newest));
  std::uint64_t limit = options.limit.value_or(UINT64_MAX);
  if (!options.limit.has_value() && context.format() == OutputFormat::kTable &&
      context.out_is_terminal()) {
    limit = kTerminalLinesMax;
  }
  if (options.follow)
    return RunImpactFollow(context, *client, request, options.count_events.value_or(UINT64_MAX));
  if (options.report) return RunImpactReport(context, *client, request);
  if (!options.explain.empty()) return RunImpactExplain(context, *client, request, options.explain);
  if (options.versus.given())
    return RunImpactDifference(context, *client, request, options.versus, options.limit);
  // With a class filter the first N of that class are wanted, wherever they stand.
  request.limit = wanted.value == 0 ? limit : UINT64_MAX;
  ImpactAnswer answer;
  KOSEI_ASSIGN_OR_RETURN(const ImpactSummary summary,
                         client->Impact(request, [&](const client::ImpactBatch& batch) {
                           answer.Add(batch);
                           return true;
                         }));
  answer.SetRoots(summary.roots);
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(summary.view));

  Shown shown{answer, summary, *model, request.direction, {}};
  for (std::uint32_t i = 0; i < answer.size() && shown.listed.size() < limit; ++i) {
    if (answer.listed(i) && (wanted.value == 0 || IsOf(*model, answer.class_number(i), wanted)))
      shown.listed.push_back(i);
  }
  std::uint64_t matching = 0;
  for (const auto& [number, count] : summary.by_class) {
    if (wanted.value == 0 || IsOf(*model, number, wanted)) matching += count;
  }
  switch (context.format()) {
    case OutputFormat::kJson:
      WriteJson(context, shown);
      break;
    case OutputFormat::kJsonl:
      WriteJsonLines(context, shown);
      break;
    case OutputFormat::kCsv:
      WriteCsv(context, shown);
      break;
    case OutputFormat::kTable:
      WriteTable(context, shown);
      break;
  }
  WriteNotes(context, shown, matching);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
