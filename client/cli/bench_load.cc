// The load of the whole estate into an empty store, and what it leaves behind.
#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "bench_run.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

absl::StatusOr<client::BulkSummary> Load(BenchRun& run) {
  client::Provenance provenance;
  provenance.reason = "kosei bench";
  provenance.source = "bench";
  KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<client::BulkLoader> loader,
                         run.client.BeginBulk(provenance));
  absl::Status rejected;
  loader->OnRejected([&rejected](const client::RejectedItem& item) { rejected = item.status; });
  Record record;
  for (std::uint32_t position = 0; position < run.estate.item_count(); ++position) {
    run.records.RecordAt(position, record);
    KOSEI_RETURN_IF_ERROR(loader->AddRecord(record));
  }
  std::vector<estate::Link> links;
  client::Link link;
  for (std::uint32_t position = 0; position < run.estate.item_count(); ++position) {
    run.estate.LinksOf(position, links);
    for (const estate::Link& each : links) {
      run.records.LinkAt(each, link);
      KOSEI_RETURN_IF_ERROR(loader->AddLink(link));
    }
  }
  KOSEI_ASSIGN_OR_RETURN(client::BulkSummary summary, loader->Finish());
  KOSEI_RETURN_IF_ERROR(rejected);
  return summary;
}

// What making the records and links costs this client by itself; it is part of the load's time.
double GenerationSeconds(BenchRun& run) {
  const Stopwatch watch;
  Record record;
  std::vector<estate::Link> links;
  client::Link link;
  for (std::uint32_t position = 0; position < run.estate.item_count(); ++position) {
    run.records.RecordAt(position, record);
    run.estate.LinksOf(position, links);
    for (const estate::Link& each : links) run.records.LinkAt(each, link);
  }
  return watch.Seconds();
}

// The server builds its indexes after a first load, in the background. What is measured next shall
// not compete with that.
absl::Status AwaitIndexes(BenchRun& run) {
  constexpr std::chrono::milliseconds kLook{50};
  Mutex mutex;
  CondVar nobody;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<client::IndexInfo> indexes, run.client.ListIndexes());
    const bool done =
        std::all_of(indexes.begin(), indexes.end(), [](const client::IndexInfo& index) {
          return index.origin == client::IndexOrigin::kDropped ||
                 (!index.building && index.lag == 0);
        });
    if (done) return absl::OkStatus();
    const MutexLock lock(mutex);
    nobody.WaitUntil(mutex, std::chrono::steady_clock::now() + kLook);
  }
}

}  // namespace

absl::Status BenchLoad(BenchRun& run) {
  const Stopwatch watch;
  KOSEI_ASSIGN_OR_RETURN(const client::BulkSummary summary, Load(run));
  const double seconds = watch.Seconds();
  const Stopwatch index_watch;
  KOSEI_RETURN_IF_ERROR(AwaitIndexes(run));
  const double index_seconds = index_watch.Seconds();
  KOSEI_ASSIGN_OR_RETURN(const client::StatusReport report, run.client.Status());
  const double records = static_cast<double>(summary.counts.records_created);
  const double links = static_cast<double>(summary.counts.links_created);
  run.figures.Add(
      {.name = "load_seconds", .what = "Load, first, durable", .unit = "s", .value = seconds});
  run.figures.Add({.name = "load_generation_seconds",
                   .what = "  of it: making the data in the client",
                   .unit = "s",
                   .value = GenerationSeconds(run)});
  run.figures.Add({.name = "load_records_per_second",
                   .what = "  records",
                   .unit = "1/s",
                   .value = records / seconds});
  run.figures.Add({.name = "load_links_per_second",
                   .what = "  relationships",
                   .unit = "1/s",
                   .value = links / seconds});
  run.figures.Add({.name = "index_seconds",
                   .what = "  indexes, built after it in the background",
                   .unit = "s",
                   .value = index_seconds});
  constexpr double kMiB = 1024.0 * 1024.0;
  run.figures.Add({.name = "server_resident_mib",
                   .what = "  server's memory afterwards",
                   .unit = "MiB",
                   .value = static_cast<double>(report.resident_bytes) / kMiB,
                   .goal = Goal::AtMost(2'048)});
  if (report.records != run.estate.item_count() || report.links != run.Graph().link_count()) {
    return MakeError(ErrorCode::kInternal,
                     absl::StrFormat("bench load: the store has %d records and %d relationships, "
                                     "expected %d and %d",
                                     report.records, report.links, run.estate.item_count(),
                                     run.Graph().link_count()));
  }
  return absl::OkStatus();
}

}  // namespace kosei::cli
