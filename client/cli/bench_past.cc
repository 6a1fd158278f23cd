// The past beside the present: changes some of the estate, then asks before that and now.
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "bench_impact.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kChanged = 1'000;
constexpr std::size_t kBlocks = 20;
constexpr std::size_t kBlockReads = 500;
constexpr std::size_t kHotRoots = 20;
constexpr int kRounds = 3;

// One commit: a thousand records say something else, and their links end. The next one puts the
// links back, so that the graph is again what the plain search knows.
absl::Status Change(BenchRun& run, client::ViewName& before) {
  KOSEI_ASSIGN_OR_RETURN(const client::StatusReport report, run.client.Status());
  before.kind = client::ViewName::Kind::kCommit;
  before.commit = report.newest_commit;
  client::Mutation change;
  change.provenance.reason = "kosei bench";
  client::Mutation mend = change;
  std::vector<std::uint32_t> positions = run.RandomPositions(kChanged, 5);
  std::ranges::sort(positions);
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  std::vector<estate::Link> links;
  for (const std::uint32_t position : positions) {
    client::PutRecord put;
    put.record.key = run.records.KeyAt(position);
    put.record.Set(run.records.AttributeOf("owner"),
                   absl::StrFormat("Night shift since commit %d", before.commit));
    change.put_records.push_back(std::move(put));
    run.estate.LinksOf(position, links);
    for (const estate::Link& each : links) {
      client::Link link;
      run.records.LinkAt(each, link);
      change.end_links.push_back(link);
      mend.put_links.push_back(std::move(link));
    }
  }
  KOSEI_RETURN_IF_ERROR(run.client.Mutate(change).status());
  return run.client.Mutate(mend).status();
}

absl::Status BenchPastGet(BenchRun& run, const client::ViewName& before) {
  std::vector<std::string> keys;
  for (const std::uint32_t position : run.RandomPositions(kBlockReads, 6)) {
    keys.push_back(run.records.KeyAt(position));
  }
  for (const std::uint32_t position : run.RandomPositions(kChanged, 5)) {
    if (keys.size() < 2 * kBlockReads) keys.push_back(run.records.KeyAt(position));
  }
  Samples now;
  Samples past;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    for (const std::string& key : keys) {
      KOSEI_RETURN_IF_ERROR(Measure(now, [&] { return run.client.Get({key}).status(); }));
    }
    for (const std::string& key : keys) {
      KOSEI_RETURN_IF_ERROR(Measure(past, [&] { return run.client.Get({key}, before).status(); }));
    }
  }
  run.figures.Add({.name = "past_get_p50",
                   .what = "Point read in the past, p50",
                   .unit = "us",
                   .value = past.Median(),
                   .limit_name = "point read now",
                   .limit = now.Median(),
                   .goal = Goal::AtMost(1.5)});
  return absl::OkStatus();
}

}  // namespace

absl::Status BenchPast(BenchRun& run) {
  client::ViewName before;
  KOSEI_RETURN_IF_ERROR(Change(run, before));
  KOSEI_RETURN_IF_ERROR(BenchPastGet(run, before));
  Samples now;
  Samples past;
  for (const std::uint32_t root : run.Graph().Hottest(kHotRoots)) {
    client::ImpactRequest request = ImpactOf(run, root, client::ImpactDetail::kCounts);
    const std::uint64_t expected = run.Graph().CountReached(root);
    Samples now_rounds;
    Samples past_rounds;
    for (int round = 0; round < kRounds; ++round) {
      request.view = {};
      KOSEI_RETURN_IF_ERROR(Measure(now_rounds, [&] { return AskImpact(run, request, expected); }));
      request.view = before;
      KOSEI_RETURN_IF_ERROR(
          Measure(past_rounds, [&] { return AskImpact(run, request, expected); }));
    }
    now.Add(now_rounds.Median());
    past.Add(past_rounds.Median());
  }
  run.figures.Add({.name = "past_impact",
                   .what = absl::StrFormat("Impact in the past, %d hottest, mean", kHotRoots),
                   .unit = "ms",
                   .value = past.Mean() / 1'000,
                   .limit_name = "impact now",
                   .limit = now.Mean() / 1'000,
                   .goal = Goal::AtMost(2)});
  return absl::OkStatus();
}

}  // namespace kosei::cli
