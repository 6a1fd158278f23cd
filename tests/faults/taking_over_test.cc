// Sorted files that a store takes over while the disk fails, at every operation of it: afterwards
// it has all of them or none, and what it had before.
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "database.h"
#include "fault_disk.h"
#include "in_child.h"
#include "pch.h"
#include "rocksdb_status.h"
#include "sorted_files.h"
#include "temp_folder.h"

namespace kosei::testing {
namespace {

using storage::Database;
using storage::Family;
using storage::SortedFiles;

constexpr int kKeys = 600;  // several blocks a file

std::string KeyOf(int number) { return "key " + std::to_string(1'000 + number); }

absl::StatusOr<std::unique_ptr<Database>> OpenStore(const TempFolder& folder, FaultDisk& disk) {
  storage::DatabaseOptions options;
  options.path = folder / "store";
  options.block_cache_bytes = 1 << 20;
  options.write_buffer_bytes = 1 << 20;
  options.files = &disk.files();
  options.store_files = &disk.store_files();
  return Database::Open(options);
}

// What a child tells, as words in a file.
struct Taking {
  std::uint64_t first_change = 0;
  std::uint64_t first_read = 0;
  std::uint64_t changes = 0;
  std::uint64_t reads = 0;
  bool begun = false;
  bool taken = false;
};

Taking TakeOver(const TempFolder& folder, const FaultDisk::Plan& plan) {
  const std::string notes = folder / "notes";
  (void)InChild([&] {
    FaultDisk disk(folder / "attic", plan);
    std::ofstream out(notes);
    const auto database = OpenStore(folder, disk);
    if (!database.ok()) _exit(1);
    rocksdb::WriteBatch batch;
    batch.Put((*database)->family(Family::kMeta), "before", "there").PermitUncheckedError();
    if (!(*database)->WriteSynced(batch, "write before").ok()) _exit(1);
    const auto files = SortedFiles::Create(**database, folder / "load");
    if (!files.ok()) _exit(1);
    for (const Family family : {Family::kIndex, Family::kText}) {
      for (int i = 0; i < kKeys; ++i) {
        if (!(*files)->Put(family, KeyOf(i), std::string(100, static_cast<char>(i))).ok()) _exit(1);
      }
    }
    if (!(*files)->Finish().ok()) _exit(1);
    out << disk.changes() << " " << disk.reads() << " ";
    const bool taken = (*files)->Ingest().ok();
    out << disk.changes() << " " << disk.reads() << " " << (taken ? "taken" : "refused");
    out.close();
    _exit(0);  // RocksDB's own threads are not waited for
  });
  Taking taking;
  std::string word;
  std::ifstream in(notes);
  taking.begun = static_cast<bool>(in >> taking.first_change >> taking.first_read >>
                                   taking.changes >> taking.reads >> word);
  taking.taken = word == "taken";
  return taking;
}

// How many keys are found, each by itself and all in a row; -1 when the two ways differ.
int Count(const Database& database, Family family) {
  int found = 0;
  for (int i = 0; i < kKeys; ++i) {
    if (database.Get(family, KeyOf(i)).ok()) ++found;
  }
  const auto iterator = database.Iterate(family, rocksdb::ReadOptions());
  int listed = 0;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) ++listed;
  return iterator->status().ok() && found == listed ? found : -1;
}

// "all", "none", or what is wrong.
std::string Judge(const TempFolder& folder) {
  const std::string verdict = folder / "verdict";
  (void)InChild([&] {
    FaultDisk disk(folder / "attic", {});
    std::ofstream out(verdict);
    const auto database = OpenStore(folder, disk);
    if (!database.ok()) {
      out << "kept shut: " << database.status().ToString();
    } else if ((*database)->Get(Family::kMeta, "before").value_or("") != "there") {
      out << "what was there before is not";
    } else {
      const int index = Count(**database, Family::kIndex);
      const int text = Count(**database, Family::kText);
      if (index == text && (index == 0 || index == kKeys)) {
        out << (index == 0 ? "none" : "all");
      } else {
        out << index << " and " << text << " keys";
      }
    }
    out.close();
    _exit(0);
  });
  std::string line;
  std::ifstream in(verdict);
  std::getline(in, line);
  return line;
}

class TakingOver : public ::testing::TestWithParam<Fault> {};

TEST_P(TakingOver, LeavesAllOrNothingWhateverFails) {
  const TempFolder whole;
  const Taking without = TakeOver(whole, {});
  ASSERT_TRUE(without.begun);
  ASSERT_TRUE(without.taken);
  ASSERT_EQ(Judge(whole), "all");
  const bool reads = GetParam() == Fault::kReadErrorOnce;
  const std::uint64_t begin = reads ? without.first_read : without.first_change;
  const std::uint64_t end = reads ? without.reads : without.changes;
  ASSERT_LT(begin + 4, end);
  std::uint64_t begun = 0;
  int refused = 0;
  for (std::uint64_t at = begin; at < end; ++at) {
    SCOPED_TRACE(std::string(NameOf(GetParam())) + " at operation " + std::to_string(at));
    const TempFolder folder;
    const Taking taking = TakeOver(folder, {.fault = GetParam(), .at = at});
    // A background thread may have come before, and met the fault earlier.
    if (!taking.begun) continue;
    ++begun;
    if (!taking.taken) ++refused;
    const std::string verdict = Judge(folder);
    if (taking.taken || verdict != "none") EXPECT_EQ(verdict, "all");
  }
  EXPECT_GT(begun * 4, (end - begin) * 3);
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Faults, TakingOver,
                         ::testing::Values(Fault::kErrorOnce, Fault::kErrorAlways, Fault::kNoSpace,
                                           Fault::kReadErrorOnce),
                         [](const auto& info) {
                           std::string name(NameOf(info.param));
                           std::erase(name, ' ');
                           return name;
                         });

// Damage that no read tells of is found before the store has the file.
TEST(TakingOverDamage, IsRefusedWhole) {
  const TempFolder folder;
  const int status = InChild([&] {
    FaultDisk disk(folder / "attic", {});
    const auto database = OpenStore(folder, disk);
    if (!database.ok()) _exit(1);
    const auto files = SortedFiles::Create(**database, folder / "load");
    if (!files.ok()) _exit(1);
    for (int i = 0; i < kKeys; ++i) {
      if (!(*files)->Put(Family::kText, KeyOf(i), std::string(100, 'x')).ok()) _exit(1);
    }
    if (!(*files)->Finish().ok()) _exit(1);
    {
      std::fstream file(folder / "load/text.sst", std::ios::binary | std::ios::in | std::ios::out);
      file.seekp(40);  // within the block of the first key
      file.put('\x55');
    }
    if ((*files)->Ingest().ok()) _exit(2);
    _exit(Count(**database, Family::kText) == 0 ? 0 : 3);
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace kosei::testing
