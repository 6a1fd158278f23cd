// Periods of the calendar, as in "keep it for two years": ISO 8601 durations, years and months
// included. (A duration that is a value of a record is microseconds; see value.h.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"

namespace kosei {

struct Period {
  std::uint32_t months = 0;  // years are twelve
  std::int64_t micros = 0;   // weeks, days and what is shorter; a day has 24 hours
  friend bool operator==(const Period&, const Period&) = default;
};

// Reads "P2Y6M", "P4W", "P90D", "P1DT12H30M15S": whole numbers, at most 1,000 years, not nothing at
// all. kWrongType.
absl::StatusOr<Period> ParsePeriod(std::string_view text);
// The shortest of these forms.
std::string FormatPeriod(const Period& period);

// The instant so long before `instant`, by the calendar in UTC: a day that its month does not have
// is the month's last. kBeginningOfTime when there is none.
Timestamp Before(Timestamp instant, const Period& period);
// So long after it, by the same calendar. kEndOfTime when there is none.
Timestamp After(Timestamp instant, const Period& period);

}  // namespace kosei
