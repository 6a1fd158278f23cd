// One run of `kosei bench`: what its steps share. The steps are free functions, each in a file of
// its own, called in the order below.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "bench_figures.h"
#include "bench_graph.h"
#include "bench_ping_pong.h"
#include "context.h"
#include "kosei/base/record.h"
#include "kosei/client/client.h"
#include "kosei/estate/estate.h"

namespace kosei::cli {

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double Micros() const { return Seconds() * 1e6; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The estate in the numbers of the server's model.
class EstateRecords {
 public:
  // kModelInvalid when the model lacks a name that the estate uses.
  static absl::StatusOr<EstateRecords> Make(const estate::Estate& estate,
                                            const client::Model& model);
  void RecordAt(std::uint32_t position, Record& record);
  void LinkAt(const estate::Link& link, client::Link& out) const;
  std::string KeyAt(std::uint32_t position) const;
  AttributeNumber AttributeOf(std::string_view name) const;

 private:
  explicit EstateRecords(const estate::Estate& estate) : estate_(&estate) {}

  const estate::Estate* estate_;
  std::vector<ClassNumber> classes_;
  std::vector<AttributeNumber> attributes_;
  std::vector<RelationshipTypeNumber> types_;
  estate::Item item_;
};

struct BenchRun {
  Context& context;
  client::Client& client;
  PingPong& ping_pong;
  const estate::Estate& estate;
  EstateRecords& records;
  std::string scratch;  // folder on the device that the server writes to
  std::uint64_t seed;
  Figures figures = {};
  std::optional<PlainGraph> graph = std::nullopt;

  // Made when first asked for.
  PlainGraph& Graph();
  // `count` positions below the estate's size, the same for the same seed and purpose.
  std::vector<std::uint32_t> RandomPositions(std::size_t count, std::uint64_t purpose) const;
};

absl::Status BenchLoad(BenchRun& run);
absl::Status BenchGet(BenchRun& run);
absl::Status BenchPipeline(BenchRun& run);
absl::Status BenchStatement(BenchRun& run);
absl::Status BenchImpact(BenchRun& run);
absl::Status BenchCommit(BenchRun& run);
absl::Status BenchPast(BenchRun& run);
absl::Status BenchBoards(BenchRun& run);
absl::Status BenchProcess(BenchRun& run);

// kModelInvalid when the server's model has no such class.
absl::StatusOr<ClassNumber> ClassNamed(const client::Model& model, std::string_view name);

// Times `body` in microseconds into `samples`; its error ends the step.
template <typename Body>
absl::Status Measure(Samples& samples, const Body& body) {
  const Stopwatch watch;
  absl::Status status = body();
  samples.Add(watch.Micros());
  return status;
}

}  // namespace kosei::cli
