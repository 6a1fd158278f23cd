// What differs between two impact answers: between two Views, the present and a plan, or two
// scenarios. Both must be of one store.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/state.h"
#include "kosei/query/group_finding.h"
#include "kosei/query/impact.h"

namespace kosei::query {

// A record that is not in the same state in both answers. kUp: not affected, or not there at all.
struct StateDifference {
  RecordId record;
  model::State first = model::State::kUp;
  model::State second = model::State::kUp;
  // Where its path is: the position in the second answer when it is worse there (newly hit, or
  // failed instead of degraded), else in the first.
  std::uint64_t position = 0;
  bool worse() const { return second > first; }
};

struct ImpactDifference {
  std::vector<StateDifference> records;      // the worse ones first, each part ascending by record
  std::vector<GroupFinding> lost_reserve;    // as in the second answer
  std::vector<GroupFinding> gained_reserve;  // as in the first
  std::uint64_t worse_count = 0;
};

// Roots of either answer are left out where both have them. Reserve is told of answers that were
// asked with want_groups. kInvalidArgument when one answer was
// asked upwards and the other downwards, or one is cut: half an answer differs from anything.
absl::StatusOr<ImpactDifference> Difference(const ImpactAnswer& first, const ImpactAnswer& second);

}  // namespace kosei::query
