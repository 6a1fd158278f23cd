// Need: of all that a record rests on (Impact upwards), what its failure alone would do, and behind
// which gate it stands.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/gate.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct Need {
  // What the worst hit root comes to when this record fails and nothing else does. kUp: the roots
  // bear it; it takes others as well.
  model::State alone = model::State::kFailed;
  // On the way to its root: of the gated records, the nearest one that bears this failure; when
  // none does, the nearest. 0: no gate on the way.
  RecordId gated;
  // The part of that gate in which the way goes in: how many of its members, or how much of what
  // they count, is asked for (0 for weighted; of the parts of a primary one), and what is there.
  model::GateKind kind = model::GateKind::kAll;
  double needed = 0;
  double there = 0;
};

// For each row of an answer upwards; of roots `alone` is kFailed and there is no gate. Gates are
// those of the answer's View. Errors as SinglePoints.
absl::StatusOr<std::vector<Need>> NeedsOf(const storage::Reader& reader, const ImpactAnswer& answer,
                                          const Budget& budget);

}  // namespace kosei::query
