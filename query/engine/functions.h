// Functions of the query language that only a versioned store can offer: what a version's commit
// says, and records by their keys.
#pragma once

#include <memory>
#include <string_view>

#include "kosei/language/evaluation.h"

namespace kosei::query {

// record('web-1'): the record of a key, or null when none holds. Also what walking a reference is.
inline constexpr std::string_view kFollowFunction = "kosei.record";

// `text`: of the statement, for messages; must outlive what is made. Evaluators expect to be run
// with a Run.
std::unique_ptr<language::Functions> MakeEngineFunctions(std::string_view text);

}  // namespace kosei::query
