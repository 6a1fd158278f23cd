// Desk: where processes are carried out. It opens records, takes them on by the transitions of
// their life cycles, and answers what could be done next and why not. Every call is one commit, or
// nothing; what may not be done is answered with all that stands in the way.
//
// A transition is judged on one View: the newest one at that time. The record and the process
// records that are linked to it are changed by nobody else until it is written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/language/datum.h"
#include "kosei/process/approval.h"
#include "kosei/process/assessment.h"
#include "kosei/process/clock_review.h"
#include "kosei/process/control.h"
#include "kosei/process/definitions.h"
#include "kosei/process/life_cycle.h"
#include "kosei/process/plan_work.h"
#include "kosei/process/service_clock.h"
#include "kosei/process/store_calendar.h"
#include "kosei/process/suggestion.h"
#include "kosei/query/statement.h"
#include "kosei/storage/plans.h"
#include "kosei/storage/reader.h"
#include "kosei/storage/writer.h"

namespace kosei::process {

// Who asks: the account that was authenticated. The record of a person whose `login` it is says
// which roles it has; an administrator has all of them.
struct Caller {
  std::string account;
  bool is_administrator = false;
};

// A link between the record and another one.
struct RecordLink {
  std::string type;
  std::string other;      // key; empty: the person who asks
  bool incoming = false;  // it leads from the other one
};

struct NewRecord {
  std::string class_name = {};
  language::DatumMap attributes = {};  // by name; text as people write it will do
  std::vector<RecordLink> links = {};
  std::string reason = {};
  // Key of a RecordTemplate that gives what is not given here, and tasks; empty: none.
  std::string template_key = {};
};

struct Change {
  std::string key;
  // The transition; empty: attributes and links are changed, and the state stays.
  std::string event = {};
  language::DatumMap attributes = {};  // that change along with it; null takes a value away
  language::DatumMap inputs = {};
  std::vector<RecordLink> links = {};
  std::vector<RecordLink> end_links = {};
  // Optimistic locking: the commit with which the version began that the caller has seen.
  std::optional<CommitNumber> expected_begin = {};
  std::string reason = {};
  // The desk keeps what it has worked out: nobody needs the right to edit the record for that.
  bool kept_by_desk = false;
};

// A comment or an entry of the work log.
struct Entry {
  std::string key;  // of the record
  std::string text = {};
  bool work = false;         // an entry of the work log
  std::int64_t minutes = 0;  // of work
  bool is_public = false;    // customers see it as well
};

// A vote in the approval of a record that is open.
struct BallotPaper {
  std::string key;  // of the record
  Ballot ballot = Ballot::kApprove;
  std::string comment = {};
  std::string on_behalf_of = {};  // key of a person; empty: for oneself
  std::string policy = {};        // when several are open; empty: the newest
  std::string step = {};          // empty: the first that takes the vote
};

// What was done. With refusals nothing was.
struct Outcome {
  std::string key;
  std::string event = {};
  std::string from;  // empty: it was opened
  std::string to;
  std::vector<Refusal> refusals;
  std::vector<std::string> created;  // keys of records that came along with it
  // Transitions that the system made on its own behind it, in order.
  std::vector<std::string> followed;
  CommitNumber commit;  // the last one; kNoCommit: nothing changed
  Timestamp time;
  bool done() const { return refusals.empty(); }
};

// Where an approval of a record stands.
struct ApprovalOutlook {
  std::string key;
  std::string policy;
  std::string state;  // "open"
  struct Step {
    std::string name;
    Label label;
    std::string state;
    std::size_t needed = 0, approvals = 0, rejections = 0;
    std::vector<std::string> asked;  // keys of those whose vote is still wanted
  };
  std::vector<Step> steps;
};

// A record as somebody sees it who is about to do something.
struct RecordOutlook {
  std::string key;
  std::string class_name = {};
  std::string life_cycle;
  std::uint32_t version = 0;  // of the life cycle
  std::string state;
  Label state_label;
  CommitNumber begin;
  std::vector<Outlook> events;
  std::vector<ApprovalOutlook> approvals =
      {};  // of each policy the newest, but none that is replaced
};

struct DeskOptions {
  const Clock* clock = nullptr;     // must outlive the desk
  storage::Plans* plans = nullptr;  // likewise; null: records own none
  // Runs work soon, on another thread or this one, but never within the call.
  std::function<void(std::function<void()>)> run;
  std::string time_zone = "Z";  // of date-times in expressions
  // Called when notifications have been written, on the committer's thread: it must not block.
  std::function<void()> notified = {};
  // In force while the store has none of its own; the first record that is opened makes them so.
  std::vector<DefinitionFile> shipped = {};
  // Whether what is due is done as its time comes, by a thread of the desk's own; otherwise by
  // RunDue() alone.
  bool own_thread = true;
};

// What somebody does with the plan that a record owns.
struct PlanOrder {
  std::string key;  // of the record
  PlanDeed deed = PlanDeed::kCompare;
  storage::Take take = storage::Take::kNeither;  // kMerge, kTakeBack: whose side counts
};

// What is done to a plan by its name, past the record that owns it.
enum class PlanUse : std::uint8_t { kEdit = 1, kRebase = 2, kMerge = 3, kDrop = 4 };

// Thread-safe.
class Desk {
 public:
  using Done = std::function<void(absl::StatusOr<Outcome>)>;
  using Assessed = std::function<void(absl::StatusOr<Assessment>)>;
  using PlanDone = std::function<void(absl::StatusOr<PlanWork>)>;

  // With the definitions that the store has. All must outlive it.
  static std::unique_ptr<Desk> Open(const storage::Reader& reader, storage::Writer& writer,
                                    query::StatementRunner& statements, const DeskOptions& options);
  virtual ~Desk() = default;

  // Nothing that they do waits for the disk on the caller's thread, but reads may. `done` runs
  // once, on any thread.
  //
  // kUnknownClass, kAbstractClass; kInvalidArgument for a class that has no life cycle; what a
  // write gives (kRequiredMissing, kWrongType, kLinkEndMissing, ...).
  virtual void New(const Caller& caller, NewRecord record, Done done) = 0;
  // kNotFound; kInvalidArgument as above; kVersionConflict when it is not the version expected.
  virtual void Do(const Caller& caller, Change change, Done done) = 0;
  // kNotFound, kInvalidArgument.
  virtual void Add(const Caller& caller, Entry entry, Done done) = 0;

  // kNotFound, kInvalidArgument. Who may not vote is told in the refusals.
  virtual void Cast(const Caller& caller, BallotPaper paper, Done done) = 0;

  // What carrying the record out would do (assessment.h). With `keep` the answer is kept on the
  // record, as attributes of it, by a commit of its own.
  // kNotFound; kInvalidArgument for a class whose risk nothing defines; kUnknownPlan;
  // kGuardRefused when it is final, so that nothing can be kept; the errors of impact.
  virtual void Assess(const Caller& caller, std::string key, bool keep, Assessed done) = 0;

  // Works on the plan that the record owns. What the state does not allow, or the caller has no
  // role for, is kGuardRefused; kInvalidArgument when the record owns no plan, or, to open one,
  // when its class cannot own one; kAlreadyExists.
  virtual void WorkOnPlan(const Caller& caller, PlanOrder order, PlanDone done) = 0;

  // Whether the plan may be worked on by its name: always when no record owns it; otherwise when
  // the state of its owner allows it. kGuardRefused.
  virtual absl::Status MayUsePlan(const Caller& caller, std::string_view plan, PlanUse use) = 0;

  // What was changed of items under control without a change, in the commits from `from` on
  // (control.h); at most `limit`, and then where to go on. kHistoryRetired.
  virtual absl::StatusOr<Intake> FindUnauthorised(CommitNumber from, std::size_t limit) = 0;

  // What is suggested for a record; with an empty key, which records of the class `opens` are
  // missing. kNotFound, kUnknownClass, the errors of statements.
  virtual absl::StatusOr<std::vector<Suggestion>> Suggest(std::string_view key,
                                                          std::string_view opens) = 0;

  // The same, waiting.
  absl::StatusOr<Assessment> Assess(const Caller& caller, std::string key, bool keep);
  absl::StatusOr<PlanWork> WorkOnPlan(const Caller& caller, PlanOrder order);
  absl::StatusOr<Outcome> New(const Caller& caller, NewRecord record);
  absl::StatusOr<Outcome> Do(const Caller& caller, Change change);
  absl::StatusOr<Outcome> Add(const Caller& caller, Entry entry);
  absl::StatusOr<Outcome> Cast(const Caller& caller, BallotPaper paper);

  virtual absl::StatusOr<RecordOutlook> Look(const Caller& caller, std::string_view key) = 0;

  // How the record stands against the agreement that governs it: all its targets at an instant
  // (nothing: now; one to come: if nothing more happened), as JudgeTicket gives them. What happened
  // is what is known of it today, and agreements and calendars are those of today, so that a
  // mistake that was mended is mended for the past too. The agreement is the one that the record's
  // service had when the record was opened: a link with the role agreement from a service that it
  // `concerns` to a record whose key is the agreement's name. Without one it is the default for the
  // record's class; with neither the answer is empty, and so it is for an instant before the
  // opening.
  //
  // kNotFound; kInvalidArgument for a class without a life cycle and an instant that calendars do
  // not reckon with; kHistoryRetired when what happened is not kept any more.
  virtual absl::StatusOr<std::vector<TargetState>> Clock(std::string_view key,
                                                         std::optional<Timestamp> at) = 0;
  // Why one of them stands so. kNotFound as well when the agreement does not govern the record.
  virtual absl::StatusOr<Explanation> ExplainClock(std::string_view key, std::string_view agreement,
                                                   TargetKind kind,
                                                   std::optional<Timestamp> at) = 0;

  // Which verdicts a mended calendar or agreement changes, page by page.
  // kUnknownClass; kModelInvalid for files that are not sound beside those in force; kOutOfRange
  // for a commit that there is not; kInvalidArgument as for Clock.
  virtual absl::StatusOr<ClockReview> ReviewClocks(const ClockReviewQuestion& question) = 0;

  // What is planned, and what holds when: by beginning. kInvalidArgument for an empty span and for
  // a recurrence that cannot be read, naming its record; kOutOfRange for more than the limit.
  virtual absl::StatusOr<std::vector<CalendarItem>> Calendar(const CalendarQuestion& question) = 0;

  // Begins the transitions that are due now, the earliest first, at most so many. How many.
  virtual std::size_t RunDue(std::size_t at_most = SIZE_MAX) = 0;
  // Waits until what RunDue() began has ended, with all that followed. By no thread that `run` may
  // need for it.
  virtual void AwaitDue() = 0;
  // Nothing is begun by itself any more. For a server that stops: the store may go then, and the
  // desk after it.
  virtual void Stop() = 0;

  // The definitions in force; those of the model of the newest commit.
  virtual absl::StatusOr<std::shared_ptr<const Definitions>> definitions() = 0;
  // Checks the files and keeps them as records: those that changed get a new version, those that
  // are not among them end. kModelInvalid: nothing has changed.
  virtual absl::StatusOr<std::shared_ptr<const Definitions>> Define(
      const Caller& caller, std::vector<DefinitionFile> files) = 0;
};

}  // namespace kosei::process
