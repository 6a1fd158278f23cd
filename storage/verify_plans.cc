// Every plan, and every step that it says it has.
#include <optional>

#include "absl/strings/str_format.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "plan_codec.h"
#include "rocksdb_status.h"
#include "verify_run.h"

namespace kosei::storage {
namespace {

// The header of a plan, and how many of its steps have been seen.
struct SeenPlan {
  PlanInfo plan;
  std::uint32_t steps = 0;
};

void FindMissingSteps(VerifyRun& run, const std::optional<SeenPlan>& seen) {
  if (!seen || seen->steps == seen->plan.steps) return;
  run.Find(absl::StrFormat("plan %s: %d steps are there, it says %d", seen->plan.name, seen->steps,
                           seen->plan.steps));
}

void VerifyStep(VerifyRun& run, const std::string& what, std::uint32_t number,
                std::string_view bytes, std::optional<SeenPlan>& seen) {
  const absl::StatusOr<PlanStep> step = DecodeStep(bytes);
  if (!step.ok()) {
    run.Find(absl::StrFormat("%s, step %d: %s", what, number, MessageOf(step.status())));
  } else if (step->number != number) {
    run.Find(absl::StrFormat("%s, step %d: it calls itself step %d", what, number, step->number));
  }
  if (!seen) return;
  if (number != ++seen->steps)
    run.Find(absl::StrFormat("%s: a step before %d is gone", what, number));
}

}  // namespace

void VerifyPlans(VerifyRun& run) {
  std::optional<SeenPlan> seen;
  PlanNumber last = kNoPlan;
  std::uint64_t done = 0;
  const auto iterator = run.database.Iterate(Family::kPlans, rocksdb::ReadOptions());
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    run.Progress("plans", ++done, run.EstimateOf(Family::kPlans));
    const std::string_view key = ViewOf(iterator->key());
    if (key.size() != keys::kPlanKeySize) {
      run.Find(absl::StrFormat("plans: an entry has a key of %d bytes", key.size()));
      continue;
    }
    const PlanNumber number{ReadU64(key.data())};
    const std::uint32_t step = ReadU32(key.data() + 8);
    const std::string_view value = ViewOf(iterator->value());
    if (number == kNoPlan) {
      if (value.size() == sizeof(std::uint64_t)) last = PlanNumber{ReadU64(value.data())};
      continue;
    }
    const std::string what = absl::StrFormat("plan number %d", number.value);
    if (step != 0) {
      VerifyStep(run, what, step, value, seen);
      continue;
    }
    FindMissingSteps(run, seen);
    seen.reset();
    const absl::StatusOr<PlanInfo> plan = DecodePlan(value);
    if (!plan.ok()) {
      run.Find(absl::StrFormat("%s: %s", what, MessageOf(plan.status())));
      continue;
    }
    if (plan->number != number || number > last) run.Find(what + ": its number was not given");
    seen = SeenPlan{*plan};
  }
  FindMissingSteps(run, seen);
  if (!iterator->status().ok()) run.Find("plans: " + iterator->status().ToString());
}

}  // namespace kosei::storage
