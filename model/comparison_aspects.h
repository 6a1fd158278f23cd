// Findings of a comparison of two models, and those that many things have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kosei/model/comparison.h"

namespace kosei::model {

// One finding about a thing that both models have, or that one of them lacks.
struct Aspect {
  ChangeSafety safety;
  std::string what;
  std::string detail;
};
using Aspects = std::vector<Aspect>;

// "minimum 0 -> 1".
std::string Arrow(std::string_view name, std::string_view before, std::string_view after);
// "true", "false".
std::string_view Word(bool truth);

void CompareLabels(std::string_view name, const Label& before, const Label& after, Aspects& out);
// A safe change of something that has a text; an empty one is "none".
void CompareText(std::string_view name, std::string_view before, std::string_view after,
                 Aspects& out);
// Safe changes of a list whose order does not matter: "... removed", "... added".
void CompareTexts(const std::vector<std::string>& before, const std::vector<std::string>& after,
                  Aspects& out);

}  // namespace kosei::model
