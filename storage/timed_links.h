// TimedLinks: beside the topology's base and delta, the links of which a statement has a valid time
// of its own. They are few, and kept whole: every statement of each. Nodes that have one are marked
// dirty in the delta, so that everybody else's path knows nothing of them. One writer at a time;
// any number of readers.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/graph.h"
#include "link_statement.h"
#include "staged_state.h"

namespace kosei::storage {

struct TimedLink {
  NodeIndex source = 0;
  NodeIndex target = 0;
  TypeIndex type = 0;
  std::vector<LinkStatement> statements;  // oldest first
};

class TimedLinks {
 public:
  bool empty() const { return count_.load(std::memory_order_acquire) == 0; }
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  bool Contains(const LinkName& name) const;
  bool Touches(NodeIndex node) const;
  // Empty when the link is not a timed one.
  std::vector<LinkStatement> StatementsOf(const LinkName& name) const;
  // The timed links of one direction of a node, whole.
  std::vector<TimedLink> LinksOf(LinkDirection direction, NodeIndex node) const;
  // Every one, in no order.
  void ForEach(absl::FunctionRef<void(const TimedLink&)> visit) const;

  // Takes out of `neighbours` those that are timed links and puts in those that hold at `instant`
  // as known at `commit`.
  void Apply(LinkDirection direction, NodeIndex node, CommitNumber commit, Timestamp instant,
             std::vector<Neighbour>& neighbours) const;

  // Writer only. The link must be new.
  void Add(TimedLink link);
  // The link must be there.
  void Append(const LinkName& name, const LinkStatement& statement);

 private:
  static std::uint64_t RowKey(LinkDirection direction, NodeIndex node) {
    return StagedState::TouchKey(direction, node);
  }

  mutable SharedMutex mutex_;
  absl::flat_hash_map<LinkName, std::unique_ptr<TimedLink>> links_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::uint64_t, std::vector<const TimedLink*>> rows_ ABSL_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace kosei::storage
