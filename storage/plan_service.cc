#include "plan_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "plan_codec.h"
#include "plan_step.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kPlanNameMax = 200;

absl::Status CheckName(std::string_view name) {
  const auto unfit = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) == 0x7f;
  };
  if (!name.empty() && name.size() <= kPlanNameMax && IsValidUtf8(name) &&
      std::none_of(name.begin(), name.end(), unfit)) {
    return absl::OkStatus();
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("open plan: the name must be 1 to %d bytes of UTF-8 without "
                                   "white space, for example \"move-rack-7\"",
                                   kPlanNameMax),
                   "name");
}

}  // namespace

absl::StatusOr<PlanInfo> PlanService::Find(std::string_view name) const {
  std::optional<PlanInfo> plan = store_.plans->Find(name);
  if (!plan) return UnknownPlan("show plan", name);
  return *std::move(plan);
}

std::string PlanService::NameOf(PlanNumber number) const {
  std::optional<PlanInfo> plan;
  if (number != kNoPlan) plan = store_.plans->Find(number);
  return plan ? std::move(plan->name) : std::string();
}

absl::StatusOr<PlanInfo> PlanService::FindOpen(std::string_view doing,
                                               std::string_view name) const {
  std::optional<PlanInfo> plan = store_.plans->Find(name);
  if (!plan) return UnknownPlan(doing, name);
  if (plan->state == PlanState::kOpen) return *std::move(plan);
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("%s \"%s\": it was merged as commit %d by %s and stays as it "
                                   "is; open another plan",
                                   doing, name, plan->merged.value, plan->merged_by),
                   "plan");
}

absl::StatusOr<std::vector<PlanStep>> PlanService::Steps(std::string_view name) const {
  KOSEI_ASSIGN_OR_RETURN(const PlanInfo plan, Find(name));
  return store_.plans->Steps(plan.number, plan.steps);
}

absl::StatusOr<StepActors> PlanService::ActorsOf(const PlanInfo& plan) const {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<PlanStep> steps,
                         store_.plans->Steps(plan.number, plan.steps));
  StepActors actors;
  actors.reserve(steps.size());
  for (const PlanStep& step : steps) actors.push_back(step.edits.provenance.actor);
  return actors;
}

absl::StatusOr<PlanInfo> PlanService::Open(std::string_view name, std::string_view description,
                                           const Provenance& provenance) {
  KOSEI_RETURN_IF_ERROR(CheckName(name));
  if (!IsValidUtf8(description) || !IsValidUtf8(provenance.cause)) {
    return MakeError(ErrorCode::kInvalidText,
                     absl::StrFormat("open plan \"%s\": description and cause must be UTF-8", name),
                     "description");
  }
  PlanInfo plan;
  plan.name = std::string(name);
  plan.description = std::string(description);
  plan.actor = provenance.actor;
  plan.cause = provenance.cause;
  KOSEI_RETURN_IF_ERROR(committer_.Compose(
      [&](Composer& composer) -> absl::Status {
        if (store_.plans->Find(name)) {
          return MakeError(
              ErrorCode::kAlreadyExists,
              absl::StrFormat("open plan \"%s\": there is one of that name; choose another", name),
              "name");
        }
        plan.base = composer.head().commit;
        plan.created = store_.options.clock->Now();
        KOSEI_ASSIGN_OR_RETURN(plan, store_.plans->Create(plan));
        return absl::OkStatus();
      },
      [] {}));
  return plan;
}

absl::Status PlanService::Drop(std::string_view name) {
  return committer_.Compose(
      [&](Composer&) -> absl::Status {
        KOSEI_ASSIGN_OR_RETURN(const PlanInfo plan, FindOpen("drop plan", name));
        return store_.plans->Remove(plan);
      },
      [] {});
}

// What the plan comes to on top of the newest commit. What does not go in is left out: a merge will
// tell.
absl::Status PlanService::StageForEdit(Composer& composer, const PlanInfo& plan) {
  const bool known = staged_.plan == plan.number && staged_.steps == plan.steps &&
                     staged_.commit == composer.head().commit;
  if (!known) {
    staged_ = {};
    KOSEI_ASSIGN_OR_RETURN(const auto overlay, store_.plans->Overlay(plan.number));
    const StepActors nobody;
    PlanMerge merge(store_, *overlay, plan.base, Take::kPlan, nobody);
    KOSEI_RETURN_IF_ERROR(merge.Compare());
    Staging staging = composer.Next();
    KOSEI_RETURN_IF_ERROR(merge.Stage(staging));
    staged_ = {plan.number, plan.steps, composer.head().commit, std::move(staging.state())};
  }
  // Other plans may have given numbers to records since.
  staged_.state.next_node = store_.directory.limit();
  return absl::OkStatus();
}

absl::Status PlanService::EditComposed(Composer& composer, std::string_view name,
                                       Transaction& edits, PlanEdited& edited) {
  KOSEI_ASSIGN_OR_RETURN(edited.plan, FindOpen("edit plan", name));
  KOSEI_RETURN_IF_ERROR(StageForEdit(composer, edited.plan));
  EndpointRules endpoints(*store_.schema);
  Staging staging(store_, endpoints, staged_.state, CommitNumber{composer.head().commit.value + 1},
                  composer.Next().time());
  PlanStep step;
  step.known = composer.head().commit;
  step.time = store_.options.clock->Now();
  KOSEI_ASSIGN_OR_RETURN(step.edits, StageStep(store_, staging, edits));
  const std::vector<StagedRecord> records = staging.TakeRecords();
  staging.TakeLinks();
  edited.counts = staging.counts();
  const std::uint64_t count = EditCountOf(step.edits);
  if (count == 0) return absl::OkStatus();
  step.number = ++edited.plan.steps;
  edited.plan.edits += count;
  KOSEI_RETURN_IF_ERROR(store_.plans->Append(edited.plan, step));
  for (const StagedRecord& record : records) {
    if (!record.new_key.empty())
      store_.plans->GiveNumber(record.new_key, NodeOf(record.id), record.class_number);
  }
  staged_.state.Absorb(std::move(staging.state()));
  staged_.steps = edited.plan.steps;
  return absl::OkStatus();
}

absl::StatusOr<PlanEdited> PlanService::Edit(std::string_view name, Transaction edits) {
  PlanEdited edited;
  KOSEI_RETURN_IF_ERROR(committer_.Compose(
      [&](Composer& composer) { return EditComposed(composer, name, edits, edited); }, [] {}));
  return edited;
}

absl::StatusOr<MergeOutcome> PlanService::Rebase(std::string_view name, Take take) {
  if (take == Take::kMain) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("rebase plan \"%s\": what the plan says can be kept (plan), "
                                     "not given up; that is for its merge",
                                     name),
                     "take");
  }
  MergeOutcome outcome;
  KOSEI_RETURN_IF_ERROR(committer_.Compose(
      [&](Composer& composer) -> absl::Status {
        KOSEI_ASSIGN_OR_RETURN(outcome.plan, FindOpen("rebase plan", name));
        KOSEI_ASSIGN_OR_RETURN(const auto overlay, store_.plans->Overlay(outcome.plan.number));
        KOSEI_ASSIGN_OR_RETURN(const StepActors actors, ActorsOf(outcome.plan));
        PlanMerge merge(store_, *overlay, outcome.plan.base, take, actors);
        KOSEI_RETURN_IF_ERROR(merge.Compare());
        Staging staging = composer.Next();
        KOSEI_RETURN_IF_ERROR(merge.Stage(staging));
        KOSEI_RETURN_IF_ERROR(merge.CheckTargets(staging));
        outcome.conflicts = merge.conflicts();
        if (merge.has_two_sides() || outcome.plan.base == composer.head().commit) {
          return absl::OkStatus();
        }
        outcome.plan.base = composer.head().commit;
        return store_.plans->Write(outcome.plan);
      },
      [] {}));
  return outcome;
}

absl::Status PlanService::AddSteps(Composer& composer, const std::vector<PlanStep>& steps,
                                   PlanMerge& merge, const Provenance& provenance,
                                   MergeOutcome& outcome) {
  for (const PlanStep& step : steps) {
    Staging staging = composer.Next();
    KOSEI_RETURN_IF_ERROR(merge.StageStep(staging, step));
    if (!merge.conflicts().empty() || !staging.changed()) continue;
    Provenance own = step.edits.provenance;
    own.plan = provenance.plan;
    if (own.cause.empty()) own.cause = provenance.cause;
    if (own.reason.empty()) own.reason = provenance.reason;
    outcome.commits.push_back(composer.Add(staging, own));
  }
  return absl::OkStatus();
}

absl::Status PlanService::MergeComposed(Composer& composer, std::string_view name,
                                        const MergeOptions& options, MergeOutcome& outcome) {
  KOSEI_ASSIGN_OR_RETURN(outcome.plan, FindOpen("merge plan", name));
  PlanInfo& plan = outcome.plan;
  KOSEI_ASSIGN_OR_RETURN(const auto overlay, store_.plans->Overlay(plan.number));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<PlanStep> steps,
                         store_.plans->Steps(plan.number, plan.steps));
  StepActors actors;
  for (const PlanStep& step : steps) actors.push_back(step.edits.provenance.actor);
  Provenance provenance = options.provenance;
  provenance.plan = plan.number;
  if (provenance.cause.empty()) provenance.cause = plan.cause;
  if (provenance.reason.empty()) {
    provenance.reason = plan.description.empty() ? "plan " + plan.name : plan.description;
  }
  PlanMerge merge(store_, *overlay, plan.base, options.take, actors);
  KOSEI_RETURN_IF_ERROR(merge.Compare());
  plan.merged_from = CommitNumber{composer.head().commit.value + 1};
  if (options.keep_steps) {
    KOSEI_RETURN_IF_ERROR(AddSteps(composer, steps, merge, provenance, outcome));
    KOSEI_RETURN_IF_ERROR(merge.CheckTargets(composer.Next()));
  } else {
    Staging staging = composer.Next();
    KOSEI_RETURN_IF_ERROR(merge.Stage(staging));
    KOSEI_RETURN_IF_ERROR(merge.CheckTargets(staging));
    if (merge.conflicts().empty() && staging.changed()) {
      outcome.commits.push_back(composer.Add(staging, provenance));
    }
  }
  outcome.conflicts = merge.conflicts();
  if (!outcome.conflicts.empty()) return absl::AbortedError("conflicts");
  plan.state = PlanState::kMerged;
  plan.merged = composer.head().commit;
  plan.merged_by = options.provenance.actor;
  composer.batch()
      .Put(store_.database->family(Family::kPlans), SliceOf(keys::PlanKey(plan.number, 0)),
           SliceOf(EncodePlan(plan)))
      .PermitUncheckedError();
  return absl::OkStatus();
}

absl::StatusOr<MergeOutcome> PlanService::Merge(std::string_view name,
                                                const MergeOptions& options) {
  MergeOutcome outcome;
  const absl::Status merged = committer_.Compose(
      [&](Composer& composer) { return MergeComposed(composer, name, options, outcome); },
      [&] { store_.plans->Changed(outcome.plan); });
  if (!outcome.conflicts.empty()) {
    outcome.commits.clear();
    KOSEI_ASSIGN_OR_RETURN(outcome.plan, Find(name));
    return outcome;
  }
  KOSEI_RETURN_IF_ERROR(merged);
  return outcome;
}

}  // namespace kosei::storage
