// kosei collide FILE, kosei collide --plans A,B
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
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
// Records of a collision that a line of a table names.
constexpr std::size_t kShownRecords = 3;

constexpr CollisionKind kWorstFirst[] = {CollisionKind::kGate, CollisionKind::kFreeze,
                                         CollisionKind::kSameRecord,
                                         CollisionKind::kOutsideMaintenance, CollisionKind::kReach};

std::string_view NameOf(client::State state) {
  switch (state) {
    case client::State::kUp:
      return "up";
    case client::State::kDegraded:
      return "degraded";
    case client::State::kFailed:
      return "failed";
  }
  return "unknown";
}

std::string KindText(const Context& context, CollisionKind kind) {
  switch (kind) {
    case CollisionKind::kSameRecord:
      return std::string(context.Say("same record", "同一の構成品目"));
    case CollisionKind::kReach:
      return std::string(context.Say("reach", "影響範囲"));
    case CollisionKind::kGate:
      return std::string(context.Say("gate", "ゲート"));
    case CollisionKind::kFreeze:
      return std::string(context.Say("freeze", "凍結期間"));
    case CollisionKind::kOutsideMaintenance:
      return std::string(context.Say("outside maintenance", "保守時間外"));
  }
  return "?";
}

// "payroll failed (critical), farm failed, +3"
std::string RecordsText(const Collision& collision) {
  std::vector<std::string> parts;
  for (const client::CollidingRecord& record : collision.records) {
    if (parts.size() == kShownRecords) break;
    std::string text = record.key;
    if (record.state != client::State::kUp)
      absl::StrAppendFormat(&text, " %s", NameOf(record.state));
    if (!record.criticality.empty()) absl::StrAppendFormat(&text, " (%s)", record.criticality);
    parts.push_back(std::move(text));
  }
  if (collision.record_count > parts.size())
    parts.push_back(absl::StrFormat("+%s", Grouped(collision.record_count - parts.size())));
  return absl::StrJoin(parts, ", ");
}

// "farm: at_least(1, member_of)", and the windows of the calendar.
std::string BecauseText(const Collision& collision) {
  std::vector<std::string> parts;
  for (const client::CollidingGate& gate : collision.gates)
    parts.push_back(absl::StrFormat("%s: %s", gate.key, gate.gate));
  parts.insert(parts.end(), collision.windows.begin(), collision.windows.end());
  if (parts.size() > kShownRecords) {
    const std::size_t more = parts.size() - kShownRecords;
    parts.resize(kShownRecords);
    parts.push_back(absl::StrFormat("+%d", more));
  }
  return absl::StrJoin(parts, ", ");
}

void WriteCollision(JsonWriter& json, const Collision& collision, const client::Model& model) {
  json.BeginObject();
  json.Member("kind", client::NameOf(collision.kind));
  json.Key("changes");
  json.BeginArray();
  for (const std::string& change : collision.changes) json.Text(change);
  json.End();
  json.Member("from", FormatTimestamp(collision.window.from));
  json.Member("to", FormatTimestamp(collision.window.to));
  json.Key("records");
  json.BeginArray();
  for (const client::CollidingRecord& record : collision.records) {
    json.BeginObject();
    json.Member("key", record.key);
    json.Member("class", model.ClassName(record.class_number));
    json.Member("state", NameOf(record.state));
    json.Key("service");
    json.Boolean(record.service);
    json.Key("criticality");
    record.criticality.empty() ? json.Null() : json.Text(record.criticality);
    json.End();
  }
  json.End();
  json.Member("record_count", collision.record_count);
  json.Member("service_count", collision.service_count);
  json.Key("gates");
  json.BeginArray();
  for (const client::CollidingGate& gate : collision.gates) {
    json.BeginObject();
    json.Member("key", gate.key);
    json.Member("state", NameOf(gate.state));
    json.Member("gate", gate.gate);
    json.End();
  }
  json.End();
  json.Key("windows");
  json.BeginArray();
  for (const std::string& window : collision.windows) json.Text(window);
  json.End();
  json.End();
}

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
    Table table({{title("COLLISION", "衝突")},
                 {title("CHANGES", "変更")},
                 {title("FROM", "開始")},
                 {title("TO", "終了")},
                 {title("RECORDS", "構成品目"), right},
                 {title("SERVICES", "サービス"), right},
                 {title("WHAT", "対象")},
                 {title("BECAUSE OF", "理由")}});
    for (const Collision& collision : result.collisions) {
      table.AddRow({KindText(context, collision.kind), absl::StrJoin(collision.changes, " "),
                    ShortTime(collision.window.from), ShortTime(collision.window.to),
                    Grouped(collision.record_count), Grouped(collision.service_count),
                    RecordsText(collision), BecauseText(collision)});
    }
    out = table.Render(context.style()) + "\n";
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
