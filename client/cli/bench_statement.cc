// A record looked up by a statement of the query language, from its text to its row, beside the
// request that does nothing else.
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "bench_run.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

// Sides take turns in blocks, so that both meet the same machine.
constexpr std::size_t kBlocks = 20;
constexpr std::size_t kBlockReads = 250;

absl::Status AskOne(BenchRun& run, const std::string& key) {
  client::StatementRequest request;
  request.text = "MATCH (n {key: $key}) RETURN n.name";
  request.parameters.push_back({"key", {key}});
  std::size_t rows = 0;
  KOSEI_RETURN_IF_ERROR(run.client
                            .Query(request, [&](const std::vector<std::string>&,
                                                const client::QueryRow&) { return ++rows > 0; })
                            .status());
  if (rows == 1) return absl::OkStatus();
  return MakeError(ErrorCode::kNotFound, "bench query " + key + ": no such record; load first");
}

}  // namespace

absl::Status BenchStatement(BenchRun& run) {
  std::vector<std::string> keys;
  for (const std::uint32_t position : run.RandomPositions(kBlockReads, 7))
    keys.push_back(run.records.KeyAt(position));
  Samples gets;
  Samples statements;
  for (std::size_t block = 0; block <= kBlocks; ++block) {
    // The first round counts for nothing: it brings the records into memory.
    Samples warming;
    for (const std::string& key : keys) {
      KOSEI_RETURN_IF_ERROR(
          Measure(block == 0 ? warming : gets, [&] { return run.client.Get({key}).status(); }));
    }
    for (const std::string& key : keys) {
      KOSEI_RETURN_IF_ERROR(
          Measure(block == 0 ? warming : statements, [&] { return AskOne(run, key); }));
    }
  }
  run.figures.Add({.name = "statement_p50",
                   .what = "Look-up by a statement, p50",
                   .unit = "us",
                   .value = statements.Median(),
                   .limit_name = "point read",
                   .limit = gets.Median(),
                   .goal = Goal::AtMost(3)});
  return absl::OkStatus();
}

}  // namespace kosei::cli
