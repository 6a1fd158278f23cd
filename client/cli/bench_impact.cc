// Impact beside the plain search of the same graph: hot and random roots, counted and streamed,
// small answers beside a point read, and what a depth limit costs.
#include "bench_impact.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kHotRoots = 20;
constexpr std::size_t kRandomRoots = 200;
constexpr int kRounds = 3;
constexpr std::uint64_t kSmallMin = 7;  // dependents of a small answer
constexpr std::uint64_t kSmallMax = 10;
constexpr std::size_t kSmallRoots = 200;
constexpr int kSmallRounds = 10;

// Of one set of roots: what each took, the median of its rounds.
struct Timings {
  Samples plain;
  Samples counted;
  Samples streamed;
};

absl::Status TimeRoot(BenchRun& run, std::uint32_t root, Timings& timings) {
  const client::ImpactRequest count = ImpactOf(run, root, client::ImpactDetail::kCounts);
  const client::ImpactRequest list = ImpactOf(run, root, client::ImpactDetail::kDistances);
  Timings rounds;
  for (int round = 0; round < kRounds; ++round) {
    const Stopwatch watch;
    const std::uint64_t expected = run.Graph().CountReached(root);
    rounds.plain.Add(watch.Micros());
    KOSEI_RETURN_IF_ERROR(Measure(rounds.counted, [&] { return AskImpact(run, count, expected); }));
    KOSEI_RETURN_IF_ERROR(Measure(rounds.streamed, [&] { return AskImpact(run, list, expected); }));
  }
  timings.plain.Add(rounds.plain.Median());
  timings.counted.Add(rounds.counted.Median());
  timings.streamed.Add(rounds.streamed.Median());
  return absl::OkStatus();
}

constexpr char kPlainName[] = "plain breadth-first search";

void AddMeans(BenchRun& run, const std::string& name, const std::string& what,
              const Timings& timings) {
  const double limit = timings.plain.Mean() / 1'000;
  run.figures.Add({.name = name + "_count",
                   .what = what + ", counted, mean",
                   .unit = "ms",
                   .value = timings.counted.Mean() / 1'000,
                   .limit_name = kPlainName,
                   .limit = limit,
                   .goal = Goal::AtMost(1.5)});
  run.figures.Add({.name = name + "_stream",
                   .what = what + ", all streamed, mean",
                   .unit = "ms",
                   .value = timings.streamed.Mean() / 1'000,
                   .limit_name = kPlainName,
                   .limit = limit,
                   .goal = Goal::AtMost(3)});
}

absl::Status BenchHotAndRandom(BenchRun& run) {
  Timings hot;
  for (const std::uint32_t root : run.Graph().Hottest(kHotRoots)) {
    KOSEI_RETURN_IF_ERROR(TimeRoot(run, root, hot));
  }
  AddMeans(run, "impact_hot", absl::StrFormat("Impact, %d hottest", kHotRoots), hot);
  Timings random;
  for (const std::uint32_t root : run.RandomPositions(kRandomRoots, 2)) {
    KOSEI_RETURN_IF_ERROR(TimeRoot(run, root, random));
  }
  AddMeans(run, "impact_random", absl::StrFormat("Impact, %d random", kRandomRoots), random);
  run.figures.Add({.name = "impact_random_p50",
                   .what = "  streamed, p50",
                   .unit = "us",
                   .value = random.streamed.Median()});
  run.figures.Add({.name = "impact_random_p99",
                   .what = "  streamed, p99",
                   .unit = "us",
                   .value = random.streamed.Quantile(0.99),
                   .limit_name = kPlainName,
                   .limit = random.plain.Quantile(0.99),
                   .goal = Goal::AtMost(3)});
  return absl::OkStatus();
}

std::vector<std::uint32_t> SmallRoots(BenchRun& run) {
  std::vector<std::uint32_t> roots;
  // A search that stops at depth 12 is cheap, and small answers are no deeper.
  constexpr std::uint32_t kDepth = 12;
  for (const std::uint32_t position : run.RandomPositions(kSmallRoots * 100, 3)) {
    const std::uint64_t reached = run.Graph().CountReached(position, kDepth);
    if (reached < kSmallMin || reached > kSmallMax) continue;
    roots.push_back(position);
    if (roots.size() == kSmallRoots) break;
  }
  return roots;
}

absl::Status BenchSmall(BenchRun& run) {
  const std::vector<std::uint32_t> roots = SmallRoots(run);
  Samples gets;
  Samples impacts;
  for (int round = 0; round < kSmallRounds; ++round) {
    for (const std::uint32_t root : roots) {
      const std::string key = run.records.KeyAt(root);
      KOSEI_RETURN_IF_ERROR(Measure(gets, [&] { return run.client.Get({key}).status(); }));
    }
    for (const std::uint32_t root : roots) {
      const std::uint64_t expected = run.Graph().CountReached(root);
      const client::ImpactRequest list = ImpactOf(run, root, client::ImpactDetail::kPaths);
      KOSEI_RETURN_IF_ERROR(Measure(impacts, [&] { return AskImpact(run, list, expected); }));
    }
  }
  run.figures.Add(
      {.name = "impact_small",
       .what = absl::StrFormat("Impact with %d-%d dependents and paths, p50", kSmallMin, kSmallMax),
       .unit = "us",
       .value = impacts.Median(),
       .limit_name = "point read",
       .limit = gets.Median(),
       .goal = Goal::AtMost(1.5)});
  return absl::OkStatus();
}

// The dearest of three limits: near, middle, and one short of everything.
absl::Status BenchDepth(BenchRun& run) {
  Samples unlimited;
  std::vector<std::pair<std::string, Samples>> limited = {{"3", {}}, {"6", {}}, {"deepest", {}}};
  for (const std::uint32_t root : run.Graph().Hottest(kHotRoots)) {
    client::ImpactRequest request = ImpactOf(run, root, client::ImpactDetail::kCounts);
    const std::uint64_t all = run.Graph().CountReached(root);
    const std::uint32_t deepest = std::max(run.Graph().depth_reached(), 2U) - 1;
    const std::vector<std::uint32_t> depths = {3, 6, deepest};
    Samples rounds;
    std::vector<Samples> limited_rounds(depths.size());
    for (int round = 0; round < kRounds; ++round) {
      request.depth = std::nullopt;
      KOSEI_RETURN_IF_ERROR(Measure(rounds, [&] { return AskImpact(run, request, all); }));
      for (std::size_t i = 0; i < depths.size(); ++i) {
        request.depth = depths[i];
        const std::uint64_t expected = run.Graph().CountReached(root, depths[i]);
        KOSEI_RETURN_IF_ERROR(
            Measure(limited_rounds[i], [&] { return AskImpact(run, request, expected); }));
      }
    }
    unlimited.Add(rounds.Median());
    for (std::size_t i = 0; i < depths.size(); ++i) {
      limited[i].second.Add(limited_rounds[i].Median());
    }
  }
  for (const auto& [depth, samples] : limited) {
    const std::string what = depth == "deepest" ? "one link short of all" : "depth " + depth;
    run.figures.Add({.name = "impact_depth_" + depth,
                     .what = "Impact, hottest, " + what + ", mean",
                     .unit = "ms",
                     .value = samples.Mean() / 1'000,
                     .limit_name = "no depth limit",
                     .limit = unlimited.Mean() / 1'000,
                     .goal = Goal::AtMost(1)});
  }
  return absl::OkStatus();
}

}  // namespace

client::ImpactRequest ImpactOf(const BenchRun& run, std::uint32_t root,
                               client::ImpactDetail detail) {
  client::ImpactRequest request;
  request.roots = {run.records.KeyAt(root)};
  request.detail = detail;
  return request;
}

absl::Status AskImpact(BenchRun& run, const client::ImpactRequest& request,
                       std::uint64_t expected) {
  std::uint64_t listed = 0;
  KOSEI_ASSIGN_OR_RETURN(const client::ImpactSummary summary,
                         run.client.Impact(request, [&listed](const client::ImpactBatch& batch) {
                           listed += batch.keys.size();
                           return true;
                         }));
  const bool counts_only = request.detail == client::ImpactDetail::kCounts;
  if (summary.total == expected && (counts_only || listed == expected)) return absl::OkStatus();
  return MakeError(ErrorCode::kInternal,
                   absl::StrFormat("bench impact of %s: %d affected, %d listed, the plain search "
                                   "of the same graph finds %d",
                                   request.roots.front(), summary.total, listed, expected));
}

absl::Status BenchImpact(BenchRun& run) {
  KOSEI_RETURN_IF_ERROR(BenchSmall(run));
  KOSEI_RETURN_IF_ERROR(BenchHotAndRandom(run));
  return BenchDepth(run);
}

}  // namespace kosei::cli
