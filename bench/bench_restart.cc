// Question: how long does a store take to open with a checkpoint, beside opening it from its
// records and links? And what does the topology cost in memory?
#include <benchmark/benchmark.h>

#include <vector>

#include "beside_limit.h"
#include "estate_store.h"

namespace kosei::bench {
namespace {

double SecondsToOpen(EstateStore& store, EstateStore::Start start) {
  store.Close();
  return SecondsOf([&store, start] { store.Open(start); });
}

void Restart(benchmark::State& state) {
  EstateStore store;
  store.Load();
  std::vector<double> with;
  std::vector<double> without;
  for ([[maybe_unused]] auto iteration : state) {
    with.push_back(SecondsToOpen(store, EstateStore::Start::kFromCheckpoint));
    without.push_back(SecondsToOpen(store, EstateStore::Start::kFromStore));
    state.SetIterationTime(with.back());
  }
  const storage::StoreCounts counts = store.reader().Counts();
  state.counters["ours_us"] = MedianOf(with) * 1e6;
  state.counters["limit_us"] = MedianOf(without) * 1e6;
  state.counters["ratio"] = MedianOf(with) / MedianOf(without);
  state.counters["links"] = static_cast<double>(counts.links);
  state.counters["bytes_per_link"] =
      static_cast<double>(counts.topology_bytes) / static_cast<double>(counts.links);
}
BENCHMARK(Restart)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
