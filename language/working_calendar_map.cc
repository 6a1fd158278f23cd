// Working calendars from the maps of statements. Messages name the entry that is wrong.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "code_points.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"
#include "kosei/language/working_calendar.h"
#include "temporal_values.h"

namespace kosei::language {
namespace {

constexpr std::array<std::string_view, 7> kWeekDays = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};
// Days that have hours of their own, holidays among them.
constexpr std::size_t kDaysMax = 10'000;

absl::Status WrongType(std::string_view entry, const Datum& found, std::string_view wanted) {
  return MakeError(ErrorCode::kQueryType,
                   absl::StrFormat("calendar: %s is of type %s, expected %s", entry,
                                   NameOf(found.kind()), wanted),
                   "InvalidArgumentType");
}

absl::Status UnknownKey(std::string_view in, std::string_view key, std::string_view known) {
  return BadValue(
      absl::StrFormat("calendar: there is no %s in %s, expected %s", Shortened(key), in, known));
}

absl::StatusOr<const DatumList*> ListOf(const std::string& entry, const Datum& value,
                                        std::string_view wanted) {
  if (value.kind() != DatumKind::kList) return WrongType(entry, value, wanted);
  return &value.list();
}

std::string ItemOf(const std::string& entry, std::size_t at) {
  return absl::StrFormat("%s[%d]", entry, at);
}

absl::StatusOr<WorkDay> ReadDay(const std::string& entry, const Datum& value) {
  constexpr std::string_view wanted = "a list of hours such as '09:00-17:30'";
  KOSEI_ASSIGN_OR_RETURN(const DatumList* const items, ListOf(entry, value, wanted));
  WorkDay day;
  for (const Datum& item : *items) {
    const std::string at = ItemOf(entry, day.size());
    if (item.kind() != DatumKind::kString)
      return WrongType(at, item, "hours as text, such as '09:00-17:30'");
    const absl::StatusOr<WorkHours> hours = ReadWorkHours(item.string());
    if (!hours.ok()) {
      return BadValue(absl::StrFormat("calendar: %s is '%s': %s", at, Shortened(item.string()),
                                      MessageOf(hours.status())));
    }
    day.push_back(*hours);
  }
  return day;
}

absl::StatusOr<std::int64_t> ReadDayNumber(const std::string& entry, const Datum& value) {
  if (value.kind() == DatumKind::kDate) return value.date().days;
  if (value.kind() != DatumKind::kString)
    return WrongType(entry, value, "a date, such as date('2026-01-01')");
  const absl::StatusOr<Date> date = ReadDate(value.string());
  if (date.ok()) return date->days;
  return BadValue(absl::StrFormat("calendar: %s: %s", entry, MessageOf(date.status())));
}

absl::Status ReadWeek(const Datum& value, WorkingRules& rules) {
  if (value.kind() != DatumKind::kMap)
    return WrongType("week", value, "a map, as in {mon: ['09:00-17:30']}");
  for (const auto& [key, hours] : value.map()) {
    const auto found = std::ranges::find(kWeekDays, key);
    if (found == kWeekDays.end())
      return UnknownKey("week", key, "mon, tue, wed, thu, fri, sat or sun");
    KOSEI_ASSIGN_OR_RETURN(rules.week[static_cast<std::size_t>(found - kWeekDays.begin())],
                           ReadDay("week." + key, hours));
  }
  return absl::OkStatus();
}

absl::Status CheckDayCount(const WorkingRules& rules) {
  if (rules.days.size() <= kDaysMax) return absl::OkStatus();
  return BadValue(
      absl::StrFormat("calendar: there are more than %d holidays and extra days", kDaysMax));
}

// A day that comes twice is a holiday all the same.
absl::Status ReadHolidays(const Datum& value, WorkingRules& rules) {
  KOSEI_ASSIGN_OR_RETURN(const DatumList* const items,
                         ListOf("holidays", value, "a list of dates"));
  for (std::size_t i = 0; i < items->size(); ++i) {
    KOSEI_ASSIGN_OR_RETURN(const std::int64_t day,
                           ReadDayNumber(ItemOf("holidays", i), (*items)[i]));
    rules.days[day] = {};
    KOSEI_RETURN_IF_ERROR(CheckDayCount(rules));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::pair<std::int64_t, WorkDay>> ReadExtraDay(const std::string& entry,
                                                              const Datum& value) {
  constexpr std::string_view wanted =
      "a map, as in {date: date('2026-01-10'), hours: ['10:00-15:00']}";
  if (value.kind() != DatumKind::kMap) return WrongType(entry, value, wanted);
  for (const auto& [key, part] : value.map()) {
    if (key != "date" && key != "hours") return UnknownKey(entry, key, "date or hours");
  }
  if (value.At("date").is_null())
    return BadValue(absl::StrFormat("calendar: %s has no date, expected %s", entry, wanted));
  std::pair<std::int64_t, WorkDay> read;
  KOSEI_ASSIGN_OR_RETURN(read.first, ReadDayNumber(entry + ".date", value.At("date")));
  KOSEI_ASSIGN_OR_RETURN(read.second, ReadDay(entry + ".hours", value.At("hours")));
  return read;
}

// Read behind the holidays: such a day may be one, and is worked nevertheless.
absl::Status ReadExtra(const Datum& value, WorkingRules& rules) {
  KOSEI_ASSIGN_OR_RETURN(const DatumList* const items, ListOf("extra", value, "a list of maps"));
  std::map<std::int64_t, std::size_t> where;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const std::string entry = ItemOf("extra", i);
    KOSEI_ASSIGN_OR_RETURN(auto day, ReadExtraDay(entry, (*items)[i]));
    const auto [before, fresh] = where.try_emplace(day.first, i);
    if (!fresh) {
      return BadValue(absl::StrFormat("calendar: %s and %s are of one day, %s; give its hours once",
                                      ItemOf("extra", before->second), entry,
                                      TextOf(Date{day.first})));
    }
    rules.days[day.first] = std::move(day.second);
    KOSEI_RETURN_IF_ERROR(CheckDayCount(rules));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WorkingCalendar> WorkingCalendar::Of(const DatumMap& map,
                                                    std::string_view default_zone) {
  WorkingRules rules;
  rules.zone = default_zone;
  const Datum* extra = nullptr;
  for (const auto& [key, value] : map) {
    if (key == "zone") {
      if (value.kind() != DatumKind::kString)
        return WrongType("zone", value, "the name of a time zone, such as 'Asia/Tokyo'");
      rules.zone = value.string();
    } else if (key == "week") {
      KOSEI_RETURN_IF_ERROR(ReadWeek(value, rules));
    } else if (key == "holidays") {
      KOSEI_RETURN_IF_ERROR(ReadHolidays(value, rules));
    } else if (key == "extra") {
      extra = &value;
    } else {
      return UnknownKey("a calendar", key, "zone, week, holidays or extra");
    }
  }
  if (extra != nullptr) KOSEI_RETURN_IF_ERROR(ReadExtra(*extra, rules));
  return Make(std::move(rules));
}

}  // namespace kosei::language
