// What a scenario asks for: its steps read as a graph, statements, and what each has to give.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "expected_value.h"
#include "feature_file.h"

namespace kosei::tck {

struct ExpectedRows {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
  bool in_order = false;
  ListOrder lists = ListOrder::kCounts;
  bool any_columns = false;  // "the result should be empty": no rows, whatever the columns
};

// "a SyntaxError should be raised at compile time: UndefinedVariable". Whether it was found before
// or while the statement ran cannot be told from outside.
struct ExpectedError {
  std::string type;
  std::string detail;  // "*": any
};

struct Execution {
  std::string query;
  std::optional<ExpectedRows> rows;
  std::optional<ExpectedError> error;
};

struct ScenarioPlan {
  std::string graph;               // the name of one: "binary-tree-1"; else empty
  std::vector<std::string> setup;  // statements, in order
  std::map<std::string, Cell> parameters;
  bool defines_procedure = false;  // "there exists a procedure"
  std::vector<Execution> executions;
};

// A step that is not known is an error: it must not pass unread. kInvalidArgument, with the line.
absl::StatusOr<ScenarioPlan> PlanOf(const Scenario& scenario);

// Whether a statement writes (CREATE, MERGE, SET, DELETE, REMOVE outside of texts, comments and
// quoted names, and not as a name after a dot, a colon or a $).
bool Writes(std::string_view query);

// The sets that are counted apart. What is not read-only is in neither.
struct Category {
  bool read_only = false;  // no statement under test writes, and no procedure of the kit's own
  bool core = false;       // read-only, without temporal values, quantifiers, EXISTS and pattern
                           // comprehensions
};
Category CategoryOf(const Scenario& scenario, const ScenarioPlan& plan);

}  // namespace kosei::tck
