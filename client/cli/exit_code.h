// What the program's exit code says (docs/cli.md has the table). Scripts rely on it: never
// renumbered.
#pragma once

#include "absl/status/status.h"

namespace kosei::cli {

enum class ExitCode : int {
  kOk = 0,
  kNothing = 1,  // found nothing, found a difference, or rejected rows
  kUsage = 2,
  kConnect = 3,
  kAuth = 4,
  kDenied = 5,
  kConflict = 6,
  kNotFound = 7,
  kLimit = 8,
  kInternal = 70,
};

// For an error; kOk for OK.
ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace kosei::cli
