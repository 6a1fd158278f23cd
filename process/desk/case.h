// A case: one call of the desk from its beginning to its answer. It holds the record and those
// linked to it, judges the transition on one View, writes it, and follows with what the system does
// on its own.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "desk/asking.h"
#include "desk/case_locks.h"
#include "desk/draft.h"
#include "desk/numbers.h"
#include "desk/people.h"
#include "desk/timers.h"
#include "kosei/process/approval.h"
#include "kosei/process/desk.h"

namespace kosei::process {

// What all cases of a desk share. Outlives them.
struct DeskParts {
  const storage::Reader& reader;
  storage::Writer& writer;
  query::StatementRunner& statements;
  const DeskOptions options;
  Numbers numbers;
  CaseLocks locks;
  Accounts accounts;
  Timers* timers = nullptr;
};

// A record as it is in a View.
struct FoundRecord {
  const model::Class* owner = nullptr;
  const LifeCycle* life_cycle = nullptr;
  CommitNumber begin;
  language::DatumMap attributes;
  std::string state;
};

// kNotFound; kInvalidArgument when it is not a record of a process, or has no life cycle.
absl::StatusOr<FoundRecord> FindRecord(const DeskParts& parts, const Definitions& definitions,
                                       const storage::View& view, std::string_view key);

// Since when a record with these attributes has been in its state.
Timestamp SinceIn(const language::DatumMap& attributes);

// The record, and those linked to it that have a life cycle.
absl::StatusOr<std::vector<std::string>> KeysOfCase(const DeskParts& parts,
                                                    const Definitions& definitions,
                                                    std::string_view key);

// Where a record stands in its life, as far as it goes on by itself.
struct Position {
  const LifeCycle* life_cycle = nullptr;
  std::string state;
  Timestamp since = {};
};

struct KeptApproval;

class Case : public std::enable_shared_from_this<Case> {
 public:
  Case(DeskParts& parts, std::shared_ptr<const Definitions> definitions, Caller caller,
       Desk::Done done)
      : parts_(parts),
        definitions_(std::move(definitions)),
        caller_(std::move(caller)),
        done_(std::move(done)) {}

  // A transition of the system's own. When it is not possible any more, nothing happens.
  void DoBySystem(Change change);
  // Each answers once, and is called once.
  void New(NewRecord record);
  void Do(Change change);
  void Add(Entry entry);
  void Cast(BallotPaper paper);
  // An approval of the record may have run out of time.
  void ExpireApproval(std::string record);

 private:
  using Tickets = std::vector<std::unique_ptr<Numbers::Ticket>>;

  // Work that is written as one commit.
  struct Written {
    storage::Transaction transaction;
    Tickets tickets;
    std::vector<std::pair<std::string, std::string>> fired;  // key, event: behind it
    bool notifies = false;                                   // somebody is to be told
  };

  absl::StatusOr<Written> Opened(const NewRecord& record);
  absl::StatusOr<Written> Stepped(const Change& change, bool by_system);
  absl::StatusOr<Written> Edited(const Change& change, const FoundRecord& found,
                                 const Actor& actor);
  absl::StatusOr<Written> Noted(const Entry& entry);
  absl::StatusOr<Written> Voted(const BallotPaper& paper);
  absl::StatusOr<Written> Expired();
  absl::Status PutVote(const KeptApproval& approval, const Vote& vote, Draft& draft);
  // `after`: what the step changes of the record; `inputs`: what was given to it besides.
  absl::Status CarryOut(const FoundRecord& found, const Step& step, const language::DatumMap& after,
                        const language::DatumMap& inputs, const Actor& actor, Draft& draft,
                        Written& written);
  absl::Status Create(const PlannedEffect& effect, const Actor& actor, Draft& draft,
                      Written& written);
  // What a step does before it is written: with the plan that the record owns, and baselines. Adds
  // to the attributes; what stands in the way is told in the outcome.
  absl::Status WorkBefore(const FoundRecord& found, const Step& step, const Actor& actor,
                          const storage::View& view, language::DatumMap& attributes);
  absl::Status WorkOnPlan(const PlannedEffect& effect, const Actor& actor,
                          language::DatumMap& attributes, const language::DatumMap& before);
  absl::Status KeepBaseline(const PlannedEffect& effect, const Actor& actor,
                            const storage::View& view, language::DatumMap& attributes);
  absl::Status Notify(const PlannedEffect& effect, const Actor& actor,
                      const language::DatumMap& facts, const language::DatumMap& inputs,
                      Draft& draft, std::size_t number);
  // `after`: what the step changes of the record.
  absl::Status ChangeApprovals(const PlannedEffect& effect, const FoundRecord& found,
                               const language::DatumMap& after, const Actor& actor, Draft& draft);
  static std::string StepFor(const ApprovalPolicyDefinition& policy, const KeptApproval& approval,
                             const People& people, Vote vote, const ApprovalStatus& status);
  absl::StatusOr<Question> QuestionOf(const Asking& asking, const FoundRecord& found,
                                      const Change& change, Actor actor);
  absl::Status ApplyChange(const FoundRecord& found, const Change& change,
                           const language::DatumMap& attributes, Draft& draft);

  void Hold(std::vector<std::string> keys, Change change, bool by_system, int tries);
  void DoHeld(Change change, bool by_system, int tries);
  void Write(absl::StatusOr<Written> written, std::function<void(absl::Status)> then);
  // The record is in this state with the commit that `changes` it.
  void Place(const FoundRecord& found, std::string state, const language::DatumMap& changes);
  void SetTimers();
  void Follow();
  // The transition that the system makes now; empty: none.
  absl::StatusOr<std::string> NextBySystem();
  void Fire();
  void LookAgain();
  void Finish(absl::Status status);

  Asking AskingNow() const;

  DeskParts& parts_;
  const std::shared_ptr<const Definitions> definitions_;
  const Caller caller_;
  const Desk::Done done_;
  std::shared_ptr<CaseLocks::Hold> hold_;
  Outcome outcome_;
  std::vector<std::pair<std::string, std::string>> to_fire_;
  Position position_;  // of the record, behind what was written
  std::vector<std::pair<std::string, TimedEvent>> created_timers_;  // of those that came along
  std::vector<std::string> signals_;  // that the record has not heard of yet
  bool decided_before_ = false;       // the approval that was voted on
};

}  // namespace kosei::process
