// The one gate: may somebody do an operation? Asked for every request, before its body is looked
// at.
#pragma once

#include "absl/status/status.h"
#include "kosei/protocol/operations.h"
#include "kosei/server/tokens.h"

namespace kosei::server {

// `principal` is null for a peer that has not been greeted. kUnauthenticated for such a one,
// kPermissionDenied for a role too low, and for a token that is limited to classes when the
// operation's answer would not keep to them.
absl::Status Authorise(const protocol::OperationInfo& operation, const Principal* principal);

}  // namespace kosei::server
