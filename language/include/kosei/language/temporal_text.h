// Temporal values from and to text (ISO 8601), and instants of the query language from and to those
// of the store. Errors are kQueryArgument and name the part and what it may be.
//
// Dates: 2015-07-21, 20150721, 2015-07, 201507, 2015-W30-2, 2015W302, 2015-W30, 2015W30, 2015-202,
// 2015202, 2015-Q3-21, 2015; a year before 0000 or after 9999 has a sign and is set apart, as in
// +12015-07-21. Times: 21:40:32.142, 214032.142, 21:40:32, 21:40, 2140, 21. Zones: Z, +09:00,
// +0900, +09, +09:00:30, then [Asia/Tokyo] of date-times. Date and time are joined by T.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/language/datum.h"
#include "kosei/language/temporal.h"

namespace kosei::language {

absl::StatusOr<Date> ReadDate(std::string_view text);
absl::StatusOr<LocalTime> ReadLocalTime(std::string_view text);
// A date alone is its midnight.
absl::StatusOr<LocalDateTime> ReadLocalDateTime(std::string_view text);
// Without a zone in the text it is `default_zone` ("Z", "+09:00", "Asia/Tokyo"). A time has no
// date, so that its default is an offset in seconds. An offset that is not the one that the named
// zone has then is an error.
absl::StatusOr<OffsetTime> ReadTime(std::string_view text, std::int32_t default_offset);
absl::StatusOr<DateTime> ReadDateTime(std::string_view text, std::string_view default_zone);
// P14DT16H12M, P5M1.5D, PT-0.5S, P2.5W, P2012-02-02T14:37:21.545; fractions go to smaller units.
absl::StatusOr<Duration> ReadDuration(std::string_view text);

// The shortest form that reads back as the same value: 2015-07-21T21:40+09:00[Asia/Tokyo].
std::string TextOf(Date value);
std::string TextOf(LocalTime value);
std::string TextOf(OffsetTime value);
std::string TextOf(LocalDateTime value);
std::string TextOf(const DateTime& value);
std::string TextOf(const Duration& value);

// `zone` as above, of the result.
absl::StatusOr<DateTime> DateTimeOf(Timestamp instant, std::string_view zone);
// The instant that a date-time names; a local date-time, a date (its midnight) and text are read in
// `zone`. Nanoseconds are rounded down to microseconds. Other kinds are kQueryType; what the store
// cannot hold (some 290,000 years from now either way) is kQueryArgument.
absl::StatusOr<Timestamp> TimestampOf(const Datum& value, std::string_view zone);

}  // namespace kosei::language
