#include "breadth_first.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

// The loops over links are all that counts here; left to itself the compiler makes calls of their
// bodies.
#define KOSEI_INLINE __attribute__((always_inline))

namespace kosei::query {
namespace {

using storage::LinkDirection;
using storage::NodeIndex;
using storage::TypeIndex;

// A level below this is sorted; one above, or with a discovery in every few words of the bitmap, is
// put in order by counting.
constexpr std::uint64_t kSmallLevel = 256;
constexpr std::uint64_t kWordsPerDiscovery = 16;

constexpr NodeIndex NodeIn(std::uint64_t found) { return static_cast<NodeIndex>(found >> 8); }
constexpr TypeIndex TypeIn(std::uint64_t found) { return static_cast<TypeIndex>(found & 0xff); }
constexpr std::uint64_t BitOf(NodeIndex node) { return std::uint64_t{1} << (node & 63); }

void GrowDouble(std::vector<std::uint64_t>& entries) { entries.resize(2 * entries.size()); }

}  // namespace

BreadthFirst::BreadthFirst(const storage::GraphView& graph, const CausalLinks& links,
                           const Budget& budget)
    : graph_(graph),
      links_(links),
      budget_(budget),
      entries_max_(budget.limits().memory_bytes / kBytesPerEntry),
      scratch_(AcquireScratch(graph.node_limit())),
      nodes_(scratch_->nodes),
      parents_(scratch_->parents),
      vias_(scratch_->vias) {}

BreadthFirst::~BreadthFirst() {
  if (scratch_ == nullptr) return;
  ClearMarks();
  ReleaseScratch(std::move(scratch_));
}

void BreadthFirst::Start(std::span<const NodeIndex> roots) {
  for (const NodeIndex root : roots) {
    if (Reached(root)) continue;
    scratch_->visited[root >> 6] |= BitOf(root);
    parents_.push_back(static_cast<std::uint32_t>(nodes_.size()));
    vias_.push_back(0);
    nodes_.push_back(root);
  }
  level_ends_.push_back(nodes_.size());
}

absl::StatusOr<std::optional<TruncationReason>> BreadthFirst::Spent(std::uint64_t found) {
  if (links_seen_ >= budget_.limits().steps) return TruncationReason::kSteps;
  if (nodes_.size() + found > entries_max_) return TruncationReason::kMemory;
  if (links_visited_ < next_check_) return std::nullopt;
  next_check_ = links_visited_ + kStepsPerCheck;
  const absl::Status status = budget_.Check();
  if (status.ok()) return std::nullopt;
  if (HasCode(status, ErrorCode::kDeadlineExceeded)) return TruncationReason::kTime;
  return status;
}

// 1 when the link is followed, else 0.
KOSEI_INLINE inline std::uint64_t BreadthFirst::Followed(const CausalLinks::Table& table,
                                                         LinkDirection direction, NodeIndex node,
                                                         NodeIndex neighbour,
                                                         TypeIndex type) const {
  const std::uint8_t entry = table[type];
  if (entry <= CausalLinks::kFollowed) [[likely]]
    return entry;
  return links_.FollowsByClass(direction, type, graph_.ClassOf(node), graph_.ClassOf(neighbour))
             ? 1
             : 0;
}

std::uint64_t BreadthFirst::Discover(NodeIndex node, std::uint64_t found_count) {
  std::uint64_t* const visited = scratch_->visited.data();
  std::uint64_t* found = scratch_->found.data();
  std::uint64_t capacity = scratch_->found.size();
  std::uint64_t count = found_count;
  std::uint64_t seen = 0;
  std::uint64_t looked_at = 0;
  // Without a branch on "is it new": that is a coin toss a link. The slot after the last discovery
  // is always there to be written, and kept only when the node was new.
  const auto follow = [&](LinkDirection direction, const CausalLinks::Table& table,
                          std::uint16_t bits) KOSEI_INLINE {
    graph_.ForEachOf(direction, node, bits, [&](NodeIndex neighbour, TypeIndex type) KOSEI_INLINE {
      std::uint64_t& word = visited[neighbour >> 6];
      const std::uint64_t followed = Followed(table, direction, node, neighbour, type);
      const std::uint64_t fresh = followed & ~(word >> (neighbour & 63));
      word |= fresh << (neighbour & 63);
      found[count] = (std::uint64_t{neighbour} << 8) | type;
      count += fresh;
      seen += followed;
      ++looked_at;
      if (count == capacity) [[unlikely]] {
        GrowDouble(scratch_->found);
        found = scratch_->found.data();
        capacity = scratch_->found.size();
      }
    });
  };
  if (links_.in_bits != 0) follow(LinkDirection::kIn, links_.in, links_.in_bits);
  if (links_.out_bits != 0) follow(LinkDirection::kOut, links_.out, links_.out_bits);
  links_seen_ += seen;
  links_visited_ += looked_at + 1;
  return count;
}

bool BreadthFirst::LeadsToMore(NodeIndex node) {
  const std::uint64_t* const visited = scratch_->visited.data();
  std::uint64_t fresh = 0;
  std::uint64_t seen = 0;
  std::uint64_t looked_at = 0;
  const auto follow = [&](LinkDirection direction, const CausalLinks::Table& table,
                          std::uint16_t bits) KOSEI_INLINE {
    graph_.ForEachOf(direction, node, bits, [&](NodeIndex neighbour, TypeIndex type) KOSEI_INLINE {
      const std::uint64_t followed = Followed(table, direction, node, neighbour, type);
      fresh |= followed & ~(visited[neighbour >> 6] >> (neighbour & 63));
      seen += followed;
      ++looked_at;
    });
  };
  if (links_.in_bits != 0) follow(LinkDirection::kIn, links_.in, links_.in_bits);
  if (links_.out_bits != 0) follow(LinkDirection::kOut, links_.out, links_.out_bits);
  links_seen_ += seen;
  links_visited_ += looked_at + 1;
  return fresh != 0;
}

absl::StatusOr<std::optional<Truncation>> BreadthFirst::Advance() {
  const std::uint64_t begin = level_begin_;
  const std::uint64_t end = nodes_.size();
  std::vector<std::uint32_t>& found_ends = scratch_->found_ends;
  found_ends.clear();
  std::uint64_t count = 0;
  absl::StatusOr<std::optional<TruncationReason>> stop = std::nullopt;
  std::uint64_t position = begin;
  for (; position < end; ++position) {
    if (MustLook(count)) [[unlikely]] {
      stop = Spent(count);
      if (!stop.ok() || stop->has_value()) break;
    }
    count = Discover(nodes_[position], count);
    found_ends.push_back(static_cast<std::uint32_t>(count));
  }
  // In any case, for a mark without an entry would stay behind.
  AppendLevel(begin, count);
  if (!stop.ok()) return stop.status();
  if (!stop->has_value()) return std::nullopt;
  return Truncation{**stop, depth_ - 1, end - position};
}

absl::StatusOr<std::optional<Truncation>> BreadthFirst::Probe() {
  std::uint64_t frontier = 0;
  for (std::uint64_t position = level_begin_; position < nodes_.size(); ++position) {
    if (MustLook(0)) [[unlikely]] {
      KOSEI_ASSIGN_OR_RETURN(const std::optional<TruncationReason> reason, Spent(0));
      if (reason.has_value()) {
        return Truncation{*reason, depth_, frontier + nodes_.size() - position};
      }
    }
    if (LeadsToMore(nodes_[position])) ++frontier;
  }
  if (frontier == 0) return std::nullopt;
  return Truncation{TruncationReason::kDepth, depth_, frontier};
}

void BreadthFirst::AppendLevel(std::uint64_t expanded, std::uint64_t found_count) {
  level_begin_ = nodes_.size();
  ++depth_;
  if (found_count == 0) return;
  const std::uint64_t words = (std::uint64_t{graph_.node_limit()} >> 6) + 1;
  if (found_count < std::max(kSmallLevel, words / kWordsPerDiscovery)) {
    AppendSmallLevel(expanded);
  } else {
    AppendBigLevel(expanded, found_count);
  }
  level_ends_.push_back(nodes_.size());
}

void BreadthFirst::AppendSmallLevel(std::uint64_t expanded) {
  std::vector<std::uint64_t>& order = scratch_->order;
  std::vector<std::uint32_t>& found_by = scratch_->found_by;
  order.clear();
  found_by.clear();
  std::uint64_t index = 0;
  auto parent = static_cast<std::uint32_t>(expanded);
  for (const std::uint32_t end : scratch_->found_ends) {
    for (; index < end; ++index) {
      order.push_back((std::uint64_t{NodeIn(scratch_->found[index])} << 32) | index);
      found_by.push_back(parent);
    }
    ++parent;
  }
  std::sort(order.begin(), order.end());
  for (const std::uint64_t entry : order) {
    const std::uint64_t from = entry & 0xffff'ffff;
    nodes_.push_back(static_cast<NodeIndex>(entry >> 32));
    parents_.push_back(found_by[from]);
    vias_.push_back(TypeIn(scratch_->found[from]));
  }
}

// Counting sort over a bitmap: a node's place is the number of set bits before its own.
void BreadthFirst::AppendBigLevel(std::uint64_t expanded, std::uint64_t found_count) {
  std::vector<std::uint64_t>& level = scratch_->level;
  const std::uint64_t* const found = scratch_->found.data();
  for (std::uint64_t i = 0; i < found_count; ++i) {
    const NodeIndex node = NodeIn(found[i]);
    level[node >> 6] |= BitOf(node);
  }
  const std::uint64_t base = nodes_.size();
  nodes_.resize(base + found_count);
  parents_.resize(base + found_count);
  vias_.resize(base + found_count);
  const std::size_t words = (std::size_t{graph_.node_limit()} >> 6) + 1;
  std::uint32_t rank = 0;
  NodeIndex* next = nodes_.data() + base;
  for (std::size_t word = 0; word < words; ++word) {
    scratch_->ranks[word] = rank;
    for (std::uint64_t bits = level[word]; bits != 0; bits &= bits - 1) {
      *next++ =
          static_cast<NodeIndex>((word << 6) + static_cast<std::size_t>(std::countr_zero(bits)));
    }
    rank += static_cast<std::uint32_t>(std::popcount(level[word]));
  }
  std::uint64_t index = 0;
  auto parent = static_cast<std::uint32_t>(expanded);
  std::uint32_t* const parents = parents_.data() + base;
  TypeIndex* const vias = vias_.data() + base;
  for (const std::uint32_t end : scratch_->found_ends) {
    for (; index < end; ++index) {
      const NodeIndex node = NodeIn(found[index]);
      const std::uint64_t before = level[node >> 6] & (BitOf(node) - 1);
      const std::uint32_t place =
          scratch_->ranks[node >> 6] + static_cast<std::uint32_t>(std::popcount(before));
      parents[place] = parent;
      vias[place] = TypeIn(found[index]);
    }
    ++parent;
  }
  std::fill_n(level.begin(), words, 0);
}

void BreadthFirst::ClearMarks() {
  std::vector<std::uint64_t>& visited = scratch_->visited;
  const std::size_t words = (std::size_t{graph_.node_limit()} >> 6) + 1;
  if (nodes_.size() >= words) {
    std::fill_n(visited.begin(), words, 0);
    return;
  }
  for (const NodeIndex node : nodes_) visited[node >> 6] = 0;
}

void BreadthFirst::MoveTo(ImpactAnswer& answer) {
  ClearMarks();
  // Copied, so that the next walk of this thread finds its memory warm: letting every answer grow
  // anew costs a fifth of a big walk. What would be given back is rather moved.
  const bool move = nodes_.size() > kKeptEntries;
  answer.nodes = move ? std::move(nodes_) : std::vector<NodeIndex>(nodes_);
  answer.parents = move ? std::move(parents_) : std::vector<std::uint32_t>(parents_);
  answer.vias = move ? std::move(vias_) : std::vector<TypeIndex>(vias_);
  ReleaseScratch(std::move(scratch_));
  answer.level_ends = std::move(level_ends_);
  answer.links_seen = links_seen_;
}

}  // namespace kosei::query
