// The service clock the simple way: minute by minute, with the rules of its header written down
// once more and nothing of its code. For events on whole minutes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "clock_support.h"
#include "kosei/process/agreement.h"
#include "kosei/process/calendar_definition.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {

// Minutes are counted from `first`.
struct NaiveCalendar {
  Timestamp first;
  absl::TimeZone zone;
  std::vector<bool> worked;
  std::vector<std::int64_t> day;                                       // that the clock shows
  std::vector<std::int32_t> minute;                                    // of that day
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> work;  // of a day: [begin, end)

  NaiveCalendar(const CalendarDefinition& calendar, const std::vector<HolidayList>& lists,
                Timestamp from, std::int64_t minutes)
      : first(from) {
    absl::LoadTimeZone(calendar.zone, &zone);
    for (std::int64_t i = 0; i < minutes; ++i) {
      const absl::CivilSecond civil =
          absl::ToCivilSecond(absl::FromUnixMicros(from.micros + i * kMinute), zone);
      const std::int64_t date = absl::CivilDay(civil) - absl::CivilDay(1970, 1, 1);
      day.push_back(date);
      minute.push_back(civil.hour() * 60 + civil.minute());
      worked.push_back(IsWorked(calendar, lists, date, minute.back()));
      if (!worked.back()) continue;
      work.try_emplace(date, i, i).first->second.second = i + 1;
    }
  }

  static bool IsWorked(const CalendarDefinition& calendar, const std::vector<HolidayList>& lists,
                       std::int64_t date, std::int32_t minute) {
    const CalendarVersion* version = &calendar.versions[0];
    for (const CalendarVersion& each : calendar.versions) {
      if (!each.effective_from || *each.effective_from <= date) version = &each;
    }
    const language::WorkDay* hours = &version->week[static_cast<std::size_t>((date + 3) % 7)];
    static const language::WorkDay kNone;
    for (const HolidayList& list : lists) {
      const bool used = std::ranges::find(version->holidays, list.name) != version->holidays.end();
      if (used && list.days.contains(date)) hours = &kNone;
    }
    if (version->days.contains(date)) hours = &version->days.at(date).hours;
    return std::ranges::any_of(
        *hours, [&](const auto& each) { return minute >= each.begin && minute < each.end; });
  }

  // The first minute at which the clock shows it.
  std::optional<std::int64_t> Find(std::int64_t date, std::int32_t of_day) const {
    for (std::size_t i = 0; i < day.size(); ++i) {
      if (day[i] == date && minute[i] == of_day) return static_cast<std::int64_t>(i);
    }
    return std::nullopt;
  }
};

struct NaiveResult {
  Verdict verdict = Verdict::kNoTarget;
  std::int64_t given = 0;  // all in minutes
  std::int64_t counted = 0;
  std::optional<std::int64_t> deadline;
  std::vector<bool> counts;  // minutes from the start to the instant
  std::int64_t start = 0;
};

class NaiveClock {
 public:
  NaiveClock(const Agreement& agreement, const NaiveCalendar& calendar, const Ticket& ticket,
             TargetKind kind, std::int64_t at)
      : agreement_(agreement), calendar_(calendar), ticket_(ticket), kind_(kind), at_(at) {}

  // Nothing when the horizon of the calendar does not suffice.
  std::optional<NaiveResult> Run() {
    Walk();
    NaiveResult result;
    if (!start_) {
      result.verdict = Verdict::kNotStarted;
      return result;
    }
    const AgreementVersion& version = agreement_.versions[0];
    const Moment& governing =
        moments_[static_cast<std::size_t>(stop_ ? stop_index_ : moments_.size() - 1)];
    const Target* target = nullptr;
    for (const bool exact : {true, false}) {
      for (const Target& each : version.targets) {
        const bool fits = exact ? each.priority == governing.priority : each.priority.empty();
        if (each.kind == kind_ && fits && target == nullptr) target = &each;
      }
    }
    if (target == nullptr) return result;
    return Count(*target, version, std::move(result));
  }

 private:
  // After an event.
  struct Moment {
    std::int64_t at = 0;
    std::string state, priority, party, reason;
    PauseOwner owner = PauseOwner::kCustomer;
    bool paused = false, stopped = false;
  };

  bool Nested() const { return agreement_.level != AgreementLevel::kCustomer; }

  void Walk() {
    std::vector<const TicketEvent*> events;
    for (const TicketEvent& event : ticket_.events) {
      if (MinuteOf(event.at) <= at_) events.push_back(&event);
    }
    // Insertion keeps events of one minute as they stand.
    for (std::size_t i = 1; i < events.size(); ++i) {
      for (std::size_t j = i; j > 0 && events[j]->at < events[j - 1]->at; --j)
        std::swap(events[j], events[j - 1]);
    }
    Moment now;
    for (const TicketEvent* event : events) {
      now.at = MinuteOf(event->at);
      if (!event->state.empty()) now.state = event->state;
      if (!event->priority.empty()) now.priority = event->priority;
      if (event->kind == EventKind::kAssigned) now.party = event->party;
      if (event->kind == EventKind::kPaused) {
        now.paused = true;
        now.owner = event->owner;
        now.reason = event->reason;
      }
      const bool ends = event->kind == EventKind::kResolved || event->kind == EventKind::kClosed;
      if (event->kind == EventKind::kResumed || event->kind == EventKind::kReopened || ends)
        now.paused = false;
      if (event->kind == EventKind::kReopened) now.stopped = false;
      if (ends) now.stopped = true;
      if (event->kind == EventKind::kAgreementAttached) continue;
      moments_.push_back(now);
      if (!start_ && (!Nested() || now.party == agreement_.party)) start_ = now.at;
      if (!start_) continue;
      if (kind_ == TargetKind::kResolve) {
        if (now.stopped && !stop_) {
          stop_ = now.at;
          stop_index_ = moments_.size() - 1;
        }
        if (!now.stopped) stop_.reset();
      } else if (!stop_) {
        const auto& answers = agreement_.versions[0].responded_states;
        const bool answered = std::ranges::find(answers, now.state) != answers.end();
        const bool mine = !Nested() || now.party == agreement_.party;
        const bool taken = !Nested() && event->kind == EventKind::kAssigned && !now.party.empty();
        if (now.stopped || taken || (answered && mine)) {
          stop_ = now.at;
          stop_index_ = moments_.size() - 1;
        }
      }
    }
  }

  bool Granted(const Moment& now) const {
    std::optional<bool> any;
    for (const PauseRule& rule : agreement_.versions[0].pauses) {
      if (rule.owner == now.owner && rule.reason == now.reason) return rule.granted;
      if (rule.owner == now.owner && rule.reason.empty()) any = rule.granted;
    }
    return any.value_or(false);
  }

  bool Runs(const Moment& now, const AgreementVersion& version, bool fixed) const {
    if (now.stopped) return false;
    if (Nested() && now.party != agreement_.party) return false;
    if (fixed) return true;
    const auto& counted = version.counted_states;
    if (!counted.empty() && std::ranges::find(counted, now.state) == counted.end()) return false;
    return !now.paused || !Granted(now);
  }

  std::optional<NaiveResult> Count(const Target& target, const AgreementVersion& version,
                                   NaiveResult result) {
    const Measure& measure = target.measure;
    const bool around = measure.kind == MeasureKind::kElapsedTime ||
                        measure.kind == MeasureKind::kCalendarMonths ||
                        measure.kind == MeasureKind::kDate;
    const auto works = [&](std::int64_t m) {
      return around || calendar_.worked[static_cast<std::size_t>(m)];
    };
    std::optional<std::int64_t> goal;
    if (measure.kind == MeasureKind::kWorkingTime || measure.kind == MeasureKind::kElapsedTime) {
      result.given = measure.micros / kMinute;
    } else {
      goal = GoalOf(measure);
      if (!goal) return std::nullopt;
      for (std::int64_t m = *start_; m < *goal; ++m) result.given += works(m) ? 1 : 0;
    }
    const std::int64_t end = stop_.value_or(at_);
    const bool fixed = measure.kind == MeasureKind::kDate;
    result.start = *start_;
    std::size_t index = 0;
    std::int64_t sum = 0;
    bool ran = false;
    bool on = false;
    const auto horizon = static_cast<std::int64_t>(calendar_.worked.size());
    for (std::int64_t m = *start_; m < horizon; ++m) {
      while (index + 1 < moments_.size() && moments_[index + 1].at <= m) ++index;
      bool runs = m <= end ? Runs(moments_[index], version, fixed) : on;
      if (m == end && stop_) runs = true;
      if (m == end) on = runs;
      const bool floor = m >= goal.value_or(*start_);
      if (!result.deadline && sum >= result.given && floor && (runs || ran)) result.deadline = m;
      if (m == end) result.counted = sum;
      if (m >= end && (result.deadline || !on)) break;
      if (m < end) result.counts.push_back(runs && works(m));
      if (runs && works(m)) ++sum;
      ran = runs;
      if (m + 1 == horizon) return std::nullopt;
    }
    if (fixed) result.deadline = goal;
    const bool passed = result.deadline && *result.deadline < end;
    result.verdict =
        stop_ ? (passed ? Verdict::kMetLate : Verdict::kMet)
              : (passed ? Verdict::kMissed : (on ? Verdict::kRunning : Verdict::kPaused));
    return result;
  }

  std::optional<std::int64_t> GoalOf(const Measure& measure) const {
    const std::int64_t start = *start_;
    if (measure.kind == MeasureKind::kDate) return MinuteOf(measure.date);
    const std::int64_t today = calendar_.day[static_cast<std::size_t>(start)];
    const std::int32_t clock = calendar_.minute[static_cast<std::size_t>(start)];
    if (measure.kind == MeasureKind::kCalendarMonths) {
      const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + today;
      const absl::CivilMonth month = absl::CivilMonth(day) + measure.count;
      const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
      const absl::CivilDay target(month.year(), month.month(), std::min(day.day(), last.day()));
      return calendar_.Find(target - absl::CivilDay(1970, 1, 1), clock);
    }
    auto at = calendar_.work.lower_bound(today);
    const auto end = calendar_.work.end();
    if (at != end && at->first == today) {
      const bool late = measure.cut_off && start >= *calendar_.Find(today, *measure.cut_off);
      if (late || start >= at->second.second) ++at;
    }
    for (std::int64_t i = 0; i < measure.count && at != end; ++i) ++at;
    if (at == end) return std::nullopt;
    if (measure.kind == MeasureKind::kWorkingDays) return at->second.second;
    for (; at != end; ++at) {
      const auto shown = calendar_.Find(at->first, measure.minute);
      if (!shown) return std::nullopt;
      const std::int64_t goal = std::clamp(*shown, at->second.first, at->second.second);
      if (goal > start) return goal;
    }
    return std::nullopt;
  }

  std::int64_t MinuteOf(Timestamp instant) const {
    return (instant.micros - calendar_.first.micros) / kMinute;
  }

  const Agreement& agreement_;
  const NaiveCalendar& calendar_;
  const Ticket& ticket_;
  TargetKind kind_;
  std::int64_t at_;
  std::vector<Moment> moments_;
  std::optional<std::int64_t> start_;
  std::optional<std::int64_t> stop_;
  std::size_t stop_index_ = 0;
};

}  // namespace kosei::process
