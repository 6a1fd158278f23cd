#include "rewind.h"

#include <rocksdb/write_batch.h>

#include <algorithm>

#include "commit_log.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/record.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "model_versions.h"
#include "plan_codec.h"
#include "plan_step.h"
#include "retention_book.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{4} << 20;
constexpr std::string_view kBaseline = "baseline/";

// Collects removals and writes them in batches.
class Changes {
 public:
  explicit Changes(const Database& database) : database_(database) {}
  absl::Status Remove(Family family, std::string_view key) {
    batch_.Delete(database_.family(family), SliceOf(key)).PermitUncheckedError();
    return WriteIfLarge();
  }
  absl::Status Put(Family family, std::string_view key, std::string_view value) {
    batch_.Put(database_.family(family), SliceOf(key), SliceOf(value)).PermitUncheckedError();
    return WriteIfLarge();
  }
  absl::Status Write() {
    const absl::Status written =
        ToStatus(database_.db().Write(rocksdb::WriteOptions(), &batch_), "rewind store");
    batch_.Clear();
    return written;
  }

 private:
  absl::Status WriteIfLarge() {
    return batch_.GetDataSize() < kBatchBytes ? absl::OkStatus() : Write();
  }
  const Database& database_;
  rocksdb::WriteBatch batch_;
};

absl::Status RemoveCommit(const Database& database, CommitNumber commit, Changes& changes) {
  KOSEI_ASSIGN_OR_RETURN(const CommitChanges listed, ReadChanges(database, commit, SIZE_MAX));
  for (const RecordChange& change : listed.records) {
    char key[keys::kRecordKeySize];
    keys::WriteRecordKey(key, change.record, commit);
    KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kRecords, {key, sizeof(key)}));
  }
  for (const LinkChange& change : listed.links) {
    char key[keys::kLinkKeySize];
    keys::WriteLinkKey(key, {change.source, change.type, change.target, commit});
    KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kLinks, {key, sizeof(key)}));
  }
  const auto parts = database.Iterate(Family::kCommits, rocksdb::ReadOptions());
  for (parts->Seek(keys::CommitKey(commit, 0)); parts->Valid(); parts->Next()) {
    std::uint32_t part = 0;
    if (keys::DecodeCommitKey(ViewOf(parts->key()), part) != commit) break;
    KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kCommits, ViewOf(parts->key())));
  }
  return ToStatus(parts->status(), "rewind commits");
}

// Who held a unique value: what began later goes, what ended later holds on.
absl::Status RewindHolders(const Database& database, CommitNumber to, Changes& changes) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const auto iterator = database.Iterate(Family::kIdentity, options);
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    std::vector<keys::Holder> holders = keys::DecodeHolders(ViewOf(iterator->value()));
    std::erase_if(holders, [to](const keys::Holder& holder) { return holder.begin > to; });
    for (keys::Holder& holder : holders) {
      if (holder.end > to) holder.end = kOpenEnd;
    }
    const std::string bytes = keys::EncodeHolders(holders);
    if (bytes == ViewOf(iterator->value())) continue;
    const std::string_view key = ViewOf(iterator->key());
    KOSEI_RETURN_IF_ERROR(bytes.empty() ? changes.Remove(Family::kIdentity, key)
                                        : changes.Put(Family::kIdentity, key, bytes));
  }
  return ToStatus(iterator->status(), "rewind unique values");
}

// Whether a version that is left speaks of another valid time than from its commit's time on.
absl::StatusOr<bool> IsDated(const Database& database, RecordId id) {
  const auto iterator = database.Iterate(Family::kRecords, rocksdb::ReadOptions());
  for (iterator->Seek(keys::RecordPrefix(id)); iterator->Valid(); iterator->Next()) {
    const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(iterator->key()));
    if (key.id != id) break;
    const std::string bytes = iterator->value().ToString();
    const RecordView record = RecordView::Trust(bytes);
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(database, key.commit));
    if (record.valid_to() != kEndOfTime || record.valid_from() != commit.info.time) return true;
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "rewind marks of valid time"));
  return false;
}

// The marks of records that are dated by versions which went.
absl::Status RewindDated(const Database& database, Changes& changes) {
  const auto iterator = database.Iterate(Family::kDefault, rocksdb::ReadOptions());
  for (iterator->Seek(SliceOf(keys::kDatedPrefix)); iterator->Valid(); iterator->Next()) {
    const std::string_view key = ViewOf(iterator->key());
    if (!key.starts_with(keys::kDatedPrefix) || key.size() != keys::kMarkKeySize) break;
    const RecordId id{ReadU64(key.data() + keys::kDatedPrefix.size())};
    KOSEI_ASSIGN_OR_RETURN(const bool dated, IsDated(database, id));
    if (!dated) KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kDefault, key));
  }
  return ToStatus(iterator->status(), "rewind marks of valid time");
}

// The marks of records of which no version is left; others keep theirs, which says no more than
// that one looks.
absl::Status RewindGated(const Database& database, Changes& changes) {
  const auto iterator = database.Iterate(Family::kDefault, rocksdb::ReadOptions());
  for (iterator->Seek(SliceOf(keys::kGatedPrefix)); iterator->Valid(); iterator->Next()) {
    const std::string_view key = ViewOf(iterator->key());
    if (!key.starts_with(keys::kGatedPrefix) || key.size() != keys::kMarkKeySize) break;
    const std::string prefix =
        keys::RecordPrefix(RecordId{ReadU64(key.data() + keys::kGatedPrefix.size())});
    const auto versions = database.Iterate(Family::kRecords, rocksdb::ReadOptions());
    versions->Seek(prefix);
    const bool left = versions->Valid() && ViewOf(versions->key()).starts_with(prefix);
    KOSEI_RETURN_IF_ERROR(ToStatus(versions->status(), "rewind marks of gates"));
    if (!left) KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kDefault, key));
  }
  return ToStatus(iterator->status(), "rewind marks of gates");
}

absl::Status RewindBaselines(const Database& database, CommitNumber to, Changes& changes,
                             RewindReport& report) {
  KOSEI_ASSIGN_OR_RETURN(const auto baselines, ListMeta(database, kBaseline));
  for (const auto& [name, bytes] : baselines) {
    KOSEI_ASSIGN_OR_RETURN(const Baseline baseline, DecodeBaseline(name, bytes));
    if (baseline.view.commit <= to) continue;
    KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kMeta, std::string(kBaseline) + name));
    report.baselines.push_back(name);
  }
  return absl::OkStatus();
}

// Versions of the model that a later commit brought.
absl::Status RewindModels(const Database& database, CommitNumber to, Changes& changes) {
  KOSEI_ASSIGN_OR_RETURN(const auto versions, ListMeta(database, kModelVersionPrefix));
  for (const auto& [name, bytes] : versions) {
    KOSEI_ASSIGN_OR_RETURN(const StoredModel model, DecodeModel(bytes));
    if (model.commit <= to) continue;
    KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kMeta, ModelVersionKey(model.version)));
  }
  return absl::OkStatus();
}

// Plans as they were while `to` was the newest commit. `gone`: the time of the first commit that
// goes.
class PlanRewind {
 public:
  PlanRewind(const Database& database, CommitNumber to, Timestamp gone, Changes& changes,
             RewindReport& report)
      : database_(database), to_(to), gone_(gone), changes_(changes), report_(report) {}

  absl::Status Run() {
    const auto iterator = database_.Iterate(Family::kPlans, rocksdb::ReadOptions());
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      const std::string_view key = ViewOf(iterator->key());
      const PlanNumber number{ReadU64(key.data())};
      if (number == kNoPlan) continue;  // the last number given stays given
      if (ReadU32(key.data() + sizeof(std::uint64_t)) == 0) {
        KOSEI_RETURN_IF_ERROR(Close());
        KOSEI_ASSIGN_OR_RETURN(plan_, DecodePlan(ViewOf(iterator->value())));
        open_ = true;
        kept_ = plan_.created < gone_;
        steps_ = 0;
        edits_ = 0;
        if (!kept_) KOSEI_RETURN_IF_ERROR(changes_.Remove(Family::kPlans, key));
        continue;
      }
      KOSEI_ASSIGN_OR_RETURN(const PlanStep step, DecodeStep(ViewOf(iterator->value())));
      // A step that goes takes those after it along: they were made on top of it.
      const bool was_there = step.known <= to_ && step.time < gone_ && step.number == steps_ + 1;
      if (!kept_ || !was_there) {
        KOSEI_RETURN_IF_ERROR(changes_.Remove(Family::kPlans, key));
        continue;
      }
      ++steps_;
      edits_ += EditCountOf(step.edits);
    }
    KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "rewind plans"));
    return Close();
  }

 private:
  // What the plan says of itself, once all its steps have been seen.
  absl::Status Close() {
    if (!open_) return absl::OkStatus();
    open_ = false;
    if (!kept_) {
      report_.plans.push_back(plan_.name);
      return absl::OkStatus();
    }
    PlanInfo plan = plan_;
    plan.steps = steps_;
    plan.edits = edits_;
    plan.base = std::min(plan.base, to_);
    if (plan.state == PlanState::kMerged && (plan.merged > to_ || plan.merged_from > to_)) {
      plan.state = PlanState::kOpen;
      plan.merged_from = kNoCommit;
      plan.merged = kNoCommit;
      plan.merged_by.clear();
    }
    return changes_.Put(Family::kPlans, keys::PlanKey(plan.number, 0), EncodePlan(plan));
  }

  const Database& database_;
  const CommitNumber to_;
  const Timestamp gone_;
  Changes& changes_;
  RewindReport& report_;
  PlanInfo plan_;
  bool open_ = false;
  bool kept_ = false;
  std::uint32_t steps_ = 0;
  std::uint64_t edits_ = 0;
};

// Decisions about retention that came later are not made yet. What was retired stays so.
absl::Status RewindRetention(const Database& database, CommitNumber to, Changes& changes) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RetentionPolicy> policies, ReadPolicies(database));
  for (const RetentionPolicy& policy : policies) {
    if (policy.set.commit <= to) continue;
    KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kMeta, PolicyName(policy.class_number)));
  }
  KOSEI_ASSIGN_OR_RETURN(std::vector<LegalHold> holds, ReadHolds(database));
  for (LegalHold& hold : holds) {
    if (hold.added.commit > to) {
      KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kMeta, HoldName(hold.name)));
    } else if (hold.dropped && hold.dropped->commit > to) {
      hold.dropped.reset();
      KOSEI_RETURN_IF_ERROR(changes.Put(Family::kMeta, HoldName(hold.name), EncodeHold(hold)));
    }
  }
  return absl::OkStatus();
}

// What is made of records and made again when it is gone, and how far loads have come, which goes
// for loads that begin anew.
absl::Status RemoveDerived(const Database& database, Changes& changes) {
  for (const Family family : {Family::kIndex, Family::kText}) {
    const auto iterator = database.Iterate(family, rocksdb::ReadOptions());
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      KOSEI_RETURN_IF_ERROR(changes.Remove(family, ViewOf(iterator->key())));
    }
    KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "rewind indexes"));
  }
  for (const std::string prefix : {"index/", "load/"}) {
    KOSEI_ASSIGN_OR_RETURN(const auto entries, ListMeta(database, prefix));
    for (const auto& [name, bytes] : entries) {
      KOSEI_RETURN_IF_ERROR(changes.Remove(Family::kMeta, prefix + name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RewindReport> RewindTo(const Database& database, CommitNumber to) {
  RewindReport report;
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit newest, ReadNewestCommit(database));
  Changes changes(database);
  Timestamp gone = newest.info.time;
  if (newest.info.number > to) {
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit first,
                           ReadCommit(database, CommitNumber{to.value + 1}));
    gone = first.info.time;
  }
  for (std::uint64_t commit = newest.info.number.value; commit > to.value; --commit) {
    KOSEI_RETURN_IF_ERROR(RemoveCommit(database, CommitNumber{commit}, changes));
    ++report.commits;
  }
  KOSEI_RETURN_IF_ERROR(changes.Write());
  if (report.commits == 0) return report;
  KOSEI_RETURN_IF_ERROR(RewindHolders(database, to, changes));
  KOSEI_RETURN_IF_ERROR(RewindDated(database, changes));
  KOSEI_RETURN_IF_ERROR(RewindGated(database, changes));
  KOSEI_RETURN_IF_ERROR(RewindModels(database, to, changes));
  KOSEI_RETURN_IF_ERROR(RewindRetention(database, to, changes));
  KOSEI_RETURN_IF_ERROR(RemoveDerived(database, changes));
  KOSEI_RETURN_IF_ERROR(RewindBaselines(database, to, changes, report));
  KOSEI_RETURN_IF_ERROR(PlanRewind(database, to, gone, changes, report).Run());
  KOSEI_RETURN_IF_ERROR(changes.Write());
  return report;
}

}  // namespace kosei::storage
