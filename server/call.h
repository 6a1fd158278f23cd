// One request as its handler sees it, and the three forms a handler may have.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/ids.h"
#include "kosei/protocol/operations.h"
#include "kosei/query/budget.h"
#include "services.h"

namespace kosei::server {

using Builder = flatbuffers::FlatBufferBuilder;
using Instant = std::chrono::nanoseconds;  // Clock::Monotonic()
struct ImportSlot;                         // import_slot.h

struct Call {
  const protocol::OperationInfo* operation = nullptr;
  std::uint64_t request_id = 0;
  std::string_view body;  // 8-byte aligned; valid during the handler
  Instant arrived{0};
  std::string_view user;                               // valid during the handler
  std::span<const ClassNumber> classes;                // as Principal; valid during the handler
  std::uint32_t reply_bytes_max = 0;                   // the largest body this peer takes
  std::shared_ptr<const std::atomic<bool>> cancelled;  // null on the I/O thread
  std::shared_ptr<ImportSlot> imports = nullptr;       // of the connection; null on the I/O thread

  bool is_administrator = false;  // the caller's role

  bool is_cancelled() const { return cancelled != nullptr && cancelled->load(); }
};

// An answer in many frames, made as its reader grants credit. Used by one thread at a time.
class Stream {
 public:
  enum class State {
    kMore,     // a frame, and more to come
    kLast,     // the frame that ends the stream
    kNothing,  // nothing now: ask again when something happens (watches only)
  };
  struct Part {
    State state;
    std::string_view body;  // valid until the stream or the builder is used again
  };
  virtual ~Stream() = default;
  // Body bytes its reader takes before it grants more.
  virtual std::uint64_t first_credit() const { return protocol::kStreamWindowBytes; }
  // The next body, built in `builder` (cleared) or kept by the stream. It aims at `bytes_max` and
  // exceeds it only where a single item is larger.
  virtual absl::StatusOr<Part> Next(std::size_t bytes_max, Builder& builder) = 0;
};

enum class Attempt {
  kAnswered,
  kNeedsWorker,  // it would wait for the disk or take long
};

// What one operation is done by. Exactly one of `answer` and `open` is set.
struct Handler {
  protocol::Operation operation{};
  // On the I/O thread, must not block; null: always on a worker. The answer is one whole body.
  absl::StatusOr<Attempt> (*attempt)(const Services&, const Call&, Builder&) = nullptr;
  // On a worker: one body.
  absl::Status (*answer)(const Services&, const Call&, Builder&) = nullptr;
  // On a worker: many bodies.
  absl::StatusOr<std::unique_ptr<Stream>> (*open)(const Services&, const Call&) = nullptr;
};

// The budget of a query: the asked deadline, else the operation's, counted from the arrival of the
// request; kDeadlineExceeded when the queue has eaten it all.
absl::StatusOr<query::Limits> LimitsOf(const Services& services, const Call& call,
                                       std::uint32_t deadline_ms);

}  // namespace kosei::server
