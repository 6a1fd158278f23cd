// kosei collide FILE, kosei collide --plans A,B
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "collision_text.h"
#include "commands.h"
#include "csv_writer.h"
#include "impact_question.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "list_output.h"
#include "record_text.h"
#include "table.h"
#include "work_file.h"
#include "work_values.h"

namespace kosei::cli {
namespace {

using client::Collision;
using client::CollisionKind;
using client::CollisionsResult;

constexpr std::int64_t kHour = 3'600'000'000;
constexpr CollisionKind kWorstFirst[] = {CollisionKind::kGate, CollisionKind::kFreeze,
                                         CollisionKind::kSameRecord,
                                         CollisionKind::kOutsideMaintenance, CollisionKind::kReach};

void WriteChange(JsonWriter& json, const client::ChangeSummary& change) {
  json.BeginObject();
  json.Member("id", change.id);
  json.Member("from", FormatTimestamp(change.window.from));
  json.Member("to", FormatTimestamp(change.window.to));
  json.Member("affected", change.affected);
  json.Member("services", change.services);
  json.Member("collisions", change.collisions);
  json.End();
}

// "view", "total", "counts" and "changes" of an object that is open.
void WriteSummary(JsonWriter& json, const CollisionsResult& result, JsonWriter::Layout layout) {
  json.Key("view");
  WriteView(json, result.view);
  json.Member("total", result.total);
  json.Key("counts");
  json.BeginObject();
  for (const CollisionKind kind : kWorstFirst)
    json.Member(client::NameOf(kind), result.counts[static_cast<std::size_t>(kind)]);
  json.End();
  json.Key("changes");
  json.BeginArray(layout);
  for (const client::ChangeSummary& change : result.changes) WriteChange(json, change);
  json.End();
}

std::string JsonOf(const CollisionsResult& result, const client::Model& model) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  WriteSummary(json, result, JsonWriter::Layout::kLines);
  json.Key("collisions");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const Collision& collision : result.collisions) WriteCollision(json, collision, model);
  json.End();
  json.End();
  return out + "\n";
}

std::string JsonLinesOf(const CollisionsResult& result, const client::Model& model) {
  std::string out;
  JsonWriter head(out, JsonWriter::Layout::kInline);
  head.BeginObject();
  WriteSummary(head, result, JsonWriter::Layout::kInline);
  head.End();
  out += '\n';
  for (const Collision& collision : result.collisions) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteCollision(json, collision, model);
    out += '\n';
  }
  return out;
}

std::string CsvOf(const CollisionsResult& result) {
  std::string out;
  AppendCsvRow(out, {"kind", "changes", "from", "to", "record_count", "service_count", "records",
                     "gates", "windows"});
  for (const Collision& collision : result.collisions) {
    std::vector<std::string> records;
    for (const client::CollidingRecord& record : collision.records) records.push_back(record.key);
    std::vector<std::string> gates;
    for (const client::CollidingGate& gate : collision.gates) gates.push_back(gate.key);
    AppendCsvRow(
        out, {std::string(client::NameOf(collision.kind)), absl::StrJoin(collision.changes, ";"),
              FormatTimestamp(collision.window.from), FormatTimestamp(collision.window.to),
              std::to_string(collision.record_count), std::to_string(collision.service_count),
              absl::StrJoin(records, ";"), absl::StrJoin(gates, ";"),
              absl::StrJoin(collision.windows, ";")});
  }
  return out;
}

std::string TablesOf(const Context& context, const CollisionsResult& result) {
  const auto title = [&](const char* english, const char* japanese) {
    return std::string(context.Say(english, japanese));
  };
  const auto right = Table::Align::kRight;
  std::string out;
  if (!result.collisions.empty()) {
    out = CollisionTable(context, result.collisions) + "\n";
  }
  Table changes({{title("CHANGE", "変更")},
                 {title("FROM", "開始")},
                 {title("TO", "終了")},
                 {title("AFFECTED", "影響"), right},
                 {title("SERVICES", "サービス"), right},
                 {title("COLLISIONS", "衝突"), right}});
  for (const client::ChangeSummary& change : result.changes) {
    changes.AddRow({change.id, ShortTime(change.window.from), ShortTime(change.window.to),
                    Grouped(change.affected), Grouped(change.services),
                    Grouped(change.collisions)});
  }
  return out + changes.Render(context.style());
}

void NoteCounts(Context& context, const CollisionsResult& result) {
  if (result.total == 0) {
    context.Note(context.Say("no collisions", "衝突はありません"));
    return;
  }
  std::vector<std::string> parts;
  for (const CollisionKind kind : kWorstFirst) {
    const std::uint64_t count = result.counts[static_cast<std::size_t>(kind)];
    if (count != 0)
      parts.push_back(absl::StrFormat("%s %s", KindText(context, kind), Grouped(count)));
  }
  std::string text = context.japanese() ? absl::StrFormat("衝突 %s 件", Grouped(result.total))
                                        : Counted(result.total, "collision", "collisions");
  text += ": " + absl::StrJoin(parts, ", ");
  if (result.collisions.size() < result.total) {
    const std::string listed = Grouped(result.collisions.size());
    text += context.japanese() ? absl::StrFormat("（重いものから %s 件を表示）", listed)
                               : absl::StrFormat("; the worst %s are listed", listed);
  }
  context.Note(text);
}

// Each plan as a change of its name, all at the same time.
absl::StatusOr<client::PlannedWork> WorkOfPlans(const CollideOptions& options) {
  const Timestamp now = SystemClock().Now();
  client::WorkWindow window{now, Timestamp{now.micros + kHour}};
  if (!options.window.empty()) {
    KOSEI_ASSIGN_OR_RETURN(window, ParseSpan(options.window, "--window"));
  }
  client::PlannedWork work;
  for (const std::string& name : SplitList(options.plans, ',')) {
    const bool known =
        std::any_of(work.changes.begin(), work.changes.end(),
                    [&](const client::PlannedChange& change) { return change.id == name; });
    if (known) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("--plans: plan '%s' is named twice; leave one out", name),
                       "--plans");
    }
    client::PlannedChange change;
    change.id = name;
    change.window = window;
    change.plan = name;
    change.change_is_failure = true;
    work.changes.push_back(std::move(change));
  }
  return work;
}

absl::StatusOr<client::PlannedWork> WorkOf(const CollideOptions& options) {
  const bool from_file = !options.file.empty();
  if (from_file == !options.plans.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "collide: expected a file of planned work or --plans NAME,NAME, one of both");
  }
  absl::StatusOr<client::PlannedWork> work =
      from_file ? ReadWork(options.file) : WorkOfPlans(options);
  KOSEI_RETURN_IF_ERROR(work.status());
  if (from_file && !options.window.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "collide: --window goes with --plans; changes of a file have their own",
                     "--window");
  }
  if (work->changes.empty()) {
    return MakeError(ErrorCode::kInvalidArgument, "collide: there are no changes", "changes");
  }
  std::vector<std::string> contexts = work->contexts;
  contexts.insert(contexts.end(), options.contexts.begin(), options.contexts.end());
  SetContexts(contexts, work->contexts, work->all_contexts);
  return work;
}

void WriteSlot(JsonWriter& json, const client::FreeSlot& slot) {
  json.BeginObject();
  json.Member("from", FormatTimestamp(slot.window.from));
  json.Member("to", FormatTimestamp(slot.window.to));
  json.Member("latest", FormatTimestamp(slot.latest));
  json.End();
}

void WriteSlots(Context& context, const std::string& change,
                const client::FreeSlotsResult& result) {
  if (context.format() == OutputFormat::kJson) {
    std::string out;
    JsonWriter json(out);
    json.BeginObject(JsonWriter::Layout::kLines);
    json.Key("view");
    WriteView(json, result.view);
    json.Member("change", change);
    json.Key("slots");
    json.BeginArray(JsonWriter::Layout::kLines);
    for (const client::FreeSlot& slot : result.slots) WriteSlot(json, slot);
    json.End();
    json.End();
    context.Write(out + "\n");
    return;
  }
  const ListForm<client::FreeSlot> form{
      {"from", "to", "latest"}, WriteSlot, [](const client::FreeSlot& slot) {
        return std::vector<std::string>{FormatTimestamp(slot.window.from),
                                        FormatTimestamp(slot.window.to),
                                        FormatTimestamp(slot.latest)};
      }};
  Table table({{std::string(context.Say("FROM", "開始"))},
               {std::string(context.Say("TO", "終了"))},
               {std::string(context.Say("LATEST BEGINNING", "最も遅い開始"))}});
  WriteList(context, result.slots, form, std::move(table), [](const client::FreeSlot& slot) {
    return std::vector<std::string>{ShortTime(slot.window.from), ShortTime(slot.window.to),
                                    ShortTime(slot.latest)};
  });
}

CommandResult RunSlots(Context& context, const CollideOptions& options, client::PlannedWork work,
                       const client::ViewName& view) {
  client::FreeSlotsRequest request;
  request.work = std::move(work);
  request.view = view;
  request.change = options.slot;
  KOSEI_ASSIGN_OR_RETURN(const std::int64_t within, ParseLength(options.within, "--within"));
  request.within.from = SystemClock().Now();
  if (!options.after.empty()) {
    const absl::StatusOr<Timestamp> after = ParseTimestamp(options.after);
    if (!after.ok()) {
      return MakeError(
          ErrorCode::kInvalidArgument,
          absl::StrFormat("--after '%s': %s", options.after, MessageOf(after.status())), "--after");
    }
    request.within.from = *after;
  }
  request.within.to = {request.within.from.micros + within};
  if (!options.length.empty()) {
    KOSEI_ASSIGN_OR_RETURN(request.length, ParseLength(options.length, "--length"));
  }
  request.count = options.count;
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::FreeSlotsResult result, client->FreeSlots(request));
  WriteSlots(context, options.slot, result);
  if (!result.slots.empty()) return ExitCode::kOk;
  context.Note(
      context.Say("no free slot; look further with --within, or for a shorter one with "
                  "--length",
                  "空いている時間枠がありません。--within を延ばすか --length を短くしてください"));
  return ExitCode::kNothing;
}

}  // namespace

CommandResult RunCollide(Context& context, const CollideOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::PlannedWork work, WorkOf(options));
  if (!options.slot.empty()) return RunSlots(context, options, std::move(work), view);
  client::CollisionsRequest request{.work = std::move(work),
                                    .view = view,
                                    .limit = options.limit,
                                    .listed = options.records,
                                    .only = options.change};
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const CollisionsResult result, client->Collisions(request));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(result.view));
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(JsonOf(result, *model));
      break;
    case OutputFormat::kJsonl:
      context.Write(JsonLinesOf(result, *model));
      break;
    case OutputFormat::kCsv:
      context.Write(CsvOf(result));
      break;
    case OutputFormat::kTable:
      context.Write(TablesOf(context, result));
      NoteCounts(context, result);
      break;
  }
  return result.total == 0 ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli
