// What a series is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kosei/base/time.h"
#include "kosei/process/schedule.h"
#include "schedule/local_time.h"
#include "schedule/recurrence_rule.h"

namespace kosei::process {

struct Series::Parts {
  std::string zone;
  PlaceClock clock;
  WrittenTime start;
  Timestamp first;          // the instant of it
  std::int64_t days = 0;    // of the length, by the clock
  std::int64_t micros = 0;  // of the length, as it passes
  std::optional<RecurrenceRule> rule;
  std::size_t rule_line = 0;
  std::vector<Timestamp> added;
  std::set<Timestamp> excluded;

  // The window that begins then; nothing when its end is beyond 2300.
  std::optional<Occurrence> WindowFrom(Timestamp from) const;
};

}  // namespace kosei::process
