#include "topology.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "topology_merge.h"

namespace kosei::storage {
namespace {

using BaseEnd = TopologyDelta::BaseEnd;

// A merge copies the table of rows, so in a large graph it waits for more than one change: that
// many links a change.
constexpr std::uint64_t kLinksPerChange = 65'536;
// After a merge the merger rests this many times as long as it took, and at least so long: a tenth
// of one processor at most, however many commits come.
constexpr int kRest = 9;
constexpr std::chrono::milliseconds kRestMin{5};

}  // namespace

Topology::Topology() {
  Replace(BuildBase({}, 1, kNoCommit));
  merger_ = std::thread([this] { MergeLoop(); });
}

Topology::~Topology() {
  {
    const MutexLock lock(wake_mutex_);
    stopping_ = true;
  }
  woken_.NotifyOne();
  merger_.join();
}

std::shared_ptr<const TopologyState> Topology::state() const {
  const ReaderLock lock(state_mutex_);
  return state_;
}

void Topology::Replace(TopologyBase base, std::vector<TimedLink> timed) {
  const MutexLock lock(apply_mutex_);
  applied_ = base.newest;
  auto delta = std::make_shared<TopologyDelta>(base.node_limit);
  for (TimedLink& link : timed) timed_->Add(std::move(link));
  MarkTimed(*delta);
  auto next = std::make_shared<const TopologyState>(
      std::make_shared<const TopologyBase>(std::move(base)), std::move(delta), timed_);
  const WriterLock state_lock(state_mutex_);
  state_ = std::move(next);
}

void Topology::MarkTimed(TopologyDelta& delta) const {
  timed_->ForEach([&delta](const TimedLink& link) {
    delta.MarkDirty(link.source);
    delta.MarkDirty(link.target);
  });
}

void Topology::ApplyTimed(CommitNumber commit, Timestamp time, const LinkChange& change,
                          TimeOf time_of) {
  const NodeIndex source = NodeOf(change.source);
  const NodeIndex target = NodeOf(change.target);
  const auto type = static_cast<TypeIndex>(change.type.value);
  const LinkName name = NameOfLink(source, change.type, target);
  const LinkValue value = ValueOf(change);
  LinkStatement said{commit, value.live, value.valid};
  if (!value.timed || said.valid.from == kBeginningOfTime) said.valid.from = time;
  const std::shared_ptr<const TopologyState> current = state();
  if (!timed_->Contains(name)) {
    TimedLink link{source, target, type, {}};
    for (const DeltaLink& one : current->IntervalsOf(LinkDirection::kOut, source)) {
      if (one.neighbour != target || one.type != type) continue;
      link.statements.push_back({one.begin, true, {time_of(one.begin), kEndOfTime}});
      if (one.end == kOpenEnd) continue;
      link.statements.push_back({one.end, false, {time_of(one.end), kEndOfTime}});
    }
    std::sort(link.statements.begin(), link.statements.end(),
              [](const LinkStatement& a, const LinkStatement& b) { return a.commit < b.commit; });
    timed_->Add(std::move(link));
  }
  timed_->Append(name, said);
  current->delta().MarkDirty(source);
  current->delta().MarkDirty(target);
}

void Topology::Apply(CommitNumber commit, Timestamp time, std::span<const LinkChange> changes,
                     TimeOf time_of) {
  std::uint64_t size = 0;
  std::uint64_t base_links = 0;
  {
    const MutexLock lock(apply_mutex_);
    const std::shared_ptr<const TopologyState> current = state();
    for (const LinkChange& change : changes) {
      const auto type = static_cast<TypeIndex>(change.type.value);
      const bool timed =
          ValueOf(change).timed ||
          timed_->Contains(NameOfLink(NodeOf(change.source), change.type, NodeOf(change.target)));
      if (timed) {
        ApplyTimed(commit, time, change, time_of);
      } else if (change.kind == ChangeKind::kEnded) {
        current->delta().End(NodeOf(change.source), type, NodeOf(change.target), commit);
      } else {
        current->delta().Begin(NodeOf(change.source), type, NodeOf(change.target), commit);
      }
    }
    applied_ = commit;
    size = current->delta().size();
    base_links = current->base().out.live;
  }
  if (size == 0 || size < base_links / kLinksPerChange) return;
  bool wake = false;
  {
    const MutexLock lock(wake_mutex_);
    wake = !wanted_ && !resting_;
    wanted_ = true;
  }
  if (wake) woken_.NotifyOne();
}

void Topology::Merge() {
  const MutexLock merging(merge_mutex_);
  CommitNumber newest;
  {
    const MutexLock lock(apply_mutex_);
    newest = applied_;
  }
  const std::shared_ptr<const TopologyState> old = state();
  std::vector<LinkInterval> began;
  std::vector<BaseEnd> ended;
  old->delta().Export(began, ended);
  auto base = std::make_shared<const TopologyBase>(MergeBase(old->base(), began, ended, newest));

  // What was committed meanwhile goes into the next delta, in the order in which it happened.
  const MutexLock lock(apply_mutex_);
  auto delta = std::make_shared<TopologyDelta>(base->node_limit);
  if (applied_ > newest) {
    std::vector<LinkInterval> late;
    std::vector<BaseEnd> late_ends;
    old->delta().Export(late, late_ends);
    std::sort(late.begin(), late.end(),
              [](const LinkInterval& a, const LinkInterval& b) { return a.begin < b.begin; });
    for (const BaseEnd& end : late_ends) {
      if (end.end > newest) delta->End(end.source, end.type, end.target, end.end);
    }
    for (const LinkInterval& link : late) {
      if (link.begin > newest) delta->Begin(link.source, link.type, link.target, link.begin);
      if (link.end != kOpenEnd && link.end > newest)
        delta->End(link.source, link.type, link.target, link.end);
    }
  }
  MarkTimed(*delta);
  auto next = std::make_shared<const TopologyState>(std::move(base), std::move(delta), timed_);
  const WriterLock state_lock(state_mutex_);
  state_ = std::move(next);
}

void Topology::MergeLoop() {
  auto rest_until = std::chrono::steady_clock::now();
  while (true) {
    {
      const MutexLock lock(wake_mutex_);
      resting_ = true;
      while (!stopping_ && woken_.WaitUntil(wake_mutex_, rest_until)) continue;
      resting_ = false;
      while (!wanted_ && !stopping_) woken_.Wait(wake_mutex_);
      if (stopping_) return;
      wanted_ = false;
    }
    const auto start = std::chrono::steady_clock::now();
    Merge();
    const auto end = std::chrono::steady_clock::now();
    rest_until =
        end + std::max<std::chrono::steady_clock::duration>(kRestMin, (end - start) * kRest);
  }
}

void Topology::MergeNow() { Merge(); }

SettledTopology Topology::Settled() {
  if (state()->delta().size() > 0) Merge();
  const MutexLock lock(apply_mutex_);
  const std::shared_ptr<const TopologyState> current = state();
  // An empty delta says that nothing changed since the base was made.
  const bool empty = current->delta().size() == 0;
  return {current->shared_base(), empty ? applied_ : current->base().newest};
}

std::uint64_t Topology::Bytes() const {
  const std::shared_ptr<const TopologyState> current = state();
  return current->base().Bytes() + current->base().node_limit / 8 + current->delta().size() * 96 +
         timed_->bytes();
}

}  // namespace kosei::storage
