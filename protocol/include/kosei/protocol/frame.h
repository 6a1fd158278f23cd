// Preface and frames (docs/protocol.md). Little-endian. No I/O: bytes in, frames out.
//
// Preface, once, 16 bytes each way. Client: magic "KOSE", u16 highest version, u16 lowest version,
// u32 wanted capabilities, u32 largest body it takes. Server: magic, u16 chosen version (0: none,
// it closes), u16 zero, u32 granted capabilities, u32 largest body. Frame: u32 body length | u16
// opcode | u8 flags | u8 codec | u64 request id | u32 body crc32c | u32 sequence, then the body,
// one FlatBuffer, not size-prefixed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kosei::protocol {

inline constexpr std::size_t kPrefaceSize = 16;
inline constexpr std::size_t kFrameHeaderSize = 24;
inline constexpr std::uint16_t kVersion = 1;

// Bits of the frame's flags.
inline constexpr std::uint8_t kEndOfStream = 1;
inline constexpr std::uint8_t kErrorFlag = 2;
inline constexpr std::uint8_t kOneWay = 4;

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
// kMalformedFrame when the magic is wrong or the range is empty. `bytes` holds kPrefaceSize bytes.
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
};
void EncodeHeader(const FrameHeader& header, char* out);
FrameHeader DecodeHeader(const char* bytes);

// Appends header and body to `out`, with the crc.
void AppendFrame(std::string& out, FrameHeader header, std::string_view body);

struct Frame {
  FrameHeader header;
  std::string_view
      body;  // into the reader's buffer, 8-byte aligned; valid until the next call of the reader
};

// Cuts a byte stream into frames. Memory is bounded by the largest body. Not thread-safe.
class FrameReader {
 public:
  explicit FrameReader(std::uint32_t body_max);
  void set_body_max(std::uint32_t body_max);
  // Where the next bytes from the socket go, and how many came.
  std::span<char> Prepare();
  void Commit(std::size_t count);
  // The next whole frame, nullopt when more bytes are needed, or kFrameTooLarge / kMalformedFrame
  // (then close).
  absl::StatusOr<std::optional<Frame>> Next();
  // A frame has begun and is not whole yet.
  bool mid_frame() const;

 private:
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint32_t body_max_;
};

}  // namespace kosei::protocol
