#include "kosei/query/impact_difference.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

// A byte a record: its state, and whether it is a root.
constexpr std::uint8_t kStateBits = 0x03;
constexpr std::uint8_t kRoot = 0x04;

std::vector<std::uint8_t> StandingsIn(const ImpactAnswer& answer) {
  std::vector<std::uint8_t> standings;
  for (const NodeIndex node : answer.nodes) {
    if (node >= standings.size())
      standings.resize(std::max<std::size_t>(std::size_t{node} + 1, 2 * standings.size()));
  }
  for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
    if (!answer.Listed(i)) continue;
    standings[answer.nodes[i]] = static_cast<std::uint8_t>(
        static_cast<unsigned>(answer.StateAt(i)) | (i < answer.root_count() ? kRoot : 0U));
  }
  return standings;
}

// Adds what is worse in `here` than it stands there; `here_is_second`: which is which.
void AddWorse(const ImpactAnswer& here, const std::vector<std::uint8_t>& there, bool here_is_second,
              std::vector<StateDifference>& records) {
  for (std::uint64_t i = 0; i < here.nodes.size(); ++i) {
    if (!here.Listed(i)) continue;
    const NodeIndex node = here.nodes[i];
    const std::uint8_t standing = node < there.size() ? there[node] : std::uint8_t{0};
    const bool both_roots = i < here.root_count() && (standing & kRoot) != 0;
    const model::State state = here.StateAt(i);
    const auto other = static_cast<model::State>(standing & kStateBits);
    if (both_roots || state <= other) continue;
    records.push_back({storage::RecordOf(node), here_is_second ? other : state,
                       here_is_second ? state : other, i});
  }
}

absl::Status CheckWhole(const ImpactAnswer& answer, const char* which) {
  if (!answer.truncated.has_value() || answer.truncated->reason == TruncationReason::kDepth)
    return absl::OkStatus();
  return MakeError(ErrorCode::kRowBudget,
                   absl::StrFormat("impact difference: the %s answer was cut at distance %d before "
                                   "it was whole; allow more time, memory or steps",
                                   which, answer.truncated->depth));
}

std::vector<GroupFinding> WithoutReserveOnlyIn(const std::vector<GroupFinding>& here,
                                               const std::vector<GroupFinding>& there) {
  absl::flat_hash_set<NodeIndex> also;
  for (const GroupFinding& finding : there) {
    if (!finding.reserve_after) also.insert(storage::NodeOf(finding.record));
  }
  std::vector<GroupFinding> only;
  for (const GroupFinding& finding : here) {
    if (!finding.reserve_after && !also.contains(storage::NodeOf(finding.record)))
      only.push_back(finding);
  }
  return only;
}

}  // namespace

absl::StatusOr<ImpactDifference> Difference(const ImpactAnswer& first, const ImpactAnswer& second) {
  if (first.upward != second.upward) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "impact difference: one answer goes down and the other up; ask both the same "
                     "way",
                     "direction");
  }
  KOSEI_RETURN_IF_ERROR(CheckWhole(first, "first"));
  KOSEI_RETURN_IF_ERROR(CheckWhole(second, "second"));
  const std::vector<std::uint8_t> before = StandingsIn(first);
  const std::vector<std::uint8_t> after = StandingsIn(second);
  ImpactDifference difference;
  AddWorse(second, before, true, difference.records);
  difference.worse_count = difference.records.size();
  AddWorse(first, after, false, difference.records);
  std::sort(difference.records.begin(), difference.records.end(),
            [](const StateDifference& a, const StateDifference& b) {
              return std::pair(!a.worse(), a.record) < std::pair(!b.worse(), b.record);
            });
  difference.lost_reserve = WithoutReserveOnlyIn(second.groups, first.groups);
  difference.gained_reserve = WithoutReserveOnlyIn(first.groups, second.groups);
  return difference;
}

}  // namespace kosei::query
