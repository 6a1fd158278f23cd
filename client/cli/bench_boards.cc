// What change boards feel: one hypervisor with 4,000 dependents, streamed with every path, and
// fifty boards that ask at once, first alone and then while a bulk load runs.
#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "bench_impact.h"
#include "bench_run.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr int kMachines = 2'000;
constexpr int kHypervisorRounds = 20;
constexpr std::size_t kBoards = 50;
constexpr std::size_t kQuestionsQuiet = 100;  // of each board
constexpr std::uint32_t kLoadedItemsMax = 50'000;
constexpr std::uint32_t kSmallDepth = 3;

// A hypervisor, its machines, and an application on each.
absl::Status PutHypervisor(BenchRun& run) {
  const auto model = run.client.model();
  KOSEI_ASSIGN_OR_RETURN(const ClassNumber hypervisor, ClassNamed(*model, "Hypervisor"));
  KOSEI_ASSIGN_OR_RETURN(const ClassNumber machine, ClassNamed(*model, "VirtualMachine"));
  KOSEI_ASSIGN_OR_RETURN(const ClassNumber application, ClassNamed(*model, "Application"));
  client::Mutation mutation;
  mutation.provenance.reason = "kosei bench";
  const auto put = [&](ClassNumber class_number, std::string key) {
    Record record;
    record.class_number = class_number;
    record.key = std::move(key);
    mutation.put_records.push_back({.record = std::move(record)});
  };
  put(hypervisor, "bench:hypervisor");
  for (int i = 0; i < kMachines; ++i) {
    const std::string vm = absl::StrFormat("bench:vm-%d", i);
    const std::string app = absl::StrFormat("bench:app-%d", i);
    put(machine, vm);
    put(application, app);
    mutation.put_links.push_back({.source = vm,
                                  .type = model->RelationshipTypeOf("hosted_on"),
                                  .target = "bench:hypervisor"});
    mutation.put_links.push_back(
        {.source = app, .type = model->RelationshipTypeOf("runs_on"), .target = vm});
  }
  return run.client.Mutate(mutation).status();
}

absl::Status BenchHypervisor(BenchRun& run) {
  KOSEI_RETURN_IF_ERROR(PutHypervisor(run));
  client::ImpactRequest request;
  request.roots = {"bench:hypervisor"};
  Samples samples;
  for (int round = 0; round < kHypervisorRounds; ++round) {
    KOSEI_RETURN_IF_ERROR(Measure(samples, [&] { return AskImpact(run, request, 2 * kMachines); }));
  }
  run.figures.Add({.name = "board_hypervisor",
                   .what = absl::StrFormat("Impact of a hypervisor, %d affected, with paths, p50",
                                           2 * kMachines),
                   .unit = "ms",
                   .value = samples.Median() / 1'000,
                   .goal = Goal::AtMost(10)});
  return absl::OkStatus();
}

// Fifty connections that ask until they are told to stop, or have asked enough.
class Boards {
 public:
  explicit Boards(std::vector<std::unique_ptr<client::Client>> clients,
                  std::vector<client::ImpactRequest> questions)
      : clients_(std::move(clients)), questions_(std::move(questions)), samples_(clients_.size()) {}

  // `enough`: questions of each board; 0: until Stop.
  void Start(std::size_t enough) {
    stop_ = false;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      samples_[i] = {};
      threads_.emplace_back([this, i, enough] { Ask(i, enough); });
    }
  }
  void Stop() { stop_ = true; }
  // All that was measured, once every board has ended.
  absl::StatusOr<Samples> Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    KOSEI_RETURN_IF_ERROR(error_);
    Samples all;
    for (const Samples& samples : samples_) all.Add(samples);
    return all;
  }

 private:
  void Ask(std::size_t board, std::size_t enough) {
    for (std::size_t asked = 0; !stop_ && (enough == 0 || asked < enough); ++asked) {
      const client::ImpactRequest& question =
          questions_[(board * enough + asked) % questions_.size()];
      const absl::Status status = Measure(samples_[board], [&] {
        return clients_[board]
            ->Impact(question, [](const client::ImpactBatch&) { return true; })
            .status();
      });
      if (status.ok()) continue;
      const MutexLock lock(mutex_);
      error_.Update(status);
      return;
    }
  }

  std::vector<std::unique_ptr<client::Client>> clients_;
  const std::vector<client::ImpactRequest> questions_;
  std::vector<Samples> samples_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stop_ = false;
  Mutex mutex_;
  absl::Status error_;
};

// Records that the store does not have yet.
absl::Status LoadMore(BenchRun& run) {
  client::Provenance provenance;
  provenance.reason = "kosei bench";
  provenance.source = "bench-boards";
  KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<client::BulkLoader> loader,
                         run.client.BeginBulk(provenance));
  Record record;
  const std::uint32_t count = std::min(run.estate.item_count(), kLoadedItemsMax);
  for (std::uint32_t i = 0; i < count; ++i) {
    run.records.RecordAt(i, record);
    record.key = absl::StrFormat("bench:more-%d", i);
    // What is unique stays with those that have it.
    std::erase_if(record.attributes, [&](const auto& attribute) {
      return run.client.model()->AttributeName(attribute.first) == "serial_number";
    });
    KOSEI_RETURN_IF_ERROR(loader->AddRecord(record));
  }
  return loader->Finish().status();
}

// The store holds the estate again, and nothing else.
absl::Status TakeBack(BenchRun& run) {
  constexpr std::size_t kEndedPerCommit = 5'000;
  client::Mutation mutation;
  mutation.provenance.reason = "kosei bench";
  const auto end = [&](std::string key) -> absl::Status {
    mutation.end_records.push_back({.key = std::move(key)});
    if (mutation.end_records.size() < kEndedPerCommit) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(run.client.Mutate(mutation).status());
    mutation.end_records.clear();
    return absl::OkStatus();
  };
  for (std::uint32_t i = 0; i < std::min(run.estate.item_count(), kLoadedItemsMax); ++i)
    KOSEI_RETURN_IF_ERROR(end(absl::StrFormat("bench:more-%d", i)));
  for (int i = 0; i < kMachines; ++i) {
    KOSEI_RETURN_IF_ERROR(end(absl::StrFormat("bench:app-%d", i)));
    KOSEI_RETURN_IF_ERROR(end(absl::StrFormat("bench:vm-%d", i)));
  }
  mutation.end_records.push_back({.key = "bench:hypervisor"});
  return run.client.Mutate(mutation).status();
}

absl::Status BenchFifty(BenchRun& run) {
  std::vector<client::ImpactRequest> questions;
  for (const std::uint32_t root : run.RandomPositions(1'000, 9)) {
    client::ImpactRequest request = ImpactOf(run, root, client::ImpactDetail::kPaths);
    request.depth = kSmallDepth;
    request.limit = 1'000;
    questions.push_back(std::move(request));
  }
  std::vector<std::unique_ptr<client::Client>> clients;
  for (std::size_t i = 0; i < kBoards; ++i) {
    KOSEI_ASSIGN_OR_RETURN(std::unique_ptr<client::Client> another, run.context.ConnectAnother());
    clients.push_back(std::move(another));
  }
  Boards boards(std::move(clients), std::move(questions));
  boards.Start(kQuestionsQuiet);
  KOSEI_ASSIGN_OR_RETURN(const Samples quiet, boards.Join());
  boards.Start(0);
  const absl::Status loaded = LoadMore(run);
  boards.Stop();
  KOSEI_ASSIGN_OR_RETURN(const Samples loading, boards.Join());
  KOSEI_RETURN_IF_ERROR(loaded);
  run.figures.Add({.name = "boards_p99",
                   .what = absl::StrFormat("%d boards at once during a bulk load, p99", kBoards),
                   .unit = "ms",
                   .value = loading.Quantile(0.99) / 1'000,
                   .limit_name = "the same without a load",
                   .limit = quiet.Quantile(0.99) / 1'000,
                   .goal = Goal::AtMost(3)});
  return absl::OkStatus();
}

}  // namespace

absl::Status BenchBoards(BenchRun& run) {
  KOSEI_RETURN_IF_ERROR(BenchHypervisor(run));
  KOSEI_RETURN_IF_ERROR(BenchFifty(run));
  return TakeBack(run);
}

}  // namespace kosei::cli
