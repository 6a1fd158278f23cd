// The two kinds of indexing work, each in bounded pieces: building (a scan of all versions of all
// records) and following (what the commits after the indexes' newest changed).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index_book.h"
#include "kosei/model/schema.h"
#include "store.h"

namespace kosei::storage {

// Record numbers that one piece of building takes in; whole posting blocks.
inline constexpr std::uint64_t kBuildRecords = 32'768;
// Changed records after which one piece of following ends (with the commit that it is in).
inline constexpr std::size_t kFollowRecords = 4'096;
inline constexpr std::size_t kFollowCommits = 4'096;

// Scans the records from `indexes.front().next_record` on and writes the entries of all `indexes`,
// which are being built and have come equally far, together with their marks: next_record moved on,
// or state kWhole at the end. When `go_on` says no, everything stays as it was.
absl::Status BuildPiece(Store& store, const model::Schema& schema, absl::FunctionRef<bool()> go_on,
                        std::vector<IndexEntry>& indexes);

// Takes the next commits, up to `newest`, into `indexes`, which are whole, together with their
// marks: whole_to moved on. A commit that lists no changes (a first load) is not followed: the
// indexes are to be built anew instead, as their state says then.
absl::Status FollowPiece(Store& store, const model::Schema& schema, CommitNumber newest,
                         std::vector<IndexEntry>& indexes);

// All entries of an index.
absl::Status RemoveEntries(const Store& store, IndexNumber number);
absl::Status WriteMark(const Store& store, const IndexEntry& entry);
absl::Status RemoveMark(const Store& store, IndexNumber number);
// What was written before survives a power cut. Marks and entries are not synced by themselves:
// what is lost of them is made again. That an index was asked for is not.
absl::Status MakeDurable(const Store& store);
// Keys of an attribute's index, or of all text.
struct IndexSpan {
  Family family;
  std::string begin;
  std::string end;
};
IndexSpan SpanOf(IndexNumber number);
std::uint64_t BytesOnDisk(const Store& store, IndexNumber number);

}  // namespace kosei::storage
