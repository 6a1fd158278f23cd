#include "desk/change_collisions.h"

#include <algorithm>
#include <utility>

#include "desk/store_calendar.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/assessment.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

constexpr std::string_view kChange = "Change";
// A change that is only drafted holds no time.
constexpr std::string_view kDraft = "draft";
constexpr std::int64_t kAround = std::int64_t{31} * 86'400 * 1'000'000;

struct OtherChange {
  std::string key;
  query::TimeWindow window;
  std::string plan;
};

std::string TextOf(const Datum& value) {
  return value.kind() == DatumKind::kString ? value.string() : std::string();
}
Timestamp InstantOf(const Datum& value) {
  return Timestamp{value.date_time().seconds * 1'000'000 + value.date_time().nanos / 1'000};
}

absl::StatusOr<query::PlannedChange> PlannedOf(const DeskParts& parts, const storage::View& view,
                                               std::string_view id, const query::TimeWindow& window,
                                               const ChangeItems& items) {
  query::PlannedChange change;
  change.id = id;
  change.window = window;
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordId> there, ThereIn(parts, view, items.worked_on));
  for (const RecordId item : there) change.assumed.push_back({item, model::State::kFailed});
  change.written = items.touched;
  return change;
}

// Freezes and maintenance windows around the window: whoever has some in these weeks is to be hit
// within them.
absl::StatusOr<std::vector<query::CalendarWindow>> WindowsAround(const DeskParts& parts,
                                                                 const Definitions& definitions,
                                                                 const Asking& asking,
                                                                 const query::TimeWindow& window) {
  CalendarQuestion question;
  question.from = Timestamp{window.from.micros - kAround};
  question.to = Timestamp{window.to.micros + kAround};
  question.kinds = {CalendarKind::kFreeze, CalendarKind::kMaintenance};
  question.limit = kCalendarItemsMax;
  question.view = asking.view();
  KOSEI_ASSIGN_OR_RETURN(const std::vector<CalendarItem> items,
                         CalendarOf(parts, asking, question));
  const auto ids = [&](const std::vector<std::string>& keys) {
    std::vector<RecordId> known;
    for (const std::string& key : keys) {
      if (const std::optional<RecordId> id = parts.reader.IdOf(key)) known.push_back(*id);
    }
    return known;
  };
  std::vector<query::CalendarWindow> windows;
  for (const CalendarItem& item : items) {
    query::CalendarWindow& one = windows.emplace_back();
    one.id = item.key;
    one.kind = item.kind == CalendarKind::kFreeze ? query::CalendarKind::kFreeze
                                                  : query::CalendarKind::kMaintenance;
    one.window = {item.window.from, item.window.to};
    for (const std::string& name : item.classes) {
      if (const model::Class* const known = definitions.schema().FindClass(name))
        one.classes.push_back(known->number);
    }
    one.records = ids(item.records);
    one.services = ids(item.services);
  }
  return windows;
}

}  // namespace

std::vector<std::string> HoldingStates(const Definitions& definitions,
                                       std::string_view class_name) {
  std::vector<std::string> states;
  for (const auto& life_cycle : definitions.life_cycles().life_cycles()) {
    if (life_cycle->definition().class_name != class_name) continue;
    for (const StateDefinition& state : life_cycle->definition().states) {
      const bool holds = !state.final && state.kind != StateKind::kDone && state.name != kDraft;
      if (holds && std::ranges::count(states, state.name) == 0) states.push_back(state.name);
    }
  }
  return states;
}

absl::StatusOr<query::CollisionReport> CollisionsOf(const DeskParts& parts,
                                                    const Definitions& definitions,
                                                    const Asking& asking, std::string_view key,
                                                    const query::TimeWindow& window,
                                                    const ChangeItems& items,
                                                    const query::Budget& budget) {
  std::vector<OtherChange> others;
  language::DatumList states;
  for (std::string& state : HoldingStates(definitions, kChange))
    states.push_back(Datum::String(std::move(state)));
  KOSEI_RETURN_IF_ERROR(asking.Ask(
      "MATCH (c:Change) WHERE c.planned_start < $to AND c.planned_end > $from AND c.state IN "
      "$states AND c.key <> $record RETURN key(c), c.planned_start, c.planned_end, c.plan",
      {{"from", query::DatumOf(window.from)},
       {"record", Datum::String(std::string(key))},
       {"states", Datum::List(std::move(states))},
       {"to", query::DatumOf(window.to)}},
      [&](std::span<const Datum> row) {
        OtherChange other{TextOf(row[0]), {InstantOf(row[1]), InstantOf(row[2])}, TextOf(row[3])};
        if (other.window.from < other.window.to) others.push_back(std::move(other));
        return true;
      }));
  query::CalendarOptions options;
  KOSEI_ASSIGN_OR_RETURN(
      const std::unique_ptr<query::ChangeCalendar> calendar,
      query::ChangeCalendar::Open(parts.reader, asking.view(), std::move(options), budget));
  KOSEI_ASSIGN_OR_RETURN(query::PlannedChange own,
                         PlannedOf(parts, asking.view(), key, window, items));
  KOSEI_RETURN_IF_ERROR(calendar->Put(std::move(own), budget));
  for (const OtherChange& other : others) {
    absl::StatusOr<ChangeItems> theirs = ItemsOf(parts, asking, other.key, other.plan);
    // A plan that was dropped changes nothing.
    if (HasCode(theirs.status(), ErrorCode::kUnknownPlan))
      theirs = ItemsOf(parts, asking, other.key, "");
    KOSEI_RETURN_IF_ERROR(theirs.status());
    KOSEI_ASSIGN_OR_RETURN(query::PlannedChange change,
                           PlannedOf(parts, asking.view(), other.key, other.window, *theirs));
    KOSEI_RETURN_IF_ERROR(calendar->Put(std::move(change), budget));
  }
  KOSEI_ASSIGN_OR_RETURN(std::vector<query::CalendarWindow> windows,
                         WindowsAround(parts, definitions, asking, window));
  KOSEI_RETURN_IF_ERROR(calendar->SetWindows(std::move(windows), budget));
  return calendar->CheckOne(key, kAssessmentListMax, budget);
}

}  // namespace kosei::process
