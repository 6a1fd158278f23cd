// FirstLoad: a bulk load into an empty store. Records stream into a sorted file as they come (their
// ids ascend), links and unique values are sorted in memory, and Finish makes it all one commit,
// atomically. What repeats a key that came before is kept aside and committed right after, so that
// nothing is lost and history tells both.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "commit_codec.h"
#include "committer.h"
#include "endpoint_rules.h"
#include "kosei/storage/writer.h"
#include "sorted_files.h"
#include "store.h"
#include "topology_base.h"

namespace kosei::storage {

class FirstLoad final : public BulkLoad {
 public:
  // `released` is called when the load is over, whatever its end.
  static absl::StatusOr<std::unique_ptr<BulkLoad>> Begin(Store& store, Committer& committer,
                                                         WatermarkKeeper& watermark,
                                                         Provenance provenance, std::string batch,
                                                         std::function<void()> released);
  ~FirstLoad() override;

  // Nothing of an earlier one is there.
  LoadPosition position() const override { return {}; }
  absl::StatusOr<ChunkResult> Add(BulkChunk chunk) override;
  absl::StatusOr<CommitResult> Finish() override;

 private:
  FirstLoad(Store& store, Committer& committer, WatermarkKeeper& watermark, Provenance provenance,
            std::string batch, std::function<void()> released);

  absl::StatusOr<ChunkResult> AddNow(BulkChunk& chunk);
  absl::Status AddRecord(Record& record, bool& repeated);
  absl::Status ClaimUnique(const model::Class& owner, const Record& record, NodeIndex node);
  absl::Status CheckReferences(const model::Class& owner, const Record& record);
  absl::Status AddLink(const PutLink& link);
  absl::Status CheckCardinality(const model::RelationshipType& type, NodeIndex source,
                                NodeIndex target, const PutLink& link);
  absl::StatusOr<Head> Write();
  absl::Status WriteLinks(ContentHash& content);
  absl::Status WriteHolders();
  absl::Status WriteHeader(std::string content_hash);
  absl::Status CommitRepeated();
  absl::Status CommitAfter(BulkChunk chunk, std::string_view what);

  Store& store_;
  Committer& committer_;
  WatermarkKeeper& watermark_;
  const Provenance provenance_;
  const std::string batch_;
  LoadPosition last_;  // of the newest chunk
  const std::function<void()> released_;
  EndpointRules endpoints_;
  std::unique_ptr<SortedFiles> files_;
  ContentHash content_;
  const CommitNumber commit_;  // the first but for those that brought a model
  const Timestamp time_;
  NodeIndex next_node_;
  std::vector<std::uint64_t>
      content_of_;  // by node: hash of its attributes, to tell a repetition from a change
  std::vector<LinkInterval> links_;
  absl::flat_hash_map<std::string, NodeIndex> unique_;  // identity key -> holder
  absl::flat_hash_map<std::uint64_t, NodeIndex> only_target_,
      only_source_;  // of types with limited cardinality
  std::vector<Record> repeated_;
  std::vector<PutLink> timed_links_;  // with a valid time, or an end that has one: committed after
  std::vector<NodeIndex> dated_;
  std::vector<NodeIndex> gated_;
  absl::flat_hash_map<NodeIndex, Timestamp> bounded_;  // begins later or ends: when it ends
  CommitResult counts_;
  CommitInfo info_;
  bool over_ = false;
};

}  // namespace kosei::storage
