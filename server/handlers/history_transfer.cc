// export_history and import_history: a whole store as text, out and in.
#include "kosei/storage/history_transfer.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "import_slot.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/transfer_generated.h"

namespace kosei::server {
namespace {

class ExportStream final : public Stream {
 public:
  explicit ExportStream(std::unique_ptr<storage::HistoryExport> run) : run_(std::move(run)) {}

  absl::StatusOr<Part> Next(std::size_t bytes_max, Builder& builder) override {
    KOSEI_ASSIGN_OR_RETURN(const std::string_view text, run_->Next(bytes_max));
    const auto bytes =
        builder.CreateVector(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    const std::string_view body = protocol::FinishBody(
        builder,
        fb::CreateExportHistoryReply(builder, bytes, run_->commit().value, run_->newest().value));
    return Part{text.empty() ? State::kLast : State::kMore, body};
  }

 private:
  const std::unique_ptr<storage::HistoryExport> run_;
};

absl::Status NoImport(std::string_view operation) {
  return MakeError(ErrorCode::kProtocolOrder,
                   absl::StrFormat("%s: no import is under way on this connection (it failed or "
                                   "ended before); begin one",
                                   operation));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenExportHistory(const Services& services,
                                                          const Call& call) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::ExportHistoryRequest>(call.body).status());
  KOSEI_ASSIGN_OR_RETURN(auto run, services.engine.BeginExport());
  services.log.Write(LogLevel::kInfo, "history_exported", {{"by", std::string(call.user)}});
  return std::make_unique<ExportStream>(std::move(run));
}

absl::Status AnswerImportHistoryBegin(const Services& services, const Call& call,
                                      Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::ImportHistoryBeginRequest>(call.body).status());
  ImportSlot& slot = *call.imports;
  const MutexLock lock(slot.mutex);
  slot.import.reset();
  slot.chunks = 0;
  KOSEI_ASSIGN_OR_RETURN(slot.import, services.engine.BeginImport());
  services.log.Write(LogLevel::kInfo, "history_import_begun", {{"by", std::string(call.user)}});
  protocol::FinishBody(
      builder, fb::CreateImportHistoryBeginReply(builder, slot.import->progress().newest.value));
  return absl::OkStatus();
}

absl::Status AnswerImportHistoryChunk(const Services& services, const Call& call,
                                      Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImportHistoryChunkRequest* request,
                         protocol::Open<fb::ImportHistoryChunkRequest>(call.body));
  ImportSlot& slot = *call.imports;
  const MutexLock lock(slot.mutex);
  if (slot.import == nullptr) return NoImport("import history");
  if (request->number() != slot.chunks + 1) {
    slot.import.reset();
    return MakeError(ErrorCode::kProtocolOrder,
                     absl::StrFormat("import history: chunk %d, expected %d; send the next when "
                                     "the one before is answered",
                                     request->number(), slot.chunks + 1),
                     "number");
  }
  ++slot.chunks;
  std::string_view text;
  if (request->text() != nullptr) {
    text = {reinterpret_cast<const char*>(request->text()->data()), request->text()->size()};
  }
  const absl::Status added = slot.import->Add(text);
  const std::uint64_t newest = slot.import->progress().newest.value;
  if (!added.ok()) {
    slot.import.reset();
    services.log.Write(LogLevel::kWarning, "history_import_failed",
                       {{"commit", std::to_string(newest)}, {"by", std::string(call.user)}});
    return added;
  }
  protocol::FinishBody(builder, fb::CreateImportHistoryChunkReply(builder, newest));
  return absl::OkStatus();
}

absl::Status AnswerImportHistoryEnd(const Services& services, const Call& call, Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::ImportHistoryEndRequest>(call.body).status());
  ImportSlot& slot = *call.imports;
  const MutexLock lock(slot.mutex);
  if (slot.import == nullptr) return NoImport("import history");
  const std::unique_ptr<storage::HistoryImport> import = std::move(slot.import);
  KOSEI_ASSIGN_OR_RETURN(const storage::ImportedHistory report, import->Finish());
  services.log.Write(LogLevel::kInfo, "history_imported",
                     {{"commits", std::to_string(report.commits)},
                      {"newest", std::to_string(report.newest.value)},
                      {"by", std::string(call.user)}});
  protocol::FinishBody(builder,
                       fb::CreateImportHistoryEndReply(builder, report.newest.value, report.commits,
                                                       report.commits_there, report.record_versions,
                                                       report.link_changes, report.baselines));
  return absl::OkStatus();
}

}  // namespace kosei::server
