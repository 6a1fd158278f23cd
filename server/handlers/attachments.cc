// attach, attachment_read, notification_retry.
#include "kosei/process/attachments.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "attachment_uploads.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/outbox.h"
#include "kosei/protocol/attachments_generated.h"

namespace kosei::server {
namespace {

// Of one answer; what is around the bytes fits beside them.
constexpr std::size_t kReadBytesMax = std::size_t{1} << 20;
constexpr std::size_t kReadOverhead = std::size_t{4} << 10;

std::string_view BytesOf(const flatbuffers::Vector<std::uint8_t>* bytes) {
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

// A token that is limited to classes sees neither attachments nor records of others.
bool Sees(const Services& services, const Call& call, ClassNumber class_number) {
  if (call.classes.empty()) return true;
  const auto schema = services.reader.schema();
  return std::any_of(call.classes.begin(), call.classes.end(),
                     [&](ClassNumber above) { return schema->IsA(class_number, above); });
}

}  // namespace

absl::Status AnswerAttach(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::AttachRequest* request,
                         protocol::Open<fb::AttachRequest>(call.body));
  std::uint64_t number = request->upload();
  if (number == 0) {
    process::AttachmentHead head;
    head.key = protocol::TextOf(request->key());
    head.name = protocol::TextOf(request->name());
    head.media_type = protocol::TextOf(request->media_type());
    head.bytes = request->bytes();
    KOSEI_RETURN_IF_ERROR(services.attachments->Check(head));
    KOSEI_ASSIGN_OR_RETURN(number, services.uploads->Begin(call.user, std::move(head)));
  }
  KOSEI_ASSIGN_OR_RETURN(
      const std::uint64_t received,
      services.uploads->Add(call.user, number, request->offset(), BytesOf(request->content())));
  // An empty file is whole before anybody has said its hash.
  const auto whole = request->sha256() == nullptr ? nullptr : services.uploads->TakeWhole(number);
  if (whole == nullptr) {
    protocol::FinishBody(builder, fb::CreateAttachReply(builder, number, received));
    return absl::OkStatus();
  }
  const process::Caller caller{std::string(call.user), call.is_administrator};
  KOSEI_ASSIGN_OR_RETURN(const process::Attached attached,
                         services.attachments->Add(caller, whole->head, whole->content,
                                                   protocol::TextOf(request->sha256())));
  const auto key = Text(builder, attached.key);
  protocol::FinishBody(builder, fb::CreateAttachReply(builder, 0, received, key,
                                                      attached.commit.value, attached.stored));
  return absl::OkStatus();
}

absl::Status AnswerAttachmentRead(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::AttachmentReadRequest* request,
                         protocol::Open<fb::AttachmentReadRequest>(call.body));
  const std::string_view key = protocol::TextOf(request->key());
  const std::string_view name = protocol::TextOf(request->name());
  KOSEI_ASSIGN_OR_RETURN(const process::AttachmentInfo info, services.attachments->Find(key, name));
  if (!Sees(services, call, info.class_number) || !Sees(services, call, info.owner_class))
    return process::NoSuchAttachment(key, name);
  const std::size_t room =
      call.reply_bytes_max > kReadOverhead ? call.reply_bytes_max - kReadOverhead : 1;
  const std::size_t count = std::min({std::size_t{request->bytes()}, kReadBytesMax, room});
  KOSEI_ASSIGN_OR_RETURN(const std::string bytes,
                         services.attachments->Read(info, request->offset(), count));
  const auto attachment = Text(builder, info.key);
  const auto file = Text(builder, info.name);
  const auto type = Text(builder, info.media_type);
  const auto hash = Text(builder, info.sha256);
  const auto content =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  protocol::FinishBody(
      builder, fb::CreateAttachmentReadReply(builder, attachment, file, type, info.bytes, hash,
                                             request->offset(), content));
  return absl::OkStatus();
}

absl::Status AnswerNotificationRetry(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::NotificationRetryRequest* request,
                         protocol::Open<fb::NotificationRetryRequest>(call.body));
  std::vector<std::string> keys;
  if (request->keys() != nullptr) {
    for (const flatbuffers::String* key : *request->keys())
      keys.emplace_back(protocol::TextOf(key));
  }
  const process::Caller caller{std::string(call.user), call.is_administrator};
  KOSEI_ASSIGN_OR_RETURN(const std::size_t count, services.outbox->Retry(caller, keys));
  if (services.wake_post) services.wake_post();
  protocol::FinishBody(
      builder, fb::CreateNotificationRetryReply(builder, static_cast<std::uint32_t>(count)));
  return absl::OkStatus();
}

}  // namespace kosei::server
