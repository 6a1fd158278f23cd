// The one gate: may a role do an operation? Asked for every request, before its body is looked at.
#pragma once

#include "absl/status/status.h"
#include "kosei/protocol/operations.h"

namespace kosei::server {

// kUnauthenticated for a peer that has not been greeted, kPermissionDenied for a role too low.
absl::Status Authorise(const protocol::OperationInfo& operation, protocol::Role role);

}  // namespace kosei::server
