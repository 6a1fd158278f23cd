// The temporal types of the query language, as openCypher (CIP2015-08-06) defines them: plain
// numbers here; how they are read, written, truncated and reckoned with is in the files beside.
// The calendar is the proleptic Gregorian one of ISO 8601; a day has 86,400 seconds.
#pragma once

#include <cstdint>
#include <string>

namespace kosei::language {

struct Date {
  std::int64_t days = 0;  // since 1970-01-01
  friend bool operator==(const Date&, const Date&) = default;
};

struct LocalTime {
  std::int64_t nanos = 0;  // of the day: 0 to 86,399,999,999,999
  friend bool operator==(const LocalTime&, const LocalTime&) = default;
};

// A time of day at an offset from UTC. Equal are those that say the same; order is by the instant
// they would be on one day (nanos - offset).
struct OffsetTime {
  std::int64_t nanos = 0;   // of the day, on the clock of the place
  std::int32_t offset = 0;  // seconds east of UTC
  friend bool operator==(const OffsetTime&, const OffsetTime&) = default;
};

struct LocalDateTime {
  std::int64_t seconds = 0;  // since 1970-01-01T00:00 on the clock of the place
  std::int32_t nanos = 0;    // 0 to 999,999,999
  friend bool operator==(const LocalDateTime&, const LocalDateTime&) = default;
};

// An instant, with the offset it is shown at, and the IANA zone that gave the offset, if one did.
struct DateTime {
  std::int64_t seconds = 0;  // since 1970-01-01T00:00:00Z
  std::int32_t nanos = 0;    // 0 to 999,999,999
  std::int32_t offset = 0;   // seconds east of UTC
  std::string zone = {};     // "Asia/Tokyo"; empty: an offset alone
  friend bool operator==(const DateTime&, const DateTime&) = default;
};

// Months, days and seconds are kept apart, as their lengths differ. Nanoseconds are never negative:
// -0.5 s is {-1 s, 500,000,000 ns}.
struct Duration {
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;  // 0 to 999,999,999
  friend bool operator==(const Duration&, const Duration&) = default;
};

}  // namespace kosei::language
