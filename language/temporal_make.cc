#include "temporal_make.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "calendar.h"
#include "duration.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"
#include "temporal_fields.h"
#include "temporal_values.h"

namespace kosei::language {
namespace {

absl::StatusOr<TimeZone> ZoneOf(const TemporalFields& fields, const Evaluation& context) {
  if (fields.zone.has_value()) return *fields.zone;
  return TimeZone::Parse(context.time_zone);
}

// A time has an offset, not a zone: that which the zone has at the statement's instant.
std::int32_t OffsetNow(const TimeZone& zone, const Evaluation& context) {
  return zone.OffsetAt(FloorDivide(context.now.micros, 1'000'000));
}

absl::Status Unusable(DatumKind kind, std::string_view part) {
  return BadValue(absl::StrFormat("%s is no part of a %s", part, FunctionOf(kind)));
}

absl::Status CheckParts(DatumKind kind, const TemporalFields& fields) {
  if (!HasDate(kind) && (fields.HasDatePart() || fields.date.has_value()))
    return Unusable(kind, "a date");
  if (!HasTime(kind) && (fields.HasTimePart() || fields.time.has_value()))
    return Unusable(kind, "a time of day");
  if (!HasZone(kind) && fields.zone.has_value()) return Unusable(kind, "timezone");
  const bool epoch = fields.has(Field::kEpochSeconds) || fields.has(Field::kEpochMillis);
  if (epoch && kind != DatumKind::kDateTime) return Unusable(kind, "an epoch");
  return absl::OkStatus();
}

absl::StatusOr<Datum> FromEpoch(const TemporalFields& fields) {
  const auto& seconds = fields.at(Field::kEpochSeconds);
  const auto& millis = fields.at(Field::kEpochMillis);
  const auto& nanos = fields.at(Field::kNanosecond);
  TemporalFields others = fields;
  others.at(Field::kNanosecond).reset();
  if ((seconds.has_value() && millis.has_value()) || others.HasDatePart() || others.HasTimePart() ||
      fields.date.has_value() || fields.time.has_value() || fields.datetime.has_value()) {
    return BadValue("beside epochSeconds or epochMillis only nanosecond and timezone can be given");
  }
  constexpr std::int64_t nanos_of_milli = 1'000'000;
  if (millis.has_value() && nanos.value_or(0) >= nanos_of_milli)
    return BadValue("nanosecond, given with epochMillis, must be 0 to 999999");
  const std::int64_t second = millis.has_value() ? FloorDivide(*millis, 1'000) : *seconds;
  const std::int64_t fraction =
      (millis.has_value() ? FloorModulo(*millis, 1'000) * nanos_of_milli : 0) + nanos.value_or(0);
  if (!IsValidDay(FloorDivide(second, kSecondsOfDay)))
    return BadValue("the instant is out of range: years are -999999999 to 999999999");
  return Datum::Of(
      AtInstant(second, static_cast<std::int32_t>(fraction), fields.zone.value_or(TimeZone())));
}

// The values that parts are selected from, put together.
TemporalParts BaseOf(const TemporalFields& fields) {
  TemporalParts base;
  if (fields.datetime.has_value()) base = PartsOf(*fields.datetime);
  if (fields.date.has_value()) base.days = PartsOf(*fields.date).days;
  if (fields.time.has_value()) {
    const TemporalParts time = PartsOf(*fields.time);
    base.nanos = time.nanos;
    base.zone = time.zone;
    base.offset = time.offset;
  }
  return base;
}

// A time of day at an offset, as clocks at another show it.
absl::StatusOr<Datum> TimeWithZone(const TemporalParts& parts, const TemporalFields& fields,
                                   const Evaluation& context) {
  if (!parts.zone.has_value()) {
    KOSEI_ASSIGN_OR_RETURN(const TimeZone zone, ZoneOf(fields, context));
    return Datum::Of(OffsetTime{*parts.nanos, OffsetNow(zone, context)});
  }
  if (!fields.zone.has_value()) return Datum::Of(OffsetTime{*parts.nanos, *parts.offset});
  const std::int32_t offset = OffsetNow(*fields.zone, context);
  const std::int64_t shift = (offset - *parts.offset) * kNanosOfSecond;
  return Datum::Of(OffsetTime{FloorModulo(*parts.nanos + shift, kNanosOfDay), offset});
}

absl::StatusOr<Datum> DateTimeWithZone(TemporalParts parts, const TemporalFields& fields,
                                       const Evaluation& context) {
  const bool selected = parts.zone.has_value();
  if (!selected) {
    KOSEI_ASSIGN_OR_RETURN(parts.zone, ZoneOf(fields, context));
  }
  KOSEI_ASSIGN_OR_RETURN(Datum value, Assemble(DatumKind::kDateTime, parts));
  if (!selected || !fields.zone.has_value()) return value;
  const DateTime& moment = value.date_time();
  return Checked(AtInstant(moment.seconds, moment.nanos, *fields.zone));
}

// Hours can be said of a day only.
absl::Status CheckDayBeforeHour(const TemporalFields& fields) {
  constexpr Field days[] = {Field::kDay, Field::kDayOfWeek, Field::kOrdinalDay,
                            Field::kDayOfQuarter};
  const bool has_day =
      std::ranges::any_of(days, [&fields](Field field) { return fields.has(field); });
  if (has_day || !fields.HasTimePart()) return absl::OkStatus();
  return BadValue(
      "a time of day is given without a day: give year, month and day, or another "
      "whole date");
}

absl::StatusOr<Datum> FromMap(DatumKind kind, const DatumMap& map, const Evaluation& context) {
  for (const auto& [key, value] : map) {
    if (value.is_null()) return Datum();
  }
  KOSEI_ASSIGN_OR_RETURN(const TemporalFields fields, ReadFields(map));
  const bool only_zone = fields.zone.has_value() && map.size() == 1;
  if (map.empty() || only_zone) {
    KOSEI_ASSIGN_OR_RETURN(const TimeZone zone, ZoneOf(fields, context));
    return NowAs(kind, context.now,
                 zone.name().empty() ? OffsetText(zone.OffsetAt(0)) : zone.name());
  }
  KOSEI_RETURN_IF_ERROR(CheckParts(kind, fields));
  if (fields.has(Field::kEpochSeconds) || fields.has(Field::kEpochMillis)) return FromEpoch(fields);

  TemporalParts parts = BaseOf(fields);
  if (HasDate(kind)) {
    if (!parts.days.has_value()) {
      if (!fields.has(Field::kYear))
        return BadValue(absl::StrFormat("a %s needs a year, or a date or datetime to take it from",
                                        FunctionOf(kind)));
      if (!parts.nanos.has_value()) KOSEI_RETURN_IF_ERROR(CheckDayBeforeHour(fields));
    }
    KOSEI_ASSIGN_OR_RETURN(parts.days, ComposeDays(fields, parts.days));
  }
  if (HasTime(kind)) {
    if (!HasDate(kind) && !parts.nanos.has_value() && !fields.has(Field::kHour))
      return BadValue(absl::StrFormat("a %s needs an hour, or a time or datetime to take it from",
                                      FunctionOf(kind)));
    KOSEI_ASSIGN_OR_RETURN(parts.nanos, ComposeNanos(fields, parts.nanos));
  }
  if (kind == DatumKind::kTime) return TimeWithZone(parts, fields, context);
  if (kind == DatumKind::kDateTime) return DateTimeWithZone(parts, fields, context);
  return Assemble(kind, parts);
}

absl::StatusOr<Datum> FromText(DatumKind kind, const std::string& text, const Evaluation& context) {
  if (kind == DatumKind::kDate) {
    KOSEI_ASSIGN_OR_RETURN(const Date value, ReadDate(text));
    return Datum::Of(value);
  }
  if (kind == DatumKind::kLocalTime) {
    KOSEI_ASSIGN_OR_RETURN(const LocalTime value, ReadLocalTime(text));
    return Datum::Of(value);
  }
  if (kind == DatumKind::kTime) {
    KOSEI_ASSIGN_OR_RETURN(const TimeZone zone, TimeZone::Parse(context.time_zone));
    KOSEI_ASSIGN_OR_RETURN(const OffsetTime value, ReadTime(text, OffsetNow(zone, context)));
    return Datum::Of(value);
  }
  if (kind == DatumKind::kLocalDateTime) {
    KOSEI_ASSIGN_OR_RETURN(const LocalDateTime value, ReadLocalDateTime(text));
    return Datum::Of(value);
  }
  KOSEI_ASSIGN_OR_RETURN(DateTime value, ReadDateTime(text, context.time_zone));
  return Datum::Of(std::move(value));
}

absl::StatusOr<Datum> FromValue(DatumKind kind, const Datum& from, const Evaluation& context) {
  const bool date_fits = !HasDate(kind) || HasDate(from.kind());
  const bool time_fits = HasDate(kind) || HasTime(from.kind());
  if (!date_fits || !time_fits) {
    return MakeError(ErrorCode::kQueryType,
                     absl::StrFormat("%s() cannot be made from a %s: it takes a map, a string or a "
                                     "value that has its parts",
                                     FunctionOf(kind), NameOf(from.kind())),
                     "InvalidArgumentType");
  }
  TemporalParts parts = PartsOf(from);
  if (!parts.nanos.has_value()) parts.nanos = 0;
  if (kind == DatumKind::kTime) return TimeWithZone(parts, {}, context);
  if (kind == DatumKind::kDateTime) return DateTimeWithZone(std::move(parts), {}, context);
  return Assemble(kind, parts);
}

}  // namespace

absl::StatusOr<Datum> NowAs(DatumKind kind, Timestamp instant, std::string_view zone) {
  KOSEI_ASSIGN_OR_RETURN(DateTime now, DateTimeOf(instant, zone));
  return FromValue(kind, Datum::Of(std::move(now)), Evaluation{});
}

absl::StatusOr<Datum> MakeTemporal(DatumKind kind, const Datum& from, const Evaluation& context) {
  if (from.is_null()) return Datum();
  if (from.kind() == DatumKind::kMap) return FromMap(kind, from.map(), context);
  if (from.kind() == DatumKind::kString) return FromText(kind, from.string(), context);
  return FromValue(kind, from, context);
}

}  // namespace kosei::language
