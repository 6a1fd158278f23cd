#include "kosei/process/desk.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_format.h"
#include "desk/approval_records.h"
#include "desk/assessment.h"
#include "desk/case.h"
#include "desk/clock_asking.h"
#include "desk/clock_review.h"
#include "desk/definition_records.h"
#include "desk/guards.h"
#include "desk/intake.h"
#include "desk/people.h"
#include "desk/plan_order.h"
#include "desk/store_calendar.h"
#include "desk/suggestions.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;

constexpr std::int64_t kTriedAgainMicros = 3'600'000'000;

absl::Status RefusalError(std::string_view key, const Outcome& outcome) {
  return MakeError(ErrorCode::kGuardRefused, absl::StrFormat("record %s: %s", std::string(key),
                                                             outcome.refusals.front().message.en));
}

// Waits for what `start` answers.
template <typename Answer = Outcome, typename Start>
absl::StatusOr<Answer> Await(Start&& start) {
  Notification finished;
  absl::StatusOr<Answer> answer = Answer();
  start([&](absl::StatusOr<Answer> outcome) {
    answer = std::move(outcome);
    finished.Notify();
  });
  finished.Wait();
  return answer;
}

class StoreDesk final : public Desk {
 public:
  StoreDesk(const storage::Reader& reader, storage::Writer& writer,
            query::StatementRunner& statements, const DeskOptions& options)
      : parts_{reader,          writer,          statements,
               options,         Numbers(reader), CaseLocks(options.run),
               Accounts(reader)} {
    timers_ = std::make_unique<Timers>(
        *parts_.options.clock, [this] { SetAllTimers(); },
        [this](const DueEntry& entry) { Fire(entry); }, parts_.options.own_thread);
    parts_.timers = timers_.get();
  }
  ~StoreDesk() override { timers_.reset(); }

  void New(const Caller& caller, NewRecord record, Done done) override {
    if (const auto one = Begin(caller, done)) one->New(std::move(record));
  }
  void Do(const Caller& caller, Change change, Done done) override {
    if (const auto one = Begin(caller, done)) one->Do(std::move(change));
  }
  void Add(const Caller& caller, Entry entry, Done done) override {
    if (const auto one = Begin(caller, done)) one->Add(std::move(entry));
  }

  void Cast(const Caller& caller, BallotPaper paper, Done done) override {
    if (const auto one = Begin(caller, done)) one->Cast(std::move(paper));
  }

  void Assess(const Caller& caller, std::string key, bool keep, Assessed done) override {
    const auto assess = [&]() -> absl::StatusOr<std::pair<Assessment, Change>> {
      KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
      const Asking asking = AskingNow();
      KOSEI_ASSIGN_OR_RETURN(const FoundRecord found,
                             FindRecord(parts_, *known, asking.view(), key));
      KOSEI_ASSIGN_OR_RETURN(Assessment assessment,
                             process::Assess(parts_, *known, asking, found, key));
      Change change;
      change.key = key;
      change.attributes = KeptOf(assessment, known->schema(), *found.owner);
      change.reason = "impact analysed";
      change.kept_by_desk = true;
      return std::pair(std::move(assessment), std::move(change));
    };
    absl::StatusOr<std::pair<Assessment, Change>> assessed = assess();
    if (!assessed.ok()) return done(assessed.status());
    if (!keep) return done(std::move(assessed->first));
    Do(caller, std::move(assessed->second),
       [done = std::move(done),
        assessment = std::move(assessed->first)](absl::StatusOr<Outcome> outcome) mutable {
         if (!outcome.ok()) return done(outcome.status());
         if (!outcome->done()) return done(RefusalError(assessment.key, *outcome));
         assessment.kept = outcome->commit;
         done(std::move(assessment));
       });
  }

  void WorkOnPlan(const Caller& caller, PlanOrder order, PlanDone done) override {
    parts_.locks.Acquire({order.key}, [this, caller, order, done = std::move(done)](auto hold) {
      absl::StatusOr<std::pair<PlanWork, Change>> worked = WorkHeld(caller, order);
      hold.reset();
      if (!worked.ok()) return done(worked.status());
      if (worked->second.key.empty()) return done(std::move(worked->first));
      Do(caller, std::move(worked->second),
         [done, key = order.key,
          work = std::move(worked->first)](const absl::StatusOr<Outcome>& outcome) {
           if (!outcome.ok()) return done(outcome.status());
           if (!outcome->done()) return done(RefusalError(key, *outcome));
           done(work);
         });
    });
  }

  absl::Status MayUsePlan(const Caller& caller, std::string_view plan, PlanUse use) override {
    KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
    return process::MayUsePlan(parts_, *known, AskingNow(), caller, plan, use);
  }

  absl::StatusOr<Intake> FindUnauthorised(CommitNumber from, std::size_t limit) override {
    KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
    return LookForUnauthorised(parts_, *known, AskingNow(), from, limit);
  }

  absl::StatusOr<std::vector<Suggestion>> Suggest(std::string_view key,
                                                  std::string_view opens) override {
    KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
    return process::Suggest(parts_, *known, AskingNow(), key, opens);
  }

  absl::StatusOr<RecordOutlook> Look(const Caller& caller, std::string_view key) override {
    KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
    const Asking asking = AskingNow();
    KOSEI_ASSIGN_OR_RETURN(const FoundRecord found, FindRecord(parts_, *known, asking.view(), key));
    KOSEI_ASSIGN_OR_RETURN(const Actor actor, ActorOf(asking, caller, *known, parts_.accounts));
    RecordOutlook outlook;
    outlook.key = key;
    outlook.class_name = found.owner->definition.name;
    outlook.life_cycle = found.life_cycle->definition().name;
    outlook.version = found.life_cycle->definition().version;
    outlook.state = found.state;
    if (const StateDefinition* const state = found.life_cycle->FindState(found.state))
      outlook.state_label = state->label;
    outlook.begin = found.begin;
    Question question;
    question.record_key = key;
    question.state = found.state;
    question.actor = actor;
    question.attributes = found.attributes;
    question.now = parts_.options.clock->Now();
    question.time_zone = parts_.options.time_zone;
    DeskGuards guards(parts_, *known, asking, key, question.attributes, actor);
    KOSEI_ASSIGN_OR_RETURN(outlook.events, found.life_cycle->PossibleEvents(question, guards));
    KOSEI_ASSIGN_OR_RETURN(outlook.approvals, ApprovalsAhead(parts_, *known, asking, key));
    return outlook;
  }

  absl::StatusOr<std::vector<CalendarItem>> Calendar(const CalendarQuestion& question) override {
    const Asking asking(parts_.statements, *parts_.options.clock,
                        question.view.value_or(parts_.reader.Newest()), parts_.options.time_zone);
    return CalendarOf(parts_, asking, question);
  }

  absl::StatusOr<std::vector<TargetState>> Clock(std::string_view key,
                                                 std::optional<Timestamp> at) override {
    KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
    KOSEI_ASSIGN_OR_RETURN(const Ticket ticket, TicketOfRecord(parts_, *known, key));
    return JudgeTicket(ticket, known->agreements(), at.value_or(parts_.options.clock->Now()));
  }

  absl::StatusOr<Explanation> ExplainClock(std::string_view key, std::string_view agreement,
                                           TargetKind kind, std::optional<Timestamp> at) override {
    KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
    KOSEI_ASSIGN_OR_RETURN(const Ticket ticket, TicketOfRecord(parts_, *known, key));
    return ExplainTarget(ticket, known->agreements(), agreement, kind,
                         at.value_or(parts_.options.clock->Now()));
  }

  absl::StatusOr<ClockReview> ReviewClocks(const ClockReviewQuestion& question) override {
    KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
    return Review(parts_, known, AskingNow(), question);
  }

  std::size_t RunDue(std::size_t at_most) override { return timers_->RunDue(at_most); }
  void AwaitDue() override {
    const MutexLock lock(mutex_);
    while (under_way_ > 0) ended_.Wait(mutex_);
  }
  void Stop() override { timers_->Stop(); }

  absl::StatusOr<std::shared_ptr<const Definitions>> definitions() override {
    const std::uint32_t model = parts_.reader.ModelVersionAt(parts_.reader.Newest().commit);
    {
      const MutexLock lock(mutex_);
      if (definitions_ != nullptr && model_ == model) return definitions_;
    }
    KOSEI_ASSIGN_OR_RETURN(std::vector<DefinitionFile> files, StoredFiles());
    const bool stored = !files.empty();
    if (!stored) files = parts_.options.shipped;
    KOSEI_ASSIGN_OR_RETURN(std::shared_ptr<const Definitions> loaded,
                           Definitions::Load(std::move(files), parts_.reader.schema()));
    const MutexLock lock(mutex_);
    definitions_ = std::move(loaded);
    model_ = model;
    stored_ = stored;
    return definitions_;
  }

  absl::StatusOr<std::shared_ptr<const Definitions>> Define(
      const Caller& caller, std::vector<DefinitionFile> files) override {
    if (!caller.is_administrator) {
      return MakeError(ErrorCode::kPermissionDenied,
                       "definitions of processes are changed by an administrator");
    }
    KOSEI_ASSIGN_OR_RETURN(std::shared_ptr<const Definitions> loaded,
                           Definitions::Load(files, parts_.reader.schema()));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<DefinitionFile> stored, StoredFiles());
    const model::Schema& schema = loaded->schema();
    KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, schema.GetClass(kDefinitionClass));
    Draft draft(schema, caller.account, "definitions of processes");
    std::map<std::string, std::string, std::less<>> before;
    for (const DefinitionFile& file : stored) before.emplace(file.name, file.text);
    for (const DefinitionFile& file : files) {
      const auto known = before.find(file.name);
      const bool same = known != before.end() && known->second == file.text;
      if (known != before.end()) before.erase(known);
      if (same) continue;
      KOSEI_RETURN_IF_ERROR(draft.Put(
          *owner, KeyOfDefinition(file.name),
          {{"name", Datum::String(file.name)}, {"text", Datum::String(file.text)}}, std::nullopt));
    }
    storage::Transaction transaction = draft.Take();
    for (const auto& [name, text] : before)
      transaction.end_records.push_back(
          {.key = KeyOfDefinition(name), .expected_begin = std::nullopt});
    KOSEI_RETURN_IF_ERROR(parts_.writer.Commit(std::move(transaction)).status());
    const MutexLock lock(mutex_);
    definitions_ = std::move(loaded);
    stored_ = true;
    model_ = parts_.reader.ModelVersionAt(parts_.reader.Newest().commit);
    return definitions_;
  }

 private:
  Asking AskingNow() const {
    return Asking(parts_.statements, *parts_.options.clock, parts_.reader.Newest(),
                  parts_.options.time_zone);
  }

  // What is done, and what of it is kept on the record; without a key nothing is.
  absl::StatusOr<std::pair<PlanWork, Change>> WorkHeld(const Caller& caller,
                                                       const PlanOrder& order) {
    KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const Definitions> known, definitions());
    const Asking asking = AskingNow();
    KOSEI_ASSIGN_OR_RETURN(const FoundRecord found,
                           FindRecord(parts_, *known, asking.view(), order.key));
    KOSEI_ASSIGN_OR_RETURN(const Actor actor, ActorOf(asking, caller, *known));
    KOSEI_ASSIGN_OR_RETURN(PlanWork work, CarryOut(parts_, *known, found, actor, order));
    return std::pair(std::move(work), KeptChange(parts_, found, order, work));
  }

  // nullptr: `done` has the error.
  std::shared_ptr<Case> Begin(const Caller& caller, const Done& done) {
    absl::StatusOr<std::shared_ptr<const Definitions>> known = definitions();
    if (known.ok() && !IsStored()) known = Define({"kosei", true}, (*known)->files());
    if (known.ok()) return std::make_shared<Case>(parts_, *std::move(known), caller, done);
    done(known.status());
    return nullptr;
  }

  void Fire(const DueEntry& entry) {
    {
      const MutexLock lock(mutex_);
      ++under_way_;
    }
    const auto known = definitions();
    if (!known.ok()) return EndDue(entry, false);
    const bool approval = entry.what.starts_with(kApprovalTimer);
    const auto one = std::make_shared<Case>(
        parts_, *known, Caller{"kosei", true},
        [this, entry, approval](const absl::StatusOr<Outcome>& outcome) {
          EndDue(entry, outcome.ok() && (approval || !outcome->followed.empty()));
        });
    if (approval) return one->ExpireApproval(entry.what.substr(kApprovalTimer.size()));
    Change change;
    change.key = entry.key;
    change.event = entry.what;
    change.reason = "due";
    one->DoBySystem(std::move(change));
  }

  void EndDue(const DueEntry& entry, bool done) {
    if (!done) SetAgain(entry);
    const MutexLock lock(mutex_);
    --under_way_;
    ended_.NotifyAll();
  }

  // What could not be done when it was due, as something stood in its way, is tried again: what
  // stands in the way may be another record, whose end nobody tells this one of.
  void SetAgain(const DueEntry& entry) {
    const Timestamp later{parts_.options.clock->Now().micros + kTriedAgainMicros};
    if (entry.what.starts_with(kApprovalTimer))
      return timers_->Set(entry.key, TimedEvent{later, entry.what});
    std::optional<TimedEvent> event;
    if (const auto known = definitions(); known.ok()) {
      const auto found = FindRecord(parts_, **known, parts_.reader.Newest(), entry.key);
      if (found.ok())
        event = TimedEventOf(**known, *found->life_cycle, found->state, SinceIn(found->attributes));
      if (event.has_value()) event->due = std::max(event->due, later);
    } else {
      event = TimedEvent{later, entry.what};
    }
    timers_->Set(entry.key, event);
  }

  void SetAllTimers() {
    const auto known = definitions();
    if (!known.ok()) return;
    const storage::View view = parts_.reader.Newest();
    const absl::Status read =
        parts_.reader.Scan(view, RecordId{1}, [&](RecordId, CommitNumber begin, RecordView record) {
          if (!(*known)->HasLifeCycle(record.class_number())) return true;
          const model::Class* const owner = (*known)->schema().FindClass(record.class_number());
          FoundRecord found{
              owner, nullptr, begin, query::AttributesOf((*known)->schema(), record), {}};
          found.life_cycle = (*known)->LifeCycleOf(*owner, found.attributes);
          if (found.life_cycle == nullptr) return true;
          const Datum state =
              Datum::Map(found.attributes).At(found.life_cycle->definition().attribute);
          if (state.kind() != language::DatumKind::kString) return true;
          const auto event =
              TimedEventOf(**known, *found.life_cycle, state.string(), SinceIn(found.attributes));
          if (event.has_value()) timers_->Set(record.key(), event);
          return true;
        });
    read.IgnoreError();
    SetApprovalTimers(parts_, view, "");
  }

  bool IsStored() {
    const MutexLock lock(mutex_);
    return stored_;
  }

  absl::StatusOr<std::vector<DefinitionFile>> StoredFiles() {
    return StoredDefinitions(parts_.reader, AskingNow());
  }

  DeskParts parts_;
  std::unique_ptr<Timers> timers_;
  Mutex mutex_;
  CondVar ended_;
  std::size_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;  // of what was due
  std::shared_ptr<const Definitions> definitions_ ABSL_GUARDED_BY(mutex_);
  std::uint32_t model_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stored_ ABSL_GUARDED_BY(mutex_) = false;  // they are records
};

}  // namespace

std::unique_ptr<Desk> Desk::Open(const storage::Reader& reader, storage::Writer& writer,
                                 query::StatementRunner& statements, const DeskOptions& options) {
  return std::make_unique<StoreDesk>(reader, writer, statements, options);
}

absl::StatusOr<Outcome> Desk::New(const Caller& caller, NewRecord record) {
  return Await([&](Done done) { New(caller, std::move(record), std::move(done)); });
}

absl::StatusOr<Outcome> Desk::Do(const Caller& caller, Change change) {
  return Await([&](Done done) { Do(caller, std::move(change), std::move(done)); });
}

absl::StatusOr<Outcome> Desk::Add(const Caller& caller, Entry entry) {
  return Await([&](Done done) { Add(caller, std::move(entry), std::move(done)); });
}

absl::StatusOr<Assessment> Desk::Assess(const Caller& caller, std::string key, bool keep) {
  return Await<Assessment>(
      [&](Assessed done) { Assess(caller, std::move(key), keep, std::move(done)); });
}

absl::StatusOr<PlanWork> Desk::WorkOnPlan(const Caller& caller, PlanOrder order) {
  return Await<PlanWork>(
      [&](PlanDone done) { WorkOnPlan(caller, std::move(order), std::move(done)); });
}

absl::StatusOr<Outcome> Desk::Cast(const Caller& caller, BallotPaper paper) {
  return Await([&](Done done) { Cast(caller, std::move(paper), std::move(done)); });
}

}  // namespace kosei::process
