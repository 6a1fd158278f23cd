// RetentionRun: one look at all records of classes that have a policy; retires what may go, in
// small batches between which others commit.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "committer.h"
#include "indexer.h"
#include "kosei/storage/retention.h"
#include "retention_rules.h"
#include "store.h"

namespace kosei::storage {

class VersionRewriter;

class RetentionRun {
 public:
  RetentionRun(Store& store, Committer& committer, Indexer& indexer, Provenance provenance,
               bool dry_run)
      : store_(store),
        committer_(committer),
        indexer_(indexer),
        provenance_(std::move(provenance)),
        dry_run_(dry_run) {}

  absl::StatusOr<RetentionReport> Run(const std::function<bool()>& go_on);

 private:
  // What of a commit counts here.
  struct KnownCommit {
    Timestamp time;
    bool fixed = false;
  };

  absl::StatusOr<KnownCommit> CommitOf(CommitNumber number);
  absl::StatusOr<std::vector<StatedVersion>> StatedOf(const std::vector<RecordVersion>& versions);
  absl::StatusOr<std::vector<Judgement>> JudgementsOf(const RetentionRules& rules, NodeIndex node,
                                                      const std::vector<RecordVersion>& versions);
  // Counts the record; whether something of it may go.
  absl::StatusOr<bool> LookAt(const RetentionRules& rules, NodeIndex node);
  absl::Status Write();
  absl::Status WriteComposed(Committer::Composer& composer, VersionRewriter& rewriter);
  absl::Status Retire(const RetentionRules& rules, NodeIndex node, rocksdb::WriteBatch& batch,
                      VersionRewriter& rewriter);
  RetentionCounts& CountsOf(ClassNumber class_number);

  Store& store_;
  Committer& committer_;
  Indexer& indexer_;
  const Provenance provenance_;
  const bool dry_run_;
  PlanPins pins_;
  std::uint64_t pins_as_of_ = 0;
  absl::flat_hash_map<CommitNumber, KnownCommit> commits_;
  std::vector<NodeIndex> waiting_;  // records of the next batch
  std::size_t waiting_versions_ = 0;
  std::map<ClassNumber, RetentionCounts> counts_;
  RetentionReport report_;
};

}  // namespace kosei::storage
