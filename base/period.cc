#include "kosei/base/period.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei {
namespace {

constexpr std::uint64_t kMonthsMax = 12'000;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kMicrosMax = 366'000 * kDay;

// In the order in which they may stand; the second half after the T.
struct Unit {
  char letter;
  bool is_time;
  std::uint64_t months;
  std::int64_t micros;
};
constexpr Unit kUnits[] = {{'Y', false, 12, 0},    {'M', false, 1, 0},    {'W', false, 0, 7 * kDay},
                           {'D', false, 0, kDay},  {'H', true, 0, kHour}, {'M', true, 0, kMinute},
                           {'S', true, 0, kSecond}};

// The number at the front of `text`, taken off; more than kMicrosMax when there is none.
std::uint64_t TakeNumber(std::string_view& text) {
  constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
  constexpr std::size_t kDigitsMax = 12;
  std::size_t digits = 0;
  std::uint64_t number = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (++digits > kDigitsMax) return kNone;
    number = number * 10 + static_cast<std::uint64_t>(text[digits - 1] - '0');
  }
  text.remove_prefix(digits);
  return digits == 0 ? kNone : number;
}

bool Parse(std::string_view text, Period& period) {
  if (!text.starts_with('P')) return false;
  text.remove_prefix(1);
  std::uint64_t months = 0;
  std::int64_t micros = 0;
  std::size_t next = 0;  // of kUnits
  bool in_time = false;
  while (!text.empty()) {
    if (text.front() == 'T' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
    }
    const std::uint64_t number = TakeNumber(text);
    if (number > static_cast<std::uint64_t>(kMicrosMax / kSecond) || text.empty()) return false;
    while (next < std::size(kUnits) &&
           (kUnits[next].letter != text.front() || kUnits[next].is_time != in_time)) {
      ++next;
    }
    if (next == std::size(kUnits)) return false;
    const Unit& unit = kUnits[next++];
    text.remove_prefix(1);
    if (unit.months != 0 && number > kMonthsMax) return false;
    if (unit.micros != 0 && static_cast<std::int64_t>(number) > kMicrosMax / unit.micros)
      return false;
    months += number * unit.months;
    micros += static_cast<std::int64_t>(number) * unit.micros;
  }
  if (months + static_cast<std::uint64_t>(micros) == 0) return false;
  if (months > kMonthsMax || micros > kMicrosMax) return false;
  period = {static_cast<std::uint32_t>(months), micros};
  return true;
}

}  // namespace

absl::StatusOr<Period> ParsePeriod(std::string_view text) {
  Period period;
  if (Parse(text, period)) return period;
  return MakeError(
      ErrorCode::kWrongType,
      absl::StrFormat(
          "period \"%s\": expected an ISO 8601 duration of whole numbers, at most 1,000 "
          "years, as in P2Y, P18M, P90D or P1DT12H",
          text));
}

std::string FormatPeriod(const Period& period) {
  std::string text = "P";
  const auto add = [&text](std::int64_t number, char letter) {
    if (number != 0) absl::StrAppendFormat(&text, "%d%c", number, letter);
  };
  add(period.months / 12, 'Y');
  add(period.months % 12, 'M');
  add(period.micros / kDay, 'D');
  if (period.micros % kDay != 0) text += 'T';
  add(period.micros % kDay / kHour, 'H');
  add(period.micros % kHour / kMinute, 'M');
  add(period.micros % kMinute / kSecond, 'S');
  return text;
}

namespace {

// Beyond it, either way, the calendar has no years.
constexpr std::int64_t kCalendar = 25 * kMicrosMax;

// The same time of the day so many months later.
std::int64_t MicrosAfterMonths(Timestamp instant, std::int64_t months) {
  namespace c = std::chrono;
  const c::sys_time<c::microseconds> at{c::microseconds(instant.micros)};
  const auto day = c::floor<c::days>(at);
  c::year_month_day date{day};
  date += c::months(months);
  if (!date.ok()) date = date.year() / date.month() / c::last;
  return c::duration_cast<c::microseconds>(c::sys_days(date).time_since_epoch()).count() +
         (at - day).count();
}

}  // namespace

Timestamp Before(Timestamp instant, const Period& period) {
  if (instant.micros < -kCalendar) return kBeginningOfTime;
  if (instant.micros > kCalendar) return instant;
  const std::int64_t micros = MicrosAfterMonths(instant, -std::int64_t{period.months});
  if (micros < std::numeric_limits<std::int64_t>::min() + period.micros) return kBeginningOfTime;
  return Timestamp{micros - period.micros};
}

Timestamp After(Timestamp instant, const Period& period) {
  if (instant.micros > kCalendar) return kEndOfTime;
  if (instant.micros < -kCalendar) return instant;
  const std::int64_t micros = MicrosAfterMonths(instant, period.months);
  if (micros > std::numeric_limits<std::int64_t>::max() - period.micros) return kEndOfTime;
  return Timestamp{micros + period.micros};
}

}  // namespace kosei
