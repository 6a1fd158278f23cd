// Question: what does an impact question cost in process beside a plain breadth-first search over
// compressed sparse rows of the same links, with a 32-bit mark a node?
#include <benchmark/benchmark.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/query/impact.h"
#include "plain_graph.h"

namespace kosei::bench {
namespace {

using storage::NodeIndex;

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

void HottestRoots(benchmark::State& state) { Compare(state, Plain().Hottest(20)); }
BENCHMARK(HottestRoots)->UseManualTime();

void RandomRoots(benchmark::State& state) { Compare(state, RandomNodes(LoadedStore(), 200)); }
BENCHMARK(RandomRoots)->UseManualTime();

// Beside the same question without a limit: a limit must not cost more.
void DepthLimited(benchmark::State& state) {
  const std::vector<NodeIndex> roots = Plain().Hottest(20);
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
