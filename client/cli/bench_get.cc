// Point reads, one at a time beside a loopback ping-pong of the same size, and pipelined.
#include <algorithm>
#include <cstddef>
#include <string>

#include "bench_run.h"
#include "bench_window.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

// Sides take turns in blocks, so that both meet the same machine.
constexpr std::size_t kBlocks = 20;
constexpr std::size_t kBlockReads = 500;
// Frame header, tables and view around the key that is sent and the record that comes back.
constexpr std::size_t kRequestOverhead = 80;
constexpr std::size_t kReplyOverhead = 120;

constexpr std::size_t kPipelinedReadsMax = 400'000;  // 20 an item of a small estate
constexpr std::size_t kPipelineWindow = 512;

absl::Status GetOne(BenchRun& run, const std::string& key) {
  KOSEI_ASSIGN_OR_RETURN(const client::GetResult result, run.client.Get({key}));
  if (result.records.size() == 1 && result.records[0].has_value()) return absl::OkStatus();
  return MakeError(ErrorCode::kNotFound, "bench get " + key + ": no such record; load first");
}

std::vector<std::string> RandomKeys(const BenchRun& run, std::size_t count) {
  std::vector<std::string> keys;
  keys.reserve(count);
  for (const std::uint32_t position : run.RandomPositions(count, 1)) {
    keys.push_back(run.records.KeyAt(position));
  }
  return keys;
}

}  // namespace

absl::Status BenchGet(BenchRun& run) {
  const std::vector<std::string> keys = RandomKeys(run, kBlocks * kBlockReads);
  Record record;
  run.records.RecordAt(run.estate.item_count() / 2, record);
  KOSEI_RETURN_IF_ERROR(
      run.ping_pong.Agree({.request = record.key.size() + kRequestOverhead,
                           .reply = EncodeRecord(record).size() + kReplyOverhead}));
  // Each of them once before anything counts.
  for (const std::string& key : keys) KOSEI_RETURN_IF_ERROR(GetOne(run, key));
  Samples pings;
  Samples gets;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    run.ping_pong.HoldProcessor(PingPong::Hold::kYes);
    for (std::size_t i = 0; i < kBlockReads; ++i) {
      KOSEI_RETURN_IF_ERROR(Measure(pings, [&] { return run.ping_pong.RoundTrip(); }));
    }
    run.ping_pong.HoldProcessor(PingPong::Hold::kNo);
    for (std::size_t i = 0; i < kBlockReads; ++i) {
      const std::string& key = keys[block * kBlockReads + i];
      KOSEI_RETURN_IF_ERROR(Measure(gets, [&] { return GetOne(run, key); }));
    }
  }
  run.figures.Add({.name = "get_p50",
                   .what = "Point read, p50",
                   .unit = "us",
                   .value = gets.Median(),
                   .limit_name = "loopback ping-pong",
                   .limit = pings.Median(),
                   .goal = Goal::AtMost(1.5)});
  run.figures.Add({.name = "get_p99",
                   .what = "Point read, p99",
                   .unit = "us",
                   .value = gets.Quantile(0.99),
                   .limit_name = "loopback ping-pong",
                   .limit = pings.Quantile(0.99)});
  return absl::OkStatus();
}

absl::Status BenchPipeline(BenchRun& run) {
  const std::vector<std::string> keys = RandomKeys(run, kBlocks * kBlockReads);
  const std::size_t reads = std::min(kPipelinedReadsMax, std::size_t{20} * run.estate.item_count());
  // Half of them come back before more are sent, so that neither side wakes for each.
  RequestWindow window(kPipelineWindow, kPipelineWindow / 2);
  const Stopwatch watch;
  for (std::size_t i = 0; i < reads; ++i) {
    window.Enter();
    run.client.GetAsync({keys[i % keys.size()]}, {},
                        [&window](const absl::StatusOr<client::GetResult>& result) {
                          window.Leave(result.status());
                        });
  }
  KOSEI_RETURN_IF_ERROR(window.WaitForAll());
  run.figures.Add({.name = "get_pipelined",
                   .what = "Point reads, pipelined",
                   .unit = "1/s",
                   .value = static_cast<double>(reads) / watch.Seconds(),
                   .goal = Goal::AtLeast(200'000)});
  return absl::OkStatus();
}

}  // namespace kosei::cli
