// The maps that temporal functions are given: {year: 1984, week: 10, time: t, timezone: 'Z'}.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "temporal_values.h"

namespace kosei::language {

// From the largest unit to the smallest, as far as they can be compared.
enum class Field : std::uint8_t {
  kYear,
  kQuarter,
  kMonth,
  kWeek,
  kDayOfQuarter,
  kOrdinalDay,
  kDay,
  kDayOfWeek,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
  kNanosecond,
  kEpochSeconds,
  kEpochMillis,
};
inline constexpr std::size_t kFieldCount = 16;

struct TemporalFields {
  std::array<std::optional<std::int64_t>, kFieldCount> numbers;
  // Values that parts are selected from.
  std::optional<Datum> date;
  std::optional<Datum> time;
  std::optional<Datum> datetime;
  std::optional<TimeZone> zone;

  std::optional<std::int64_t>& at(Field field) { return numbers[static_cast<std::size_t>(field)]; }
  const std::optional<std::int64_t>& at(Field field) const {
    return numbers[static_cast<std::size_t>(field)];
  }
  bool has(Field field) const { return at(field).has_value(); }
  bool HasDatePart() const;  // year to dayOfWeek
  bool HasTimePart() const;  // hour to nanosecond
};

// The name in a map: "dayOfWeek".
std::string_view NameOf(Field field);

// Errors: an unknown key, or a value of the wrong type or out of its range. Keys in any case.
absl::StatusOr<TemporalFields> ReadFields(const DatumMap& map);

// The day that the fields name. Parts that are not given are those of `base`, or without one their
// smallest; then no part may be left out before one that is given. A day that the month does not
// have is an error when it was given, and the month's last when it is of the base.
absl::StatusOr<std::int64_t> ComposeDays(const TemporalFields& fields,
                                         std::optional<std::int64_t> base);
// Nanoseconds of the day, likewise. Milli-, micro- and nanoseconds given together are added up, and
// each then is below the next larger one that is given.
absl::StatusOr<std::int64_t> ComposeNanos(const TemporalFields& fields,
                                          std::optional<std::int64_t> base);

}  // namespace kosei::language
