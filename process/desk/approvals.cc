// Approvals that transitions ask for and withdraw.
#include "absl/strings/str_format.h"
#include "desk/case.h"
#include "kosei/base/error.h"

namespace kosei::process {

absl::Status Case::ChangeApprovals(const PlannedEffect& effect, const Actor&, Draft&) {
  return MakeError(ErrorCode::kModelInvalid,
                   absl::StrFormat("transition %s: there is no approval policy %s; load the "
                                   "definitions anew",
                                   outcome_.event, effect.target));
}

}  // namespace kosei::process
