// What a worker does for a Bolt session: a statement to its last record.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "bolt/handshake.h"
#include "bolt/request.h"
#include "bolt/result.h"
#include "call.h"
#include "services.h"

namespace kosei::server::bolt {

struct StatementJob {
  Run run;
  Version version;
  Instant arrived{0};
  // Clock::Monotonic() of the end; nullopt: the server's own limit.
  std::optional<Instant> deadline;
  std::shared_ptr<const std::atomic<bool>> cancelled;
  std::shared_ptr<const Principal> principal;
};

// Reads the View that run.terms.view names.
absl::StatusOr<std::unique_ptr<Result>> CarryOut(const Services& services, const StatementJob& job);

}  // namespace kosei::server::bolt
