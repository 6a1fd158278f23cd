// Parts of messages about plans, as plain values.
#pragma once

#include <vector>

#include "kosei/client/types.h"
#include "kosei/protocol/plans_generated.h"

namespace kosei::client {

using FbConflicts = flatbuffers::Vector<flatbuffers::Offset<fb::PlanConflict>>;
using FbCommits = flatbuffers::Vector<flatbuffers::Offset<fb::WriteCounts>>;

PlanInfo ToPlan(const fb::PlanInfo* from);  // null: an empty one
std::vector<Conflict> ToConflicts(const FbConflicts* from);
std::vector<WriteCounts> ToCommits(const FbCommits* from);

}  // namespace kosei::client
