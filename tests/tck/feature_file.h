// Reads feature files: the part of Gherkin that the openCypher TCK and our own kit use. Tags are
// passed over.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace kosei::tck {

using Table = std::vector<std::vector<std::string>>;

struct Step {
  std::string text;                // without Given, When, Then, And, But
  std::optional<std::string> doc;  // what stands between """, without its indentation
  Table table;                     // cells without the blanks around them; escapes are undone
  std::size_t line = 0;            // from 1 on
};

// One scenario to run: of an outline, one for each row of its examples.
struct Scenario {
  std::string file;         // as given to ParseFeature
  std::string name;         // "[3] Matching nodes (example 2)"
  std::vector<Step> steps;  // those of the background first
};

// Errors are kInvalidArgument and begin with "file:line".
absl::StatusOr<std::vector<Scenario>> ParseFeature(std::string_view text, std::string_view file);

// Every *.feature below the folder, in the order of their paths; `file` is the path from the folder
// on. kNotFound when there is none.
absl::StatusOr<std::vector<Scenario>> ReadFeatures(const std::string& folder);

}  // namespace kosei::tck
