#include "naive_clock.h"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

#include "rules.h"
#include "sim_clock.h"

namespace kosei::simulation {
namespace {

constexpr std::int64_t kTokyo = 9 * kHour;  // ahead of UTC, all year
constexpr std::int64_t kOpens = 9 * 60;     // minutes of the day
constexpr std::int64_t kCloses = 18 * 60;
constexpr std::int64_t kCutOff = 15 * 60;

std::int64_t DayOf(Timestamp at) { return (at.micros + kTokyo) / kDay; }
std::int64_t MinuteOf(Timestamp at) { return (at.micros + kTokyo) % kDay / kMinute; }
Timestamp At(std::int64_t day, std::int64_t minute) {
  return Timestamp{day * kDay - kTokyo + minute * kMinute};
}

bool Stops(const Booked& record, std::string_view state) {
  return record.class_name == "Incident"
             ? Names("resolved confirmed closed cancelled duplicate", state)
             : Names("fulfilled confirmed closed rejected cancelled", state);
}

// Waiting for which the agreement grants time.
bool Pauses(const Booked& record, std::string_view state) {
  return state == "pending_customer" ||
         (record.class_name == "ServiceRequest" && state == "awaiting_approval");
}

bool Answers(const Booked& record, const Moment& moment, const std::string& group_before) {
  if (Stops(record, moment.state)) return true;
  if (!moment.group.empty() && moment.group != group_before) return true;
  return moment.state == (record.class_name == "Incident" ? "in_progress" : "in_fulfilment");
}

}  // namespace

std::set<std::string> ReadHolidays(const std::string& path) {
  std::set<std::string> days;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view kBefore = "{date: ";
    const std::size_t at = line.find(kBefore);
    if (at != std::string::npos) days.insert(line.substr(at + kBefore.size(), 10));
  }
  return days;
}

bool NaiveClock::IsWorkday(std::int64_t day) const {
  const std::int64_t weekday = (day + 4) % 7;  // 1970-01-01 was a Thursday; 0 is Sunday
  if (weekday == 0 || weekday == 6) return false;
  return !holidays_.contains(FormatTimestamp(Timestamp{day * kDay}).substr(0, 10));
}

std::int64_t NaiveClock::Within(Timestamp from, Timestamp to, bool all) const {
  std::int64_t counted = 0;
  for (Timestamp minute = At(DayOf(from), MinuteOf(from)); minute < to;) {
    const Timestamp next = After(minute, kMinute);
    const std::int64_t of_day = MinuteOf(minute);
    if (all || (of_day >= kOpens && of_day < kCloses && IsWorkday(DayOf(minute))))
      counted += std::min(next, to).micros - std::max(minute, from).micros;
    minute = next;
  }
  return counted;
}

Timestamp NaiveClock::EndOfWork(Timestamp opened, std::int64_t days, bool cut_off) const {
  std::int64_t day = DayOf(opened);
  const bool late = MinuteOf(opened) >= (cut_off ? kCutOff : kCloses);
  if (!IsWorkday(day) || late) ++day;
  while (!IsWorkday(day)) ++day;
  for (std::int64_t i = 0; i < days; ++i) {
    ++day;
    while (!IsWorkday(day)) ++day;
  }
  return At(day, kCloses);
}

NaiveClock::Promise NaiveClock::PromiseOf(const Booked& record, bool responds,
                                          std::string_view priority) {
  const bool incident = record.class_name == "Incident";
  if (incident) {
    if (priority == "p1") return {.minutes = responds ? 15 : 240, .around_the_clock = true};
    if (priority == "p2") return {.minutes = responds ? 30 : 480, .around_the_clock = true};
    if (priority == "p4") return responds ? Promise{.minutes = 240} : Promise{.days = 5};
    if (priority == "p5") return responds ? Promise{.minutes = 540} : Promise{.days = 10};
    return {.minutes = responds ? 120 : 960};
  }
  if (priority == "p1") return {.minutes = responds ? 60 : 540};
  if (priority == "p2") return responds ? Promise{.minutes = 120} : Promise{.days = 2};
  if (priority == "p3")
    return responds ? Promise{.minutes = 240} : Promise{.days = 5, .cut_off = true};
  return responds ? Promise{.minutes = 540} : Promise{.days = 10, .cut_off = true};
}

NaiveVerdict NaiveClock::Judge(const Booked& record, bool responds, Timestamp at) const {
  NaiveVerdict verdict;
  const Timestamp opened = std::min(*record.time("opened_at"), record.past.front().at);
  std::vector<Span> spans;
  std::string priority;
  std::string group;
  std::optional<Timestamp> answered;
  bool stopped = false;
  std::string decides;  // the priority that chooses the promise
  for (std::size_t i = 0; i < record.past.size(); ++i) {
    const Moment& moment = record.past[i];
    if (moment.at > at) break;
    if (!moment.priority.empty()) priority = moment.priority;
    const bool stops = Stops(record, moment.state);
    if (responds ? !answered.has_value() : !(stopped && stops)) decides = priority;
    if (!answered.has_value() && Answers(record, moment, group)) answered = moment.at;
    if (stops && !stopped) verdict.stopped = moment.at;
    stopped = stops;
    group = moment.group;
    const Timestamp from = i == 0 ? opened : moment.at;
    const Timestamp to = i + 1 < record.past.size() ? record.past[i + 1].at : at;
    spans.push_back({from, std::min(to, at), !stops && !Pauses(record, moment.state)});
  }
  if (responds) verdict.stopped = answered;
  if (!responds && !stopped) verdict.stopped.reset();
  const Promise promise = PromiseOf(record, responds, decides);
  verdict.given = promise.days == 0
                      ? promise.minutes * kMinute
                      : Within(opened, EndOfWork(opened, promise.days, promise.cut_off), false);
  const Timestamp end = verdict.stopped.value_or(at);
  bool late = false;
  bool runs = false;
  for (const Span& span : spans) {
    if (span.from > end) break;
    if (span.to >= end) runs = span.runs;
    if (!span.runs) continue;
    const Timestamp to = std::min(span.to, end);
    if (span.from >= to) continue;
    const std::int64_t here = Within(span.from, to, promise.around_the_clock);
    // What has been counted in full was due at that moment; what is counted, or only passes, behind
    // it is late.
    if (verdict.counted + here == verdict.given && to == end) {
      const bool on_the_dot =
          Within(After(to, -1), to, promise.around_the_clock) == 1 || verdict.counted + here == 0;
      late = late || !on_the_dot;
    } else {
      late = late || verdict.counted + here >= verdict.given;
    }
    verdict.counted += here;
  }
  late = late || verdict.counted > verdict.given;
  if (verdict.stopped.has_value()) {
    verdict.verdict = late ? "met_late" : "met";
  } else if (late) {
    verdict.verdict = "missed";
  } else {
    verdict.verdict = runs ? "running" : "paused";
  }
  return verdict;
}

}  // namespace kosei::simulation
