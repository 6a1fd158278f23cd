// Durations from text.
#include "absl/strings/str_format.h"
#include "code_points.h"
#include "duration.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"
#include "temporal_values.h"
#include "text_reader.h"

namespace kosei::language {
namespace {

absl::Status Bad(std::string_view text, std::string_view why) {
  return BadValue(absl::StrFormat("duration \"%s\": %s", Shortened(text), why));
}

absl::Status Form(std::string_view text) {
  return Bad(text, "write it as in P1Y2M10DT2H30M14.5S, P2W or P2012-02-02T14:37:21.545");
}

// Components in the order that they may come in.
struct Unit {
  char letter;
  bool of_time;
  void (*add)(DurationSum&, Decimal);
};
constexpr Unit kUnits[] = {
    {'Y', false, [](DurationSum& sum, Decimal n) { sum.AddMonths(n, 12); }},
    {'M', false, [](DurationSum& sum, Decimal n) { sum.AddMonths(n, 1); }},
    {'W', false, [](DurationSum& sum, Decimal n) { sum.AddDays(n, 7); }},
    {'D', false, [](DurationSum& sum, Decimal n) { sum.AddDays(n, 1); }},
    {'H', true, [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 3600); }},
    {'M', true, [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 60); }},
    {'S', true, [](DurationSum& sum, Decimal n) { sum.AddSeconds(n, 1); }},
};

std::string_view TakeNumberText(TextReader& reader) {
  const std::string_view all = reader.rest();
  const std::size_t size = std::min(all.find_first_not_of("0123456789.,"), all.size());
  return reader.TakeText(size);
}

// "1Y2M10DT2H30M14.5S" with a sign before any number.
absl::StatusOr<Duration> ReadUnits(TextReader reader, std::string_view text, bool negative) {
  DurationSum sum;
  std::size_t next = 0;
  bool of_time = false;
  bool some = false;
  while (!reader.at_end()) {
    if (reader.Take('T')) {
      if (of_time || reader.at_end()) return Form(text);
      of_time = true;
      continue;
    }
    const bool minus = reader.Take('-');
    if (!minus) reader.Take('+');
    const std::string_view digits = TakeNumberText(reader);
    const auto number = ReadDecimal(digits);
    if (!number.has_value()) {
      const bool long_one = digits.find_first_of(".,") > 18 && digits.size() > 18;
      return long_one ? Bad(text, "its numbers have at most 18 digits before the point")
                      : Form(text);
    }
    while (next < std::size(kUnits) &&
           (kUnits[next].letter != reader.Peek() || kUnits[next].of_time != of_time)) {
      ++next;
    }
    if (next == std::size(kUnits)) return Form(text);
    reader.TakeText(1);
    kUnits[next++].add(sum, minus != negative ? -*number : *number);
    some = true;
  }
  if (!some) return Form(text);
  return sum.Finish();
}

// "2012-02-02T14:37:21.545" or "20120202T143721.545": each number within what a date-time has, but
// from zero.
absl::StatusOr<Duration> ReadAsDateTime(std::string_view body, std::string_view text,
                                        bool negative) {
  TextReader reader(body);
  std::int64_t parts[3] = {};
  constexpr std::int64_t most[] = {9999, 12, 31};
  constexpr std::string_view names[] = {"years", "months", "days"};
  const bool dashes = body.size() > 4 && body[4] == '-';
  for (std::size_t i = 0; i < 3; ++i) {
    if (i != 0 && dashes && !reader.Take('-')) return Form(text);
    const auto number = reader.TakeNumber(i == 0 ? 4 : 2);
    if (!number.has_value()) return Form(text);
    if (*number > most[i])
      return Bad(text,
                 absl::StrFormat("%s are %d: in this form at most %d", names[i], *number, most[i]));
    parts[i] = *number;
  }
  std::int64_t nanos = 0;
  if (!reader.at_end()) {
    if (!reader.Take('T')) return Form(text);
    KOSEI_ASSIGN_OR_RETURN(const LocalTime time, ReadLocalTime(reader.rest()));
    nanos = time.nanos;
  }
  const std::int64_t sign = negative ? -1 : 1;
  return DurationOf(sign * (parts[0] * 12 + parts[1]), sign * parts[2], sign * nanos);
}

}  // namespace

absl::StatusOr<Duration> ReadDuration(std::string_view text) {
  TextReader reader(text);
  const bool negative = reader.Take('-');
  if (!negative) reader.Take('+');
  if (!reader.Take('P')) return Form(text);
  const std::string_view body = reader.rest();
  const bool by_units = body.find_first_of("YMWDHS") != std::string_view::npos;
  return by_units ? ReadUnits(reader, text, negative) : ReadAsDateTime(body, text, negative);
}

}  // namespace kosei::language
