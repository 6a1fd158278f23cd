// Who an account is: the person's record whose `login` it is, with the roles that it names.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "kosei/process/definitions.h"
#include "kosei/process/desk.h"
#include "kosei/process/life_cycle.h"

namespace kosei::process {

// An account without a person has no roles, unless it is an administrator's: that has all.
absl::StatusOr<Actor> ActorOf(const Asking& asking, const Caller& caller,
                              const Definitions& definitions);

}  // namespace kosei::process
