// How long, as people type it: "90s", "30m", "24h", "7d", "2w", or ISO 8601 ("PT36H").
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace kosei::cli {

// In microseconds, more than 0. kInvalidArgument, naming `option`.
absl::StatusOr<std::uint64_t> ParseTimeSpan(const std::string& text, const std::string& option);

}  // namespace kosei::cli
