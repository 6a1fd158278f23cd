#include "temporal_text.h"

#include <cstddef>
#include <limits>

#include "absl/strings/str_format.h"

namespace kosei::model {
namespace {

constexpr std::uint64_t kMicrosPerSecond = 1'000'000;
constexpr std::uint64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
constexpr std::uint64_t kMicrosPerHour = 60 * kMicrosPerMinute;
constexpr std::uint64_t kMicrosADay = 24 * kMicrosPerHour;
constexpr std::size_t kFractionDigits = 6;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// `shape` has 0 where a digit must stand and the character itself elsewhere.
bool Fits(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (shape[i] == '0' ? !IsDigit(text[i]) : text[i] != shape[i]) return false;
  }
  return true;
}

// One component of a duration: digits, perhaps a fraction, a letter.
struct Component {
  std::uint64_t whole = 0;
  std::uint64_t fraction_micros = 0;
  bool has_fraction = false;
  char unit = '\0';
  DurationFlaw flaw = DurationFlaw::kNone;
};

// Takes the component at the head of `text` off it.
Component TakeComponent(std::string_view& text) {
  Component component;
  std::size_t at = 0;
  for (; at < text.size() && IsDigit(text[at]); ++at) {
    const auto digit = static_cast<std::uint64_t>(text[at] - '0');
    if (__builtin_mul_overflow(component.whole, 10, &component.whole) ||
        __builtin_add_overflow(component.whole, digit, &component.whole))
      component.flaw = DurationFlaw::kTooLong;
  }
  const std::size_t digits = at;
  if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
    component.has_fraction = true;
    const std::size_t begin = ++at;
    std::uint64_t weight = kMicrosPerSecond;
    for (; at < text.size() && IsDigit(text[at]); ++at)
      component.fraction_micros += static_cast<std::uint64_t>(text[at] - '0') * (weight /= 10);
    if (at == begin || at - begin > kFractionDigits) component.flaw = DurationFlaw::kShape;
  }
  if (digits == 0 || at == text.size()) {
    component.flaw = DurationFlaw::kShape;
    return component;
  }
  component.unit = text[at];
  text.remove_prefix(at + 1);
  return component;
}

// How many microseconds the unit has, and its place in the order of units; 0 when there is none.
struct Unit {
  std::uint64_t micros = 0;
  int rank = 0;
};

Unit UnitOf(char letter, bool in_time) {
  if (!in_time && letter == 'W') return {7 * kMicrosADay, 1};
  if (!in_time && letter == 'D') return {kMicrosADay, 2};
  if (in_time && letter == 'H') return {kMicrosPerHour, 3};
  if (in_time && letter == 'M') return {kMicrosPerMinute, 4};
  if (in_time && letter == 'S') return {kMicrosPerSecond, 5};
  return {};
}

DurationFlaw AddComponents(std::string_view text, std::uint64_t& micros) {
  bool in_time = false;
  int rank = 0;
  if (text.empty()) return DurationFlaw::kShape;
  while (!text.empty()) {
    if (text.front() == 'T') {
      if (in_time || text.size() == 1) return DurationFlaw::kShape;
      in_time = true;
      text.remove_prefix(1);
    }
    const Component component = TakeComponent(text);
    if (!in_time && (component.unit == 'Y' || component.unit == 'M'))
      return DurationFlaw::kYearsOrMonths;
    if (component.flaw != DurationFlaw::kNone) return component.flaw;
    const Unit unit = UnitOf(component.unit, in_time);
    const bool after_weeks = rank == 1;
    if (unit.rank <= rank || after_weeks) return DurationFlaw::kShape;
    if (component.has_fraction && component.unit != 'S') return DurationFlaw::kShape;
    rank = unit.rank;
    std::uint64_t part = 0;
    if (__builtin_mul_overflow(component.whole, unit.micros, &part) ||
        __builtin_add_overflow(part, component.fraction_micros, &part) ||
        __builtin_add_overflow(micros, part, &micros))
      return DurationFlaw::kTooLong;
  }
  return DurationFlaw::kNone;
}

}  // namespace

bool HasDateShape(std::string_view text) { return Fits(text, "0000-00-00"); }

bool HasTimestampShape(std::string_view text) {
  if (text.size() < 20 || !HasDateShape(text.substr(0, 10))) return false;
  const char between = text[10];
  if (between != 'T' && between != 't' && between != ' ') return false;
  if (!Fits(text.substr(11, 8), "00:00:00")) return false;
  std::string_view rest = text.substr(19);
  if (rest.front() == '.') {
    rest.remove_prefix(1);
    const std::size_t digits = rest.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return false;
    rest.remove_prefix(digits);
  }
  return rest == "Z" || rest == "z" || Fits(rest, "+00:00") || Fits(rest, "-00:00");
}

Duration ParseDuration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (!text.starts_with('P')) return {DurationFlaw::kShape, 0};
  text.remove_prefix(1);
  std::uint64_t micros = 0;
  const DurationFlaw flaw = AddComponents(text, micros);
  if (flaw != DurationFlaw::kNone) return {flaw, 0};
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (micros > kMax) return {DurationFlaw::kTooLong, 0};
  const auto length = static_cast<std::int64_t>(micros);
  return {DurationFlaw::kNone, negative ? -length : length};
}

std::string FormatDuration(std::int64_t micros) {
  std::uint64_t rest =
      micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  if (rest == 0) return "PT0S";
  std::string out = micros < 0 ? "-P" : "P";
  if (rest >= kMicrosADay) out += absl::StrFormat("%dD", rest / kMicrosADay);
  rest %= kMicrosADay;
  if (rest == 0) return out;
  out += 'T';
  if (rest >= kMicrosPerHour) out += absl::StrFormat("%dH", rest / kMicrosPerHour);
  rest %= kMicrosPerHour;
  if (rest >= kMicrosPerMinute) out += absl::StrFormat("%dM", rest / kMicrosPerMinute);
  rest %= kMicrosPerMinute;
  if (rest == 0) return out;
  out += absl::StrFormat("%d", rest / kMicrosPerSecond);
  rest %= kMicrosPerSecond;
  if (rest > 0) {
    std::string fraction = absl::StrFormat(".%06d", rest);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    out += fraction;
  }
  return out + "S";
}

}  // namespace kosei::model
