// Topology: the whole graph in memory, in every View: an immutable base, a delta of what changed
// since, and a thread that merges them when the delta has grown. Readers hold a state and are never
// stopped.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "kosei/base/ids.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/graph.h"
#include "kosei/storage/reader.h"
#include "timed_links.h"
#include "topology_base.h"
#include "topology_delta.h"

namespace kosei::storage {

// What a GraphView keeps alive.
class TopologyState {
 public:
  TopologyState(std::shared_ptr<const TopologyBase> base, std::shared_ptr<TopologyDelta> delta,
                std::shared_ptr<const TimedLinks> timed)
      : base_(std::move(base)), delta_(std::move(delta)), timed_(std::move(timed)) {}
  const TopologyBase& base() const { return *base_; }
  const std::shared_ptr<const TopologyBase>& shared_base() const { return base_; }
  TopologyDelta& delta() const { return *delta_; }
  const TimedLinks& timed() const { return *timed_; }
  // Every interval in which a link of that direction touched the node, in no order. What is said of
  // a timed link here ends where its own statements begin; timed() has all of it.
  std::vector<DeltaLink> IntervalsOf(LinkDirection direction, NodeIndex node) const {
    return delta_->IntervalsOf(*base_, direction, node);
  }

 private:
  std::shared_ptr<const TopologyBase> base_;
  std::shared_ptr<TopologyDelta> delta_;
  std::shared_ptr<const TimedLinks> timed_;
};

struct SettledTopology {
  std::shared_ptr<const TopologyBase> base;
  CommitNumber covers;  // the base holds everything up to here; at or after its `newest`
};

class Topology {
 public:
  Topology();
  ~Topology();
  Topology(const Topology&) = delete;
  Topology& operator=(const Topology&) = delete;

  std::shared_ptr<const TopologyState> state() const;
  // One writer at a time; before the commit is published. Ends and begins in the order given. A
  // plain link of which the commit says something with a valid time of its own becomes a timed one,
  // for which the times of earlier commits are asked for.
  using TimeOf = absl::FunctionRef<Timestamp(CommitNumber)>;
  void Apply(CommitNumber commit, Timestamp time, std::span<const LinkChange> changes,
             TimeOf time_of);
  // Takes a base made elsewhere (start, first load) and the timed links beside it; nothing may be
  // in the delta.
  void Replace(TopologyBase base, std::vector<TimedLink> timed = {});
  const TimedLinks& timed() const { return *timed_; }
  // Waits until the delta has been merged, whatever its size.
  void MergeNow();
  // A base that holds nearly everything: merges what is in the delta first.
  SettledTopology Settled();

  std::uint64_t Bytes() const;

 private:
  void MergeLoop();
  void Merge();
  void ApplyTimed(CommitNumber commit, Timestamp time, const LinkChange& change, TimeOf time_of)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(apply_mutex_);
  // Their nodes go the slow way in every state.
  void MarkTimed(TopologyDelta& delta) const;

  const std::shared_ptr<TimedLinks> timed_ = std::make_shared<TimedLinks>();
  // Held while the delta changes, and while the merged state is put in place.
  Mutex apply_mutex_;
  CommitNumber applied_ ABSL_GUARDED_BY(apply_mutex_);
  Mutex merge_mutex_ ABSL_ACQUIRED_BEFORE(apply_mutex_);  // one merge at a time
  mutable SharedMutex state_mutex_ ABSL_ACQUIRED_AFTER(apply_mutex_);
  std::shared_ptr<const TopologyState> state_ ABSL_GUARDED_BY(state_mutex_);
  Mutex wake_mutex_;
  CondVar woken_;  // the merger waits for a merge that is wanted, or the end
  bool resting_ ABSL_GUARDED_BY(wake_mutex_) = false;  // what is wanted can wait
  bool wanted_ ABSL_GUARDED_BY(wake_mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(wake_mutex_) = false;
  std::thread merger_;
};

}  // namespace kosei::storage
