// Question: how much slower is an impact question after links have changed, while the changes are
// not yet (or no longer) beside the base of the topology? Each count of changes beside the same
// question before them.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/query/impact.h"

namespace kosei::bench {
namespace {

using storage::NodeIndex;

constexpr std::size_t kRoots = 20;
constexpr std::uint32_t kLinksPerCommit = 20;

std::uint64_t Ask(EstateStore& store, NodeIndex root, const storage::View& view) {
  query::Limits limits;
  limits.memory_bytes = std::uint64_t{1} << 30;
  query::ImpactRequest request;
  request.roots = {storage::RecordOf(root)};
  return Must(query::Impact(store.reader(), view, request, query::Budget(limits, SystemClock())))
      .affected_count();
}

// Those that most others need, of a sample.
std::vector<NodeIndex> Roots(EstateStore& store) {
  const storage::GraphView graph = Must(store.reader().Graph(store.reader().Newest()));
  std::vector<std::pair<std::size_t, NodeIndex>> degrees;
  for (NodeIndex node = 1; node < graph.node_limit(); ++node)
    degrees.emplace_back(graph.Degree(storage::LinkDirection::kIn, node), node);
  std::sort(degrees.rbegin(), degrees.rend());
  std::vector<NodeIndex> roots;
  for (std::size_t i = 0; i < kRoots; ++i) roots.push_back(degrees[i].second);
  return roots;
}

// Ends links of random items and makes them again in the next commit, so that the graph stays as it
// was.
void ChangeLinks(EstateStore& store, std::uint32_t wanted) {
  Sequence sequence;
  for (std::uint32_t done = 0; done < wanted;) {
    storage::Transaction end;
    storage::Transaction make;
    end.provenance.actor = make.provenance.actor = "bench";
    while (make.put_links.size() < kLinksPerCommit && done + make.put_links.size() * 2 < wanted) {
      const std::uint32_t position = sequence.Below(store.item_count());
      for (storage::PutLink& link : store.LinksOf(position)) {
        const auto same = [&link](const storage::PutLink& one) {
          return one.source == link.source && one.target == link.target && one.type == link.type;
        };
        if (std::any_of(make.put_links.begin(), make.put_links.end(), same)) break;
        storage::EndLink gone;
        gone.source = link.source;
        gone.type = link.type;
        gone.target = link.target;
        end.end_links.push_back(std::move(gone));
        make.put_links.push_back(std::move(link));
      }
    }
    const auto ended = Must(store.writer().Commit(std::move(end)));
    const auto made = Must(store.writer().Commit(std::move(make)));
    done += static_cast<std::uint32_t>(ended.links_ended + made.links_created);
  }
}

void AfterChanges(benchmark::State& state) {
  EstateStore still;
  still.Load();
  EstateStore changed;
  changed.Load();
  const std::vector<NodeIndex> roots = Roots(changed);
  ChangeLinks(changed, static_cast<std::uint32_t>(state.range(0)));
  const storage::View now = changed.reader().Newest();
  const storage::View before = still.reader().Newest();
  BesideLimit(
      state, roots.size(),
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Ask(changed, root, now));
      },
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Ask(still, root, before));
      });
}
BENCHMARK(AfterChanges)->Arg(0)->Arg(1'000)->Arg(10'000)->Arg(60'000)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
