#include "exit_code.h"

#include "kosei/base/error.h"

namespace kosei::cli {

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return ExitCode::kOk;
  const ErrorCode code = CodeOf(status);
  if (code == ErrorCode::kConnectFailed || code == ErrorCode::kConnectionLost ||
      code == ErrorCode::kUnsupportedVersion || code == ErrorCode::kTlsRequired ||
      code == ErrorCode::kShuttingDown) {
    return ExitCode::kConnect;
  }
  switch (InfoOf(code).category) {
    case ErrorCategory::kClient:
      return ExitCode::kUsage;
    case ErrorCategory::kAuth:
      return ExitCode::kAuth;
    case ErrorCategory::kDenied:
      return ExitCode::kDenied;
    case ErrorCategory::kNotFound:
      return ExitCode::kNotFound;
    case ErrorCategory::kConflict:
      return ExitCode::kConflict;
    case ErrorCategory::kLimit:
    case ErrorCategory::kTransient:
      return ExitCode::kLimit;
    case ErrorCategory::kInternal:
      return ExitCode::kInternal;
  }
  return ExitCode::kInternal;
}

}  // namespace kosei::cli
