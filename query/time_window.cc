#include "kosei/query/time_window.h"

#include <algorithm>
#include <utility>

namespace kosei::query {

std::vector<TimeWindow> Joined(std::vector<TimeWindow> windows) {
  std::sort(windows.begin(), windows.end(), [](const TimeWindow& a, const TimeWindow& b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  std::vector<TimeWindow> joined;
  for (const TimeWindow& window : windows) {
    if (!joined.empty() && window.from <= joined.back().to) {
      joined.back().to = std::max(joined.back().to, window.to);
    } else {
      joined.push_back(window);
    }
  }
  return joined;
}

}  // namespace kosei::query
