// One YAML text read into a model definition. docs/model.md has the grammar.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "kosei/model/definition.h"

namespace kosei::model {

// The most that one model file may hold, checked before it is parsed.
inline constexpr std::size_t kModelFileBytesMax = 1U << 20;
// The same of all files of a model together.
inline constexpr std::size_t kModelBytesMax = 16U << 20;

// Adds what the text defines to `model`.
absl::Status ParseInto(std::string_view yaml, std::string_view origin, ModelDefinition& model,
                       std::size_t bytes_max = kModelFileBytesMax);

}  // namespace kosei::model
