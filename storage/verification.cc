#include "kosei/storage/verification.h"

#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "checkpoint.h"
#include "checkpoint_file.h"
#include "data_folder.h"
#include "file_list.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "model_versions.h"
#include "rocksdb_status.h"
#include "verify_run.h"
#include "watermark.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kBlockCacheBytes = std::size_t{64} << 20;

struct Opened {
  std::unique_ptr<Database> database;
  std::string torn;  // why the end of the log is not whole; empty when it is
};

absl::StatusOr<Opened> OpenReadOnly(const VerifyOptions& wanted) {
  DatabaseOptions options;
  options.path = wanted.folder + "/store";
  options.files = wanted.files;
  options.store_files = wanted.store_files;
  options.block_cache_bytes = kBlockCacheBytes;
  options.read_only = true;
  Opened opened;
  absl::StatusOr<std::unique_ptr<Database>> whole = Database::Open(options);
  if (!whole.ok()) {
    options.wal_mode = WalMode::kTornTail;
    opened.torn = std::string(MessageOf(whole.status()));
    whole = Database::Open(options);
  }
  KOSEI_RETURN_IF_ERROR(whole.status());
  opened.database = *std::move(whole);
  return opened;
}

// A report that has nothing but why the store could not be opened.
VerifyReport Unreadable(const absl::Status& status) {
  VerifyReport report;
  report.finding_count = 1;
  report.findings.push_back(absl::StrFormat("store: cannot be opened: %s", MessageOf(status)));
  return report;
}

// The store's own newest model; `given` for a store from before they were kept.
absl::StatusOr<std::shared_ptr<const model::Schema>> NewestSchema(
    const Database& database, const model::ModelDefinition& given) {
  KOSEI_ASSIGN_OR_RETURN(const auto versions, ListMeta(database, kModelVersionPrefix));
  if (versions.empty()) {
    KOSEI_ASSIGN_OR_RETURN(model::NameBook book, ReadNameBook(database));
    return model::Schema::Build(given, book);
  }
  KOSEI_ASSIGN_OR_RETURN(const StoredModel newest, DecodeModel(versions.back().second));
  return CompileModel(newest);
}

}  // namespace

void VerifyCheckpoint(VerifyRun& run) {
  const std::string path = CheckpointPath(run.options.folder);
  const auto checkpoint = CheckpointFile::Open(*run.options.files, path);
  if (HasCode(checkpoint.status(), ErrorCode::kNotFound)) return;
  const absl::Status checked = checkpoint.ok() ? (*checkpoint)->Check() : checkpoint.status();
  if (checked.ok()) return;
  run.Find(absl::StrFormat(
      "checkpoint: %s: %s; the next start takes longer without it, and nothing is lost", path,
      MessageOf(checked)));
}

std::uint64_t VerifyRun::EstimateOf(Family family) const {
  std::uint64_t keys = 0;
  database.db().GetIntProperty(database.family(family), "rocksdb.estimate-num-keys", &keys);
  return keys;
}

absl::StatusOr<VerifyReport> VerifyStore(const VerifyOptions& options) {
  FileSystem& files = *options.files;
  if (!files.Exists(options.folder + "/store/CURRENT") &&
      !files.Exists(options.folder + "/FORMAT")) {
    return MakeError(ErrorCode::kNotFound, "verify " + options.folder +
                                               ": there is no store in this folder; name the "
                                               "folder that koseid --data was given");
  }
  std::unique_ptr<FolderLock> lock;
  if (!options.has_lock) {
    KOSEI_ASSIGN_OR_RETURN(lock, FolderLock::Take(options.folder));
  }
  const absl::StatusOr<FolderState> format = CheckFormat(files, options.folder);
  if (HasCode(format.status(), ErrorCode::kStorageCorrupt)) return Unreadable(format.status());
  KOSEI_RETURN_IF_ERROR(format.status());

  WatermarkValue watermark{kNoCommit, std::string(32, '\0'), 0};
  std::string watermark_fault;
  const std::string watermark_path = options.folder + "/watermark";
  if (files.Exists(watermark_path)) {
    const auto opened = Watermark::Open(files, watermark_path);
    if (opened.ok()) {
      watermark = (*opened)->value();
    } else {
      watermark_fault = std::string(MessageOf(opened.status()));
    }
  } else {
    watermark_fault = "the file is gone, so nothing proves which commits were acknowledged";
  }

  absl::StatusOr<Opened> opened = OpenReadOnly(options);
  if (!opened.ok()) return Unreadable(opened.status());
  const auto schema = NewestSchema(*opened->database, options.model);
  if (HasCode(schema.status(), ErrorCode::kStorageCorrupt)) return Unreadable(schema.status());
  KOSEI_RETURN_IF_ERROR(schema.status());

  VerifyRun run{.options = options, .database = *opened->database, .schema = **schema};
  if (!watermark_fault.empty()) run.Find("watermark: " + watermark_fault);
  if (const absl::Status list = CheckFileList(files, options.folder + "/store", watermark.files);
      !list.ok()) {
    run.Find("files: " + std::string(MessageOf(list)));
  }
  VerifyFiles(run);
  VerifyModels(run);
  VerifyCommits(run, watermark);
  VerifyRecords(run);
  VerifyLinks(run);
  VerifyUniqueValues(run);
  VerifyNames(run);
  VerifyRetention(run);
  VerifyIndexes(run);
  VerifyPlans(run);
  VerifyCheckpoint(run);
  // A torn end alone is what a power cut leaves, and costs nothing that was acknowledged.
  if (!opened->torn.empty() && !run.report.sound()) run.Find("log: " + opened->torn);
  return std::move(run.report);
}

}  // namespace kosei::storage
