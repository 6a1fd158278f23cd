// All shortest paths: the records that two walks (meeting_walks.h) find between the ends form a
// graph in levels; the numbers of paths are sums over it, and the first paths are read from it
// backwards, where every choice leads to a whole path.
#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "followed_links.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/paths.h"
#include "local_graph.h"
#include "meeting_walks.h"
#include "roots.h"
#include "step_meter.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

std::uint64_t SaturatedSum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}
std::uint64_t SaturatedProduct(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

class ShortestPathSearch {
 public:
  ShortestPathSearch(const storage::GraphView& graph, const model::Schema& schema,
                     const Budget& budget)
      : graph_(graph), walks_(graph, schema, budget), meter_(budget, "path") {}

  absl::StatusOr<CausalPaths> Run(NodeIndex from, NodeIndex to, std::size_t listed) {
    KOSEI_ASSIGN_OR_RETURN(std::optional<std::vector<NodeIndex>> shared, walks_.Meet(from, to));
    CausalPaths answer;
    if (!shared.has_value()) return answer;
    KOSEI_RETURN_IF_ERROR(FindLevels(*std::move(shared)));
    answer.count = Count(answer);
    KOSEI_RETURN_IF_ERROR(List(listed, answer));
    return answer;
  }

 private:
  // The records between the ends, each with its distance from the first.
  absl::Status FindLevels(std::vector<NodeIndex> shared) {
    const BreadthFirst& forward = walks_.forward();
    std::vector<std::vector<NodeIndex>> levels(std::size_t{forward.depth()} + 1);
    levels.back() = shared;
    for (std::size_t depth = forward.depth(); depth > 0; --depth) {
      const std::span<const NodeIndex> nearer = forward.Level(depth - 1);
      std::vector<NodeIndex>& reached = levels[depth - 1];
      for (const NodeIndex node : levels[depth]) {
        std::uint64_t looked_at = 0;
        ForEachFollowed(graph_, walks_.up(), node,
                        [&](NodeIndex neighbour, storage::TypeIndex, bool) {
                          ++looked_at;
                          if (PlaceOf(nearer, neighbour) != nearer.size()) {
                            reached.push_back(neighbour);
                          }
                        });
        KOSEI_RETURN_IF_ERROR(meter_.Count(looked_at));
      }
      std::sort(reached.begin(), reached.end());
      reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
    }
    std::vector<std::vector<NodeIndex>> beyond = walks_.LevelsOnTheWay(std::move(shared));
    const std::span<const NodeIndex> end = walks_.backward().Level(0);
    beyond.front().assign(end.begin(), end.end());
    for (std::size_t depth = beyond.size() - 1; depth-- > 0;) {
      levels.push_back(std::move(beyond[depth]));
    }
    return Arrange(levels);
  }

  absl::Status Arrange(const std::vector<std::vector<NodeIndex>>& levels) {
    std::vector<std::pair<NodeIndex, std::uint32_t>> placed;
    for (std::uint32_t level = 0; level < levels.size(); ++level) {
      for (const NodeIndex node : levels[level]) placed.emplace_back(node, level);
    }
    std::sort(placed.begin(), placed.end());
    std::vector<NodeIndex> nodes;
    for (const auto& [node, level] : placed) {
      nodes.push_back(node);
      level_.push_back(level);
    }
    KOSEI_ASSIGN_OR_RETURN(local_, LocalGraph::Make(graph_, walks_.up(), std::move(nodes), meter_));
    order_.resize(local_.size());
    std::iota(order_.begin(), order_.end(), LocalIndex{0});
    std::sort(order_.begin(), order_.end(), [&](LocalIndex a, LocalIndex b) {
      return std::pair(level_[a], a) < std::pair(level_[b], b);
    });
    return absl::OkStatus();
  }

  bool IsStep(const Need& need, LocalIndex to) const { return level_[need.from] + 1 == level_[to]; }

  // How many paths there are, and through each record.
  std::uint64_t Count(CausalPaths& answer) const {
    std::vector<std::uint64_t> from_first(local_.size(), 0);
    std::vector<std::uint64_t> to_last(local_.size(), 0);
    from_first[order_.front()] = 1;
    for (const LocalIndex node : order_) {
      for (const Need& need : local_.NeedsOf(node)) {
        if (!IsStep(need, node)) continue;
        from_first[node] = SaturatedSum(from_first[node], from_first[need.from]);
      }
    }
    to_last[order_.back()] = 1;
    for (auto node = order_.rbegin(); node != order_.rend(); ++node) {
      for (const Need& need : local_.NeedsOf(*node)) {
        if (!IsStep(need, *node)) continue;
        to_last[need.from] = SaturatedSum(to_last[need.from], to_last[*node]);
      }
    }
    for (const LocalIndex node : order_) {
      answer.records.push_back({storage::RecordOf(local_.NodeAt(node)),
                                SaturatedProduct(from_first[node], to_last[node])});
    }
    return from_first[order_.back()];
  }

  // Depth first from the end, lowest record first: that is the order of paths.
  absl::Status List(std::size_t listed, CausalPaths& answer) {
    const std::size_t length = level_[order_.back()];
    listed = static_cast<std::size_t>(std::min<std::uint64_t>(listed, answer.count));
    KOSEI_RETURN_IF_ERROR(meter_.CheckMemory(listed * length * sizeof(LinkStep)));
    std::vector<LocalIndex> chain = {order_.back()};
    std::vector<std::size_t> next = {0};  // by record of the chain: which of its needs is next
    while (answer.paths.size() < listed) {
      const std::span<const Need> needs = local_.NeedsOf(chain.back());
      std::size_t& position = next.back();
      while (position < needs.size() && !IsStep(needs[position], chain.back())) ++position;
      KOSEI_RETURN_IF_ERROR(meter_.Count(0));
      if (chain.size() == length + 1) {
        answer.paths.push_back(StepsOf(chain));
      } else if (position < needs.size()) {
        chain.push_back(needs[position++].from);
        next.push_back(0);
        continue;
      }
      chain.pop_back();
      next.pop_back();
    }
    return absl::OkStatus();
  }

  std::vector<LinkStep> StepsOf(const std::vector<LocalIndex>& chain) const {
    std::vector<LinkStep> steps;
    steps.reserve(chain.size() - 1);
    for (std::size_t i = chain.size() - 1; i > 0; --i) {
      steps.push_back(local_.StepBetween(chain[i], chain[i - 1]));
    }
    return steps;
  }

  const storage::GraphView& graph_;
  MeetingWalks walks_;
  StepMeter meter_;
  LocalGraph local_;
  std::vector<std::uint32_t> level_;  // by LocalIndex: distance from the first
  std::vector<LocalIndex> order_;     // by level, then id
};

}  // namespace

absl::StatusOr<CausalPaths> AllShortestPaths(const storage::Reader& reader,
                                             const storage::View& view, const PathEnds& ends,
                                             std::size_t listed, const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, ends.from, "path from"));
  KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, ends.to, "path to"));
  if (ends.from == ends.to) {
    CausalPaths answer{.count = 1, .more = false, .paths = {}, .records = {{ends.from, 1}}};
    if (listed > 0) answer.paths.emplace_back();
    return answer;
  }
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  ShortestPathSearch search(graph, *schema, budget);
  return search.Run(storage::NodeOf(ends.from), storage::NodeOf(ends.to), listed);
}

}  // namespace kosei::query
