// One request under way: what was asked, and what has come for it. Its answers either wait here
// for a thread that takes them, or go to a callback.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/mutex.h"
#include "kosei/protocol/operations.h"
#include "wake_signal.h"

namespace kosei::client {

class Call {
 public:
  // Runs once, with the body of the one answer (valid during the call) or the error.
  using Done = std::function<void(absl::StatusOr<std::string_view>)>;

  Call(const protocol::OperationInfo& operation, std::string body, Deadline deadline,
       Done done = nullptr)
      : operation_(operation),
        body_(std::move(body)),
        deadline_(deadline),
        done_(std::move(done)) {}

  const protocol::OperationInfo& operation() const { return operation_; }
  std::string_view body() const { return body_; }
  bool has_callback() const { return done_ != nullptr; }
  // When it must have found room and, with a callback, its answer.
  const Deadline& deadline() const { return deadline_; }

  // The connection's side. Nothing is told any more after the last answer or Fail().
  void Deliver(std::string_view body, bool last);
  void Fail(absl::Status status);
  // Runs the callback with what was delivered.
  void Finish();
  // The same without keeping a copy of the body.
  void Finish(absl::StatusOr<std::string_view> result);

  // The asker's side. Ready: Take() has something to say.
  bool Ready() const { return ready_.load(); }
  bool Ended() const { return ended_.load(); }
  // The next answer's body; nullopt after the last one; the error.
  absl::StatusOr<std::optional<std::string>> Take();
  WakeSignal& signal() { return signal_; }

  // Kept here for the connection's machine, and guarded as that is.
  std::uint64_t request_id = 0;
  bool sent_again = false;

 private:
  const protocol::OperationInfo& operation_;
  const std::string body_;
  const Deadline deadline_;
  const Done done_;

  std::atomic<bool> ready_{false};
  std::atomic<bool> ended_{false};
  WakeSignal signal_;

  Mutex mutex_;
  // Answers from taken_ on wait to be taken. (A vector: one that stays empty costs nothing.)
  std::vector<std::string> frames_ ABSL_GUARDED_BY(mutex_);
  std::size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kosei::client
