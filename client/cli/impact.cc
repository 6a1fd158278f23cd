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

std::string_view NameOf(client::TruncationReason reason) {
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
  json.Member("reason", NameOf(shown.summary.truncated));
  json.Member("depth", std::uint64_t{shown.summary.truncated_depth});
  json.Member("frontier", shown.summary.truncated_frontier);
  json.End();
}

void WriteViewAndRoots(JsonWriter& json, const Shown& shown) {
  json.Key("view");
  WriteView(json, shown.summary.view);
  json.Key("roots");
  json.BeginArray();
  for (const std::string& root : shown.summary.roots) json.Text(root);
  json.End();
}

void WriteAffected(JsonWriter& json, const Shown& shown, std::uint32_t index) {
  json.BeginObject();
  json.Member("key", shown.answer.key(index));
  json.Member("class", shown.model.ClassName(shown.answer.class_number(index)));
  json.Member("distance", std::uint64_t{shown.answer.distance(index)});
  json.Key("path");
  WritePath(json, shown.answer.PathTo(index), shown.model);
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

void WriteCsv(Context& context, const Shown& shown) {
  std::string out;
  AppendCsvRow(out, {"key", "class", "distance", "path"});
  for (const std::uint32_t index : shown.listed) {
    AppendCsvRow(out, {std::string(shown.answer.key(index)),
                       std::string(shown.model.ClassName(shown.answer.class_number(index))),
                       std::to_string(shown.answer.distance(index)),
                       PathText(shown.answer.PathTo(index), shown.model, shown.direction, 0)});
    FlushWhenLarge(context, out);
  }
  context.Write(out);
}

std::string PathOf(const Shown& shown, std::uint32_t index, std::size_t columns) {
  return PathText(shown.answer.PathTo(index), shown.model, shown.direction, columns);
}

std::string AffectedTable(const Context& context, const Shown& shown) {
  std::vector<std::vector<std::string>> rows;
  for (const std::uint32_t index : shown.listed) {
    rows.push_back({std::string(shown.answer.key(index)),
                    ClassLabel(context, shown.model, shown.answer.class_number(index)),
                    std::to_string(shown.answer.distance(index))});
  }
  return TableWithPaths(context,
                        {{std::string(context.Say("KEY", "キー"))},
                         {std::string(context.Say("CLASS", "クラス"))},
                         {std::string(context.Say("DISTANCE", "距離")), Table::Align::kRight}},
                        rows, [&](std::size_t row, std::size_t columns) {
                          return PathOf(shown, shown.listed[row], columns);
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
        NameOf(shown.summary.truncated), context.Say("complete to distance", "完全な距離:"),
        shown.summary.truncated_depth,
        absl::StrFormat("%s %s", Grouped(shown.summary.truncated_frontier),
                        context.Say("records there lead further", "件の先にも影響が続きます"))));
  }
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
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const auto newest = client->model();
  KOSEI_ASSIGN_OR_RETURN(const ClassNumber wanted, WantedClass(options, *newest));
  std::uint64_t limit = options.limit.value_or(UINT64_MAX);
  if (!options.limit.has_value() && context.format() == OutputFormat::kTable &&
      context.out_is_terminal()) {
    limit = kTerminalLinesMax;
  }
  client::ImpactRequest request;
  request.roots = options.keys;
  request.direction = options.direction == "up" ? Direction::kUp : Direction::kDown;
  request.depth = options.depth;
  request.view = view;
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
    if (wanted.value == 0 || IsOf(*model, answer.class_number(i), wanted))
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
