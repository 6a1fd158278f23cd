// A whole store as text, history and all (docs/export_format.md): out of one store, into another.
//
// What comes out of an import is the same history: commit numbers, times, actors, reasons, every
// version with the bytes it had, and with them every content hash and the hash chain. Exporting it
// again gives the same text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"

namespace kosei::storage {

// An export under way (Engine::BeginExport): of every commit up to the newest when it began.
// Writers go on. Not thread-safe, not bound to a thread. Must go before its Engine.
class HistoryExport {
 public:
  virtual ~HistoryExport() = default;
  // The next lines, about `bytes_max` bytes of them; empty at the end. Valid until the next call.
  virtual absl::StatusOr<std::string_view> Next(std::size_t bytes_max) = 0;
  // How far it is, and how far it will go.
  virtual CommitNumber commit() const = 0;
  virtual CommitNumber newest() const = 0;
};

struct ImportedHistory {
  CommitNumber newest;              // of the store, now
  std::uint64_t commits = 0;        // that were imported
  std::uint64_t commits_there = 0;  // that the store had already
  std::uint64_t record_versions = 0;
  std::uint64_t link_changes = 0;
  std::uint64_t baselines = 0;
};

// An import under way (Engine::BeginImport) into an empty store, or into one whose commits are the
// first ones of the text: those are compared and passed over, so an import that was cut short is
// simply done again. A commit goes in whole or not at all. Not thread-safe, not bound to a thread.
// Must go before its Engine.
class HistoryImport {
 public:
  virtual ~HistoryImport() = default;
  // The next piece of the text, cut anywhere. What it completes is durable when this returns.
  // Errors name the line: kInvalidArgument (what it says makes no sense, or is not what its hash
  // says), kVersionConflict (the store has another history).
  virtual absl::Status Add(std::string_view text) = 0;
  // After the last piece. kInvalidArgument when the text has no end.
  virtual absl::StatusOr<ImportedHistory> Finish() = 0;
  virtual const ImportedHistory& progress() const = 0;
};

}  // namespace kosei::storage
