// VerifyRun: what the steps of a verification share: the open store, the report, and what one step
// learns for the next. The steps are free functions, each in a file of its own, called in the order
// below.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "database.h"
#include "kosei/model/schema.h"
#include "kosei/storage/model_change.h"
#include "kosei/storage/verification.h"
#include "watermark.h"

namespace kosei::storage {

struct VerifyRun {
  const VerifyOptions& options;
  const Database& database;
  const model::Schema& schema;
  VerifyReport report = {};

  // What is stored of each version of the model: its hash and the commit that brought it.
  absl::flat_hash_map<std::uint32_t, ModelVersionInfo> models = {};
  // Entries that the commits say they wrote.
  std::uint64_t record_entries_expected = 0;
  std::uint64_t link_entries_expected = 0;
  // By record number: whether there ever was such a record.
  std::vector<bool> known = {};
  // Unique values that live records hold: the key of the book, and the record.
  absl::flat_hash_map<std::string, RecordId> unique = {};
  // By record number: a version of it has a valid time of its own. Its unique values may be held as
  // long as any version has them.
  std::vector<bool> dated = {};
  absl::flat_hash_set<std::pair<std::string, std::uint64_t>> dated_values = {};

  // By record number: a version of it has a gate of its own.
  std::vector<bool> gated = {};

  void Find(std::string finding) {
    ++report.finding_count;
    if (report.findings.size() < options.findings_max) {
      report.findings.push_back(std::move(finding));
    }
  }
  // Every so many items.
  void Progress(std::string_view step, std::uint64_t done, std::uint64_t total) const {
    constexpr std::uint64_t kEvery = 4'096;
    if (options.on_progress && (done % kEvery == 0 || done == total)) {
      options.on_progress({step, done, total});
    }
  }
  // RocksDB's guess at how many keys a family has.
  std::uint64_t EstimateOf(Family family) const;
  bool IsKnown(RecordId id) const { return id.value < known.size() && known[id.value]; }
  bool IsDated(RecordId id) const { return id.value < dated.size() && dated[id.value]; }
  bool IsGated(RecordId id) const { return id.value < gated.size() && gated[id.value]; }
};

// What RocksDB cannot read is a finding too; the step ends there.
void VerifyFiles(VerifyRun& run);
void VerifyModels(VerifyRun& run);
void VerifyCommits(VerifyRun& run, const WatermarkValue& watermark);
void VerifyRecords(VerifyRun& run);
void VerifyLinks(VerifyRun& run);
void VerifyUniqueValues(VerifyRun& run);
void VerifyNames(VerifyRun& run);
void VerifyRetention(VerifyRun& run);
void VerifyIndexes(VerifyRun& run);
void VerifyPlans(VerifyRun& run);
void VerifyCheckpoint(VerifyRun& run);

}  // namespace kosei::storage
