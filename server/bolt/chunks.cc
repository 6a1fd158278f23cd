#include "bolt/chunks.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/limits.h"

namespace kosei::server::bolt {
namespace {

constexpr std::size_t kChunkMax = 0xFFFF;

}  // namespace

void AppendMessage(std::string& out, std::string_view message) {
  while (!message.empty()) {
    const std::size_t size = std::min(message.size(), kChunkMax);
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size & 0xFF);
    out.append(message.substr(0, size));
    message.remove_prefix(size);
  }
  out.append(kNoop);
}

std::span<char> ChunkReader::Prepare() {
  const std::size_t size = busy_ ? protocol::kReadSizeBusy : protocol::kReadSizeFirst;
  if (buffer_.size() != size) std::string(size, '\0').swap(buffer_);
  begin_ = end_ = 0;
  return buffer_;
}

void ChunkReader::Commit(std::size_t count) {
  end_ = count;
  busy_ = count == buffer_.size();
}

absl::Status ChunkReader::Begin(std::size_t chunk) {
  left_ = chunk;
  if (message_.size() + chunk <= message_max_) return absl::OkStatus();
  return MakeError(ErrorCode::kFrameTooLarge,
                   absl::StrFormat("read message: it is larger than the %d bytes that are taken "
                                   "here; send fewer parameters at once",
                                   message_max_));
}

absl::StatusOr<std::optional<std::string>> ChunkReader::Next() {
  while (begin_ < end_) {
    if (left_ > 0) {
      const std::size_t taken = std::min(left_, end_ - begin_);
      message_.append(buffer_, begin_, taken);
      begin_ += taken;
      left_ -= taken;
      continue;
    }
    const unsigned byte = static_cast<unsigned char>(buffer_[begin_++]);
    if (!std::exchange(has_half_, !has_half_)) {
      half_ = byte;
      continue;
    }
    const std::size_t chunk = half_ << 8 | byte;
    KOSEI_RETURN_IF_ERROR(Begin(chunk));
    if (chunk == 0 && !message_.empty()) return std::exchange(message_, {});
  }
  return std::optional<std::string>();
}

}  // namespace kosei::server::bolt
