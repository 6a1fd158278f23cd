// Working time: the hours that are worked by the clocks of a place, and what of them lies between
// two instants. An instant is worked when the clock of the place shows a time that is: of an hour
// that comes twice, when clocks are set back, both count, and one that never comes does not. All
// intervals are half-open; nothing is rounded.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/language/temporal.h"

namespace kosei::language {

// Minutes of a day, [begin, end) within [0, 1440].
struct WorkHours {
  std::int32_t begin = 0;
  std::int32_t end = 0;
  friend bool operator==(const WorkHours&, const WorkHours&) = default;
};
using WorkDay = std::vector<WorkHours>;  // of one day; empty: a day off

// "09:00-17:30", up to 24:00. kQueryArgument.
absl::StatusOr<WorkHours> ReadWorkHours(std::string_view text);

struct WorkingRules {
  std::string zone = "Z";  // as TimeZone::Parse reads it: 'Asia/Tokyo', '+09:00'
  std::array<WorkDay, 7> week;
  // Days, since 1970-01-01, that have hours of their own instead of those of the week: a holiday
  // has none.
  std::map<std::int64_t, WorkDay> days;
};

// Immutable; thread-safe. Copies share their rules.
class WorkingCalendar {
 public:
  // Instants are reckoned with from 1800 up to, and without, 2300. Others are kQueryArgument.
  static constexpr std::int64_t kFirstSecond = -5'364'662'400;
  static constexpr std::int64_t kEndSecond = 10'413'792'000;

  // Hours of a day in any order. Errors (an unknown zone, hours that overlap) are kQueryArgument
  // and name the day.
  static absl::StatusOr<WorkingCalendar> Make(WorkingRules rules);

  // Of a map: {zone: 'Asia/Tokyo', week: {mon: ['09:00-12:00', '13:00-17:30'], ...},
  // holidays: [date('2026-01-01')], extra: [{date: date('2026-01-10'), hours: ['10:00-15:00']}]}.
  // All parts may be left out; then the zone is `default_zone`. Dates may be text. Errors name the
  // entry, as in week.mon[1]: kQueryType of a wrong type, otherwise kQueryArgument.
  static absl::StatusOr<WorkingCalendar> Of(const DatumMap& map, std::string_view default_zone);

  // The working time from one instant to another, in seconds and nanoseconds; negative when `to`
  // comes first.
  absl::StatusOr<Duration> Between(const DateTime& from, const DateTime& to) const;

  // The instant at which so much working time since `from` has been worked: the first one. A
  // negative `work` goes back, to the last instant from which so much leads to `from`. None at all:
  // `from`. As the clock of the calendar's place shows it. `work` has no months or days, whose
  // working time is not certain; kQueryArgument, also when it is not worked by 2300 (since 1800).
  absl::StatusOr<DateTime> After(const DateTime& from, const Duration& work) const;

  // A date-time; a local one, or the midnight of a date, by the clocks of the place. Other kinds
  // are kQueryType.
  absl::StatusOr<DateTime> InstantOf(const Datum& value) const;

 private:
  struct Reckoning;
  explicit WorkingCalendar(std::shared_ptr<const Reckoning> reckoning)
      : reckoning_(std::move(reckoning)) {}

  std::shared_ptr<const Reckoning> reckoning_;
};

}  // namespace kosei::language
