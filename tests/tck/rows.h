// The rows that a statement has between two clauses, and the expressions over them.
#pragma once

#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/language/evaluation.h"
#include "memory_graph.h"

namespace kosei::tck {

using Row = std::vector<language::Datum>;  // by slot

// kQueryUnsupported.
absl::Status NotDone(std::string_view what);

// Whether = holds between them.
bool SameValue(const language::Datum& a, const language::Datum& b);

class Rows {
 public:
  // Begins with one row that has no variables. All must outlive this.
  Rows(std::string_view text, const language::DatumMap& parameters, MemoryGraph& graph);

  language::Scope& scope() { return scope_; }
  std::vector<Row>& rows() { return rows_; }
  absl::StatusOr<language::EvaluatorPtr> Compile(const language::Expression& expression);
  absl::StatusOr<language::Datum> Evaluate(const language::Evaluator& evaluator, Row& row);

  // Rows have all slots of the scope when they are visited.
  absl::Status ForEach(absl::FunctionRef<absl::Status(Row&)> visit);
  // Each row is replaced by those that `expand` adds.
  absl::Status Expand(absl::FunctionRef<absl::Status(Row&, std::vector<Row>&)> expand);
  absl::Status Unwind(const language::Expression& list, const std::string& variable);
  // A new scope and new rows in place of these.
  void Replace(language::Scope scope, std::vector<Row> rows);

 private:
  std::string_view text_;
  language::Evaluation evaluation_;
  MemoryGraph& graph_;
  language::Scope scope_;
  std::vector<Row> rows_;
};

}  // namespace kosei::tck
