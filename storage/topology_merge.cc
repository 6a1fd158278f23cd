#include "topology_merge.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace kosei::storage {
namespace {

// Left behind the rows, for those that later merges write: a sixteenth.
constexpr std::size_t kRoomMin = 4'096;
constexpr std::size_t kRoomPart = 16;

// What changes in a row: a live link more, or one that ended.
struct RowChange {
  NodeIndex owner = 0;
  NodeIndex neighbour = 0;
  TypeIndex type = 0;
  bool live = false;
  std::uint32_t begin = 0;    // live: index of its commit
  CommitNumber begin_commit;  // ended, of a link that the base does not have
  CommitNumber end;           // ended
  bool in_base = false;
};

class DirectionMerge {
 public:
  DirectionMerge(const TopologyBase& base, LinkDirection direction, NodeIndex node_limit)
      : base_(base), direction_(direction), next_(base.Direction(direction)) {
    const auto here = static_cast<std::uint32_t>(next_.nodes.size());
    next_.rows.resize(node_limit, LinkRow{here, here});
    next_.type_bits.resize(node_limit, 0);
  }

  void Add(RowChange change) { changes_.push_back(change); }

  Adjacency Run() {
    std::sort(changes_.begin(), changes_.end(), [this](const RowChange& a, const RowChange& b) {
      if (a.owner != b.owner) return a.owner < b.owner;
      return Before(a.type, a.neighbour, b.type, b.neighbour);
    });
    if (next_.nodes.room() < Need()) MoveAll();
    for (std::size_t first = 0; first < changes_.size();) {
      std::size_t last = first;
      while (last < changes_.size() && changes_[last].owner == changes_[first].owner) ++last;
      WriteRow({changes_.data() + first, last - first});
      first = last;
    }
    SortEnded(ended_);
    next_.AddEnded(std::move(ended_));
    return std::move(next_);
  }

 private:
  bool Before(TypeIndex type, NodeIndex node, TypeIndex other_type, NodeIndex other_node) const {
    return direction_ == LinkDirection::kOut
               ? std::tie(type, node) < std::tie(other_type, other_node)
               : std::tie(node, type) < std::tie(other_node, other_type);
  }

  // Places that the changed rows may take.
  std::size_t Need() const {
    std::size_t need = changes_.size();
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      if (i > 0 && changes_[i].owner == changes_[i - 1].owner) continue;
      const LinkRow row = next_.rows[changes_[i].owner];
      need += row.end - row.begin;
    }
    return need;
  }

  // All rows, one behind the other, into new arrays with room for the changed ones and for more.
  void MoveAll() {
    const std::size_t capacity =
        next_.live + Need() + std::max<std::size_t>(kRoomMin, next_.live / kRoomPart);
    Adjacency moved = next_;
    moved.nodes = AppendOnly<NodeIndex>(capacity);
    moved.types = AppendOnly<TypeIndex>(capacity);
    moved.begins = AppendOnly<std::uint32_t>(capacity);
    for (LinkRow& row : moved.rows) {
      const auto here = static_cast<std::uint32_t>(moved.nodes.size());
      for (std::uint64_t i = row.begin; i < row.end; ++i) Copy(next_, i, moved);
      row = {here, static_cast<std::uint32_t>(moved.nodes.size())};
    }
    next_ = std::move(moved);
  }

  static void Copy(const Adjacency& from, std::uint64_t i, Adjacency& to) {
    to.nodes.Append(from.nodes[i]);
    to.types.Append(from.types[i]);
    to.begins.Append(from.begins[i]);
  }

  // Both the old row and the changes are in order. A link may have several changes: it ends, and a
  // later one of the same name is there.
  void WriteRow(std::span<const RowChange> changes) {
    const NodeIndex owner = changes.front().owner;
    const LinkRow old = next_.rows[owner];
    const auto here = static_cast<std::uint32_t>(next_.nodes.size());
    std::uint64_t i = old.begin;
    std::uint16_t type_bits = 0;
    const auto keep = [&] {
      Copy(next_, i, next_);
      type_bits |= TypeBit(next_.types[i]);
      ++i;
    };
    for (std::size_t first = 0; first < changes.size();) {
      const RowChange& link = changes[first];
      while (i < old.end && Before(next_.types[i], next_.nodes[i], link.type, link.neighbour))
        keep();
      const bool is_there =
          i < old.end && next_.types[i] == link.type && next_.nodes[i] == link.neighbour;
      bool ended_in_base = false;
      for (; first < changes.size() && changes[first].type == link.type &&
             changes[first].neighbour == link.neighbour;
           ++first) {
        const RowChange& change = changes[first];
        if (change.live) {
          next_.nodes.Append(change.neighbour);
          next_.types.Append(change.type);
          next_.begins.Append(change.begin);
          type_bits |= TypeBit(change.type);
          continue;
        }
        ended_in_base = ended_in_base || change.in_base;
        if (change.in_base && !is_there) continue;
        const CommitNumber begin =
            change.in_base ? base_.commits[next_.begins[i]] : change.begin_commit;
        ended_.push_back({owner, change.neighbour, change.type, begin, change.end});
      }
      if (is_there && ended_in_base) {
        ++i;
      } else if (is_there) {
        keep();
      }
    }
    while (i < old.end) keep();
    next_.rows[owner] = {here, static_cast<std::uint32_t>(next_.nodes.size())};
    next_.type_bits[owner] = type_bits;
    next_.live += next_.nodes.size() - here;
    next_.live -= old.end - old.begin;
  }

  const TopologyBase& base_;
  const LinkDirection direction_;
  Adjacency next_;
  std::vector<RowChange> changes_;
  EndedRun ended_;
};

// Adds the commits in which links began that are live at `newest`.
void AddCommits(const std::vector<LinkInterval>& began, CommitNumber newest, TopologyBase& next) {
  std::vector<CommitNumber> commits;
  for (const LinkInterval& link : began) {
    if (link.begin <= newest && link.end > newest) commits.push_back(link.begin);
  }
  std::sort(commits.begin(), commits.end());
  commits.erase(std::unique(commits.begin(), commits.end()), commits.end());
  for (const CommitNumber commit : commits) next.commits.Append(commit);
}

std::uint32_t IndexOf(const AppendOnly<CommitNumber>& commits, CommitNumber commit) {
  return static_cast<std::uint32_t>(std::lower_bound(commits.begin(), commits.end(), commit) -
                                    commits.begin());
}

}  // namespace

TopologyBase MergeBase(const TopologyBase& base, const std::vector<LinkInterval>& began,
                       const std::vector<TopologyDelta::BaseEnd>& ended, CommitNumber newest) {
  TopologyBase next;
  next.newest = newest;
  next.node_limit = base.node_limit;
  next.commits = base.commits;
  AddCommits(began, newest, next);
  for (const LinkInterval& link : began) {
    if (link.begin <= newest)
      next.node_limit = std::max({next.node_limit, link.source + 1, link.target + 1});
  }
  next.ended_bits = base.ended_bits;
  next.ended_bits.resize(next.node_limit / 64 + 1, 0);
  DirectionMerge out(base, LinkDirection::kOut, next.node_limit);
  DirectionMerge in(base, LinkDirection::kIn, next.node_limit);
  const auto add = [&](NodeIndex source, NodeIndex target, RowChange change) {
    change.owner = source;
    change.neighbour = target;
    out.Add(change);
    change.owner = target;
    change.neighbour = source;
    in.Add(change);
    if (change.live) return;
    next.MarkEnded(source);
    next.MarkEnded(target);
  };
  for (const LinkInterval& link : began) {
    if (link.begin > newest) continue;
    RowChange change;
    change.type = link.type;
    change.live = link.end > newest;
    if (change.live) {
      change.begin = IndexOf(next.commits, link.begin);
    } else {
      change.begin_commit = link.begin;
      change.end = link.end;
    }
    add(link.source, link.target, change);
  }
  for (const TopologyDelta::BaseEnd& end : ended) {
    if (end.end > newest) continue;
    RowChange change;
    change.type = end.type;
    change.end = end.end;
    change.in_base = true;
    add(end.source, end.target, change);
  }
  next.out = out.Run();
  next.in = in.Run();
  return next;
}

}  // namespace kosei::storage
