// A stretch of time, half-open, UTC.
#pragma once

#include <vector>

#include "kosei/base/time.h"

namespace kosei::query {

struct TimeWindow {
  Timestamp from = kBeginningOfTime;
  Timestamp to = kEndOfTime;
  friend bool operator==(const TimeWindow&, const TimeWindow&) = default;
};

// In order, and as few as cover the same time: windows that touch become one.
std::vector<TimeWindow> Joined(std::vector<TimeWindow> windows);

}  // namespace kosei::query
