// The service clock against a count of minutes: random calendars with versions and holidays over
// two years in zones with and without summer time, random tickets, and every kind of target.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "clock_naive.h"
#include "clock_support.h"
#include "kosei/process/service_clock.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

constexpr std::int64_t kDays = 730;
constexpr std::int64_t kMinutesOfDay = 1'440;

class ClockPropertyTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::int64_t Below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
  }
  bool OneIn(std::int64_t bound) { return Below(bound) == 0; }
  template <typename Item>
  const Item& Any(const std::vector<Item>& items) {
    return items[static_cast<std::size_t>(Below(static_cast<std::int64_t>(items.size())))];
  }

  language::WorkDay RandomDay() {
    if (OneIn(8)) return {{0, 1'440}};
    const auto begin = static_cast<std::int32_t>(300 + Below(400));
    const auto end = begin + static_cast<std::int32_t>(60 + Below(500));
    if (OneIn(2)) return {{begin, std::min(end, 1'440)}};
    const std::int32_t middle = begin + (end - begin) / 2;
    return {{begin, middle}, {middle + 10, std::min(end + 10, 1'440)}};
  }

  CalendarDefinition RandomCalendar(std::int64_t first_day) {
    CalendarDefinition calendar;
    calendar.name = "c";
    calendar.label = {"c", "c"};
    calendar.zone = GetParam();
    const std::int64_t versions = 1 + Below(3);
    for (std::int64_t i = 0; i < versions; ++i) {
      CalendarVersion version;
      if (i > 0) version.effective_from = first_day + i * 60 + Below(50);
      for (std::size_t day = 0; day < 7; ++day) {
        if (day < 5 ? !OneIn(9) : OneIn(4)) version.week[day] = RandomDay();
      }
      version.holidays = OneIn(3) ? std::vector<std::string>{} : std::vector<std::string>{"h"};
      for (std::int64_t n = Below(20); n > 0; --n) {
        version.days[first_day + Below(kDays)] = {OneIn(2) ? language::WorkDay{} : RandomDay(),
                                                  {"own", "own"}};
      }
      calendar.versions.push_back(version);
    }
    return calendar;
  }

  Measure RandomMeasure(Timestamp first) {
    Measure measure;
    measure.kind = static_cast<MeasureKind>(1 + Below(6));
    measure.micros = (1 + Below(OneIn(2) ? 600 : 6'000)) * kMinute;
    measure.count = measure.kind == MeasureKind::kCalendarMonths ? 1 + Below(3) : Below(6);
    measure.minute = static_cast<std::int32_t>(OneIn(2) ? 1'020 : 240 + Below(1'190));
    if (OneIn(2)) measure.cut_off = static_cast<std::int32_t>(600 + Below(500));
    measure.date = {first.micros + Below(150 * kMinutesOfDay) * kMinute};
    return measure;
  }

  Agreement RandomAgreement(Timestamp first, AgreementLevel level) {
    Agreement agreement;
    agreement.name = level == AgreementLevel::kCustomer ? "sla" : "ola";
    agreement.label = {"a", "a"};
    agreement.level = level;
    if (level != AgreementLevel::kCustomer) {
      agreement.party = "network";
      agreement.under = "sla";
    }
    AgreementVersion version;
    version.effective_from = {first.micros - kHour};
    version.calendar = "c";
    for (const TargetKind kind : {TargetKind::kRespond, TargetKind::kResolve}) {
      for (const std::string_view priority : {"p1", "p2", ""}) {
        if (priority.empty() && OneIn(3)) continue;
        version.targets.push_back(
            {kind, std::string(priority), "", RandomMeasure(first),
             OneIn(2) ? std::vector<std::int32_t>{} : std::vector<std::int32_t>{33, 80}});
      }
    }
    version.pauses = {{PauseOwner::kCustomer, "", true},
                      {PauseOwner::kSupplier, "", OneIn(2)},
                      {PauseOwner::kCustomer, "r", OneIn(2)}};
    if (OneIn(3)) version.counted_states = {"new", "work"};
    version.responded_states = {"work"};
    agreement.versions.push_back(version);
    return agreement;
  }

  // Up to 20 events over some weeks, some of one minute, some written down late.
  Ticket RandomTicket(Timestamp first) {
    Ticket ticket;
    ticket.id = "T";
    std::int64_t at = 2 * kMinutesOfDay + Below(300 * kMinutesOfDay);
    const auto add = [&](TicketEvent event) {
      event.at = {first.micros + at * kMinute};
      ticket.events.push_back(std::move(event));
    };
    add({.kind = EventKind::kOpened, .state = "new", .priority = OneIn(2) ? "p1" : "p2"});
    add({.kind = EventKind::kAgreementAttached, .agreement = "sla"});
    const std::vector<EventKind> kinds = {
        EventKind::kStateChanged, EventKind::kPriorityChanged, EventKind::kPaused,
        EventKind::kPaused,       EventKind::kResumed,         EventKind::kResumed,
        EventKind::kAssigned,     EventKind::kAssigned,        EventKind::kResolved,
        EventKind::kReopened,     EventKind::kClosed};
    for (std::int64_t n = Below(20); n > 0; --n) {
      at += OneIn(5) ? 0 : OneIn(3) ? Below(5'000) : Below(300);
      TicketEvent event;
      event.kind = Any(kinds);
      if (event.kind == EventKind::kStateChanged)
        event.state = Any(std::vector<std::string>{"new", "work", "wait"});
      if (event.kind == EventKind::kPriorityChanged)
        event.priority = Any(std::vector<std::string>{"p1", "p2", "p3"});
      if (event.kind == EventKind::kAssigned)
        event.party = Any(std::vector<std::string>{"network", "desk", ""});
      if (event.kind == EventKind::kPaused) {
        event.owner =
            Any(std::vector{PauseOwner::kCustomer, PauseOwner::kSupplier, PauseOwner::kProvider});
        event.reason = OneIn(3) ? "r" : "";
      }
      add(event);
    }
    if (OneIn(2)) std::shuffle(ticket.events.begin() + 2, ticket.events.end(), random_);
    return ticket;
  }

  std::mt19937_64 random_{20'261'130};
};

void ExpectExplained(const Ticket& ticket, const ServiceBook& book, const TargetState& state,
                     Timestamp at, const NaiveCalendar& calendar, const NaiveResult& naive) {
  ASSERT_OK_AND_ASSIGN(const Explanation why,
                       ExplainTarget(ticket, book, state.agreement, state.kind, at));
  if (!state.started.has_value() || naive.verdict == Verdict::kNoTarget) {
    EXPECT_TRUE(why.intervals.empty());
    return;
  }
  Timestamp reached = *state.started;
  std::int64_t sum = 0;
  for (const Interval& interval : why.intervals) {
    ASSERT_EQ(interval.from, reached);
    ASSERT_LT(interval.from, interval.to);
    EXPECT_FALSE(interval.why.en.empty());
    EXPECT_FALSE(interval.why.ja.empty());
    if (interval.counted) sum += interval.to.micros - interval.from.micros;
    for (std::int64_t m = interval.from.micros; m < interval.to.micros; m += kMinute) {
      const auto minute =
          static_cast<std::size_t>((m - calendar.first.micros) / kMinute - naive.start);
      const bool counts = minute < naive.counts.size() && naive.counts[minute];
      ASSERT_EQ(interval.counted, counts) << FormatTimestamp({m}) << " " << interval.why.en;
    }
    reached = interval.to;
  }
  EXPECT_EQ(reached, std::max(at, *state.started));
  EXPECT_EQ(sum, state.counted);
  std::int64_t shared = 0;
  for (const PartyShare& share : why.parties) shared += share.counted;
  EXPECT_EQ(shared, state.counted);
}

TEST_P(ClockPropertyTest, IsTheCountOfMinutes) {
  const Timestamp first = At("2024-01-01T00:00Z");
  const std::int64_t first_day = first.micros / (kMinutesOfDay * kMinute);
  std::map<Verdict, int> seen;
  std::map<MeasureKind, int> kinds;
  for (int round = 0; round < 6; ++round) {
    CalendarDefinitions definitions;
    definitions.holiday_lists.push_back({"h", {"h", "h"}, {}, ""});
    for (int i = 0; i < 30; ++i)
      definitions.holiday_lists[0].days[first_day + Below(kDays)] = {"holiday", "休日"};
    definitions.calendars.push_back(RandomCalendar(first_day));
    const NaiveCalendar calendar(definitions.calendars[0], definitions.holiday_lists, first,
                                 kDays * kMinutesOfDay);
    ASSERT_OK_AND_ASSIGN(const CalendarBook calendars, CalendarBook::Make(definitions));
    for (int i = 0; i < 60; ++i) {
      SCOPED_TRACE(::testing::Message() << "round " << round << ", ticket " << i);
      const std::vector<Agreement> agreements = {RandomAgreement(first, AgreementLevel::kCustomer),
                                                 RandomAgreement(first, AgreementLevel::kInternal)};
      ASSERT_OK_AND_ASSIGN(const ServiceBook book, ServiceBook::Make(agreements, calendars));
      const Ticket ticket = RandomTicket(first);
      const std::int64_t opened = (ticket.events[0].at.micros - first.micros) / kMinute;
      const std::int64_t at = opened + Below(OneIn(2) ? 20'000 : 60'000);
      const Timestamp instant{first.micros + at * kMinute};
      ASSERT_OK_AND_ASSIGN(const auto states, JudgeTicket(ticket, book, instant));
      ASSERT_EQ(states.size(), 4U);
      for (const TargetState& state : states) {
        const Agreement& agreement = agreements[state.agreement == "sla" ? 0 : 1];
        const auto naive = NaiveClock(agreement, calendar, ticket, state.kind, at).Run();
        if (!naive.has_value()) continue;
        SCOPED_TRACE(::testing::Message() << state.agreement << " " << static_cast<int>(state.kind)
                                          << " " << state.error);
        ASSERT_EQ(NameOf(state.verdict), NameOf(naive->verdict));
        ASSERT_EQ(state.given, naive->given * kMinute);
        ASSERT_EQ(state.counted, naive->counted * kMinute);
        ASSERT_EQ(state.deadline.has_value(), naive->deadline.has_value());
        if (state.deadline.has_value()) {
          ASSERT_EQ((state.deadline->micros - first.micros) / kMinute, *naive->deadline);
        }
        ExpectExplained(ticket, book, state, instant, calendar, *naive);
        ++seen[state.verdict];
        for (const Target& target : agreement.versions[0].targets) {
          if (target.kind == state.kind && target.priority == state.priority)
            ++kinds[target.measure.kind];
        }
        if (HasFatalFailure()) return;
      }
    }
  }
  for (const Verdict verdict :
       {Verdict::kNoTarget, Verdict::kNotStarted, Verdict::kRunning, Verdict::kPaused,
        Verdict::kMet, Verdict::kMissed, Verdict::kMetLate})
    EXPECT_GE(seen[verdict], 5) << NameOf(verdict);
  EXPECT_EQ(kinds.size(), 6U);
}

// What the clock says of the future comes true: at a deadline the target is not missed yet, and a
// microsecond later it is; the same for warnings.
TEST_P(ClockPropertyTest, DeadlinesAndWarningsComeWhenTheyWereForetold) {
  const Timestamp first = At("2024-01-01T00:00Z");
  const std::int64_t first_day = first.micros / (kMinutesOfDay * kMinute);
  int deadlines = 0;
  int warnings = 0;
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    CalendarDefinitions definitions;
    definitions.holiday_lists.push_back({"h", {"h", "h"}, {}, ""});
    definitions.calendars.push_back(RandomCalendar(first_day));
    ASSERT_OK_AND_ASSIGN(const CalendarBook calendars, CalendarBook::Make(definitions));
    ASSERT_OK_AND_ASSIGN(
        const ServiceBook book,
        ServiceBook::Make({RandomAgreement(first, AgreementLevel::kCustomer)}, calendars));
    const Ticket ticket = RandomTicket(first);
    Timestamp last = ticket.events[0].at;
    for (const TicketEvent& event : ticket.events) last = std::max(last, event.at);
    ASSERT_OK_AND_ASSIGN(const auto states, JudgeTicket(ticket, book, last));
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (states[i].verdict != Verdict::kRunning) continue;
      const auto at = [&](Timestamp instant) {
        return JudgeTicket(ticket, book, instant).value()[i];
      };
      const Timestamp deadline = *states[i].deadline;
      EXPECT_EQ(at(deadline).verdict, Verdict::kRunning);
      const TargetState behind = at({deadline.micros + 1});
      EXPECT_EQ(behind.verdict, Verdict::kMissed);
      EXPECT_EQ(behind.deadline, deadline);
      ++deadlines;
      for (std::size_t w = 0; w < states[i].warnings.size(); ++w) {
        const Warning& warning = states[i].warnings[w];
        ASSERT_TRUE(warning.at.has_value());
        EXPECT_EQ(warning.reached, *warning.at <= last);
        if (warning.reached) continue;
        EXPECT_TRUE(at(*warning.at).warnings[w].reached);
        EXPECT_FALSE(at({warning.at->micros - 1}).warnings[w].reached);
        EXPECT_GE(at(*warning.at).percent_hundredths, warning.percent * 100);
        EXPECT_LT(at({warning.at->micros - 1}).percent_hundredths, warning.percent * 100);
        ++warnings;
      }
      EXPECT_EQ(NextInstant(std::span(&states[i], 1), {deadline.micros - 1}), deadline);
    }
  }
  EXPECT_GT(deadlines, 50);
  EXPECT_GT(warnings, 20);
}

INSTANTIATE_TEST_SUITE_P(Zones, ClockPropertyTest,
                         ::testing::Values("Asia/Tokyo", "Europe/Berlin", "America/New_York"));

}  // namespace
}  // namespace kosei::process
