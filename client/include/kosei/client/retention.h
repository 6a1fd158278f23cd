// Retention policies, holds, and what a run came to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kosei/base/time.h"

namespace kosei::client {

// Who decided something, when and why.
struct Decision {
  std::uint64_t commit = 0;
  Timestamp time;
  std::string actor, reason;
};
// Of a class and those below it that have none of their own. Periods are ISO 8601 durations, with
// years and months; empty: no such rule.
struct RetentionPolicy {
  std::string class_name;
  std::string keep_for = {};
  std::uint32_t keep_versions = 0;  // 0: no such rule
  std::string after_end = {};
  Decision set = {};
};
struct LegalHold {
  std::string name;
  std::vector<std::string> keys = {};
  std::string class_name = {};
  Decision added = {};
  std::optional<Decision> dropped = {};
};
struct RetentionState {
  std::vector<RetentionPolicy> policies;
  std::vector<LegalHold> holds;  // those that were dropped as well
};
// Versions of a class that a run looked at.
struct RetentionCounts {
  std::string class_name;
  std::uint64_t records = 0, versions = 0, retired = 0, gone = 0;
  std::uint64_t kept_policy = 0, kept_newest = 0, kept_baseline = 0, kept_plan = 0, kept_hold = 0;
};
struct RetentionReport {
  std::uint64_t commit = 0;  // 0: nothing was retired
  Timestamp time;
  std::vector<RetentionCounts> classes;
};

}  // namespace kosei::client
