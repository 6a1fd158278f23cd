#include "kosei/storage/repair.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "chain_check.h"
#include "checkpoint.h"
#include "checkpoint_file.h"
#include "commit_log.h"
#include "data_folder.h"
#include "database.h"
#include "file_list.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "log_walk.h"
#include "repair_copy.h"
#include "repair_derived.h"
#include "watermark.h"

namespace kosei::storage {
namespace {

namespace fs = std::filesystem;

// Of a folder's watermark: nullopt when nothing can be read from it.
std::optional<WatermarkValue> ReadWatermark(FileSystem& files, const std::string& folder) {
  const std::string path = folder + "/watermark";
  if (!files.Exists(path)) return std::nullopt;
  const auto watermark = Watermark::Open(files, path);
  if (!watermark.ok()) return std::nullopt;
  return (*watermark)->value();
}

class Repair {
 public:
  Repair(const RepairOptions& options, const std::string& folder)
      : options_(options), files_(*options.files), folder_(folder) {}

  absl::StatusOr<RepairReport> Run() {
    if (const auto watermark = ReadWatermark(files_, folder_); watermark.has_value())
      report_.acknowledged = watermark->commit;
    KOSEI_RETURN_IF_ERROR(RemoveLeftovers());
    KOSEI_ASSIGN_OR_RETURN(const VerifyReport found, Verify(folder_));
    report_.kept = found.newest;
    report_.damage = found.findings;
    if (found.sound()) return std::move(report_);
    {
      KOSEI_ASSIGN_OR_RETURN(const auto copy, RepairCopy::Make(files_, folder_));
      KOSEI_RETURN_IF_ERROR(Mend(*copy));
    }
    return std::move(report_);
  }

 private:
  // Damage or not, these are only in the way.
  absl::Status RemoveLeftovers() {
    for (const Leftover& leftover : FindLeftovers(folder_)) {
      report_.actions.push_back(absl::StrFormat(
          "remove %s: %d bytes that a load or a start left which was cut short; nothing is in them "
          "that was acknowledged",
          leftover.path, leftover.bytes));
      if (options_.dry_run) continue;
      std::error_code error;
      fs::remove_all(leftover.path, error);
      if (error) {
        return MakeError(ErrorCode::kStorageIo,
                         absl::StrFormat("remove %s: %s", leftover.path, error.message()));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<VerifyReport> Verify(const std::string& folder) const {
    VerifyOptions verify;
    verify.folder = folder;
    verify.model = options_.model;
    verify.files = options_.files;
    verify.has_lock = folder == folder_;
    verify.on_progress = options_.on_progress;
    return VerifyStore(verify);
  }

  bool CheckpointIsSound(const std::string& folder) {
    const auto checkpoint = CheckpointFile::Open(files_, CheckpointPath(folder));
    if (HasCode(checkpoint.status(), ErrorCode::kNotFound)) return true;
    const absl::Status checked = checkpoint.ok() ? (*checkpoint)->Check() : checkpoint.status();
    return checked.ok();
  }

  absl::Status Mend(RepairCopy& copy) {
    KOSEI_RETURN_IF_ERROR(DropCheckpoint(copy.path()));
    KOSEI_RETURN_IF_ERROR(CutListOfFiles(copy.path()));
    KOSEI_ASSIGN_OR_RETURN(bool sound, IsSound(copy.path()));
    if (!sound && HasAllCommits(copy.path())) {
      KOSEI_ASSIGN_OR_RETURN(sound, DeriveAnew(copy.path()));
    }
    if (!sound) {
      KOSEI_ASSIGN_OR_RETURN(sound, GiveUpCommits(copy.path()));
    }
    if (!sound) return absl::OkStatus();
    report_.outcome = RepairOutcome::kMendable;
    if (options_.dry_run) return absl::OkStatus();
    KOSEI_ASSIGN_OR_RETURN(report_.kept_folder, copy.TakePlace());
    report_.outcome = RepairOutcome::kMended;
    return absl::OkStatus();
  }

  absl::Status DropCheckpoint(const std::string& folder) {
    if (CheckpointIsSound(folder)) return absl::OkStatus();
    report_.actions.push_back(
        "drop the checkpoint of memory: the next start reads memory from the store, which takes "
        "longer, and writes a new one");
    return files_.RemoveFile(CheckpointPath(folder));
  }

  absl::Status CutListOfFiles(const std::string& folder) {
    const auto current = files_.ReadFile(folder + "/store/CURRENT");
    if (!current.ok() || !current->ends_with('\n')) return absl::OkStatus();
    const std::string name = current->substr(0, current->size() - 1);
    const std::string path = folder + "/store/" + name;
    const auto bytes = files_.ReadFile(path);
    if (!bytes.ok()) return absl::OkStatus();
    LogWalk walk;
    for (std::size_t at = 0; at < bytes->size(); at += LogWalk::kBlock)
      walk.Add(std::string_view(*bytes).substr(at, LogWalk::kBlock));
    if (walk.end() == bytes->size() || walk.records() == 0) return absl::OkStatus();
    report_.actions.push_back(absl::StrFormat(
        "cut %s from %d to %d bytes: %s; what is before are %d whole records", name, bytes->size(),
        walk.end(), walk.fault().empty() ? "it ends within a record" : walk.fault(),
        walk.records()));
    std::error_code error;
    fs::resize_file(path, walk.end(), error);
    if (error) {
      return MakeError(ErrorCode::kStorageIo, absl::StrFormat("cut %s: %s", path, error.message()));
    }
    KOSEI_ASSIGN_OR_RETURN(const auto file, files_.OpenFile(path));
    return file->Sync();
  }

  // The copy is sound, and everything acknowledged is there.
  absl::StatusOr<bool> IsSound(const std::string& folder) {
    if (!ReadWatermark(files_, folder).has_value()) return false;
    KOSEI_ASSIGN_OR_RETURN(const VerifyReport verified, Verify(folder));
    left_ = verified.findings;
    if (verified.sound()) report_.kept = verified.newest;
    return verified.sound();
  }

  // Whatever else is damaged.
  bool HasAllCommits(const std::string& folder) const {
    DatabaseOptions options = RepairOptionsOf(folder, WalMode::kTornTail, true);
    options.lenient = true;
    const auto watermark = ReadWatermark(files_, folder);
    const auto database = Database::Open(options);
    if (!watermark.has_value() || !database.ok()) return false;
    const auto newest = ReadNewestCommit(**database);
    return newest.ok() && newest->info.number >= watermark->commit &&
           (*database)->db().GetLatestSequenceNumber() >= watermark->writes &&
           CheckFileList(files_, folder + "/store", watermark->files).ok();
  }

  // Makes what is derived anew, first what is damaged as far as that is known; whether the copy is
  // sound then.
  absl::StatusOr<bool> DeriveAnew(const std::string& folder) {
    const std::set<Family> named = FamiliesNamed(folder, left_);
    if (!std::all_of(named.begin(), named.end(), IsDerived)) return false;
    const bool book_first = named.contains(Family::kIdentity);
    const std::size_t actions = report_.actions.size();
    for (const bool book : {book_first, !book_first}) {
      if (!(book ? BuildBookAnew(folder) : BuildIndexesAnew(folder)).ok()) continue;
      KOSEI_ASSIGN_OR_RETURN(const bool sound, IsSound(folder));
      if (sound) return true;
    }
    report_.actions.resize(actions);
    return false;
  }

  absl::Status BuildIndexesAnew(const std::string& folder) {
    KOSEI_RETURN_IF_ERROR(DropIndexes(folder));
    report_.actions.push_back("drop all indexes: the next start builds them anew while it serves");
    return absl::OkStatus();
  }

  absl::Status BuildBookAnew(const std::string& folder) {
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t values, BuildUniqueBook(folder, options_.model));
    report_.actions.push_back(absl::StrFormat(
        "build the book of unique values anew from the records: %d values", values));
    return absl::OkStatus();
  }

  // Commits that were acknowledged are gone, or nothing says any more which were.
  absl::StatusOr<bool> GiveUpCommits(const std::string& folder) {
    report_.outcome = RepairOutcome::kNotMendable;
    const auto database = Database::Open(RepairOptionsOf(folder, WalMode::kUpToDamage, true));
    if (!database.ok()) return false;
    const auto newest = ReadNewestCommit(**database);
    if (!newest.ok() || newest->info.number == kNoCommit) return false;
    const CommitNumber last = newest->info.number;
    if (!CheckChainBetween(**database, ChainEnd(), last).ok()) return false;
    const auto watermark = ReadWatermark(files_, folder);
    const bool list_whole =
        !watermark.has_value() || CheckFileList(files_, folder + "/store", watermark->files).ok();
    const std::string loss =
        LossOf(watermark, last, (*database)->db().GetLatestSequenceNumber(), list_whole);
    if (loss.empty()) return false;
    report_.kept = last;
    report_.actions.push_back(loss);
    if (options_.accept_loss != last) {
      report_.outcome = RepairOutcome::kNeedsConsent;
      return false;
    }
    return KeepUpTo(folder, {last, newest->info.hash});
  }

  // What keeping no more than that gives up; empty: nothing.
  static std::string LossOf(const std::optional<WatermarkValue>& watermark, CommitNumber last,
                            std::uint64_t writes, bool list_whole) {
    if (!watermark.has_value()) {
      return absl::StrFormat(
          "take commit %d for the last one: the watermark is gone or damaged, and nothing says "
          "whether there were more",
          last.value);
    }
    if (watermark->commit > last) {
      return absl::StrFormat(
          "give up commits %d to %d, which were acknowledged and are gone; commit %d is the last "
          "that is kept",
          last.value + 1, watermark->commit.value, last.value);
    }
    if (watermark->writes > writes) {
      return absl::StrFormat(
          "give up the newest baselines, settings or plans, which were acknowledged and are gone; "
          "all commits up to %d are there",
          last.value);
    }
    if (list_whole) return {};
    return absl::StrFormat(
        "go on without the last entries of the list of files, which are gone, and with them "
        "perhaps baselines, settings or plans; all commits up to %d are there",
        last.value);
  }

  absl::StatusOr<bool> KeepUpTo(const std::string& folder, const WatermarkValue& last) {
    // Written as far as it can be read, and then closed.
    KOSEI_RETURN_IF_ERROR(
        Database::Open(RepairOptionsOf(folder, WalMode::kUpToDamage, false)).status());
    const std::string path = folder + "/watermark";
    if (files_.Exists(path)) KOSEI_RETURN_IF_ERROR(files_.RemoveFile(path));
    {
      KOSEI_ASSIGN_OR_RETURN(const auto watermark, Watermark::Open(files_, path));
      KOSEI_RETURN_IF_ERROR(watermark->Advance(last));
    }
    // It may hold what is gone.
    const std::string checkpoint = CheckpointPath(folder);
    if (files_.Exists(checkpoint)) KOSEI_RETURN_IF_ERROR(files_.RemoveFile(checkpoint));
    KOSEI_ASSIGN_OR_RETURN(bool sound, IsSound(folder));
    if (!sound) {
      KOSEI_ASSIGN_OR_RETURN(sound, DeriveAnew(folder));
    }
    if (!sound) report_.damage = left_;
    return sound;
  }

  const RepairOptions& options_;
  FileSystem& files_;
  const std::string folder_;
  RepairReport report_;
  std::vector<std::string> left_;  // what is wrong with the copy
};

}  // namespace

absl::StatusOr<RepairReport> RepairStore(const RepairOptions& options) {
  std::string folder = options.folder;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  FileSystem& files = *options.files;
  if (!files.Exists(folder + "/store/CURRENT") && !files.Exists(folder + "/FORMAT")) {
    return MakeError(ErrorCode::kNotFound, "repair " + folder +
                                               ": there is no store in this folder; name the "
                                               "folder that koseid --data was given");
  }
  KOSEI_ASSIGN_OR_RETURN(const auto lock, FolderLock::Take(folder));
  return Repair(options, folder).Run();
}

}  // namespace kosei::storage
