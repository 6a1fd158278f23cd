// Long rows of AND, OR and XOR, which may be grouped at will: the parser groups them so that the
// tree stays low, and the printer undoes that.
#pragma once

#include <cstddef>
#include <vector>

#include "kosei/language/ast.h"

namespace kosei::language {

// So many operands are joined one by one from the left; of more, groups of so many are.
inline constexpr std::size_t kChainMax = 16;

// At least one operand. Heights are set, but not bounded.
ExpressionPtr JoinChain(ExpressionKind kind, std::vector<ExpressionPtr> operands);

// One more than the highest operand, or than what `height` says of patterns and subqueries.
void SetHeight(Expression& expression);

}  // namespace kosei::language
