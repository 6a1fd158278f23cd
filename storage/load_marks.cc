#include "load_marks.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kPrefix = "load/";
constexpr std::size_t kNumbers = 12;
constexpr std::size_t kTimes = 2;

// All but the two times, which come first.
std::array<std::uint64_t*, kNumbers - kTimes> NumbersOf(LoadPosition& position) {
  CommitResult& counts = position.counts;
  return {&position.chunk,         &position.digest,        &counts.commit.value,
          &counts.records_created, &counts.records_updated, &counts.records_unchanged,
          &counts.records_ended,   &counts.links_created,   &counts.links_unchanged,
          &counts.links_ended};
}

}  // namespace

std::string LoadMarkName(std::string_view source, std::string_view batch) {
  std::string name(kPrefix);
  AppendU16(name, static_cast<std::uint16_t>(source.size()));
  return name.append(source).append(batch);
}

std::string EncodeLoadMark(const LoadMark& mark) {
  LoadPosition position = mark.position;
  std::string bytes;
  AppendU64(bytes, static_cast<std::uint64_t>(mark.time.micros));
  AppendU64(bytes, static_cast<std::uint64_t>(position.counts.time.micros));
  for (const std::uint64_t* number : NumbersOf(position)) AppendU64(bytes, *number);
  return bytes;
}

absl::StatusOr<LoadMark> DecodeLoadMark(std::string_view bytes) {
  if (bytes.size() != kNumbers * sizeof(std::uint64_t)) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     "read mark of a load: " + std::to_string(bytes.size()) + " bytes, expected " +
                         std::to_string(kNumbers * sizeof(std::uint64_t)));
  }
  constexpr std::size_t kSize = sizeof(std::uint64_t);
  LoadMark mark;
  mark.time = Timestamp{static_cast<std::int64_t>(ReadU64(bytes.data()))};
  mark.position.counts.time = Timestamp{static_cast<std::int64_t>(ReadU64(bytes.data() + kSize))};
  const char* at = bytes.data() + kTimes * kSize;
  for (std::uint64_t* number : NumbersOf(mark.position)) {
    *number = ReadU64(at);
    at += kSize;
  }
  return mark;
}

absl::StatusOr<LoadPosition> ReadLoadPosition(const Database& database, std::string_view source,
                                              std::string_view batch) {
  const absl::StatusOr<std::string> bytes =
      database.Get(Family::kMeta, LoadMarkName(source, batch));
  if (HasCode(bytes.status(), ErrorCode::kNotFound)) return LoadPosition{};
  KOSEI_RETURN_IF_ERROR(bytes.status());
  KOSEI_ASSIGN_OR_RETURN(const LoadMark mark, DecodeLoadMark(*bytes));
  return mark.position;
}

absl::Status RemoveOldLoadMarks(const Database& database, Timestamp now) {
  KOSEI_ASSIGN_OR_RETURN(const auto entries, ListMeta(database, kPrefix));
  std::vector<std::pair<Timestamp, std::string>> marks;  // newest first
  for (const auto& [name, bytes] : entries) {
    KOSEI_ASSIGN_OR_RETURN(const LoadMark mark, DecodeLoadMark(bytes));
    marks.emplace_back(mark.time, name);
  }
  std::sort(marks.begin(), marks.end(), std::greater<>());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const bool old = now.micros - marks[i].first.micros > kLoadMarkMicros;
    if (!old && i < kLoadMarksMax) continue;
    KOSEI_RETURN_IF_ERROR(RemoveMeta(database, std::string(kPrefix) + marks[i].second));
  }
  return absl::OkStatus();
}

absl::StatusOr<LoadPosition> PositionBefore(const Database& database, std::string_view source,
                                            const BulkChunk& chunk) {
  if (chunk.batch.empty()) return LoadPosition{};
  KOSEI_ASSIGN_OR_RETURN(const LoadPosition before,
                         ReadLoadPosition(database, source, chunk.batch));
  if (chunk.number >= 1 && chunk.number <= before.chunk + 1) return before;
  return MakeError(
      ErrorCode::kProtocolOrder,
      absl::StrFormat("load chunk %d of batch %s: its chunks up to %d are there; go on with the "
                      "next one",
                      chunk.number, chunk.batch, before.chunk),
      "number");
}

void AppendLoadMark(const Database& database, std::string_view source, const BulkChunk& chunk,
                    const LoadMark& mark, rocksdb::WriteBatch* batch) {
  if (chunk.batch.empty()) return;
  const std::string name = LoadMarkName(source, chunk.batch);
  rocksdb::ColumnFamilyHandle* const meta = database.family(Family::kMeta);
  const std::string bytes = EncodeLoadMark(mark);
  const rocksdb::Status status =
      batch != nullptr ? batch->Put(meta, name, bytes)
                       : database.db().Put(rocksdb::WriteOptions(), meta, name, bytes);
  status.PermitUncheckedError();
}

void AddCounts(const CommitResult& counts, CommitResult& total) {
  if (counts.commit != kNoCommit) {
    total.commit = counts.commit;
    total.time = counts.time;
  }
  total.records_created += counts.records_created;
  total.records_updated += counts.records_updated;
  total.records_unchanged += counts.records_unchanged;
  total.records_ended += counts.records_ended;
  total.links_created += counts.links_created;
  total.links_unchanged += counts.links_unchanged;
  total.links_ended += counts.links_ended;
}

LoadPosition PositionAfter(LoadPosition before, const BulkChunk& chunk,
                           const CommitResult& counts) {
  before.chunk = chunk.number;
  before.digest = chunk.digest;
  AddCounts(counts, before.counts);
  return before;
}

}  // namespace kosei::storage
