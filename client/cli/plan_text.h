// Plans and their conflicts in the forms of the output (docs/cli.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "context.h"
#include "json_writer.h"
#include "kosei/client/types.h"

namespace kosei::cli {

// "open", "merged".
std::string_view StateOf(const client::PlanInfo& plan);
// The same in the user's language.
std::string StateText(const Context& context, const client::PlanInfo& plan);
// "plan p: open, 3 edits in 2 steps on commit 17".
std::string PlanLine(const Context& context, const client::PlanInfo& plan);
void WritePlan(JsonWriter& json, const client::PlanInfo& plan);
// One plan as the whole output.
void WritePlanAlone(Context& context, const client::PlanInfo& plan);

// An array.
void WriteConflicts(JsonWriter& json, const std::vector<client::Conflict>& conflicts);
// A line each, both sides named.
std::string ConflictLines(const Context& context, const std::vector<client::Conflict>& conflicts);
std::vector<std::string> ConflictColumns();
std::vector<std::string> ConflictRow(const client::Conflict& conflict);

}  // namespace kosei::cli
