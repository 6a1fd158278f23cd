// Question: what do opening, editing and merging a plan cost beside committing the same changes
// directly, from 10 to 100,000 of them; and what does an impact analysis cost in a plan?
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <utility>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/query/impact.h"

namespace kosei::bench {
namespace {

constexpr std::size_t kEditsAStep = 5'000;

std::string NextName() {
  static int next = 0;
  return "plan-" + std::to_string(++next);
}

// One attribute of one record each, another value each time.
storage::Transaction Changes(std::uint32_t first, std::size_t count) {
  static std::uint32_t next = 0;
  EstateStore& store = LoadedStore();
  const AttributeNumber name = store.AttributeOf("name");
  storage::Transaction transaction;
  transaction.provenance.actor = "bench";
  for (std::size_t i = 0; i < count; ++i) {
    Record record;
    record.key = store.KeyAt((first + static_cast<std::uint32_t>(i)) % store.item_count());
    record.attributes.emplace_back(name, Value("changed " + std::to_string(++next)));
    transaction.put_records.push_back({std::move(record), std::nullopt});
  }
  return transaction;
}

void Fill(const std::string& plan, std::size_t changes) {
  for (std::size_t done = 0; done < changes; done += kEditsAStep) {
    const std::size_t count = std::min(kEditsAStep, changes - done);
    Must(LoadedStore().plans().Edit(plan, Changes(static_cast<std::uint32_t>(done), count)));
  }
}

std::string Open() {
  const std::string name = NextName();
  Must(LoadedStore().plans().Open(name, "", {}));
  return name;
}

std::size_t ChangesOf(const benchmark::State& state) {
  return std::min<std::size_t>(static_cast<std::size_t>(state.range(0)),
                               LoadedStore().item_count());
}

void EditPlan(benchmark::State& state) {
  const std::size_t changes = ChangesOf(state);
  BesideLimit(
      state, changes, [&] { Fill(Open(), changes); },
      [&] { Must(LoadedStore().writer().Commit(Changes(0, changes))); });
}
BENCHMARK(EditPlan)->RangeMultiplier(10)->Range(10, 100'000)->UseManualTime();

// `ours_us` and `limit_us` are for one change.
void MergePlan(benchmark::State& state) {
  const std::size_t changes = ChangesOf(state);
  std::vector<double> ours;
  std::vector<double> limit;
  for ([[maybe_unused]] auto iteration : state) {
    const std::string plan = Open();
    Fill(plan, changes);
    ours.push_back(SecondsOf([&] {
      const storage::MergeOutcome outcome = Must(LoadedStore().plans().Merge(plan, {}));
      if (!outcome.conflicts.empty()) GiveUp(absl::InternalError("conflicts"));
    }));
    const storage::Transaction same = Changes(0, changes);
    limit.push_back(SecondsOf([&] { Must(LoadedStore().writer().Commit(same)); }));
    state.SetIterationTime(ours.back());
  }
  const double to_micros = 1e6 / static_cast<double>(changes);
  state.counters["ours_us"] = MedianOf(ours) * to_micros;
  state.counters["limit_us"] = MedianOf(limit) * to_micros;
  state.counters["ratio"] = MedianOf(ours) / MedianOf(limit);
}
BENCHMARK(MergePlan)->RangeMultiplier(10)->Range(10, 100'000)->UseManualTime();

void OpenPlan(benchmark::State& state) {
  BesideLimit(state, 1, [] { Open(); }, [] { Must(LoadedStore().writer().Commit(Changes(0, 1))); });
}
BENCHMARK(OpenPlan)->UseManualTime();

// The same impact analysis in a plan of so many changes, beside the present: 2 is the goal.
void ImpactInPlan(benchmark::State& state) {
  const std::string plan = Open();
  Fill(plan, ChangesOf(state));
  storage::ViewName name;
  name.plan = plan;
  storage::Reader& reader = LoadedStore().reader();
  query::ImpactRequest request;
  request.roots.push_back(*reader.IdOf(LoadedStore().KeyAt(0)));
  const auto impact = [&](const storage::View& view) {
    const query::Budget budget({}, SystemClock());
    benchmark::DoNotOptimize(Must(query::Impact(reader, view, request, budget)));
  };
  const storage::View planned = Must(reader.Resolve(name));
  const storage::View present = reader.Newest();
  impact(planned);
  BesideLimit(state, 1, [&] { impact(planned); }, [&] { impact(present); });
}
BENCHMARK(ImpactInPlan)->RangeMultiplier(100)->Range(10, 100'000)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
