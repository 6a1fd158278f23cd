// View: which graph a read sees. Three numbers; opening one takes no lock and copies nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"

namespace kosei::storage {

// The graph as known at `commit`, as valid in the world at `valid_at`, with `plan` on top.
struct View {
  CommitNumber commit;
  Timestamp valid_at;
  PlanNumber plan = kNoPlan;
  friend bool operator==(const View&, const View&) = default;
};

// How a user names a View. Reader::Resolve turns it into one.
struct ViewName {
  enum class Kind : std::uint8_t { kNewest, kCommit, kTime, kBaseline };
  Kind kind = Kind::kNewest;
  CommitNumber commit;   // kCommit
  Timestamp time;        // kTime: the newest commit at or before it; in the future is kFutureTime
  std::string baseline;  // kBaseline
  // What was so in the world at this instant, as known in the View that the rest names. The
  // future is allowed: planned facts. nullopt: the instant that belongs to the rest (now for
  // kNewest, the commit's time for kCommit, the time for kTime, the baseline's for kBaseline).
  std::optional<Timestamp> valid_at = std::nullopt;
  std::string plan = {};  // its changes on top; empty: none
};

}  // namespace kosei::storage
