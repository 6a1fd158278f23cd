// Instants and clocks. All instants are UTC microseconds since 1970-01-01T00:00:00Z; text is RFC
// 3339.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kosei {

struct Timestamp {
  std::int64_t micros = 0;
  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
};

// The instants before and after all others; an interval that ends at kEndOfTime is open.
inline constexpr Timestamp kBeginningOfTime{INT64_MIN};
inline constexpr Timestamp kEndOfTime{INT64_MAX};

// Reads RFC 3339 ("2026-11-22T10:00:00+09:00", fraction up to microseconds). An offset is required:
// a time without one is an InvalidArgument error that says so. A date alone is refused as well.
absl::StatusOr<Timestamp> ParseTimestamp(std::string_view text);

// "2026-11-22T01:00:00.000000Z"; the fraction is left out when it is zero.
std::string FormatTimestamp(Timestamp instant);

// Days since 1970-01-01 from and to "2026-11-22" (ISO 8601 calendar date).
absl::StatusOr<std::int64_t> ParseDate(std::string_view text);
std::string FormatDate(std::int64_t days);

// Where time comes from; injected, so that tests own it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock; may jump in either direction.
  virtual Timestamp Now() const = 0;
  // For deadlines and durations only; never goes back.
  virtual std::chrono::nanoseconds Monotonic() const = 0;
};

// The machine's clock; lives as long as the program.
const Clock& SystemClock();

}  // namespace kosei
