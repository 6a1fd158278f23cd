// "Did you mean": the known word nearest to a misspelt one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kosei::cli {

// Empty when nothing is near (more than a third of the letters differ).
std::string Nearest(std::string_view word, const std::vector<std::string>& known);
// "; did you mean 'x'?" or nothing.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& known);

}  // namespace kosei::cli
