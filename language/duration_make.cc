// duration(map), duration(text), and what lies between two instants.
#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "calendar.h"
#include "code_points.h"
#include "duration.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "temporal_make.h"
#include "temporal_values.h"

namespace kosei::language {
namespace {

struct Amount {
  std::string_view name;
  void (*add)(DurationSum&, Decimal);
};
constexpr Amount kAmounts[] = {
    {"years", [](DurationSum& sum, Decimal n) { sum.AddMonths(n, 12); }},
    {"quarters", [](DurationSum& sum, Decimal n) { sum.AddMonths(n, 3); }},
    {"months", [](DurationSum& sum, Decimal n) { sum.AddMonths(n, 1); }},
    {"weeks", [](DurationSum& sum, Decimal n) { sum.AddDays(n, 7); }},
    {"days", [](DurationSum& sum, Decimal n) { sum.AddDays(n, 1); }},
    {"hours", [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 3600); }},
    {"minutes", [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 60); }},
    {"seconds", [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 1); }},
    {"milliseconds", [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 1, 1'000); }},
    {"microseconds", [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 1, 1'000'000); }},
    {"nanoseconds", [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 1, kNanosOfSecond); }},
};

absl::StatusOr<Datum> FromMap(const DatumMap& map) {
  if (map.empty()) return BadValue("duration({}) is of nothing: give days, hours, ... in the map");
  DurationSum sum;
  for (const auto& [key, value] : map) {
    if (value.is_null()) return Datum();
    const auto found = std::ranges::find(kAmounts, key, &Amount::name);
    if (found == std::end(kAmounts)) {
      std::string names;
      for (const Amount& amount : kAmounts)
        names += (names.empty() ? "" : ", ") + std::string(amount.name);
      return BadValue(
          absl::StrFormat("there is no %s in a duration: parts are %s", Shortened(key), names));
    }
    if (!value.is_number())
      return MakeError(
          ErrorCode::kQueryType,
          absl::StrFormat("%s must be a number, and is of type %s", key, NameOf(value.kind())),
          "InvalidArgumentType");
    const auto number = DecimalOf(value);
    if (!number.has_value()) return DurationTooLarge();
    found->add(sum, *number);
  }
  KOSEI_ASSIGN_OR_RETURN(const Duration duration, sum.Finish());
  return Datum::Of(duration);
}

// Both values on one clock, with what either lacked filled in.
struct Ends {
  std::int64_t from_days = 0;
  std::int64_t from_nanos = 0;
  std::int64_t to_days = 0;
  std::int64_t to_nanos = 0;
  bool dated = false;  // both have a date
  // Of the first, when either has a zone; instants are those of the two.
  std::optional<TimeZone> zone;
  DateTime from;
  DateTime to;
};

// One of the values has a zone: the other is read in it when it has none.
void PutInZones(const TemporalParts& a, const TemporalParts& b, Ends& ends) {
  if (!a.zone.has_value() && !b.zone.has_value()) return;
  const bool a_zoned = a.zone.has_value();
  const bool b_zoned = b.zone.has_value();
  ends.zone = a_zoned ? a.zone : b.zone;
  ends.from = InZone(LocalOf(ends.from_days, ends.from_nanos), *ends.zone, a.offset);
  ends.to = InZone(LocalOf(ends.to_days, ends.to_nanos), b_zoned ? *b.zone : *ends.zone, b.offset);
  const LocalDateTime to = LocalOf(AtInstant(ends.to.seconds, ends.to.nanos, *ends.zone));
  ends.to_days = FloorDivide(to.seconds, kSecondsOfDay);
  ends.to_nanos = FloorModulo(to.seconds, kSecondsOfDay) * kNanosOfSecond + to.nanos;
}

Ends EndsOf(const TemporalParts& a, const TemporalParts& b) {
  Ends ends;
  ends.dated = a.days.has_value() && b.days.has_value();
  ends.from_days = a.days.value_or(b.days.value_or(0));
  ends.to_days = b.days.value_or(a.days.value_or(0));
  ends.from_nanos = a.nanos.value_or(0);
  ends.to_nanos = b.nanos.value_or(0);
  PutInZones(a, b, ends);
  return ends;
}

__int128 NanosBetween(const Ends& ends) {
  if (ends.zone.has_value()) {
    return static_cast<__int128>(ends.to.seconds - ends.from.seconds) * kNanosOfSecond +
           (ends.to.nanos - ends.from.nanos);
  }
  return static_cast<__int128>(ends.to_days - ends.from_days) * kNanosOfDay +
         (ends.to_nanos - ends.from_nanos);
}

// The last day that counts in full on the way from a time of day on one day to one on another.
std::int64_t LastWholeDay(std::int64_t days, const Ends& ends) {
  if (ends.to_days > days && ends.to_nanos < ends.from_nanos) return ends.to_days - 1;
  if (ends.to_days < days && ends.to_nanos > ends.from_nanos) return ends.to_days + 1;
  return ends.to_days;
}

std::int64_t WholeMonths(const Ends& ends) {
  const CalendarDate from = CalendarDateOf(ends.from_days);
  const CalendarDate to = CalendarDateOf(LastWholeDay(ends.from_days, ends));
  std::int64_t months = (to.year - from.year) * 12 + (to.month - from.month);
  if (months > 0 && to.day < from.day) --months;
  if (months < 0 && to.day > from.day) ++months;
  return months;
}

absl::StatusOr<Datum> Whole(__int128 months, __int128 days, __int128 nanos) {
  KOSEI_ASSIGN_OR_RETURN(const Duration duration, DurationOf(months, days, nanos));
  return Datum::Of(duration);
}

// Months as far as they go, then days, then the rest.
absl::StatusOr<Datum> Between(Ends ends) {
  if (!ends.dated) return Whole(0, 0, NanosBetween(ends));
  const std::int64_t months = WholeMonths(ends);
  const Datum start = Datum::Of(LocalOf(ends.from_days, ends.from_nanos));
  KOSEI_ASSIGN_OR_RETURN(const Datum after_months, Plus(start, Duration{.months = months}));
  const std::int64_t from = *PartsOf(after_months).days;
  const std::int64_t days = LastWholeDay(from, ends) - from;
  ends.from_days = from + days;
  if (ends.zone.has_value() && (months != 0 || days != 0)) {
    ends.from = InZone(LocalOf(ends.from_days, ends.from_nanos), *ends.zone, ends.from.offset);
  }
  return Whole(months, days, NanosBetween(ends));
}

}  // namespace

absl::StatusOr<Datum> MakeDuration(const Datum& from) {
  if (from.is_null() || from.kind() == DatumKind::kDuration) return from;
  if (from.kind() == DatumKind::kMap) return FromMap(from.map());
  if (from.kind() == DatumKind::kString) {
    KOSEI_ASSIGN_OR_RETURN(const Duration duration, ReadDuration(from.string()));
    return Datum::Of(duration);
  }
  return MakeError(
      ErrorCode::kQueryType,
      absl::StrFormat("duration() cannot be made from a %s: it takes a map or a string",
                      NameOf(from.kind())),
      "InvalidArgumentType");
}

absl::StatusOr<Datum> DifferenceOf(Difference unit, const Datum& a, const Datum& b) {
  for (const Datum* value : {&a, &b}) {
    if (IsInstant(value->kind())) continue;
    return MakeError(ErrorCode::kQueryType,
                     absl::StrFormat("a duration lies between dates, times or date-times, and not "
                                     "between values of type %s",
                                     NameOf(value->kind())),
                     "InvalidArgumentType");
  }
  const Ends ends = EndsOf(PartsOf(a), PartsOf(b));
  if (unit == Difference::kBetween) return Between(ends);
  if (unit == Difference::kSeconds) return Whole(0, 0, NanosBetween(ends));
  if (!ends.dated) return Datum::Of(Duration{});
  if (unit == Difference::kMonths) return Whole(WholeMonths(ends), 0, 0);
  return Whole(0, LastWholeDay(ends.from_days, ends) - ends.from_days, 0);
}

}  // namespace kosei::language
