#include "kosei/storage/engine.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "backup_run.h"
#include "checkpoint_keeper.h"
#include "chunked_load.h"
#include "committer.h"
#include "data_folder.h"
#include "erasure.h"
#include "first_load.h"
#include "history_export.h"
#include "history_import.h"
#include "index_lookup.h"
#include "indexer.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/status_macros.h"
#include "load_marks.h"
#include "meta_table.h"
#include "model_changer.h"
#include "opening.h"
#include "plan_service.h"
#include "purge.h"
#include "retention_book.h"
#include "retention_service.h"
#include "scrubber.h"
#include "store_reader.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kStoreId = "store_id";

class Listeners {
 public:
  std::uint64_t Add(std::function<void(CommitNumber)> listener) {
    const MutexLock lock(mutex_);
    listeners_.emplace_back(++last_, std::move(listener));
    return last_;
  }
  void Remove(std::uint64_t number) {
    const MutexLock lock(mutex_);
    std::erase_if(listeners_, [number](const auto& listener) { return listener.first == number; });
  }
  void Tell(CommitNumber commit) {
    const MutexLock lock(mutex_);
    for (const auto& [number, listener] : listeners_) listener(commit);
  }

 private:
  Mutex mutex_;
  std::uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::pair<std::uint64_t, std::function<void(CommitNumber)>>> listeners_
      ABSL_GUARDED_BY(mutex_);
};

class StoreWriter final : public Writer {
 public:
  StoreWriter(Store& store, Committer& committer, WatermarkKeeper& watermark, Indexer& indexer)
      : store_(store), committer_(committer), watermark_(watermark), indexer_(indexer) {}

  void CommitAsync(Transaction transaction, Done done) override {
    committer_.Submit(std::move(transaction), std::move(done), Committer::LeadOn::kCommitter);
  }

  absl::StatusOr<CommitResult> Commit(Transaction transaction) override {
    Notification finished;
    absl::StatusOr<CommitResult> result = CommitResult{};
    committer_.Submit(
        std::move(transaction),
        [&](absl::StatusOr<CommitResult> done) {
          result = std::move(done);
          finished.Notify();
        },
        Committer::LeadOn::kCaller);
    finished.Wait();
    return result;
  }

  using Writer::BeginBulk;
  absl::StatusOr<std::unique_ptr<BulkLoad>> BeginBulk(Provenance provenance,
                                                      std::string batch) override {
    bool idle = false;
    // A plan may have given numbers to records already; a first load gives them all itself.
    const bool empty = store_.schema.OnlyModels(store_.published()) &&
                       (!store_.plans->gave_numbers() || store_.loading.load());
    if (!empty) {
      LoadPosition position;
      if (!batch.empty()) {
        KOSEI_RETURN_IF_ERROR(RemoveOldLoadMarks(*store_.database, store_.options.clock->Now()));
        KOSEI_ASSIGN_OR_RETURN(position,
                               ReadLoadPosition(*store_.database, provenance.source, batch));
      }
      return std::unique_ptr<BulkLoad>(std::make_unique<ChunkedLoad>(
          committer_, std::move(provenance), std::move(batch), position));
    }
    if (!store_.loading.compare_exchange_strong(idle, true)) {
      return MakeError(
          ErrorCode::kOverloaded,
          "begin load: the first load of this store is under way; try again when it has finished");
    }
    absl::StatusOr<std::unique_ptr<BulkLoad>> load =
        FirstLoad::Begin(store_, committer_, watermark_, std::move(provenance), std::move(batch),
                         [this] { store_.loading.store(false); });
    return load;
  }

  absl::StatusOr<ModelChangeResult> ChangeModel(const model::ModelDefinition& definition,
                                                const Provenance& provenance,
                                                ModelChangeMode mode) override {
    ModelChangeResult result;
    KOSEI_RETURN_IF_ERROR(committer_.RunExclusively([&] {
      return ModelChanger(store_, watermark_).Change(definition, provenance, mode, result);
    }));
    return result;
  }

  absl::StatusOr<ErasureResult> Erase(const Erasure& erasure) override {
    return storage::Erase(store_, committer_, indexer_, erasure);
  }

  absl::Status CreateBaseline(const Baseline& baseline) override {
    if (baseline.name.empty() || baseline.name.size() > kKeyBytesMax ||
        !IsValidUtf8(baseline.name)) {
      return MakeError(ErrorCode::kInvalidText,
                       "create baseline: its name is empty, too long or not UTF-8", "name");
    }
    KOSEI_RETURN_IF_ERROR(store_.MayWrite("create baseline"));
    const std::string name = "baseline/" + baseline.name;
    const MutexLock lock(store_.baseline_mutex);
    const absl::Status known = store_.database->Get(Family::kMeta, name).status();
    if (!known.ok() && !HasCode(known, ErrorCode::kNotFound)) return known;
    if (known.ok()) {
      return MakeError(
          ErrorCode::kAlreadyExists,
          "create baseline " + baseline.name + ": there is one of that name; choose another",
          "name");
    }
    return store_.Wrote(PutMeta(*store_.database, name, EncodeBaseline(baseline)));
  }

  absl::Status DropBaseline(const std::string& baseline) override {
    const std::string name = "baseline/" + baseline;
    const MutexLock lock(store_.baseline_mutex);
    // Allowed when space is low, as all that only removes.
    if (const absl::Status allowed = store_.MayWrite("drop baseline");
        !allowed.ok() && !HasCode(allowed, ErrorCode::kStorageLow)) {
      return allowed;
    }
    const absl::Status known = store_.database->Get(Family::kMeta, name).status();
    if (HasCode(known, ErrorCode::kNotFound)) {
      return MakeError(ErrorCode::kUnknownBaseline,
                       "drop baseline " + baseline +
                           ": there is none of that name; `kosei baseline list` shows them",
                       "name");
    }
    KOSEI_RETURN_IF_ERROR(known);
    return store_.Wrote(RemoveMeta(*store_.database, name));
  }

  absl::Status PutSetting(std::string_view name, std::string_view value) override {
    const std::string full = "setting/" + std::string(name);
    // Removing is allowed when space is low: a token can be revoked then.
    if (const absl::Status allowed = store_.MayWrite("write setting");
        !allowed.ok() && !(value.empty() && HasCode(allowed, ErrorCode::kStorageLow))) {
      return allowed;
    }
    return store_.Wrote(value.empty() ? RemoveMeta(*store_.database, full)
                                      : PutMeta(*store_.database, full, value));
  }

  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Settings(
      std::string_view prefix) const override {
    KOSEI_ASSIGN_OR_RETURN(auto settings,
                           ListMeta(*store_.database, "setting/" + std::string(prefix)));
    for (auto& [name, value] : settings) name.insert(0, prefix);
    return settings;
  }

 private:
  Store& store_;
  Committer& committer_;
  WatermarkKeeper& watermark_;
  Indexer& indexer_;
};

// Members in the order in which they are built; the lock goes last.
class StoreEngine final : public Engine {
 public:
  StoreEngine(std::unique_ptr<FolderLock> lock, std::unique_ptr<Store> store,
              std::unique_ptr<Watermark> watermark)
      : lock_(std::move(lock)),
        store_(std::move(store)),
        watermark_(*store_, std::move(watermark)),
        checkpoint_(*store_),
        indexer_(*store_, [this] { return !store_->space_low.load(std::memory_order_relaxed); }),
        index_lookup_(*store_, indexer_),
        committer_(*store_, watermark_,
                   [this](CommitNumber commit) {
                     listeners_.Tell(commit);
                     indexer_.Wake();
                   }),
        reader_(*store_, index_lookup_),
        writer_(*store_, committer_, watermark_, indexer_),
        plans_(*store_, committer_),
        retention_(*store_, committer_, indexer_),
        scrubber_(*store_) {}

  // Before anything is asked.
  absl::Status StartBackground() {
    KOSEI_RETURN_IF_ERROR(indexer_.Refresh());
    if (store_->options.index_in_background) indexer_.Start();
    if (store_->options.scrub_in_background) scrubber_.StartThread();
    return absl::OkStatus();
  }

  Reader& reader() override { return reader_; }
  Writer& writer() override { return writer_; }
  absl::StatusOr<std::unique_ptr<BackupRun>> BeginBackup(BackupOptions options) override {
    return StoreBackup::Begin(*store_, committer_, std::move(options));
  }
  absl::StatusOr<std::unique_ptr<HistoryExport>> BeginExport() override {
    return StoreExport::Begin(*store_);
  }
  absl::StatusOr<std::unique_ptr<HistoryImport>> BeginImport() override {
    return StoreImport::Begin(*store_, committer_, watermark_);
  }
  IndexAdmin& indexes() override { return indexer_; }
  Plans& plans() override { return plans_; }
  Retention& retention() override { return retention_; }
  Scrub& scrub() override { return scrubber_; }
  std::uint64_t AddListener(std::function<void(CommitNumber)> listener) override {
    return listeners_.Add(std::move(listener));
  }
  void RemoveListener(std::uint64_t listener) override { listeners_.Remove(listener); }

  // The model that the options name becomes the store's.
  absl::Status TakeGivenModel() {
    const Provenance provenance{"koseid", "the model given at start", {}, {}};
    KOSEI_ASSIGN_OR_RETURN(
        const ModelChangeResult result,
        writer_.ChangeModel(store_->options.model, provenance, ModelChangeMode::kApply));
    if (result.outcome == ModelOutcome::kRefused) return RefusalOf(result);
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<FolderLock> lock_;
  std::unique_ptr<Store> store_;
  Listeners listeners_;
  WatermarkKeeper watermark_;
  CheckpointKeeper checkpoint_;  // after the committer, so that the last one has everything
  Indexer indexer_;              // outlives the committer, which wakes it
  IndexLookup index_lookup_;
  Committer committer_;
  StoreReader reader_;
  StoreWriter writer_;
  PlanService plans_;
  RetentionService retention_;
  StoreScrubber scrubber_;
};

absl::Status OpenStoreId(Store& store) {
  const absl::StatusOr<std::string> known = store.database->Get(Family::kMeta, kStoreId);
  if (known.ok()) {
    store.store_id = *known;
    return absl::OkStatus();
  }
  if (!HasCode(known.status(), ErrorCode::kNotFound)) return known.status();
  store.store_id = ToHex(store.options.random->Bytes(16));
  return PutMeta(*store.database, kStoreId, store.store_id);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(EngineOptions options) {
  FileSystem& files = *options.files;
  const std::string folder = options.folder;
  KOSEI_RETURN_IF_ERROR(files.CreateDirectory(folder));
  KOSEI_ASSIGN_OR_RETURN(auto lock, FolderLock::Take(folder));
  KOSEI_ASSIGN_OR_RETURN(const FolderState state, CheckFormat(files, folder));
  KOSEI_ASSIGN_OR_RETURN(auto watermark, Watermark::Open(files, folder + "/watermark"));
  auto store = std::make_unique<Store>(std::move(options));
  KOSEI_ASSIGN_OR_RETURN(store->database, OpenChecked(store->options, state, watermark->value()));
  KOSEI_RETURN_IF_ERROR(OpenStoreId(*store));
  KOSEI_RETURN_IF_ERROR(FinishPurges(*store->database));
  KOSEI_ASSIGN_OR_RETURN(const RetiredUntil retired, ReadRetiredUntil(*store->database));
  store->retired_until_commit = retired.commit.value;
  store->retired_until_instant = retired.instant.micros;
  KOSEI_RETURN_IF_ERROR(OpenModel(*store));
  if (state != FolderState::kExisting) KOSEI_RETURN_IF_ERROR(WriteFormat(files, folder));
  KOSEI_RETURN_IF_ERROR(LoadMemory(*store));
  const Head head = store->head();
  if (head.commit > watermark->value().commit)
    KOSEI_RETURN_IF_ERROR(watermark->Advance({head.commit, head.hash}));
  KOSEI_ASSIGN_OR_RETURN(const bool changed, ModelDiffers(*store));
  auto engine =
      std::make_unique<StoreEngine>(std::move(lock), std::move(store), std::move(watermark));
  if (changed) KOSEI_RETURN_IF_ERROR(engine->TakeGivenModel());
  KOSEI_RETURN_IF_ERROR(engine->StartBackground());
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace kosei::storage
