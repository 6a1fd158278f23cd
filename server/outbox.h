// What waits to be sent on one connection: frames in, bytes out. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/messages.h"

namespace kosei::server {

class Outbox {
 public:
  explicit Outbox(protocol::Checksum checksum) : checksum_(checksum) {}

  void Frame(const protocol::FrameHeader& header, std::string_view body) {
    protocol::AppendFrame(waiting_, header, body, checksum_);
  }
  void Error(const protocol::FrameHeader& request, const absl::Status& status,
             std::uint32_t sequence = 0) {
    protocol::AppendErrorFrame(waiting_, request, status, sequence);
  }
  void Bytes(std::string_view bytes) { waiting_.append(bytes); }

  // Bytes that the peer's kernel has not taken yet.
  std::size_t unsent() const { return waiting_.size() + taken_; }
  bool has_waiting() const { return !waiting_.empty(); }
  protocol::Checksum checksum() const { return checksum_; }

  // The shell takes what waits into `bytes` (empty, its memory is used again), and says what of it
  // has gone.
  void Take(std::string& bytes) {
    bytes.swap(waiting_);
    taken_ += bytes.size();
  }
  void Sent(std::size_t count) { taken_ -= count; }

 private:
  const protocol::Checksum checksum_;
  std::string waiting_;
  std::size_t taken_ = 0;
};

}  // namespace kosei::server
