// From an operation's number to what does it. The session's own operations (hello, ping, cancel,
// credit, mutate, bulk) are done by the session and are not here.
#pragma once

#include "call.h"

namespace kosei::server {

// nullptr when the operation is the session's own.
const Handler* FindHandler(protocol::Operation operation);

}  // namespace kosei::server
