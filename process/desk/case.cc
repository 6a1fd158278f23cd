#include "desk/case.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "desk/approval_records.h"
#include "desk/editing.h"
#include "desk/guards.h"
#include "desk/neighbours.h"
#include "desk/people.h"
#include "desk/plan_owner.h"
#include "desk/priority.h"
#include "desk/store_calendar.h"
#include "desk/templates.h"
#include "desk/typed_values.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

// What the system calls itself where it acts on its own.
constexpr std::string_view kSystem = "kosei";
// Transitions that follow on their own, one behind the other.
constexpr std::size_t kFollowedMax = 20;
// A record that is written past the desk (erased, merged) is judged anew.
constexpr int kTriesMax = 3;

std::vector<std::string> KeysOf(const std::vector<RecordLink>& links) {
  std::vector<std::string> keys;
  for (const RecordLink& link : links) keys.push_back(link.other);
  return keys;
}

}  // namespace

absl::StatusOr<FoundRecord> FindRecord(const DeskParts& parts, const Definitions& definitions,
                                       const storage::View& view, std::string_view key) {
  const std::string name(key);
  const std::optional<RecordId> id = parts.reader.IdOf(key);
  const auto unknown = [&] {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("record %s: there is none; look for its key with `kosei "
                                     "search`",
                                     name),
                     "key");
  };
  if (!id.has_value()) return unknown();
  absl::StatusOr<storage::RecordVersion> version = parts.reader.Get(*id, view);
  if (HasCode(version.status(), ErrorCode::kNotFound)) return unknown();
  KOSEI_RETURN_IF_ERROR(version.status());
  FoundRecord found;
  found.owner = definitions.schema().FindClass(version->record().class_number());
  found.begin = version->begin;
  found.attributes = query::AttributesOf(definitions.schema(), version->record());
  if (found.owner != nullptr && definitions.schema().IsProcess(found.owner->number))
    found.life_cycle = definitions.LifeCycleOf(*found.owner, found.attributes);
  if (found.life_cycle == nullptr) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat(
            "record %s: a %s has no life cycle; change it with `kosei set`", name,
            found.owner == nullptr ? "record of an unknown class" : found.owner->definition.name),
        "key");
  }
  const Datum state = Datum::Map(found.attributes).At(found.life_cycle->definition().attribute);
  if (state.kind() == DatumKind::kString) found.state = state.string();
  return found;
}

Timestamp SinceIn(const DatumMap& attributes) {
  for (const auto& [name, value] : attributes) {
    if (name != "state_since" || value.kind() != DatumKind::kDateTime) continue;
    const language::DateTime& at = value.date_time();
    return Timestamp{at.seconds * 1'000'000 + at.nanos / 1'000};
  }
  return kBeginningOfTime;
}

absl::StatusOr<std::vector<std::string>> KeysOfCase(const DeskParts& parts,
                                                    const Definitions& definitions,
                                                    std::string_view key) {
  std::vector<std::string> keys{std::string(key)};
  const storage::View view = parts.reader.Newest();
  const std::optional<RecordId> id = parts.reader.IdOf(key);
  if (!id.has_value()) return keys;
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, parts.reader.Graph(view));
  const storage::NodeIndex node = storage::NodeOf(*id);
  if (node >= graph.node_limit()) return keys;
  const model::Class* const owner = definitions.schema().FindClass(graph.ClassOf(node));
  if (owner != nullptr && IsCalendarEntry(definitions, *owner)) keys.emplace_back(kCalendarLock);
  for (const storage::LinkDirection direction :
       {storage::LinkDirection::kOut, storage::LinkDirection::kIn}) {
    graph.ForEach(direction, node, [&](storage::NodeIndex other, storage::TypeIndex) {
      if (definitions.HasLifeCycle(graph.ClassOf(other)))
        keys.emplace_back(parts.reader.KeyOf(storage::RecordOf(other)));
    });
  }
  return keys;
}

Asking Case::AskingNow() const {
  return Asking(parts_.statements, *parts_.options.clock, parts_.reader.Newest(),
                parts_.options.time_zone);
}

void Case::Finish(absl::Status status) {
  hold_.reset();
  if (status.ok()) {
    done_(std::move(outcome_));
  } else {
    done_(std::move(status));
  }
}

void Case::Write(absl::StatusOr<Written> written, std::function<void(absl::Status)> then) {
  if (!written.ok()) return then(written.status());
  if (!outcome_.refusals.empty()) return then(absl::OkStatus());
  auto tickets = std::make_shared<Tickets>(std::move(written->tickets));
  for (auto& fired : written->fired) to_fire_.push_back(std::move(fired));
  parts_.writer.CommitAsync(
      std::move(written->transaction),
      [self = shared_from_this(), tickets, notifies = written->notifies,
       then = std::move(then)](absl::StatusOr<storage::CommitResult> result) {
        if (result.ok()) {
          for (const auto& ticket : *tickets) ticket->Use();
          if (result->commit != kNoCommit) {
            self->outcome_.commit = result->commit;
            self->outcome_.time = result->time;
          }
          if (notifies && self->parts_.options.notified) self->parts_.options.notified();
        }
        // Whoever is answered finds the numbers free that were not used.
        tickets->clear();
        // The committer's thread must not wait, and what follows reads and judges.
        self->parts_.options.run([then, status = result.status()] { then(status); });
      });
}

void Case::New(NewRecord record) {
  std::vector<std::string> keys = KeysOf(record.links);
  parts_.locks.Acquire(std::move(keys),
                       [self = shared_from_this(), record = std::move(record)](auto hold) {
                         self->hold_ = std::move(hold);
                         self->Write(self->Opened(record), [self](const absl::Status& status) {
                           if (!status.ok() || !self->outcome_.done()) return self->Finish(status);
                           self->Follow();
                         });
                       });
}

absl::StatusOr<Case::Written> Case::Opened(const NewRecord& record) {
  const model::Schema& schema = definitions_->schema();
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, schema.GetClass(record.class_name));
  const Asking asking = AskingNow();
  DatumMap given = record.attributes;
  RecordTemplate begins_with;
  if (!record.template_key.empty()) {
    KOSEI_ASSIGN_OR_RETURN(begins_with, TemplateOf(asking, schema, *owner, record.template_key));
    for (const auto& [name, value] : begins_with.values) {
      const bool is_given = std::any_of(given.begin(), given.end(),
                                        [&](const auto& each) { return each.first == name; });
      if (!is_given) given.emplace_back(name, value);
    }
  }
  const LifeCycle* const life_cycle =
      schema.IsProcess(owner->number) ? definitions_->LifeCycleOf(*owner, given) : nullptr;
  const NumberSeries* const series = definitions_->NumbersOf(*owner);
  if (life_cycle == nullptr || series == nullptr) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("new %s: it has no life cycle%s", record.class_name,
                                     schema.IsProcess(owner->number)
                                         ? "; say what kind it is, as in kind=normal"
                                         : ", so that it is written with `kosei set`"),
                     "class");
  }
  KOSEI_ASSIGN_OR_RETURN(const Actor actor,
                         ActorOf(asking, caller_, *definitions_, parts_.accounts));
  if (outcome_.refusals = RefusalsToOpen(life_cycle->definition(), actor); !outcome_.done())
    return Written();
  KOSEI_ASSIGN_OR_RETURN(DatumMap attributes, TypedAttributes(schema, *owner, given));
  KOSEI_RETURN_IF_ERROR(CheckNamedPlan(parts_, *definitions_, asking, "", attributes));
  KOSEI_RETURN_IF_ERROR(AddPriority(asking, *definitions_, *owner, "", {}, record.links, attributes,
                                    outcome_.refusals));
  if (!outcome_.done()) return Written();
  const LifeCycleDefinition& definition = life_cycle->definition();
  const Datum now = query::DatumOf(parts_.options.clock->Now());
  const auto set = [&](std::string_view name, Datum value) {
    if (schema.FindAttribute(*owner, name) == nullptr) return;
    std::erase_if(attributes, [&](const auto& each) { return each.first == name; });
    attributes.emplace_back(name, std::move(value));
  };
  set(definition.attribute, Datum::String(definition.initial));
  set("state_since", now);
  set("opened_by", Datum::String(actor.key));
  if (Datum::Map(attributes).At("opened_at").is_null()) set("opened_at", now);
  Written written;
  written.tickets.push_back(parts_.numbers.Next(*series));
  outcome_.key = written.tickets.front()->key();
  outcome_.to = definition.initial;
  position_ = {life_cycle, definition.initial, SinceIn(attributes)};
  hold_->Add(outcome_.key);
  Draft draft(schema, actor.key, record.reason);
  draft.set_cause(outcome_.key);
  KOSEI_RETURN_IF_ERROR(draft.Put(*owner, outcome_.key, attributes, kNoCommit));
  for (const RecordLink& link : record.links) KOSEI_RETURN_IF_ERROR(draft.Link(outcome_.key, link));
  for (const PlannedEffect& task : begins_with.tasks)
    KOSEI_RETURN_IF_ERROR(Create(task, actor, draft, written));
  written.transaction = draft.Take();
  return written;
}

void Case::Do(Change change) {
  absl::StatusOr<std::vector<std::string>> keys = KeysOfCase(parts_, *definitions_, change.key);
  if (!keys.ok()) return Finish(keys.status());
  for (const std::string& key : KeysOf(change.links)) keys->push_back(key);
  // What is named in an input is judged along with it, and often linked to.
  for (const auto& [name, value] : change.inputs) {
    if (value.kind() != DatumKind::kString) continue;
    const std::optional<RecordId> other = parts_.reader.IdOf(value.string());
    if (other.has_value() && definitions_->HasLifeCycle(parts_.reader.ClassOf(*other)))
      keys->push_back(value.string());
  }
  Hold(*std::move(keys), std::move(change), false, kTriesMax);
}

void Case::DoBySystem(Change change) {
  outcome_.key = change.key;
  absl::StatusOr<std::vector<std::string>> keys = KeysOfCase(parts_, *definitions_, change.key);
  if (!keys.ok()) return Finish(keys.status());
  outcome_.followed.push_back(change.event);
  Hold(*std::move(keys), std::move(change), true, kTriesMax);
}

void Case::Hold(std::vector<std::string> keys, Change change, bool by_system, int tries) {
  parts_.locks.Acquire(std::move(keys), [self = shared_from_this(), change = std::move(change),
                                         by_system, tries](auto hold) {
    absl::StatusOr<std::vector<std::string>> now =
        KeysOfCase(self->parts_, *self->definitions_, change.key);
    if (!now.ok()) return self->Finish(now.status());
    const std::vector<std::string>& held = hold->keys();
    const bool all = std::all_of(now->begin(), now->end(), [&](const std::string& key) {
      return std::binary_search(held.begin(), held.end(), key);
    });
    if (!all && tries > 1) {
      // A record was linked to it while this one waited.
      now->insert(now->end(), held.begin(), held.end());
      hold.reset();
      return self->Hold(*std::move(now), change, by_system, tries - 1);
    }
    self->hold_ = std::move(hold);
    self->DoHeld(change, by_system, kTriesMax);
  });
}

void Case::DoHeld(Change change, bool by_system, int tries) {
  absl::StatusOr<Written> written = Stepped(change, by_system);
  Write(std::move(written), [self = shared_from_this(), change = std::move(change), by_system,
                             tries](const absl::Status& status) {
    const bool again = HasCode(status, ErrorCode::kVersionConflict) &&
                       !change.expected_begin.has_value() && tries > 1;
    if (again) return self->DoHeld(change, by_system, tries - 1);
    if (by_system && status.ok() && !self->outcome_.done()) {
      // What the system may not do now stays undone; what was asked for is done.
      self->outcome_.refusals.clear();
      self->outcome_.followed.pop_back();
      return self->Finish(status);
    }
    if (!status.ok() || !self->outcome_.done()) return self->Finish(status);
    self->Follow();
  });
}

absl::StatusOr<Question> Case::QuestionOf(const Asking& asking, const FoundRecord& found,
                                          const Change& change, Actor actor) {
  Question question;
  question.record_key = change.key;
  question.state = found.state;
  question.actor = std::move(actor);
  question.attributes = found.attributes;
  KOSEI_ASSIGN_OR_RETURN(question.changes,
                         TypedAttributes(definitions_->schema(), *found.owner, change.attributes));
  KOSEI_RETURN_IF_ERROR(
      CheckNamedPlan(parts_, *definitions_, asking, change.key, question.changes));
  KOSEI_RETURN_IF_ERROR(AddPriority(asking, *definitions_, *found.owner, change.key,
                                    found.attributes, change.links, question.changes,
                                    outcome_.refusals));
  const TransitionDefinition* const transition = found.life_cycle->Find(found.state, change.event);
  question.inputs = transition == nullptr ? change.inputs : TypedInputs(*transition, change.inputs);
  question.now = parts_.options.clock->Now();
  question.time_zone = parts_.options.time_zone;
  return question;
}

absl::Status Case::ApplyChange(const FoundRecord& found, const Change& change,
                               const DatumMap& attributes, Draft& draft) {
  draft.set_cause(change.key);
  KOSEI_RETURN_IF_ERROR(draft.Put(*found.owner, change.key, attributes, found.begin));
  for (const RecordLink& link : change.links) KOSEI_RETURN_IF_ERROR(draft.Link(change.key, link));
  for (const RecordLink& link : change.end_links)
    KOSEI_RETURN_IF_ERROR(draft.Unlink(change.key, link));
  return absl::OkStatus();
}

absl::StatusOr<Case::Written> Case::Stepped(const Change& change, bool by_system) {
  const Asking asking = AskingNow();
  KOSEI_ASSIGN_OR_RETURN(const FoundRecord found,
                         FindRecord(parts_, *definitions_, asking.view(), change.key));
  // Whoever has seen something else decides again before anything else is said.
  if (change.expected_begin.has_value() && *change.expected_begin != found.begin) {
    return MakeError(ErrorCode::kVersionConflict,
                     absl::StrFormat("record %s: expected its version of commit %d, found that of "
                                     "commit %d; read it again and decide again",
                                     change.key, change.expected_begin->value, found.begin.value));
  }
  Actor actor;
  if (by_system) {
    actor.key = kSystem;
    actor.is_system = true;
  } else {
    KOSEI_ASSIGN_OR_RETURN(actor, ActorOf(asking, caller_, *definitions_, parts_.accounts));
    outcome_.key = change.key;
    outcome_.event = change.event;
    outcome_.from = found.state;
    outcome_.to = found.state;
  }
  if (change.event.empty()) return Edited(change, found, actor);
  KOSEI_ASSIGN_OR_RETURN(const Question question, QuestionOf(asking, found, change, actor));
  DeskGuards guards(parts_, *definitions_, asking, change.key, question.attributes, actor);
  guards.set_change(question.changes, change.links);
  KOSEI_ASSIGN_OR_RETURN(const Judgement judgement,
                         found.life_cycle->Judge(question, change.event, guards));
  Written written;
  outcome_.refusals.insert(outcome_.refusals.end(), judgement.refusals.begin(),
                           judgement.refusals.end());
  if (!judgement.allowed() || !outcome_.done()) return written;
  if (!by_system) outcome_.to = judgement.step->to;
  Draft draft(definitions_->schema(), actor.key, change.reason);
  DatumMap attributes = question.changes;
  const auto set = [&](std::string_view name, const Datum& value) {
    std::erase_if(attributes, [&](const auto& each) { return each.first == name; });
    attributes.emplace_back(name, value);
  };
  for (const Assignment& assignment : judgement.step->set)
    set(assignment.attribute, assignment.value);
  if (judgement.step->to != found.state &&
      definitions_->schema().FindAttribute(*found.owner, "state_since") != nullptr)
    set("state_since", query::DatumOf(question.now));
  KOSEI_RETURN_IF_ERROR(WorkBefore(found, *judgement.step, actor, asking.view(), attributes));
  if (!outcome_.done()) return written;
  Place(found, judgement.step->to, attributes);
  KOSEI_RETURN_IF_ERROR(ApplyChange(found, change, attributes, draft));
  KOSEI_RETURN_IF_ERROR(
      CarryOut(found, *judgement.step, attributes, question.inputs, actor, draft, written));
  written.transaction = draft.Take();
  return written;
}

absl::StatusOr<Case::Written> Case::Edited(const Change& change, const FoundRecord& found,
                                           const Actor& actor) {
  Written written;
  outcome_.refusals = RefusalsToEdit(*definitions_, found, change, actor);
  absl::StatusOr<DatumMap> typed =
      TypedAttributes(definitions_->schema(), *found.owner, change.attributes);
  if (typed.ok()) {
    for (Refusal& refusal : RefusalsToPut(found, *typed))
      outcome_.refusals.push_back(std::move(refusal));
  }
  if (!outcome_.done()) return written;
  KOSEI_RETURN_IF_ERROR(typed.status());
  DatumMap& attributes = *typed;
  const Asking asking = AskingNow();
  KOSEI_RETURN_IF_ERROR(CheckNamedPlan(parts_, *definitions_, asking, change.key, attributes));
  KOSEI_RETURN_IF_ERROR(AddPriority(asking, *definitions_, *found.owner, change.key,
                                    found.attributes, change.links, attributes, outcome_.refusals));
  if (!outcome_.done()) return written;
  Place(found, found.state, attributes);
  Draft draft(definitions_->schema(), actor.key, change.reason);
  KOSEI_RETURN_IF_ERROR(ApplyChange(found, change, attributes, draft));
  written.transaction = draft.Take();
  return written;
}

void Case::Place(const FoundRecord& found, std::string state, const DatumMap& changes) {
  const Timestamp since = SinceIn(changes);
  position_ = {found.life_cycle, std::move(state),
               since == kBeginningOfTime ? SinceIn(found.attributes) : since};
}

// The records that were written are in new states, perhaps.
void Case::SetTimers() {
  if (parts_.timers == nullptr) return;
  for (const auto& [key, event] : std::exchange(created_timers_, {}))
    parts_.timers->Set(key, event);
  parts_.timers->Set(outcome_.key, TimedEventOf(*definitions_, *position_.life_cycle,
                                                position_.state, position_.since));
  const storage::View view = parts_.reader.Newest();
  const auto has_approvals = HasLink(parts_, *definitions_, view, outcome_.key, "approval_of",
                                     storage::LinkDirection::kIn);
  if (!has_approvals.ok() || *has_approvals) SetApprovalTimers(parts_, view, outcome_.key);
}

// What the system does on its own, until nothing is left.
void Case::Follow() {
  SetTimers();
  const bool may_go_on = !signals_.empty() || position_.life_cycle->MayGoOn(position_.state);
  if (!may_go_on || outcome_.followed.size() >= kFollowedMax) return Fire();
  const absl::StatusOr<std::string> next = NextBySystem();
  if (!next.ok()) return Finish(next.status());
  if (next->empty()) return Fire();
  Change change;
  change.key = outcome_.key;
  change.event = *next;
  outcome_.followed.push_back(change.event);
  DoHeld(std::move(change), true, kTriesMax);
}

absl::StatusOr<std::string> Case::NextBySystem() {
  const Asking asking = AskingNow();
  KOSEI_ASSIGN_OR_RETURN(const FoundRecord found,
                         FindRecord(parts_, *definitions_, asking.view(), outcome_.key));
  Change nothing;
  nothing.key = outcome_.key;
  Actor system;
  system.key = kSystem;
  system.is_system = true;
  KOSEI_ASSIGN_OR_RETURN(const Question question, QuestionOf(asking, found, nothing, system));
  KOSEI_ASSIGN_OR_RETURN(std::string next, found.life_cycle->NextWhen(question));
  while (next.empty() && !signals_.empty()) {
    const std::string signal = std::move(signals_.back());
    signals_.pop_back();
    const auto heard = found.life_cycle->OnSignal(found.state, signal);
    if (!heard.empty()) next = heard.front()->name;
  }
  return next;
}

// What the transition has told other records to do, by whom it was done, whatever the roles.
void Case::Fire() {
  if (to_fire_.empty()) return Finish(absl::OkStatus());
  hold_.reset();
  const std::pair<std::string, std::string> fired = std::move(to_fire_.back());
  to_fire_.pop_back();
  Caller caller = caller_;
  caller.is_administrator = true;
  Change change;
  change.key = fired.first;
  change.event = fired.second;
  change.reason = absl::StrFormat("%s of %s", outcome_.event, outcome_.key);
  const auto next = std::make_shared<Case>(
      parts_, definitions_, std::move(caller),
      [self = shared_from_this(), fired](absl::StatusOr<Outcome> outcome) {
        if (outcome.ok() && outcome->done())
          self->outcome_.followed.push_back(absl::StrFormat("%s %s", fired.first, fired.second));
        self->Fire();
      });
  next->Do(std::move(change));
}

}  // namespace kosei::process
