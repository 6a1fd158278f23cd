#include "temporal_fields.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "calendar.h"
#include "code_points.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::language {
namespace {

struct FieldInfo {
  std::string_view name;
  std::int64_t least = 0;
  std::int64_t most = 0;
};
// In the order of Field.
constexpr std::array<FieldInfo, kFieldCount> kFields = {{
    {"year", kYearMin, kYearMax},
    {"quarter", 1, 4},
    {"month", 1, 12},
    {"week", 1, 53},
    {"dayOfQuarter", 1, 92},
    {"ordinalDay", 1, 366},
    {"day", 1, 31},
    {"dayOfWeek", 1, 7},
    {"hour", 0, 23},
    {"minute", 0, 59},
    {"second", 0, 59},
    {"millisecond", 0, 999},
    {"microsecond", 0, 999'999},
    {"nanosecond", 0, 999'999'999},
    {"epochSeconds", INT64_MIN, INT64_MAX},
    {"epochMillis", INT64_MIN, INT64_MAX},
}};

bool SameName(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return absl::ascii_tolower(static_cast<unsigned char>(x)) ==
           absl::ascii_tolower(static_cast<unsigned char>(y));
  });
}

bool AnyOf(const TemporalFields& fields, Field first, Field last) {
  for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i) {
    if (fields.numbers[i].has_value()) return true;
  }
  return false;
}

absl::Status WrongType(std::string_view key, std::string_view needed, const Datum& found) {
  return MakeError(
      ErrorCode::kQueryType,
      absl::StrFormat("%s must be %s, and is of type %s", key, needed, NameOf(found.kind())),
      "InvalidArgumentType");
}

absl::Status CheckRange(std::string_view name, std::int64_t found, std::int64_t least,
                        std::int64_t most) {
  if (found >= least && found <= most) return absl::OkStatus();
  return BadValue(absl::StrFormat("%s is %d: it must be %d to %d", name, found, least, most));
}

absl::Status ReadSelector(std::string_view key, const Datum& value, bool (*fits)(DatumKind),
                          std::string_view needed, std::optional<Datum>& target) {
  if (!fits(value.kind())) return WrongType(key, needed, value);
  target = value;
  return absl::OkStatus();
}

absl::Status ReadField(std::string_view key, const Datum& value, TemporalFields& fields) {
  if (SameName(key, "date"))
    return ReadSelector(key, value, HasDate, "a value with a date", fields.date);
  if (SameName(key, "time"))
    return ReadSelector(key, value, HasTime, "a value with a time of day", fields.time);
  if (SameName(key, "datetime")) {
    const auto fits = [](DatumKind kind) { return HasDate(kind) && HasTime(kind); };
    return ReadSelector(key, value, fits, "a datetime or localdatetime", fields.datetime);
  }
  if (SameName(key, "timezone")) {
    if (value.kind() != DatumKind::kString) return WrongType(key, "a string", value);
    KOSEI_ASSIGN_OR_RETURN(fields.zone, TimeZone::Parse(value.string()));
    return absl::OkStatus();
  }
  const auto found = std::ranges::find_if(
      kFields, [key](const FieldInfo& info) { return SameName(info.name, key); });
  if (found == kFields.end()) {
    return BadValue(absl::StrFormat(
        "there is no %s in a date or time: parts are year, quarter, month, week, day, dayOfWeek, "
        "dayOfQuarter, ordinalDay, hour, minute, second, millisecond, microsecond, nanosecond, "
        "timezone, date, time, datetime, epochSeconds and epochMillis",
        Shortened(key)));
  }
  if (value.kind() != DatumKind::kInteger) return WrongType(found->name, "an integer", value);
  KOSEI_RETURN_IF_ERROR(CheckRange(found->name, value.integer(), found->least, found->most));
  fields.numbers[static_cast<std::size_t>(found - kFields.begin())] = value.integer();
  return absl::OkStatus();
}

// `smaller` was given without what it is counted in.
absl::Status Missing(Field larger, Field smaller) {
  return BadValue(
      absl::StrFormat("%s is given without %s: give both", NameOf(smaller), NameOf(larger)));
}

// The ways to name a day of a year.
enum class DateForm : std::uint8_t { kCalendar, kWeek, kQuarter, kOrdinal };
struct FormField {
  Field field;
  DateForm form;
};
constexpr FormField kFormFields[] = {
    {Field::kMonth, DateForm::kCalendar},     {Field::kDay, DateForm::kCalendar},
    {Field::kWeek, DateForm::kWeek},          {Field::kDayOfWeek, DateForm::kWeek},
    {Field::kQuarter, DateForm::kQuarter},    {Field::kDayOfQuarter, DateForm::kQuarter},
    {Field::kOrdinalDay, DateForm::kOrdinal},
};

absl::StatusOr<DateForm> FormOf(const TemporalFields& fields) {
  std::optional<FormField> first;
  for (const FormField& next : kFormFields) {
    if (!fields.has(next.field)) continue;
    if (!first.has_value()) first = next;
    if (first->form != next.form) {
      return BadValue(
          absl::StrFormat("%s and %s cannot be given together: a date is year, month, "
                          "day, or year, week, dayOfWeek, or year, quarter, "
                          "dayOfQuarter, or year, ordinalDay",
                          NameOf(first->field), NameOf(next.field)));
    }
  }
  return first.has_value() ? first->form : DateForm::kCalendar;
}

absl::Status CheckNoGap(const TemporalFields& fields) {
  constexpr std::pair<Field, Field> pairs[] = {{Field::kMonth, Field::kDay},
                                               {Field::kWeek, Field::kDayOfWeek},
                                               {Field::kQuarter, Field::kDayOfQuarter}};
  for (const FormField& part : kFormFields) {
    if (fields.has(part.field) && !fields.has(Field::kYear))
      return Missing(Field::kYear, part.field);
  }
  for (const auto& [larger, smaller] : pairs) {
    if (fields.has(smaller) && !fields.has(larger)) return Missing(larger, smaller);
  }
  return absl::OkStatus();
}

// A day that was given must exist; one of the base becomes the last there is.
absl::StatusOr<std::int64_t> DayWithin(const TemporalFields& fields, Field field,
                                       std::int64_t of_base, std::int64_t most) {
  if (!fields.has(field)) return std::min(of_base, most);
  const std::int64_t day = *fields.at(field);
  if (day > most)
    return BadValue(absl::StrFormat("%s is %d: that date does not exist, as the last is %d",
                                    NameOf(field), day, most));
  return day;
}

absl::StatusOr<std::int64_t> ComposeCalendar(const TemporalFields& fields, std::int64_t base) {
  const CalendarDate from = CalendarDateOf(base);
  CalendarDate date;
  date.year = fields.at(Field::kYear).value_or(from.year);
  date.month = fields.at(Field::kMonth).value_or(from.month);
  KOSEI_ASSIGN_OR_RETURN(
      date.day, DayWithin(fields, Field::kDay, from.day, DaysInMonth(date.year, date.month)));
  return DaysOf(date);
}

absl::StatusOr<std::int64_t> ComposeWeek(const TemporalFields& fields,
                                         const std::optional<std::int64_t>& base) {
  WeekDate date = base.has_value() ? WeekDateOf(*base) : WeekDate{};
  date.year = fields.at(Field::kYear).value_or(date.year);
  date.day = fields.at(Field::kDayOfWeek).value_or(date.day);
  KOSEI_ASSIGN_OR_RETURN(date.week,
                         DayWithin(fields, Field::kWeek, date.week, WeeksInYear(date.year)));
  return DaysOf(date);
}

absl::StatusOr<std::int64_t> ComposeQuarter(const TemporalFields& fields, std::int64_t base) {
  const CalendarDate from = CalendarDateOf(base);
  const std::int64_t year = fields.at(Field::kYear).value_or(from.year);
  const std::int64_t quarter = fields.at(Field::kQuarter).value_or(QuarterOf(from.month));
  KOSEI_ASSIGN_OR_RETURN(
      const std::int64_t day,
      DayWithin(fields, Field::kDayOfQuarter, DayOfQuarter(base), DaysInQuarter(year, quarter)));
  return DaysOf(CalendarDate{year, FirstMonthOf(quarter), 1}) + day - 1;
}

absl::StatusOr<std::int64_t> ComposeOrdinal(const TemporalFields& fields, std::int64_t base) {
  const std::int64_t year = fields.at(Field::kYear).value_or(CalendarDateOf(base).year);
  KOSEI_ASSIGN_OR_RETURN(const std::int64_t day,
                         DayWithin(fields, Field::kOrdinalDay, OrdinalDay(base), DaysInYear(year)));
  return DaysOf(CalendarDate{year, 1, 1}) + day - 1;
}

// Milli-, micro- and nanoseconds as nanoseconds.
absl::StatusOr<std::int64_t> ComposeFraction(const TemporalFields& fields) {
  const bool millis = fields.has(Field::kMillisecond);
  const bool micros = fields.has(Field::kMicrosecond);
  if (micros && millis)
    KOSEI_RETURN_IF_ERROR(CheckRange("microsecond, given with millisecond,",
                                     *fields.at(Field::kMicrosecond), 0, 999));
  if (fields.has(Field::kNanosecond) && (micros || millis))
    KOSEI_RETURN_IF_ERROR(CheckRange("nanosecond, given with a larger fraction,",
                                     *fields.at(Field::kNanosecond), 0, micros ? 999 : 999'999));
  return fields.at(Field::kMillisecond).value_or(0) * 1'000'000 +
         fields.at(Field::kMicrosecond).value_or(0) * 1'000 +
         fields.at(Field::kNanosecond).value_or(0);
}

}  // namespace

bool TemporalFields::HasDatePart() const { return AnyOf(*this, Field::kYear, Field::kDayOfWeek); }
bool TemporalFields::HasTimePart() const { return AnyOf(*this, Field::kHour, Field::kNanosecond); }

std::string_view NameOf(Field field) { return kFields[static_cast<std::size_t>(field)].name; }

absl::StatusOr<TemporalFields> ReadFields(const DatumMap& map) {
  TemporalFields fields;
  for (const auto& [key, value] : map) KOSEI_RETURN_IF_ERROR(ReadField(key, value, fields));
  return fields;
}

absl::StatusOr<std::int64_t> ComposeDays(const TemporalFields& fields,
                                         std::optional<std::int64_t> base) {
  KOSEI_ASSIGN_OR_RETURN(const DateForm form, FormOf(fields));
  if (!base.has_value()) KOSEI_RETURN_IF_ERROR(CheckNoGap(fields));
  if (form == DateForm::kWeek) return ComposeWeek(fields, base);
  const std::int64_t from = base.value_or(DaysOf(CalendarDate{0, 1, 1}));
  if (form == DateForm::kQuarter) return ComposeQuarter(fields, from);
  if (form == DateForm::kOrdinal) return ComposeOrdinal(fields, from);
  return ComposeCalendar(fields, from);
}

absl::StatusOr<std::int64_t> ComposeNanos(const TemporalFields& fields,
                                          std::optional<std::int64_t> base) {
  const bool fraction = AnyOf(fields, Field::kMillisecond, Field::kNanosecond);
  if (!base.has_value()) {
    if (fields.has(Field::kMinute) && !fields.has(Field::kHour))
      return Missing(Field::kHour, Field::kMinute);
    if (fields.has(Field::kSecond) && !fields.has(Field::kMinute))
      return Missing(Field::kMinute, Field::kSecond);
    if (fraction && !fields.has(Field::kSecond))
      return BadValue("a fraction of a second is given without second: give both");
  }
  const std::int64_t from = base.value_or(0);
  const std::int64_t second = from / kNanosOfSecond;
  const std::int64_t h = fields.at(Field::kHour).value_or(second / 3600);
  const std::int64_t m = fields.at(Field::kMinute).value_or(second / 60 % 60);
  const std::int64_t s = fields.at(Field::kSecond).value_or(second % 60);
  std::int64_t nanos = from % kNanosOfSecond;
  if (fraction) {
    KOSEI_ASSIGN_OR_RETURN(nanos, ComposeFraction(fields));
  }
  return (h * 3600 + m * 60 + s) * kNanosOfSecond + nanos;
}

}  // namespace kosei::language
