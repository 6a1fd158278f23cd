#include "repair_derived.h"

#include <rocksdb/metadata.h>

#include <memory>

#include "commit_log.h"
#include "index_book.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "rocksdb_status.h"
#include "unique_book.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{4} << 20;

DatabaseOptions Lenient(const std::string& folder, bool read_only) {
  DatabaseOptions options = RepairOptionsOf(folder, WalMode::kTornTail, read_only);
  options.lenient = true;
  return options;
}

absl::Status Drop(const Database& database, const std::set<Family>& families) {
  for (const Family family : families) {
    KOSEI_RETURN_IF_ERROR(ToStatus(database.db().DropColumnFamily(database.family(family)),
                                   "drop the family " + std::string(NameOf(family))));
  }
  return absl::OkStatus();
}

bool AnyContains(const std::vector<std::string>& texts, std::string_view part) {
  for (const std::string& text : texts) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

DatabaseOptions RepairOptionsOf(const std::string& folder, WalMode mode, bool read_only) {
  DatabaseOptions options;
  options.path = folder + "/store";
  options.block_cache_bytes = std::size_t{64} << 20;
  options.write_buffer_bytes = std::size_t{64} << 20;
  options.wal_mode = mode;
  options.read_only = read_only;
  return options;
}

bool IsDerived(Family family) {
  return family == Family::kIndex || family == Family::kText || family == Family::kIdentity;
}

std::set<Family> FamiliesNamed(const std::string& folder,
                               const std::vector<std::string>& findings) {
  std::set<Family> named;
  const auto database = Database::Open(Lenient(folder, true));
  if (!database.ok()) return named;
  std::vector<rocksdb::LiveFileMetaData> files;
  (*database)->db().GetLiveFilesMetaData(&files);
  for (const rocksdb::LiveFileMetaData& file : files) {
    if (!AnyContains(findings, file.name)) continue;
    for (std::size_t i = 0; i < kFamilyCount; ++i) {
      const auto family = static_cast<Family>(i);
      if (NameOf(family) == file.column_family_name) named.insert(family);
    }
  }
  // As the verification begins what it says of them.
  if (AnyContains(findings, "unique values: ")) named.insert(Family::kIdentity);
  return named;
}

absl::Status DropIndexes(const std::string& folder) {
  {
    KOSEI_ASSIGN_OR_RETURN(const auto database, Database::Open(Lenient(folder, false)));
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit newest, ReadNewestCommit(*database));
    KOSEI_ASSIGN_OR_RETURN(std::vector<IndexEntry> marks, ReadIndexMarks(*database));
    for (IndexEntry& mark : marks) {
      if (mark.origin == IndexOrigin::kDropped) continue;
      mark.state = IndexState::kBuilding;
      mark.whole_to = newest.info.number;
      mark.next_record = 0;
      KOSEI_RETURN_IF_ERROR(PutMeta(*database, IndexMarkName(mark.number), EncodeIndexMark(mark)));
    }
    KOSEI_RETURN_IF_ERROR(Drop(*database, {Family::kIndex, Family::kText}));
  }
  // Opened once more, the families are there again, and empty.
  return Database::Open(Lenient(folder, false)).status();
}

absl::StatusOr<std::uint64_t> BuildUniqueBook(const std::string& folder,
                                              const model::ModelDefinition& given) {
  {
    KOSEI_ASSIGN_OR_RETURN(const auto database, Database::Open(Lenient(folder, false)));
    KOSEI_RETURN_IF_ERROR(Drop(*database, {Family::kIdentity}));
  }
  KOSEI_ASSIGN_OR_RETURN(const auto database, Database::Open(Lenient(folder, false)));
  rocksdb::ColumnFamilyHandle* const family = database->family(Family::kIdentity);
  std::uint64_t values = 0;
  rocksdb::WriteBatch batch;
  const auto write = [&] {
    const rocksdb::Status written = database->db().Write(rocksdb::WriteOptions(), &batch);
    batch.Clear();
    return ToStatus(written, "write unique values");
  };
  KOSEI_RETURN_IF_ERROR(DeriveUniqueBook(
      *database, given, [&](std::string_view key, std::string_view holders) -> absl::Status {
        ++values;
        batch.Put(family, SliceOf(key), SliceOf(holders)).PermitUncheckedError();
        return batch.GetDataSize() < kBatchBytes ? absl::OkStatus() : write();
      }));
  KOSEI_RETURN_IF_ERROR(write());
  KOSEI_RETURN_IF_ERROR(
      ToStatus(database->db().Flush(rocksdb::FlushOptions(), family), "write unique values"));
  return values;
}

}  // namespace kosei::storage
