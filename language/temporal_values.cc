#include "temporal_values.h"

#include <utility>

#include "calendar.h"
#include "kosei/base/error.h"

namespace kosei::language {

TemporalParts PartsOf(const Datum& value) {
  const auto split = [](const LocalDateTime& local) {
    return TemporalParts{
        .days = FloorDivide(local.seconds, kSecondsOfDay),
        .nanos = FloorModulo(local.seconds, kSecondsOfDay) * kNanosOfSecond + local.nanos};
  };
  const DatumKind kind = value.kind();
  if (kind == DatumKind::kDate) return {.days = value.date().days};
  if (kind == DatumKind::kLocalTime) return {.nanos = value.local_time().nanos};
  if (kind == DatumKind::kTime) {
    const OffsetTime time = value.time();
    return {.nanos = time.nanos, .zone = TimeZone(time.offset), .offset = time.offset};
  }
  if (kind == DatumKind::kLocalDateTime) return split(value.local_date_time());
  if (kind != DatumKind::kDateTime) return {};
  const DateTime& moment = value.date_time();
  TemporalParts parts = split(LocalOf(moment));
  parts.offset = moment.offset;
  parts.zone = TimeZone(moment.offset);
  if (!moment.zone.empty()) {
    // A value that outlived its zone in the database keeps the offset it had.
    if (auto zone = TimeZone::Parse(moment.zone); zone.ok()) parts.zone = *std::move(zone);
  }
  return parts;
}

bool IsInstant(DatumKind kind) { return HasDate(kind) || HasTime(kind); }
bool HasDate(DatumKind kind) {
  return kind == DatumKind::kDate || kind == DatumKind::kLocalDateTime ||
         kind == DatumKind::kDateTime;
}
bool HasTime(DatumKind kind) {
  return kind == DatumKind::kLocalTime || kind == DatumKind::kTime ||
         kind == DatumKind::kLocalDateTime || kind == DatumKind::kDateTime;
}
bool HasZone(DatumKind kind) { return kind == DatumKind::kTime || kind == DatumKind::kDateTime; }

std::string_view FunctionOf(DatumKind kind) {
  if (kind == DatumKind::kDate) return "date";
  if (kind == DatumKind::kLocalTime) return "localtime";
  if (kind == DatumKind::kTime) return "time";
  if (kind == DatumKind::kLocalDateTime) return "localdatetime";
  if (kind == DatumKind::kDateTime) return "datetime";
  return "duration";
}

LocalDateTime LocalOf(std::int64_t days, std::int64_t nanos_of_day) {
  return {days * kSecondsOfDay + nanos_of_day / kNanosOfSecond,
          static_cast<std::int32_t>(nanos_of_day % kNanosOfSecond)};
}

DateTime InZone(const LocalDateTime& local, const TimeZone& zone,
                std::optional<std::int32_t> wanted) {
  const std::int32_t offset = zone.OffsetOfLocal(local.seconds, wanted);
  // Read back at the instant: a time that clocks skip is shown as what they show instead.
  return AtInstant(local.seconds - offset, local.nanos, zone);
}

DateTime AtInstant(std::int64_t seconds, std::int32_t nanos, const TimeZone& zone) {
  return {seconds, nanos, zone.OffsetAt(seconds), zone.name()};
}

LocalDateTime LocalOf(const DateTime& value) { return {value.seconds + value.offset, value.nanos}; }

absl::StatusOr<Datum> Checked(DateTime value) {
  if (!IsValidDay(FloorDivide(LocalOf(value).seconds, kSecondsOfDay))) return OutOfYears();
  return Datum::Of(std::move(value));
}

absl::Status OutOfYears() {
  return BadValue("the date is out of range: years are -999999999 to 999999999");
}

absl::StatusOr<Datum> Assemble(DatumKind kind, const TemporalParts& parts) {
  if (HasDate(kind) && !IsValidDay(*parts.days)) return OutOfYears();
  if (kind == DatumKind::kDate) return Datum::Of(Date{*parts.days});
  if (kind == DatumKind::kLocalTime) return Datum::Of(LocalTime{*parts.nanos});
  if (kind == DatumKind::kTime) return Datum::Of(OffsetTime{*parts.nanos, *parts.offset});
  const LocalDateTime local = LocalOf(*parts.days, *parts.nanos);
  if (kind == DatumKind::kLocalDateTime) return Datum::Of(local);
  return Checked(InZone(local, *parts.zone, parts.offset));
}

absl::Status BadValue(std::string_view message) {
  return MakeError(ErrorCode::kQueryArgument, message, "InvalidArgumentValue");
}

}  // namespace kosei::language
