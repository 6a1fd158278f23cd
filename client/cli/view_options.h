// Which graph a command reads, as people type it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "kosei/client/types.h"

namespace kosei::cli {

// --as-of, --valid-at and --plan as typed; empty: not given.
struct ViewOptions {
  std::string as_of;
  std::string valid_at;
  std::string plan;
};

// As client::ViewName::Parse, but text that can only be meant as a time and is none is
// kInvalidArgument.
absl::StatusOr<client::ViewName> ParseView(const std::string& text);
absl::StatusOr<client::ViewName> ParseView(const ViewOptions& options);

}  // namespace kosei::cli
