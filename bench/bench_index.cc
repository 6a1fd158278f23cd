// Question: what does a look-up by value, range, beginning or text cost through the indexes, beside
// a scan of all records; what do candidates cost beside a raw RocksDB iterator over the same keys;
// and what does it cost to build the indexes, beside the first load?
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "index_entries.h"
#include "kosei/query/search.h"
#include "kosei/storage/index.h"

namespace kosei::bench {
namespace {

using storage::Comparison;

constexpr std::size_t kLookUps = 1'000;
// A scan takes a million times as long as a look-up, so the usual half second of these would take
// hours.
constexpr benchmark::IterationCount kBesideScan = 9;

std::uint64_t Count(const query::SearchRequest& request, std::uint64_t rows) {
  EstateStore& store = LoadedStore();
  query::Limits limits;
  limits.rows = rows;
  const query::Budget budget(limits, SystemClock());
  return Must(query::Search(store.reader(), store.reader().Newest(), request, budget,
                            [](const storage::RecordVersion&) { return true; }))
      .matched;
}

Value ValueAt(std::uint32_t position, std::string_view name) {
  const Record record = LoadedStore().RecordAt(position);
  const Value* const value = record.Find(LoadedStore().AttributeOf(name));
  return value == nullptr ? Value() : *value;
}

// A scan that compares one text of each record: what every search costs without indexes.
std::uint64_t Scan(const std::string& wanted) {
  EstateStore& store = LoadedStore();
  const AttributeNumber attribute = store.AttributeOf("serial_number");
  std::uint64_t found = 0;
  Must(store.reader().Scan(store.reader().Newest(), RecordId{1},
                           [&](RecordId, CommitNumber, RecordView record) {
                             found += record.Text(attribute) == wanted ? 1U : 0U;
                             return true;
                           }));
  return found;
}

void BesideScan(benchmark::State& state, const query::SearchRequest& request, std::uint64_t rows) {
  std::uint64_t hits = 0;
  BesideLimit(
      state, 1, [&] { hits = Count(request, rows); },
      [] { benchmark::DoNotOptimize(Scan("SN-none")); });
  state.counters["hits"] = static_cast<double>(hits);
}

void EqualBesideScan(benchmark::State& state) {
  const std::string serial = ValueAt(LoadedStore().item_count() / 2, "serial_number").text();
  BesideScan(state, {.where = {{"serial_number", serial}}}, 100);
}
BENCHMARK(EqualBesideScan)->UseManualTime()->Iterations(kBesideScan)->Unit(benchmark::kMicrosecond);

void RangeBesideScan(benchmark::State& state) {
  const std::uint32_t last = LoadedStore().item_count() - 1;
  const std::string tag = ValueAt(last - last / 1'000, "asset_tag").text();
  BesideScan(state, {.where = {{"asset_tag", tag, Comparison::kGreaterOrEqual}}}, UINT64_MAX);
}
BENCHMARK(RangeBesideScan)->UseManualTime()->Iterations(kBesideScan)->Unit(benchmark::kMicrosecond);

void NetworkBesideScan(benchmark::State& state) {
  BesideScan(state, {.where = {{"ip_address", "10.0.128.0/20", Comparison::kPrefix}}}, UINT64_MAX);
}
BENCHMARK(NetworkBesideScan)
    ->UseManualTime()
    ->Iterations(kBesideScan)
    ->Unit(benchmark::kMicrosecond);

void TextBesideScan(benchmark::State& state) {
  const std::string name = ValueAt(LoadedStore().item_count() / 2, "name").text();
  BesideScan(state, {.text = name}, 100);
}
BENCHMARK(TextBesideScan)->UseManualTime()->Iterations(kBesideScan)->Unit(benchmark::kMicrosecond);

// A part of a thousandth of the names, ranked, the best hundred.
void PartOfTextBesideScan(benchmark::State& state) {
  const std::string name = ValueAt(LoadedStore().item_count() / 2, "serial_number").text();
  BesideScan(state, {.text = name.substr(3, 3)}, 100);
}
BENCHMARK(PartOfTextBesideScan)
    ->UseManualTime()
    ->Iterations(kBesideScan)
    ->Unit(benchmark::kMicrosecond);

// The entries of one index in a RocksDB of their own.
struct Raw {
  Raw() {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::Open(options, folder / "raw", &opened).ok()) {
      GiveUp(absl::InternalError("no raw store can be opened"));
    }
    db.reset(opened);
    for (std::uint32_t i = 0; i < LoadedStore().item_count(); ++i) {
      const std::string value =
          storage::OrderedValue(model::AttributeType::kString, ValueAt(i, "asset_tag"));
      const std::string key = storage::IndexKey(LoadedStore().AttributeOf("asset_tag"),
                                                {false, value}, RecordId{i + 1});
      if (!db->Put(rocksdb::WriteOptions(), key, "").ok()) {
        GiveUp(absl::InternalError("raw put failed"));
      }
    }
    if (!db->Flush(rocksdb::FlushOptions()).ok()) GiveUp(absl::InternalError("raw flush failed"));
  }
  BenchFolder folder;
  std::unique_ptr<rocksdb::DB> db;
};

// The argument: how many candidates a look-up has.
void FindBesideIterator(benchmark::State& state) {
  static const Raw raw;
  EstateStore& store = LoadedStore();
  const auto wanted = static_cast<std::uint32_t>(state.range(0));
  const std::size_t look_ups = std::max<std::size_t>(1, kLookUps / wanted);
  const AttributeNumber attribute = store.AttributeOf("asset_tag");
  Sequence sequence;
  std::vector<storage::ValueRange> ranges;
  const std::uint32_t count = std::min(wanted, store.item_count() / 2);
  for (std::size_t i = 0; i < look_ups; ++i) {
    const std::uint32_t first = sequence.Below(store.item_count() - count);
    const auto bound = [](std::uint32_t position) {
      return storage::OrderedValue(model::AttributeType::kString, ValueAt(position, "asset_tag"));
    };
    ranges.push_back({attribute, bound(first), bound(first + count)});
  }
  const storage::View view = store.reader().Newest();
  BesideLimit(
      state, look_ups,
      [&] {
        for (const storage::ValueRange& range : ranges) {
          const auto ids = Must(store.reader().indexes().Find(range, view, UINT64_MAX,
                                                              [] { return absl::OkStatus(); }));
          if (!ids || ids->size() != count) GiveUp(absl::InternalError("candidates are missing"));
        }
      },
      [&] {
        for (const storage::ValueRange& range : ranges) {
          const std::string begin = storage::IndexKey(attribute, {false, range.low}, RecordId{0});
          const std::string end = storage::IndexKey(attribute, {false, range.high}, RecordId{0});
          const std::unique_ptr<rocksdb::Iterator> iterator(
              raw.db->NewIterator(rocksdb::ReadOptions()));
          std::uint32_t seen = 0;
          for (iterator->Seek(begin); iterator->Valid() && iterator->key().compare(end) < 0;
               iterator->Next()) {
            ++seen;
          }
          if (seen != count) GiveUp(absl::InternalError("raw entries are missing"));
        }
      });
}
BENCHMARK(FindBesideIterator)->Arg(1)->Arg(1'000)->UseManualTime()->Unit(benchmark::kMicrosecond);

// Everything anew, beside one scan of the records.
void BuildBesideScan(benchmark::State& state) {
  EstateStore& store = LoadedStore();
  BesideLimit(
      state, store.item_count(),
      [&] {
        Must(store.indexes().BuildAll());
        Must(store.indexes().CatchUp());
      },
      [] { benchmark::DoNotOptimize(Scan("SN-none")); });
  std::uint64_t bytes = 0;
  for (const storage::IndexInfo& info : store.indexes().List()) bytes += info.bytes;
  state.counters["index_bytes_an_item"] =
      static_cast<double>(bytes) / static_cast<double>(store.item_count());
}
BENCHMARK(BuildBesideScan)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
