// Content lines of RFC 5545 3.1: a name, parameters and a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kosei::process {

struct ContentLine {
  std::size_t line = 0;                                         // from 1 on, where it begins
  std::string name;                                             // in capitals
  std::vector<std::pair<std::string, std::string>> parameters;  // names in capitals
  std::string value;
};

// kInvalidArgument, saying "line N of the series".
absl::Status LineError(std::size_t line, std::string_view message);

// Unfolds and splits; empty lines are left out.
absl::StatusOr<std::vector<ContentLine>> ReadContentLines(std::string_view text);

// The text in double quotes, cut after 80 bytes.
std::string ShownPart(std::string_view text);

}  // namespace kosei::process
