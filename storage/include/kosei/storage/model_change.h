// Changing the model of a store that is in use: what is asked, and what came of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/model/comparison.h"

namespace kosei::storage {

// Something stored that the new model would not let stand, in the present or planned.
struct ModelFinding {
  std::string key;         // of the record; of a link, of its source
  std::string class_name;  // of that record, under the model of before
  std::string subject;     // attribute or relationship type; empty: the record as such
  std::string value;       // for people; of a link, the key of its target
  std::string problem;     // what is wrong and how to mend it
};

enum class ModelOutcome : std::uint8_t {
  kUnchanged = 1,  // the model is what the store has
  kFits = 2,       // it could be applied (a dry run)
  kApplied = 3,
  kRefused = 4,  // a change that no store takes, or data that does not fit
};

struct ModelChangeResult {
  ModelOutcome outcome = ModelOutcome::kUnchanged;
  std::uint32_t version = 0;  // of the model that is in force now
  CommitNumber commit;        // kApplied: the commit that brought it
  Timestamp time;             // likewise
  std::vector<model::ModelChange> changes;
  std::vector<ModelFinding> findings;  // at most kModelFindingsMax
  std::uint64_t finding_count = 0;     // all of them
};
inline constexpr std::size_t kModelFindingsMax = 1'000;

enum class ModelChangeMode : std::uint8_t { kApply, kDryRun };

// One version of the model. The first may have come with the store and not with a commit.
struct ModelVersionInfo {
  std::uint32_t version = 0;
  CommitNumber commit;  // in force from here on; kNoCommit: from the beginning
  std::string hash;     // SHA-256 of what is stored of it; the commit carries it too
};

}  // namespace kosei::storage
