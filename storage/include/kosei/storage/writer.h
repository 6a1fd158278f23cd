// Writer: transactions with group commit, bulk loading, baselines. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/base/time.h"
#include "kosei/model/definition.h"
#include "kosei/storage/model_change.h"
#include "kosei/storage/reader.h"

namespace kosei::storage {

// Who writes, and why: kept with the commit for ever.
struct Provenance {
  std::string actor;
  std::string reason;
  std::string cause;          // key of the change, discovery run or import it serves; may be empty
  std::string source;         // discovery or import source; may be empty
  PlanNumber plan = kNoPlan;  // the plan that it carries out
};

// Valid time (docs/time.md). Whatever is written is said to hold from an instant on: that of the
// commit (kBeginningOfTime), an earlier one (a late report) or a later one (a planned fact). It
// holds until the next change that is known already, or for ever when none is (kEndOfTime); an
// explicit end holds whatever was known before. What ends, ends for good unless an end is given. A
// transaction says one thing about one record or link.

// Creates the record or, when its key is known, sets the given attributes and keeps the others as
// they are at valid_from (a null value removes one). Nothing happens when nothing would change.
// class_number may be 0 for a key that exists.
struct PutRecord {
  Record record;  // with valid_from and valid_to
  // The commit that began the version the writer read, when it wants optimistic locking; kNoCommit:
  // must not exist.
  std::optional<CommitNumber> expected_begin;
};
// Ends the record and every link that touches it.
struct EndRecord {
  std::string key;
  std::optional<CommitNumber> expected_begin;
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
};
// Endpoints by key; they may be records that the same transaction creates. Both must exist at
// valid_from; when one of them is known to end, the link ends with it. Already there: nothing
// happens.
struct PutLink {
  std::string source;
  RelationshipTypeNumber type;
  std::string target;
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
};
struct EndLink {
  std::string source;
  RelationshipTypeNumber type;
  std::string target;
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
};

// All or nothing. Applied in the order: put records, end links, put links, end records.
struct Transaction {
  Provenance provenance;
  // It comes from a process, which has held it to its life cycle. Records of classes of processes
  // (model::Schema::IsProcess) and their links are written by nothing else: kProcessRecord.
  bool by_process = false;
  std::vector<PutRecord> put_records;
  std::vector<EndLink> end_links;
  std::vector<PutLink> put_links;
  std::vector<EndRecord> end_records;
};

struct CommitResult {
  CommitNumber commit;  // kNoCommit when nothing changed
  Timestamp time;
  std::uint64_t records_created = 0, records_updated = 0, records_unchanged = 0, records_ended = 0;
  std::uint64_t links_created = 0, links_unchanged = 0, links_ended = 0;
};

// The links of a chunk. Each names its ends by their places in a table of keys: what many links
// share is kept, and looked up, once.
class ChunkLinks {
 public:
  struct Link {
    std::uint32_t source;  // its place in the table
    RelationshipTypeNumber type;
    std::uint32_t target;
    Timestamp valid_from = kBeginningOfTime;
    Timestamp valid_to = kEndOfTime;
  };
  ChunkLinks() = default;
  ChunkLinks(std::initializer_list<PutLink> links);

  // The key's place. It may stand in several.
  std::uint32_t AddKey(std::string_view key);
  // Its keys are in the table.
  void Add(const Link& link) { links_.push_back(link); }
  void push_back(const PutLink& link);
  void Reserve(std::size_t keys, std::size_t links);

  std::size_t key_count() const { return key_ends_.size(); }
  std::string_view KeyAt(std::size_t place) const;
  std::size_t size() const { return links_.size(); }
  const Link& At(std::size_t i) const { return links_[i]; }
  PutLink operator[](std::size_t i) const;

 private:
  std::string key_bytes_;  // one behind the other
  std::vector<std::size_t> key_ends_;
  std::vector<Link> links_;
};

class PreparedRecords;

// A part of a bulk load. Items are judged one by one: a bad one is reported and the others go in.
struct BulkChunk {
  std::vector<Record> records;
  ChunkLinks links;
  // For every record of this chunk, its links of these types (as source) are all in this chunk:
  // others end.
  std::vector<RelationshipTypeNumber> complete_types;
  // In a load that can be gone on with: 1, 2, 3, ..., and whatever the loader wants to be told of
  // the chunks up to this one when it comes back.
  std::uint64_t number = 0;
  std::uint64_t digest = 0;
  std::string batch = {};                                     // filled in by the load
  std::shared_ptr<const PreparedRecords> prepared = nullptr;  // by BulkLoad::Prepare
};
struct RejectedItem {
  enum class Kind : std::uint8_t { kRecord, kLink } kind;
  std::uint32_t index;  // in the chunk's vector
  absl::Status status;
};
struct ChunkResult {
  std::vector<RejectedItem> rejected;
  CommitResult counts;  // commit is kNoCommit while a first load has not finished
};

// How far a load has come: its chunks up to this one are durable, and what they did in all.
struct LoadPosition {
  std::uint64_t chunk = 0;
  std::uint64_t digest = 0;  // of that chunk
  CommitResult counts = {};
};

// One load from one source. Not thread-safe but for Prepare: one chunk after the other. Destroying
// it before Finish abandons what has not been committed. Into an empty store everything goes in as
// one commit through sorted files at Finish; otherwise each chunk is a commit.
class BulkLoad {
 public:
  virtual ~BulkLoad() = default;
  // How far a load of the same source and batch had come when this one began.
  virtual LoadPosition position() const = 0;
  // What can be done on the records of a chunk before its turn, on any thread, also while others
  // are prepared or added. The chunk is then added to this load as it is. Add does it itself for a
  // chunk that comes without.
  virtual void Prepare(BulkChunk& /*chunk*/) const {}
  virtual absl::StatusOr<ChunkResult> Add(BulkChunk chunk) = 0;
  // Makes everything durable and visible.
  virtual absl::StatusOr<CommitResult> Finish() = 0;
};

// Takes the values of these attributes out of every version of the record, and out of plans, for
// good: what they were is nowhere any more, and the hash of each version stays, so that the chain
// of commits still proves the rest. A record that is there loses them by an ordinary change too.
// Empty: all attributes, of a record that has ended. Its key stays, for a key names one record for
// ever.
struct Erasure {
  Provenance provenance;  // the reason is kept after what was erased
  std::string key;
  std::vector<AttributeNumber> attributes;
};
struct ErasureResult {
  CommitNumber commit;  // kNoCommit: no version and no plan has such values
  Timestamp time;
  std::uint64_t versions = 0;    // that lost something
  std::uint64_t plan_steps = 0;  // likewise
};

class Writer {
 public:
  virtual ~Writer() = default;
  // Validates, commits and syncs. `done` runs once, on this or another thread, after the commit is
  // durable and visible; it must not block. Concurrent transactions share one sync.
  using Done = std::function<void(absl::StatusOr<CommitResult>)>;
  virtual void CommitAsync(Transaction transaction, Done done) = 0;
  // The same, waiting.
  virtual absl::StatusOr<CommitResult> Commit(Transaction transaction) = 0;
  // At most one load at a time into an empty store; kOverloaded otherwise. With a `batch` the load
  // can be gone on with under the same source and batch: its chunks are numbered, what was durable
  // is told by position(), and a chunk up to there is judged again but changes nothing. A first
  // load begins from the start. Positions are kept for 30 days, and of the newest 1,000 loads.
  virtual absl::StatusOr<std::unique_ptr<BulkLoad>> BeginBulk(Provenance provenance,
                                                              std::string batch) = 0;
  absl::StatusOr<std::unique_ptr<BulkLoad>> BeginBulk(Provenance provenance) {
    return BeginBulk(std::move(provenance), {});
  }
  // Compares the model with the one in force, looks at what is stored where that may not fit, and
  // makes the model the store's by a commit that writes nothing else. What is staged meanwhile is
  // judged by the model in force when it commits; writers wait while the data is looked at.
  // kModelInvalid when the definition is no model; a model that is refused is a result.
  virtual absl::StatusOr<ModelChangeResult> ChangeModel(const model::ModelDefinition& definition,
                                                        const Provenance& provenance,
                                                        ModelChangeMode mode) = 0;
  // kNotFound, kInvalidArgument (the record is there and no attribute is named), kLegalHold, and
  // what a put gives (a required attribute).
  virtual absl::StatusOr<ErasureResult> Erase(const Erasure& erasure) = 0;
  // kAlreadyExists when the name is taken.
  virtual absl::Status CreateBaseline(const Baseline& baseline) = 0;
  // kUnknownBaseline. What it named stays; only the name goes.
  virtual absl::Status DropBaseline(const std::string& name) = 0;
  // Small durable settings of the layers above (tokens), under names of their own. Synced. Empty
  // value: removed.
  virtual absl::Status PutSetting(std::string_view name, std::string_view value) = 0;
  virtual absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Settings(
      std::string_view prefix) const = 0;
};

}  // namespace kosei::storage
