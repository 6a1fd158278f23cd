// Operations of processes: decoded on a worker, done by the desk, whose callback answers.
#pragma once

#include "call.h"
#include "open_requests.h"
#include "session_host.h"

namespace kosei::server {

struct Caller;

bool IsProcessWrite(protocol::Operation operation);

// new, do, note. A worker is not held while a commit is on its way to the disk.
void StartProcessWrite(const Services& services, SessionHost& host, OpenRequests& requests,
                       const Caller& caller, const protocol::Frame& frame,
                       const protocol::OperationInfo& operation, Instant now);

}  // namespace kosei::server
