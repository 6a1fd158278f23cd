// Question: what does a first load cost in process (checked, indexed, hashed, with history) beside
// writing the same records and links raw into sorted files and ingesting them?
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "keys.h"

namespace kosei::bench {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

// The keys and values that a first load writes for records and links, in order.
Entries EntriesOf(const EstateStore& store) {
  Entries entries;
  for (std::uint32_t i = 0; i < store.item_count(); ++i) {
    std::string key(storage::keys::kRecordKeySize, '\0');
    storage::keys::WriteRecordKey(key.data(), RecordId{i + 1U}, CommitNumber{1});
    entries.emplace_back("r" + key, EncodeRecord(store.RecordAt(i)));
    std::uint64_t target = 0;
    for (const storage::PutLink& link : store.LinksOf(i)) {
      std::string link_key(storage::keys::kLinkKeySize, '\0');
      storage::keys::WriteLinkKey(
          link_key.data(), {RecordId{i + 1U}, link.type, RecordId{++target}, CommitNumber{1}});
      entries.emplace_back("l" + link_key, "\1");
    }
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

void Ingest(const Entries& entries) {
  const BenchFolder folder;
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::DB* opened = nullptr;
  bool good = rocksdb::DB::Open(options, folder / "raw", &opened).ok();
  const std::unique_ptr<rocksdb::DB> raw(opened);
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
  good = good && writer.Open(folder / "file.sst").ok();
  for (const auto& [key, value] : entries) good = good && writer.Put(key, value).ok();
  good = good && writer.Finish().ok();
  good = good &&
         raw->IngestExternalFile({folder / "file.sst"}, rocksdb::IngestExternalFileOptions()).ok();
  if (!good) GiveUp(absl::InternalError("raw ingestion failed"));
}

void FirstLoad(benchmark::State& state) {
  const Entries entries = EntriesOf(EstateStore());
  BesideLimit(
      state, entries.size(),
      [] {
        EstateStore store;
        store.Load();
      },
      [&entries] { Ingest(entries); });
}
BENCHMARK(FirstLoad)->UseManualTime()->Iterations(3);

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
