// The rows of several queries, one behind the other.
#pragma once

#include <vector>

#include "engine/operator.h"

namespace kosei::query {

struct UnionPart {
  OperatorPtr last;
  std::vector<std::uint32_t> slots;  // its columns, in the order of the first part's
};

// Columns come to stand in `slots`.
OperatorPtr MakeUnion(std::vector<UnionPart> parts, std::vector<std::uint32_t> slots);

}  // namespace kosei::query
