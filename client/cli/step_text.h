// Chains of relationships as text and as JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "context.h"
#include "json_writer.h"
#include "kosei/client/model.h"
#include "kosei/client/paths.h"
#include "table.h"

namespace kosei::cli {

// `first` and what the steps add to it. With `columns` above 0, steps in the middle give way to
// "(n more)" so that it fits.
std::string JoinSteps(const std::string& first, const std::vector<std::string>& steps,
                      std::size_t columns);

// "root <-depends_on- a -provides-> b": arrows point as the relationships do. Empty without steps.
std::string StepsText(const std::vector<client::PathStep>& steps, const client::Model& model,
                      std::size_t columns);
// [{"from","type","to","way":"out"|"in"}...]; "out": from the relationship's source to its target.
void WriteSteps(JsonWriter& json, const std::vector<client::PathStep>& steps,
                const client::Model& model);

// The name of a class in the user's language.
std::string ClassLabel(const Context& context, const client::Model& model, ClassNumber number);

// One line a row with its path in a last column; where the terminal is too narrow for that, each
// path has a line of its own. `path(row, columns)` is the path of a row, shortened to `columns`
// when that is above 0.
std::string TableWithPaths(const Context& context, std::vector<Table::Column> columns,
                           const std::vector<std::vector<std::string>>& rows,
                           absl::FunctionRef<std::string(std::size_t, std::size_t)> path);

}  // namespace kosei::cli
