#include "first_load.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kAhead = 8;

}  // namespace

absl::StatusOr<std::unique_ptr<BulkLoad>> FirstLoad::Begin(Store& store, Committer& committer,
                                                           WatermarkKeeper& watermark,
                                                           Provenance provenance, std::string batch,
                                                           std::function<void()> released) {
  std::unique_ptr<FirstLoad> load(new FirstLoad(store, committer, watermark, std::move(provenance),
                                                std::move(batch), std::move(released)));
  KOSEI_ASSIGN_OR_RETURN(load->files_,
                         SortedFiles::Create(*store.database, store.options.folder + "/load"));
  return load;
}

FirstLoad::FirstLoad(Store& store, Committer& committer, WatermarkKeeper& watermark,
                     Provenance provenance, std::string batch, std::function<void()> released)
    : store_(store),
      committer_(committer),
      watermark_(watermark),
      provenance_(std::move(provenance)),
      batch_(std::move(batch)),
      released_(std::move(released)),
      endpoints_(*store.schema),
      commit_{store.head().commit.value + 1},
      time_(std::max(store.options.clock->Now(), Timestamp{store.head().time.micros + 1})),
      next_node_(store.directory.limit()) {}

FirstLoad::~FirstLoad() {
  files_.reset();
  if (!over_) released_();
}

void FirstLoad::Prepare(BulkChunk& chunk) const {
  chunk.prepared = std::make_shared<PreparedRecords>(*store_.schema, chunk.records, time_);
}

// The directory has one writer, the committing thread: each chunk is work of that thread.
absl::StatusOr<ChunkResult> FirstLoad::Add(BulkChunk chunk) {
  if (chunk.prepared == nullptr || chunk.prepared->size() != chunk.records.size()) Prepare(chunk);
  absl::StatusOr<ChunkResult> result = ChunkResult{};
  KOSEI_RETURN_IF_ERROR(committer_.RunExclusively([&]() -> absl::StatusOr<Head> {
    result = AddNow(chunk);
    if (!result.ok()) return result.status();
    last_.chunk = chunk.number;
    last_.digest = chunk.digest;
    return store_.head();
  }));
  return result;
}

absl::StatusOr<ChunkResult> FirstLoad::AddNow(BulkChunk& chunk) {
  ChunkResult result;
  const CommitResult before = counts_;
  for (std::uint32_t i = 0; i < chunk.records.size(); ++i) {
    FetchAhead(chunk, i + kAhead);
    bool repeated = false;
    absl::Status status = AddRecord(chunk.records[i], (*chunk.prepared)[i], repeated);
    // The file is lost, and the load with it.
    if (HasCode(status, ErrorCode::kStorageIo) || HasCode(status, ErrorCode::kStorageLow))
      return status;
    if (!status.ok())
      result.rejected.push_back({RejectedItem::Kind::kRecord, i, std::move(status)});
    if (repeated) repeated_.push_back(std::move(chunk.records[i]));
  }
  AddLinks(chunk.links, result);
  result.counts.records_created = counts_.records_created - before.records_created;
  result.counts.records_unchanged = counts_.records_unchanged - before.records_unchanged;
  result.counts.links_created = counts_.links_created - before.links_created;
  return result;
}

// What a record will be looked up by is not in the processor's caches.
void FirstLoad::FetchAhead(const BulkChunk& chunk, std::size_t i) const {
  if (i >= chunk.records.size()) return;
  store_.directory.Prefetch(chunk.records[i].key);
  for (const PreparedRecords::Claim& claim : (*chunk.prepared)[i].claims)
    unique_.prefetch(claim.identity);
}

// An exact repetition of what has been loaded changes nothing.
bool FirstLoad::IsRepetition(const Record& record, NodeIndex known) const {
  Record copy = record;
  copy.class_number =
      record.class_number.value == 0 ? store_.directory.ClassOf(known) : record.class_number;
  const bool canonical = store_.schema->Canonicalise(copy, model::Schema::Defaults::kFill).ok();
  const bool dated = record.valid_from != kBeginningOfTime || record.valid_to != kEndOfTime;
  copy.valid_from = time_;
  return canonical && !dated && copy.class_number == store_.directory.ClassOf(known) &&
         PreparedRecords::ContentOf(EncodeRecord(copy)) == content_of_[known];
}

absl::Status FirstLoad::AddRecord(const Record& record, const PreparedRecords::One& prepared,
                                  bool& repeated) {
  const NodeIndex known = store_.directory.Find(record.key);
  if (!Loaded(known)) return AddNew(record, prepared, known);
  // Anything else is judged again, as a change, when the first version is in the store.
  if (IsRepetition(record, known)) {
    ++counts_.records_unchanged;
  } else {
    repeated = true;
  }
  return absl::OkStatus();
}

absl::Status FirstLoad::AddNew(const Record& record, const PreparedRecords::One& prepared,
                               NodeIndex known) {
  KOSEI_RETURN_IF_ERROR(prepared.refused);
  KOSEI_RETURN_IF_ERROR(CheckReferences(record, prepared));
  const NodeIndex node = next_node_;
  KOSEI_RETURN_IF_ERROR(ClaimUnique(record, prepared, node));
  if (prepared.valid_from >= prepared.valid_to) {
    GiveBack(prepared.claims);
    return MakeError(ErrorCode::kInvalidArgument,
                     "put record " + record.key + ": valid_to is not after valid_from", "valid_to");
  }
  ++next_node_;
  char key[keys::kRecordKeySize];
  keys::WriteRecordKey(key, RecordOf(node), commit_);
  KOSEI_RETURN_IF_ERROR(files_->Put(Family::kRecords, {key, sizeof(key)}, prepared.bytes));
  content_.AddRecordHash(RecordOf(node), prepared.hash);
  if (prepared.valid_from != time_ || prepared.valid_to != kEndOfTime) {
    KOSEI_RETURN_IF_ERROR(files_->Put(Family::kDefault, keys::DatedKey(RecordOf(node)), {}));
    dated_.push_back(node);
    if (prepared.valid_from > time_ || prepared.valid_to != kEndOfTime)
      bounded_[node] = prepared.valid_to;
  }
  if (prepared.gated) gated_.push_back(node);
  if (known == 0) {
    store_.directory.Insert(node, record.key, record.class_number);
  } else {
    // An abandoned load left the key with a number of its own; sorted files want numbers that
    // ascend.
    store_.directory.Move(known, node, record.class_number);
  }
  content_of_.resize(node + 1, 0);
  content_of_[node] = prepared.content;
  ++counts_.records_created;
  return absl::OkStatus();
}

absl::Status FirstLoad::CheckReferences(const Record& record,
                                        const PreparedRecords::One& prepared) const {
  for (const PreparedRecords::Reference& reference : prepared.references) {
    const model::AttributeDefinition& definition = reference.attribute->definition;
    const model::Class* wanted = store_.schema->FindClass(definition.reference_class);
    const bool self = reference.key == record.key;
    const NodeIndex target = self ? 0 : store_.directory.Find(reference.key);
    const ClassNumber found = self ? record.class_number : store_.directory.ClassOf(target);
    if (!self && !Loaded(target)) {
      return MakeError(
          ErrorCode::kLinkEndMissing,
          absl::StrFormat("put record %s: %s refers to %s, which does not exist; create it first",
                          record.key, definition.name, reference.key),
          definition.name);
    }
    if (wanted != nullptr && !store_.schema->IsA(found, wanted->number)) {
      return MakeError(
          ErrorCode::kWrongType,
          absl::StrFormat("put record %s: %s refers to %s, which is a %s; expected a %s",
                          record.key, definition.name, reference.key,
                          store_.schema->ClassName(found), definition.reference_class),
          definition.name);
    }
  }
  return absl::OkStatus();
}

absl::Status FirstLoad::ClaimUnique(const Record& record, const PreparedRecords::One& prepared,
                                    NodeIndex node) {
  for (std::size_t i = 0; i < prepared.claims.size(); ++i) {
    const auto& [identity, attribute] = prepared.claims[i];
    const auto [holder, fresh] = unique_.try_emplace(identity, node);
    if (fresh) continue;
    GiveBack(prepared.claims.first(i));
    return MakeError(
        ErrorCode::kDuplicateValue,
        absl::StrFormat(
            "put record %s: %s \"%s\" is held by record %s; a value of %s is unique, so "
            "correct one of the two",
            record.key, attribute->definition.name,
            store_.schema->Format(*attribute,
                                  RecordView::Trust(prepared.bytes).Find(attribute->number)),
            store_.directory.KeyOf(holder->second), attribute->definition.name),
        attribute->definition.name);
  }
  return absl::OkStatus();
}

void FirstLoad::GiveBack(std::span<const PreparedRecords::Claim> claims) {
  for (const PreparedRecords::Claim& claim : claims) unique_.erase(claim.identity);
}

}  // namespace kosei::storage
