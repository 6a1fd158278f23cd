// Retention: how long a class keeps what its records said, and holds that keep it all the same.
//
// A version that goes is *retired*: what it said is gone for good, and what is left
// (base/remnant.h) keeps its key, its class, its times and the hash of what it was, so that a
// record is never silently absent from the past, links and commits stay whole, and the chain of
// commits still proves the rest. What never goes: what is so now or planned, what a baseline shows,
// what an open plan compares itself with, and everything under a hold. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/period.h"
#include "kosei/base/time.h"
#include "kosei/storage/writer.h"

namespace kosei::storage {

// Who decided something, when and why. Each decision is a commit of its own.
struct Decision {
  CommitNumber commit;
  Timestamp time;
  std::string actor, reason;
};

// Of a class and those below it that have no policy of their own. At least one part is given.
struct RetentionPolicy {
  ClassNumber class_number;
  // A version may go when it was superseded so long ago...
  std::optional<Period> keep_for = std::nullopt;
  // ... and so many newer versions of the record are there. One of the two alone counts alone.
  std::uint32_t keep_versions = 0;
  // All versions of a record that has ended so long ago may go.
  std::optional<Period> after_end = std::nullopt;
  Decision set = {};
};

// Keeps these records, or those of a class and below, as they were and are.
struct LegalHold {
  std::string name;
  std::vector<std::string> keys = {};
  ClassNumber class_number = {};  // 0: none
  Decision added = {};
  std::optional<Decision> dropped = std::nullopt;  // it holds no more
};

// Versions of one class that a run looked at.
struct RetentionCounts {
  ClassNumber class_number;
  std::uint64_t records = 0;
  std::uint64_t versions = 0;  // the sum of what follows
  std::uint64_t retired = 0;   // by this run, or those that it would retire
  std::uint64_t gone = 0;      // retired before, or they never said anything
  // Kept because the policy says so, or they are so now, or in spite of the policy.
  std::uint64_t kept_policy = 0, kept_newest = 0, kept_baseline = 0, kept_plan = 0, kept_hold = 0;
};
struct RetentionReport {
  CommitNumber commit;  // kNoCommit: nothing was retired
  Timestamp time;
  std::vector<RetentionCounts> classes;  // that have a policy, ascending by number
};

class Retention {
 public:
  virtual ~Retention() = default;

  // A policy of the same class goes. kUnknownClass, kInvalidArgument (no part is given).
  virtual absl::StatusOr<CommitResult> SetPolicy(const RetentionPolicy& policy,
                                                 const Provenance& provenance) = 0;
  // kNotFound.
  virtual absl::StatusOr<CommitResult> ClearPolicy(ClassNumber class_number,
                                                   const Provenance& provenance) = 0;
  // Ascending by class.
  virtual absl::StatusOr<std::vector<RetentionPolicy>> Policies() const = 0;

  // kAlreadyExists (names of dropped holds stay taken), kNotFound (a key that no record has),
  // kUnknownClass, kInvalidArgument (neither keys nor a class).
  virtual absl::StatusOr<CommitResult> AddHold(const LegalHold& hold,
                                               const Provenance& provenance) = 0;
  // kNotFound.
  virtual absl::StatusOr<CommitResult> DropHold(std::string_view name,
                                                const Provenance& provenance) = 0;
  // By name, those that were dropped as well.
  virtual absl::StatusOr<std::vector<LegalHold>> Holds() const = 0;

  // Retires what may go, in small batches between which others commit; a run that is cut short
  // leaves whole batches, and the next one goes on. The commit comes with the first batch. A dry
  // run only counts. `go_on` is asked between batches; no is kCancelled. kOverloaded while another
  // run is under way.
  virtual absl::StatusOr<RetentionReport> Run(const Provenance& provenance, bool dry_run,
                                              const std::function<bool()>& go_on) = 0;
};

}  // namespace kosei::storage
