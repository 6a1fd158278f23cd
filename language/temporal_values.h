// Temporal values taken apart and put together: which of date, time of day and zone a value has.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/language/temporal.h"
#include "time_zone.h"

namespace kosei::language {

inline constexpr std::int64_t kNanosOfSecond = 1'000'000'000;
inline constexpr std::int64_t kSecondsOfDay = 86'400;
inline constexpr std::int64_t kNanosOfDay = kSecondsOfDay * kNanosOfSecond;

// Date and time of day are those that clocks of the place show.
struct TemporalParts {
  std::optional<std::int64_t> days = {};   // since 1970-01-01
  std::optional<std::int64_t> nanos = {};  // of the day
  std::optional<TimeZone> zone = {};
  std::optional<std::int32_t> offset = {};  // that the zone had then
};

// Of a date, time or date-time; nothing is set for other kinds.
TemporalParts PartsOf(const Datum& value);
bool IsInstant(DatumKind kind);  // of a temporal kind that is no duration
bool HasDate(DatumKind kind);
bool HasTime(DatumKind kind);
bool HasZone(DatumKind kind);
// "date", "localtime", ...: the function that makes them.
std::string_view FunctionOf(DatumKind kind);

LocalDateTime LocalOf(std::int64_t days, std::int64_t nanos_of_day);
// `wanted`: TimeZone::OffsetOfLocal.
DateTime InZone(const LocalDateTime& local, const TimeZone& zone,
                std::optional<std::int32_t> wanted);
// The zone's clock at an instant.
DateTime AtInstant(std::int64_t seconds, std::int32_t nanos, const TimeZone& zone);
LocalDateTime LocalOf(const DateTime& value);

// A value of the kind. Parts it needs are set; a day out of the years allowed is kQueryArgument.
absl::StatusOr<Datum> Assemble(DatumKind kind, const TemporalParts& parts);

// The value, or kQueryArgument when the date it shows is out of the years allowed.
absl::StatusOr<Datum> Checked(DateTime value);

// An error of an argument's value, without a place: kQueryArgument, InvalidArgumentValue.
absl::Status BadValue(std::string_view message);
absl::Status OutOfYears();

}  // namespace kosei::language
