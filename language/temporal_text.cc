#include "kosei/language/temporal_text.h"

#include <cstdlib>

#include "absl/strings/str_format.h"
#include "calendar.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "temporal_calls.h"
#include "temporal_values.h"
#include "time_zone.h"

namespace kosei::language {
namespace {

constexpr std::int64_t kMicrosOfSecond = 1'000'000;

// "21:40", "21:40:32", "21:40:32.142": nanoseconds in three, six or nine digits.
std::string TimeOfDayText(std::int64_t nanos_of_day) {
  const std::int64_t second = nanos_of_day / kNanosOfSecond;
  const std::int64_t nanos = nanos_of_day % kNanosOfSecond;
  std::string text = absl::StrFormat("%02d:%02d", second / 3600, second / 60 % 60);
  if (second % 60 == 0 && nanos == 0) return text;
  text += absl::StrFormat(":%02d", second % 60);
  if (nanos == 0) return text;
  if (nanos % 1'000'000 == 0) return text + absl::StrFormat(".%03d", nanos / 1'000'000);
  if (nanos % 1'000 == 0) return text + absl::StrFormat(".%06d", nanos / 1'000);
  return text + absl::StrFormat(".%09d", nanos);
}

std::string LocalText(const LocalDateTime& value) {
  const std::int64_t second = FloorModulo(value.seconds, kSecondsOfDay);
  return TextOf(Date{FloorDivide(value.seconds, kSecondsOfDay)}) + "T" +
         TimeOfDayText(second * kNanosOfSecond + value.nanos);
}

// "-3.5", with no zeros behind.
std::string SecondsText(std::int64_t seconds, std::int64_t nanos, bool negative) {
  std::string text = absl::StrFormat("%s%d", negative ? "-" : "", seconds);
  if (nanos == 0) return text;
  text += absl::StrFormat(".%09d", nanos);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

}  // namespace

std::string TextOf(Date value) {
  const CalendarDate date = CalendarDateOf(value.days);
  const std::string_view sign = date.year < 0 ? "-" : date.year > 9999 ? "+" : "";
  return absl::StrFormat("%s%04d-%02d-%02d", sign, std::abs(date.year), date.month, date.day);
}

std::string TextOf(LocalTime value) { return TimeOfDayText(value.nanos); }
std::string TextOf(OffsetTime value) {
  return TimeOfDayText(value.nanos) + OffsetText(value.offset);
}
std::string TextOf(LocalDateTime value) { return LocalText(value); }
std::string TextOf(const DateTime& value) {
  std::string text = LocalText(LocalOf(value)) + OffsetText(value.offset);
  if (!value.zone.empty()) text += "[" + value.zone + "]";
  return text;
}

std::string TextOf(const Duration& value) {
  std::string text = "P";
  const auto add = [&text](std::int64_t number, char unit) {
    if (number != 0) text += absl::StrFormat("%d%c", number, unit);
  };
  add(value.months / 12, 'Y');
  add(value.months % 12, 'M');
  add(value.days, 'D');

  // Towards zero: -0.5 s is -0 seconds and 500,000,000 nanoseconds less.
  const bool negative = value.seconds < 0;
  const std::int64_t seconds = negative && value.nanos != 0 ? value.seconds + 1 : value.seconds;
  const std::int64_t nanos =
      negative && value.nanos != 0 ? kNanosOfSecond - value.nanos : std::int64_t{value.nanos};
  if (seconds != 0 || nanos != 0) {
    text += 'T';
    add(seconds / 3600, 'H');
    add(seconds / 60 % 60, 'M');
    const std::int64_t rest = std::abs(seconds % 60);
    if (rest != 0 || nanos != 0) text += SecondsText(rest, nanos, negative) + "S";
  }
  return text == "P" ? "PT0S" : text;
}

std::string TemporalText(const Datum& value) {
  const DatumKind kind = value.kind();
  if (kind == DatumKind::kDate) return TextOf(value.date());
  if (kind == DatumKind::kLocalTime) return TextOf(value.local_time());
  if (kind == DatumKind::kTime) return TextOf(value.time());
  if (kind == DatumKind::kLocalDateTime) return TextOf(value.local_date_time());
  if (kind == DatumKind::kDateTime) return TextOf(value.date_time());
  if (kind == DatumKind::kDuration) return TextOf(value.duration());
  return "";
}

absl::StatusOr<DateTime> DateTimeOf(Timestamp instant, std::string_view zone) {
  KOSEI_ASSIGN_OR_RETURN(const TimeZone rules, TimeZone::Parse(zone));
  return AtInstant(FloorDivide(instant.micros, kMicrosOfSecond),
                   static_cast<std::int32_t>(FloorModulo(instant.micros, kMicrosOfSecond) * 1'000),
                   rules);
}

absl::StatusOr<Timestamp> TimestampOf(const Datum& value, std::string_view zone) {
  DateTime moment;
  const DatumKind kind = value.kind();
  if (kind == DatumKind::kDateTime) {
    moment = value.date_time();
  } else if (kind == DatumKind::kString) {
    KOSEI_ASSIGN_OR_RETURN(moment, ReadDateTime(value.string(), zone));
  } else if (kind == DatumKind::kDate || kind == DatumKind::kLocalDateTime) {
    KOSEI_ASSIGN_OR_RETURN(const TimeZone rules, TimeZone::Parse(zone));
    const TemporalParts parts = PartsOf(value);
    moment = InZone(LocalOf(*parts.days, parts.nanos.value_or(0)), rules, std::nullopt);
  } else {
    return MakeError(ErrorCode::kQueryType,
                     absl::StrFormat("a point in time is needed, as in datetime('2026-11-22T10:00Z'"
                                     "); this is of type %s",
                                     NameOf(kind)),
                     "InvalidArgumentType");
  }
  std::int64_t micros = 0;
  if (__builtin_mul_overflow(moment.seconds, kMicrosOfSecond, &micros) ||
      __builtin_add_overflow(micros, moment.nanos / 1'000, &micros)) {
    return BadValue("the point in time " + TextOf(moment) +
                    " is out of range: about 290,000 years from 1970 either way");
  }
  return Timestamp{micros};
}

}  // namespace kosei::language
