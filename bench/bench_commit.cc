// Question: what does a durable commit cost beside a raw RocksDB write of the same bytes with sync,
// and what do 64 writers at once gain over one?
#include <absl/hash/hash.h>
#include <absl/strings/str_cat.h>
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/base/mutex.h"

namespace kosei::bench {
namespace {

constexpr std::size_t kCommits = 200;
constexpr std::size_t kManyCommits = 3200;
constexpr int kWriters = 64;
// The record, its unique value, the header and the list of changes.
constexpr std::size_t kEntries = 4;

EstateStore& EmptyStore() {
  static const std::unique_ptr<EstateStore> store = std::make_unique<EstateStore>();
  return *store;
}

storage::Transaction NextTransaction() {
  static std::atomic<std::uint32_t> counter = 0;
  const std::uint32_t next = ++counter;
  Record record = EmptyStore().RecordAt(next % EmptyStore().item_count());
  record.key += "-" + std::to_string(next);
  record.Set(EmptyStore().AttributeOf("serial_number"), Value("S" + std::to_string(next)));
  storage::Transaction transaction;
  transaction.provenance.actor = "bench";
  transaction.put_records.push_back({std::move(record), std::nullopt});
  return transaction;
}

std::unique_ptr<rocksdb::DB> RawStore(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, folder, &opened).ok()) {
    GiveUp(absl::InternalError("no raw store can be opened"));
  }
  return std::unique_ptr<rocksdb::DB>(opened);
}

// A commit is the record, its unique value, the header and the list of changes.
std::size_t BytesOfCommit() {
  return EncodeRecord(NextTransaction().put_records[0].record).size() + 520;
}

std::vector<storage::Transaction> TransactionsOf(std::size_t commits) {
  std::vector<storage::Transaction> transactions;
  for (std::size_t i = 0; i < commits; ++i) transactions.push_back(NextTransaction());
  return transactions;
}

// As many writers as kWriters: each begins its next commit when its last one is answered. What they
// write is there beforehand.
class Flow {
 public:
  explicit Flow(std::vector<storage::Transaction>& transactions) : transactions_(transactions) {}
  void Run() {
    open_ = kWriters;
    for (int i = 0; i < kWriters; ++i) Next();
    all_answered_.Wait();
  }

 private:
  void Next() {
    const std::size_t next = next_.fetch_add(1);
    if (next >= transactions_.size()) {
      if (--open_ == 0) all_answered_.Notify();
      return;
    }
    EmptyStore().writer().CommitAsync(std::move(transactions_[next]),
                                      [this](absl::StatusOr<storage::CommitResult> result) {
                                        Must(std::move(result));
                                        Next();
                                      });
  }

  std::vector<storage::Transaction>& transactions_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<int> open_ = 0;
  Notification all_answered_;
};

void CommitManyUnderWay(std::vector<storage::Transaction>& transactions) {
  Flow flow(transactions);
  flow.Run();
}

void OneWriter(benchmark::State& state) {
  const BenchFolder folder;
  const std::unique_ptr<rocksdb::DB> raw = RawStore(folder / "raw");
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const std::string bytes(BytesOfCommit(), 'x');
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
  std::vector<storage::Transaction> transactions;
  BesideLimit(
      state, kCommits, [&] { transactions = TransactionsOf(kCommits); },
      [&] { CommitManyUnderWay(transactions); },
      [] {
        for (std::size_t i = 0; i < kCommits; ++i)
          Must(EmptyStore().writer().Commit(NextTransaction()));
      });
}
BENCHMARK(ManyWriters)->UseManualTime();

// `ratio` is the time of commits of which 64 are under way to that of as many bytes and keys in raw
// batches of 64 with one sync each: at most 1 / 0.6 is the goal.
void ManyWritersBesideBatches(benchmark::State& state) {
  const BenchFolder folder;
  const std::unique_ptr<rocksdb::DB> raw = RawStore(folder / "raw");
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const std::string bytes(BytesOfCommit() / kEntries, 'x');
  std::uint64_t commit = 0;
  std::vector<storage::Transaction> transactions;
  BesideLimit(
      state, kManyCommits, [&] { transactions = TransactionsOf(kManyCommits); },
      [&] { CommitManyUnderWay(transactions); },
      [&] {
        for (std::size_t sent = 0; sent < kManyCommits; sent += kWriters) {
          rocksdb::WriteBatch batch;
          for (int i = 0; i < kWriters; ++i, ++commit) {
            // A unique value lies anywhere; the others come in order, each kind in its own place.
            for (const std::string& key :
                 {absl::StrCat("c", absl::Dec(commit, absl::kZeroPad16), "h"),
                  absl::StrCat("c", absl::Dec(commit, absl::kZeroPad16), "p"),
                  absl::StrCat("i", absl::Hash<std::uint64_t>()(commit)),
                  absl::StrCat("r", absl::Dec(commit, absl::kZeroPad16))}) {
              if (!batch.Put(key, bytes).ok()) GiveUp(absl::InternalError("raw batch failed"));
            }
          }
          if (!raw->Write(synced, &batch).ok()) GiveUp(absl::InternalError("raw batch failed"));
        }
      });
}
BENCHMARK(ManyWritersBesideBatches)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
