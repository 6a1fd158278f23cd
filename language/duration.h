// Durations made, scaled and applied. Fractions of a unit go to smaller ones: of a month as
// 30.436875 days (a 400-year cycle of the calendar over its months), of a day as 86,400 seconds;
// what is less than a nanosecond is dropped. Reckoning is in decimal: 0.1 is a tenth.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/language/temporal.h"
#include "kosei/language/temporal_text.h"

namespace kosei::language {

inline constexpr std::int64_t kSecondsOfAverageMonth = 2'629'746;

// A number as 10^-18ths.
using Decimal = __int128;
inline constexpr Decimal kDecimalOne = 1'000'000'000'000'000'000;

// "14.5" as written (without a sign): nothing when it has another form or more than 18 digits
// before the point. Digits behind the eighteenth of the fraction are dropped.
std::optional<Decimal> ReadDecimal(std::string_view text);
// An integer as itself, a float as the shortest decimal that reads back as it; nothing when it is
// no number that fits in 18 digits before the point.
std::optional<Decimal> DecimalOf(const Datum& number);

// Sums parts given in any unit. Errors: the duration is too large.
class DurationSum {
 public:
  // `unit` in months, days, seconds (or thousandths of seconds and so on, `per_second`).
  void AddMonths(Decimal count, std::int64_t unit) { Add(months_, count, unit); }
  void AddDays(Decimal count, std::int64_t unit) { Add(days_, count, unit); }
  void AddSeconds(Decimal count, std::int64_t unit, std::int64_t per_second = 1) {
    Add(seconds_, count / per_second, unit);
  }
  absl::StatusOr<Duration> Finish() const;

 private:
  void Add(Decimal& sum, Decimal count, std::int64_t unit);

  Decimal months_ = 0;
  Decimal days_ = 0;
  Decimal seconds_ = 0;
  bool overflow_ = false;
};

absl::Status DurationTooLarge();

// Of the seconds and nanoseconds together.
__int128 NanosOf(const Duration& duration);
// Errors when a part does not fit in 64 bits.
absl::StatusOr<Duration> DurationOf(__int128 months, __int128 days, __int128 nanos);
absl::StatusOr<Duration> Negated(const Duration& duration);
absl::StatusOr<Duration> Sum(const Duration& a, const Duration& b);
// times / by; `by` is not 0. Both below 10^18 in size.
absl::StatusOr<Duration> Scaled(const Duration& duration, std::int64_t times, std::int64_t by);

// An instant (date, time or date-time) a duration later. First months are added (to the last day
// of the month when the day does not exist there), then days, both on the calendar of the place;
// then seconds. Parts that the kind does not have are left out.
absl::StatusOr<Datum> Plus(const Datum& instant, const Duration& duration);

}  // namespace kosei::language
