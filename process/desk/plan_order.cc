#include "desk/plan_order.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "desk/people.h"
#include "desk/plan_owner.h"
#include "desk/plan_work.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;

constexpr std::string_view kEdit = "edit_plan";
constexpr std::string_view kImplement = "implement";
constexpr std::string_view kComparison = "plan_comparison";

bool HasAttribute(const Definitions& definitions, const FoundRecord& found, std::string_view name) {
  return definitions.schema().FindAttribute(*found.owner, name) != nullptr;
}

absl::StatusOr<PlanWork> OpenPlan(const DeskParts& parts, const FoundRecord& found,
                                  const Actor& actor, const std::string& key) {
  if (parts.options.plans == nullptr)
    return MakeError(ErrorCode::kInvalidArgument, "plan: this store keeps no plans");
  storage::Plans& plans = *parts.options.plans;
  const Datum name = Datum::Map(found.attributes).At("name");
  storage::Provenance provenance;
  provenance.actor = actor.key;
  provenance.cause = key;
  absl::StatusOr<storage::PlanInfo> plan = plans.Open(
      key, name.kind() == DatumKind::kString ? name.string() : std::string(), provenance);
  if (HasCode(plan.status(), ErrorCode::kAlreadyExists)) {
    // Opened for this record before, which then did not come to know of it.
    absl::StatusOr<storage::PlanInfo> known = plans.Find(key);
    if (known.ok() && known->cause == key) plan = std::move(known);
  }
  PlanWork work;
  KOSEI_ASSIGN_OR_RETURN(work.plan, std::move(plan));
  work.result = CarriedOut::kAsPlanned;
  return work;
}

}  // namespace

absl::StatusOr<PlanWork> CarryOut(const DeskParts& parts, const Definitions& definitions,
                                  const FoundRecord& found, const Actor& actor,
                                  const PlanOrder& order) {
  const std::string plan = OwnedPlan(found.attributes);
  const model::Schema& schema = definitions.schema();
  if (order.deed == PlanDeed::kOpen) {
    if (!HasAttribute(definitions, found, "plan")) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("plan of %s: a %s owns no plan; changes do", order.key,
                                       found.owner->definition.name),
                       "key");
    }
    if (!plan.empty()) {
      return MakeError(ErrorCode::kAlreadyExists,
                       absl::StrFormat("plan of %s: it owns the plan %s already; edit that one",
                                       order.key, plan),
                       "key");
    }
    KOSEI_RETURN_IF_ERROR(MayWork(found, order.key, actor, kEdit));
    return OpenPlan(parts, found, actor, order.key);
  }
  if (plan.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("plan of %s: it owns none; open one with `kosei change plan "
                                     "open %s`",
                                     order.key, order.key),
                     "key");
  }
  if (order.deed == PlanDeed::kCompare) return ComparePlan(parts, schema, plan);
  KOSEI_RETURN_IF_ERROR(MayWork(found, order.key, actor, kImplement));
  return order.deed == PlanDeed::kMerge
             ? MergePlan(parts, schema, plan, order.key, actor.key, order.take)
             : TakeBackPlan(parts, schema, plan, order.key, actor.key, order.take);
}

Change KeptChange(const DeskParts&, const FoundRecord& found, const PlanOrder& order,
                  const PlanWork& work) {
  Change change;
  const StateDefinition* const state = found.life_cycle->FindState(found.state);
  if ((state != nullptr && state->final) || !work.conflicts.empty()) return change;
  if (order.deed == PlanDeed::kOpen) {
    change.attributes.emplace_back("plan", Datum::String(work.plan.name));
  } else {
    const Datum before = Datum::Map(found.attributes).At(std::string(kComparison));
    const std::string now(NameOf(work.result));
    if (before.kind() == DatumKind::kString && before.string() == now) return change;
    change.attributes.emplace_back(kComparison, Datum::String(now));
  }
  change.key = order.key;
  change.reason = absl::StrFormat("plan %s: %s", work.plan.name, NameOf(order.deed));
  change.kept_by_desk = true;
  return change;
}

absl::Status MayUsePlan(const DeskParts& parts, const Definitions& definitions,
                        const Asking& asking, const Caller& caller, std::string_view plan,
                        PlanUse use) {
  KOSEI_ASSIGN_OR_RETURN(const std::string owner, OwnerOf(asking, definitions, plan));
  if (owner.empty()) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const FoundRecord found,
                         FindRecord(parts, definitions, asking.view(), owner));
  KOSEI_ASSIGN_OR_RETURN(const Actor actor, ActorOf(asking, caller, definitions));
  switch (use) {
    case PlanUse::kEdit:
      return MayWork(found, owner, actor, kEdit);
    case PlanUse::kMerge:
      return MayWork(found, owner, actor, kImplement);
    case PlanUse::kRebase: {
      const absl::Status edits = MayWork(found, owner, actor, kEdit);
      return edits.ok() ? edits : MayWork(found, owner, actor, kImplement);
    }
    case PlanUse::kDrop:
      break;
  }
  return MakeError(ErrorCode::kGuardRefused,
                   absl::StrFormat("plan %s: %s owns it, and what was decided on it stays; let go "
                                   "of it first with `kosei change set %s plan=`",
                                   std::string(plan), owner, owner),
                   "plan");
}

}  // namespace kosei::process
