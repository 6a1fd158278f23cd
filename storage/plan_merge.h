// PlanMerge: what a plan comes to on top of the newest commit, compared three ways, and every
// reason why it does not go in. Also of what takes a commit back. Belongs to the committing thread,
// for one use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/storage/plans.h"
#include "plan_overlay.h"
#include "staging.h"
#include "store.h"

namespace kosei::storage {

// Who made each step of a plan: by number, from 1 on; 0 and beyond: nobody.
using StepActors = std::vector<std::string>;

class PlanMerge {
 public:
  // Everything must outlive this. `base`: an edit is compared with what it was made on, or this,
  // whichever is newer.
  PlanMerge(const Store& store, const PlanOverlay& overlay, CommitNumber base, Take take,
            const StepActors& actors);

  // Finds what both sides changed. An error says that nothing can be said.
  absl::Status Compare();
  // Stages what the plan comes to; what the rules of the model refuse is a conflict. After Compare.
  absl::Status Stage(Staging& staging);
  // Stages one step of the plan, without what Compare has left to the other side.
  absl::Status StageStep(Staging& staging, const PlanStep& step);

  // Holds what the plan comes to, which is staged in `after`, against what the targets of links can
  // carry (plan_targets.h). Nothing with Take::kPlan. After Stage, or the last StageStep.
  absl::Status CheckTargets(const Staging& after);

  const std::vector<Conflict>& conflicts() const { return conflicts_; }
  // Both sides changed the same: more than a rule of the model.
  bool has_two_sides() const { return two_sides_; }

 private:
  struct NetPut {
    EditOrigin origin;
    PutRecord put;
  };
  struct NetLink {
    EditOrigin origin;
    PutLink link;
  };
  struct NetEnd {
    EditOrigin origin;
    std::string key;
  };

  // plan_compare.cc
  absl::Status CompareRecord(const RecordEdit& edit);
  absl::Status CompareEnd(const RecordEdit& edit, const Record* present);
  absl::Status CompareCreated(const RecordEdit& edit, const Record& present);
  absl::Status CompareChanged(const RecordEdit& edit, const Record& present);
  // The edit of one attribute counts, and changes what is there.
  absl::StatusOr<bool> Counts(const RecordEdit& edit, const AttributeEdit& set,
                              const Record& present);
  CommitNumber KnownTo(const EditOrigin& origin) const { return std::max(base_, origin.known); }
  // The newest commit after `known` that touched the record, or this attribute of it.
  absl::StatusOr<CommitNumber> ChangedBy(NodeIndex node, CommitNumber known,
                                         const AttributeNumber* attribute) const;
  // A link that the record got after `known`, and the plan does not end; 0 when there is none.
  NodeIndex LinkedSince(NodeIndex node, CommitNumber known, CommitNumber& commit) const;
  absl::Status TwoSides(Conflict conflict, const EditOrigin& origin, CommitNumber commit);
  void Leave(NodeIndex node) { left_.insert(node); }

  // plan_merge.cc
  void AddPut(const RecordEdit& edit, const Record* present);
  void AddLinks();
  void Sort();
  absl::Status StageOne(const absl::Status& staged, Conflict conflict, const EditOrigin& origin);
  absl::Status FindOtherSide(Conflict& conflict, const absl::Status& refused) const;
  absl::Status FindHolder(Conflict& conflict) const;
  void FindLinkInTheWay(Conflict& conflict) const;
  void FindMissingEnd(Conflict& conflict, const absl::Status& refused) const;
  absl::Status NameSides(Conflict& conflict, const EditOrigin& origin, CommitNumber commit) const;
  std::string KeyOf(NodeIndex node) const { return std::string(store_.directory.KeyOf(node)); }

  const Store& store_;
  const PlanOverlay& overlay_;
  const CommitNumber base_;
  const Take take_;
  const StepActors& actors_;
  std::vector<NetPut> puts_;
  std::vector<NetLink> end_links_;
  std::vector<NetLink> put_links_;
  std::vector<NetEnd> ends_;
  // Left to the other side, whole or an attribute.
  absl::flat_hash_set<NodeIndex> left_;
  absl::flat_hash_set<std::pair<NodeIndex, AttributeNumber>> left_attributes_;
  std::vector<Conflict> conflicts_;
  bool two_sides_ = false;
};

}  // namespace kosei::storage
