// Since when a record has been a point of failure of a service, and which commit made it one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/points_of_failure.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// How certain `since` is.
enum class SinceKind : std::uint8_t {
  kCommit = 1,   // at the commit before it, it was none (or nothing was there)
  kAtLeast = 2,  // as far back as was looked: the bound was reached
  kRetired = 3,  // as far back as can be known: what was before was retired
  kPlanned = 4,  // the plan of the View makes it one
};

struct PointSince {
  RecordId record;
  SinceKind kind = SinceKind::kCommit;
  std::optional<storage::CommitInfo> commit;  // none: kPlanned
};

struct PointSinceBounds {
  std::uint32_t steps_max = 1'000;  // commits that are looked behind
};

// For each of `points`, which are those of `service` in the View: the earliest commit since which,
// without a gap, it alone made the service come to its outcome or worse. Exact: goes back through
// all commits that changed a link, a gate or a member of a gate upstream of the service, or the
// model, and looks at each as it was then known and valid. What began or ended at an instant of its
// own (valid time) counts for the commit that follows. Contexts have no part in it.
absl::StatusOr<std::vector<PointSince>> PointsSince(const storage::Reader& reader,
                                                    const storage::View& view, RecordId service,
                                                    std::span<const SinglePoint> points,
                                                    const PointSinceBounds& bounds,
                                                    const Budget& budget);

}  // namespace kosei::query
