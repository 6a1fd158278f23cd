// Dates, times and durations as text. The calendar is base/time.h's; here is what shape a text must
// have, which instants the model takes, and ISO 8601 durations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kosei::model {

// The years 1 to 9999: what RFC 3339 can write with four digits and every calendar has.
inline constexpr std::int64_t kDayMin = -719'162;
inline constexpr std::int64_t kDayMax = 2'932'896;
inline constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
inline constexpr std::int64_t kTimestampMin = kDayMin * kMicrosPerDay;
inline constexpr std::int64_t kTimestampMax = (kDayMax + 1) * kMicrosPerDay - 1;

// "2026-11-22".
bool HasDateShape(std::string_view text);
// "2026-11-22T10:00:00.5+09:00": a date, a time of day, an offset.
bool HasTimestampShape(std::string_view text);

enum class DurationFlaw : std::uint8_t { kNone, kShape, kYearsOrMonths, kTooLong };

struct Duration {
  DurationFlaw flaw = DurationFlaw::kNone;
  std::int64_t micros = 0;
};

// [-]PnW, or [-]P[nD][T[nH][nM][nS]] with a fraction of at most six digits in the seconds.
Duration ParseDuration(std::string_view text);
// In the same form, hours, minutes and seconds below 24, 60 and 60; PT0S for none.
std::string FormatDuration(std::int64_t micros);

}  // namespace kosei::model
