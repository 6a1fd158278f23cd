// Processes: records that are opened, taken on by the transitions of their life cycles, and looked
// at (docs/processes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/time.h"
#include "kosei/language/packstream.h"

namespace kosei::client {

// Between the record and another one.
struct ProcessLink {
  std::string type;
  std::string other;      // key; empty: the person who asks
  bool incoming = false;  // it leads from the other one
};

// Attributes and inputs by name; text as people write it will do for every type.
struct ProcessNew {
  std::string class_name;
  language::PackedMap attributes = {};
  std::vector<ProcessLink> links = {};
  std::string reason = {};
  std::string template_key = {};  // of a RecordTemplate; empty: none
};

struct ProcessStep {
  std::string key;
  std::string event = {};  // empty: attributes and links are changed, and the state stays
  language::PackedMap attributes = {};  // null takes a value away
  language::PackedMap inputs = {};
  std::vector<ProcessLink> links = {};
  std::vector<ProcessLink> end_links = {};
  // Optimistic locking: the commit with which the version began that was seen.
  std::optional<std::uint64_t> expected_begin = {};
  std::string reason = {};
};

struct ProcessNote {
  std::string key;
  std::string text;
  bool work = false;  // an entry of the work log; otherwise a comment
  std::uint32_t minutes = 0;
  bool is_public = false;  // customers see it as well
};

// In the approval of a record that is open.
struct ProcessVote {
  std::string key;  // of the record
  bool reject = false;
  std::string comment = {};
  std::string on_behalf_of = {};  // key of a person; empty: for oneself
  std::string policy = {};        // when several are open; empty: the newest
  std::string step = {};          // empty: the first that takes the vote
};

// What stands in the way, in both languages.
struct ProcessRefusal {
  std::uint8_t kind = 0;  // docs/protocol.md
  std::string name;       // of the attribute, input, guard; of the roles
  std::string en, ja;     // what would satisfy it
};

// With refusals nothing was done.
struct ProcessOutcome {
  std::string key, event;
  std::string from, to;  // states
  std::vector<ProcessRefusal> refusals;
  std::vector<std::string> created;   // keys of records that came along
  std::vector<std::string> followed;  // transitions that the system made behind it
  std::uint64_t commit = 0;           // 0: nothing changed
  Timestamp time;
  bool done() const { return refusals.empty(); }
};

struct ProcessEvent {
  std::string name, en, ja, to;
  bool automatic = false;  // the system does it
  bool allowed = false;    // once what it needs is given
  std::vector<ProcessRefusal> needs, refusals;
};
// An approval that is open, or was decided last.
struct ProcessApprovalStep {
  std::string name, en, ja;
  std::string state;  // "open", "approved", ...
  std::uint32_t needed = 0, approvals = 0, rejections = 0;
  std::vector<std::string> asked;  // keys of those whose vote is still wanted
};
struct ProcessApproval {
  std::string key, policy, state;
  std::vector<ProcessApprovalStep> steps;
};
struct ProcessOutlook {
  std::string key, class_name, life_cycle;
  std::uint32_t version = 0;
  std::string state, state_en, state_ja;
  std::uint64_t begin = 0;
  std::vector<ProcessEvent> events;
  std::vector<ProcessApproval> approvals;  // of each policy the newest
};

enum class ClockTarget : std::uint8_t {
  kNone = 0,
  kRespond = 1,  // up to the first answer
  kResolve = 2,  // up to the resolution
};
std::string_view NameOf(ClockTarget target);  // "respond"

struct ProcessClockQuestion {
  std::string key;
  std::optional<Timestamp> at = {};  // nothing: now
  // A target to explain; without it nothing is explained.
  std::string agreement = {};
  ClockTarget target = ClockTarget::kNone;
};

enum class ClockVerdict : std::uint8_t {
  kNoTarget = 1,    // the agreement gives none for this priority and type
  kNotStarted = 2,  // its party has not had the record yet
  kRunning = 3,
  kPaused = 4,
  kMet = 5,
  kMissed = 6,
  kMetLate = 7,
  kError = 8,
};

struct ProcessWarning {
  std::uint8_t percent = 0;
  std::optional<Timestamp> at;  // nothing: paused, so that nobody knows yet
  bool reached = false;
};
// Durations are microseconds.
struct ProcessTarget {
  std::string agreement;
  std::uint8_t level = 1;  // 1 of a customer, 2 internal, 3 of a supplier
  std::string party;       // of a nested agreement
  ClockTarget target = ClockTarget::kNone;
  ClockVerdict verdict = ClockVerdict::kNoTarget;
  std::string verdict_name, verdict_en, verdict_ja;
  std::string calendar, priority;
  std::int64_t given = 0, counted = 0;
  std::int64_t remaining = 0;           // negative when more was counted than is given
  std::int64_t percent_hundredths = 0;  // rounded down
  std::optional<Timestamp> started, stopped;
  std::optional<Timestamp> deadline;  // nothing while it is paused
  std::vector<ProcessWarning> warnings;
  std::string error;  // of kError: the reason and how to mend it
};
struct ProcessInterval {
  Timestamp from, to;
  std::string state, party;
  bool counted = false;
  std::uint8_t reason = 0;  // docs/protocol.md
  std::string en, ja;       // why
};
struct ProcessShare {
  std::string party;  // empty: nobody had it
  std::int64_t counted = 0;
};
struct ProcessExplanation {
  ProcessTarget target;
  std::vector<ProcessInterval> intervals;  // without a gap
  std::vector<ProcessShare> parties;       // adds up to target.counted
  // Granted pauses: of the customer, the supplier, the provider, a planned change.
  std::vector<std::int64_t> paused;
};
struct ProcessClock {
  std::string key;
  Timestamp at;
  std::vector<ProcessTarget> targets;  // empty: no agreement governs the record
  std::optional<ProcessExplanation> explanation;
};

// What the graph suggests for a record, or a record that is missing.
struct ProcessSuggestion {
  std::string definition, en, ja;
  std::string link;            // the relationship type by which it is taken up
  std::string opens;           // the class of the record that is missing
  std::string key, name, why;  // of what is suggested
  std::vector<std::pair<std::string, std::string>> attributes;  // of the record that is missing
};

struct ProcessFile {
  std::string name;
  std::string text;  // YAML
};

// Verdicts on time under other calendars and agreements: with files, what would be if these were in
// force in place of those of the same names; without, what was as of a commit, beside what is.
struct ClockReviewRequest {
  std::vector<ProcessFile> files = {};
  std::uint64_t since = 0;                // commit; counts without files alone
  std::vector<std::string> classes = {};  // of the records; empty: all
  Timestamp from = kBeginningOfTime;      // opened in [from, to)
  Timestamp to = kEndOfTime;
  std::optional<Timestamp> at = {};  // of the verdicts; nothing: now
  std::string after = {};            // `next` of the page before
  std::uint32_t limit = 1'000;       // records
};
struct VerdictFlip {
  std::string key, agreement;
  ClockTarget target = ClockTarget::kResolve;
  std::string before, before_en, before_ja;
  std::string after, after_en, after_ja;
  std::optional<Timestamp> due_before, due_after;
};
struct ClockReview {
  std::vector<VerdictFlip> flips;    // in the order in which the records came
  std::uint32_t looked_at = 0;       // records
  std::vector<std::string> retired;  // keys of records whose history is not kept any more
  std::string next;                  // where to go on; empty: that was all
  Timestamp at;
};
struct ProcessCounts {
  std::uint32_t life_cycles = 0, tables = 0, policies = 0, roles = 0;
};

}  // namespace kosei::client
