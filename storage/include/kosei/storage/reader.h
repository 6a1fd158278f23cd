// Reader: everything that can be read of a store, always through a View. Thread-safe; readers never
// wait for writers.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/base/time.h"
#include "kosei/model/schema.h"
#include "kosei/storage/graph.h"
#include "kosei/storage/index.h"
#include "kosei/storage/model_change.h"
#include "kosei/storage/view.h"

namespace kosei::storage {

// One version of a record: `bytes` is the form of base/record.h. It holds from `begin` until before
// `end` (kOpenEnd: still). `ended` versions say that the record is no more.
struct RecordVersion {
  RecordId id;
  CommitNumber begin;
  CommitNumber end = kOpenEnd;
  std::string bytes;
  RecordView record() const { return RecordView::Trust(bytes); }
};

// A link that touches a record, with the commits between which it was known, and the valid time for
// which it was said. valid_from is kBeginningOfTime when the time of `begin` is meant; such a link
// was, as far as was known after `end`, so until the time of that commit.
struct LinkVersion {
  RecordId source;
  RelationshipTypeNumber type;
  RecordId target;
  CommitNumber begin;
  CommitNumber end = kOpenEnd;
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
};

// A commit's own words (base/schema/commit.fbs), decoded.
struct CommitInfo {
  CommitNumber number;
  Timestamp time;
  std::string actor, reason, cause, source;
  PlanNumber plan = kNoPlan;  // the plan that it carries out
  std::uint64_t records_created = 0, records_updated = 0, records_ended = 0;
  std::uint64_t links_created = 0, links_ended = 0;
  std::string content_hash, previous_hash, hash;  // 32 bytes each; `hash` is the commit's own
  std::string model_hash;     // of the model it brought, or the first was made under; else empty
  bool lists_changes = true;  // a first load does not: finding its changes takes a look at all
};

enum class ChangeKind : std::uint8_t { kCreated = 1, kUpdated = 2, kEnded = 3 };
struct RecordChange {
  RecordId record;
  ClassNumber class_number;
  ChangeKind kind = ChangeKind::kCreated;
};
struct LinkChange {
  RecordId source;
  RelationshipTypeNumber type;
  RecordId target;
  ChangeKind kind = ChangeKind::kCreated;
  // A valid time of its own; kBeginningOfTime and kEndOfTime: from the commit's time on. Not in the
  // lists that Reader::Changes gives.
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
};
struct CommitChanges {
  std::vector<RecordChange> records;
  std::vector<LinkChange> links;
};

struct Baseline {
  std::string name;
  View view;
  std::string description = {};
  std::string creator = {};  // both empty where a store of an early version did not keep them
  Timestamp created = kBeginningOfTime;
};

struct StoreCounts {
  std::uint64_t records = 0;  // in the present
  std::uint64_t links = 0;
  CommitNumber newest;
  Timestamp newest_time;
  std::string store_id;  // 32 hex digits, made once
  std::uint32_t model_version = 0;
  std::uint32_t format_version = 0;
  std::uint64_t topology_bytes = 0;
  std::uint64_t directory_bytes = 0;
};

class Reader {
 public:
  virtual ~Reader() = default;

  // The model in force now.
  virtual std::shared_ptr<const model::Schema> schema() const = 0;
  // The model of the View's day: of its commit. May read the disk.
  virtual absl::StatusOr<std::shared_ptr<const model::Schema>> SchemaAt(const View& view) const = 0;
  // The number of the version in force at a commit; from memory.
  virtual std::uint32_t ModelVersionAt(CommitNumber commit) const = 0;
  // All versions, ascending; the last is in force.
  virtual std::vector<ModelVersionInfo> ModelVersions() const = 0;
  // A version compiled, and its text (model::ModelText). kNotFound. May read the disk.
  virtual absl::StatusOr<std::shared_ptr<const model::Schema>> SchemaOf(
      std::uint32_t version) const = 0;
  virtual absl::StatusOr<std::string> ModelText(std::uint32_t version) const = 0;
  // The newest published commit, valid now.
  virtual View Newest() const = 0;
  // kFutureTime, kNotFound (no such commit), kUnknownBaseline.
  virtual absl::StatusOr<View> Resolve(const ViewName& name) const = 0;
  // As Resolve, but only from memory: nullopt when the disk would have to be read (then call
  // Resolve on a worker thread).
  virtual std::optional<absl::StatusOr<View>> ResolveIfCached(const ViewName& name) const = 0;

  // A key names one record for ever, also one that only a plan has, so neither needs a View.
  // nullopt / empty when there never was such a record.
  virtual std::optional<RecordId> IdOf(std::string_view key) const = 0;
  // Valid as long as the store is open.
  virtual std::string_view KeyOf(RecordId id) const = 0;
  virtual ClassNumber ClassOf(RecordId id) const = 0;  // 0 when there never was such a record

  // Which record holds a value of a unique attribute, as known as of a commit: a point read, even
  // when indexes are behind. At another instant of valid time, and in a plan, it may be another
  // one, so whoever asks looks at the record. nullopt: none. May read the disk.
  virtual absl::StatusOr<std::optional<RecordId>> HolderOf(const model::Attribute& attribute,
                                                           const Value& value,
                                                           CommitNumber as_of) const = 0;

  // The version that holds in the View. kNotFound when there is none or the record has ended;
  // kHistoryRetired when it was retired (storage/retention.h).
  virtual absl::StatusOr<RecordVersion> Get(RecordId id, const View& view) const = 0;
  // The same, but of a version that was retired what is left of it: for those who ask whether the
  // record is there, of which class and under which key.
  virtual absl::StatusOr<RecordVersion> GetWhatIsLeft(RecordId id, const View& view) const = 0;
  // As Get, but only from memory: nullopt when the disk would have to be read (then call Get on a
  // worker thread).
  virtual std::optional<absl::StatusOr<RecordVersion>> GetIfCached(RecordId id,
                                                                   const View& view) const = 0;
  // Another number when values may have been taken out of versions that were there already
  // (erasure): who keeps values of versions forgets them then. To be asked before they are read.
  virtual std::uint64_t ContentEpoch() const = 0;
  // Every version up to the View's commit, newest first.
  virtual absl::StatusOr<std::vector<RecordVersion>> History(RecordId id,
                                                             const View& view) const = 0;
  // Every interval in which a link touched the record, up to the View's commit.
  virtual absl::StatusOr<std::vector<LinkVersion>> LinkHistory(RecordId id,
                                                               const View& view) const = 0;
  // Records that hold in the View, ascending by id from `from` on, until `visit` returns false.
  virtual absl::Status Scan(
      const View& view, RecordId from,
      absl::FunctionRef<bool(RecordId, CommitNumber, RecordView)> visit) const = 0;

  // Every record, and every link, of which a statement has a valid time of its own: they may differ
  // between two Views though no commit between them speaks of them.
  virtual void VisitDated(
      absl::FunctionRef<void(RecordId)> record,
      absl::FunctionRef<void(RecordId, RelationshipTypeNumber, RecordId)> link) const = 0;

  // Candidates by value and by text, in any View.
  virtual const IndexReader& indexes() const = 0;

  // May read the disk, except for the newest View.
  virtual absl::StatusOr<GraphView> Graph(const View& view) const = 0;

  virtual absl::StatusOr<CommitInfo> Commit(CommitNumber number) const = 0;
  virtual absl::StatusOr<CommitChanges> Changes(CommitNumber number, std::size_t limit) const = 0;
  // All of them in parts of a few thousand, records first, until `visit` returns false.
  virtual absl::Status VisitChanges(CommitNumber number,
                                    absl::FunctionRef<bool(const CommitChanges&)> visit) const = 0;
  virtual absl::StatusOr<std::vector<Baseline>> Baselines() const = 0;
  virtual StoreCounts Counts() const = 0;
};

}  // namespace kosei::storage
