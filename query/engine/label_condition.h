// Conditions about the labels of one variable, n:A OR NOT n:B, as a pattern says the same:
// (n:A|!B).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kosei/language/ast.h"

namespace kosei::query {

struct LabelCondition {
  std::string variable;
  std::vector<language::LabelChoice> choices;  // all demanded
};

// nullopt: the condition is about something else as well.
std::optional<LabelCondition> LabelConditionOf(const language::Expression& condition);

}  // namespace kosei::query
