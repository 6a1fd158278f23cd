// Question: what does an impact question cost in process beside a plain breadth-first search over
// compressed sparse rows of the same links, with a 32-bit mark a node?
#include <benchmark/benchmark.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/query/impact.h"

namespace kosei::bench {
namespace {

using storage::NodeIndex;

// Only the links that carry failure, in the direction in which it travels.
struct PlainGraph {
  explicit PlainGraph(EstateStore& store) {
    storage::Reader& reader = store.reader();
    const auto schema = reader.schema();
    std::vector<std::pair<NodeIndex, NodeIndex>> edges;
    for (std::uint32_t i = 0; i < store.item_count(); ++i) {
      for (const storage::PutLink& link : store.LinksOf(i)) {
        const NodeIndex source = storage::NodeOf(*reader.IdOf(link.source));
        const NodeIndex target = storage::NodeOf(*reader.IdOf(link.target));
        const auto impact = schema->FindRelationshipType(link.type)->definition.impact;
        if (impact == model::ImpactDirection::kTargetToSource) edges.emplace_back(target, source);
        if (impact == model::ImpactDirection::kSourceToTarget) edges.emplace_back(source, target);
      }
    }
    offsets.assign(store.item_count() + 2U, 0);
    for (const auto& [from, to] : edges) ++offsets[from + 1U];
    for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
    nodes.resize(edges.size());
    std::vector<std::uint64_t> next(offsets.begin(), offsets.end() - 1);
    for (const auto& [from, to] : edges) nodes[next[from]++] = to;
    marks.assign(offsets.size(), 0);
  }

  std::size_t Reach(NodeIndex root) {
    ++mark;
    queue.clear();
    queue.push_back(root);
    marks[root] = mark;
    for (std::size_t at = 0; at < queue.size(); ++at) {
      const NodeIndex node = queue[at];
      for (std::uint64_t i = offsets[node]; i < offsets[node + 1]; ++i) {
        if (marks[nodes[i]] == mark) continue;
        marks[nodes[i]] = mark;
        queue.push_back(nodes[i]);
      }
    }
    return queue.size() - 1;
  }

  std::vector<std::uint64_t> offsets;
  std::vector<NodeIndex> nodes;
  std::vector<std::uint32_t> marks;
  std::vector<NodeIndex> queue;
  std::uint32_t mark = 0;
};

PlainGraph& Plain() {
  static PlainGraph graph(LoadedStore());
  return graph;
}

std::uint64_t Ask(NodeIndex root, const storage::View& view, std::optional<std::uint32_t> depth) {
  query::Limits limits;
  limits.memory_bytes = std::uint64_t{1} << 30;
  query::ImpactRequest request;
  request.roots = {storage::RecordOf(root)};
  request.depth = depth;
  return Must(query::Impact(LoadedStore().reader(), view, request,
                            query::Budget(limits, SystemClock())))
      .affected_count();
}

std::vector<NodeIndex> Hottest(std::size_t count) {
  std::vector<std::pair<std::uint64_t, NodeIndex>> degrees;
  const PlainGraph& graph = Plain();
  for (NodeIndex node = 1; node + 1 < graph.offsets.size(); ++node) {
    degrees.emplace_back(graph.offsets[node + 1] - graph.offsets[node], node);
  }
  std::sort(degrees.rbegin(), degrees.rend());
  std::vector<NodeIndex> roots;
  for (std::size_t i = 0; i < count; ++i) roots.push_back(degrees[i].second);
  return roots;
}

std::vector<NodeIndex> Random(std::size_t count) {
  Sequence sequence;
  std::vector<NodeIndex> roots;
  for (std::size_t i = 0; i < count; ++i)
    roots.push_back(sequence.Below(LoadedStore().item_count()) + 1);
  return roots;
}

void Compare(benchmark::State& state, const std::vector<NodeIndex>& roots) {
  const storage::View view = LoadedStore().reader().Newest();
  for (const NodeIndex root : roots) {
    if (Ask(root, view, std::nullopt) != Plain().Reach(root)) {
      GiveUp(absl::InternalError("impact and the plain search disagree"));
    }
  }
  BesideLimit(
      state, roots.size(),
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Ask(root, view, std::nullopt));
      },
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Plain().Reach(root));
      });
}

void HottestRoots(benchmark::State& state) { Compare(state, Hottest(20)); }
BENCHMARK(HottestRoots)->UseManualTime();

void RandomRoots(benchmark::State& state) { Compare(state, Random(200)); }
BENCHMARK(RandomRoots)->UseManualTime();

// Beside the same question without a limit: a limit must not cost more.
void DepthLimited(benchmark::State& state) {
  const std::vector<NodeIndex> roots = Hottest(20);
  const storage::View view = LoadedStore().reader().Newest();
  BesideLimit(
      state, roots.size(),
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Ask(root, view, 6));
      },
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Ask(root, view, std::nullopt));
      });
}
BENCHMARK(DepthLimited)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
