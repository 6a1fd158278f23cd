// Question: what does impact with states, with gates, in the past, and the difference between two
// answers cost in process beside a plain breadth-first search over the same links?
#include <benchmark/benchmark.h>

#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/query/impact.h"
#include "kosei/query/impact_difference.h"
#include "plain_graph.h"

namespace kosei::bench {
namespace {

using storage::NodeIndex;

constexpr std::size_t kGatesPerCommit = 5'000;

// Everything with power feeds needs one of them, every service half of what it depends on, all else
// one of the switches that it is connected to.
struct GatedStore {
  GatedStore() : before(LoadedStore().reader().Newest()) {
    EstateStore& store = LoadedStore();
    const AttributeNumber gate = store.AttributeOf("impact_gate");
    storage::Transaction transaction;
    const auto commit = [&] {
      transaction.provenance.actor = "bench";
      Must(store.writer().Commit(std::exchange(transaction, {})));
    };
    for (std::uint32_t i = 0; i < store.item_count(); ++i) {
      const std::string text = GateOf(store.LinksOf(i));
      if (text.empty()) continue;
      Record record;
      record.key = store.KeyAt(i);
      record.Set(gate, Value(text));
      transaction.put_records.push_back({std::move(record), std::nullopt});
      ++gates;
      if (transaction.put_records.size() == kGatesPerCommit) commit();
    }
    if (!transaction.put_records.empty()) commit();
    Must(store.indexes().CatchUp());
  }

  static std::string GateOf(const std::vector<storage::PutLink>& links) {
    const auto schema = LoadedStore().reader().schema();
    int feeds = 0, switches = 0;
    for (const storage::PutLink& link : links) {
      const std::string_view type = schema->RelationshipTypeName(link.type);
      if (type == "powered_by") ++feeds;
      if (type == "connects_to") ++switches;
    }
    if (feeds > 1) return "any(powered_by)";
    return switches > 1 ? "any(connects_to)" : "";
  }

  storage::View before;
  std::uint64_t gates = 0;
};

PlainGraph& Plain() {
  static PlainGraph graph(LoadedStore());
  return graph;
}

query::Budget Generous() {
  query::Limits limits;
  limits.memory_bytes = std::uint64_t{1} << 30;
  return {limits, SystemClock()};
}

// As a failure that is assumed, so that states are followed whatever the links say.
query::ImpactAnswer Ask(NodeIndex root, const storage::View& view) {
  query::ImpactRequest request;
  request.scenario.assumptions = {{storage::RecordOf(root), model::State::kFailed}};
  return Must(query::Impact(LoadedStore().reader(), view, request, Generous()));
}

void Beside(benchmark::State& state, const std::vector<NodeIndex>& roots,
            const storage::View& view) {
  BesideLimit(
      state, roots.size(),
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Ask(root, view).nodes.size());
      },
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Plain().Reach(root));
      });
}

// Before there are gates: every record that the plain search reaches has failed.
void StatesOfHottest(benchmark::State& state) {
  const storage::View view = LoadedStore().reader().Newest();
  const std::vector<NodeIndex> roots = Plain().Hottest(20);
  for (const NodeIndex root : roots) {
    if (Ask(root, view).affected_count() != Plain().Reach(root))
      GiveUp(absl::InternalError("states and the plain search disagree"));
  }
  Beside(state, roots, view);
}
BENCHMARK(StatesOfHottest)->UseManualTime();

void StatesOfRandom(benchmark::State& state) {
  Beside(state, RandomNodes(LoadedStore(), 200), LoadedStore().reader().Newest());
}
BENCHMARK(StatesOfRandom)->UseManualTime();

const GatedStore& Gated() {
  static const GatedStore gated;
  return gated;
}

void GatesOfHottest(benchmark::State& state) {
  state.counters["gates"] = static_cast<double>(Gated().gates);
  Beside(state, Plain().Hottest(20), LoadedStore().reader().Newest());
}
BENCHMARK(GatesOfHottest)->UseManualTime();

void GatesOfRandom(benchmark::State& state) {
  state.counters["gates"] = static_cast<double>(Gated().gates);
  Beside(state, RandomNodes(LoadedStore(), 200), LoadedStore().reader().Newest());
}
BENCHMARK(GatesOfRandom)->UseManualTime();

// The same question of the View before the gates beside the present.
void Past(benchmark::State& state) {
  const storage::View before = Gated().before;
  const storage::View newest = LoadedStore().reader().Newest();
  const std::vector<NodeIndex> roots = Plain().Hottest(20);
  BesideLimit(
      state, roots.size(),
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Ask(root, before).nodes.size());
      },
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Ask(root, newest).nodes.size());
      });
}
BENCHMARK(Past)->UseManualTime();

// Both answers and what differs between them.
void DifferenceBesidePlain(benchmark::State& state) {
  const storage::View before = Gated().before;
  const storage::View newest = LoadedStore().reader().Newest();
  const std::vector<NodeIndex> roots = Plain().Hottest(20);
  BesideLimit(
      state, roots.size(),
      [&] {
        for (const NodeIndex root : roots) {
          benchmark::DoNotOptimize(
              Must(query::Difference(Ask(root, before), Ask(root, newest))).records.size());
        }
      },
      [&] {
        for (const NodeIndex root : roots) benchmark::DoNotOptimize(Plain().Reach(root));
      });
}
BENCHMARK(DifferenceBesidePlain)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
