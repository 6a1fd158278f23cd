// FirstLoad: a bulk load into an empty store. Records are made ready on any thread
// (prepared_records.h) and stream into a sorted file as they come (their ids ascend), links and
// unique values are sorted in memory, and Finish makes it all one commit, atomically. What repeats
// a key that came before is kept aside and committed right after, so that nothing is lost and
// history tells both.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
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
#include "keys.h"
#include "kosei/storage/writer.h"
#include "prepared_records.h"
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
  void Prepare(BulkChunk& chunk) const override;
  absl::StatusOr<ChunkResult> Add(BulkChunk chunk) override;
  absl::StatusOr<CommitResult> Finish() override;

 private:
  FirstLoad(Store& store, Committer& committer, WatermarkKeeper& watermark, Provenance provenance,
            std::string batch, std::function<void()> released);

  struct Link {
    NodeIndex source;
    NodeIndex target;
    TypeIndex type;
  };
  // What a key of a chunk names.
  struct End {
    NodeIndex node = 0;  // 0: no record of this load
    ClassNumber class_number;
    bool bounded = false;
  };

  absl::StatusOr<ChunkResult> AddNow(BulkChunk& chunk);
  absl::Status AddRecord(const Record& record, const PreparedRecords::One& prepared,
                         bool& repeated);
  absl::Status AddNew(const Record& record, const PreparedRecords::One& prepared, NodeIndex known);
  bool IsRepetition(const Record& record, NodeIndex known) const;
  bool Loaded(NodeIndex node) const {
    return node != 0 && node < content_of_.size() && content_of_[node] != 0;
  }
  void FetchAhead(const BulkChunk& chunk, std::size_t i) const;
  absl::Status ClaimUnique(const Record& record, const PreparedRecords::One& prepared,
                           NodeIndex node);
  void GiveBack(std::span<const PreparedRecords::Claim> claims);
  absl::Status CheckReferences(const Record& record, const PreparedRecords::One& prepared) const;

  // first_load_links.cc
  void AddLinks(const ChunkLinks& links, ChunkResult& result);
  void FindEnds(const ChunkLinks& links);
  absl::Status AddLink(const ChunkLinks& links, std::size_t i);
  absl::Status CheckCardinality(const model::RelationshipType& type, const ChunkLinks& links,
                                std::size_t i);
  void SortLinks();
  absl::Status WriteLinks();
  void HashLinks(ContentHash& content) const;
  TopologyBase BaseOfLinks() const;

  // first_load_finish.cc
  absl::StatusOr<Head> Write();
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
  std::vector<std::vector<Link>> links_of_chunks_;         // as they came
  std::vector<Link> links_;                                // sorted, at the end
  std::vector<End> ends_;                                  // by key of the chunk
  absl::flat_hash_map<keys::Identity, NodeIndex> unique_;  // the holder
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
