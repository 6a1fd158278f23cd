// Moments: the spans of time between two beginnings or ends of changes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "change_calendar.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {

// Calls visit(window, changes under way) for each span within `within` in which these stay the same
// and are at least `least`; an error ends it. `except` is left out (nullptr: none is).
template <typename Entries, typename Visit>
absl::Status ForEachMoment(const Entries& entries, const TimeWindow& within,
                           const CalendarEntry* except, std::size_t least, Visit&& visit) {
  EntrySet changes;
  std::vector<Timestamp> edges;
  for (const auto& [id, entry] : entries) {
    const TimeWindow& window = entry->change.window;
    if (entry.get() == except || !Overlap(window, within)) continue;
    changes.push_back(entry.get());
    edges.push_back(std::max(window.from, within.from));
    edges.push_back(std::min(window.to, within.to));
  }
  if (changes.size() < least) return absl::OkStatus();
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  EntrySet under_way;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const TimeWindow span{edges[i], edges[i + 1]};
    under_way.clear();
    for (const CalendarEntry* change : changes) {
      if (Overlap(change->change.window, span)) under_way.push_back(change);
    }
    if (under_way.size() >= least) KOSEI_RETURN_IF_ERROR(visit(span, under_way));
  }
  return absl::OkStatus();
}

}  // namespace kosei::query
