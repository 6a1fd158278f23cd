// kosei calendar show, add, export
#include <array>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "process/calendar_options.h"
#include "process/entering.h"
#include "process/record_rows.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::CalendarEntry;
using client::EntryKind;

constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;
constexpr std::array<EntryKind, 6> kKinds = {EntryKind::kChange,      EntryKind::kFreeze,
                                             EntryKind::kMaintenance, EntryKind::kMeeting,
                                             EntryKind::kRelease,     EntryKind::kDeployment};

// Days that are shown before and behind now when nobody says.
struct DefaultSpan {
  std::int64_t before, after;
};

absl::StatusOr<client::CalendarRequest> RequestOf(const CalendarSpan& span,
                                                  const DefaultSpan& common) {
  client::CalendarRequest request;
  const Timestamp now = SystemClock().Now();
  request.window = {Timestamp{now.micros - common.before * kDay},
                    Timestamp{now.micros + common.after * kDay}};
  if (!span.from.empty()) {
    KOSEI_ASSIGN_OR_RETURN(request.window.from, ParseInstant(span.from, "--from"));
    if (span.to.empty()) request.window.to = {request.window.from.micros + common.after * kDay};
  }
  if (!span.to.empty()) {
    KOSEI_ASSIGN_OR_RETURN(request.window.to, ParseInstant(span.to, "--to"));
  }
  for (const std::string& name : span.kinds) {
    for (const EntryKind kind : kKinds) {
      if (client::NameOf(kind) == name) request.kinds.push_back(kind);
    }
  }
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(span.view));
  return request;
}

void WriteTexts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.Key(name);
  json.BeginArray();
  for (const std::string& text : texts) json.Text(text);
  json.End();
}

void WriteEntry(JsonWriter& json, const CalendarEntry& entry) {
  json.BeginObject();
  json.Member("uid", entry.uid);
  json.Member("key", entry.key);
  json.Member("kind", client::NameOf(entry.kind));
  json.Member("from", FormatTimestamp(entry.window.from));
  json.Member("to", FormatTimestamp(entry.window.to));
  json.Member("state", entry.state);
  json.Member("title", entry.title);
  json.Key("place");
  entry.place.empty() ? json.Null() : json.Text(entry.place);
  json.Key("recurs");
  json.Boolean(entry.recurs);
  WriteTexts(json, "classes", entry.classes);
  WriteTexts(json, "records", entry.records);
  WriteTexts(json, "services", entry.services);
  json.End();
}

std::string KindText(const Context& context, EntryKind kind) {
  switch (kind) {
    case EntryKind::kChange:
      return std::string(context.Say("change", "変更"));
    case EntryKind::kFreeze:
      return std::string(context.Say("freeze", "凍結"));
    case EntryKind::kMaintenance:
      return std::string(context.Say("maintenance", "保守"));
    case EntryKind::kMeeting:
      return std::string(context.Say("meeting", "会議"));
    case EntryKind::kRelease:
      return std::string(context.Say("release", "リリース"));
    case EntryKind::kDeployment:
      return std::string(context.Say("deployment", "展開"));
  }
  return "?";
}

// "Database payroll db-1"
std::string AboutText(const Context& context, const CalendarEntry& entry) {
  std::vector<std::string> parts = entry.classes;
  parts.insert(parts.end(), entry.services.begin(), entry.services.end());
  parts.insert(parts.end(), entry.records.begin(), entry.records.end());
  const bool window = entry.kind == EntryKind::kFreeze || entry.kind == EntryKind::kMaintenance;
  if (parts.empty() && window) return std::string(context.Say("everything", "すべて"));
  if (parts.empty()) return entry.place;
  return absl::StrJoin(parts, " ");
}

absl::StatusOr<client::ProcessNew> EntryOf(const CalendarAddOptions& options) {
  client::ProcessNew record;
  record.class_name = options.kind == "freeze"        ? "Freeze"
                      : options.kind == "maintenance" ? "MaintenanceWindow"
                                                      : "CabSeries";
  record.reason = options.reason;
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) record.attributes.push_back({name, {text}});
  };
  put("name", options.title);
  put("planned_start", options.from);
  put("planned_end", options.to);
  put("recurrence", options.recurrence);
  put("time_zone", options.time_zone);
  put("about_classes", absl::StrJoin(options.classes, ";"));
  put("overlap_statement", options.overlap);
  for (const std::string& text : options.assignments) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0 || sign + 1 == text.size()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("attribute \"%s\": write NAME=VALUE", text), "attribute");
    }
    record.attributes.push_back({text.substr(0, sign), {text.substr(sign + 1)}});
  }
  for (const std::string& key : options.about) record.links.push_back({"applies_to", key});
  return record;
}

}  // namespace

CommandResult RunCalendarShow(Context& context, const CalendarShowOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::CalendarRequest request, RequestOf(options.span, {0, 30}));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::CalendarResult calendar,
                         client->CalendarOfProcesses(request));
  const ListForm<CalendarEntry> form{
      {"uid", "key", "kind", "from", "to", "state", "title", "classes", "records", "services"},
      WriteEntry,
      [](const CalendarEntry& entry) {
        return std::vector<std::string>{entry.uid,
                                        entry.key,
                                        std::string(client::NameOf(entry.kind)),
                                        FormatTimestamp(entry.window.from),
                                        FormatTimestamp(entry.window.to),
                                        entry.state,
                                        entry.title,
                                        absl::StrJoin(entry.classes, ";"),
                                        absl::StrJoin(entry.records, ";"),
                                        absl::StrJoin(entry.services, ";")};
      }};
  const auto title = [&](const char* en, const char* ja) {
    return std::string(context.Say(en, ja));
  };
  Table table({{title("FROM", "開始")},
               {title("TO", "終了")},
               {title("KIND", "種類")},
               {title("KEY", "キー")},
               {title("STATE", "状態")},
               {title("ABOUT", "対象")},
               {title("TITLE", "件名")}});
  WriteList(context, calendar.entries, form, std::move(table), [&](const CalendarEntry& entry) {
    return std::vector<std::string>{ShortTime(entry.window.from),
                                    ShortTime(entry.window.to),
                                    KindText(context, entry.kind),
                                    entry.key,
                                    entry.state,
                                    AboutText(context, entry),
                                    entry.title};
  });
  if (!calendar.entries.empty()) return ExitCode::kOk;
  context.Note(absl::StrFormat(
      "%s: %s - %s", std::string(context.Say("nothing is in the calendar", "予定はありません")),
      ShortTime(request.window.from), ShortTime(request.window.to)));
  return ExitCode::kNothing;
}

CommandResult RunCalendarAdd(Context& context, const CalendarAddOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ProcessNew record, EntryOf(options));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  return OpenAndEnter(context, *client, record, options.draft);
}

CommandResult RunCalendarExport(Context& context, const CalendarExportOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::CalendarRequest request, RequestOf(options.span, {30, 365}));
  request.as_file = true;
  request.title = options.title;
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::CalendarResult calendar,
                         client->CalendarOfProcesses(request));
  if (options.file.empty()) {
    context.Write(calendar.file);
    return ExitCode::kOk;
  }
  std::ofstream file(options.file, std::ios::binary | std::ios::trunc);
  file << calendar.file;
  file.close();
  if (!file) {
    return MakeError(ErrorCode::kStorageIo,
                     absl::StrFormat("export of the calendar: %s could not be written; choose "
                                     "another file, or make room",
                                     options.file),
                     "--out");
  }
  context.Note(context.japanese()
                   ? absl::StrFormat("%s 件を %s に書き出しました",
                                     Grouped(calendar.entries.size()), options.file)
                   : absl::StrFormat("%s in %s",
                                     Counted(calendar.entries.size(), "entry", "entries"),
                                     options.file));
  return ExitCode::kOk;
}

}  // namespace kosei::cli
