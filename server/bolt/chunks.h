// Messages of Bolt in chunks: two bytes of length (big-endian), so many bytes, and so on; a length
// of zero ends the message. A zero with no message before it is a sign of life and means nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kosei::server::bolt {

// Appends a message, which is not empty, as chunks.
void AppendMessage(std::string& out, std::string_view message);

// The sign of life.
inline constexpr std::string_view kNoop{"\0\0", 2};

// Cuts what comes into messages, whatever the cuts of the reads. Not thread-safe.
class ChunkReader {
 public:
  explicit ChunkReader(std::size_t message_max) : message_max_(message_max) {}

  // Where the next bytes go, and how many came. Next() takes them all before the next Prepare().
  std::span<char> Prepare();
  void Commit(std::size_t count);
  // The next whole message, or nullopt when there is none yet. kFrameTooLarge as soon as one grows
  // beyond what is taken; then the reader is of no use any more.
  absl::StatusOr<std::optional<std::string>> Next();

  void set_message_max(std::size_t message_max) { message_max_ = message_max; }
  // A message has begun and is not whole.
  bool mid_message() const { return has_half_ || left_ > 0 || !message_.empty(); }

 private:
  absl::Status Begin(std::size_t chunk);

  std::size_t message_max_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of the unread bytes of the buffer
  std::size_t end_ = 0;
  bool busy_ = false;      // the last read filled the buffer
  bool has_half_ = false;  // the first byte of a length has come
  unsigned half_ = 0;
  std::size_t left_ = 0;  // bytes that the chunk still has
  std::string message_;
};

}  // namespace kosei::server::bolt
