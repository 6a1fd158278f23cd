#include "retention_run.h"

#include <algorithm>
#include <utility>

#include "commit_log.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "record_reader.h"
#include "retention_book.h"
#include "rocksdb_status.h"
#include "staging.h"
#include "version_rewriter.h"

namespace kosei::storage {
namespace {

// A batch is over in a few milliseconds; commits wait no longer than for one another.
constexpr std::size_t kBatchRecords = 64;
constexpr std::size_t kBatchVersions = 512;
constexpr std::size_t kKnownCommitsMax = 100'000;
constexpr NodeIndex kNodesPerCheck = 1'024;

}  // namespace

absl::StatusOr<RetentionRun::KnownCommit> RetentionRun::CommitOf(CommitNumber number) {
  const auto known = commits_.find(number);
  if (known != commits_.end()) return known->second;
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(*store_.database, number));
  if (commits_.size() >= kKnownCommitsMax) commits_.clear();
  const KnownCommit found{commit.info.time, commit.content_form != ContentForm::kHashes};
  commits_[number] = found;
  return found;
}

absl::StatusOr<std::vector<StatedVersion>> RetentionRun::StatedOf(
    const std::vector<RecordVersion>& versions) {
  std::vector<StatedVersion> stated;
  stated.reserve(versions.size());
  for (const RecordVersion& version : versions) {
    KOSEI_ASSIGN_OR_RETURN(const KnownCommit commit, CommitOf(version.begin));
    const RecordView record = version.record();
    stated.push_back({version.begin,
                      commit.time,
                      {record.valid_from(), record.valid_to()},
                      record.ended(),
                      record.attribute_count() == 0,
                      commit.fixed});
  }
  return stated;
}

absl::StatusOr<std::vector<Judgement>> RetentionRun::JudgementsOf(
    const RetentionRules& rules, NodeIndex node, const std::vector<RecordVersion>& versions) {
  const ClassNumber class_number = store_.directory.ClassOf(node);
  const RetentionPolicy* const policy = rules.PolicyOf(class_number);
  if (policy == nullptr) return std::vector<Judgement>(versions.size());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<StatedVersion> stated, StatedOf(versions));
  const auto pinned = pins_.find(node);
  return rules.Judge(*policy, rules.IsHeld(store_.directory.KeyOf(node), class_number),
                     pinned == pins_.end() ? nullptr : &pinned->second, stated);
}

RetentionCounts& RetentionRun::CountsOf(ClassNumber class_number) {
  RetentionCounts& counts = counts_[class_number];
  counts.class_number = class_number;
  return counts;
}

absl::StatusOr<bool> RetentionRun::LookAt(const RetentionRules& rules, NodeIndex node) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                         ReadVersions(store_, RecordOf(node), store_.published()));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<Judgement> judgements,
                         JudgementsOf(rules, node, versions));
  RetentionCounts& counts = CountsOf(store_.directory.ClassOf(node));
  ++counts.records;
  counts.versions += versions.size();
  std::size_t retired = 0;
  for (const Judgement& judgement : judgements) {
    switch (judgement.fate) {
      case Fate::kGone:
        ++counts.gone;
        break;
      case Fate::kPolicy:
        ++counts.kept_policy;
        break;
      case Fate::kNewest:
        ++counts.kept_newest;
        break;
      case Fate::kBaseline:
        ++counts.kept_baseline;
        break;
      case Fate::kPlan:
        ++counts.kept_plan;
        break;
      case Fate::kHold:
        ++counts.kept_hold;
        break;
      case Fate::kRetire:
        ++counts.retired;
        ++retired;
        break;
    }
  }
  waiting_versions_ += retired;
  return retired > 0;
}

absl::Status RetentionRun::Retire(const RetentionRules& rules, NodeIndex node,
                                  rocksdb::WriteBatch& batch, VersionRewriter& rewriter) {
  // Judged once more: somebody may have written, or held it, meanwhile.
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                         ReadVersions(store_, RecordOf(node), store_.published()));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<Judgement> judgements,
                         JudgementsOf(rules, node, versions));
  RetiredUntil until{CommitNumber{store_.retired_until_commit.load()},
                     Timestamp{store_.retired_until_instant.load()}};
  const auto reduce = [&](const RecordVersion& version, Record& record) {
    const auto at = std::find_if(versions.begin(), versions.end(), [&](const RecordVersion& one) {
      return one.begin == version.begin;
    });
    const Judgement& judgement = judgements[static_cast<std::size_t>(at - versions.begin())];
    if (judgement.fate != Fate::kRetire) return false;
    record.attributes.clear();
    until.commit = std::max(until.commit, judgement.last_commit);
    until.instant = std::max(until.instant, judgement.until);
    return true;
  };
  KOSEI_RETURN_IF_ERROR(rewriter.Rewrite(versions, RemnantKind::kRetired, reduce, batch));
  // Told before it is so: whoever goes by it only looks at more than it must.
  store_.retired_until_commit.store(until.commit.value);
  store_.retired_until_instant.store(until.instant.micros);
  return absl::OkStatus();
}

absl::Status RetentionRun::WriteComposed(Committer::Composer& composer, VersionRewriter& rewriter) {
  KOSEI_ASSIGN_OR_RETURN(const RetentionRules rules, RetentionRules::Read(store_));
  if (pins_as_of_ != store_.plans->changes()) {
    pins_as_of_ = store_.plans->changes();
    KOSEI_ASSIGN_OR_RETURN(pins_, ReadPlanPins(store_));
  }
  for (const NodeIndex node : waiting_) {
    KOSEI_RETURN_IF_ERROR(Retire(rules, node, composer.batch(), rewriter));
  }
  KOSEI_RETURN_IF_ERROR(rewriter.Finish(composer.batch()));
  if (rewriter.count() == 0) return absl::OkStatus();
  if (report_.commit == kNoCommit) {
    Staging staging = composer.Next();
    Provenance said = provenance_;
    said.reason = said.reason.empty() ? "retention run" : "retention run: " + said.reason;
    const CommitResult added = composer.Add(staging, said);
    report_.commit = added.commit;
    report_.time = added.time;
  }
  const RetiredUntil until{CommitNumber{store_.retired_until_commit.load()},
                           Timestamp{store_.retired_until_instant.load()}};
  return ToStatus(composer.batch().Put(store_.database->family(Family::kMeta),
                                       SliceOf(kRetiredUntilName), EncodeRetiredUntil(until)),
                  "retire versions");
}

absl::Status RetentionRun::Write() {
  VersionRewriter rewriter(store_, *store_.schema, "retire versions");
  {
    const MutexLock lock(store_.baseline_mutex);
    KOSEI_RETURN_IF_ERROR(indexer_.RunBetweenPieces([&] {
      return committer_.Compose(
          [&](Committer::Composer& composer) { return WriteComposed(composer, rewriter); },
          [&rewriter] { rewriter.Forget(); });
    }));
  }
  waiting_.clear();
  waiting_versions_ = 0;
  return absl::OkStatus();
}

absl::StatusOr<RetentionReport> RetentionRun::Run(const std::function<bool()>& go_on) {
  pins_as_of_ = store_.plans->changes();
  KOSEI_ASSIGN_OR_RETURN(pins_, ReadPlanPins(store_));
  KOSEI_ASSIGN_OR_RETURN(const RetentionRules rules, RetentionRules::Read(store_));
  const auto cancelled = [] {
    return MakeError(ErrorCode::kCancelled,
                     "run retention: it was given up; what was retired stays so, and the next run "
                     "goes on");
  };
  const NodeIndex limit = rules.empty() ? 1 : store_.directory.limit();
  for (NodeIndex node = 1; node < limit; ++node) {
    if (node % kNodesPerCheck == 0 && !go_on()) return cancelled();
    if (store_.directory.Latest(node) == kNoCommit) continue;
    if (rules.PolicyOf(store_.directory.ClassOf(node)) == nullptr) continue;
    KOSEI_ASSIGN_OR_RETURN(const bool may_go, LookAt(rules, node));
    if (!may_go || dry_run_) continue;
    waiting_.push_back(node);
    if (waiting_.size() < kBatchRecords && waiting_versions_ < kBatchVersions) continue;
    KOSEI_RETURN_IF_ERROR(Write());
    if (!go_on()) return cancelled();
  }
  if (!waiting_.empty()) KOSEI_RETURN_IF_ERROR(Write());
  for (const auto& [class_number, counts] : counts_) report_.classes.push_back(counts);
  return std::move(report_);
}

}  // namespace kosei::storage
