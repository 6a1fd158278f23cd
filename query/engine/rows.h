// Operators that work row by row, or on all rows alike, and know nothing of the graph.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operator.h"
#include "kosei/language/evaluation.h"

namespace kosei::query {

// Rows for which all conditions are true; asked one after the other, until one is not.
OperatorPtr MakeFilter(OperatorPtr input, std::vector<language::EvaluatorPtr> conditions,
                       std::string text);
OperatorPtr MakeFilter(OperatorPtr input, language::EvaluatorPtr condition, std::string text);

struct Assignment {
  std::uint32_t slot = 0;
  language::EvaluatorPtr value;
  std::string text;
};
// All values are found before any is set.
OperatorPtr MakeProject(OperatorPtr input, std::vector<Assignment> assignments);

struct UnwoundList {
  language::EvaluatorPtr value;
  // Of a call of range(): its arguments, so that the list need not be made.
  std::vector<language::EvaluatorPtr> range;
};
// A row for each item of a list; null has none; any other value is one.
OperatorPtr MakeUnwind(OperatorPtr input, UnwoundList list, std::uint32_t slot, std::string text);

// Of rows that are equivalent in the slots, the first.
OperatorPtr MakeDistinct(OperatorPtr input, std::vector<std::uint32_t> slots);

// SKIP and LIMIT. The numbers are the same for all rows; integers that are not negative, else
// kQuerySyntax.
struct Slice {
  language::EvaluatorPtr skip;   // null: 0
  language::EvaluatorPtr limit;  // null: all
  language::Span skip_span;
  language::Span limit_span;
};
OperatorPtr MakeSlice(OperatorPtr input, Slice slice);
// The number, or an error in `run` and 0.
std::uint64_t CountOf(const language::Evaluator* evaluator, language::Span span, Run& run,
                      language::Datum* row, std::string_view what, std::uint64_t otherwise);

struct SortKey {
  language::EvaluatorPtr value;
  bool descending = false;
};
// Rows that are equal in all keys stay in their order. `live`: the slots that those behind read.
// `limit`, with `skip` added: only so many rows are wanted.
OperatorPtr MakeSort(OperatorPtr input, std::vector<SortKey> keys, std::vector<std::uint32_t> live,
                     std::string text, Slice top);

// The rows of `inner` for each row; when it has none, the row itself with null in `slots`.
OperatorPtr MakeOptional(OperatorPtr input, OperatorPtr inner, std::vector<std::uint32_t> slots);

}  // namespace kosei::query
