// Backups, and whole histories on their way out and in.
#include <chrono>
#include <string>

#include "client_impl.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/transfer_generated.h"

namespace kosei::client {
namespace {

using protocol::Operation;

// A server that flushes a large store before it begins is silent for a while.
constexpr std::chrono::minutes kPatience{10};

BackupReport ToReport(const fb::BackupReply& reply) {
  const fb::BackupInfo& info = *reply.backup();
  BackupReport out;
  out.number = info.number();
  out.created = Timestamp{info.created()};
  out.commit = info.commit();
  out.commit_time = Timestamp{info.commit_time()};
  if (info.hash() != nullptr) out.hash.assign(info.hash()->begin(), info.hash()->end());
  out.files = info.files();
  out.bytes = info.bytes();
  out.files_copied = reply.files_copied();
  out.bytes_copied = reply.bytes_copied();
  out.backups_removed = reply.backups_removed();
  return out;
}

}  // namespace

absl::StatusOr<BackupReport> Client::MakeBackup(
    const std::string& folder, std::uint32_t keep,
    const std::function<void(const BackupProgress&)>& on_progress) {
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString(folder);
  std::string request(protocol::FinishBody(builder, fb::CreateBackupRequest(builder, name, keep)));
  AnswerStream stream(impl_->connection(), Operation::kBackup, std::move(request), kPatience);
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) {
      return MakeError(ErrorCode::kMalformedFrame, "backup: the answer ended without its report");
    }
    KOSEI_ASSIGN_OR_RETURN(const fb::BackupReply* reply, protocol::Open<fb::BackupReply>(*frame));
    if (on_progress != nullptr) on_progress({reply->bytes_done(), reply->bytes_total()});
    if (reply->backup() != nullptr) return ToReport(*reply);
  }
}

}  // namespace kosei::client
