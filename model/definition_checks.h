// What must hold for a definition as a whole before it can be compiled.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "kosei/model/definition.h"

namespace kosei::model {

// No two classes, relationship types, attributes of a class or values of an enum have one name.
absl::Status CheckNamesDiffer(const ModelDefinition& model);

// Names well-formed, labels and descriptions clean text in both languages, parents known, no class
// above itself, one name one type over all classes, endpoints known, numbers within their limits,
// former names nobody else's, nothing in use below what is retired.
absl::Status CheckDefinition(const ModelDefinition& model);

// The error for what is neither a name of a thing with free naming nor a label. `what`: "class name
// \"A B\"".
absl::Status NotAFreeName(std::string_view origin, std::string_view what);

// Both languages present, one line of clean text each. `what` says whose label it is.
absl::Status CheckLabel(const Label& label, std::string_view origin, std::string_view what);

}  // namespace kosei::model
