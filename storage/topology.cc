#include "topology.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace kosei::storage {
namespace {

using BaseEnd = TopologyDelta::BaseEnd;

bool LinkOrder(const LinkInterval& a, const LinkInterval& b) {
  return std::tie(a.source, a.type, a.target, a.begin) <
         std::tie(b.source, b.type, b.target, b.begin);
}
auto NameOfEnd(const BaseEnd& end) { return std::tie(end.source, end.type, end.target); }

// The base's links, live and ended, ascending by (source, type, target, begin).
std::vector<LinkInterval> LinksOf(const TopologyBase& base, std::size_t extra) {
  std::vector<LinkInterval> links;
  links.reserve(base.out.nodes.size() + base.out.ended.size() + extra);
  for (NodeIndex source = 0; source < base.node_limit; ++source) {
    for (std::uint64_t i = base.out.offsets[source]; i < base.out.offsets[source + 1]; ++i) {
      links.push_back({source, base.out.nodes[i], base.out.types[i],
                       base.commits[base.out.begins[i]], kOpenEnd});
    }
    for (const EndedLink& link : base.out.EndedOf(source)) {
      links.push_back({source, link.neighbour, link.type, link.begin, link.end});
    }
  }
  return links;
}

// The merged base up to `newest`; later changes of the delta are left for the next delta.
TopologyBase MergeInto(const TopologyBase& base, const std::vector<LinkInterval>& began,
                       std::vector<BaseEnd> ended, CommitNumber newest) {
  std::vector<LinkInterval> links = LinksOf(base, began.size());
  std::sort(ended.begin(), ended.end(),
            [](const BaseEnd& a, const BaseEnd& b) { return NameOfEnd(a) < NameOfEnd(b); });
  NodeIndex node_limit = base.node_limit;
  if (!ended.empty()) {
    for (LinkInterval& link : links) {
      if (link.end != kOpenEnd) continue;
      const BaseEnd wanted{link.source, link.target, link.type, kNoCommit};
      const auto found = std::lower_bound(
          ended.begin(), ended.end(), wanted,
          [](const BaseEnd& a, const BaseEnd& b) { return NameOfEnd(a) < NameOfEnd(b); });
      if (found != ended.end() && NameOfEnd(*found) == NameOfEnd(wanted) && found->end <= newest)
        link.end = found->end;
    }
  }
  for (LinkInterval link : began) {
    if (link.begin > newest) continue;
    if (link.end != kOpenEnd && link.end > newest) link.end = kOpenEnd;
    node_limit = std::max({node_limit, link.source + 1, link.target + 1});
    links.push_back(link);
  }
  std::sort(links.begin(), links.end(), LinkOrder);
  return BuildBase(links, node_limit, newest);
}

}  // namespace

Topology::Topology(std::uint64_t merge_min) : merge_min_(merge_min) {
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
    base_links = current->base().out.nodes.size();
  }
  if (size >= merge_min_ && size >= base_links / 8) {
    {
      const MutexLock lock(wake_mutex_);
      wanted_ = true;
    }
    woken_.NotifyOne();
  }
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
  auto base =
      std::make_shared<const TopologyBase>(MergeInto(old->base(), began, std::move(ended), newest));

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
  while (true) {
    {
      const MutexLock lock(wake_mutex_);
      while (!wanted_ && !stopping_) woken_.Wait(wake_mutex_);
      if (stopping_) return;
      wanted_ = false;
    }
    Merge();
  }
}

void Topology::MergeNow() { Merge(); }

std::uint64_t Topology::Bytes() const {
  const std::shared_ptr<const TopologyState> current = state();
  return current->base().Bytes() + current->base().node_limit / 8 + current->delta().size() * 96 +
         timed_->bytes();
}

}  // namespace kosei::storage
