// ScrubRecord: where the scrubber is, as it survives a restart (the file `scrub` of the data
// folder, docs/storage_format.md).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/storage/scrub.h"

namespace kosei::storage {

struct ScrubRecord {
  bool paused = false;
  bool under_way = false;  // a round
  Timestamp begun = kBeginningOfTime;
  std::uint64_t position = 0;  // sorted files up to this number are done
  std::uint64_t bytes_done = 0;
  Timestamp finished = kBeginningOfTime;
  std::uint64_t finished_bytes = 0;
  std::uint64_t finding_count = 0;
  std::vector<ScrubFinding> findings;
};

std::string EncodeScrubRecord(const ScrubRecord& record);
// kStorageCorrupt.
absl::StatusOr<ScrubRecord> DecodeScrubRecord(std::string_view bytes);

}  // namespace kosei::storage
