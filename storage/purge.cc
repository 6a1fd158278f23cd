#include "purge.h"

#include <rocksdb/db.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kPrefix = "purge/";

absl::Status Flush(const Database& database, const std::vector<Family>& families) {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (const Family family : families) handles.push_back(database.family(family));
  return ToStatus(database.db().Flush(rocksdb::FlushOptions(), handles), "purge: flush");
}

absl::Status FlushAll(const Database& database) {
  std::vector<Family> families;
  for (std::size_t i = 0; i < kFamilyCount; ++i) families.push_back(static_cast<Family>(i));
  return Flush(database, families);
}

absl::Status Rewrite(const Database& database, const PurgedSpan& span) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice from(span.begin);
  const rocksdb::Slice to(span.end);
  return ToStatus(database.db().CompactRange(options, database.family(span.family), &from, &to),
                  "purge: rewrite files");
}

// A file whose first key is longer than what the list of files may grow to: the next change of the
// list begins a new one.
absl::Status RenewFileList(const Database& database) {
  const std::string filler(std::size_t{kFileListBytesMax} + 1, '~');
  rocksdb::ColumnFamilyHandle* const family = database.family(Family::kDefault);
  const rocksdb::WriteOptions options;
  KOSEI_RETURN_IF_ERROR(ToStatus(database.db().Put(options, family, filler, {}), "purge: list"));
  KOSEI_RETURN_IF_ERROR(Flush(database, {Family::kDefault}));
  KOSEI_RETURN_IF_ERROR(ToStatus(database.db().Delete(options, family, filler), "purge: list"));
  KOSEI_RETURN_IF_ERROR(Flush(database, {Family::kDefault}));
  return Rewrite(database, {Family::kDefault, filler, filler});
}

}  // namespace

std::string PurgeMarkName(CommitNumber commit) {
  std::string name(kPrefix);
  AppendU64(name, commit.value);
  return name;
}

std::string EncodePurgeMark(const std::vector<PurgedSpan>& spans) {
  std::string bytes;
  for (const PurgedSpan& span : spans) {
    bytes.push_back(static_cast<char>(span.family));
    for (const std::string& key : {span.begin, span.end}) {
      AppendU16(bytes, static_cast<std::uint16_t>(key.size()));
      bytes += key;
    }
  }
  return bytes;
}

absl::StatusOr<std::vector<PurgedSpan>> DecodePurgeMark(std::string_view bytes) {
  std::vector<PurgedSpan> spans;
  bool sound = true;
  const auto take = [&](std::size_t size) {
    sound = sound && size <= bytes.size();
    const std::string_view taken = sound ? bytes.substr(0, size) : std::string_view();
    if (sound) bytes.remove_prefix(size);
    return taken;
  };
  const auto take_key = [&] {
    const std::string_view size = take(sizeof(std::uint16_t));
    return std::string(take(sound ? ReadU16(size.data()) : 0));
  };
  while (sound && !bytes.empty()) {
    const auto family = static_cast<unsigned char>(take(1).front());
    sound = family < kFamilyCount;
    std::string begin = take_key();
    std::string end = take_key();
    spans.push_back({static_cast<Family>(family), std::move(begin), std::move(end)});
  }
  if (sound) return spans;
  return MakeError(ErrorCode::kStorageCorrupt, "read mark of a purge: it is damaged");
}

absl::Status FinishPurges(const Database& database) {
  KOSEI_ASSIGN_OR_RETURN(const auto marks, ListMeta(database, kPrefix));
  if (marks.empty()) return absl::OkStatus();
  // What is flushed is not needed in the log any more.
  KOSEI_RETURN_IF_ERROR(FlushAll(database));
  for (const auto& [name, bytes] : marks) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<PurgedSpan> spans, DecodePurgeMark(bytes));
    for (const PurgedSpan& span : spans) KOSEI_RETURN_IF_ERROR(Rewrite(database, span));
  }
  KOSEI_RETURN_IF_ERROR(RenewFileList(database));
  for (const auto& [name, bytes] : marks) {
    KOSEI_RETURN_IF_ERROR(RemoveMeta(database, std::string(kPrefix) + name));
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
