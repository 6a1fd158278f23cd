// Question: what does a durable commit cost beside a raw RocksDB write of the same bytes with sync,
// and what do 64 writers at once gain over one?
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/base/mutex.h"

namespace kosei::bench {
namespace {

constexpr std::size_t kCommits = 200;
constexpr int kWriters = 64;

EstateStore& EmptyStore() {
  static const std::unique_ptr<EstateStore> store = std::make_unique<EstateStore>();
  return *store;
}

storage::Transaction NextTransaction() {
  static std::uint32_t next = 0;
  Record record = EmptyStore().RecordAt(next++ % EmptyStore().item_count());
  record.key += "-" + std::to_string(next);
  record.Set(EmptyStore().AttributeOf("serial_number"), Value("S" + std::to_string(next)));
  storage::Transaction transaction;
  transaction.provenance.actor = "bench";
  transaction.put_records.push_back({std::move(record), std::nullopt});
  return transaction;
}

void OneWriter(benchmark::State& state) {
  const BenchFolder folder;
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, folder / "raw", &opened).ok()) {
    GiveUp(absl::InternalError("no raw store can be opened"));
  }
  const std::unique_ptr<rocksdb::DB> raw(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  // A commit is the record, its unique value, the header and the list of changes.
  const std::string bytes(EncodeRecord(NextTransaction().put_records[0].record).size() + 520, 'x');
  std::uint64_t raw_key = 0;
  BesideLimit(
      state, kCommits,
      [] {
        for (std::size_t i = 0; i < kCommits; ++i)
          Must(EmptyStore().writer().Commit(NextTransaction()));
      },
      [&] {
        for (std::size_t i = 0; i < kCommits; ++i) {
          if (!raw->Put(synced, std::to_string(raw_key++), bytes).ok()) {
            GiveUp(absl::InternalError("raw put failed"));
          }
        }
      });
}
BENCHMARK(OneWriter)->UseManualTime();

// `ratio` is the time of a commit among 64 under way to that of one alone: 1/15 is the goal.
void ManyWriters(benchmark::State& state) {
  BesideLimit(
      state, kCommits,
      [] {
        for (std::size_t sent = 0; sent < kCommits; sent += kWriters) {
          std::atomic<int> open{kWriters};
          Notification all_answered;
          for (int i = 0; i < kWriters; ++i) {
            EmptyStore().writer().CommitAsync(
                NextTransaction(),
                [&open, &all_answered](absl::StatusOr<storage::CommitResult> result) {
                  Must(std::move(result));
                  if (--open == 0) all_answered.Notify();
                });
          }
          all_answered.Wait();
        }
      },
      [] {
        for (std::size_t i = 0; i < kCommits; ++i)
          Must(EmptyStore().writer().Commit(NextTransaction()));
      });
}
BENCHMARK(ManyWriters)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
