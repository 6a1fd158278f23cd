// What a transition does beside its record, and what is kept along with one: comments and work.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "desk/case.h"
#include "desk/entry_keys.h"
#include "desk/people.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"
#include "outbox/message_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;

}  // namespace

absl::Status Case::Create(const PlannedEffect& effect, const Actor& actor, Draft& draft,
                          Written& written) {
  const model::Schema& schema = definitions_->schema();
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, schema.GetClass(effect.target));
  DatumMap attributes;
  for (const Assignment& assignment : effect.set) {
    if (!assignment.value.is_null())
      attributes.emplace_back(assignment.attribute, assignment.value);
  }
  const LifeCycle* const life_cycle = definitions_->LifeCycleOf(*owner, attributes);
  const NumberSeries* const series = definitions_->NumbersOf(*owner);
  if (series == nullptr) {
    return MakeError(ErrorCode::kModelInvalid,
                     absl::StrFormat("transition %s creates a %s, which has no numbers; add it to "
                                     "the numbering of the definitions",
                                     outcome_.event, effect.target));
  }
  const Datum now = query::DatumOf(parts_.options.clock->Now());
  const auto set = [&](std::string_view name, Datum value) {
    const bool given = std::any_of(attributes.begin(), attributes.end(),
                                   [&](const auto& each) { return each.first == name; });
    if (!given && schema.FindAttribute(*owner, name) != nullptr)
      attributes.emplace_back(name, std::move(value));
  };
  if (life_cycle != nullptr) {
    set(life_cycle->definition().attribute, Datum::String(life_cycle->definition().initial));
    set("state_since", now);
  }
  set("opened_at", now);
  set("opened_by", Datum::String(actor.key));
  written.tickets.push_back(parts_.numbers.Next(*series));
  const std::string& key = written.tickets.back()->key();
  outcome_.created.push_back(key);
  if (life_cycle != nullptr) {
    const auto event = TimedEventOf(*definitions_, *life_cycle, life_cycle->definition().initial,
                                    SinceIn(attributes));
    if (event.has_value()) created_timers_.emplace_back(key, *event);
  }
  KOSEI_RETURN_IF_ERROR(draft.Put(*owner, key, attributes, kNoCommit));
  if (effect.link.empty()) return absl::OkStatus();
  // A task is part of the record: the new record's link leads to it, unless it is incoming there.
  return draft.Link(outcome_.key, {effect.link, key, effect.incoming});
}

absl::Status Case::Notify(const PlannedEffect& effect, const Actor& actor, const DatumMap& facts,
                          const DatumMap& inputs, Draft& draft, std::size_t number) {
  const model::Class* const owner = definitions_->schema().FindClass("Notification");
  if (owner == nullptr) return absl::OkStatus();
  const Datum now = query::DatumOf(parts_.options.clock->Now());
  const std::string key = NextEntryKey(parts_.reader, outcome_.key, "n", number);
  DatumMap attributes{{"about", Datum::String(outcome_.key)},
                      {"audience", Datum::String(effect.target)},
                      {"template", Datum::String(effect.notification)},
                      {"state", Datum::String("waiting")},
                      {"attempts", Datum::Integer(0)},
                      {"next_attempt_at", now},
                      {"written_at", now},
                      {"written_by", Datum::String(actor.key)}};
  // What it says is how things are now, whenever and in whichever language it is sent. A store
  // whose model is older has no place for that: it is read from the record then.
  const MessageTemplate* const message = definitions_->messages().Find(effect.notification);
  if (message != nullptr && definitions_->schema().FindAttribute(*owner, "text_values") != nullptr)
    attributes.emplace_back(
        "text_values", PackedMessageValues(ValuesOfMessage(*message, outcome_.key, facts, inputs)));
  return draft.Put(*owner, key, attributes, kNoCommit);
}

absl::Status Case::CarryOut(const FoundRecord& found, const Step& step, const DatumMap& after,
                            const DatumMap& inputs, const Actor& actor, Draft& draft,
                            Written& written) {
  std::size_t notifications = 0;
  DatumMap facts = found.attributes;
  facts.insert(facts.end(), after.begin(), after.end());
  facts = Datum::Map(std::move(facts)).map();  // of a name that comes twice the last counts
  for (const PlannedEffect& effect : step.effects) {
    switch (effect.kind) {
      case EffectKind::kCreate:
        KOSEI_RETURN_IF_ERROR(Create(effect, actor, draft, written));
        break;
      case EffectKind::kLink:
        for (const std::string& other : effect.keys)
          KOSEI_RETURN_IF_ERROR(draft.Link(outcome_.key, {effect.link, other, effect.incoming}));
        break;
      case EffectKind::kUnlink:
        for (const std::string& other : effect.keys)
          KOSEI_RETURN_IF_ERROR(draft.Unlink(outcome_.key, {effect.link, other, effect.incoming}));
        break;
      case EffectKind::kNotify:
        KOSEI_RETURN_IF_ERROR(Notify(effect, actor, facts, inputs, draft, notifications++));
        written.notifies = true;
        break;
      case EffectKind::kFire:
        for (const std::string& other : effect.keys)
          written.fired.emplace_back(other, effect.target);
        break;
      case EffectKind::kPlan:
      case EffectKind::kBaseline:
        break;  // done before
      case EffectKind::kAskApproval:
      case EffectKind::kWithdrawApproval:
        KOSEI_RETURN_IF_ERROR(ChangeApprovals(effect, found, after, actor, draft));
        break;
    }
  }
  return absl::OkStatus();
}

void Case::Add(Entry entry) {
  parts_.locks.Acquire({entry.key}, [self = shared_from_this(),
                                     entry = std::move(entry)](auto hold) {
    self->hold_ = std::move(hold);
    self->Write(self->Noted(entry), [self](const absl::Status& status) { self->Finish(status); });
  });
}

absl::StatusOr<Case::Written> Case::Noted(const Entry& entry) {
  const Asking asking = AskingNow();
  KOSEI_RETURN_IF_ERROR(FindRecord(parts_, *definitions_, asking.view(), entry.key).status());
  KOSEI_ASSIGN_OR_RETURN(const Actor actor,
                         ActorOf(asking, caller_, *definitions_, parts_.accounts));
  if (entry.text.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s on %s: it says nothing; write a text",
                                     entry.work ? "work log" : "comment", entry.key),
                     "text");
  }
  if (entry.minutes < 0) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("work log on %s: found %d minutes, expected 0 or more",
                                     entry.key, entry.minutes),
                     "minutes");
  }
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner,
                         definitions_->schema().GetClass(entry.work ? "WorkLogEntry" : "Comment"));
  DatumMap attributes{{"body", Datum::String(entry.text)},
                      {"written_at", query::DatumOf(parts_.options.clock->Now())},
                      {"written_by", Datum::String(actor.key)}};
  if (entry.work) {
    attributes.emplace_back("effort_minutes", Datum::Integer(entry.minutes));
  } else {
    attributes.emplace_back("visibility", Datum::String(entry.is_public ? "public" : "internal"));
  }
  outcome_.key = NextEntryKey(parts_.reader, entry.key, entry.work ? "w" : "c");
  Draft draft(definitions_->schema(), actor.key, "");
  draft.set_cause(entry.key);
  KOSEI_RETURN_IF_ERROR(draft.Put(*owner, outcome_.key, attributes, kNoCommit));
  KOSEI_RETURN_IF_ERROR(
      draft.Link(outcome_.key, {entry.work ? "logged_on" : "comment_on", entry.key, false}));
  Written written;
  written.transaction = draft.Take();
  return written;
}

}  // namespace kosei::process
