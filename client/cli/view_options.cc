#include "view_options.h"

#include <cstddef>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"

namespace kosei::cli {
namespace {

// "2026-11-...": four digits, a hyphen and a digit begin no sensible baseline name.
bool LooksLikeTime(const std::string& text) {
  const auto is_digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  return text.size() >= 6 && is_digit(0) && is_digit(1) && is_digit(2) && is_digit(3) &&
         text[4] == '-' && is_digit(5);
}

}  // namespace

absl::StatusOr<client::ViewName> ParseView(const std::string& text) {
  if (LooksLikeTime(text)) {
    const absl::StatusOr<Timestamp> time = ParseTimestamp(text);
    if (!time.ok()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("as of '%s': %s", text, MessageOf(time.status())),
                       "--as-of");
    }
  }
  return client::ViewName::Parse(text);
}

absl::StatusOr<client::ViewName> ParseView(const ViewOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::ViewName view, ParseView(options.as_of));
  if (!options.valid_at.empty()) {
    const absl::StatusOr<Timestamp> time = ParseTimestamp(options.valid_at);
    if (!time.ok()) {
      return MakeError(
          ErrorCode::kInvalidArgument,
          absl::StrFormat("valid at '%s': %s", options.valid_at, MessageOf(time.status())),
          "--valid-at");
    }
    view.valid_at = *time;
  }
  view.plan = options.plan;
  return view;
}

}  // namespace kosei::cli
