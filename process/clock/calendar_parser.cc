// Calendars from YAML. What one file says is checked while it is read, what files say of each other
// afterwards.
#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "clock/yaml_reader.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "kosei/process/calendar_definition.h"

namespace kosei::process {
namespace {

using language::WorkDay;
using language::WorkHours;

constexpr std::array<std::string_view, 2> kFileKeys = {"holiday_lists", "calendars"};
constexpr std::array<std::string_view, 3> kListKeys = {"name", "label", "days"};
constexpr std::array<std::string_view, 3> kHolidayKeys = {"date", "en", "ja"};
constexpr std::array<std::string_view, 8> kCalendarKeys = {
    "name", "label", "zone", "week", "holidays", "days", "versions", "any_of"};
constexpr std::array<std::string_view, 4> kVersionKeys = {"effective_from", "week", "holidays",
                                                          "days"};
constexpr std::array<std::string_view, 3> kOwnDayKeys = {"date", "hours", "label"};
constexpr std::array<std::string_view, 7> kWeekKeys = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};
// From 1800 up to 2300, as WorkingCalendar reckons.
constexpr std::int64_t kFirstDay = language::WorkingCalendar::kFirstSecond / 86'400;
constexpr std::int64_t kEndDay = language::WorkingCalendar::kEndSecond / 86'400;

bool IsName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] < 'a' || name[0] > 'z') return false;
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

class CalendarParser {
 public:
  CalendarParser(const model::ModelFile& file, CalendarDefinitions& out)
      : yaml_(file.name), text_(file.text), out_(out) {}

  absl::Status Run();

 private:
  absl::StatusOr<std::string> Name(const ClockYamlMap& map) const;
  absl::StatusOr<std::int64_t> Day(const YAML::Node& node, std::string_view what) const;
  absl::StatusOr<WorkDay> Hours(const YAML::Node& node, const std::string& what);
  absl::Status HolidayListEntry(const YAML::Node& node);
  absl::Status CalendarEntry(const YAML::Node& node);
  absl::Status VersionParts(const ClockYamlMap& map, CalendarVersion& version);
  absl::Status Week(const YAML::Node& node, CalendarVersion& version);
  absl::Status OwnDays(const YAML::Node& node, CalendarVersion& version);
  absl::Status Versions(const YAML::Node& node, CalendarDefinition& calendar);
  absl::Status Names(const YAML::Node& node, std::string_view what, std::vector<std::string>& out);

  ClockYaml yaml_;
  std::string_view text_;
  CalendarDefinitions& out_;
};

absl::Status CalendarParser::Run() {
  KOSEI_ASSIGN_OR_RETURN(const YAML::Node root, yaml_.Load(text_));
  if (root.IsNull()) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         ClockYamlMap::Open(yaml_, root, "a file of calendars", kFileKeys));
  if (const YAML::Node* lists = map.Find("holiday_lists")) {
    KOSEI_RETURN_IF_ERROR(yaml_.ForEach(
        *lists, "holiday_lists", [&](const YAML::Node& item) { return HolidayListEntry(item); }));
  }
  if (const YAML::Node* calendars = map.Find("calendars")) {
    KOSEI_RETURN_IF_ERROR(yaml_.ForEach(
        *calendars, "calendars", [&](const YAML::Node& item) { return CalendarEntry(item); }));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> CalendarParser::Name(const ClockYamlMap& map) const {
  KOSEI_ASSIGN_OR_RETURN(std::string name, map.RequireText("name"));
  if (IsName(name)) return name;
  return yaml_.Error(
      *map.Find("name"),
      absl::StrFormat("the name %s is not in snake_case; begin with a letter and use "
                      "lower-case letters, digits and underscores, 64 at most",
                      InQuotes(name)));
}

absl::StatusOr<std::int64_t> CalendarParser::Day(const YAML::Node& node,
                                                 std::string_view what) const {
  KOSEI_ASSIGN_OR_RETURN(const std::string text, yaml_.Text(node, what));
  const absl::StatusOr<std::int64_t> day = ParseDate(text);
  if (!day.ok()) {
    return yaml_.Error(node, absl::StrFormat("%s is %s, expected a date that exists, as in "
                                             "2026-11-03",
                                             what, InQuotes(text)));
  }
  if (*day < kFirstDay || *day >= kEndDay) {
    return yaml_.Error(node, absl::StrFormat("%s is %s, expected a date from 1800 up to 2299", what,
                                             InQuotes(text)));
  }
  return *day;
}

// Sorted, so that what follows each other can be compared.
absl::StatusOr<WorkDay> CalendarParser::Hours(const YAML::Node& node, const std::string& what) {
  WorkDay day;
  KOSEI_RETURN_IF_ERROR(yaml_.ForEach(node, what, [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const std::string text, yaml_.Text(item, what));
    const absl::StatusOr<WorkHours> hours = language::ReadWorkHours(text);
    if (!hours.ok()) {
      return yaml_.Error(
          item, absl::StrFormat("%s is %s: %s", what, InQuotes(text), MessageOf(hours.status())));
    }
    for (const WorkHours& other : day) {
      if (hours->begin >= other.end || other.begin >= hours->end) continue;
      return yaml_.Error(
          item, absl::StrFormat("the hours %s of %s overlap others of the same day; join them into "
                                "one, or let one end where the other begins",
                                text, what));
    }
    day.push_back(*hours);
    return absl::OkStatus();
  }));
  std::ranges::sort(day, {}, &WorkHours::begin);
  return day;
}

absl::Status CalendarParser::HolidayListEntry(const YAML::Node& node) {
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         ClockYamlMap::Open(yaml_, node, "a list of holidays", kListKeys));
  HolidayList list;
  list.origin = yaml_.At(node);
  KOSEI_ASSIGN_OR_RETURN(list.name, Name(map));
  KOSEI_ASSIGN_OR_RETURN(list.label, map.RequireLabel("label"));
  KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const days, map.Require("days"));
  const std::string what = absl::StrFormat("days of %s", list.name);
  KOSEI_RETURN_IF_ERROR(yaml_.ForEach(*days, what, [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap entry,
                           ClockYamlMap::Open(yaml_, item, "a holiday", kHolidayKeys));
    KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const date, entry.Require("date"));
    KOSEI_ASSIGN_OR_RETURN(const std::int64_t day, Day(*date, "date of a holiday"));
    model::Label label;
    KOSEI_ASSIGN_OR_RETURN(label.en, entry.RequireText("en"));
    KOSEI_ASSIGN_OR_RETURN(label.ja, entry.RequireText("ja"));
    if (list.days.try_emplace(day, std::move(label)).second) return absl::OkStatus();
    return yaml_.Error(*date,
                       absl::StrFormat("the list %s has %s twice, first as %s; keep one", list.name,
                                       FormatDate(day), InQuotes(list.days.at(day).en)));
  }));
  out_.holiday_lists.push_back(std::move(list));
  return absl::OkStatus();
}

absl::Status CalendarParser::CalendarEntry(const YAML::Node& node) {
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         ClockYamlMap::Open(yaml_, node, "a calendar", kCalendarKeys));
  CalendarDefinition calendar;
  calendar.origin = yaml_.At(node);
  KOSEI_ASSIGN_OR_RETURN(calendar.name, Name(map));
  KOSEI_ASSIGN_OR_RETURN(calendar.label, map.RequireLabel("label"));
  KOSEI_ASSIGN_OR_RETURN(calendar.zone, map.RequireText("zone"));
  const absl::StatusOr<language::WorkingCalendar> probe =
      language::WorkingCalendar::Make({.zone = calendar.zone, .week = {}, .days = {}});
  if (!probe.ok()) {
    return yaml_.Error(*map.Find("zone"),
                       absl::StrFormat("zone of the calendar %s: %s; write the name of a zone of "
                                       "the IANA database, as in Asia/Tokyo",
                                       calendar.name, MessageOf(probe.status())));
  }
  if (const YAML::Node* any_of = map.Find("any_of")) {
    for (const std::string_view key : {"week", "holidays", "days", "versions"}) {
      const YAML::Node* own = map.Find(key);
      if (own == nullptr) continue;
      return yaml_.Error(*own,
                         absl::StrFormat("the calendar %s has both any_of and %s; hours come from "
                                         "other calendars or are its own: keep one of the two",
                                         calendar.name, key));
    }
    KOSEI_RETURN_IF_ERROR(Names(*any_of, "any_of of a calendar", calendar.any_of));
    if (calendar.any_of.empty()) {
      return yaml_.Error(*any_of, absl::StrFormat("any_of of the calendar %s names no calendar; "
                                                  "name one at least",
                                                  calendar.name));
    }
  } else {
    KOSEI_RETURN_IF_ERROR(map.Require("week").status());
    CalendarVersion first;
    first.origin = calendar.origin;
    KOSEI_RETURN_IF_ERROR(VersionParts(map, first));
    calendar.versions.push_back(std::move(first));
    if (const YAML::Node* versions = map.Find("versions"))
      KOSEI_RETURN_IF_ERROR(Versions(*versions, calendar));
  }
  out_.calendars.push_back(std::move(calendar));
  return absl::OkStatus();
}

absl::Status CalendarParser::Versions(const YAML::Node& node, CalendarDefinition& calendar) {
  return yaml_.ForEach(node, "versions", [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(
        const ClockYamlMap map,
        ClockYamlMap::Open(yaml_, item, "a version of a calendar", kVersionKeys));
    // What a version leaves out stays as it was.
    CalendarVersion version = calendar.versions.back();
    version.origin = yaml_.At(item);
    KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const from, map.Require("effective_from"));
    KOSEI_ASSIGN_OR_RETURN(const std::int64_t day, Day(*from, "effective_from of a version"));
    const auto before = calendar.versions.back().effective_from;
    if (before.has_value() && day <= *before) {
      return yaml_.Error(
          *from, absl::StrFormat("the version of %s from %s on follows one from %s on; order the "
                                 "versions of a calendar by date, one a date",
                                 calendar.name, FormatDate(day), FormatDate(*before)));
    }
    version.effective_from = day;
    KOSEI_RETURN_IF_ERROR(VersionParts(map, version));
    calendar.versions.push_back(std::move(version));
    return absl::OkStatus();
  });
}

absl::Status CalendarParser::VersionParts(const ClockYamlMap& map, CalendarVersion& version) {
  if (const YAML::Node* week = map.Find("week")) {
    version.week = {};
    KOSEI_RETURN_IF_ERROR(Week(*week, version));
  }
  if (const YAML::Node* holidays = map.Find("holidays")) {
    version.holidays.clear();
    KOSEI_RETURN_IF_ERROR(Names(*holidays, "holidays of a calendar", version.holidays));
  }
  if (const YAML::Node* days = map.Find("days")) {
    version.days.clear();
    KOSEI_RETURN_IF_ERROR(OwnDays(*days, version));
  }
  return absl::OkStatus();
}

absl::Status CalendarParser::Week(const YAML::Node& node, CalendarVersion& version) {
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         ClockYamlMap::Open(yaml_, node, "week of a calendar", kWeekKeys));
  for (std::size_t i = 0; i < kWeekKeys.size(); ++i) {
    const YAML::Node* day = map.Find(kWeekKeys[i]);
    if (day == nullptr) continue;
    KOSEI_ASSIGN_OR_RETURN(version.week[i], Hours(*day, absl::StrFormat("week.%s", kWeekKeys[i])));
  }
  return absl::OkStatus();
}

absl::Status CalendarParser::OwnDays(const YAML::Node& node, CalendarVersion& version) {
  return yaml_.ForEach(node, "days of a calendar", [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                           ClockYamlMap::Open(yaml_, item, "a day of a calendar", kOwnDayKeys));
    KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const date, map.Require("date"));
    KOSEI_ASSIGN_OR_RETURN(const std::int64_t day, Day(*date, "date of a day"));
    KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const hours, map.Require("hours"));
    OwnDay own;
    KOSEI_ASSIGN_OR_RETURN(own.hours,
                           Hours(*hours, absl::StrFormat("hours of %s", FormatDate(day))));
    KOSEI_ASSIGN_OR_RETURN(own.label, map.RequireLabel("label"));
    if (version.days.try_emplace(day, std::move(own)).second) return absl::OkStatus();
    return yaml_.Error(*date,
                       absl::StrFormat("days has %s twice, first as %s; give the hours of a "
                                       "day once",
                                       FormatDate(day), InQuotes(version.days.at(day).label.en)));
  });
}

absl::Status CalendarParser::Names(const YAML::Node& node, std::string_view what,
                                   std::vector<std::string>& out) {
  return yaml_.ForEach(node, what, [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(std::string name, yaml_.Text(item, what));
    if (std::ranges::find(out, name) != out.end()) {
      return yaml_.Error(item,
                         absl::StrFormat("%s names %s twice; keep one", what, InQuotes(name)));
    }
    out.push_back(std::move(name));
    return absl::OkStatus();
  });
}

absl::Status Invalid(std::string_view origin, std::string_view message) {
  return MakeError(ErrorCode::kModelInvalid, absl::StrFormat("%s: %s", origin, message));
}

// Names of what `items` hold. An error when one is there twice.
template <typename Item>
absl::StatusOr<std::set<std::string_view>> NamesOf(const std::vector<Item>& items,
                                                   std::string_view kind) {
  std::set<std::string_view> names;
  for (const Item& item : items) {
    if (names.insert(item.name).second) continue;
    const auto first = std::ranges::find(items, item.name, &Item::name);
    return Invalid(item.origin,
                   absl::StrFormat("the %s %s is defined twice, first at %s; rename one of them",
                                   kind, item.name, first->origin));
  }
  return names;
}

absl::Status CheckKnown(std::string_view name, std::string_view origin, std::string_view kind,
                        const std::set<std::string_view>& known) {
  if (known.contains(name)) return absl::OkStatus();
  NearestName nearest(name);
  for (const std::string_view each : known) nearest.Offer(each);
  return Invalid(origin, absl::StrFormat("there is no %s %s%s; define it, or take it out", kind,
                                         InQuotes(name), nearest.Suggestion()));
}

absl::Status CheckTogether(const CalendarDefinitions& all) {
  KOSEI_ASSIGN_OR_RETURN(const auto lists, NamesOf(all.holiday_lists, "list of holidays"));
  KOSEI_ASSIGN_OR_RETURN(const auto calendars, NamesOf(all.calendars, "calendar"));
  for (const CalendarDefinition& calendar : all.calendars) {
    for (const CalendarVersion& version : calendar.versions) {
      for (const std::string& name : version.holidays)
        KOSEI_RETURN_IF_ERROR(CheckKnown(name, version.origin, "list of holidays", lists));
    }
    for (const std::string& name : calendar.any_of) {
      KOSEI_RETURN_IF_ERROR(CheckKnown(name, calendar.origin, "calendar", calendars));
      const auto part = std::ranges::find(all.calendars, name, &CalendarDefinition::name);
      if (part->any_of.empty()) continue;
      return Invalid(calendar.origin,
                     absl::StrFormat("any_of of %s names %s, which is made of others itself; name "
                                     "those instead",
                                     calendar.name, name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CalendarDefinitions> ParseCalendars(std::span<const model::ModelFile> files) {
  CalendarDefinitions all;
  for (const model::ModelFile& file : files) KOSEI_RETURN_IF_ERROR(CalendarParser(file, all).Run());
  KOSEI_RETURN_IF_ERROR(CheckTogether(all));
  return all;
}

}  // namespace kosei::process
