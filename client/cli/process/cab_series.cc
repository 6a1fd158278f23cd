// kosei cab series: when the boards meet next, and meetings opened from that.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "process/cab_options.h"
#include "process/record_rows.h"
#include "query/value_form.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::CalendarEntry;
using client::QueryRow;
using client::QueryValue;

// Those of a board that meets once a year are found, too.
constexpr std::int64_t kAhead = std::int64_t{800} * 86'400 * 1'000'000;
constexpr std::uint32_t kDatesMax = 100;

struct MeetingSeries {
  std::string key, title, state;
  language::PackedMap attributes;
};

// A date of a series; once it is opened, with its meeting.
struct MeetingDate {
  std::string series, title, state;
  client::WorkWindow window;
  std::string meeting;
};

absl::StatusOr<std::vector<MeetingSeries>> SeriesOf(client::Client& client,
                                                    const std::string& key) {
  std::vector<MeetingSeries> found;
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<QueryRow> rows,
      RowsOf(client,
             "MATCH (s:CabSeries) WHERE (s.state IN ['draft', 'in_force'] AND $key = '') OR key(s) "
             "= $key RETURN key(s) AS key, s.name, s.state, properties(s) ORDER BY key",
             {{"key", QueryValue{key}}}));
  for (const QueryRow& row : rows) {
    MeetingSeries& series = found.emplace_back();
    series.key = TextOf(row[0]);
    series.title = TextOf(row[1]);
    series.state = TextOf(row[2]);
    if (const auto* const map = row[3].As<language::PackedMap>(); map != nullptr)
      series.attributes = *map;
  }
  if (!found.empty() || key.empty()) return found;
  return MakeError(ErrorCode::kNotFound,
                   absl::StrFormat("series %s: there is none of this key; `kosei cab series` lists "
                                   "those that there are",
                                   key),
                   "KEY");
}

absl::StatusOr<std::vector<MeetingDate>> DatesOf(client::Client& client,
                                                 const MeetingSeries& series, std::uint32_t count) {
  const Timestamp now = SystemClock().Now();
  client::CalendarRequest request;
  request.window = {now, Timestamp{now.micros + kAhead}};
  request.kinds = {client::EntryKind::kMeeting};
  request.keys = {series.key};
  request.limit = 100'000;
  KOSEI_ASSIGN_OR_RETURN(const client::CalendarResult calendar,
                         client.CalendarOfProcesses(request));
  std::vector<MeetingDate> dates;
  for (const CalendarEntry& entry : calendar.entries) {
    if (dates.size() == count) break;
    if (entry.window.from < now) continue;  // under way
    dates.push_back({series.key, series.title, series.state, entry.window, {}});
  }
  return dates;
}

absl::Status OpenMeeting(Context& context, client::Client& client, const MeetingSeries& series,
                         MeetingDate& date) {
  client::ProcessNew record;
  record.class_name = "CabMeeting";
  const std::string day = FormatTimestamp(date.window.from).substr(0, 10);
  record.attributes = {{"name", QueryValue{absl::StrCat(series.title, " ", day)}},
                       {"series", QueryValue{series.key}},
                       {"occurrence", QueryValue{FormatTimestamp(date.window.from)}},
                       {"planned_start", QueryValue{FormatTimestamp(date.window.from)}},
                       {"planned_end", QueryValue{FormatTimestamp(date.window.to)}}};
  for (const char* const name : {"place", "chair", "quorum", "is_emergency"}) {
    const QueryValue& value = At(series.attributes, name);
    if (!IsNull(value)) record.attributes.push_back({name, value});
  }
  record.reason = absl::StrCat("of series ", series.key);
  KOSEI_ASSIGN_OR_RETURN(const client::ProcessOutcome outcome, client.OpenProcess(record));
  for (const client::ProcessRefusal& refusal : outcome.refusals)
    context.Note(absl::StrCat("kosei: ", context.japanese() ? refusal.ja : refusal.en));
  date.meeting = outcome.key;
  return absl::OkStatus();
}

void WriteDate(JsonWriter& json, const MeetingDate& date) {
  json.BeginObject();
  json.Member("series", date.series);
  json.Member("title", date.title);
  json.Member("state", date.state);
  json.Member("from", FormatTimestamp(date.window.from));
  json.Member("to", FormatTimestamp(date.window.to));
  json.Key("meeting");
  date.meeting.empty() ? json.Null() : json.Text(date.meeting);
  json.End();
}

}  // namespace

CommandResult RunCabSeries(Context& context, const CabSeriesOptions& options) {
  const std::uint32_t count = options.open.value_or(options.count);
  if (count == 0 || count > kDatesMax) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("cab series: %d dates, expected 1 to %d", count, kDatesMax),
                     options.open.has_value() ? "--open" : "--count");
  }
  if (options.open.has_value() && options.key.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "cab series --open: say of which series, as in `kosei cab series SER-000001 "
                     "--open 1`",
                     "KEY");
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<MeetingSeries> found, SeriesOf(*client, options.key));
  std::vector<MeetingDate> dates;
  for (const MeetingSeries& series : found) {
    if (options.open.has_value() && series.state != "in_force") {
      return MakeError(ErrorCode::kGuardRefused,
                       absl::StrFormat("series %s is %s; put it in force first (`kosei cab-series "
                                       "do %s enter`)",
                                       series.key, series.state, series.key),
                       "KEY");
    }
    KOSEI_ASSIGN_OR_RETURN(std::vector<MeetingDate> next, DatesOf(*client, series, count));
    if (options.open.has_value()) {
      for (MeetingDate& date : next)
        KOSEI_RETURN_IF_ERROR(OpenMeeting(context, *client, series, date));
    }
    std::ranges::move(next, std::back_inserter(dates));
  }
  const ListForm<MeetingDate> form{{"series", "title", "state", "from", "to", "meeting"},
                                   WriteDate,
                                   [](const MeetingDate& date) {
                                     return std::vector<std::string>{
                                         date.series,
                                         date.title,
                                         date.state,
                                         FormatTimestamp(date.window.from),
                                         FormatTimestamp(date.window.to),
                                         date.meeting};
                                   }};
  Table table({{std::string(context.Say("SERIES", "定例会議"))},
               {std::string(context.Say("STATE", "状態"))},
               {std::string(context.Say("FROM", "開始"))},
               {std::string(context.Say("TO", "終了"))},
               {std::string(context.Say("MEETING", "会議"))},
               {std::string(context.Say("TITLE", "件名"))}});
  WriteList(context, dates, form, std::move(table), [](const MeetingDate& date) {
    return std::vector<std::string>{
        date.series,  date.state, ShortTime(date.window.from), ShortTime(date.window.to),
        date.meeting, date.title};
  });
  if (!dates.empty()) return ExitCode::kOk;
  context.Note(
      context.Say("no board meets regularly, or not any more; open a series with `kosei "
                  "cab-series new`",
                  "定例会議がないか、今後の開催がありません。`kosei cab-series new` で登録でき"
                  "ます"));
  return ExitCode::kNothing;
}

}  // namespace kosei::cli
