// Preface and frames (docs/protocol.md). Little-endian. No I/O: bytes in, frames out.
//
// Preface, once, 16 bytes each way. Client: magic "KOSE", u16 highest version, u16 lowest version,
// u32 wanted capabilities, u32 largest body it takes. Server: magic, u16 chosen version (0: none,
// it closes), u16 zero, u32 granted capabilities, u32 largest body. Frame: u32 body length | u16
// opcode | u8 flags | u8 codec | u64 request id | u32 body crc32c | u32 sequence, then the body,
// one FlatBuffer, not size-prefixed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/protocol/operations.h"

namespace kosei::protocol {

inline constexpr std::size_t kPrefaceSize = 16;
inline constexpr std::size_t kFrameHeaderSize = 24;
inline constexpr std::uint16_t kVersion = 1;

// Bits of the frame's flags. A frame with any other bit is refused.
inline constexpr std::uint8_t kEndOfStream = 1;  // the last frame of an answer
inline constexpr std::uint8_t kErrorFlag = 2;    // the body is an Error
inline constexpr std::uint8_t kOneWay = 4;       // nothing answers this frame

struct ClientPreface {
  std::uint16_t version_max = kVersion;
  std::uint16_t version_min = kVersion;
  std::uint32_t capabilities = 0;
  std::uint32_t body_max = 0;
};
struct ServerPreface {
  std::uint16_t version = kVersion;  // 0: none in common
  std::uint32_t capabilities = 0;
  std::uint32_t body_max = 0;
};
std::string EncodePreface(const ClientPreface& preface);
std::string EncodePreface(const ServerPreface& preface);
// kMalformedFrame when the magic is wrong, the range is empty or `bytes` is not kPrefaceSize long.
absl::StatusOr<ClientPreface> DecodeClientPreface(std::string_view bytes);
absl::StatusOr<ServerPreface> DecodeServerPreface(std::string_view bytes);
// The version both speak, or 0.
std::uint16_t ChooseVersion(const ClientPreface& preface);

struct FrameHeader {
  std::uint32_t body_size = 0;
  std::uint16_t opcode = 0;
  std::uint8_t flags = 0;
  std::uint8_t codec = 0;  // 0: none; others are not spoken in version 1
  std::uint64_t request_id = 0;
  std::uint32_t body_crc32c = 0;  // 0: not computed
  std::uint32_t sequence = 0;     // frame number inside a stream, from 0
  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};
void EncodeHeader(const FrameHeader& header, char* out);
FrameHeader DecodeHeader(const char* bytes);

// Headers as both sides write them; body_size and body_crc32c are filled in with the body.
FrameHeader RequestHeader(Operation operation, std::uint64_t request_id);
// Cancel, Credit and GoAway; request id 0, since nothing answers.
FrameHeader OneWayHeader(Operation operation);
// The answer to a request: its id and the next opcode. A frame that is not the last has flags 0.
FrameHeader ReplyHeader(const FrameHeader& request, std::uint32_t sequence = 0,
                        std::uint8_t flags = kEndOfStream);
// An error ends its stream, whatever came before. For a request whose opcode is even (nonsense, but
// it must be answered) the opcode stays.
FrameHeader ErrorHeader(const FrameHeader& request, std::uint32_t sequence = 0);
// An error of the connection itself: opcode of GoAway, request id 0. The sender closes after it.
FrameHeader ConnectionErrorHeader();

// Whether the sender computes the checksum. Over TLS it may be left out: TLS already proves every
// byte.
enum class Checksum : std::uint8_t { kCompute, kSkip };

// Fills in body_size and body_crc32c.
FrameHeader Seal(FrameHeader header, std::string_view body, Checksum checksum = Checksum::kCompute);
// Appends header and body to `out`. (messages.h has FinishFrame, which does not copy.)
void AppendFrame(std::string& out, const FrameHeader& header, std::string_view body,
                 Checksum checksum = Checksum::kCompute);

struct Frame {
  FrameHeader header;
  // Into the reader's buffer, 8-byte aligned; valid until the next call of the reader. A handler
  // that outlives that copies it once into a std::string (whose bytes are 8-byte aligned as well).
  std::string_view body;
};

// Cuts a byte stream into frames. Memory is bounded by the largest body, and falls back to
// kReadBufferKept when a large frame is done. Not thread-safe. Use:
//   socket.read(reader.Prepare()) -> n; reader.Commit(n); while (frame = reader.Next()) ...;
// After an error every further Next() gives the same error: the stream has lost its borders.
class FrameReader {
 public:
  explicit FrameReader(std::uint32_t body_max);
  // Holds from the next frame on: a frame whose header was accepted already stays accepted.
  void set_body_max(std::uint32_t body_max) { body_max_ = body_max; }
  // Where the next bytes from the socket go (never empty), and how many came. To be called when
  // Next() has answered nullopt; a frame that is still unread is kept, at the price of a copy.
  std::span<char> Prepare();
  void Commit(std::size_t count);
  // The next whole frame, nullopt when more bytes are needed, or kFrameTooLarge / kMalformedFrame
  // (then close).
  absl::StatusOr<std::optional<Frame>> Next();
  // A frame has begun and is not whole yet.
  bool mid_frame() const { return begin_ != end_; }
  // Bytes of memory held now.
  std::size_t capacity() const { return capacity_; }

 private:
  absl::Status AcceptHeader();
  void Relocate(std::size_t capacity);

  std::unique_ptr<char[]> buffer_;  // aligned for any object, so offset 0 is 8-byte aligned
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // unread bytes are [begin_, end_)
  std::size_t end_ = 0;
  std::size_t read_size_;              // what an empty buffer offers; grows with a busy stream
  std::optional<FrameHeader> header_;  // of the frame at begin_, once it was accepted
  std::uint32_t body_max_;
  absl::Status broken_;
};

}  // namespace kosei::protocol
