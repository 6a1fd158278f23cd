// Whether what came is what the kit expects.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "scenario_plan.h"
#include "target.h"

namespace kosei::tck {

enum class Outcome : std::uint8_t {
  kPassed,
  kFailed,
  kUnsupported,  // the server says that it does not do this, or kosei cannot hold the graph
};

struct Verdict {
  Outcome outcome = Outcome::kPassed;
  bool wrong_rows = false;  // failed, and worse than an error: an answer that is not the right one
  std::string reason;       // one or more lines; empty when passed
};

// An expected error has to be of the named type, and to have the named detail as its field.
Verdict Judge(const Execution& execution, const absl::StatusOr<Answer>& result);

}  // namespace kosei::tck
