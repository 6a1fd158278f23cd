// Whether the names in a life cycle are those of the model and of the program.
#pragma once

#include "absl/status/status.h"
#include "kosei/process/life_cycle_definition.h"
#include "kosei/process/vocabulary.h"

namespace kosei::process {

// The first that is wrong: kModelInvalid. Expressions are not looked at.
absl::Status CheckVocabulary(const LifeCycleDefinition& definition, const Vocabulary& vocabulary);

// kModelInvalid when the class lacks it, with the nearest of those that it has. `what` begins the
// message, as in "transition close requires".
absl::StatusOr<ModelFacts::AttributeFacts> GetAttribute(const ModelFacts& model,
                                                        std::string_view origin,
                                                        std::string_view what,
                                                        std::string_view class_name,
                                                        std::string_view attribute);

}  // namespace kosei::process
