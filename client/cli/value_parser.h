// Text of a command line or a CSV cell as a value of the model. The server reads numbers, times and
// addresses out of text; only what has a form of its own here (lists) is taken apart.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "kosei/base/value.h"
#include "kosei/client/model.h"

namespace kosei::cli {

// Lists: items between ';', spaces around them dropped, no empty items.
Value ValueOfText(std::string text, const client::ModelAttribute& attribute);

// kUnknownAttribute with a suggestion.
absl::Status UnknownAttribute(const client::Model& model, const client::ModelClass& owner,
                              std::string_view name);

}  // namespace kosei::cli
