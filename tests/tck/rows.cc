#include "rows.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/compare.h"

namespace kosei::tck {

using language::Datum;
using language::DatumKind;

absl::Status NotDone(std::string_view what) {
  return MakeError(ErrorCode::kQueryUnsupported,
                   absl::StrFormat("the runner's set-up does not do %s", what));
}

bool SameValue(const Datum& a, const Datum& b) { return language::IsEqual(a, b).value_or(false); }

Rows::Rows(std::string_view text, const language::DatumMap& parameters, MemoryGraph& graph)
    : text_(text), graph_(graph), rows_(1) {
  evaluation_.graph = &graph;
  evaluation_.parameters = &parameters;
}

absl::StatusOr<language::EvaluatorPtr> Rows::Compile(const language::Expression& expression) {
  language::CompileContext context;
  context.text = text_;
  context.graph = &graph_;
  return language::Compile(expression, scope_, context);
}

absl::StatusOr<Datum> Rows::Evaluate(const language::Evaluator& evaluator, Row& row) {
  row.resize(scope_.slot_count());
  Datum value = evaluator.Evaluate(row.data(), evaluation_);
  KOSEI_RETURN_IF_ERROR(std::exchange(evaluation_.error, absl::OkStatus()));
  return value;
}

absl::Status Rows::ForEach(absl::FunctionRef<absl::Status(Row&)> visit) {
  for (Row& row : rows_) {
    row.resize(scope_.slot_count());
    KOSEI_RETURN_IF_ERROR(visit(row));
  }
  return absl::OkStatus();
}

absl::Status Rows::Expand(absl::FunctionRef<absl::Status(Row&, std::vector<Row>&)> expand) {
  std::vector<Row> expanded;
  KOSEI_RETURN_IF_ERROR(ForEach([&](Row& row) { return expand(row, expanded); }));
  rows_ = std::move(expanded);
  return absl::OkStatus();
}

absl::Status Rows::Unwind(const language::Expression& list, const std::string& variable) {
  KOSEI_ASSIGN_OR_RETURN(const language::EvaluatorPtr evaluator, Compile(list));
  const std::uint32_t slot = scope_.Add(variable);
  return Expand([&](Row& row, std::vector<Row>& out) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const Datum value, Evaluate(*evaluator, row));
    if (value.is_null()) return absl::OkStatus();
    const language::DatumList items =
        value.kind() == DatumKind::kList ? value.list() : language::DatumList{value};
    for (const Datum& item : items) {
      out.push_back(row);
      out.back()[slot] = item;
    }
    return absl::OkStatus();
  });
}

void Rows::Replace(language::Scope scope, std::vector<Row> rows) {
  scope_ = std::move(scope);
  rows_ = std::move(rows);
}

}  // namespace kosei::tck
