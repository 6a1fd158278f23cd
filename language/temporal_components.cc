// What can be read from a temporal value: d.year, t.offset, duration.minutesOfHour.
#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "calendar.h"
#include "code_points.h"
#include "duration.h"
#include "kosei/language/query_error.h"
#include "temporal_calls.h"
#include "temporal_values.h"

namespace kosei::language {
namespace {

using Wide = __int128;

template <typename Value>
struct Component {
  std::string_view name;  // in lower case
  Value (*read)(std::int64_t);
};

constexpr auto kDateComponents = std::to_array<Component<std::int64_t>>({
    {"year", [](std::int64_t days) { return CalendarDateOf(days).year; }},
    {"quarter", [](std::int64_t days) { return QuarterOf(CalendarDateOf(days).month); }},
    {"month", [](std::int64_t days) { return CalendarDateOf(days).month; }},
    {"week", [](std::int64_t days) { return WeekDateOf(days).week; }},
    {"weekyear", [](std::int64_t days) { return WeekDateOf(days).year; }},
    {"day", [](std::int64_t days) { return CalendarDateOf(days).day; }},
    {"ordinalday", OrdinalDay},
    {"weekday", DayOfWeek},
    {"dayofweek", DayOfWeek},
    {"dayofquarter", DayOfQuarter},
});

constexpr auto kTimeComponents = std::to_array<Component<std::int64_t>>({
    {"hour", [](std::int64_t nanos) { return nanos / kNanosOfSecond / 3600; }},
    {"minute", [](std::int64_t nanos) { return nanos / kNanosOfSecond / 60 % 60; }},
    {"second", [](std::int64_t nanos) { return nanos / kNanosOfSecond % 60; }},
    {"millisecond", [](std::int64_t nanos) { return nanos % kNanosOfSecond / 1'000'000; }},
    {"microsecond", [](std::int64_t nanos) { return nanos % kNanosOfSecond / 1'000; }},
    {"nanosecond", [](std::int64_t nanos) { return nanos % kNanosOfSecond; }},
});

constexpr std::string_view kZoneNames = "timezone, offset, offsetMinutes, offsetSeconds";

// Numbers of a duration: `of` says which part is counted, `unit` in how many of its smallest, and
// `modulo` where it begins again (0: never).
enum class DurationPart : std::uint8_t { kMonths, kDays, kNanos };
struct DurationComponent {
  std::string_view name;
  DurationPart of;
  std::int64_t unit;
  std::int64_t modulo;
};
constexpr auto kDurationComponents = std::to_array<DurationComponent>({
    {"years", DurationPart::kMonths, 12, 0},
    {"quarters", DurationPart::kMonths, 3, 0},
    {"months", DurationPart::kMonths, 1, 0},
    {"weeks", DurationPart::kDays, 7, 0},
    {"days", DurationPart::kDays, 1, 0},
    {"hours", DurationPart::kNanos, 3600 * kNanosOfSecond, 0},
    {"minutes", DurationPart::kNanos, 60 * kNanosOfSecond, 0},
    {"seconds", DurationPart::kNanos, kNanosOfSecond, 0},
    {"milliseconds", DurationPart::kNanos, 1'000'000, 0},
    {"microseconds", DurationPart::kNanos, 1'000, 0},
    {"nanoseconds", DurationPart::kNanos, 1, 0},
    {"quartersofyear", DurationPart::kMonths, 3, 4},
    {"monthsofyear", DurationPart::kMonths, 1, 12},
    {"monthsofquarter", DurationPart::kMonths, 1, 3},
    {"daysofweek", DurationPart::kDays, 1, 7},
    {"minutesofhour", DurationPart::kNanos, 60 * kNanosOfSecond, 60},
    {"secondsofminute", DurationPart::kNanos, kNanosOfSecond, 60},
    {"millisecondsofsecond", DurationPart::kNanos, 1'000'000, 1'000},
    {"microsecondsofsecond", DurationPart::kNanos, 1'000, 1'000'000},
    {"nanosecondsofsecond", DurationPart::kNanos, 1, kNanosOfSecond},
});

std::optional<std::int64_t> ReadFrom(const auto& components, std::string_view name,
                                     const std::optional<std::int64_t>& value) {
  if (!value.has_value()) return std::nullopt;
  const auto found = std::ranges::find_if(
      components, [name](const auto& component) { return component.name == name; });
  if (found == components.end()) return std::nullopt;
  return found->read(*value);
}

// Null when there is no such component.
Datum ZoneComponent(const Datum& value, std::string_view name) {
  const std::int32_t offset =
      value.kind() == DatumKind::kTime ? value.time().offset : value.date_time().offset;
  if (name == "offset") return Datum::String(OffsetText(offset));
  if (name == "offsetminutes") return Datum::Integer(offset / 60);
  if (name == "offsetseconds") return Datum::Integer(offset);
  if (name != "timezone") return {};
  const bool named = value.kind() == DatumKind::kDateTime && !value.date_time().zone.empty();
  return Datum::String(named ? value.date_time().zone : OffsetText(offset));
}

// Nothing when there is no such component.
std::optional<Wide> EpochComponent(const DateTime& value, std::string_view name) {
  if (name == "epochseconds") return value.seconds;
  if (name == "epochmillis") return Wide{value.seconds} * 1'000 + value.nanos / 1'000'000;
  return std::nullopt;
}

Datum IntegerOrError(Wide number, std::string_view name, const Datum& of, Span span,
                     Evaluation& evaluation) {
  if (number >= INT64_MIN && number <= INT64_MAX)
    return Datum::Integer(static_cast<std::int64_t>(number));
  return evaluation.Fail(MakeQueryError(
      ErrorCode::kQueryArithmetic, "NumberOutOfRange", span,
      absl::StrFormat("%s of %s is more than an integer holds: ask for a larger unit", name,
                      TemporalText(of))));
}

Datum Unknown(DatumKind kind, std::string_view name, std::string_view known, Span span,
              Evaluation& evaluation) {
  return evaluation.Fail(MakeQueryError(
      ErrorCode::kQueryArgument, "InvalidArgumentValue", span,
      absl::StrFormat("a %s has no %s: it has %s", FunctionOf(kind), Shortened(name), known)));
}

Datum DurationComponentOf(const Datum& value, std::string_view name, std::string_view written,
                          Span span, Evaluation& evaluation) {
  const Duration& duration = value.duration();
  const auto found = std::ranges::find(kDurationComponents, name, &DurationComponent::name);
  if (found == kDurationComponents.end()) {
    return Unknown(DatumKind::kDuration, written,
                   "years, quarters, months, weeks, days, hours, minutes, seconds, milliseconds, "
                   "microseconds, nanoseconds, quartersOfYear, monthsOfYear, monthsOfQuarter, "
                   "daysOfWeek, minutesOfHour, secondsOfMinute, millisecondsOfSecond, "
                   "microsecondsOfSecond, nanosecondsOfSecond",
                   span, evaluation);
  }
  Wide whole = duration.months;
  if (found->of == DurationPart::kDays) whole = duration.days;
  if (found->of == DurationPart::kNanos) whole = NanosOf(duration);
  Wide number = whole / found->unit;
  if (found->modulo != 0) number %= found->modulo;
  return IntegerOrError(number, written, value, span, evaluation);
}

}  // namespace

Datum TemporalComponent(const Datum& value, std::string_view written, Span span,
                        Evaluation& evaluation) {
  const std::string name = absl::AsciiStrToLower(absl::string_view(written.data(), written.size()));
  const DatumKind kind = value.kind();
  if (kind == DatumKind::kDuration)
    return DurationComponentOf(value, name, written, span, evaluation);

  const TemporalParts parts = PartsOf(value);
  if (const auto number = ReadFrom(kDateComponents, name, parts.days))
    return Datum::Integer(*number);
  if (const auto number = ReadFrom(kTimeComponents, name, parts.nanos))
    return Datum::Integer(*number);
  if (HasZone(kind)) {
    Datum zone = ZoneComponent(value, name);
    if (!zone.is_null()) return zone;
  }
  if (kind == DatumKind::kDateTime) {
    if (const auto epoch = EpochComponent(value.date_time(), name))
      return IntegerOrError(*epoch, written, value, span, evaluation);
  }
  std::string known;
  const auto list = [&known](std::string_view names) {
    if (!known.empty()) known += ", ";
    known += names;
  };
  if (HasDate(kind))
    list("year, quarter, month, week, weekYear, day, ordinalDay, weekDay, dayOfQuarter");
  if (HasTime(kind)) list("hour, minute, second, millisecond, microsecond, nanosecond");
  if (HasZone(kind)) list(kZoneNames);
  if (kind == DatumKind::kDateTime) list("epochSeconds, epochMillis");
  return Unknown(kind, written, known, span, evaluation);
}

}  // namespace kosei::language
