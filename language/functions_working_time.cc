// kosei.working_time(from, to, calendar) and kosei.add_working_time(from, duration, calendar).
#include <memory>
#include <utility>
#include <vector>

#include "functions.h"
#include "kosei/language/working_calendar.h"

namespace kosei::language {
namespace {

constexpr std::uint32_t kDays =
    BitOf(DatumKind::kDate) | BitOf(DatumKind::kLocalDateTime) | BitOf(DatumKind::kDateTime);

// The calendars of the rows before, which mostly are those of the next: a literal or a parameter is
// the same value in every row.
class KeptCalendars {
 public:
  absl::StatusOr<WorkingCalendar> Of(const Datum& map, std::string_view default_zone) {
    for (const auto& [of, calendar] : kept_)
      if (&of.map() == &map.map()) return calendar;
    absl::StatusOr<WorkingCalendar> made = WorkingCalendar::Of(map.map(), default_zone);
    if (!made.ok()) return made;
    if (kept_.size() == kKeptMax) kept_.erase(kept_.begin());
    kept_.emplace_back(map, *made);
    return made;
  }

 private:
  static constexpr std::size_t kKeptMax = 8;
  std::vector<std::pair<Datum, WorkingCalendar>> kept_;
};

Datum Failed(const absl::Status& status, const Call& call) {
  return Fail(CodeOf(status), FieldOf(status), call.span, MessageOf(status), call.evaluation);
}

absl::StatusOr<WorkingCalendar> CalendarOf(const Call& call) {
  static constexpr char kKept = 0;  // its address is the key
  std::shared_ptr<void>& kept = call.evaluation.kept[&kKept];
  if (kept == nullptr) kept = std::make_shared<KeptCalendars>();
  return static_cast<KeptCalendars*>(kept.get())->Of(call[2], call.evaluation.time_zone);
}

Datum WorkingTime(const Call& call) {
  if (call[2].kind() != DatumKind::kMap) return call.WrongType(2, "a calendar, which is a map");
  const absl::StatusOr<WorkingCalendar> calendar = CalendarOf(call);
  if (!calendar.ok()) return Failed(calendar.status(), call);
  const absl::StatusOr<DateTime> from = calendar->InstantOf(call[0]);
  if (!from.ok()) return Failed(from.status(), call);
  const absl::StatusOr<DateTime> to = calendar->InstantOf(call[1]);
  if (!to.ok()) return Failed(to.status(), call);
  const absl::StatusOr<Duration> work = calendar->Between(*from, *to);
  return work.ok() ? Datum::Of(*work) : Failed(work.status(), call);
}

Datum AddWorkingTime(const Call& call) {
  if (call[1].kind() != DatumKind::kDuration) return call.WrongType(1, "a duration");
  if (call[2].kind() != DatumKind::kMap) return call.WrongType(2, "a calendar, which is a map");
  const absl::StatusOr<WorkingCalendar> calendar = CalendarOf(call);
  if (!calendar.ok()) return Failed(calendar.status(), call);
  const absl::StatusOr<DateTime> from = calendar->InstantOf(call[0]);
  if (!from.ok()) return Failed(from.status(), call);
  absl::StatusOr<DateTime> reached = calendar->After(*from, call[1].duration());
  return reached.ok() ? Datum::Of(*std::move(reached)) : Failed(reached.status(), call);
}

// Not folded: a calendar without a zone is in that of the statement.
constexpr Function kFunctions[] = {
    {"kosei.working_time", 3, 3, WorkingTime, kDays, kDurationKind, NullRule::kGivesNull,
     Outcome::kVaries},
    {"kosei.add_working_time", 3, 3, AddWorkingTime, kDays, BitOf(DatumKind::kDateTime),
     NullRule::kGivesNull, Outcome::kVaries},
};

}  // namespace

std::span<const Function> WorkingTimeFunctions() { return kFunctions; }

}  // namespace kosei::language
