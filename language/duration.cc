#include "duration.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "calendar.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "temporal_values.h"
#include "text_reader.h"

namespace kosei::language {
namespace {

using Wide = __int128;
constexpr std::size_t kDigitsMax = 18;
constexpr Decimal kDecimalNano = kDecimalOne / kNanosOfSecond;
// Divisions above leave less than this out of a whole number of nanoseconds.
constexpr Decimal kSlack = kDecimalNano / 1'000;

Decimal PowerOfTen(std::size_t exponent) {
  Decimal power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

bool Fits(Wide value) { return value >= INT64_MIN && value <= INT64_MAX; }

}  // namespace

std::optional<Decimal> ReadDecimal(std::string_view text) {
  TextReader reader(text);
  const std::size_t whole_digits = reader.DigitCount();
  if (whole_digits == 0 || whole_digits > kDigitsMax) return std::nullopt;
  Decimal value = *reader.TakeNumber(whole_digits) * kDecimalOne;
  if (reader.at_end()) return value;
  if (!reader.Take('.') && !reader.Take(',')) return std::nullopt;
  const std::size_t digits = reader.DigitCount();
  if (digits == 0 || digits != reader.rest().size()) return std::nullopt;
  const std::size_t kept = digits < kDigitsMax ? digits : kDigitsMax;
  return value + *reader.TakeNumber(kept) * PowerOfTen(kDigitsMax - kept);
}

std::optional<Decimal> DecimalOf(const Datum& number) {
  if (number.kind() == DatumKind::kInteger) return Decimal{number.integer()} * kDecimalOne;
  const double value = number.real();
  if (!std::isfinite(value) || std::abs(value) >= 1e18) return std::nullopt;
  // Fixed notation of the smallest float has some 1,080 digits behind the point.
  char text[1200];
  const auto end =
      std::to_chars(text, text + sizeof text, std::abs(value), std::chars_format::fixed);
  const auto decimal = ReadDecimal({text, static_cast<std::size_t>(end.ptr - text)});
  if (!decimal.has_value()) return std::nullopt;
  return value < 0 ? -*decimal : *decimal;
}

void DurationSum::Add(Decimal& sum, Decimal count, std::int64_t unit) {
  Decimal product = 0;
  overflow_ = overflow_ || __builtin_mul_overflow(count, Decimal{unit}, &product) ||
              __builtin_add_overflow(sum, product, &sum);
}

absl::StatusOr<Duration> DurationSum::Finish() const {
  if (overflow_) return DurationTooLarge();
  constexpr Decimal million = 1'000'000;
  constexpr Decimal month = Decimal{kSecondsOfAverageMonth} * million / kSecondsOfDay;
  static_assert(month * kSecondsOfDay == Decimal{kSecondsOfAverageMonth} * million);
  Decimal days = 0;
  if (__builtin_add_overflow(days_, months_ % kDecimalOne * month / million, &days))
    return DurationTooLarge();
  Decimal seconds = 0;
  if (__builtin_add_overflow(seconds_, days % kDecimalOne * kSecondsOfDay, &seconds))
    return DurationTooLarge();
  if (__builtin_add_overflow(seconds, seconds < 0 ? -kSlack : kSlack, &seconds))
    return DurationTooLarge();
  return DurationOf(months_ / kDecimalOne, days / kDecimalOne, seconds / kDecimalNano);
}

absl::Status DurationTooLarge() {
  return MakeError(ErrorCode::kQueryArgument,
                   "the duration is too large: months, days and seconds are 64-bit numbers",
                   "NumberOutOfRange");
}

__int128 NanosOf(const Duration& duration) {
  return Wide{duration.seconds} * kNanosOfSecond + duration.nanos;
}

absl::StatusOr<Duration> DurationOf(__int128 months, __int128 days, __int128 nanos) {
  Wide seconds = nanos / kNanosOfSecond;
  Wide rest = nanos % kNanosOfSecond;
  if (rest < 0) {
    rest += kNanosOfSecond;
    --seconds;
  }
  if (!Fits(months) || !Fits(days) || !Fits(seconds)) return DurationTooLarge();
  return Duration{static_cast<std::int64_t>(months), static_cast<std::int64_t>(days),
                  static_cast<std::int64_t>(seconds), static_cast<std::int32_t>(rest)};
}

absl::StatusOr<Duration> Negated(const Duration& duration) {
  return DurationOf(-Wide{duration.months}, -Wide{duration.days}, -NanosOf(duration));
}

absl::StatusOr<Duration> Sum(const Duration& a, const Duration& b) {
  return DurationOf(Wide{a.months} + b.months, Wide{a.days} + b.days, NanosOf(a) + NanosOf(b));
}

absl::StatusOr<Duration> Scaled(const Duration& duration, std::int64_t times, std::int64_t by) {
  // Whole and fraction apart, as 64 bits times 10^18 with 18 digits behind would not fit.
  bool overflow = false;
  const auto scale = [&](std::int64_t value) {
    const Wide product = Wide{value} * times;
    Decimal scaled = 0;
    overflow = overflow || __builtin_mul_overflow(product / by, kDecimalOne, &scaled) ||
               __builtin_add_overflow(scaled, product % by * kDecimalOne / by, &scaled);
    return scaled;
  };
  DurationSum sum;
  sum.AddMonths(scale(duration.months), 1);
  sum.AddDays(scale(duration.days), 1);
  const Wide seconds = Wide{duration.seconds} * times;
  const Wide nanos = seconds % by * kNanosOfSecond + Wide{duration.nanos} * times;
  Decimal whole = 0;
  overflow = overflow || __builtin_mul_overflow(seconds / by, kDecimalOne, &whole);
  if (overflow) return DurationTooLarge();
  sum.AddSeconds(whole, 1);
  sum.AddSeconds(nanos / by * kDecimalNano + nanos % by * kDecimalNano / by, 1);
  return sum.Finish();
}

}  // namespace kosei::language
