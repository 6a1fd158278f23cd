// Statements of the query language in definitions: parsed when they are loaded, run by others.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/language/ast.h"

namespace kosei::process {

// A statement that reads and gives rows. kModelInvalid with the place, the reason and what to do.
absl::StatusOr<language::Statement> ParseReadingStatement(std::string_view text);

// The parameters that it names, without the $.
std::set<std::string> ParametersOf(const language::Statement& statement);

}  // namespace kosei::process
