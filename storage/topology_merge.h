// Merging: a new base from the one before and what a delta holds. Rows that changed are written
// anew behind the others, in arrays that both bases share, and all else is kept; so a merge costs a
// copy of the table of rows and the changed rows themselves. When the room behind is used up, all
// rows move into new arrays, in order.
#pragma once

#include <vector>

#include "kosei/base/ids.h"
#include "topology_base.h"
#include "topology_delta.h"

namespace kosei::storage {

// `base` must be the newest one made so far. `began` and `ended` as the delta exports them; what is
// later than `newest` is left out.
TopologyBase MergeBase(const TopologyBase& base, const std::vector<LinkInterval>& began,
                       const std::vector<TopologyDelta::BaseEnd>& ended, CommitNumber newest);

}  // namespace kosei::storage
