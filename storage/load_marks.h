// Marks of bulk loads that can be gone on with: how far the load of a source and batch has come.
// A mark is written with the chunk that it speaks of.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/base/time.h"
#include "kosei/storage/writer.h"

namespace kosei::storage {

struct LoadMark {
  LoadPosition position;
  Timestamp time;  // when it was written
};

// Old marks go: those beyond this number, oldest first, and those of this age.
inline constexpr std::size_t kLoadMarksMax = 1'000;
inline constexpr std::int64_t kLoadMarkMicros = std::int64_t{30} * 24 * 3'600 * 1'000'000;

// The key in the meta family.
std::string LoadMarkName(std::string_view source, std::string_view batch);
std::string EncodeLoadMark(const LoadMark& mark);
absl::StatusOr<LoadMark> DecodeLoadMark(std::string_view bytes);

// Chunk 0 when there is none.
absl::StatusOr<LoadPosition> ReadLoadPosition(const Database& database, std::string_view source,
                                              std::string_view batch);
absl::Status RemoveOldLoadMarks(const Database& database, Timestamp now);

// The position that `chunk` meets. kProtocolOrder when chunks before it are missing.
absl::StatusOr<LoadPosition> PositionBefore(const Database& database, std::string_view source,
                                            const BulkChunk& chunk);
// What a load did in all, with what a chunk of it did; the last commit counts.
void AddCounts(const CommitResult& counts, CommitResult& total);

// What follows from `chunk` on the position before it.
LoadPosition PositionAfter(LoadPosition before, const BulkChunk& chunk, const CommitResult& counts);
// Into the batch of the chunk's own commit, or at once when it has none because it changed nothing:
// should such a mark be lost, nothing is.
void AppendLoadMark(const Database& database, std::string_view source, const BulkChunk& chunk,
                    const LoadMark& mark, rocksdb::WriteBatch* batch);

}  // namespace kosei::storage
