#include <algorithm>
#include <optional>

#include "absl/strings/str_format.h"
#include "calendar.h"
#include "code_points.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"
#include "temporal_values.h"
#include "text_reader.h"
#include "time_zone.h"

namespace kosei::language {
namespace {

constexpr std::size_t kFractionDigitsMax = 9;

absl::Status Bad(std::string_view what, std::string_view text, std::string_view why) {
  return MakeError(ErrorCode::kQueryArgument,
                   absl::StrFormat("%s \"%s\": %s", what, Shortened(text), why),
                   "InvalidArgumentValue");
}

absl::Status OutOfRange(std::string_view what, std::string_view text, std::string_view part,
                        std::int64_t found, std::int64_t least, std::int64_t most) {
  return Bad(what, text,
             absl::StrFormat("%s is %d: it must be %d to %d", part, found, least, most));
}

// One date of a text; the forms are listed in temporal_text.h.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text), reader_(text) {}

  absl::StatusOr<Date> Read() {
    KOSEI_RETURN_IF_ERROR(ReadYear());
    if (reader_.at_end()) return Date{DaysOf(CalendarDate{year_, 1, 1})};
    dashes_ = reader_.Take('-');
    if (reader_.Take('W')) return ReadWeek();
    if (reader_.Take('Q')) return ReadQuarter();
    if (signed_ && !dashes_) return Form();
    switch (reader_.DigitCount()) {
      case 2:
        return ReadMonth();
      case 3:
        return ReadOrdinal();
      case 4:
        if (!dashes_) return ReadMonth();
        break;
      default:
        break;
    }
    return Form();
  }

 private:
  absl::Status Form() const {
    return Bad("date", text_,
               "write it as in 2015-07-21, 20150721, 2015-07, 2015-W30-2, 2015-202 or 2015");
  }
  absl::Status Check(std::string_view part, std::int64_t found, std::int64_t most) const {
    if (found >= 1 && found <= most) return absl::OkStatus();
    return OutOfRange("date", text_, part, found, 1, most);
  }

  absl::Status ReadYear() {
    const bool negative = reader_.Take('-');
    signed_ = negative || reader_.Take('+');
    const std::size_t digits = signed_ ? reader_.DigitCount() : 4;
    const auto year = digits == 0 ? std::nullopt : reader_.TakeNumber(digits);
    if (!year.has_value()) return digits > 4 ? YearRange() : Form();
    if (*year > kYearMax) return YearRange();
    year_ = negative ? -*year : *year;
    return absl::OkStatus();
  }
  absl::Status YearRange() const {
    return Bad("date", text_, "years are -999999999 to +999999999");
  }

  // The separator before the last part, if that comes.
  bool TakeLastSeparator() { return !dashes_ || reader_.Take('-'); }

  absl::StatusOr<Date> ReadMonth() {
    const std::int64_t month = *reader_.TakeNumber(2);
    KOSEI_RETURN_IF_ERROR(Check("month", month, 12));
    std::int64_t day = 1;
    if (!reader_.at_end()) {
      if (!TakeLastSeparator() || reader_.DigitCount() != 2) return Form();
      day = *reader_.TakeNumber(2);
      if (!reader_.at_end()) return Form();
      KOSEI_RETURN_IF_ERROR(Check("day", day, DaysInMonth(year_, month)));
    }
    return Date{DaysOf(CalendarDate{year_, month, day})};
  }

  absl::StatusOr<Date> ReadOrdinal() {
    const std::int64_t day = *reader_.TakeNumber(3);
    if (!reader_.at_end()) return Form();
    KOSEI_RETURN_IF_ERROR(Check("day of the year", day, DaysInYear(year_)));
    return Date{DaysOf(CalendarDate{year_, 1, 1}) + day - 1};
  }

  absl::StatusOr<Date> ReadWeek() {
    const auto week = reader_.TakeNumber(2);
    if (!week.has_value()) return Form();
    KOSEI_RETURN_IF_ERROR(Check("week", *week, WeeksInYear(year_)));
    std::int64_t day = 1;
    if (!reader_.at_end()) {
      if (!TakeLastSeparator() || reader_.DigitCount() != 1) return Form();
      day = *reader_.TakeNumber(1);
      if (!reader_.at_end()) return Form();
      KOSEI_RETURN_IF_ERROR(Check("day of the week", day, 7));
    }
    const std::int64_t days = DaysOf(WeekDate{year_, *week, day});
    if (!IsValidDay(days)) return YearRange();
    return Date{days};
  }

  absl::StatusOr<Date> ReadQuarter() {
    const auto quarter = reader_.TakeNumber(1);
    if (!quarter.has_value()) return Form();
    KOSEI_RETURN_IF_ERROR(Check("quarter", *quarter, 4));
    std::int64_t day = 1;
    if (!reader_.at_end()) {
      if (!TakeLastSeparator() || reader_.DigitCount() != 2) return Form();
      day = *reader_.TakeNumber(2);
      if (!reader_.at_end()) return Form();
      KOSEI_RETURN_IF_ERROR(Check("day of the quarter", day, DaysInQuarter(year_, *quarter)));
    }
    return Date{DaysOf(CalendarDate{year_, FirstMonthOf(*quarter), 1}) + day - 1};
  }

  std::string_view text_;
  TextReader reader_;
  std::int64_t year_ = 0;
  bool signed_ = false;
  bool dashes_ = false;
};

absl::Status TimeForm(std::string_view text) {
  return Bad("time", text, "write it as in 21:40:32.142, 214032.142, 21:40, 2140 or 21");
}

absl::StatusOr<std::int64_t> ReadFraction(TextReader& reader, std::string_view text) {
  const std::size_t digits = reader.DigitCount();
  if (digits == 0) return TimeForm(text);
  if (digits > kFractionDigitsMax)
    return Bad("time", text, "a second has at most 9 digits behind the point (nanoseconds)");
  std::int64_t nanos = *reader.TakeNumber(digits);
  for (std::size_t i = digits; i < kFractionDigitsMax; ++i) nanos *= 10;
  return nanos;
}

// "21:40:32.142" and its shorter forms, without T and zone: nanoseconds of the day.
absl::StatusOr<std::int64_t> ReadTimeOfDay(std::string_view text) {
  constexpr std::string_view names[] = {"hour", "minute", "second"};
  constexpr std::int64_t most[] = {23, 59, 59};
  std::int64_t parts[3] = {};
  TextReader reader(text);
  const bool colons = text.size() > 2 && text[2] == ':';
  std::size_t count = 0;
  while (count < 3 && !reader.at_end()) {
    if (count != 0 && colons && !reader.Take(':')) return TimeForm(text);
    const auto number = reader.TakeNumber(2);
    if (!number.has_value()) return TimeForm(text);
    if (*number > most[count])
      return OutOfRange("time", text, names[count], *number, 0, most[count]);
    parts[count++] = *number;
  }
  if (count == 0) return TimeForm(text);
  std::int64_t nanos = 0;
  if (count == 3 && (reader.Take('.') || reader.Take(','))) {
    KOSEI_ASSIGN_OR_RETURN(nanos, ReadFraction(reader, text));
  }
  if (!reader.at_end()) return TimeForm(text);
  return (parts[0] * 3600 + parts[1] * 60 + parts[2]) * kNanosOfSecond + nanos;
}

// What stands behind the time of day.
struct ZoneText {
  std::optional<std::int32_t> offset;
  std::string_view name;  // between brackets; empty: none
};

absl::StatusOr<ZoneText> ReadZone(std::string_view text) {
  ZoneText zone;
  const std::size_t bracket = text.find('[');
  if (bracket != std::string_view::npos) {
    if (text.back() != ']' || bracket + 2 >= text.size())
      return Bad("time zone", text, "write a name in brackets as in [Asia/Tokyo]");
    zone.name = text.substr(bracket + 1, text.size() - bracket - 2);
    text = text.substr(0, bracket);
  }
  if (text.empty()) return zone;
  zone.offset = ReadOffset(text);
  if (!zone.offset.has_value())
    return Bad("time zone", text, "write an offset as in Z, +09:00, +0900 or +09");
  if (std::abs(*zone.offset) > kOffsetMax)
    return Bad("time zone", text, "offsets are -18:00 to +18:00");
  return zone;
}

struct TimeText {
  std::int64_t nanos = 0;
  ZoneText zone;
};

absl::StatusOr<TimeText> ReadTimeAndZone(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("Zz+-["), text.size());
  TimeText time;
  KOSEI_ASSIGN_OR_RETURN(time.nanos, ReadTimeOfDay(text.substr(0, end)));
  KOSEI_ASSIGN_OR_RETURN(time.zone, ReadZone(text.substr(end)));
  return time;
}

std::string_view WithoutT(std::string_view text) {
  if (text.starts_with('T') || text.starts_with('t')) text.remove_prefix(1);
  return text;
}

struct InstantText {
  std::int64_t days = 0;
  TimeText time;
};

absl::StatusOr<InstantText> ReadInstant(std::string_view text) {
  InstantText instant;
  const std::size_t t = std::min(text.find_first_of("Tt"), text.size());
  KOSEI_ASSIGN_OR_RETURN(const Date date, ReadDate(text.substr(0, t)));
  instant.days = date.days;
  if (t == text.size()) return instant;
  KOSEI_ASSIGN_OR_RETURN(instant.time, ReadTimeAndZone(text.substr(t + 1)));
  return instant;
}

}  // namespace

absl::StatusOr<Date> ReadDate(std::string_view text) { return DateReader(text).Read(); }

absl::StatusOr<LocalTime> ReadLocalTime(std::string_view text) {
  KOSEI_ASSIGN_OR_RETURN(const TimeText time, ReadTimeAndZone(WithoutT(text)));
  if (time.zone.offset.has_value() || !time.zone.name.empty())
    return Bad("local time", text, "it has no time zone; time() reads one");
  return LocalTime{time.nanos};
}

absl::StatusOr<OffsetTime> ReadTime(std::string_view text, std::int32_t default_offset) {
  KOSEI_ASSIGN_OR_RETURN(const TimeText time, ReadTimeAndZone(WithoutT(text)));
  if (!time.zone.name.empty())
    return Bad("time", text,
               "a named zone has no offset without a date: write an offset as in +09:00");
  return OffsetTime{time.nanos, time.zone.offset.value_or(default_offset)};
}

absl::StatusOr<LocalDateTime> ReadLocalDateTime(std::string_view text) {
  KOSEI_ASSIGN_OR_RETURN(const InstantText instant, ReadInstant(text));
  if (instant.time.zone.offset.has_value() || !instant.time.zone.name.empty())
    return Bad("local date-time", text, "it has no time zone; datetime() reads one");
  return LocalOf(instant.days, instant.time.nanos);
}

absl::StatusOr<DateTime> ReadDateTime(std::string_view text, std::string_view default_zone) {
  KOSEI_ASSIGN_OR_RETURN(const InstantText instant, ReadInstant(text));
  const LocalDateTime local = LocalOf(instant.days, instant.time.nanos);
  const ZoneText& written = instant.time.zone;
  if (written.name.empty() && written.offset.has_value())
    return InZone(local, TimeZone(*written.offset), std::nullopt);
  KOSEI_ASSIGN_OR_RETURN(const TimeZone zone,
                         TimeZone::Parse(written.name.empty() ? default_zone : written.name));
  const DateTime value = InZone(local, zone, written.offset);
  if (written.offset.has_value() && value.offset != *written.offset)
    return Bad("date-time", text,
               absl::StrFormat("the zone's offset is %s then", OffsetText(value.offset)));
  return value;
}

}  // namespace kosei::language
