// What must hold for one attribute of a definition.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "kosei/model/definition.h"

namespace kosei::model {

// The type of a value that is not a list, of the items of one that is.
AttributeType ItemTypeOf(const AttributeDefinition& attribute);
bool SameType(const AttributeDefinition& a, const AttributeDefinition& b);
// "a string", "a list of ip_address": for messages.
std::string TypeWords(const AttributeDefinition& attribute);

// What can be said of a declaration or refinement alone: name, and only fields that its type has.
absl::Status CheckAttributeForm(const ClassDefinition& owner, const AttributeDefinition& attribute);
// What must hold once it has all that it inherits: labels, values, reference class, range.
absl::Status CheckAttributeComplete(const ClassDefinition& owner,
                                    const AttributeDefinition& attribute);

}  // namespace kosei::model
