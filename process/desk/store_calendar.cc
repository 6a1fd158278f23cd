// The calendar out of records.
#include "desk/store_calendar.h"

#include <algorithm>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumList;
using language::DatumMap;

// Each gives key, title, state, start, end, plan, place, records, services.
struct WorkStatement {
  CalendarKind kind;
  const char* text;
};
constexpr WorkStatement kWork[] = {
    {CalendarKind::kChange,
     "MATCH (r:Change) WHERE r.planned_start < $to AND r.planned_end > $from AND NOT r.state IN "
     "['cancelled', 'rejected'] AND ($keys IS NULL OR key(r) IN $keys) "
     "OPTIONAL MATCH (r)-[:targets]->(i) WITH r, collect(DISTINCT key(i)) AS items "
     "OPTIONAL MATCH (r)-[:concerns]->(s) WITH r, items, collect(DISTINCT key(s)) AS services "
     "RETURN key(r), r.name, r.state, r.planned_start, r.planned_end, r.plan, null AS "
     "place, items, services"},
    {CalendarKind::kRelease,
     "MATCH (r:Release) WHERE r.planned_start < $to AND r.planned_end > $from AND r.state <> "
     "'cancelled' AND ($keys IS NULL OR key(r) IN $keys) "
     "OPTIONAL MATCH (r)-[:concerns]->(s) WITH r, collect(DISTINCT key(s)) AS services "
     "RETURN key(r), r.name, r.state, r.planned_start, r.planned_end, null AS plan, null AS place, "
     "[] AS items, services"},
    {CalendarKind::kDeployment,
     "MATCH (r:Deployment) WHERE r.planned_start < $to AND r.planned_end > $from AND r.state <> "
     "'cancelled' AND ($keys IS NULL OR key(r) IN $keys) "
     "OPTIONAL MATCH (r)-[:targets]->(i) WITH r, collect(DISTINCT key(i)) AS items "
     "RETURN key(r), r.name, r.state, r.planned_start, r.planned_end, null AS plan, null AS place, "
     "items, [] AS services"},
    {CalendarKind::kMeeting,
     "MATCH (r:CabMeeting) WHERE r.planned_start < $to AND r.planned_end > $from AND r.state <> "
     "'cancelled' AND ($keys IS NULL OR key(r) IN $keys) "
     "RETURN key(r), r.name, r.state, r.planned_start, r.planned_end, null AS plan, r.place, [] AS "
     "items, [] AS services"},
};
// Freezes, maintenance windows and series: a number for the kind first.
constexpr const char* kEntries =
    "MATCH (e:CalendarEntry) WHERE (e.state IN ['in_force', 'ended'] AND $keys IS NULL) OR "
    "(e.state <> 'cancelled' AND key(e) IN $keys) "
    "OPTIONAL MATCH (e)-[:applies_to]->(i) "
    "WITH e, collect(DISTINCT CASE WHEN i:Service THEN null ELSE key(i) END) AS records, "
    "collect(DISTINCT CASE WHEN i:Service THEN key(i) END) AS services "
    "RETURN CASE WHEN e:Freeze THEN 2 WHEN e:MaintenanceWindow THEN 3 ELSE 4 END, key(e), e.name, "
    "e.state, e.planned_start, e.planned_end, e.recurrence, e.time_zone, e.closed_at, e.place, "
    "e.about_classes, records, services";
// Meetings that were opened from a series, whatever became of them.
constexpr const char* kOpened =
    "MATCH (m:CabMeeting) WHERE m.series IS NOT NULL AND m.occurrence IS NOT NULL RETURN m.series, "
    "m.occurrence";

std::string TextOf(const Datum& value) {
  return value.kind() == DatumKind::kString ? value.string() : std::string();
}

std::optional<Timestamp> InstantOf(const Datum& value) {
  if (value.kind() != DatumKind::kDateTime) return std::nullopt;
  const language::DateTime& at = value.date_time();
  return Timestamp{at.seconds * 1'000'000 + at.nanos / 1'000};
}

std::vector<std::string> TextsOf(const Datum& value) {
  std::vector<std::string> texts;
  if (value.kind() != DatumKind::kList) return texts;
  for (const Datum& item : value.list()) {
    if (item.kind() == DatumKind::kString) texts.push_back(item.string());
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

// "SER-000001-20261208T010000Z"
std::string UidOf(const std::string& key, Timestamp begins) {
  std::string text = FormatTimestamp(begins);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return absl::StrCat(key, "-", text);
}

class CalendarReader {
 public:
  CalendarReader(const DeskParts& parts, const Asking& asking, const CalendarQuestion& question)
      : parts_(parts), asking_(asking), question_(question) {
    Datum keys;
    if (!question.keys.empty()) {
      DatumList items;
      for (const std::string& key : question.keys) items.push_back(Datum::String(key));
      keys = Datum::List(std::move(items));
    }
    parameters_ = {{"from", query::DatumOf(question.from)},
                   {"keys", std::move(keys)},
                   {"to", query::DatumOf(question.to)}};
  }

  absl::StatusOr<std::vector<CalendarItem>> Read() {
    for (const WorkStatement& work : kWork) {
      if (Wanted(work.kind)) KOSEI_RETURN_IF_ERROR(ReadWork(work));
    }
    if (Wanted(CalendarKind::kMeeting)) KOSEI_RETURN_IF_ERROR(ReadOpened());
    KOSEI_RETURN_IF_ERROR(ReadEntries());
    std::sort(items_.begin(), items_.end(), [](const CalendarItem& a, const CalendarItem& b) {
      return std::tie(a.window.from, a.window.to, a.kind, a.uid) <
             std::tie(b.window.from, b.window.to, b.kind, b.uid);
    });
    return std::move(items_);
  }

 private:
  bool Wanted(CalendarKind kind) const {
    return question_.kinds.empty() || std::ranges::count(question_.kinds, kind) > 0;
  }

  absl::Status TooMany() const {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("calendar: more than %d entries from %s to %s; ask about a "
                                     "shorter span, or fewer kinds",
                                     question_.limit, FormatTimestamp(question_.from),
                                     FormatTimestamp(question_.to)),
                     "limit");
  }

  absl::Status ReadWork(const WorkStatement& work) {
    bool fits = true;
    KOSEI_RETURN_IF_ERROR(asking_.Ask(work.text, parameters_, [&](std::span<const Datum> row) {
      const auto start = InstantOf(row[3]);
      const auto end = InstantOf(row[4]);
      if (!start.has_value() || !end.has_value()) return true;
      CalendarItem item;
      item.key = item.uid = row[0].string();
      item.kind = work.kind;
      item.title = TextOf(row[1]);
      item.state = TextOf(row[2]);
      item.window = {*start, *end};
      item.plan = TextOf(row[5]);
      item.place = TextOf(row[6]);
      item.records = TextsOf(row[7]);
      item.services = TextsOf(row[8]);
      items_.push_back(std::move(item));
      fits = items_.size() <= question_.limit;
      return fits;
    }));
    return fits ? absl::OkStatus() : TooMany();
  }

  absl::Status ReadOpened() {
    return asking_.Ask(kOpened, {}, [&](std::span<const Datum> row) {
      if (const auto at = InstantOf(row[1]); at.has_value())
        opened_.emplace(TextOf(row[0]), at->micros);
      return true;
    });
  }

  absl::Status ReadEntries() {
    absl::Status status;
    KOSEI_RETURN_IF_ERROR(asking_.Ask(kEntries, parameters_, [&](std::span<const Datum> row) {
      status = AddEntry(row);
      return status.ok();
    }));
    return status;
  }

  absl::Status AddEntry(std::span<const Datum> row) {
    CalendarItem item;
    item.kind = static_cast<CalendarKind>(row[0].integer());
    if (!Wanted(item.kind)) return absl::OkStatus();
    item.key = row[1].string();
    item.title = TextOf(row[2]);
    item.state = TextOf(row[3]);
    EntryTimes times{InstantOf(row[4]), InstantOf(row[5]), TextOf(row[6]), TextOf(row[7]),
                     InstantOf(row[8])};
    if (times.zone.empty()) times.zone = parts_.options.time_zone;
    item.place = TextOf(row[9]);
    item.classes = TextsOf(row[10]);
    item.records = TextsOf(row[11]);
    item.services = TextsOf(row[12]);
    item.recurs = !times.recurrence.empty();
    const absl::StatusOr<std::vector<Occurrence>> windows =
        WindowsOf(times, question_.from, question_.to, question_.limit);
    if (!windows.ok()) return WithContext(windows.status(), "calendar: " + item.key);
    for (const Occurrence& window : *windows) {
      if (opened_.contains({item.key, window.from.micros})) continue;
      item.window = window;
      item.uid = item.recurs ? UidOf(item.key, window.from) : item.key;
      items_.push_back(item);
    }
    return items_.size() <= question_.limit ? absl::OkStatus() : TooMany();
  }

  const DeskParts& parts_;
  const Asking& asking_;
  const CalendarQuestion& question_;
  DatumMap parameters_;
  std::set<std::pair<std::string, std::int64_t>> opened_;  // series, and which of its meetings
  std::vector<CalendarItem> items_;
};

}  // namespace

std::string_view NameOf(CalendarKind kind) {
  switch (kind) {
    case CalendarKind::kChange:
      return "change";
    case CalendarKind::kFreeze:
      return "freeze";
    case CalendarKind::kMaintenance:
      return "maintenance";
    case CalendarKind::kMeeting:
      return "meeting";
    case CalendarKind::kRelease:
      return "release";
    case CalendarKind::kDeployment:
      return "deployment";
  }
  return "unknown";
}

absl::StatusOr<std::vector<Occurrence>> WindowsOf(const EntryTimes& times, Timestamp from,
                                                  Timestamp to, std::size_t limit) {
  std::vector<Occurrence> windows;
  if (!times.recurrence.empty()) {
    std::string text = times.recurrence;
    // People write a series on one line as well. A blank at the beginning of a line folds it.
    if (text.find('\n') == std::string::npos) std::replace(text.begin(), text.end(), ' ', '\n');
    KOSEI_ASSIGN_OR_RETURN(const Series series, Series::Parse(text, times.zone));
    KOSEI_ASSIGN_OR_RETURN(windows, series.Expand(from, to, limit));
  } else if (times.start.has_value() && times.end.has_value() && *times.start < to &&
             from < *times.end) {
    windows.push_back({*times.start, *times.end});
  }
  if (!times.ended.has_value()) return windows;
  std::erase_if(windows, [&](const Occurrence& window) { return window.from >= *times.ended; });
  for (Occurrence& window : windows) window.to = std::min(window.to, *times.ended);
  std::erase_if(windows, [&](const Occurrence& window) { return window.to <= from; });
  return windows;
}

absl::StatusOr<std::vector<CalendarItem>> CalendarOf(const DeskParts& parts, const Asking& asking,
                                                     const CalendarQuestion& question) {
  if (question.from >= question.to) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("calendar: the span from %s to %s is empty; let it end after "
                                     "it begins",
                                     FormatTimestamp(question.from), FormatTimestamp(question.to)),
                     "to");
  }
  if (question.limit == 0 || question.limit > kCalendarItemsMax) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("calendar: limit is %d, expected 1 to %d", question.limit,
                                     kCalendarItemsMax),
                     "limit");
  }
  return CalendarReader(parts, asking, question).Read();
}

}  // namespace kosei::process
