// Staging: what a transaction would change, judged against the newest state and against what its
// group staged before it. Each Put, End, ... is judged first and then applied whole, so a refused
// one leaves nothing behind. Belongs to the committing thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "endpoint_rules.h"
#include "keys.h"
#include "kosei/storage/writer.h"
#include "staged_state.h"
#include "store.h"

namespace kosei::storage {

struct StagedRecord {
  RecordId id;
  ClassNumber class_number;
  ChangeKind kind;
  std::string new_key;  // only when the id is new
  std::string bytes;    // the new version
};

class Staging {
 public:
  // `group`: what earlier transactions of the group staged. All must outlive this.
  Staging(const Store& store, EndpointRules& endpoints, const StagedState& group,
          CommitNumber commit, Timestamp time);

  absl::Status Put(PutRecord put);
  absl::Status End(const EndRecord& end);
  absl::Status Link(const PutLink& put);
  absl::Status Unlink(const EndLink& end);
  // Ends the links of `types` from each of `sources` that are not among `kept`.
  void EndOthers(std::span<const std::string> sources,
                 std::span<const RelationshipTypeNumber> types, std::span<const PutLink> kept);
  // The whole transaction in its order; the first error stops.
  absl::Status StageAll(Transaction& transaction);

  // Something would be written.
  bool changed() const;
  // What to write, in key order. Call once, when staging is over; counts() is whole from then on.
  std::vector<StagedRecord> TakeRecords();
  std::vector<LinkChange> TakeLinks();
  const CommitResult& counts() const { return counts_; }
  StagedState& state() { return own_; }
  CommitNumber commit() const { return commit_; }
  Timestamp time() const { return time_; }
  // Records that came to be or ended, for the store's count.
  std::int64_t record_balance() const { return record_balance_; }

 private:
  using HolderUpdates = std::vector<std::pair<std::string, std::vector<keys::Holder>>>;

  // staging_records.cc
  absl::StatusOr<CurrentRecord> Find(std::string_view key) const;
  NodeIndex FindNode(std::string_view key) const;
  absl::StatusOr<Record> Merged(const CurrentRecord& current, PutRecord& put) const;
  absl::Status CheckExpected(std::string_view key, const CurrentRecord& current,
                             const std::optional<CommitNumber>& expected) const;
  absl::Status CheckReferences(const model::Class& owner, const Record& record) const;
  void Remember(CurrentRecord current, Record record, ChangeKind kind);

  // staging_unique.cc
  absl::Status UpdateHolders(const model::Class& owner, const Record* before, const Record* after,
                             RecordId id, HolderUpdates& updates) const;
  absl::StatusOr<std::vector<keys::Holder>> HoldersOf(const std::string& identity,
                                                      const HolderUpdates& pending) const;

  // staging_links.cc
  bool LinkLive(const LinkName& name) const;
  void CollectLive(LinkDirection direction, NodeIndex node,
                   std::vector<Neighbour>& neighbours) const;
  absl::StatusOr<NodeIndex> LiveEnd(std::string_view key, std::string_view what) const;
  absl::Status CheckCardinality(const model::RelationshipType& type, const LinkName& name,
                                const PutLink& put) const;
  void SetLink(const LinkName& name, bool live);
  std::string_view KeyOf(NodeIndex node) const;

  const Store& store_;
  EndpointRules& endpoints_;
  const StagedState& group_;
  const CommitNumber commit_;
  const Timestamp time_;
  const GraphView graph_;
  StagedState own_;
  std::vector<StagedRecord> records_;
  absl::flat_hash_map<NodeIndex, std::size_t> positions_;      // in records_
  absl::flat_hash_map<NodeIndex, std::string> new_node_keys_;  // of own_.new_keys
  absl::flat_hash_map<LinkName, bool> links_before_;           // live before this transaction
  std::int64_t record_balance_ = 0;
  CommitResult counts_;
};

}  // namespace kosei::storage
