// What a class makes of an attribute that it inherits.
#pragma once

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "kosei/model/schema.h"

namespace kosei::model {

// Fills into `refinement` what it leaves out of `inherited`, and checks that it only narrows.
// `is_a(sub, super)` answers for class names. The types are the same already.
absl::Status Refine(const ClassDefinition& owner, const AttributeDefinition& inherited,
                    AttributeDefinition& refinement,
                    absl::FunctionRef<bool(std::string_view, std::string_view)> is_a);

}  // namespace kosei::model
