// What there is to say of a group in two states of the world.
#pragma once

#include "kosei/query/gate.h"
#include "kosei/query/group_finding.h"

namespace kosei::query {

GroupFinding JudgeGroup(const Gate& gate, StateOfMember before, StateOfMember after);

}  // namespace kosei::query
