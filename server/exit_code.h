// What koseid's exit code tells its supervisor (docs/operations.md).
#pragma once

#include "absl/status/status.h"

namespace kosei::server {

inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 2;         // options, configuration, model, certificate
inline constexpr int kExitUnavailable = 69;  // the address cannot be listened on
inline constexpr int kExitInternal = 70;
inline constexpr int kExitFolder = 73;     // in use, or cannot be made, read or written
inline constexpr int kExitStore = 74;      // damaged, or acknowledged commits are missing
inline constexpr int kExitNewFormat = 76;  // written by a newer version

// Of an error while the store was opened.
int ExitCodeOfStore(const absl::Status& status);
// Of an error while the server started on an open store.
int ExitCodeOfStart(const absl::Status& status);

}  // namespace kosei::server
