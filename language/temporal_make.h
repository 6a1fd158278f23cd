// Dates, times and date-times made from what a function is given. `context` is of the statement:
// its clock and zone. Errors carry no place.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

// What a zone's clock shows at `instant`, as a value of the kind.
absl::StatusOr<Datum> NowAs(DatumKind kind, Timestamp instant, std::string_view zone);

// From a map, text, or another value that has the parts.
absl::StatusOr<Datum> MakeTemporal(DatumKind kind, const Datum& from, const Evaluation& context);

// x.truncate(unit, value, map): `fields` is a map or null.
absl::StatusOr<Datum> TruncateTemporal(DatumKind kind, std::string_view unit, const Datum& value,
                                       const Datum& fields, const Evaluation& context);

// duration(map or text).
absl::StatusOr<Datum> MakeDuration(const Datum& from);

enum class Difference : std::uint8_t { kBetween, kMonths, kDays, kSeconds };
// What lies from a to b, in all units or in one. What a value lacks is taken from the other: a date
// or a zone; a time of day is midnight. Neither has a date: both are of one day.
absl::StatusOr<Datum> DifferenceOf(Difference unit, const Datum& a, const Datum& b);

}  // namespace kosei::language
