#include "valid_options.h"

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

absl::Status ParseOne(const std::string& text, const char* flag, Timestamp& instant) {
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<Timestamp> time = ParseTimestamp(text);
  if (!time.ok()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s '%s': %s", flag, text, MessageOf(time.status())), flag);
  }
  instant = *time;
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseValid(const ValidOptions& options, Timestamp& from, Timestamp& to) {
  KOSEI_RETURN_IF_ERROR(ParseOne(options.from, "--valid-from", from));
  KOSEI_RETURN_IF_ERROR(ParseOne(options.to, "--valid-to", to));
  if (from < to) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInvalidArgument,
      absl::StrFormat("--valid-to %s is not after --valid-from %s", options.to, options.from),
      "--valid-to");
}

}  // namespace kosei::cli
