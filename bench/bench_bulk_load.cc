// Question: what does a first load cost in process (checked, linked, hashed, with history and
// unique values) beside writing the very keys and values that it leaves behind raw into sorted
// files, one a column family, and ingesting them?
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"

namespace kosei::bench {
namespace {

// What a store holds in one column family, in order.
struct Family {
  std::string name;
  std::vector<std::pair<std::string, std::string>> entries;
};

absl::Status Failed(const rocksdb::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::InternalError(status.ToString());
}

class RawStore {
 public:
  RawStore(const std::string& folder, const std::vector<std::string>& names, bool read_only) {
    rocksdb::Options options;
    options.create_if_missing = !read_only;
    options.create_missing_column_families = !read_only;
    options.compression = rocksdb::kLZ4Compression;
    options_ = options;
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const std::string& name : names) descriptors.emplace_back(name, options);
    rocksdb::DB* opened = nullptr;
    Must(Failed(
        read_only ? rocksdb::DB::OpenForReadOnly(options, folder, descriptors, &families_, &opened)
                  : rocksdb::DB::Open(options, folder, descriptors, &families_, &opened)));
    db_.reset(opened);
  }
  ~RawStore() {
    for (rocksdb::ColumnFamilyHandle* family : families_)
      db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  }
  RawStore(const RawStore&) = delete;
  RawStore& operator=(const RawStore&) = delete;

  Family Read(std::size_t position) {
    Family family{families_[position]->GetName(), {}};
    const std::unique_ptr<rocksdb::Iterator> at(
        db_->NewIterator(rocksdb::ReadOptions(), families_[position]));
    for (at->SeekToFirst(); at->Valid(); at->Next())
      family.entries.emplace_back(at->key().ToString(), at->value().ToString());
    Must(Failed(at->status()));
    return family;
  }
  void Ingest(std::size_t position, const Family& family, const std::string& file) {
    if (family.entries.empty()) return;
    rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options_, families_[position]);
    Must(Failed(writer.Open(file)));
    for (const auto& [key, value] : family.entries) Must(Failed(writer.Put(key, value)));
    Must(Failed(writer.Finish()));
    Must(Failed(db_->IngestExternalFile(families_[position], {file},
                                        rocksdb::IngestExternalFileOptions())));
  }

 private:
  rocksdb::Options options_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

// Of a store that was loaded and closed.
std::vector<Family> FamiliesOf(const std::vector<storage::BulkChunk>& chunks) {
  EstateStore store;
  store.Load(chunks);
  store.Close();
  const std::string folder = store.folder() / "store/store";
  std::vector<std::string> names;
  Must(Failed(rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), folder, &names)));
  RawStore raw(folder, names, true);
  std::vector<Family> families;
  for (std::size_t i = 0; i < names.size(); ++i) families.push_back(raw.Read(i));
  return families;
}

void Ingest(const std::vector<Family>& families) {
  const BenchFolder folder;
  std::vector<std::string> names;
  names.reserve(families.size());
  for (const Family& family : families) names.push_back(family.name);
  RawStore raw(folder / "raw", names, false);
  for (std::size_t i = 0; i < families.size(); ++i)
    raw.Ingest(i, families[i], folder / (families[i].name + ".sst"));
}

// `ours_us` and `limit_us` are for one record or link.
void FirstLoad(benchmark::State& state) {
  const std::vector<storage::BulkChunk> chunks = EstateStore().Chunks();
  const std::vector<Family> families = FamiliesOf(chunks);
  std::size_t items = 0;
  for (const storage::BulkChunk& chunk : chunks) items += chunk.records.size() + chunk.links.size();
  std::vector<double> ours;
  std::vector<double> limit;
  for ([[maybe_unused]] auto iteration : state) {
    std::vector<storage::BulkChunk> same = chunks;
    EstateStore store;
    ours.push_back(SecondsOf([&] { store.Load(std::move(same)); }));
    limit.push_back(SecondsOf([&] { Ingest(families); }));
    state.SetIterationTime(ours.back());
  }
  const double to_micros = 1e6 / static_cast<double>(items);
  state.counters["ours_us"] = MedianOf(ours) * to_micros;
  state.counters["limit_us"] = MedianOf(limit) * to_micros;
  state.counters["ratio"] = MedianOf(ours) / MedianOf(limit);
}
BENCHMARK(FirstLoad)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
