// Works an assessment out (kosei/process/assessment.h).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/assessment.h"

namespace kosei::process {

// `attributes`: of the record, as they are or are about to be. kUnknownPlan when it names a plan
// that is gone; the errors of impact and collisions.
absl::StatusOr<Assessment> Assess(const DeskParts& parts, const Definitions& definitions,
                                  const Asking& asking, const FoundRecord& found,
                                  std::string_view key);

// Its impact_hash alone, without collisions and risk.
absl::StatusOr<std::string> ImpactHashOf(const DeskParts& parts, const Asking& asking,
                                         const language::DatumMap& attributes,
                                         std::string_view key);

// What of an assessment is kept on the record, of the attributes that its class has.
language::DatumMap KeptOf(const Assessment& assessment, const model::Schema& schema,
                          const model::Class& owner);

}  // namespace kosei::process
