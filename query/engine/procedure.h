// A procedure of the query language: what it takes, what it yields, and how it is run.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/run.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::query {

struct ProcedureColumn {
  std::string_view name;
  language::DatumKind kind;
};

struct Procedure {
  std::string_view name;
  std::string_view usage;  // "kosei.impact(records, {options})", for messages
  std::size_t least = 0;   // arguments
  std::size_t most = 0;
  std::vector<ProcedureColumn> columns;
  // Calls `give` with a value for each column until it returns false. Errors go to run.Fail.
  void (*run)(Run& run, const language::DatumList& arguments, language::Span span,
              absl::FunctionRef<bool(language::Datum*)> give) = nullptr;
  // Its answer shows nothing but what the classes let somebody see (StatementRequest::classes).
  bool keeps_to_classes = false;
};

// All of them; case makes a difference in names.
std::span<const Procedure> Procedures();

// By subject: names of the model (as tools for graph databases ask for them); the answers of the
// graph; versions and differences.
std::vector<Procedure> ModelProcedures();
std::vector<Procedure> GraphProcedures();
std::vector<Procedure> HistoryProcedures();

}  // namespace kosei::query
