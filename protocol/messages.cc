#include "kosei/protocol/messages.h"

#include <array>

#include "kosei/base/error.h"
#include "kosei/protocol/session_generated.h"

namespace kosei::protocol {
namespace {

constexpr std::size_t kAlignment = 8;
constexpr std::size_t kBodyMin = 12;  // offset of the root, the smallest table, its vtable

bool IsAligned(const void* bytes) {
  return reinterpret_cast<std::uintptr_t>(bytes) % kAlignment == 0;
}

// The code by which a caller acts rightly on an error that is newer than this build.
ErrorCode NearestCode(ErrorCategory category, bool retryable) {
  switch (category) {
    case ErrorCategory::kClient:
      return ErrorCode::kInvalidArgument;
    case ErrorCategory::kAuth:
      return ErrorCode::kUnauthenticated;
    case ErrorCategory::kDenied:
      return ErrorCode::kPermissionDenied;
    case ErrorCategory::kNotFound:
      return ErrorCode::kNotFound;
    case ErrorCategory::kConflict:
      return ErrorCode::kVersionConflict;
    case ErrorCategory::kLimit:
      return retryable ? ErrorCode::kDeadlineExceeded : ErrorCode::kRowBudget;
    case ErrorCategory::kTransient:
      return ErrorCode::kOverloaded;
    case ErrorCategory::kInternal:
      break;
  }
  return ErrorCode::kInternal;
}

}  // namespace

flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> CreateRecordBytes(
    flatbuffers::FlatBufferBuilder& builder, std::string_view bytes) {
  builder.ForceVectorAlignment(bytes.size(), 1, kAlignment);
  return builder.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

absl::StatusOr<std::string_view> RecordBytes(const flatbuffers::Vector<std::uint8_t>* bytes) {
  if (bytes == nullptr || bytes->size() == 0) return std::string_view();
  if (!IsAligned(bytes->data())) {
    return internal::Malformed(
        "record bytes do not begin at a multiple of 8; write them with "
        "force_align 8, as the schema says");
  }
  return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

std::string_view CutAtCharacter(std::string_view text, std::size_t size_max) {
  if (text.size() <= size_max) return text;
  std::size_t size = size_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

std::string EncodeError(const absl::Status& status) {
  const ErrorCode code = CodeOf(status);
  const ErrorInfo& info = InfoOf(code);
  const std::string_view message = CutAtCharacter(MessageOf(status), kErrorMessageMax);
  std::string message_ja(info.title_ja);
  if (!message.empty()) message_ja.append(": ").append(message);
  const std::string field = FieldOf(status);

  flatbuffers::FlatBufferBuilder builder;
  const auto symbol_offset = builder.CreateString(info.symbol);
  const auto message_offset = builder.CreateString(message.empty() ? info.title_en : message);
  const auto message_ja_offset = builder.CreateString(message_ja);
  flatbuffers::Offset<flatbuffers::String> field_offset;
  if (!field.empty()) field_offset = builder.CreateString(CutAtCharacter(field, kErrorMessageMax));
  fb::ErrorBuilder error(builder);
  error.add_code(static_cast<std::uint32_t>(code));
  error.add_symbol(symbol_offset);
  error.add_category(static_cast<std::uint8_t>(info.category));
  error.add_retryable(info.retryable);
  error.add_message(message_offset);
  error.add_message_ja(message_ja_offset);
  error.add_field(field_offset);
  return std::string(FinishBody(builder, error.Finish()));
}

absl::Status DecodeError(std::string_view body) {
  const absl::StatusOr<const fb::Error*> opened = Open<fb::Error>(body);
  if (!opened.ok()) return opened.status();
  const fb::Error& error = **opened;
  const std::string_view message = TextOf(error.message());
  const std::string_view field = TextOf(error.field());
  const auto code = static_cast<ErrorCode>(error.code());
  if (InfoOf(code).code == code) return MakeError(code, message, field);

  std::string told(TextOf(error.symbol()));
  told.append(" (error ").append(std::to_string(error.code())).append("): ").append(message);
  return MakeError(NearestCode(static_cast<ErrorCategory>(error.category()), error.retryable()),
                   told, field);
}

void AppendErrorFrame(std::string& out, const FrameHeader& request, const absl::Status& status,
                      std::uint32_t sequence) {
  AppendFrame(out, ErrorHeader(request, sequence), EncodeError(status));
}

namespace internal {

absl::Status Malformed(std::string_view what) {
  std::string message = "open message: ";
  message.append(what);
  return MakeError(ErrorCode::kMalformedFrame, message);
}

absl::Status CheckBytes(std::string_view body) {
  if (body.size() > kBodyMax) {
    return MakeError(ErrorCode::kFrameTooLarge,
                     "open message: body of " + std::to_string(body.size()) + " bytes, at most " +
                         std::to_string(kBodyMax) + " are taken");
  }
  if (body.size() < kBodyMin) return Malformed("it is too short for any message");
  if (!IsAligned(body.data())) {
    return MakeError(ErrorCode::kInternal,
                     "open message: the body does not begin at a multiple of 8; hand over what "
                     "FrameReader gave, or a copy in a std::string");
  }
  return absl::OkStatus();
}

void PushHeader(flatbuffers::FlatBufferBuilder& builder, const FrameHeader& header,
                Checksum checksum) {
  std::array<char, kFrameHeaderSize> bytes{};
  EncodeHeader(Seal(header, BytesOf(builder), checksum), bytes.data());
  builder.PushFlatBuffer(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace internal

}  // namespace kosei::protocol
