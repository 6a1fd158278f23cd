// backup: copies the store into a folder of this machine, while it serves, and tells how far it is.
#include "kosei/storage/backup.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/transfer_generated.h"

namespace kosei::server {
namespace {

absl::Status BadFolder(std::string_view name, std::string_view why) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("backup to \"%s\": %s; give a name below the server's "
                                   "backup_dir, for example \"nightly\"",
                                   name, why),
                   "folder");
}

// A name from the network is never a path of its own: it stays below the folder that the
// configuration allows, and nothing on the way is a symbolic link.
absl::StatusOr<std::string> FolderOf(const Services& services, std::string_view name) {
  namespace fs = std::filesystem;
  if (services.backup_folder.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "backup: this koseid may not write backups; start it with --backup-dir DIR "
                     "(or backup_dir in its file)",
                     "folder");
  }
  if (name.empty() || name.size() > kNameBytesMax) {
    return BadFolder(name, absl::StrFormat("it must be 1 to %d bytes", kNameBytesMax));
  }
  if (!IsValidUtf8(name) || name.find('\0') != std::string_view::npos) {
    return BadFolder(name, "it is no text");
  }
  const fs::path relative(name);
  if (relative.is_absolute()) return BadFolder(name, "it is an absolute path");
  fs::path path(services.backup_folder);
  for (const fs::path& part : relative) {
    if (part == "..") return BadFolder(name, "it has \"..\" in it");
    if (part.empty() || part == ".") continue;
    path /= part;
    std::error_code ignored;
    if (fs::is_symlink(fs::symlink_status(path, ignored))) {
      return BadFolder(name, absl::StrFormat("\"%s\" is a symbolic link", part.string()));
    }
  }
  return path.string();
}

class BackupStream final : public Stream {
 public:
  BackupStream(const Services& services, std::string user, std::string folder,
               std::unique_ptr<storage::BackupRun> run)
      : services_(services),
        user_(std::move(user)),
        folder_(std::move(folder)),
        run_(std::move(run)) {}

  absl::StatusOr<Part> Next(std::size_t, Builder& builder) override {
    KOSEI_ASSIGN_OR_RETURN(const bool done, run_->Step());
    const storage::BackupProgress progress = run_->progress();
    const auto backup = done ? Encode(builder) : flatbuffers::Offset<fb::BackupInfo>();
    fb::BackupReplyBuilder reply(builder);
    reply.add_bytes_done(progress.bytes_done);
    reply.add_bytes_total(progress.bytes_total);
    if (done) {
      const storage::BackupReport& report = run_->report();
      reply.add_backup(backup);
      reply.add_files_copied(report.files_copied);
      reply.add_bytes_copied(report.bytes_copied);
      reply.add_backups_removed(report.backups_removed);
    }
    const std::string_view body = protocol::FinishBody(builder, reply.Finish());
    return Part{done ? State::kLast : State::kMore, body};
  }

 private:
  flatbuffers::Offset<fb::BackupInfo> Encode(Builder& builder) const {
    const storage::BackupInfo& info = run_->report().backup;
    services_.log.Write(LogLevel::kInfo, "backup_made",
                        {{"folder", folder_},
                         {"number", std::to_string(info.number)},
                         {"commit", std::to_string(info.commit.value)},
                         {"hash", ToHex(info.hash)},
                         {"by", user_}});
    const auto hash = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(info.hash.data()),
                                           info.hash.size());
    return fb::CreateBackupInfo(builder, info.number, info.created.micros, info.commit.value,
                                info.commit_time.micros, hash, info.files, info.bytes);
  }

  const Services& services_;
  const std::string user_;
  const std::string folder_;
  const std::unique_ptr<storage::BackupRun> run_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenBackup(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::BackupRequest* request,
                         protocol::Open<fb::BackupRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const std::string folder,
                         FolderOf(services, protocol::TextOf(request->folder())));
  KOSEI_ASSIGN_OR_RETURN(auto run, services.engine.BeginBackup({folder, request->keep()}));
  return std::make_unique<BackupStream>(services, std::string(call.user), folder, std::move(run));
}

}  // namespace kosei::server
