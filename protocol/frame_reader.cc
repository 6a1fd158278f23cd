// FrameReader. The buffer holds unread bytes in [begin_, end_). Frames are handed out where they
// lie; a frame that does not begin at a multiple of 8 (the one before it had an odd length) is
// moved down by at most 7 bytes, over bytes that are already consumed, so that its body (24 bytes
// further on) is aligned. A frame larger than the buffer gets a buffer of exactly its size, so its
// body is copied only as far as it had arrived.
#include <algorithm>
#include <cstring>

#include "crc32c.h"
#include "kosei/base/error.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/limits.h"

namespace kosei::protocol {
namespace {

constexpr std::size_t kAlignment = 8;
constexpr std::uint8_t kKnownFlags = kEndOfStream | kErrorFlag | kOneWay;

std::string Describe(const FrameHeader& header) {
  return "read frame: opcode " + std::to_string(header.opcode) + " request " +
         std::to_string(header.request_id) + ": ";
}

absl::Status CheckHeader(const FrameHeader& header, std::uint32_t body_max) {
  if (header.body_size > body_max) {
    return MakeError(ErrorCode::kFrameTooLarge, Describe(header) + "body of " +
                                                    std::to_string(header.body_size) +
                                                    " bytes, at most " + std::to_string(body_max) +
                                                    " are taken; send less in one frame");
  }
  if (header.codec != 0) {
    return MakeError(ErrorCode::kMalformedFrame, Describe(header) + "codec " +
                                                     std::to_string(header.codec) +
                                                     ", expected 0 (version 1 does not compress)");
  }
  if ((header.flags & ~kKnownFlags) != 0) {
    return MakeError(ErrorCode::kMalformedFrame, Describe(header) + "unknown flags " +
                                                     std::to_string(header.flags) +
                                                     ", expected a sum of 1, 2 and 4");
  }
  if (header.opcode == 0) {
    return MakeError(ErrorCode::kMalformedFrame, Describe(header) + "there is no operation 0");
  }
  if ((header.flags & kErrorFlag) != 0 && IsRequest(header.opcode)) {
    return MakeError(ErrorCode::kMalformedFrame,
                     Describe(header) + "a request with the error flag; only answers are errors");
  }
  return absl::OkStatus();
}

}  // namespace

FrameReader::FrameReader(std::uint32_t body_max)
    : read_size_(kReadSizeFirst), body_max_(body_max) {}

// Gives the unread bytes a buffer of `capacity`, at its start.
void FrameReader::Relocate(std::size_t capacity) {
  const std::size_t unread = end_ - begin_;
  if (capacity == capacity_) {
    if (unread > 0) std::memmove(buffer_.get(), buffer_.get() + begin_, unread);
  } else {
    auto fresh = std::make_unique_for_overwrite<char[]>(capacity);
    if (unread > 0) std::memcpy(fresh.get(), buffer_.get() + begin_, unread);
    buffer_ = std::move(fresh);
    capacity_ = capacity;
  }
  begin_ = 0;
  end_ = unread;
}

std::span<char> FrameReader::Prepare() {
  const std::size_t unread = end_ - begin_;
  // What the frame at begin_ takes as a whole, as far as its header is known.
  const std::size_t frame =
      header_.has_value() ? kFrameHeaderSize + header_->body_size : kFrameHeaderSize;
  std::size_t wanted = std::max(read_size_, frame);
  // The caller reads on before it took the frames that are whole: they are kept.
  if (unread >= wanted) wanted = 2 * unread;
  if (unread == 0) begin_ = end_ = 0;
  if (wanted > capacity_ || (unread == 0 && capacity_ > std::max(wanted, kReadBufferKept))) {
    Relocate(wanted);
  } else if (begin_ + frame > capacity_ || capacity_ - end_ < read_size_ / 4) {
    // Too little room behind. With the frame at the start there is enough, and it is aligned.
    if (begin_ > 0) Relocate(capacity_);
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

void FrameReader::Commit(std::size_t count) {
  end_ += count;
  if (end_ == capacity_) read_size_ = kReadSizeBusy;
}

absl::Status FrameReader::AcceptHeader() {
  const FrameHeader header = DecodeHeader(buffer_.get() + begin_);
  if (absl::Status sane = CheckHeader(header, body_max_); !sane.ok()) return sane;
  header_ = header;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Frame>> FrameReader::Next() {
  if (!broken_.ok()) return broken_;
  if (!header_.has_value()) {
    if (end_ - begin_ < kFrameHeaderSize) return std::optional<Frame>();
    broken_ = AcceptHeader();
    if (!broken_.ok()) return broken_;
  }
  const std::size_t size = kFrameHeaderSize + header_->body_size;
  if (end_ - begin_ < size) return std::optional<Frame>();

  char* start = buffer_.get() + begin_;
  if (const std::size_t odd = begin_ % kAlignment; odd != 0) {
    std::memmove(start - odd, start, size);
    start -= odd;
  }
  const Frame frame{*header_, std::string_view(start + kFrameHeaderSize, header_->body_size)};
  if (frame.header.body_crc32c != 0 && Crc32c(frame.body) != frame.header.body_crc32c) {
    broken_ = MakeError(ErrorCode::kMalformedFrame,
                        Describe(frame.header) + "the body does not match its checksum");
    return broken_;
  }
  begin_ += size;
  header_.reset();
  return std::optional<Frame>(frame);
}

}  // namespace kosei::protocol
