// How a plan is written down (base/schema/plan.fbs).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/storage/plans.h"

namespace kosei::storage {

std::string EncodePlan(const PlanInfo& plan);
// kStorageCorrupt when the bytes are no plan.
absl::StatusOr<PlanInfo> DecodePlan(std::string_view bytes);

std::string EncodeStep(const PlanStep& step);
// kStorageCorrupt when the bytes are no step.
absl::StatusOr<PlanStep> DecodeStep(std::string_view bytes);

}  // namespace kosei::storage
