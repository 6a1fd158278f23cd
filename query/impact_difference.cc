#include "kosei/query/impact_difference.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

struct Standing {
  model::State state = model::State::kUp;
  std::uint64_t position = 0;
  bool root = false;
};
using Standings = absl::flat_hash_map<NodeIndex, Standing>;

Standings StandingsIn(const ImpactAnswer& answer) {
  Standings standings;
  for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
    if (!answer.Listed(i)) continue;
    standings[answer.nodes[i]] = {answer.StateAt(i), i, i < answer.root_count()};
  }
  return standings;
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

absl::StatusOr<ImpactDifference> Difference(const storage::Reader& reader,
                                            const ImpactAnswer& first, const ImpactAnswer& second,
                                            const Budget& budget) {
  if (first.upward != second.upward) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "impact difference: one answer goes down and the other up; ask both the same "
                     "way",
                     "direction");
  }
  KOSEI_RETURN_IF_ERROR(CheckWhole(first, "first"));
  KOSEI_RETURN_IF_ERROR(CheckWhole(second, "second"));
  const Standings before = StandingsIn(first);
  const Standings after = StandingsIn(second);
  ImpactDifference difference;
  for (const auto& [node, standing] : after) {
    const auto found = before.find(node);
    const Standing was = found == before.end() ? Standing() : found->second;
    if ((standing.root && was.root) || standing.state <= was.state) continue;
    difference.records.push_back(
        {storage::RecordOf(node), was.state, standing.state, standing.position});
  }
  difference.worse_count = difference.records.size();
  for (const auto& [node, standing] : before) {
    const auto found = after.find(node);
    const Standing is = found == after.end() ? Standing() : found->second;
    if ((standing.root && is.root) || standing.state <= is.state) continue;
    difference.records.push_back(
        {storage::RecordOf(node), standing.state, is.state, standing.position});
  }
  std::sort(difference.records.begin(), difference.records.end(),
            [](const StateDifference& a, const StateDifference& b) {
              return std::pair(!a.worse(), a.record) < std::pair(!b.worse(), b.record);
            });
  KOSEI_ASSIGN_OR_RETURN(const std::vector<GroupFinding> groups_before,
                         TouchedGroups(reader, first, budget));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<GroupFinding> groups_after,
                         TouchedGroups(reader, second, budget));
  difference.lost_reserve = WithoutReserveOnlyIn(groups_after, groups_before);
  difference.gained_reserve = WithoutReserveOnlyIn(groups_before, groups_after);
  return difference;
}

}  // namespace kosei::query
