// Attachments piece by piece, and notifications that are sent again.
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/attachments_generated.h"
#include "kosei/protocol/messages.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using protocol::Operation;

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

// The first of an upload: without bytes, so that what is too large is refused before any is read.
std::string FirstPiece(const AttachmentFile& file, const std::string& sha256) {
  Builder builder;
  const auto key = builder.CreateString(file.key);
  const auto name = builder.CreateString(file.name);
  const auto type = builder.CreateString(file.media_type);
  const auto hash =
      sha256.empty() ? flatbuffers::Offset<flatbuffers::String>() : builder.CreateString(sha256);
  return std::string(protocol::FinishBody(
      builder, fb::CreateAttachRequest(builder, key, name, type, file.bytes, 0, 0, 0, hash)));
}

std::string NextPiece(std::uint64_t upload, std::uint64_t offset, std::string_view bytes,
                      const std::string& sha256) {
  Builder builder;
  const auto content =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  const auto hash =
      sha256.empty() ? flatbuffers::Offset<flatbuffers::String>() : builder.CreateString(sha256);
  return std::string(protocol::FinishBody(
      builder, fb::CreateAttachRequest(builder, 0, 0, 0, 0, upload, offset, content, hash)));
}

absl::Status Changed(const AttachmentFile& file, std::uint64_t found) {
  return MakeError(
      ErrorCode::kInvalidArgument,
      absl::StrFormat("attach %s: it had %d bytes, and now has %s; somebody writes to "
                      "it: attach a copy",
                      file.name, file.bytes, found > file.bytes ? "more" : std::to_string(found)));
}

}  // namespace

absl::StatusOr<Attached> Client::Attach(const AttachmentFile& file,
                                        const AttachmentSource& source) {
  const bool empty = file.bytes == 0;
  std::string answer;
  KOSEI_ASSIGN_OR_RETURN(
      answer, impl_->Ask(Operation::kAttach,
                         FirstPiece(file, empty ? ToHex(Sha256::Of("")) : std::string())));
  KOSEI_ASSIGN_OR_RETURN(const fb::AttachReply* first, protocol::Open<fb::AttachReply>(answer));
  const std::uint64_t upload = first->upload();
  Sha256 hash;
  std::uint64_t sent = 0;
  while (sent < file.bytes) {
    KOSEI_ASSIGN_OR_RETURN(const std::string piece, source(kPieceBytes));
    if (piece.empty() || piece.size() > file.bytes - sent)
      return Changed(file, sent + piece.size());
    hash.Update(piece);
    const bool last = sent + piece.size() == file.bytes;
    KOSEI_ASSIGN_OR_RETURN(
        answer,
        impl_->Ask(Operation::kAttach,
                   NextPiece(upload, sent, piece, last ? ToHex(hash.Finish()) : std::string())));
    sent += piece.size();
  }
  KOSEI_ASSIGN_OR_RETURN(const fb::AttachReply* reply, protocol::Open<fb::AttachReply>(answer));
  return Attached{Text(reply->attachment()), reply->commit(), reply->stored()};
}

absl::StatusOr<AttachmentInfo> Client::ReadAttachment(const std::string& key,
                                                      const std::string& name,
                                                      const AttachmentSink& sink) {
  AttachmentInfo info;
  Sha256 hash;
  std::uint64_t offset = 0;
  do {
    Builder builder;
    // Once it is known, by its own key: another one may come under the same name meanwhile.
    const auto of = builder.CreateString(info.key.empty() ? key : info.key);
    const auto called = builder.CreateString(info.key.empty() ? name : std::string());
    KOSEI_ASSIGN_OR_RETURN(const std::string body,
                           impl_->Ask(Operation::kAttachmentRead,
                                      std::string(protocol::FinishBody(
                                          builder, fb::CreateAttachmentReadRequest(
                                                       builder, of, called, offset,
                                                       static_cast<std::uint32_t>(kPieceBytes))))));
    KOSEI_ASSIGN_OR_RETURN(const fb::AttachmentReadReply* reply,
                           protocol::Open<fb::AttachmentReadReply>(body));
    if (info.key.empty()) {
      info = {Text(reply->attachment()), Text(reply->name()), Text(reply->media_type()),
              Text(reply->sha256()), reply->bytes()};
    }
    const std::string_view bytes =
        reply->content() == nullptr
            ? std::string_view()
            : std::string_view(reinterpret_cast<const char*>(reply->content()->data()),
                               reply->content()->size());
    if (bytes.empty() && offset < info.bytes) {
      return MakeError(
          ErrorCode::kStorageCorrupt,
          absl::StrFormat("attachment %s: it ends at byte %d of %d", info.key, offset, info.bytes));
    }
    hash.Update(bytes);
    offset += bytes.size();
    KOSEI_RETURN_IF_ERROR(sink(bytes));
  } while (offset < info.bytes);
  if (const std::string found = ToHex(hash.Finish()); found != info.sha256) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     absl::StrFormat("attachment %s: what was read has SHA-256 %s, expected %s; do "
                                     "not use it, and run `koseid verify`",
                                     info.key, found, info.sha256));
  }
  return info;
}

absl::StatusOr<std::uint32_t> Client::RetryNotifications(const std::vector<std::string>& keys) {
  Builder builder;
  const auto vector = builder.CreateVectorOfStrings(keys);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kNotificationRetry,
                 std::string(protocol::FinishBody(
                     builder, fb::CreateNotificationRetryRequest(builder, vector)))));
  KOSEI_ASSIGN_OR_RETURN(const fb::NotificationRetryReply* reply,
                         protocol::Open<fb::NotificationRetryReply>(body));
  return reply->count();
}

}  // namespace kosei::client
