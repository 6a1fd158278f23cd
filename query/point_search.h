// PointSearch: what records of an Upstream come to when others of it fail by themselves. Over links
// alone that is decided by going back from the target once: states that join on the way are the
// worst of both, so a way back is as good as a failure followed. Only records behind a gate are
// followed, many at once (query/lanes.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/model/schema.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/scenario.h"
#include "kosei/storage/reader.h"
#include "lanes.h"
#include "upstream.h"

namespace kosei::query {

struct PointHit {
  Place place = kNowhere;
  model::State outcome = model::State::kUp;
  bool by_gate = false;
};

// The states of `target` that a failure of each record brings about over links alone: by place,
// kUp where none arrives.
std::vector<model::State> OverLinksAlone(const Upstream& upstream, Place target);

// For each target, the records that make it worse by failing alone, in no order; of `candidates`
// only, unless they are empty. Targets are no points of their own.
absl::StatusOr<std::vector<std::vector<PointHit>>> FindPoints(const Upstream& upstream,
                                                              Lanes& lanes,
                                                              std::span<const Place> targets,
                                                              std::span<const Place> candidates);

// Follows the failure of each candidate, many at once: visit(first) after a run in which lane i has
// that of candidates[first + i]. Candidates that are down already change nothing.
absl::Status FollowEach(
    Lanes& lanes, std::span<const Place> candidates,
    absl::FunctionRef<absl::Status(std::size_t first, std::size_t count)> visit);

// What contexts find to be down, as places of `upstream`, worst for each.
absl::StatusOr<std::vector<std::pair<Place, model::State>>> DownAlready(
    const storage::Reader& reader, const storage::View& view, const model::Schema& schema,
    const Scenario& scenario, const Upstream& upstream, const Budget& budget);

}  // namespace kosei::query
