// RetentionRules: what policies, holds, baselines and open plans say about the versions of a
// record, as of one moment.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "kosei/model/schema.h"
#include "kosei/storage/reader.h"
#include "kosei/storage/retention.h"
#include "store.h"
#include "valid_time.h"

namespace kosei::storage {

enum class Fate : std::uint8_t {
  kGone,      // there is nothing to take
  kPolicy,    // kept because no rule lets it go
  kNewest,    // so now, or planned
  kBaseline,  // let go by the policy, and kept by a baseline...
  kPlan,      // ... what an open plan compares itself with ...
  kHold,      // ... or a hold
  kRetire,
};

// What counts of a version. `time` is its commit's.
struct StatedVersion {
  CommitNumber begin;
  Timestamp time;
  ValidInterval valid;
  bool ended = false;
  bool empty = false;  // nothing to take
  bool fixed = false;  // its commit speaks of its bytes themselves (format 1)
};
struct Judgement {
  Fate fate = Fate::kPolicy;
  // No View of a later commit and of a later instant shows it.
  CommitNumber last_commit;
  Timestamp until;
};

// What open plans compare themselves with: of a record, everything from the time of these commits
// on, as known then.
using PlanPins = absl::flat_hash_map<NodeIndex, std::map<CommitNumber, Timestamp>>;
absl::StatusOr<PlanPins> ReadPlanPins(const Store& store);

class RetentionRules {
 public:
  // For tests as well.
  RetentionRules(const model::Schema& schema, Timestamp now, std::vector<RetentionPolicy> policies,
                 const std::vector<LegalHold>& holds, const std::vector<Baseline>& baselines);
  static absl::StatusOr<RetentionRules> Read(const Store& store);

  bool empty() const { return policies_.empty(); }
  // Of the class or the nearest above it that has one; nullptr.
  const RetentionPolicy* PolicyOf(ClassNumber class_number) const;
  bool IsHeld(std::string_view key, ClassNumber class_number) const;
  // The hold that keeps the record; empty when none does.
  std::string HoldOf(std::string_view key, ClassNumber class_number) const;

  // One for each version; `pins`: of the record, or nullptr.
  std::vector<Judgement> Judge(const RetentionPolicy& policy, bool held,
                               const std::map<CommitNumber, Timestamp>* pins,
                               const std::vector<StatedVersion>& newest_first) const;

 private:
  const model::Schema& schema_;
  Timestamp now_;
  std::vector<RetentionPolicy> policies_;                      // ascending by class
  std::map<std::string, std::string, std::less<>> held_keys_;  // the hold of each
  std::vector<std::pair<ClassNumber, std::string>> held_classes_;
  std::vector<View> baselines_;
};

}  // namespace kosei::storage
