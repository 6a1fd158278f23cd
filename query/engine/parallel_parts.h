// PartBoard: the parts of a scan that several threads work on, who has which, and what was made of
// them. What comes out of it is in the order of the parts, whoever made them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "engine/operator.h"
#include "kosei/base/mutex.h"

namespace kosei::query {

// Rows that were made ahead of their turn, one behind the other.
struct RowChunk {
  std::vector<language::Datum> values;
  std::int64_t bytes = 0;  // charged
};

// Thread-safe. One thread, the owner's, takes what was made; it works on parts as well.
class PartBoard {
 public:
  // So many parts may be begun ahead of the one whose turn it is, and so many bytes of rows wait.
  PartBoard(std::vector<NodeRange> parts, std::size_t ahead_max, std::int64_t bytes_max);

  std::size_t size() const { return parts_.size(); }
  const NodeRange& range(std::size_t part) const { return parts_[part].range; }

  // The next part that nobody has begun, once it may be; nullopt: there is none, or all is over.
  // Helpers wait; for the owner there is none when it is too far ahead.
  std::optional<std::size_t> ClaimAsHelper();
  std::optional<std::size_t> ClaimAsOwner();

  // Rows of a helper's part, in its order. Waits while many have not been taken; false: they are
  // not wanted any more.
  bool Give(std::size_t part, RowChunk chunk);
  // What a part came to: its rows, or the last of them; or what holds them (Pipe::OpenPart).
  struct Made {
    std::deque<RowChunk> chunks = {};
    std::unique_ptr<Pipe> pipe = nullptr;
    absl::Status error = absl::OkStatus();  // it failed behind these rows
  };
  void Finish(std::size_t part, Made made);

  // What the owner finds at the part whose turn it is. Nothing is there while somebody works on it
  // (kNothing), unless `wait`, when this waits for something.
  struct Found {
    enum class Kind : std::uint8_t { kOver, kUnclaimed, kNothing, kChunk, kFinished } kind;
    std::size_t part = 0;  // of kUnclaimed, which is the owner's from now on, and kFinished
    RowChunk chunk = {};
    Made made = {};  // of kFinished; its chunks were taken before
  };
  Found Take(bool wait);
  std::size_t turn() const;
  // As many rows wait as may.
  bool full() const;
  // The part whose turn it is was made and taken by the owner.
  void PassTurn();

  // Nobody begins anything, and who waits goes.
  void Stop();

  // Helpers say when they come and go; the owner leaves when all have gone. False: too late, and
  // what the owner has must not be touched.
  bool Enter();
  void Leave();
  void StopAndAwaitHelpers();

 private:
  struct Part {
    NodeRange range;
    Made made = {};
    bool finished = false;
  };
  bool MayClaim() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayGive(std::size_t part) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Add(std::size_t part, RowChunk chunk) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::size_t ahead_max_;
  const std::int64_t bytes_max_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<Part> parts_;  // `range` never changes; the rest is guarded by the mutex
  std::size_t claimed_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t turn_ ABSL_GUARDED_BY(mutex_) = 0;
  std::int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // of rows that wait
  std::size_t helpers_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace kosei::query
