// How the parser groups a long row of one of AND, OR and XOR, for the printer to undo.
#pragma once

#include <cstddef>

namespace kosei::language {

// So many operands are joined one by one from the left; of more, groups of so many are.
inline constexpr std::size_t kCombinedChainMax = 16;

}  // namespace kosei::language
