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

absl::Status Client::ExportHistory(
    const std::function<absl::Status(std::string_view, const HistoryProgress&)>& write) {
  flatbuffers::FlatBufferBuilder builder;
  std::string request(protocol::FinishBody(builder, fb::CreateExportHistoryRequest(builder)));
  AnswerStream stream(impl_->connection(), Operation::kExportHistory, std::move(request),
                      kPatience);
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) return absl::OkStatus();
    KOSEI_ASSIGN_OR_RETURN(const fb::ExportHistoryReply* reply,
                           protocol::Open<fb::ExportHistoryReply>(*frame));
    std::string_view text;
    if (reply->text() != nullptr) {
      text = {reinterpret_cast<const char*>(reply->text()->data()), reply->text()->size()};
    }
    KOSEI_RETURN_IF_ERROR(write(text, {reply->commit(), reply->newest()}));
  }
}

namespace {

std::string EncodeChunk(std::uint64_t number, std::string_view text) {
  flatbuffers::FlatBufferBuilder builder(text.size() + 256);
  const auto bytes =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  return std::string(
      protocol::FinishBody(builder, fb::CreateImportHistoryChunkRequest(builder, number, bytes)));
}

}  // namespace

absl::StatusOr<ImportedHistory> Client::ImportHistory(
    const std::function<absl::StatusOr<std::string>()>& read,
    const std::function<void(std::uint64_t)>& on_progress) {
  flatbuffers::FlatBufferBuilder builder;
  std::string begin(protocol::FinishBody(builder, fb::CreateImportHistoryBeginRequest(builder)));
  KOSEI_RETURN_IF_ERROR(
      impl_->Ask(Operation::kImportHistoryBegin, std::move(begin), kPatience).status());
  for (std::uint64_t number = 1;; ++number) {
    KOSEI_ASSIGN_OR_RETURN(const std::string text, read());
    if (text.empty()) break;
    KOSEI_ASSIGN_OR_RETURN(
        const std::string body,
        impl_->Ask(Operation::kImportHistoryChunk, EncodeChunk(number, text), kPatience));
    KOSEI_ASSIGN_OR_RETURN(const fb::ImportHistoryChunkReply* reply,
                           protocol::Open<fb::ImportHistoryChunkReply>(body));
    if (on_progress != nullptr) on_progress(reply->newest());
  }
  builder.Clear();
  std::string end(protocol::FinishBody(builder, fb::CreateImportHistoryEndRequest(builder)));
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kImportHistoryEnd, std::move(end), kPatience));
  KOSEI_ASSIGN_OR_RETURN(const fb::ImportHistoryEndReply* reply,
                         protocol::Open<fb::ImportHistoryEndReply>(body));
  return ImportedHistory{reply->newest(),          reply->commits(),      reply->commits_there(),
                         reply->record_versions(), reply->link_changes(), reply->baselines()};
}

}  // namespace kosei::client
