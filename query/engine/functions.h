// Functions of the query language that only a versioned store can offer: what a version's commit
// says, and records by their keys.
#pragma once

#include <memory>
#include <string_view>

#include "engine/property_names.h"
#include "kosei/language/evaluation.h"

namespace kosei::query {

// kosei.record('web-1'): the record of a key as of the statement's own moment, or null when none
// holds then.
inline constexpr std::string_view kRecordFunction = "kosei.record";
// What `n.site` is in `n.site.name`: of a record, in names[0] of the call, the record that the
// attribute refers to, as of the moment of the first one. Nobody can write its name.
inline constexpr std::string_view kWalkFunction = " walk";

// `text`, of the statement, for messages, and `properties` must outlive what is made. Evaluators
// expect to be run with a Run.
std::unique_ptr<language::Functions> MakeEngineFunctions(std::string_view text,
                                                         PropertyNames& properties);

}  // namespace kosei::query
