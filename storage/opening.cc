#include "opening.h"

#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "checkpoint.h"
#include "commit_log.h"
#include "file_list.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "link_history.h"
#include "meta_table.h"
#include "record_reader.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

// Of stores from before versions of the model were kept.
constexpr std::string_view kModelHash = "model/hash";
constexpr std::string_view kModelVersion = "model/version";
constexpr std::size_t kDatedPrefixSize = keys::kDatedPrefix.size();

// Baselines, settings and plans are no commits; they are there when the store has as many writes as
// it had.
absl::Status CheckWrites(std::uint64_t writes, const WatermarkValue& watermark) {
  if (writes >= watermark.writes) return absl::OkStatus();
  return MakeError(
      ErrorCode::kCommitsMissing,
      absl::StrFormat(
          "open store: the newest baselines, settings or plans were acknowledged and are "
          "not there (it ends with write %d, expected %d at least); nothing was "
          "written; restore the folder from a backup",
          writes, watermark.writes));
}

// Everything up to the watermark is there, and the commit it names is the one it saw.
absl::Status CheckWatermark(const Database& database, const WatermarkValue& watermark) {
  const std::uint64_t writes = database.db().GetLatestSequenceNumber();
  if (watermark.commit == kNoCommit) return CheckWrites(writes, watermark);
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit newest, ReadNewestCommit(database));
  if (newest.info.number < watermark.commit) {
    return MakeError(
        ErrorCode::kCommitsMissing,
        absl::StrFormat(
            "open store: commits %d to %d were acknowledged and are not there; nothing was "
            "written; restore the folder from a backup",
            newest.info.number.value + 1, watermark.commit.value));
  }
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit named, ReadCommit(database, watermark.commit));
  if (named.info.hash != watermark.hash) {
    return MakeError(
        ErrorCode::kStorageCorrupt,
        absl::StrFormat(
            "open store: commit %d is not the one that was acknowledged (hash %s, expected "
            "%s); nothing was written; restore the folder from a backup",
            watermark.commit.value, ToHex(named.info.hash), ToHex(watermark.hash)));
  }
  return CheckWrites(writes, watermark);
}

DatabaseOptions OptionsFor(const EngineOptions& options, WalMode mode, bool read_only) {
  DatabaseOptions result;
  result.path = options.folder + "/store";
  result.block_cache_bytes = read_only ? std::size_t{8} << 20 : options.block_cache_bytes;
  result.write_buffer_bytes = options.write_buffer_bytes;
  result.wal_mode = mode;
  result.read_only = read_only;
  result.files = options.files;
  result.store_files = options.store_files;
  result.on_trouble = options.on_trouble;
  return result;
}

// Looks without writing: would this mode give us everything?
absl::Status Probe(const EngineOptions& options, WalMode mode, const WatermarkValue& watermark) {
  KOSEI_ASSIGN_OR_RETURN(const auto database, Database::Open(OptionsFor(options, mode, true)));
  return CheckWatermark(*database, watermark);
}

// The very first opening was cut short, so badly that what it left cannot be opened. Nothing was
// ever committed there; it is put aside, for whoever wants to look, and a new store is begun.
absl::StatusOr<std::unique_ptr<Database>> BeginAgain(const EngineOptions& options,
                                                     const absl::Status& why) {
  const std::string unfinished = options.folder + "/store";
  const std::string aside = options.folder + "/store.unfinished";
  if (!HasCode(why, ErrorCode::kStorageCorrupt) || !options.files->Exists(unfinished)) return why;
  std::error_code error;
  std::filesystem::remove_all(aside, error);
  std::filesystem::rename(unfinished, aside, error);
  if (error) return why;
  if (options.on_trouble) {
    options.on_trouble("the first opening of this folder was cut short; what it left is in " +
                       aside + ", and a new store is begun: " + std::string(MessageOf(why)));
  }
  return Database::Open(OptionsFor(options, WalMode::kWhole, false));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenChecked(const EngineOptions& options,
                                                      FolderState state,
                                                      const WatermarkValue& watermark) {
  WalMode mode = WalMode::kWhole;
  // A new folder has nothing to prove; a store in it was cut short while being made.
  const bool is_new = state == FolderState::kNew && watermark.commit == kNoCommit;
  if (!is_new && options.files->Exists(options.folder + "/store/CURRENT")) {
    const absl::Status whole = Probe(options, WalMode::kWhole, watermark);
    if (HasCode(whole, ErrorCode::kCommitsMissing)) return whole;
    if (!whole.ok()) {
      // A torn end is what a power cut leaves; whether it is no more than that, the watermark
      // tells.
      const absl::Status torn = Probe(options, WalMode::kTornTail, watermark);
      if (!torn.ok()) return HasCode(torn, ErrorCode::kCommitsMissing) ? torn : whole;
      mode = WalMode::kTornTail;
      if (options.on_trouble) {
        options.on_trouble(
            "the end of the log is torn, as a power cut leaves it; every acknowledged commit is "
            "there");
      }
    }
    if (const absl::Status list =
            CheckFileList(*options.files, options.folder + "/store", watermark.files);
        !list.ok()) {
      return WithContext(list, "open store, nothing was written");
    }
  } else if (watermark.commit != kNoCommit) {
    return MakeError(
        ErrorCode::kCommitsMissing,
        absl::StrFormat(
            "open store: %d commits were acknowledged and %s/store is gone; restore the folder "
            "from a backup",
            watermark.commit.value, options.folder));
  }
  absl::StatusOr<std::unique_ptr<Database>> database =
      Database::Open(OptionsFor(options, mode, false));
  if (!database.ok() && is_new) database = BeginAgain(options, database.status());
  KOSEI_RETURN_IF_ERROR(database.status());
  KOSEI_RETURN_IF_ERROR(CheckWatermark(**database, watermark));
  return database;
}

namespace {

// The first version of a store: of a new one, or of one from before versions were kept, where it is
// the one that is given, whatever commits there are.
absl::Status WriteFirstModel(Store& store) {
  const Database& database = *store.database;
  if (store.options.model.empty()) {
    return MakeError(ErrorCode::kModelInvalid,
                     "open model: the store has none yet; name a folder with one (--model)");
  }
  StoredModel first;
  KOSEI_ASSIGN_OR_RETURN(first.book, ReadNameBook(database));
  const absl::StatusOr<std::string> known = database.Get(Family::kMeta, kModelVersion);
  const bool counted = known.ok() && known->size() == sizeof(std::uint32_t);
  first.version = counted ? ReadU32(known->data()) : 0;
  const absl::StatusOr<std::string> hash = database.Get(Family::kMeta, kModelHash);
  const bool same = hash.ok() && *hash == Sha256::Of(model::CanonicalText(store.options.model));
  if (!same) ++first.version;
  KOSEI_ASSIGN_OR_RETURN(auto schema, model::Schema::Build(store.options.model, first.book));
  KOSEI_ASSIGN_OR_RETURN(first.text, TextToStore(store.options.model));
  const std::string bytes = EncodeModel(first);
  KOSEI_RETURN_IF_ERROR(PutMeta(database, ModelVersionKey(first.version), bytes));
  store.schema.Add({first.version, kNoCommit, Sha256::Of(bytes)}, std::move(schema));
  store.model_version.store(first.version);
  return absl::OkStatus();
}

}  // namespace

absl::Status OpenModel(Store& store) {
  KOSEI_ASSIGN_OR_RETURN(const auto versions, ListMeta(*store.database, kModelVersionPrefix));
  if (versions.empty()) return WriteFirstModel(store);
  for (std::size_t i = 0; i < versions.size(); ++i) {
    KOSEI_ASSIGN_OR_RETURN(const StoredModel model, DecodeModel(versions[i].second));
    std::shared_ptr<const model::Schema> schema;
    if (i + 1 == versions.size()) {
      KOSEI_ASSIGN_OR_RETURN(schema, CompileModel(model));
    }
    store.schema.Add({model.version, model.commit, Sha256::Of(versions[i].second)},
                     std::move(schema));
    store.model_version.store(model.version);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ModelDiffers(const Store& store) {
  if (store.options.model.empty() || store.options.model_use == ModelUse::kNewStoreOnly)
    return false;
  const std::string given = model::ModelText(store.options.model);
  const std::vector<ModelVersionInfo> versions = store.schema.All();
  for (auto one = versions.rbegin(); one != versions.rend(); ++one) {
    KOSEI_ASSIGN_OR_RETURN(const StoredModel model, ReadStoredModel(*store.database, one->version));
    if (model.text != given) continue;
    if (one != versions.rbegin() && store.options.on_trouble) {
      store.options.on_trouble(absl::StrFormat(
          "the model given at start is version %d, and the store has had version %d since; it "
          "stays in force (kosei model apply takes an old model back on purpose)",
          one->version, versions.back().version));
    }
    return false;
  }
  return true;
}

namespace {

absl::Status LoadDirectory(Store& store) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const auto iterator = store.database->Iterate(Family::kRecords, options);
  RecordId previous{0};
  std::uint64_t live = 0;
  std::string bytes;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(iterator->key()));
    if (key.id == previous) continue;
    previous = key.id;
    bytes.assign(iterator->value().data(), iterator->value().size());
    const RecordView record = RecordView::Trust(bytes);
    store.directory.Insert(NodeOf(key.id), record.key(), record.class_number());
    store.directory.SetLatest(NodeOf(key.id), key.commit, !record.ended());
    if (!record.ended()) ++live;
  }
  store.record_count.store(live);
  return ToStatus(iterator->status(), "load records");
}

// Whether a dated record is there from now on takes all its versions.
absl::Status LoadDated(Store& store) {
  rocksdb::ReadOptions options;
  const auto iterator = store.database->Iterate(Family::kDefault, options);
  for (iterator->Seek(SliceOf(keys::kDatedPrefix)); iterator->Valid(); iterator->Next()) {
    const std::string_view key = ViewOf(iterator->key());
    if (!key.starts_with(keys::kDatedPrefix) || key.size() != keys::kMarkKeySize) break;
    const RecordId id{ReadU64(key.data() + kDatedPrefixSize)};
    const NodeIndex node = NodeOf(id);
    store.directory.MarkDated(node);
    const CommitNumber latest = store.directory.Latest(node);
    KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                           ReadVersions(store, id, latest));
    const bool live = ThereFrom(versions, store.options.clock->Now());
    if (live == store.directory.Live(node)) continue;
    store.directory.SetLatest(node, latest, live);
    store.record_count.fetch_add(live ? 1 : ~std::uint64_t{0});
  }
  return ToStatus(iterator->status(), "load dated records");
}

absl::Status LoadGated(Store& store) {
  const auto iterator = store.database->Iterate(Family::kDefault, rocksdb::ReadOptions());
  for (iterator->Seek(SliceOf(keys::kGatedPrefix)); iterator->Valid(); iterator->Next()) {
    const std::string_view key = ViewOf(iterator->key());
    if (!key.starts_with(keys::kGatedPrefix) || key.size() != keys::kMarkKeySize) break;
    store.directory.MarkGated(NodeOf(RecordId{ReadU64(key.data() + keys::kGatedPrefix.size())}));
  }
  return ToStatus(iterator->status(), "load marks of gates");
}

// The statements of a timed link with the times of its plain ones filled in.
absl::StatusOr<TimedLink> TimedLinkOf(const Store& store, const StoredLink& stored) {
  TimedLink link{NodeOf(stored.source), NodeOf(stored.target),
                 static_cast<TypeIndex>(stored.type.value), stored.statements};
  for (LinkStatement& said : link.statements) {
    if (said.valid.from != kBeginningOfTime) continue;
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(*store.database, said.commit));
    said.valid.from = commit.info.time;
  }
  return link;
}

absl::Status LoadTopology(Store& store, CommitNumber newest) {
  BaseBuilder links;
  std::vector<TimedLink> timed;
  std::uint64_t live = 0;
  const Timestamp now = store.options.clock->Now();
  absl::Status faulty;
  KOSEI_RETURN_IF_ERROR(ForEachLink(*store.database, RecordId{0}, [&](const StoredLink& stored) {
    if (stored.timed) {
      absl::StatusOr<TimedLink> link = TimedLinkOf(store, stored);
      if (!link.ok()) {
        faulty = link.status();
        return false;
      }
      if (!LiveParts(link->statements, {now, kEndOfTime}).empty()) ++live;
      timed.push_back(*std::move(link));
      return true;
    }
    ForEachPlainVersion(stored, [&](const LinkVersion& link) {
      links.Add({NodeOf(link.source), NodeOf(link.target), static_cast<TypeIndex>(link.type.value),
                 link.begin, link.end});
      if (link.end == kOpenEnd) ++live;
    });
    return true;
  }));
  KOSEI_RETURN_IF_ERROR(faulty);
  store.link_count.store(live);
  store.topology.Replace(links.Finish(store.directory.limit(), newest), std::move(timed));
  return absl::OkStatus();
}

// False when keys and topology must be derived from records and links.
bool TryCheckpoint(Store& store, const DecodedCommit& newest) {
  if (!store.options.checkpoint) return false;
  const absl::Status restored = RestoreCheckpoint(store, newest);
  if (!restored.ok() && !HasCode(restored, ErrorCode::kNotFound) && store.options.on_trouble) {
    store.options.on_trouble(std::string(MessageOf(restored)) +
                             "; it is not used, and this start takes longer");
  }
  return restored.ok();
}

void CountRecords(Store& store) {
  std::uint64_t live = 0;
  for (NodeIndex node = 1; node < store.directory.limit(); ++node) {
    if (store.directory.Live(node)) ++live;
  }
  store.record_count.store(live);
}

// As LoadTopology counts: of a timed link its statements count, whatever the base knows of it.
void CountLinks(Store& store) {
  const SettledTopology settled = store.topology.Settled();
  const std::shared_ptr<const TopologyState> state = store.topology.state();
  std::uint64_t live = settled.base->out.live;
  const Timestamp now = store.options.clock->Now();
  store.topology.timed().ForEach([&](const TimedLink& link) {
    for (const DeltaLink& one : state->IntervalsOf(LinkDirection::kOut, link.source)) {
      if (one.neighbour == link.target && one.type == link.type && one.end == kOpenEnd) --live;
    }
    if (!LiveParts(link.statements, {now, kEndOfTime}).empty()) ++live;
  });
  store.link_count.store(live);
}

}  // namespace

absl::Status LoadMemory(Store& store) {
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit newest, ReadNewestCommit(*store.database));
  if (TryCheckpoint(store, newest)) {
    CountRecords(store);
    KOSEI_RETURN_IF_ERROR(LoadDated(store));
    KOSEI_RETURN_IF_ERROR(LoadGated(store));
    CountLinks(store);
  } else {
    KOSEI_RETURN_IF_ERROR(LoadDirectory(store));
    KOSEI_RETURN_IF_ERROR(LoadDated(store));
    KOSEI_RETURN_IF_ERROR(LoadGated(store));
    KOSEI_RETURN_IF_ERROR(LoadTopology(store, newest.info.number));
    store.unsaved_changes.store(store.record_count.load() + store.link_count.load());
  }
  store.plans = std::make_unique<PlanBook>(*store.database, store.directory);
  KOSEI_RETURN_IF_ERROR(store.plans->Load());
  store.Publish({newest.info.number, newest.info.time, newest.info.hash});
  return absl::OkStatus();
}

}  // namespace kosei::storage
