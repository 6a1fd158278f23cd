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
#include "link_statement.h"
#include "staged_state.h"
#include "store.h"

namespace kosei::storage {

struct StagedRecord {
  RecordId id;
  ClassNumber class_number;
  ChangeKind kind;
  std::string new_key;  // only when the id is new
  std::string bytes;    // the new version
  bool live = false;    // as known now, it is there at the commit's time or later
  bool dated = false;   // it speaks of another valid time than from the commit's time on
  bool gated = false;   // it has a gate of its own; known once the commit is written
};

class Staging {
 public:
  // `group`: what earlier transactions of the group staged. All must outlive this.
  Staging(const Store& store, EndpointRules& endpoints, const StagedState& group,
          CommitNumber commit, Timestamp time);

  // Whether records of processes may be written; at first they may not.
  void AllowProcessRecords(bool allow) { by_process_ = allow; }
  absl::Status Put(PutRecord put);
  absl::Status End(const EndRecord& end);
  absl::Status Link(const PutLink& put);
  absl::Status Unlink(const EndLink& end);
  // Ends the links of `types` from each of `sources` that are not among `kept`.
  absl::Status EndOthers(std::span<const std::string> sources,
                         std::span<const RelationshipTypeNumber> types, const ChunkLinks& kept);
  // A version, or a statement about a link, that a commit of another store wrote
  // (staging_replay.cc). kInvalidArgument when number and key are not one record here.
  absl::Status TakeOver(RecordId id, ChangeKind kind, std::string bytes);
  absl::Status TakeOver(std::string_view source, RelationshipTypeNumber type,
                        std::string_view target, const LinkValue& value);
  // The whole transaction in its order; the first error stops.
  absl::Status StageAll(Transaction& transaction);

  // The newest version of a record, of this transaction and its group first.
  absl::StatusOr<CurrentRecord> Find(std::string_view key) const { return Find(key, time_); }
  bool HasLink(std::string_view source, RelationshipTypeNumber type, std::string_view target) const;
  // The keys at the far ends of the record's links of this type.
  std::vector<std::string> FarEnds(std::string_view key, RelationshipTypeNumber type,
                                   LinkDirection direction) const;

  // Something would be written.
  bool changed() const;
  // What to write, in key order. Call once, when staging is over; counts() is whole from then on.
  std::vector<StagedRecord> TakeRecords();
  std::vector<LinkChange> TakeLinks();
  const CommitResult& counts() const { return counts_; }
  StagedState& state() { return own_; }
  CommitNumber commit() const { return commit_; }
  Timestamp time() const { return time_; }
  // Records and links that came to be or ended, for the store's counts.
  std::int64_t record_balance() const { return record_balance_; }
  std::int64_t link_balance() const { return link_balance_; }

 private:
  // Of a record whose new version is staged.
  struct Presence {
    bool before = false;  // it was known to be there at the commit's time or later
    bool after = false;
    std::vector<Record> known;  // newest first; of a record that is not dated the present alone
    std::vector<std::size_t> in_force;  // of these: what is still in force from now on
    bool said_in_force = true;          // the new version is in force at the commit's time or later
  };
  using HolderUpdates = std::vector<std::pair<std::string, std::vector<keys::Holder>>>;

  // staging_records.cc
  absl::StatusOr<CurrentRecord> Find(std::string_view key, Timestamp instant) const;
  NodeIndex FindNode(std::string_view key) const;
  // A stored version with its values in the form of today's model.
  Record KnownRecord(std::string_view bytes) const;
  absl::Status CheckOnce(NodeIndex node, std::string_view key, ValidInterval valid) const;
  absl::StatusOr<Record> Merged(const CurrentRecord& current, PutRecord& put) const;
  absl::Status CheckExpected(std::string_view key, const CurrentRecord& current,
                             const std::optional<CommitNumber>& expected) const;
  absl::Status CheckProcess(ClassNumber class_number, std::string_view key) const;
  absl::Status CheckReferences(const model::Class& owner, const Record& record) const;
  void Remember(CurrentRecord current, Record record, ChangeKind kind, const Presence& presence);

  // staging_time.cc
  // Whether the record is there from now on, before and after `said` is put on top of what is known
  // of it; nullptr: nothing.
  absl::StatusOr<Presence> PresenceOf(const CurrentRecord& current, const Record& said) const;
  // Every version that is known of a dated record, newest first.
  absl::StatusOr<std::vector<Record>> StatementsOf(NodeIndex node) const;
  // This transaction included.
  bool IsDated(NodeIndex node) const;
  // Until when the record, which must be there at `instant`, is there without a gap.
  absl::StatusOr<Timestamp> ThereUntil(NodeIndex node, Timestamp instant, std::string_view key,
                                       std::string_view what) const;
  bool IsTimed(const LinkName& name) const;
  // Oldest first, without what this transaction says.
  absl::StatusOr<std::vector<LinkStatement>> StatementsOf(const LinkName& name) const;
  absl::Status CheckSaidOnce(const LinkName& name) const;
  absl::Status LinkTimed(const PutLink& put, const model::RelationshipType& type,
                         const LinkName& name, Timestamp there_until);
  absl::Status UnlinkTimed(const EndLink& end, const LinkName& name);
  absl::Status CheckTimedCardinality(const model::RelationshipType& type, const LinkName& name,
                                     const PutLink& put, ValidInterval valid) const;
  // Puts a statement on top of what is known of the link.
  absl::Status SayTimed(const LinkName& name, bool live, ValidInterval valid);
  absl::Status EndLinksOf(NodeIndex node, ValidInterval valid);

  // staging_unique.cc
  absl::Status UpdateClaims(const model::Class& owner, const Presence& presence, const Record& said,
                            NodeIndex node, HolderUpdates& updates) const;
  // Of `before` the values that `after` has not are given back; of `after` those that are not held
  // yet are taken.
  absl::Status UpdateHolders(const model::Class& owner, std::span<const Record* const> before,
                             std::span<const Record* const> after, RecordId id,
                             HolderUpdates& updates) const;
  absl::Status GiveBack(const model::Attribute& attribute, const Value& value, RecordId id,
                        HolderUpdates& updates) const;
  absl::Status Take(const model::Attribute& attribute, const Record& record, const Value& value,
                    RecordId id, HolderUpdates& updates) const;
  static void SetHolders(std::string identity, std::vector<keys::Holder> holders,
                         HolderUpdates& updates);
  absl::StatusOr<std::vector<keys::Holder>> HoldersOf(const std::string& identity,
                                                      const HolderUpdates& pending) const;

  // staging_links.cc
  const GraphView& graph() const;
  bool LinkLive(const LinkName& name) const;
  void CollectLive(LinkDirection direction, NodeIndex node,
                   std::vector<Neighbour>& neighbours) const;
  // Lowers `until` to when the record ends, as far as is known.
  absl::StatusOr<NodeIndex> LiveEnd(std::string_view key, std::string_view what, Timestamp instant,
                                    Timestamp& until) const;
  ClassNumber ClassOf(NodeIndex node) const;
  absl::Status CheckProcess(NodeIndex source, NodeIndex target) const;
  absl::Status CheckCardinality(const model::RelationshipType& type, const LinkName& name,
                                const PutLink& put) const;
  absl::Status SetLink(const LinkName& name, bool live);
  std::string_view KeyOf(NodeIndex node) const;

  const Store& store_;
  EndpointRules& endpoints_;
  const StagedState& group_;
  const CommitNumber commit_;
  const Timestamp time_;
  mutable std::optional<GraphView> graph_;  // made when a link is asked for
  bool by_process_ = false;
  StagedState own_;
  std::vector<StagedRecord> records_;
  absl::flat_hash_map<NodeIndex, std::size_t> positions_;      // in records_
  absl::flat_hash_map<NodeIndex, std::string> new_node_keys_;  // of own_.new_keys
  absl::flat_hash_map<LinkName, bool> links_before_;           // live before this transaction
  absl::flat_hash_map<LinkName, LinkStatement> timed_;         // statements on timed links
  std::int64_t record_balance_ = 0;
  std::int64_t link_balance_ = 0;
  CommitResult counts_;
};

}  // namespace kosei::storage
