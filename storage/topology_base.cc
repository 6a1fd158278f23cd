#include "topology_base.h"

#include <algorithm>
#include <tuple>

namespace kosei::storage {
namespace {

// Maps commits to their index. Links of one commit come in runs, so the last answer is asked again
// most often.
class CommitIndex {
 public:
  explicit CommitIndex(const std::vector<CommitNumber>& commits) : commits_(commits) {}
  std::uint32_t Of(CommitNumber commit) {
    if (last_ >= commits_.size() || commits_[last_] != commit) {
      const auto found = std::lower_bound(commits_.begin(), commits_.end(), commit);
      last_ = static_cast<std::size_t>(found - commits_.begin());
    }
    return static_cast<std::uint32_t>(last_);
  }

 private:
  const std::vector<CommitNumber>& commits_;
  std::size_t last_ = 0;
};

std::vector<CommitNumber> BeginCommits(std::span<const LinkInterval> links) {
  std::vector<CommitNumber> commits;
  for (const LinkInterval& link : links) {
    if (link.end == kOpenEnd && (commits.empty() || commits.back() != link.begin))
      commits.push_back(link.begin);
    if (commits.size() > 4096 && commits.size() == commits.capacity()) {
      std::sort(commits.begin(), commits.end());
      commits.erase(std::unique(commits.begin(), commits.end()), commits.end());
    }
  }
  std::sort(commits.begin(), commits.end());
  commits.erase(std::unique(commits.begin(), commits.end()), commits.end());
  return commits;
}

NodeIndex OwnerOf(const LinkInterval& link, LinkDirection direction) {
  return direction == LinkDirection::kOut ? link.source : link.target;
}
NodeIndex NeighbourOf(const LinkInterval& link, LinkDirection direction) {
  return direction == LinkDirection::kOut ? link.target : link.source;
}

// A stable counting sort by owner: two passes over the links, no comparison.
Adjacency BuildDirection(std::span<const LinkInterval> links, NodeIndex node_limit,
                         LinkDirection direction, const std::vector<CommitNumber>& commits) {
  Adjacency rows;
  rows.offsets.assign(std::size_t{node_limit} + 1, 0);
  std::uint64_t live = 0;
  for (const LinkInterval& link : links) {
    if (link.end != kOpenEnd) {
      rows.ended.push_back({OwnerOf(link, direction), NeighbourOf(link, direction), link.type,
                            link.begin, link.end});
      continue;
    }
    ++rows.offsets[OwnerOf(link, direction) + 1];
    ++live;
  }
  for (std::size_t i = 1; i < rows.offsets.size(); ++i) rows.offsets[i] += rows.offsets[i - 1];
  rows.nodes.resize(live);
  rows.types.resize(live);
  rows.begins.resize(live);
  rows.type_bits.assign(node_limit, 0);
  std::vector<std::uint64_t> next(rows.offsets.begin(), rows.offsets.end() - 1);
  CommitIndex index(commits);
  for (const LinkInterval& link : links) {
    if (link.end != kOpenEnd) continue;
    const std::uint64_t at = next[OwnerOf(link, direction)]++;
    rows.nodes[at] = NeighbourOf(link, direction);
    rows.types[at] = link.type;
    rows.type_bits[OwnerOf(link, direction)] |= TypeBit(link.type);
    rows.begins[at] = index.Of(link.begin);
  }
  std::sort(rows.ended.begin(), rows.ended.end(), [](const EndedLink& a, const EndedLink& b) {
    return std::tie(a.owner, a.type, a.neighbour, a.begin) <
           std::tie(b.owner, b.type, b.neighbour, b.begin);
  });
  return rows;
}

}  // namespace

std::span<const EndedLink> Adjacency::EndedOf(NodeIndex owner) const {
  struct ByOwner {
    bool operator()(const EndedLink& link, NodeIndex wanted) const { return link.owner < wanted; }
    bool operator()(NodeIndex wanted, const EndedLink& link) const { return wanted < link.owner; }
  };
  const auto [first, last] = std::equal_range(ended.begin(), ended.end(), owner, ByOwner{});
  return {first, last};
}

std::uint64_t TopologyBase::Bytes() const {
  const auto of = [](const Adjacency& rows) {
    return rows.offsets.size() * sizeof(std::uint64_t) + rows.nodes.size() * sizeof(NodeIndex) +
           rows.types.size() * sizeof(TypeIndex) + rows.begins.size() * sizeof(std::uint32_t) +
           rows.type_bits.size() * sizeof(std::uint16_t) + rows.ended.size() * sizeof(EndedLink);
  };
  return of(out) + of(in) + commits.size() * sizeof(CommitNumber) +
         ended_bits.size() * sizeof(std::uint64_t);
}

TopologyBase BuildBase(std::span<const LinkInterval> links, NodeIndex node_limit,
                       CommitNumber newest) {
  TopologyBase base;
  base.newest = newest;
  base.node_limit = node_limit;
  base.commits = BeginCommits(links);
  base.out = BuildDirection(links, node_limit, LinkDirection::kOut, base.commits);
  base.in = BuildDirection(links, node_limit, LinkDirection::kIn, base.commits);
  base.ended_bits.assign(node_limit / 64 + 1, 0);
  for (const EndedLink& link : base.out.ended) {
    base.ended_bits[link.owner >> 6] |= std::uint64_t{1} << (link.owner & 63);
    base.ended_bits[link.neighbour >> 6] |= std::uint64_t{1} << (link.neighbour & 63);
  }
  return base;
}

}  // namespace kosei::storage
