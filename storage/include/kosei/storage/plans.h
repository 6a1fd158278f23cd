// Plans: named futures. A plan holds edits on top of the committed graph and nothing else: opening
// one costs a row, keeping one costs what it changes. Because edits are deltas they apply in any
// View: `ViewName::plan` shows the graph with them carried out. A plan is edited in steps, each
// checked by the rules of a commit, compared with what was committed meanwhile (three ways: as it
// was when the edit was made, as planned, as it is), and merged as one commit or one a step.
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/storage/reader.h"
#include "kosei/storage/writer.h"

namespace kosei::storage {

// Stored: never renumber.
enum class PlanState : std::uint8_t { kOpen = 1, kMerged = 2 };

struct PlanInfo {
  PlanNumber number;
  std::string name;
  std::string description;
  std::string actor;  // who opened it
  std::string cause;  // key of the change it serves; its merge carries it
  Timestamp created;
  // What the plan builds on: an edit is compared with the commit it was made on or this one,
  // whichever is newer. The newest commit at the opening and at each rebase.
  CommitNumber base;
  PlanState state = PlanState::kOpen;
  std::uint32_t steps = 0;
  std::uint64_t edits = 0;  // records and links named in its steps
  // kMerged: the first and the last commit that carried it out. When everything was there already
  // there is none: merged is what was newest then, and merged_from the one after.
  CommitNumber merged_from;
  CommitNumber merged;
  std::string merged_by;
};

// One edit of a plan, checked and in canonical form. A put of class 0 changes a record that was
// there; one with a class creates it.
struct PlanStep {
  std::uint32_t number = 0;  // from 1 on
  CommitNumber known;        // the newest commit when it was made
  Timestamp time;
  Transaction edits;
};

// On the wire: never renumber.
enum class ConflictKind : std::uint8_t {
  kAttribute = 1,       // changed on both sides, to different values
  kEndedInMain = 2,     // the plan changes what has been ended
  kEndedInPlan = 3,     // the plan ends what has been changed, or linked
  kCreatedTwice = 4,    // created on both sides as different things
  kUniqueValue = 5,     // two records would hold a value that is unique
  kCardinality = 6,     // an end would have two links of a type that allows one
  kLinkEndMissing = 7,  // a link or reference would lead nowhere
  kRule = 8,            // any other rule of the model
  kCapacity = 9,        // the sources of a target would need more than it has
  kPlace = 10,          // two sources of a target would be at the same place
};

// Why a plan cannot be carried out as it is. Both sides are named: the plan's step and who made it,
// the commit on the other side and who made that.
struct Conflict {
  ConflictKind kind = ConflictKind::kRule;
  std::string key;  // the record, or the source of the link
  // kAttribute, kUniqueValue: its name; kCapacity: the load's; kPlace: the position's; links: the
  // relationship type
  std::string attribute;
  // The other record: the holder of the value or place, the target of the link, the one that is
  // overloaded.
  std::string other;
  std::string planned;  // the value on each side, as text for people; empty: none
  std::string present;
  std::string message;  // the whole in a sentence
  std::uint32_t step = 0;
  std::string step_actor;
  CommitNumber commit;  // kNoCommit: nothing was committed meanwhile that it contradicts
  std::string commit_actor;
};

// Whose side counts where both changed the same attribute, or one changed what the other ended.
// kPlan also takes what would be overloaded, or at a place that is taken.
enum class Take : std::uint8_t { kNeither = 0, kPlan = 1, kMain = 2 };

struct PlanEdited {
  PlanInfo plan;
  CommitResult counts;  // of this step; commit stays kNoCommit
};

struct MergeOptions {
  Provenance provenance;  // reason and cause: the plan's when empty
  Take take = Take::kNeither;
  bool keep_steps = false;  // one commit a step, all or none; otherwise one for the whole
};

struct MergeOutcome {
  PlanInfo plan;
  std::vector<Conflict> conflicts;  // all that there are; with any, nothing was written
  std::vector<CommitResult> commits;
};

// One record that a plan changes, in its three states. Empty bytes: it is not there.
struct PlannedRecord {
  RecordId id;
  RecordVersion base;
  RecordVersion present;
  RecordVersion planned;
};
struct PlannedLink {
  RecordId source;
  RelationshipTypeNumber type;
  RecordId target;
  bool added = false;    // else it ends
  bool pending = false;  // the present does not have it so yet
};
struct PlanDiff {
  PlanInfo plan;
  std::vector<PlannedRecord> records;  // ascending by id, at most `limit`
  std::vector<PlannedLink> links;      // ascending by source, type, target, at most `limit`
  std::uint64_t record_count = 0;      // of all
  std::uint64_t link_count = 0;
  std::vector<Conflict> conflicts;  // what a merge now would meet
};

class Plans {
 public:
  virtual ~Plans() = default;

  // kAlreadyExists when the name is taken, kInvalidText, kInvalidArgument.
  virtual absl::StatusOr<PlanInfo> Open(std::string_view name, std::string_view description,
                                        const Provenance& provenance) = 0;
  // One step, all or nothing, judged by the rules of a commit against the newest commit with the
  // plan on top. What would change nothing is left out; an edit without effect is no step.
  virtual absl::StatusOr<PlanEdited> Edit(std::string_view name, Transaction edits) = 0;
  // In order of name.
  virtual std::vector<PlanInfo> List() const = 0;
  virtual absl::StatusOr<PlanInfo> Find(std::string_view name) const = 0;
  // The name of the plan that a commit carries out (CommitInfo::plan); empty when there is none.
  virtual std::string NameOf(PlanNumber number) const = 0;
  virtual absl::StatusOr<std::vector<PlanStep>> Steps(std::string_view name) const = 0;
  virtual absl::StatusOr<PlanDiff> Diff(std::string_view name, std::size_t limit) = 0;
  // The newest commit becomes the base, unless both sides changed the same (these conflicts are
  // answered and the base stays, but for Take::kPlan). Other conflicts are answered, too.
  virtual absl::StatusOr<MergeOutcome> Rebase(std::string_view name, Take take) = 0;
  virtual absl::StatusOr<MergeOutcome> Merge(std::string_view name,
                                             const MergeOptions& options) = 0;
  // Of an open plan: it is gone, and its name is free.
  virtual absl::Status Drop(std::string_view name) = 0;
  // A new commit that takes back what `commit` did, compared like a plan with what came after.
  virtual absl::StatusOr<MergeOutcome> Revert(CommitNumber commit, const MergeOptions& options) = 0;
};

}  // namespace kosei::storage
