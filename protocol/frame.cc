#include "kosei/protocol/frame.h"

#include <algorithm>

#include "crc32c.h"
#include "kosei/base/error.h"
#include "little_endian.h"

namespace kosei::protocol {
namespace {

constexpr std::string_view kMagic = "KOSE";

absl::Status CheckMagic(std::string_view bytes) {
  if (bytes.size() != kPrefaceSize) {
    return MakeError(ErrorCode::kMalformedFrame, "read preface: " + std::to_string(bytes.size()) +
                                                     " bytes, expected " +
                                                     std::to_string(kPrefaceSize));
  }
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    return MakeError(ErrorCode::kMalformedFrame,
                     "read preface: it does not begin with KOSE; the peer does not speak the kosei "
                     "protocol (or speaks TLS where plain text was expected, or the reverse)");
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodePreface(const ClientPreface& preface) {
  std::string out(kPrefaceSize, '\0');
  kMagic.copy(out.data(), kMagic.size());
  PutLittle(&out[4], preface.version_max);
  PutLittle(&out[6], preface.version_min);
  PutLittle(&out[8], preface.capabilities);
  PutLittle(&out[12], preface.body_max);
  return out;
}

std::string EncodePreface(const ServerPreface& preface) {
  std::string out(kPrefaceSize, '\0');
  kMagic.copy(out.data(), kMagic.size());
  PutLittle(&out[4], preface.version);
  PutLittle(&out[8], preface.capabilities);
  PutLittle(&out[12], preface.body_max);
  return out;
}

absl::StatusOr<ClientPreface> DecodeClientPreface(std::string_view bytes) {
  if (absl::Status magic = CheckMagic(bytes); !magic.ok()) return magic;
  ClientPreface preface;
  preface.version_max = GetLittle<std::uint16_t>(&bytes[4]);
  preface.version_min = GetLittle<std::uint16_t>(&bytes[6]);
  preface.capabilities = GetLittle<std::uint32_t>(&bytes[8]);
  preface.body_max = GetLittle<std::uint32_t>(&bytes[12]);
  if (preface.version_min == 0 || preface.version_min > preface.version_max) {
    return MakeError(ErrorCode::kMalformedFrame,
                     "read preface: versions " + std::to_string(preface.version_min) + " to " +
                         std::to_string(preface.version_max) +
                         ", expected a range that begins at 1 or above");
  }
  return preface;
}

absl::StatusOr<ServerPreface> DecodeServerPreface(std::string_view bytes) {
  if (absl::Status magic = CheckMagic(bytes); !magic.ok()) return magic;
  ServerPreface preface;
  preface.version = GetLittle<std::uint16_t>(&bytes[4]);
  preface.capabilities = GetLittle<std::uint32_t>(&bytes[8]);
  preface.body_max = GetLittle<std::uint32_t>(&bytes[12]);
  return preface;
}

std::uint16_t ChooseVersion(const ClientPreface& preface) {
  const bool common = preface.version_min <= kVersion && kVersion <= preface.version_max;
  return common ? kVersion : std::uint16_t{0};
}

void EncodeHeader(const FrameHeader& header, char* out) {
  PutLittle(out, header.body_size);
  PutLittle(out + 4, header.opcode);
  PutLittle(out + 6, header.flags);
  PutLittle(out + 7, header.codec);
  PutLittle(out + 8, header.request_id);
  PutLittle(out + 16, header.body_crc32c);
  PutLittle(out + 20, header.sequence);
}

FrameHeader DecodeHeader(const char* bytes) {
  FrameHeader header;
  header.body_size = GetLittle<std::uint32_t>(bytes);
  header.opcode = GetLittle<std::uint16_t>(bytes + 4);
  header.flags = GetLittle<std::uint8_t>(bytes + 6);
  header.codec = GetLittle<std::uint8_t>(bytes + 7);
  header.request_id = GetLittle<std::uint64_t>(bytes + 8);
  header.body_crc32c = GetLittle<std::uint32_t>(bytes + 16);
  header.sequence = GetLittle<std::uint32_t>(bytes + 20);
  return header;
}

FrameHeader RequestHeader(Operation operation, std::uint64_t request_id) {
  FrameHeader header;
  header.opcode = OpcodeOf(operation);
  header.request_id = request_id;
  return header;
}

FrameHeader OneWayHeader(Operation operation) {
  FrameHeader header;
  header.opcode = OpcodeOf(operation);
  header.flags = kOneWay;
  return header;
}

FrameHeader ReplyHeader(const FrameHeader& request, std::uint32_t sequence, std::uint8_t flags) {
  FrameHeader header;
  header.opcode =
      IsRequest(request.opcode) ? static_cast<std::uint16_t>(request.opcode + 1) : request.opcode;
  header.flags = flags;
  header.request_id = request.request_id;
  header.sequence = sequence;
  return header;
}

FrameHeader ErrorHeader(const FrameHeader& request, std::uint32_t sequence) {
  return ReplyHeader(request, sequence, kErrorFlag | kEndOfStream);
}

FrameHeader ConnectionErrorHeader() {
  FrameHeader header;
  header.opcode = OpcodeOf(Operation::kGoAway);
  header.flags = kErrorFlag | kEndOfStream;
  return header;
}

FrameHeader Seal(FrameHeader header, std::string_view body, Checksum checksum) {
  header.body_size = static_cast<std::uint32_t>(body.size());
  header.body_crc32c = checksum == Checksum::kCompute ? Crc32c(body) : 0;
  return header;
}

void AppendFrame(std::string& out, const FrameHeader& header, std::string_view body,
                 Checksum checksum) {
  char bytes[kFrameHeaderSize];
  EncodeHeader(Seal(header, body, checksum), bytes);
  out.append(bytes, kFrameHeaderSize);
  out.append(body);
}

}  // namespace kosei::protocol
