// Instants and durations added.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "calendar.h"
#include "duration.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/query_error.h"
#include "temporal_calls.h"
#include "temporal_values.h"

namespace kosei::language {
namespace {

using Wide = __int128;

// The date so many months and days later.
absl::StatusOr<std::int64_t> DaysLater(std::int64_t days, const Duration& duration, Wide more) {
  CalendarDate date = CalendarDateOf(days);
  const Wide month = Wide{date.year} * 12 + (date.month - 1) + duration.months;
  if (month < Wide{kYearMin} * 12 || month >= (Wide{kYearMax} + 1) * 12) return OutOfYears();
  date.year = FloorDivide(static_cast<std::int64_t>(month), 12);
  date.month = FloorModulo(static_cast<std::int64_t>(month), 12) + 1;
  date.day = std::min(date.day, DaysInMonth(date.year, date.month));
  const Wide later = Wide{DaysOf(date)} + duration.days + more;
  if (later < INT64_MIN || later > INT64_MAX || !IsValidDay(static_cast<std::int64_t>(later)))
    return OutOfYears();
  return static_cast<std::int64_t>(later);
}

std::int64_t WithinDay(Wide nanos) {
  const auto rest = static_cast<std::int64_t>(nanos % kNanosOfDay);
  return rest < 0 ? rest + kNanosOfDay : rest;
}

absl::StatusOr<LocalDateTime> SecondsLater(std::int64_t seconds, std::int32_t nanos,
                                           const Duration& duration) {
  const Wide sum = Wide{nanos} + duration.nanos;
  const Wide later = Wide{seconds} + duration.seconds + sum / kNanosOfSecond;
  constexpr Wide most = Wide{kYearMax + 1} * 366 * kSecondsOfDay;
  if (later < -most || later > most ||
      !IsValidDay(FloorDivide(static_cast<std::int64_t>(later), kSecondsOfDay))) {
    return OutOfYears();
  }
  return LocalDateTime{static_cast<std::int64_t>(later),
                       static_cast<std::int32_t>(sum % kNanosOfSecond)};
}

Datum Finish(absl::StatusOr<Datum> result, Span span, Evaluation& evaluation) {
  if (result.ok()) return *std::move(result);
  return evaluation.Fail(MakeQueryError(CodeOf(result.status()), FieldOf(result.status()), span,
                                        MessageOf(result.status())));
}

absl::StatusOr<Datum> ToDatum(absl::StatusOr<Duration> duration) {
  if (!duration.ok()) return std::move(duration).status();
  return Datum::Of(*duration);
}

absl::Status CannotAdd(const Datum& a, const Datum& b, std::string_view verb,
                       std::string_view hint) {
  return MakeError(
      ErrorCode::kQueryType,
      absl::StrFormat("%s and %s cannot be %s: %s", NameOf(a.kind()), NameOf(b.kind()), verb, hint),
      "InvalidArgumentType");
}

// A number as a fraction of two numbers below 10^18.
struct Ratio {
  std::int64_t times = 0;
  std::int64_t by = 1;
};
absl::StatusOr<Ratio> RatioOf(const Datum& number) {
  constexpr Decimal most = kDecimalOne * kDecimalOne;
  const auto decimal = DecimalOf(number);
  if (!decimal.has_value() || *decimal <= -most || *decimal >= most)
    return MakeError(ErrorCode::kQueryArgument,
                     absl::StrFormat("a duration cannot be scaled by %g: use a number below 10^18",
                                     number.number()),
                     "NumberOutOfRange");
  Decimal times = *decimal;
  Decimal by = kDecimalOne;
  while (by > 1 && (times % 10 == 0 || times >= kDecimalOne || times <= -kDecimalOne)) {
    times /= 10;
    by /= 10;
  }
  return Ratio{static_cast<std::int64_t>(times), static_cast<std::int64_t>(by)};
}

absl::StatusOr<Datum> Scale(const Duration& duration, const Datum& number, bool divide) {
  if (divide && number.number() == 0)
    return MakeError(ErrorCode::kQueryArithmetic, "a duration cannot be divided by zero",
                     "DivisionByZero");
  KOSEI_ASSIGN_OR_RETURN(Ratio ratio, RatioOf(number));
  if (divide) {
    if (ratio.times == 0) return DurationTooLarge();
    std::swap(ratio.times, ratio.by);
    if (ratio.by < 0) ratio = {-ratio.times, -ratio.by};
  }
  return ToDatum(Scaled(duration, ratio.times, ratio.by));
}

}  // namespace

absl::StatusOr<Datum> Plus(const Datum& instant, const Duration& duration) {
  const DatumKind kind = instant.kind();
  if (kind == DatumKind::kDate) {
    // Whole days of the time part count.
    const Wide more = NanosOf(duration) / kNanosOfDay;
    KOSEI_ASSIGN_OR_RETURN(const std::int64_t days, DaysLater(instant.date().days, duration, more));
    return Datum::Of(Date{days});
  }
  if (kind == DatumKind::kLocalTime)
    return Datum::Of(LocalTime{WithinDay(instant.local_time().nanos + NanosOf(duration))});
  if (kind == DatumKind::kTime) {
    const OffsetTime time = instant.time();
    return Datum::Of(OffsetTime{WithinDay(time.nanos + NanosOf(duration)), time.offset});
  }
  TemporalParts parts = PartsOf(instant);
  KOSEI_ASSIGN_OR_RETURN(const std::int64_t days, DaysLater(*parts.days, duration, 0));
  const LocalDateTime local = LocalOf(days, *parts.nanos);
  if (kind == DatumKind::kLocalDateTime) {
    KOSEI_ASSIGN_OR_RETURN(const LocalDateTime later,
                           SecondsLater(local.seconds, local.nanos, duration));
    return Datum::Of(later);
  }
  const DateTime moved = InZone(local, *parts.zone, parts.offset);
  KOSEI_ASSIGN_OR_RETURN(const LocalDateTime later,
                         SecondsLater(moved.seconds, moved.nanos, duration));
  return Checked(AtInstant(later.seconds, later.nanos, *parts.zone));
}

Datum AddTemporal(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  if (a.is_null() || b.is_null()) return {};
  const bool a_is_amount = a.kind() == DatumKind::kDuration;
  const bool b_is_amount = b.kind() == DatumKind::kDuration;
  if (a_is_amount && b_is_amount)
    return Finish(ToDatum(Sum(a.duration(), b.duration())), span, evaluation);
  if (b_is_amount && IsInstant(a.kind())) return Finish(Plus(a, b.duration()), span, evaluation);
  if (a_is_amount && IsInstant(b.kind())) return Finish(Plus(b, a.duration()), span, evaluation);
  return Finish(CannotAdd(a, b, "added", "add a duration"), span, evaluation);
}

Datum SubtractTemporal(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  if (a.is_null() || b.is_null()) return {};
  const bool a_fits = IsInstant(a.kind()) || a.kind() == DatumKind::kDuration;
  if (!a_fits || b.kind() != DatumKind::kDuration) {
    return Finish(CannotAdd(a, b, "subtracted",
                            "a duration can be subtracted; duration.between(a, b) is what lies "
                            "between two instants"),
                  span, evaluation);
  }
  const absl::StatusOr<Duration> minus = Negated(b.duration());
  if (!minus.ok()) return Finish(minus.status(), span, evaluation);
  if (a.kind() == DatumKind::kDuration)
    return Finish(ToDatum(Sum(a.duration(), *minus)), span, evaluation);
  return Finish(Plus(a, *minus), span, evaluation);
}

Datum MultiplyDuration(const Datum& duration, const Datum& by, Span span, Evaluation& evaluation) {
  if (duration.is_null()) return {};
  return Finish(Scale(duration.duration(), by, false), span, evaluation);
}

Datum DivideDuration(const Datum& duration, const Datum& by, Span span, Evaluation& evaluation) {
  if (duration.is_null()) return {};
  return Finish(Scale(duration.duration(), by, true), span, evaluation);
}

}  // namespace kosei::language
