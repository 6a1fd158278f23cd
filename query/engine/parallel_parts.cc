#include "engine/parallel_parts.h"

#include <utility>

namespace kosei::query {
namespace {

// Of one part, before its turn.
constexpr std::size_t kChunksMax = 64;

}  // namespace

PartBoard::PartBoard(std::vector<NodeRange> parts, std::size_t ahead_max, std::int64_t bytes_max)
    : ahead_max_(ahead_max), bytes_max_(bytes_max) {
  parts_.reserve(parts.size());
  for (const NodeRange& range : parts) parts_.push_back({range});
}

bool PartBoard::MayClaim() const {
  return !stopped_ && claimed_ < parts_.size() && claimed_ <= turn_ + ahead_max_;
}

std::optional<std::size_t> PartBoard::ClaimAsHelper() {
  const MutexLock lock(mutex_);
  while (!stopped_ && claimed_ < parts_.size() && !MayClaim()) changed_.Wait(mutex_);
  if (!MayClaim()) return std::nullopt;
  return claimed_++;
}

std::optional<std::size_t> PartBoard::ClaimAsOwner() {
  const MutexLock lock(mutex_);
  if (!MayClaim()) return std::nullopt;
  return claimed_++;
}

bool PartBoard::MayGive(std::size_t part) const {
  return parts_[part].made.chunks.size() < kChunksMax && (bytes_ < bytes_max_ || part == turn_);
}

void PartBoard::Add(std::size_t part, RowChunk chunk) {
  bytes_ += chunk.bytes;
  parts_[part].made.chunks.push_back(std::move(chunk));
}

bool PartBoard::Give(std::size_t part, RowChunk chunk) {
  {
    const MutexLock lock(mutex_);
    while (!stopped_ && !MayGive(part)) changed_.Wait(mutex_);
    if (stopped_) return false;
    Add(part, std::move(chunk));
  }
  changed_.NotifyAll();
  return true;
}

void PartBoard::Finish(std::size_t part, Made made) {
  {
    const MutexLock lock(mutex_);
    Part& finished = parts_[part];
    for (RowChunk& chunk : made.chunks) Add(part, std::move(chunk));
    finished.made.pipe = std::move(made.pipe);
    finished.made.error = std::move(made.error);
    finished.finished = true;
  }
  changed_.NotifyAll();
}

PartBoard::Found PartBoard::Take(bool wait) {
  Found found{Found::Kind::kOver};
  {
    const MutexLock lock(mutex_);
    while (turn_ < parts_.size()) {
      Part& part = parts_[turn_];
      found.part = turn_;
      if (turn_ == claimed_) {
        ++claimed_;
        found.kind = Found::Kind::kUnclaimed;
        return found;
      }
      if (!part.made.chunks.empty()) {
        found.kind = Found::Kind::kChunk;
        found.chunk = std::move(part.made.chunks.front());
        part.made.chunks.pop_front();
        bytes_ -= found.chunk.bytes;
        break;
      }
      if (part.finished) {
        found.kind = Found::Kind::kFinished;
        found.made = std::move(part.made);
        ++turn_;
        break;
      }
      found.kind = Found::Kind::kNothing;
      if (!wait) return found;
      changed_.Wait(mutex_);
    }
  }
  changed_.NotifyAll();
  return found;
}

std::size_t PartBoard::turn() const {
  const MutexLock lock(mutex_);
  return turn_;
}

bool PartBoard::full() const {
  const MutexLock lock(mutex_);
  return bytes_ >= bytes_max_;
}

void PartBoard::PassTurn() {
  {
    const MutexLock lock(mutex_);
    ++turn_;
  }
  changed_.NotifyAll();
}

void PartBoard::Stop() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
  }
  changed_.NotifyAll();
}

bool PartBoard::Enter() {
  const MutexLock lock(mutex_);
  if (stopped_ || claimed_ >= parts_.size()) return false;
  ++helpers_;
  return true;
}

void PartBoard::Leave() {
  {
    const MutexLock lock(mutex_);
    --helpers_;
  }
  changed_.NotifyAll();
}

void PartBoard::StopAndAwaitHelpers() {
  Stop();
  const MutexLock lock(mutex_);
  while (helpers_ > 0) changed_.Wait(mutex_);
}

}  // namespace kosei::query
