// PlanOverlay: what a plan changes, compiled from its steps: by record and by link, later edits
// over earlier ones. Immutable, thread-safe; shared by everyone who reads the plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/base/time.h"
#include "kosei/model/schema.h"
#include "kosei/storage/graph.h"
#include "kosei/storage/plans.h"
#include "staged_state.h"

namespace kosei::storage {

// Where in a plan something was said, and what was newest then.
struct EditOrigin {
  std::uint32_t step = 0;
  CommitNumber known;
  std::uint64_t order = 0;  // ascending over the whole plan
};

struct AttributeEdit {
  AttributeNumber number;
  Value value;  // null: taken away
  EditOrigin origin;
};

struct RecordEdit {
  NodeIndex node = 0;
  std::string key;
  ClassNumber creates;    // the class of a record that the plan creates; 0: one that was there
  bool ends = false;      // it is no more
  bool replaces = false;  // what was there ended, and it began anew
  std::vector<AttributeEdit> sets;  // ascending by number
  Timestamp time;                   // of the last edit
  EditOrigin origin;                // of the last edit

  // Links that were there do not survive it.
  bool cuts() const { return ends || replaces; }
  AttributeEdit& Set(AttributeNumber number);
};

struct LinkEdit {
  bool live = false;  // it is to be; else it ends
  EditOrigin origin;
};

// Nodes by a hash of theirs: a clear bit says that a node is not in the set.
struct NodeBits {
  std::vector<std::uint64_t> bits;
  NodeIndex mask = 0;  // a power of two, minus one

  explicit NodeBits(std::size_t nodes);
  void Add(NodeIndex node) { bits[(node & mask) >> 6] |= std::uint64_t{1} << (node & 63); }
};

class PlanOverlay {
 public:
  // `node_of`: the node of a key, 0 when there is none; what names such a key is left out.
  template <typename NodeOfKey>
  static std::shared_ptr<const PlanOverlay> Compile(const std::vector<PlanStep>& steps,
                                                    const NodeOfKey& node_of) {
    auto overlay = std::make_shared<PlanOverlay>();
    for (const PlanStep& step : steps) overlay->Apply(step, node_of);
    overlay->Finish();
    return overlay;
  }

  // In order of their edits Put, End, Unlink and Link build an overlay; Finish ends that.
  void Put(NodeIndex node, const Record& record, Timestamp time, EditOrigin origin);
  void End(NodeIndex node, std::string_view key, Timestamp time, EditOrigin origin);
  void SetLink(const LinkName& name, bool live, EditOrigin origin);
  void Finish();

  const absl::flat_hash_map<NodeIndex, RecordEdit>& records() const { return records_; }
  const absl::flat_hash_map<LinkName, LinkEdit>& links() const { return links_; }
  // nullptr when the plan says nothing of the record.
  const RecordEdit* Find(NodeIndex node) const;
  // Neighbours by links that the plan adds.
  const std::vector<Neighbour>& AddedTo(LinkDirection direction, NodeIndex node) const;
  // The plan ends the link: by name, or with one of its ends.
  bool Hides(const LinkName& name) const;
  const std::vector<NodeIndex>& created() const { return created_; }  // ascending
  const std::vector<NodeIndex>& cut() const { return cut_; }          // ascending
  // Every node of which the plan says something: of it, or of a link of it.
  const NodeBits& touched() const { return touched_; }
  std::size_t touched_count() const { return touched_count_; }
  std::size_t bytes() const { return bytes_; }

 private:
  template <typename NodeOfKey>
  void Apply(const PlanStep& step, const NodeOfKey& node_of) {
    const auto origin = [&] { return EditOrigin{step.number, step.known, ++order_}; };
    for (const PutRecord& put : step.edits.put_records) {
      if (const NodeIndex node = node_of(put.record.key); node != 0)
        Put(node, put.record, step.time, origin());
    }
    const auto set_link = [&](const auto& link, bool live) {
      const NodeIndex source = node_of(link.source);
      const NodeIndex target = node_of(link.target);
      if (source != 0 && target != 0)
        SetLink(NameOfLink(source, link.type, target), live, origin());
    };
    for (const EndLink& link : step.edits.end_links) set_link(link, false);
    for (const PutLink& link : step.edits.put_links) set_link(link, true);
    for (const EndRecord& end : step.edits.end_records) {
      if (const NodeIndex node = node_of(end.key); node != 0)
        End(node, end.key, step.time, origin());
    }
  }
  void ForgetLinksOf(NodeIndex node);

  absl::flat_hash_map<NodeIndex, RecordEdit> records_;
  absl::flat_hash_map<LinkName, LinkEdit> links_;
  absl::flat_hash_map<NodeIndex, std::vector<LinkName>> links_of_;    // until Finish
  absl::flat_hash_map<std::uint64_t, std::vector<Neighbour>> added_;  // by StagedState::TouchKey
  std::vector<NodeIndex> created_;
  std::vector<NodeIndex> cut_;
  NodeBits touched_{0};
  std::size_t touched_count_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t order_ = 0;
};

// The record as the plan has it, where `before` is what the View has without it (empty: nothing).
// Empty: there is none.
std::string PlannedBytes(const model::Schema& schema, const RecordEdit& edit,
                         std::string_view before);

}  // namespace kosei::storage
