// Root cause: which records, and which commits, explain best that some records fail while others
// are well. Graph and time together, each candidate with its reasons. docs/root_cause.md has the
// table of what each reason counts, and tells users the same in plain words.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

inline constexpr std::size_t kRootCauseRecordsMax = 1'000;  // failing and well, each

// What each reason counts at most; the greatest sum is 100. One place for code and documentation.
struct RootCauseWeights {
  static constexpr double kExplains = 50;   // its failure alone brings all failing records down
  static constexpr double kTogether = 10;   // they rest on it, and a gate bears its loss alone
  static constexpr double kObserved = 10;   // it is one of the failing records
  static constexpr double kNear = 10;       // divided by 1 + mean distance
  static constexpr double kChanged = 20;    // at the end of the time asked about; at its start: 0
  static constexpr double kUnplanned = 10;  // that change names no cause and carries out no plan
  static constexpr double kWellHit = -40;   // it would bring all records down that are well
};

enum class CauseReasonKind : std::uint8_t {
  kExplains = 1,
  kTogether = 2,
  kObserved = 3,
  kNear = 4,
  kChanged = 5,
  kUnplanned = 6,
  kWellHit = 7,
};
struct CauseReason {
  CauseReasonKind kind = CauseReasonKind::kExplains;
  double points = 0;
  friend bool operator==(const CauseReason&, const CauseReason&) = default;
};

// How a commit touched a record: bits.
inline constexpr std::uint8_t kTouchedRecord = 1;
inline constexpr std::uint8_t kTouchedLink = 2;
struct CauseTouch {
  CommitNumber commit;
  std::uint8_t how = 0;
};

struct RootCauseRequest {
  std::vector<RecordId> failing = {};  // at least one
  std::vector<RecordId> well = {};     // known to be up; none of them is a candidate
  // Commits from this time on, up to the View's.
  Timestamp from = kBeginningOfTime;
  std::uint64_t limit = 20;  // of candidates, and of commits
};

// A record on which failing ones rest, or one of them.
struct CauseCandidate {
  RecordId record;
  double score = 0;
  // Of the failing records: those that its failure alone makes fail, degrades, and that rest on it
  // but bear its loss. It counts itself, when it is one.
  std::uint32_t fails = 0;
  std::uint32_t degrades = 0;
  std::uint32_t together = 0;
  std::uint32_t well_hit = 0;
  bool observed = false;
  double mean_distance = 0;          // to those of the first three
  std::uint64_t touch_count = 0;     // commits in the time that touched it or its links
  std::vector<CauseTouch> touches;   // the newest of them, at most 5
  std::vector<CauseReason> reasons;  // those that count something
};

// A commit that touched candidates: their best position in the graph, and its own time and cause.
struct CauseCommit {
  storage::CommitInfo commit;
  double score = 0;
  std::uint64_t candidates = 0;  // that it touched
  RecordId best;                 // the one of them that explains best
  std::vector<CauseReason> reasons;
};

struct RootCauseAnswer {
  storage::View view;
  Timestamp from;
  std::uint64_t candidate_count = 0;
  std::uint64_t commit_count = 0;  // in the time asked about
  // Too much was changed in that time: changes are known of the best candidates only, and commits
  // only so far as they touched these.
  bool changes_cut = false;
  std::vector<CauseCandidate> candidates;       // best first
  std::vector<CauseCommit> commits;             // best first
  std::vector<storage::CommitInfo> touched_by;  // those in `touches`, ascending
};

// kNotFound for a record that does not hold in the View, kInvalidArgument without failing records,
// for too many, or for one that is both failing and well; else as SinglePoints.
absl::StatusOr<RootCauseAnswer> RootCause(const storage::Reader& reader, const storage::View& view,
                                          const RootCauseRequest& request, const Budget& budget);

}  // namespace kosei::query
