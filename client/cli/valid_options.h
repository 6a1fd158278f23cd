// --valid-from and --valid-to: the valid time of what a command writes, as people type it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "kosei/base/time.h"

namespace kosei::cli {

// As typed; empty: not given.
struct ValidOptions {
  std::string from;
  std::string to;
};

// Sets what is given. kInvalidArgument when one is no RFC 3339 time or the end is not after the
// beginning.
absl::Status ParseValid(const ValidOptions& options, Timestamp& from, Timestamp& to);

}  // namespace kosei::cli
