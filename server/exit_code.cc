#include "exit_code.h"

#include "kosei/base/error.h"

namespace kosei::server {

int ExitCodeOfStore(const absl::Status& status) {
  if (HasCode(status, ErrorCode::kModelInvalid)) return kExitUsage;
  if (HasCode(status, ErrorCode::kModelRefused)) return kExitUsage;
  if (HasCode(status, ErrorCode::kFormatTooNew)) return kExitNewFormat;
  if (HasCode(status, ErrorCode::kStorageCorrupt)) return kExitStore;
  if (HasCode(status, ErrorCode::kCommitsMissing)) return kExitStore;
  if (HasCode(status, ErrorCode::kInternal)) return kExitInternal;
  return kExitFolder;
}

int ExitCodeOfStart(const absl::Status& status) {
  if (HasCode(status, ErrorCode::kTlsRequired)) return kExitUsage;
  if (FieldOf(status) == "tls_cert" || FieldOf(status) == "tls_key") return kExitUsage;
  if (FieldOf(status) == "listen") return kExitUnavailable;
  if (HasCode(status, ErrorCode::kStorageCorrupt)) return kExitStore;
  if (HasCode(status, ErrorCode::kStorageIo)) return kExitFolder;
  return kExitInternal;
}

}  // namespace kosei::server
