// kosei absence add, delegation add: their options, and what runs them.
#pragma once

#include <string>

#include "commands.h"

namespace kosei::cli {

struct AbsenceAddOptions {
  std::string person;    // key; empty: the person who asks
  std::string from, to;  // RFC 3339; empty: from now on, until somebody ends it
  std::string reason;
};
// Exit code 6: refused.
CommandResult RunAbsenceAdd(Context& context, const AbsenceAddOptions& options);

struct DelegationAddOptions {
  AbsenceAddOptions times;
  std::string deputy;
  std::string policy;  // empty: all
};
CommandResult RunDelegationAdd(Context& context, const DelegationAddOptions& options);

}  // namespace kosei::cli
