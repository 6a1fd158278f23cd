// x.truncate(unit, value, map).
#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "calendar.h"
#include "code_points.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "temporal_fields.h"
#include "temporal_make.h"

namespace kosei::language {
namespace {

struct Unit {
  std::string_view name;
  Field largest;  // of what the map may set
  // Dates: the first day of the unit; null for units within a day.
  std::int64_t (*first_day)(std::int64_t days);
  std::int64_t nanos;  // of units within a day
};

std::int64_t FirstOfYears(std::int64_t days, std::int64_t years) {
  const std::int64_t year = CalendarDateOf(days).year;
  return DaysOf(CalendarDate{year - FloorModulo(year, years), 1, 1});
}

std::int64_t FirstOfMonth(std::int64_t days) { return days - CalendarDateOf(days).day + 1; }

constexpr auto kUnits = std::to_array<Unit>({
    {"millennium", Field::kYear, [](std::int64_t days) { return FirstOfYears(days, 1'000); }, 0},
    {"century", Field::kYear, [](std::int64_t days) { return FirstOfYears(days, 100); }, 0},
    {"decade", Field::kYear, [](std::int64_t days) { return FirstOfYears(days, 10); }, 0},
    {"year", Field::kQuarter, [](std::int64_t days) { return FirstOfYears(days, 1); }, 0},
    {"weekYear", Field::kQuarter,
     [](std::int64_t days) { return DaysOf(WeekDate{WeekDateOf(days).year, 1, 1}); }, 0},
    {"quarter", Field::kMonth, [](std::int64_t days) { return days - DayOfQuarter(days) + 1; }, 0},
    {"month", Field::kWeek, FirstOfMonth, 0},
    {"week", Field::kDay, [](std::int64_t days) { return days - DayOfWeek(days) + 1; }, 0},
    {"day", Field::kHour, [](std::int64_t days) { return days; }, 0},
    {"hour", Field::kMinute, nullptr, 3600 * kNanosOfSecond},
    {"minute", Field::kSecond, nullptr, 60 * kNanosOfSecond},
    {"second", Field::kMillisecond, nullptr, kNanosOfSecond},
    {"millisecond", Field::kMicrosecond, nullptr, 1'000'000},
    {"microsecond", Field::kNanosecond, nullptr, 1'000},
});

absl::StatusOr<const Unit*> FindUnit(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(name.data(), name.size()));
  const auto found = std::ranges::find_if(kUnits, [&lower](const Unit& unit) {
    return absl::AsciiStrToLower(absl::string_view(unit.name.data(), unit.name.size())) == lower;
  });
  if (found != kUnits.end()) return &*found;
  std::string names;
  for (const Unit& unit : kUnits) names += (names.empty() ? "" : ", ") + std::string(unit.name);
  return BadValue(absl::StrFormat("there is no unit \"%s\" to truncate to: units are %s",
                                  Shortened(name), names));
}

absl::Status CannotTruncate(DatumKind kind, const Unit& unit, std::string_view why) {
  return BadValue(absl::StrFormat("%s.truncate('%s', ...): %s", FunctionOf(kind), unit.name, why));
}

absl::Status CheckValue(DatumKind kind, const Unit& unit, DatumKind value) {
  const bool of_date = unit.first_day != nullptr;
  const bool day_of_time = unit.name == "day" && !HasDate(kind);
  if (!IsInstant(value) || (HasDate(kind) && !HasDate(value)) ||
      (!HasDate(kind) && !HasTime(value))) {
    return MakeError(ErrorCode::kQueryType,
                     absl::StrFormat("%s.truncate cannot take a %s: it has no %s", FunctionOf(kind),
                                     NameOf(value), HasDate(kind) ? "date" : "time of day"),
                     "InvalidArgumentType");
  }
  if (!HasDate(kind) && of_date && !day_of_time)
    return CannotTruncate(kind, unit, "a time is truncated to day or a smaller unit");
  if (!of_date && !HasTime(kind))
    return CannotTruncate(kind, unit, "a date is truncated to day or a larger unit");
  if (!of_date && !HasTime(value))
    return CannotTruncate(kind, unit, "a date has no time of day: truncate to day");
  return absl::OkStatus();
}

absl::Status CheckFields(DatumKind kind, const Unit& unit, const TemporalFields& fields) {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    if (!fields.has(field)) continue;
    if (field < unit.largest || field > Field::kNanosecond)
      return CannotTruncate(
          kind, unit,
          absl::StrFormat("%s is not smaller than the unit: leave it out", NameOf(field)));
  }
  if (fields.date.has_value() || fields.datetime.has_value())
    return CannotTruncate(kind, unit, "date and datetime cannot be given here");
  if (!HasDate(kind) && fields.HasDatePart())
    return CannotTruncate(kind, unit, "a time has no date");
  if (!HasTime(kind) && (fields.HasTimePart() || fields.time.has_value()))
    return CannotTruncate(kind, unit, "a date has no time of day");
  if (unit.first_day == nullptr && fields.time.has_value())
    return CannotTruncate(kind, unit, "time is not smaller than the unit: leave it out");
  if (!HasZone(kind) && fields.zone.has_value())
    return CannotTruncate(kind, unit, absl::StrFormat("a %s has no timezone", FunctionOf(kind)));
  return absl::OkStatus();
}

// What of the second is kept is given to the map's fields to add to.
void KeepFraction(const Unit& unit, std::int64_t nanos, TemporalFields& fields) {
  if (unit.name == "millisecond")
    fields.at(Field::kMillisecond) = nanos % kNanosOfSecond / 1'000'000;
  if (unit.name == "microsecond") {
    fields.at(Field::kMillisecond) = nanos % kNanosOfSecond / 1'000'000;
    fields.at(Field::kMicrosecond) = nanos % 1'000'000 / 1'000;
  }
}

}  // namespace

absl::StatusOr<Datum> TruncateTemporal(DatumKind kind, std::string_view name, const Datum& value,
                                       const Datum& map, const Evaluation& context) {
  KOSEI_ASSIGN_OR_RETURN(const Unit* unit, FindUnit(name));
  KOSEI_RETURN_IF_ERROR(CheckValue(kind, *unit, value.kind()));
  TemporalFields fields;
  if (!map.is_null()) {
    if (std::ranges::any_of(map.map(), [](const auto& entry) { return entry.second.is_null(); }))
      return Datum();
    KOSEI_ASSIGN_OR_RETURN(fields, ReadFields(map.map()));
  }
  KOSEI_RETURN_IF_ERROR(CheckFields(kind, *unit, fields));

  TemporalParts parts = PartsOf(value);
  if (unit->first_day != nullptr) {
    if (HasDate(kind)) parts.days = unit->first_day(*parts.days);
    parts.nanos = fields.time.has_value() ? *PartsOf(*fields.time).nanos : 0;
  } else {
    *parts.nanos -= *parts.nanos % unit->nanos;
    KeepFraction(*unit, *parts.nanos, fields);
  }
  if (HasDate(kind)) {
    if (fields.HasDatePart()) {
      KOSEI_ASSIGN_OR_RETURN(parts.days, ComposeDays(fields, parts.days));
    }
  }
  KOSEI_ASSIGN_OR_RETURN(parts.nanos, ComposeNanos(fields, parts.nanos));
  if (!HasZone(kind)) return Assemble(kind, parts);

  // A zone that is given replaces the value's; the clock's face stays.
  if (!fields.zone.has_value() && parts.zone.has_value()) return Assemble(kind, parts);
  if (fields.zone.has_value()) {
    parts.zone = *fields.zone;
  } else {
    KOSEI_ASSIGN_OR_RETURN(parts.zone, TimeZone::Parse(context.time_zone));
  }
  parts.offset.reset();
  if (kind == DatumKind::kTime)
    parts.offset = parts.zone->OffsetAt(FloorDivide(context.now.micros, 1'000'000));
  return Assemble(kind, parts);
}

}  // namespace kosei::language
