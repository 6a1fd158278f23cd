// The service clock, counted minute by minute from what the books say happened, by the words of
// docs/processes/service_clock.md and the times of model/process/agreements.yaml written down once
// more.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "books.h"
#include "kosei/base/time.h"

namespace kosei::simulation {

struct NaiveVerdict {
  std::string verdict;  // "running", "paused", "missed", "met", "met_late"
  std::int64_t given = 0;
  std::int64_t counted = 0;
  std::optional<Timestamp> stopped;
};

class NaiveClock {
 public:
  // Of the business hours in Japan; holidays as "2026-01-01".
  explicit NaiveClock(std::set<std::string> holidays) : holidays_(std::move(holidays)) {}

  // Of an incident or a request; `responds`: up to the answer, otherwise to the resolution.
  NaiveVerdict Judge(const Booked& record, bool responds, Timestamp at) const;

 private:
  struct Span {
    Timestamp from, to;
    bool runs = false;
  };
  struct Promise {
    std::int64_t minutes = 0;
    std::int64_t days = 0;  // of work
    bool around_the_clock = false;
    bool cut_off = false;  // at three in the afternoon
  };

  bool IsWorkday(std::int64_t day) const;
  // Within [from, to), of working time or of all of it.
  std::int64_t Within(Timestamp from, Timestamp to, bool all) const;
  Timestamp EndOfWork(Timestamp opened, std::int64_t days, bool cut_off) const;
  static Promise PromiseOf(const Booked& record, bool responds, std::string_view priority);

  std::set<std::string> holidays_;
};

// The days in a list of holidays, as its file has them.
std::set<std::string> ReadHolidays(const std::string& path);

}  // namespace kosei::simulation
