// kosei process verdicts: its options, and what runs it.
#pragma once

#include <string>
#include <vector>

#include "commands.h"

namespace kosei::cli {

struct VerdictOptions {
  std::vector<std::string> files;  // calendars and agreements, or folders of them; none: see since
  std::string since;               // a commit, a time or a baseline
  std::vector<std::string> classes;
  std::string from, to;  // RFC 3339: opened in between
  std::string at;        // of the verdicts; empty: now
};
// Exit code 1 when a verdict changes.
CommandResult RunProcessVerdicts(Context& context, const VerdictOptions& options);

}  // namespace kosei::cli
