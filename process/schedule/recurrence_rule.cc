#include "schedule/recurrence_rule.h"

#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "schedule/content_line.h"

namespace kosei::process {
namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;

// Which frequencies a part goes with (RFC 5545 3.3.10, the table).
enum Frequency : unsigned { kDaily = 1, kWeekly = 2, kMonthly = 4, kYearly = 8, kAny = 15 };

struct NumberPart {
  std::string_view name;
  std::int64_t least;
  std::int64_t most;
  bool from_the_end;  // -1 is the last
  unsigned with;
};
constexpr std::array kNumberParts = {
    NumberPart{"INTERVAL", 1, 1'000, false, kAny},
    NumberPart{"COUNT", 1, 100'000, false, kAny},
    NumberPart{"BYMINUTE", 0, 59, false, kAny},
    NumberPart{"BYHOUR", 0, 23, false, kAny},
    NumberPart{"BYMONTHDAY", 1, 31, true, kDaily | kMonthly | kYearly},
    NumberPart{"BYYEARDAY", 1, 366, true, kYearly},
    NumberPart{"BYMONTH", 1, 12, false, kAny},
    // libical loses windows with other frequencies.
    NumberPart{"BYSETPOS", 1, 366, true, kMonthly},
};
constexpr std::array<std::string_view, 4> kFrequencies = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
constexpr std::array<std::string_view, 7> kDays = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
constexpr std::array<std::string_view, 13> kParts = {
    "FREQ",       "INTERVAL",  "COUNT",    "UNTIL",   "BYDAY", "BYMINUTE", "BYHOUR",
    "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "WKST",  "BYSETPOS"};

std::vector<std::string_view> SplitAt(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::int64_t> WholeNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

class RuleReader {
 public:
  RuleReader(std::size_t line, bool dates) : line_(line), dates_(dates) {}

  absl::StatusOr<RecurrenceRule> Read(std::string_view text);

 private:
  absl::Status Wrong(std::string_view part, std::string_view message) const {
    return LineError(line_, absl::StrFormat("%s of RRULE: %s", part, message));
  }
  absl::Status ReadPart(std::string_view name, std::string_view value, RecurrenceRule& rule);
  absl::Status ReadFrequency(std::string_view value);
  absl::Status ReadNumbers(const NumberPart& part, std::string_view value, RecurrenceRule& rule);
  absl::Status ReadDays(std::string_view value);
  absl::Status CheckTogether() const;

  std::size_t line_;
  bool dates_;
  unsigned frequency_ = 0;
  bool ordinals_ = false;  // of BYDAY
  std::set<std::string_view> seen_;
};

absl::Status RuleReader::ReadFrequency(std::string_view value) {
  const auto found = std::ranges::find(kFrequencies, value);
  if (found == kFrequencies.end()) {
    return Wrong("FREQ", absl::StrFormat("%s is not one of DAILY, WEEKLY, MONTHLY and YEARLY; "
                                         "windows recur daily at most",
                                         ShownPart(value)));
  }
  frequency_ = 1U << static_cast<unsigned>(found - kFrequencies.begin());
  return absl::OkStatus();
}

absl::Status RuleReader::ReadNumbers(const NumberPart& part, std::string_view value,
                                     RecurrenceRule& rule) {
  const bool single = part.name == "INTERVAL" || part.name == "COUNT";
  for (const std::string_view item : SplitAt(value, ',')) {
    const std::optional<std::int64_t> number = WholeNumber(item);
    const std::int64_t size =
        number.has_value() && part.from_the_end && *number < 0 ? -*number : number.value_or(-1);
    if (size < part.least || size > part.most || (single && item.size() != value.size())) {
      return Wrong(part.name,
                   absl::StrFormat("%s is not %s from %d to %d%s", ShownPart(value),
                                   single ? "a number" : "numbers", part.least, part.most,
                                   part.from_the_end ? ", or the same from the end, as "
                                                       "in -1"
                                                     : ""));
    }
    if (part.name == "COUNT") rule.count = *number;
  }
  // libical leaves out such days of daily rules.
  if (part.name == "BYMONTHDAY" && frequency_ == kDaily &&
      value.find('-') != std::string_view::npos)
    return Wrong(part.name,
                 "days from the end of the month go with MONTHLY; use it instead of DAILY");
  if (dates_ && (part.name == "BYHOUR" || part.name == "BYMINUTE"))
    return Wrong(part.name, "the series is of whole days; give DTSTART a time, or take it out");
  return absl::OkStatus();
}

absl::Status RuleReader::ReadDays(std::string_view value) {
  for (const std::string_view item : SplitAt(value, ',')) {
    const bool long_enough = item.size() >= 2;
    const std::string_view day = long_enough ? item.substr(item.size() - 2) : item;
    const std::string_view ordinal = long_enough ? item.substr(0, item.size() - 2) : "";
    const std::int64_t number = ordinal.empty() ? 1 : WholeNumber(ordinal).value_or(0);
    const bool fits = std::ranges::find(kDays, day) != kDays.end() && number != 0 &&
                      number >= -53 && number <= 53;
    if (!fits) {
      return Wrong("BYDAY", absl::StrFormat("%s is no day of the week; write MO to SU, or the "
                                            "first of them as 1MO and the last as -1FR",
                                            ShownPart(item)));
    }
    ordinals_ = ordinals_ || !ordinal.empty();
  }
  return absl::OkStatus();
}

absl::Status RuleReader::ReadPart(std::string_view name, std::string_view value,
                                  RecurrenceRule& rule) {
  if (name == "FREQ") return ReadFrequency(value);
  if (name == "BYDAY") return ReadDays(value);
  // libical takes week 53 for the first one where a year has 52.
  if (name == "BYWEEKNO") {
    return Wrong(name,
                 "weeks by number are not known here; name the days by BYMONTH and BYDAY, or "
                 "use WEEKLY with an INTERVAL");
  }
  if (name == "WKST") {
    if (std::ranges::find(kDays, value) != kDays.end()) return absl::OkStatus();
    return Wrong("WKST",
                 absl::StrFormat("%s is no day of the week; write MO to SU", ShownPart(value)));
  }
  if (name == "UNTIL") {
    rule.until = ReadWrittenTime(value);
    if (rule.until.has_value() && rule.until->is_date == dates_) return absl::OkStatus();
    return Wrong("UNTIL",
                 absl::StrFormat("%s is no %s", ShownPart(value),
                                 dates_ ? "date; write it like DTSTART, as in 20261231"
                                        : "time; write it in UTC, as in 20261231T145959Z"));
  }
  const auto part = std::ranges::find(kNumberParts, name, &NumberPart::name);
  return ReadNumbers(*part, value, rule);
}

absl::Status RuleReader::CheckTogether() const {
  if (frequency_ == 0) return LineError(line_, "RRULE has no FREQ; begin it with FREQ=WEEKLY, say");
  if (seen_.contains("COUNT") && seen_.contains("UNTIL"))
    return LineError(line_, "RRULE has both COUNT and UNTIL; keep one of them");
  for (const NumberPart& part : kNumberParts) {
    if (!seen_.contains(part.name) || (part.with & frequency_) != 0) continue;
    return Wrong(part.name, "it does not go with this FREQ; take it out, or use YEARLY or MONTHLY");
  }
  if (ordinals_ && (frequency_ & (kMonthly | kYearly)) == 0) {
    return Wrong("BYDAY", "numbered days, as in 1MO, go with MONTHLY or YEARLY; write MO");
  }
  // libical takes the month of DTSTART, and RFC 5545 means all of them.
  if (frequency_ == kYearly && seen_.contains("BYMONTHDAY") && !seen_.contains("BYMONTH"))
    return Wrong("BYMONTHDAY", "with YEARLY it needs BYMONTH; add it, or use MONTHLY");
  const bool by_more =
      seen_.contains("BYMONTH") || seen_.contains("BYMONTHDAY") || seen_.contains("BYDAY");
  if (seen_.contains("BYYEARDAY") && by_more) {
    return Wrong("BYYEARDAY",
                 "it does not go with BYMONTH, BYMONTHDAY and BYDAY; use them instead of it");
  }
  // What the first Monday of the days 8 to 14 is, is not said.
  if (ordinals_ && seen_.contains("BYMONTHDAY")) {
    return Wrong("BYDAY", "numbered days, as in 2MO, do not go with days of the month; write MO");
  }
  // libical counts a day twice that two parts name, and then chooses another one.
  const bool by_plain_day = seen_.contains("BYDAY") && !ordinals_ &&
                            !seen_.contains("BYMONTHDAY") && !seen_.contains("BYHOUR") &&
                            !seen_.contains("BYMINUTE");
  if (seen_.contains("BYSETPOS") && !by_plain_day) {
    return Wrong("BYSETPOS",
                 "it chooses among days of the week; write it as in "
                 "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1, without numbers, BYMONTHDAY and times");
  }
  return absl::OkStatus();
}

absl::StatusOr<RecurrenceRule> RuleReader::Read(std::string_view text) {
  RecurrenceRule rule;
  for (const std::string_view item : SplitAt(text, ';')) {
    const std::size_t equals = std::min(item.find('='), item.size());
    const std::string_view name = item.substr(0, equals);
    const auto known = std::ranges::find(kParts, name);
    if (known == kParts.end() || equals + 1 >= item.size()) {
      NearestName nearest(name);
      for (const std::string_view part : kParts) nearest.Offer(part);
      return LineError(line_, absl::StrFormat("%s is no part of an RRULE%s; write it as in "
                                              "FREQ=WEEKLY;BYDAY=SU, in capitals",
                                              ShownPart(item), nearest.Suggestion()));
    }
    if (!seen_.insert(*known).second)
      return Wrong(name, "it is there twice; join the two with a comma, or keep one");
    KOSEI_RETURN_IF_ERROR(ReadPart(name, item.substr(equals + 1), rule));
    if (name == "COUNT" || name == "UNTIL") continue;
    rule.text += (rule.text.empty() ? "" : ";") + std::string(item);
  }
  KOSEI_RETURN_IF_ERROR(CheckTogether());
  return rule;
}

}  // namespace

absl::StatusOr<RecurrenceRule> ReadRecurrenceRule(std::string_view text, std::size_t line,
                                                  bool dates) {
  return RuleReader(line, dates).Read(text);
}

struct RuleSteps::Iterator {
  struct Free {
    void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
  };
  std::unique_ptr<icalrecur_iterator, Free> steps;
  std::int64_t start = 0;  // what comes before is not of the series
};

namespace {

std::int64_t FloorDay(std::int64_t seconds) {
  return seconds / kSecondsOfDay - (seconds % kSecondsOfDay < 0 ? 1 : 0);
}

// From which day on libical is to count. Weeks that do not begin on a Monday it gets wrong unless
// it begins with the first of the rule's days of a week.
std::int64_t FirstDay(const struct icalrecurrencetype& rule, std::int64_t day) {
  if (rule.freq != ICAL_WEEKLY_RECURRENCE) return day;
  const auto within = [&rule](std::int64_t sunday_based) {
    return (sunday_based - (rule.week_start - ICAL_SUNDAY_WEEKDAY) + 7) % 7;
  };
  const std::int64_t at = within(((day + 4) % 7 + 7) % 7);
  std::int64_t first = at;
  for (const short each : rule.by_day) {
    if (each == ICAL_RECURRENCE_ARRAY_MAX) break;
    first = std::min(first, within(icalrecurrencetype_day_day_of_week(each) - ICAL_SUNDAY_WEEKDAY));
  }
  return day - (at - first);
}

struct icaltimetype TimeOf(std::int64_t day, std::int64_t time, bool is_date) {
  const std::string date = FormatDate(day);  // of four-digit years
  struct icaltimetype first = icaltime_null_time();
  first.year = static_cast<int>(*WholeNumber(std::string_view(date).substr(0, 4)));
  first.month = static_cast<int>(*WholeNumber(std::string_view(date).substr(5, 2)));
  first.day = static_cast<int>(*WholeNumber(std::string_view(date).substr(8, 2)));
  first.is_date = is_date ? 1 : 0;
  if (is_date) return first;
  first.hour = static_cast<int>(time / 3'600);
  first.minute = static_cast<int>(time / 60 % 60);
  first.second = static_cast<int>(time % 60);
  return first;
}

}  // namespace

RuleSteps::RuleSteps(std::unique_ptr<Iterator> iterator) : iterator_(std::move(iterator)) {}
RuleSteps::~RuleSteps() = default;
RuleSteps::RuleSteps(RuleSteps&&) noexcept = default;
RuleSteps& RuleSteps::operator=(RuleSteps&&) noexcept = default;

absl::StatusOr<RuleSteps> RuleSteps::Begin(const RecurrenceRule& rule, const WrittenTime& start,
                                           std::size_t line) {
  // It would end the program at the first wrong rule.
  static const bool errors_are_answers = [] {
    icalerror_set_errors_are_fatal(0);
    return true;
  }();
  static_cast<void>(errors_are_answers);
  const struct icalrecurrencetype parsed = icalrecurrencetype_from_string(rule.text.c_str());
  const std::int64_t day = FloorDay(start.seconds);
  const std::int64_t time = start.seconds - day * kSecondsOfDay;
  auto iterator = std::make_unique<Iterator>();
  iterator->start = start.seconds;
  if (parsed.freq != ICAL_NO_RECURRENCE) {
    iterator->steps.reset(
        icalrecur_iterator_new(parsed, TimeOf(FirstDay(parsed, day), time, start.is_date)));
  }
  if (iterator->steps == nullptr) {
    return LineError(
        line,
        absl::StrFormat(
            "RRULE %s has no day at all; look at how its parts go together in RFC 5545 3.3.10",
            ShownPart(rule.text)));
  }
  return RuleSteps(std::move(iterator));
}

std::optional<std::int64_t> RuleSteps::Next() {
  for (;;) {
    const struct icaltimetype next = icalrecur_iterator_next(iterator_->steps.get());
    if (icaltime_is_null_time(next) != 0) return std::nullopt;
    const auto day = ParseDate(absl::StrFormat("%04d-%02d-%02d", next.year, next.month, next.day));
    if (!day.ok()) return std::nullopt;
    const std::int64_t time =
        next.is_date != 0 ? 0 : next.hour * 3'600 + next.minute * 60 + next.second;
    const std::int64_t seconds = *day * kSecondsOfDay + time;
    if (seconds >= iterator_->start) return seconds;
  }
}

}  // namespace kosei::process
