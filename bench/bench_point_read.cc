// Question: what does a read by key cost, now and in a past View, beside a raw RocksDB Get of the
// same bytes?
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"

namespace kosei::bench {
namespace {

constexpr std::size_t kReads = 20'000;

struct Raw {
  Raw() {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::Open(options, folder / "raw", &opened).ok()) {
      GiveUp(absl::InternalError("no raw store can be opened"));
    }
    db.reset(opened);
    EstateStore& store = LoadedStore();
    for (std::uint32_t i = 0; i < store.item_count(); ++i) {
      const std::string bytes = EncodeRecord(store.RecordAt(i));
      if (!db->Put(rocksdb::WriteOptions(), store.KeyAt(i), bytes).ok()) {
        GiveUp(absl::InternalError("raw put failed"));
      }
    }
    if (!db->Flush(rocksdb::FlushOptions()).ok()) GiveUp(absl::InternalError("raw flush failed"));
  }
  BenchFolder folder;
  std::unique_ptr<rocksdb::DB> db;
};

std::vector<std::string> Keys() {
  Sequence sequence;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kReads; ++i) {
    keys.push_back(LoadedStore().KeyAt(sequence.Below(LoadedStore().item_count())));
  }
  return keys;
}

void Read(benchmark::State& state, const storage::View& view) {
  static const Raw raw;
  const std::vector<std::string> keys = Keys();
  storage::Reader& reader = LoadedStore().reader();
  BesideLimit(
      state, kReads,
      [&] {
        for (const std::string& key : keys) {
          benchmark::DoNotOptimize(Must(reader.Get(*reader.IdOf(key), view)).bytes.size());
        }
      },
      [&] {
        std::string value;
        for (const std::string& key : keys) {
          if (!raw.db->Get(rocksdb::ReadOptions(), key, &value).ok()) {
            GiveUp(absl::InternalError("raw get failed"));
          }
          benchmark::DoNotOptimize(value.size());
        }
      });
}

void ReadNow(benchmark::State& state) { Read(state, LoadedStore().reader().Newest()); }
BENCHMARK(ReadNow)->UseManualTime();

// Every record has a newer version than the one that the View shows.
void ReadInThePast(benchmark::State& state) {
  EstateStore& store = LoadedStore();
  static const storage::View past = [&store] {
    const storage::View before = store.reader().Newest();
    storage::Transaction transaction;
    for (std::uint32_t i = 0; i < store.item_count(); ++i) {
      Record record;
      record.key = store.KeyAt(i);
      record.Set(store.AttributeOf("description"), Value("changed"));
      transaction.put_records.push_back({std::move(record), std::nullopt});
      if (transaction.put_records.size() < 10'000 && i + 1 < store.item_count()) continue;
      Must(store.writer().Commit(std::exchange(transaction, {})));
    }
    return before;
  }();
  Read(state, past);
}
BENCHMARK(ReadInThePast)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
