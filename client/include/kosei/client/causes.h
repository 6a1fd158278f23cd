// What takes services down: points of failure, cut sets, root causes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/client/impact_question.h"
#include "kosei/client/types.h"

namespace kosei::client {

struct PointsRequest {
  std::vector<std::string> services = {};  // keys; empty: every service
  std::uint32_t size = 1;                  // 2, 3: minimal cut sets of up to that size as well
  bool since = false;  // of each point: since when, and which commit made it one
  std::vector<std::string> contexts = {};  // of the model: what they find is down already
  bool all_contexts = false;
  std::optional<Timestamp> time_from = {}, time_to = {};  // both or none: of contexts
  std::uint32_t limit = 1'000;  // points, and sets, listed for each service
  ViewName view = {};
  std::uint32_t deadline_ms = 0;
};
enum class SinceKind : std::uint8_t {
  kUnknown = 0,
  kCommit = 1,   // at the commit before it, it was none
  kAtLeast = 2,  // as far back as was looked
  kRetired = 3,  // as far back as can be known
  kPlanned = 4,  // the plan makes it one
};
struct PointSince {
  SinceKind kind = SinceKind::kUnknown;
  std::uint64_t commit = 0;  // 0: none
};
struct SinglePoint {
  std::string key;
  ClassNumber class_number;
  State outcome = State::kFailed;  // what the service comes to
  std::uint32_t distance = 0;
  bool by_gate = false;  // over a gate that bears no such loss
  std::optional<PointSince> since = {};
};
// Records that are interchangeable in a cut set.
struct CutGroup {
  std::vector<std::string> keys;  // at most 100, nearest first
  std::uint32_t count = 0;
};
enum class CutSetsEnd : std::uint8_t { kWhole = 0, kListed = 1, kTried = 2 };
struct ServicePoints {
  std::string key;
  ClassNumber class_number;
  State before = State::kUp;  // because of what is down already
  std::uint64_t upstream = 0, failing = 0, degrading = 0;
  std::vector<SinglePoint> points;  // failing ones first, then nearest
  std::vector<Commit> commits;      // those that `since` names, ascending
  std::vector<CutGroup> groups;
  std::vector<std::vector<std::uint32_t>> sets;  // one record of each of these groups
  std::uint64_t set_count = 0;                   // sets of records that these stand for
  CutSetsEnd sets_end = CutSetsEnd::kWhole;
  std::uint32_t sets_whole_to = 0;  // all sets of up to this size are there
};
struct PointsSummary {
  View view;
  std::uint64_t services = 0;
};

// A record that began or ceased to be a point of failure, or came to mean something else.
struct PointChange {
  std::string service, key;
  ClassNumber class_number;
  State before = State::kUp, after = State::kUp;  // what it makes of the service alone
  std::uint32_t distance = 0;
};
struct PointsEvent {
  View view;                         // everything up to its commit is told
  std::vector<PointChange> changes;  // first event: every point
};

struct RootCauseRequest {
  std::vector<std::string> failing = {};
  std::vector<std::string> well = {};  // known to be up
  std::uint64_t within_us = 86'400'000'000;
  std::uint32_t limit = 20;
  ViewName view = {};
  std::uint32_t deadline_ms = 0;
};
enum class CauseReasonKind : std::uint8_t {
  kNone = 0,
  kExplains = 1,  // its failure alone brings failing records down
  kTogether = 2,  // they rest on it, and bear its loss alone
  kObserved = 3,  // it is one of them
  kNear = 4,
  kChanged = 5,    // lately
  kUnplanned = 6,  // that change names no cause
  kWellHit = 7,    // it would bring records down that are well
};
struct CauseReason {
  CauseReasonKind kind = CauseReasonKind::kNone;
  double points = 0;
};
struct CauseTouch {
  std::uint64_t commit = 0;
  bool record = false, link = false;
};
struct CauseCandidate {
  std::string key;
  ClassNumber class_number;
  double score = 0;
  std::uint32_t fails = 0, degrades = 0, together = 0, well_hit = 0;
  bool observed = false;
  double mean_distance = 0;
  std::uint64_t touch_count = 0;
  std::vector<CauseTouch> touches;  // the newest, at most 5
  std::vector<CauseReason> reasons;
};
struct CauseCommit {
  Commit commit;
  double score = 0;
  std::uint64_t candidates = 0;
  std::string best;
  std::vector<CauseReason> reasons;
};
struct RootCauses {
  View view;
  Timestamp from;
  std::uint64_t candidate_count = 0, commit_count = 0;
  bool changes_cut = false;                // changes are known of the best candidates only
  std::vector<CauseCandidate> candidates;  // best first
  std::vector<CauseCommit> commits;        // best first
  std::vector<Commit> touched_by;          // those that touches name, ascending
};

}  // namespace kosei::client
