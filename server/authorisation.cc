#include "authorisation.h"

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::server {

absl::Status Authorise(const protocol::OperationInfo& operation, const Principal* principal) {
  const protocol::Role role = principal == nullptr ? protocol::Role::kNobody : principal->role;
  if (role >= operation.needs) {
    if (principal == nullptr || principal->classes.empty() || operation.limited)
      return absl::OkStatus();
    return MakeError(ErrorCode::kPermissionDenied,
                     absl::StrFormat("%s: the token is limited to classes, and may only ask in the "
                                     "query language; ask an administrator for one that is not",
                                     operation.name));
  }
  if (role == protocol::Role::kNobody) {
    return MakeError(ErrorCode::kUnauthenticated,
                     absl::StrFormat("%s: nobody is signed in on this connection; send hello with "
                                     "a token first",
                                     operation.name));
  }
  return MakeError(ErrorCode::kPermissionDenied,
                   absl::StrFormat("%s: the token's role is %s, and this needs %s; ask an "
                                   "administrator for such a token",
                                   operation.name, NameOf(role), NameOf(operation.needs)));
}

}  // namespace kosei::server
