// A plan as lines, for people.
#pragma once

#include <vector>

#include "engine/operator.h"
#include "engine/profile.h"
#include "kosei/query/statement.h"

namespace kosei::query {

std::vector<PlanLine> LinesOf(const Operator* last, const Profile& profile);

}  // namespace kosei::query
