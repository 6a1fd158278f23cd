// get: records by key, in the order asked.
#include <optional>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {
namespace {

using VersionOffset = flatbuffers::Offset<fb::RecordVersion>;

absl::StatusOr<const fb::GetRequest*> OpenGet(const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::GetRequest* request, protocol::Open<fb::GetRequest>(call.body));
  if (request->keys() != nullptr && request->keys()->size() > protocol::kGetKeysMax) {
    return MakeError(ErrorCode::kRowBudget,
                     absl::StrFormat("get: %d keys, at most %d are answered at once; send several "
                                     "requests",
                                     request->keys()->size(), protocol::kGetKeysMax),
                     "keys");
  }
  return request;
}

void Finish(const Services& services, Builder& builder, const storage::View& view,
            const std::vector<VersionOffset>& found) {
  const auto records = builder.CreateVector(found);
  const fb::ViewInfo info = EncodeView(view);
  protocol::FinishBody(builder, fb::CreateGetReply(builder, &info, records,
                                                   services.reader.ModelVersionAt(view.commit)));
}

// Appends the version, or the empty one when the record does not hold in the View.
absl::Status Append(const Call& call, const absl::StatusOr<storage::RecordVersion>& version,
                    Builder& builder, std::vector<VersionOffset>& found) {
  if (version.ok()) {
    found.push_back(EncodeVersion(builder, *version));
  } else if (HasCode(version.status(), ErrorCode::kNotFound)) {
    found.push_back(fb::CreateRecordVersion(builder));
  } else {
    return version.status();
  }
  if (builder.GetSize() > call.reply_bytes_max) return TooLarge(call, "ask for fewer keys");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Attempt> AttemptGet(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::GetRequest* request, OpenGet(call));
  const auto* keys = request->keys();
  if (keys != nullptr && keys->size() > kInlineGetKeys) return Attempt::kNeedsWorker;
  KOSEI_ASSIGN_OR_RETURN(const std::optional<storage::View> view,
                         ResolveViewInMemory(services.reader, request->view()));
  if (!view.has_value()) return Attempt::kNeedsWorker;
  thread_local std::vector<VersionOffset> found;
  found.clear();
  for (flatbuffers::uoffset_t i = 0; keys != nullptr && i < keys->size(); ++i) {
    const std::optional<RecordId> id = services.reader.IdOf(protocol::TextOf(keys->Get(i)));
    if (!id.has_value()) {
      found.push_back(fb::CreateRecordVersion(builder));
      continue;
    }
    const auto version = services.reader.GetIfCached(*id, *view);
    if (!version.has_value()) return Attempt::kNeedsWorker;
    KOSEI_RETURN_IF_ERROR(Append(call, *version, builder, found));
  }
  Finish(services, builder, *view, found);
  return Attempt::kAnswered;
}

absl::Status AnswerGet(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::GetRequest* request, OpenGet(call));
  const auto* keys = request->keys();
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  std::vector<VersionOffset> found;
  for (flatbuffers::uoffset_t i = 0; keys != nullptr && i < keys->size(); ++i) {
    const std::optional<RecordId> id = services.reader.IdOf(protocol::TextOf(keys->Get(i)));
    if (id.has_value()) {
      KOSEI_RETURN_IF_ERROR(Append(call, services.reader.Get(*id, view), builder, found));
    } else {
      found.push_back(fb::CreateRecordVersion(builder));
    }
  }
  Finish(services, builder, view, found);
  return absl::OkStatus();
}

}  // namespace kosei::server
