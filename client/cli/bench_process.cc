// What service desks and change managers feel: transitions of 64 clients at once, and a change that
// is opened and looked at, with what it hits and what it collides with.
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench_run.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kDesks = 64;
constexpr std::size_t kRounds = 300;  // of two transitions each
constexpr int kMachines = 500;        // each with an application
constexpr int kChanges = 20;

// What incidents and changes are about: a service on a hypervisor with its machines.
absl::Status PutOffice(BenchRun& run) {
  const auto model = run.client.model();
  client::Mutation mutation;
  mutation.provenance.reason = "kosei bench";
  const auto put = [&](std::string_view class_name, std::string key) -> absl::Status {
    Record record;
    KOSEI_ASSIGN_OR_RETURN(record.class_number, ClassNamed(*model, class_name));
    record.key = std::move(key);
    mutation.put_records.push_back({.record = std::move(record)});
    return absl::OkStatus();
  };
  const auto link = [&](std::string source, std::string_view type, std::string target) {
    mutation.put_links.push_back({.source = std::move(source),
                                  .type = model->RelationshipTypeOf(type),
                                  .target = std::move(target)});
  };
  KOSEI_RETURN_IF_ERROR(put("BusinessService", "bench:service"));
  KOSEI_RETURN_IF_ERROR(put("Person", "bench:person"));
  KOSEI_RETURN_IF_ERROR(put("Team", "bench:team"));
  KOSEI_RETURN_IF_ERROR(put("Hypervisor", "bench:host"));
  for (int i = 0; i < kMachines; ++i) {
    const std::string machine = absl::StrFormat("bench:machine-%d", i);
    const std::string application = absl::StrFormat("bench:application-%d", i);
    KOSEI_RETURN_IF_ERROR(put("VirtualMachine", machine));
    KOSEI_RETURN_IF_ERROR(put("Application", application));
    link(machine, "hosted_on", "bench:host");
    link(application, "runs_on", machine);
  }
  link("bench:service", "depends_on", "bench:application-0");
  return run.client.Mutate(mutation).status();
}

absl::StatusOr<std::string> KeyOf(absl::StatusOr<client::ProcessOutcome> outcome) {
  KOSEI_RETURN_IF_ERROR(outcome.status());
  if (outcome->done()) return std::move(outcome->key);
  return MakeError(ErrorCode::kGuardRefused,
                   absl::StrCat("bench: ", outcome->event, ": ", outcome->refusals.front().en));
}

absl::Status Do(client::Client& client, const client::ProcessStep& step) {
  return KeyOf(client.DoProcess(step)).status();
}

// An incident that somebody works on.
absl::StatusOr<std::string> OpenIncident(client::Client& client) {
  client::ProcessNew record;
  record.class_name = "Incident";
  record.attributes.push_back({"name", {std::string("kosei bench")}});
  record.links = {{"concerns", "bench:service"}, {"reported_by", "bench:person"}};
  KOSEI_ASSIGN_OR_RETURN(std::string key, KeyOf(client.OpenProcess(record)));
  client::ProcessStep triage{.key = key, .event = "triage"};
  for (const auto& [name, text] :
       {std::pair("category", "bench"), std::pair("impact", "medium"), std::pair("urgency", "low"),
        std::pair("assignment_group", "bench:team")})
    triage.attributes.push_back({name, {std::string(text)}});
  KOSEI_RETURN_IF_ERROR(Do(client, triage));
  client::ProcessStep start{.key = key, .event = "start"};
  start.attributes.push_back({"assigned_to", {std::string("bench:person")}});
  KOSEI_RETURN_IF_ERROR(Do(client, start));
  return key;
}

// It waits for a supplier and goes on: two durable versions.
absl::Status WaitAndGoOn(client::Client& client, const std::string& key, std::size_t round) {
  client::ProcessStep wait{.key = key, .event = "wait_for_supplier"};
  wait.attributes.push_back({"pending_reason", {absl::StrFormat("round %d", round)}});
  KOSEI_RETURN_IF_ERROR(Do(client, wait));
  return Do(client, {.key = key, .event = "resume"});
}

// The same number of durable versions, by nothing but writes.
absl::Status WriteTwice(BenchRun& run, client::Client& client, std::uint32_t position,
                        std::size_t round) {
  for (const char* shift : {"first", "second"}) {
    client::Mutation mutation;
    mutation.provenance.reason = "kosei bench";
    client::PutRecord put;
    put.record.key = run.records.KeyAt(position);
    put.record.Set(run.records.AttributeOf("owner"),
                   absl::StrFormat("%s shift %d of seed %d", shift, round, run.seed));
    mutation.put_records.push_back(std::move(put));
    KOSEI_RETURN_IF_ERROR(client.Mutate(mutation).status());
  }
  return absl::OkStatus();
}

using Clients = std::vector<std::unique_ptr<client::Client>>;

// How many a second, by all clients at once, each waiting for its answers.
template <typename Round>
absl::StatusOr<double> Rate(const Clients& clients, const Round& round) {
  Mutex mutex;
  absl::Status error;
  const Stopwatch watch;
  std::vector<std::thread> threads;
  for (std::size_t desk = 0; desk < clients.size(); ++desk) {
    threads.emplace_back([&, desk] {
      for (std::size_t i = 0; i < kRounds; ++i) {
        const absl::Status status = round(*clients[desk], desk, i);
        if (status.ok()) continue;
        const MutexLock lock(mutex);
        error.Update(status);
        return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  KOSEI_RETURN_IF_ERROR(error);
  return 2 * static_cast<double>(kRounds * clients.size()) / watch.Seconds();
}

absl::Status BenchTransitions(BenchRun& run) {
  Clients clients;
  std::vector<std::string> incidents;
  for (std::size_t i = 0; i < kDesks; ++i) {
    KOSEI_ASSIGN_OR_RETURN(std::unique_ptr<client::Client> another, run.context.ConnectAnother());
    KOSEI_ASSIGN_OR_RETURN(std::string incident, OpenIncident(*another));
    clients.push_back(std::move(another));
    incidents.push_back(std::move(incident));
  }
  const std::vector<std::uint32_t> positions = run.RandomPositions(kDesks, 11);
  KOSEI_ASSIGN_OR_RETURN(const double written, Rate(clients, [&](client::Client& client,
                                                                 std::size_t desk, std::size_t i) {
                           return WriteTwice(run, client, positions[desk], i);
                         }));
  KOSEI_ASSIGN_OR_RETURN(const double moved, Rate(clients, [&](client::Client& client,
                                                               std::size_t desk, std::size_t i) {
                           return WaitAndGoOn(client, incidents[desk], i);
                         }));
  run.figures.Add({.name = "process_transitions",
                   .what = absl::StrFormat("Durable transitions, %d clients", kDesks),
                   .unit = "1/s",
                   .value = moved,
                   .goal = Goal::AtLeast(10'000)});
  run.figures.Add({.name = "process_writes",
                   .what = "  the same clients, plain writes of as many versions",
                   .unit = "1/s",
                   .value = written});
  return absl::OkStatus();
}

absl::Status BenchChange(BenchRun& run) {
  Samples samples;
  for (int i = 0; i < kChanges; ++i) {
    client::ProcessNew record;
    record.class_name = "Change";
    for (const auto& [name, text] : {std::pair("name", "kosei bench"), std::pair("kind", "normal"),
                                     std::pair("planned_start", "2099-06-01T00:00:00Z"),
                                     std::pair("planned_end", "2099-06-01T02:00:00Z")})
      record.attributes.push_back({name, {std::string(text)}});
    record.links = {{"targets", "bench:host"}};
    std::uint64_t hit = 0;
    KOSEI_RETURN_IF_ERROR(Measure(samples, [&]() -> absl::Status {
      KOSEI_ASSIGN_OR_RETURN(const std::string key, KeyOf(run.client.OpenProcess(record)));
      KOSEI_ASSIGN_OR_RETURN(const client::ChangeAssessment assessment,
                             run.client.AssessChange(key, false));
      hit = assessment.affected;
      return absl::OkStatus();
    }));
    if (hit < std::uint64_t{2} * kMachines) {
      return MakeError(ErrorCode::kInternal,
                       absl::StrFormat("bench: the change hits %d records, expected %d or more",
                                       hit, 2 * kMachines));
    }
  }
  run.figures.Add({.name = "process_change",
                   .what = absl::StrFormat("A change opened, with what it hits (%d) and collides "
                                           "with, p50",
                                           2 * kMachines),
                   .unit = "ms",
                   .value = samples.Median() / 1'000,
                   .goal = Goal::AtMost(20)});
  return absl::OkStatus();
}

// The store holds the estate again, and the records of the processes.
absl::Status TakeBack(BenchRun& run) {
  client::Mutation mutation;
  mutation.provenance.reason = "kosei bench";
  for (int i = 0; i < kMachines; ++i) {
    mutation.end_records.push_back({.key = absl::StrFormat("bench:application-%d", i)});
    mutation.end_records.push_back({.key = absl::StrFormat("bench:machine-%d", i)});
  }
  for (const char* key : {"bench:host", "bench:service", "bench:person", "bench:team"})
    mutation.end_records.push_back({.key = key});
  return run.client.Mutate(mutation).status();
}

}  // namespace

absl::Status BenchProcess(BenchRun& run) {
  KOSEI_RETURN_IF_ERROR(PutOffice(run));
  KOSEI_RETURN_IF_ERROR(BenchTransitions(run));
  KOSEI_RETURN_IF_ERROR(BenchChange(run));
  return TakeBack(run);
}

}  // namespace kosei::cli
