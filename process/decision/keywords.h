// The words that stand for enumerators in decision tables.
#pragma once

#include "definition/words.h"
#include "kosei/process/decision_table.h"

namespace kosei::process {

inline constexpr Words<FactType, 5> kFactTypes = {{{"enum", FactType::kEnum},
                                                   {"boolean", FactType::kBoolean},
                                                   {"integer", FactType::kInteger},
                                                   {"decimal", FactType::kDecimal},
                                                   {"text", FactType::kText}}};

inline constexpr Words<HitPolicy, 4> kHitPolicies = {{{"first", HitPolicy::kFirst},
                                                      {"unique", HitPolicy::kUnique},
                                                      {"priority", HitPolicy::kPriority},
                                                      {"all", HitPolicy::kAll}}};

}  // namespace kosei::process
