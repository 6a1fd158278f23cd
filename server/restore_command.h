// koseid restore: makes a data folder of a backup, or looks at backups without restoring them.
#pragma once

#include <string>
#include <vector>

namespace kosei::server {

// Of koseid restore, which scripts rely on, as of koseid verify. Everything else of koseid:
// exit_code.h.
inline constexpr int kRestoreDone = 0;
inline constexpr int kRestoreDamaged = 1;
inline constexpr int kRestoreCouldNotRun = 2;

// `arguments` are those after "restore". What was done goes to standard output, everything else to
// standard error.
int RunRestore(const std::vector<std::string>& arguments);

}  // namespace kosei::server
