// erase: values out of every version of a record.
#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/admin_generated.h"

namespace kosei::server {
namespace {

absl::StatusOr<AttributeNumber> NumberOf(const model::Schema& schema, const model::Class* owner,
                                         std::string_view name) {
  if (owner == nullptr) {
    return MakeError(ErrorCode::kUnknownClass,
                     absl::StrFormat("erase: the record's class left the model, so '%s' has no "
                                     "meaning; erase all its values",
                                     name),
                     "attribute");
  }
  KOSEI_ASSIGN_OR_RETURN(const model::Attribute* const attribute,
                         schema.GetAttribute(*owner, name));
  return attribute->number;
}

}  // namespace

absl::Status AnswerErase(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::EraseRequest* request,
                         protocol::Open<fb::EraseRequest>(call.body));
  storage::Erasure erasure;
  erasure.key = protocol::TextOf(request->key());
  erasure.provenance.actor = call.user;
  erasure.provenance.reason = protocol::TextOf(request->reason());
  erasure.provenance.cause = protocol::TextOf(request->cause());
  if (erasure.provenance.reason.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "erase " + erasure.key + ": say why; the reason is all that will be left",
                     "reason");
  }
  for (const std::string_view text :
       {protocol::TextOf(request->reason()), protocol::TextOf(request->cause())}) {
    if (text.size() <= kReasonBytesMax && IsValidUtf8(text)) continue;
    return MakeError(ErrorCode::kInvalidText,
                     absl::StrFormat("erase %s: reason and cause must be UTF-8 of at most %d bytes",
                                     erasure.key, kReasonBytesMax),
                     "reason");
  }
  KOSEI_ASSIGN_OR_RETURN(const RecordId id, IdOfKey(services.reader, "erase", erasure.key));
  const std::shared_ptr<const model::Schema> schema = services.reader.schema();
  const model::Class* const owner = schema->FindClass(services.reader.ClassOf(id));
  if (request->attributes() != nullptr) {
    for (const flatbuffers::String* name : *request->attributes()) {
      KOSEI_ASSIGN_OR_RETURN(const AttributeNumber number,
                             NumberOf(*schema, owner, protocol::TextOf(name)));
      erasure.attributes.push_back(number);
    }
  }
  std::sort(erasure.attributes.begin(), erasure.attributes.end());
  KOSEI_ASSIGN_OR_RETURN(const storage::ErasureResult result, services.writer.Erase(erasure));
  services.log.Write(LogLevel::kInfo, "erased",
                     {{"key", erasure.key},
                      {"versions", std::to_string(result.versions)},
                      {"plan_steps", std::to_string(result.plan_steps)},
                      {"commit", std::to_string(result.commit.value)},
                      {"by", std::string(call.user)}});
  protocol::FinishBody(builder,
                       fb::CreateEraseReply(builder, result.commit.value, result.time.micros,
                                            result.versions, result.plan_steps));
  return absl::OkStatus();
}

}  // namespace kosei::server
