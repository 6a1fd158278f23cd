// Requests and results of the client library, as plain values. Times are UTC us (kosei::Timestamp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/base/remnant.h"
#include "kosei/base/time.h"
#include "kosei/client/impact_question.h"
#include "kosei/client/view.h"

namespace kosei::client {

struct ServerInfo {
  std::string server, user, role, store_id;
  std::uint64_t newest_commit = 0;
};

struct RecordVersion {
  RecordId id;
  std::uint64_t begin = 0;
  std::uint64_t end = UINT64_MAX;  // open
  Record record;
  std::optional<RemnantKind> remnant = {};  // `record` is what is left of it
};
struct GetResult {
  View view;
  std::vector<std::optional<RecordVersion>> records;
};
struct Commit {
  std::uint64_t number = 0;
  Timestamp time;
  std::string actor, reason, cause, source;
  std::string plan;  // the name of the plan that it carries out
  std::uint64_t records_created = 0, records_updated = 0, records_ended = 0, links_created = 0,
                links_ended = 0;
  std::string hash;
};
struct LinkSpan {
  std::string source;
  RelationshipTypeNumber type;
  std::string target;
  std::uint64_t begin = 0;
  std::uint64_t end = UINT64_MAX;
  // A valid time of its own; kBeginningOfTime: from the time of commit `begin` on.
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
};
struct History {
  View view;
  std::vector<RecordVersion> versions;  // newest first
  std::vector<LinkSpan> links;
  std::vector<Commit> commits;  // those named above, ascending
};
struct Diff {
  View from, to;
  std::optional<RecordVersion> before, after;
  std::vector<LinkSpan> links_added, links_removed;
};
struct CompareRequest {
  ViewName from = {}, to = {};
  std::string class_name = {};  // this class and below; of a link: at either end
  std::string key_prefix = {};  // likewise
  std::string type_name = {};   // links of this type only, and no records
};
// `cause` is the last commit up to the later View that says something of it.
struct RecordDifference {
  std::optional<RecordVersion> before;  // nullopt: added
  std::optional<RecordVersion> after;   // nullopt: removed
  Commit cause;
};
struct LinkDifference {
  std::string source;
  RelationshipTypeNumber type;
  std::string target;
  bool added = false;  // else removed
  Commit cause;
};
struct DifferenceBatch {
  View from, to;
  std::vector<RecordDifference> records;
  std::vector<LinkDifference> links;
};
struct CompareSummary {
  View from, to;
  std::uint64_t records_added = 0, records_changed = 0, records_removed = 0;
  std::uint64_t links_added = 0, links_removed = 0;
  bool differs() const {
    return records_added + records_changed + records_removed + links_added + links_removed != 0;
  }
};
enum class Comparison : std::uint8_t {
  kEqual = 0,
  kLess = 1,
  kLessOrEqual = 2,
  kGreater = 3,
  kGreaterOrEqual = 4,
  kPrefix = 5,  // begins with; of addresses: within the network
};
struct Condition {
  std::string attribute, value;
  Comparison comparison = Comparison::kEqual;
};
struct SearchRequest {
  std::string text = {}, class_name = {};
  std::vector<Condition> where = {};  // all must hold
  std::uint32_t limit = 100;
  ViewName view = {};
  bool by_id = false;  // the order in which records were created, instead of best first
};
struct SearchSummary {
  View view;
  std::uint64_t matched = 0;
  bool cut = false;
  // Records that were there in that View, of which nobody knows any more whether they fit.
  std::uint64_t retired = 0;
};

// One relationship, in the order in which it is followed.
struct PathStep {
  std::string from;
  RelationshipTypeNumber type;
  std::string to;
  bool inverse = false;  // its source is `to`, its target `from`
};
struct PathResult {
  View view;
  bool found = false;
  std::vector<PathStep> steps;
};

struct Provenance {
  std::string reason = {}, cause = {}, source = {};
};
// Valid time: kBeginningOfTime is the commit's time, kEndOfTime "until the next change that is
// known, or for ever" (what ends, ends for good). A record's own valid_from and valid_to mean the
// same.
struct Link {
  std::string source;
  RelationshipTypeNumber type;
  std::string target;
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
};
struct PutRecord {
  Record record;
  std::optional<std::uint64_t> expected_begin = {};  // 0: must not exist
};
struct EndRecord {
  std::string key;
  std::optional<std::uint64_t> expected_begin = {};
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
};
struct Mutation {
  Provenance provenance = {};
  std::vector<PutRecord> put_records = {};
  std::vector<Link> end_links = {}, put_links = {};
  std::vector<EndRecord> end_records = {};
};
struct WriteCounts {
  std::uint64_t commit = 0;  // 0: nothing changed
  Timestamp time;
  std::uint64_t records_created = 0, records_updated = 0, records_unchanged = 0, records_ended = 0;
  std::uint64_t links_created = 0, links_unchanged = 0, links_ended = 0;
};
struct RejectedItem {
  bool is_link = false;
  std::uint64_t tag = 0;  // as given to AddRecord or AddLink
  absl::Status status;
};
struct BulkSummary {
  WriteCounts counts;
  std::uint64_t rejected = 0;
};
struct ChangedRecord {
  std::string key;
  ClassNumber class_number;
  std::uint8_t kind = 0;  // 1 created, 2 updated, 3 ended
};
struct ChangedLink {
  std::string source;
  RelationshipTypeNumber type;
  std::string target;
  std::uint8_t kind = 0;
};
struct WatchEvent {
  Commit commit;
  std::vector<ChangedRecord> records;
  std::vector<ChangedLink> links;
  bool cut = false;
  std::uint32_t model_version = 0;  // at the commit
};
struct WatchRequest {
  // Commits after this one; nullopt: from now on.
  std::optional<std::uint64_t> after = std::nullopt;
  // Only commits that change such records or links, and of these only such changes
  // (CompareRequest).
  std::string class_name = {}, key_prefix = {}, type_name = {};
};
struct WatchStep {
  const WatchEvent* event = nullptr;  // nullptr: a heartbeat. Valid during the visit
  // Nothing that was asked for is missing up to this commit: `after` of a watch that goes on here.
  std::uint64_t position = 0;
};
struct StatusReport {
  std::string server, store_id;
  std::uint64_t newest_commit = 0;
  Timestamp newest_time;
  std::uint64_t records = 0, links = 0, uptime_ms = 0, requests = 0;
  std::uint64_t topology_bytes = 0, directory_bytes = 0, resident_bytes = 0;
  std::uint64_t index_lag = 0;                  // commits that some index has not taken in yet
  Timestamp scrub_finished = kBeginningOfTime;  // the last whole round of the scrubber; none yet
  std::uint64_t scrub_findings = 0;             // what it found wrong
  std::uint64_t notifications_waiting = 0, notifications_failed = 0;  // the latter were given up
  std::uint32_t model_version = 0, format_version = 0, connections = 0;
};
enum class IndexOrigin : std::uint8_t { kModel = 0, kAdministrator = 1, kDropped = 2 };
struct IndexInfo {
  std::string name;  // of the attribute, or "full-text"
  IndexOrigin origin = IndexOrigin::kModel;
  bool building = false;
  std::uint64_t whole_to = 0;  // everything up to this commit is in it
  std::uint64_t lag = 0;       // commits that are not in it yet
  std::uint64_t records_done = 0, records_total = 0;
  std::uint64_t bytes = 0;  // on disk, roughly
};
enum class ScrubAction : std::uint8_t { kShow = 0, kStart = 1, kPause = 2, kResume = 3 };
enum class ScrubState : std::uint8_t { kOff = 1, kWaiting = 2, kRunning = 3, kPaused = 4 };
struct ScrubFinding {
  Timestamp time;
  std::string what;
};
struct ScrubStatus {
  ScrubState state = ScrubState::kOff;  // kOff: reads only when asked to
  std::int64_t period_seconds = 0;
  Timestamp begun = kBeginningOfTime;             // the round under way, or the last one; none yet
  std::uint64_t bytes_done = 0, bytes_total = 0;  // of the round under way
  Timestamp finished = kBeginningOfTime;          // the last whole round; none yet
  std::uint64_t finished_bytes = 0;
  Timestamp next = kEndOfTime;         // when a round begins; never by itself
  std::uint64_t finding_count = 0;     // of the last whole round and the one under way
  std::vector<ScrubFinding> findings;  // the first of them
};
struct TokenInfo {
  std::string name, role;
  Timestamp created, expires;
  // Names of classes: only records of these and of those below them are shown; empty: all.
  std::vector<std::string> classes;
};
struct NewToken {
  std::string token;  // secret; shown once
  TokenInfo info;
};
struct BackupProgress {
  std::uint64_t bytes_done = 0, bytes_total = 0;
};
struct BackupReport {
  std::uint32_t number = 0;  // in its folder
  Timestamp created;         // no commit up to then is missing
  std::uint64_t commit = 0;  // the newest that is in it
  Timestamp commit_time;
  std::string hash;  // of the commit, 32 bytes
  std::uint64_t files = 0, bytes = 0;
  std::uint64_t files_copied = 0, bytes_copied = 0;  // the others were there already
  std::uint32_t backups_removed = 0;
};
struct HistoryProgress {
  std::uint64_t commit = 0, newest = 0;  // how far it is, how far it will go
};
struct ImportedHistory {
  std::uint64_t newest = 0;                      // of the store, now
  std::uint64_t commits = 0, commits_there = 0;  // taken over; there already
  std::uint64_t record_versions = 0, link_changes = 0, baselines = 0;
};
// What changes from one version of the model to the next.
enum class ChangeSafety : std::uint8_t { kSafe = 1, kChecked = 2, kNever = 3 };
struct ModelChange {
  ChangeSafety safety = ChangeSafety::kSafe;
  std::string what;     // "added", "changed", "renamed", "retired", "restored", "removed"
  std::string subject;  // "attribute Server.port"
  std::string detail;   // "minimum 0 -> 1"
};
// What is stored and would not fit the new model.
struct ModelFinding {
  std::string key;
  std::string class_name;
  std::string subject;  // attribute or relationship type; empty: the record as such
  std::string value;    // of a link, the key of its target
  std::string problem;
};
struct ModelFile {
  std::string name;  // for messages
  std::string text;  // YAML
};
enum class ModelOutcome : std::uint8_t { kUnchanged = 1, kFits = 2, kApplied = 3, kRefused = 4 };
struct ModelApplied {
  ModelOutcome outcome = ModelOutcome::kUnchanged;
  std::uint32_t version = 0;  // in force now
  std::uint64_t commit = 0;   // kApplied
  Timestamp time;             // likewise
  std::vector<ModelChange> changes;
  std::vector<ModelFinding> findings;  // the first 1,000
  std::uint64_t finding_count = 0;
};
struct ModelVersion {
  std::uint32_t version = 0;
  std::string hash;              // hex
  std::optional<Commit> commit;  // that brought it; nullopt: it came with the store
};
struct ModelText {
  std::uint32_t version = 0;
  std::string text;  // YAML that can be edited and applied
  std::uint32_t base_version = 0;
  std::vector<ModelChange> changes;  // from the base to it
};
struct EraseRequest {
  std::string key;
  std::vector<std::string> attributes = {};  // empty: all values of a record that has ended
  std::string reason = {}, cause = {};
};
struct EraseResult {
  std::uint64_t commit = 0;  // 0: no version and no plan had such values
  Timestamp time;
  std::uint64_t versions = 0;    // that lost something
  std::uint64_t plan_steps = 0;  // likewise
};
struct Baseline {
  std::string name;
  View view;
  std::string description;
  std::string creator = {};  // both empty in baselines of an early version
  Timestamp created = kBeginningOfTime;
};

enum class PlanState : std::uint8_t { kOpen = 1, kMerged = 2 };
struct PlanInfo {
  std::string name;
  std::uint64_t number = 0;
  std::string description, actor, cause;
  Timestamp created;
  std::uint64_t base = 0;  // the commit it builds on
  PlanState state = PlanState::kOpen;
  std::uint32_t steps = 0;
  std::uint64_t edits = 0;                    // records and links named in the steps
  std::uint64_t merged_from = 0, merged = 0;  // first and last commit that carried it out
  std::string merged_by;
};
struct PlanStep {
  std::uint32_t number = 0;
  std::uint64_t known = 0;  // the newest commit when it was made
  Timestamp time;
  std::string actor, reason, cause, source;
  std::uint32_t records_put = 0, records_ended = 0, links_put = 0, links_ended = 0;
};
struct PlanSteps {
  PlanInfo plan;
  std::vector<PlanStep> steps;
};
// As in protocol/schema/plans.fbs: 1 to 4 are about both sides, the others about the model's rules.
enum class ConflictKind : std::uint8_t {
  kAttribute = 1,
  kEndedInMain = 2,
  kEndedInPlan = 3,
  kCreatedTwice = 4,
  kUniqueValue = 5,
  kCardinality = 6,
  kLinkEndMissing = 7,
  kRule = 8,
  kCapacity = 9,
  kPlace = 10,
};
struct Conflict {
  ConflictKind kind = ConflictKind::kRule;
  std::string key;               // the record, or the source of the link
  std::string attribute;         // its name; of a link: the relationship type
  std::string other;             // the holder of the value, or the target of the link
  std::string planned, present;  // the values of both sides, as text for people
  std::string message;
  std::uint32_t step = 0;  // the plan's side; 0 in a revert
  std::string step_actor;
  std::uint64_t commit = 0;  // the other side; 0: none
  std::string commit_actor;
};
// Whose side counts where both changed the same.
enum class Take : std::uint8_t { kNeither = 0, kPlan = 1, kMain = 2 };
struct PlanEdited {
  PlanInfo plan;
  WriteCounts counts;  // of this step; commit is 0
};
struct PlannedRecord {
  std::string key;
  std::optional<RecordVersion> base, present, planned;
};
struct PlannedLink {
  std::string source;
  RelationshipTypeNumber type;
  std::string target;
  bool added = false;    // else it ends
  bool pending = false;  // the present does not have it so yet
};
struct PlanDiff {
  PlanInfo plan;
  std::vector<PlannedRecord> records;
  std::vector<PlannedLink> links;
  std::uint64_t record_count = 0, link_count = 0;  // of all, listed or not
  std::vector<Conflict> conflicts;
};
struct MergeOptions {
  Provenance provenance = {};  // reason and cause: the plan's when empty
  Take take = Take::kNeither;
  bool keep_steps = false;
};
struct MergeOutcome {
  PlanInfo plan;                    // not of a revert
  std::vector<Conflict> conflicts;  // with any, nothing was written
  std::vector<WriteCounts> commits;
};

}  // namespace kosei::client
