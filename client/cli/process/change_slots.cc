// kosei change slots: when a change has the way to itself, among the changes and windows of the
// store.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "impact_question.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "process/calendar_options.h"
#include "process/record_rows.h"
#include "record_text.h"
#include "work_file.h"

namespace kosei::cli {
namespace {

using client::CalendarEntry;
using client::EntryKind;

constexpr std::int64_t kYear = std::int64_t{366} * 86'400 * 1'000'000;
// Changes that are decided on, and not done yet.
constexpr std::string_view kAhead[] = {"approved", "in_build", "in_test", "scheduled",
                                       "implementing"};

struct OwnChange {
  client::PlannedChange change;
  std::int64_t length = 0;
};

absl::StatusOr<std::vector<std::string>> OpenPlans(client::Client& client) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<client::PlanInfo> plans, client.ListPlans());
  std::vector<std::string> names;
  for (const client::PlanInfo& plan : plans) {
    if (plan.state == client::PlanState::kOpen) names.push_back(plan.name);
  }
  return names;
}

// A plan that is carried out or given up says nothing any more.
std::string PlanOf(const std::string& name, const std::vector<std::string>& open) {
  return std::ranges::count(open, name) > 0 ? name : std::string();
}

absl::StatusOr<OwnChange> ReadChange(client::Client& client, const ChangeSlotsOptions& options,
                                     const std::vector<std::string>& plans, Timestamp after) {
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<client::QueryRow> rows,
      RowsOf(client,
             "MATCH (c:Change {key: $key}) OPTIONAL MATCH (c)-[:targets]->(i) RETURN "
             "c.planned_start, c.planned_end, c.plan, collect(DISTINCT key(i))",
             {{"key", client::QueryValue{options.key}}}));
  if (rows.empty()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("record %s: there is no change of this key; `kosei change "
                                     "list` lists those that are open",
                                     options.key),
                     "KEY");
  }
  OwnChange own;
  const auto start = InstantOf(rows[0][0]);
  const auto end = InstantOf(rows[0][1]);
  if (!options.length.empty()) {
    KOSEI_ASSIGN_OR_RETURN(own.length, ParseLength(options.length, "--length"));
  } else if (start.has_value() && end.has_value() && *start < *end) {
    own.length = end->micros - start->micros;
  } else {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("change %s has no window yet (planned_start, planned_end); "
                                     "say how long it takes, as in --length 4h",
                                     options.key),
                     "--length");
  }
  own.change.id = options.key;
  own.change.window = {after, Timestamp{after.micros + own.length}};
  own.change.changes = TextsOf(rows[0][3]);
  own.change.plan = PlanOf(TextOf(rows[0][2]), plans);
  own.change.change_is_failure = true;
  if (!own.change.changes.empty() || !own.change.plan.empty()) return own;
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("change %s names nothing that it works on; link its items "
                                   "(targets), or fill its plan",
                                   options.key),
                   "KEY");
}

client::CalendarWindow WindowOf(const CalendarEntry& entry) {
  client::CalendarWindow window;
  window.id = entry.uid;
  window.kind = entry.kind == EntryKind::kFreeze ? client::CalendarKind::kFreeze
                                                 : client::CalendarKind::kMaintenance;
  window.window = entry.window;
  window.classes = entry.classes;
  window.records = entry.records;
  window.services = entry.services;
  return window;
}

void AddEntry(const CalendarEntry& entry, const std::string& own,
              const std::vector<std::string>& plans, client::PlannedWork& work) {
  if (entry.kind != EntryKind::kChange) {
    work.windows.push_back(WindowOf(entry));
    return;
  }
  if (entry.key == own || std::ranges::count(kAhead, entry.state) == 0) return;
  client::PlannedChange change;
  change.id = entry.key;
  change.window = entry.window;
  change.changes = entry.records;
  change.plan = PlanOf(entry.plan, plans);
  change.change_is_failure = true;
  if (!change.changes.empty() || !change.plan.empty()) work.changes.push_back(std::move(change));
}

// A record that has maintenance windows has them also where none is within the span: it must not
// be taken for one without any.
absl::Status AddCalendar(client::Client& client, const client::WorkWindow& within,
                         const std::vector<std::string>& plans, client::PlannedWork& work) {
  const std::string own = work.changes.front().id;
  client::CalendarRequest asked;
  asked.limit = 100'000;
  asked.window = within;
  asked.kinds = {EntryKind::kChange, EntryKind::kFreeze};
  KOSEI_ASSIGN_OR_RETURN(const client::CalendarResult busy, client.CalendarOfProcesses(asked));
  asked.window = {Timestamp{within.from.micros - kYear}, Timestamp{within.to.micros + kYear}};
  asked.kinds = {EntryKind::kMaintenance};
  KOSEI_ASSIGN_OR_RETURN(const client::CalendarResult windows, client.CalendarOfProcesses(asked));
  for (const CalendarEntry& entry : busy.entries) AddEntry(entry, own, plans, work);
  for (const CalendarEntry& entry : windows.entries) AddEntry(entry, own, plans, work);
  return absl::OkStatus();
}

void WriteSlot(JsonWriter& json, const client::FreeSlot& slot) {
  json.BeginObject();
  json.Member("from", FormatTimestamp(slot.window.from));
  json.Member("to", FormatTimestamp(slot.window.to));
  json.Member("latest", FormatTimestamp(slot.latest));
  json.End();
}

void WriteSlots(Context& context, const std::vector<client::FreeSlot>& slots) {
  const ListForm<client::FreeSlot> form{
      {"from", "to", "latest"}, WriteSlot, [](const client::FreeSlot& slot) {
        return std::vector<std::string>{FormatTimestamp(slot.window.from),
                                        FormatTimestamp(slot.window.to),
                                        FormatTimestamp(slot.latest)};
      }};
  Table table({{std::string(context.Say("FROM", "開始"))},
               {std::string(context.Say("TO", "終了"))},
               {std::string(context.Say("LATEST BEGINNING", "最も遅い開始"))}});
  WriteList(context, slots, form, std::move(table), [](const client::FreeSlot& slot) {
    return std::vector<std::string>{ShortTime(slot.window.from), ShortTime(slot.window.to),
                                    ShortTime(slot.latest)};
  });
}

}  // namespace

CommandResult RunChangeSlots(Context& context, const ChangeSlotsOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const std::int64_t within, ParseLength(options.within, "--within"));
  Timestamp after = SystemClock().Now();
  if (!options.after.empty()) {
    KOSEI_ASSIGN_OR_RETURN(after, ParseInstant(options.after, "--after"));
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> plans, OpenPlans(*client));
  KOSEI_ASSIGN_OR_RETURN(OwnChange own, ReadChange(*client, options, plans, after));
  client::FreeSlotsRequest request;
  request.change = options.key;
  request.within = {after, Timestamp{after.micros + within}};
  request.length = own.length;
  request.count = options.count;
  request.work.changes.push_back(std::move(own.change));
  KOSEI_RETURN_IF_ERROR(AddCalendar(*client, request.within, plans, request.work));
  SetContexts(options.contexts, request.work.contexts, request.work.all_contexts);
  KOSEI_ASSIGN_OR_RETURN(const client::FreeSlotsResult result, client->FreeSlots(request));
  WriteSlots(context, result.slots);
  if (!result.slots.empty()) return ExitCode::kOk;
  context.Note(
      context.Say("no free slot; look further with --within, or for a shorter one with "
                  "--length",
                  "空いている時間枠がありません。--within を延ばすか --length を短くしてください"));
  return ExitCode::kNothing;
}

}  // namespace kosei::cli
