// Question: what do the points of failure of a service cost beside following one candidate after
// another, each with the walk that answers an impact question? An operation is one candidate.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/query/impact.h"
#include "kosei/query/points_of_failure.h"

namespace kosei::bench {
namespace {

using storage::NodeIndex;

// Asking one by one is slow: so many are enough to tell what each costs.
constexpr std::size_t kAskedOneByOne = 50;

query::Limits Generous() {
  query::Limits limits;
  limits.memory_bytes = std::uint64_t{2} << 30;
  limits.time = std::chrono::hours(1);
  return limits;
}

// Everything that `service` rests on.
std::vector<RecordId> Upwards(RecordId service) {
  query::ImpactRequest request;
  request.roots = {service};
  request.direction = query::ImpactDirection::kUp;
  storage::Reader& reader = LoadedStore().reader();
  const query::ImpactAnswer answer = Must(
      query::Impact(reader, reader.Newest(), request, query::Budget(Generous(), SystemClock())));
  std::vector<RecordId> records;
  for (std::uint64_t i = answer.root_count(); i < answer.nodes.size(); ++i)
    records.push_back(storage::RecordOf(answer.nodes[i]));
  return records;
}

// The one of a sample that rests on most.
RecordId Heaviest() {
  Sequence sequence;
  RecordId heaviest{1};
  std::size_t most = 0;
  for (int i = 0; i < 200; ++i) {
    const RecordId record{std::uint64_t{sequence.Below(LoadedStore().item_count())} + 1};
    const std::size_t size = Upwards(record).size();
    if (size > most) {
      most = size;
      heaviest = record;
    }
  }
  return heaviest;
}

bool FailsAlone(RecordId candidate, RecordId service) {
  query::ImpactRequest request;
  request.scenario.assumptions = {{candidate, model::State::kFailed}};
  storage::Reader& reader = LoadedStore().reader();
  const query::ImpactAnswer answer = Must(
      query::Impact(reader, reader.Newest(), request, query::Budget(Generous(), SystemClock())));
  const auto found = std::find(answer.nodes.begin(), answer.nodes.end(), storage::NodeOf(service));
  return found != answer.nodes.end();
}

std::uint64_t CountPoints(const std::vector<RecordId>& services) {
  std::uint64_t points = 0;
  storage::Reader& reader = LoadedStore().reader();
  query::PointsRequest request;
  request.services = services;
  Must(query::SinglePoints(reader, reader.Newest(), request,
                           query::Budget(Generous(), SystemClock()),
                           [&](const query::ServicePoints& service) {
                             points += service.failing + service.degrading;
                             return true;
                           }));
  return points;
}

void OfOneService(benchmark::State& state) {
  const RecordId service = Heaviest();
  const std::vector<RecordId> candidates = Upwards(service);
  const std::size_t asked = std::min(kAskedOneByOne, candidates.size());
  double ours = 0;
  double limit = 0;
  // An operation is a candidate on both sides, though one side asks only some of them.
  for ([[maybe_unused]] auto iteration : state) {
    ours = SecondsOf([&] { benchmark::DoNotOptimize(CountPoints({service})); });
    limit = SecondsOf([&] {
      for (std::size_t i = 0; i < asked; ++i)
        benchmark::DoNotOptimize(FailsAlone(candidates[i * candidates.size() / asked], service));
    });
    state.SetIterationTime(ours);
  }
  const double ours_us = 1e6 * ours / static_cast<double>(candidates.size());
  const double limit_us = 1e6 * limit / static_cast<double>(asked);
  state.counters["candidates"] = static_cast<double>(candidates.size());
  state.counters["ours_us"] = ours_us;
  state.counters["limit_us"] = limit_us;
  state.counters["ratio"] = ours_us / limit_us;
}
BENCHMARK(OfOneService)->UseManualTime();

// Many services together beside each by itself.
void OfManyServices(benchmark::State& state) {
  constexpr std::size_t kServices = 64;
  Sequence sequence;
  std::vector<RecordId> services;
  while (services.size() < kServices) {
    const RecordId record{std::uint64_t{sequence.Below(LoadedStore().item_count())} + 1};
    services.push_back(record);
  }
  BesideLimit(
      state, services.size(), [&] { benchmark::DoNotOptimize(CountPoints(services)); },
      [&] {
        for (const RecordId service : services) benchmark::DoNotOptimize(CountPoints({service}));
      });
}
BENCHMARK(OfManyServices)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
