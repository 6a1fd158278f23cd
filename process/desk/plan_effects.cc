// What transitions do with the plan that their record owns, and the baselines that they keep.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "desk/case.h"
#include "desk/plan_owner.h"
#include "desk/plan_work.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;

// Names that one transition may find taken, as it was made before.
constexpr int kBaselineNamesMax = 100;

void Set(DatumMap& attributes, std::string_view name, Datum value) {
  std::erase_if(attributes, [&](const auto& each) { return each.first == name; });
  attributes.emplace_back(name, std::move(value));
}

Refusal ConflictRefusal(std::string_view deed, const std::vector<storage::Conflict>& conflicts) {
  const std::string more =
      conflicts.size() > 1 ? absl::StrFormat(" (and %d more)", conflicts.size() - 1) : "";
  const bool back = deed == NameOf(PlanDeed::kTakeBack);
  return {RefusalKind::kGuard,
          "plan",
          {absl::StrFormat("the plan cannot be %s: %s%s; settle it with `kosei change plan %s "
                           "--take plan|main`",
                           back ? "taken back" : "carried out", conflicts.front().message, more,
                           back ? "back" : "merge"),
           absl::StrFormat("計画を%sできません: %s%s。`kosei change plan %s --take plan|main` "
                           "で解決してください",
                           back ? "取り消し" : "適用", conflicts.front().message, more,
                           back ? "back" : "merge")}};
}

}  // namespace

absl::Status Case::WorkOnPlan(const PlannedEffect& effect, const Actor& actor, DatumMap& attributes,
                              const DatumMap& before) {
  std::string plan = OwnedPlan(attributes);
  if (plan.empty()) plan = OwnedPlan(before);
  if (plan.empty()) return absl::OkStatus();
  const model::Schema& schema = definitions_->schema();
  PlanWork work;
  if (effect.target == NameOf(PlanDeed::kMerge)) {
    KOSEI_ASSIGN_OR_RETURN(
        work, MergePlan(parts_, schema, plan, outcome_.key, actor.key, storage::Take::kNeither));
  } else if (effect.target == NameOf(PlanDeed::kTakeBack)) {
    KOSEI_ASSIGN_OR_RETURN(
        work, TakeBackPlan(parts_, schema, plan, outcome_.key, actor.key, storage::Take::kNeither));
  } else {
    KOSEI_ASSIGN_OR_RETURN(work, ComparePlan(parts_, schema, plan));
  }
  if (!work.conflicts.empty()) {
    outcome_.refusals.push_back(ConflictRefusal(effect.target, work.conflicts));
    return absl::OkStatus();
  }
  Set(attributes, "plan_comparison", Datum::String(std::string(NameOf(work.result))));
  return absl::OkStatus();
}

absl::Status Case::KeepBaseline(const PlannedEffect& effect, const Actor& actor,
                                const storage::View& view, DatumMap& attributes) {
  storage::Baseline baseline;
  baseline.view = view;
  baseline.description = absl::StrFormat("before %s of %s", outcome_.event, outcome_.key);
  baseline.creator = actor.key;
  baseline.created = parts_.options.clock->Now();
  absl::Status kept;
  for (int number = 1; number <= kBaselineNamesMax; ++number) {
    baseline.name = absl::StrCat(outcome_.key, "-", effect.target);
    if (number > 1) absl::StrAppend(&baseline.name, "-", number);
    kept = parts_.writer.CreateBaseline(baseline);
    if (!HasCode(kept, ErrorCode::kAlreadyExists)) break;
  }
  KOSEI_RETURN_IF_ERROR(kept);
  Set(attributes, "baseline", Datum::String(baseline.name));
  return absl::OkStatus();
}

absl::Status Case::WorkBefore(const FoundRecord& found, const Step& step, const Actor& actor,
                              const storage::View& view, DatumMap& attributes) {
  for (const PlannedEffect& effect : step.effects) {
    if (effect.kind == EffectKind::kPlan)
      KOSEI_RETURN_IF_ERROR(WorkOnPlan(effect, actor, attributes, found.attributes));
    if (!outcome_.done()) return absl::OkStatus();
  }
  for (const PlannedEffect& effect : step.effects) {
    if (effect.kind == EffectKind::kBaseline)
      KOSEI_RETURN_IF_ERROR(KeepBaseline(effect, actor, view, attributes));
  }
  return absl::OkStatus();
}

}  // namespace kosei::process
