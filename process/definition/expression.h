// Expressions of the query language in definitions: over `record` (a map of its attributes),
// `input` (a map), `actor` (a key), `roles` (a list) and `now`; compiled when a definition is
// loaded. They see nothing of the graph.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::process {

// The values that an expression sees.
struct ExpressionValues {
  language::Datum record;  // kMap
  language::Datum input;   // kMap
  language::Datum actor;
  language::Datum roles;
  Timestamp now;
  std::string time_zone = "Z";
};

// Which names may stand behind `record.` and `input.`. Each gives the error's ending when a name is
// unknown, and nothing when it is known.
struct ExpressionNames {
  absl::FunctionRef<std::string(std::string_view)> record;
  absl::FunctionRef<std::string(std::string_view)> input;
};

// Immutable; thread-safe.
class CompiledExpression {
 public:
  // kModelInvalid with the place in the text, the reason and what to do.
  static absl::StatusOr<CompiledExpression> Make(std::string_view text,
                                                 const ExpressionNames& names);

  // Errors are those of the query language; also when it takes too long or too much memory.
  absl::StatusOr<language::Datum> Evaluate(const ExpressionValues& values) const;
  const language::Datum* constant() const { return evaluator_->constant(); }
  language::StaticType type() const { return evaluator_->type(); }

 private:
  CompiledExpression(std::string text, std::shared_ptr<const language::Evaluator> evaluator,
                     std::uint32_t slot_count)
      : text_(std::move(text)), evaluator_(std::move(evaluator)), slot_count_(slot_count) {}

  std::string text_;
  std::shared_ptr<const language::Evaluator> evaluator_;  // copies share it: it is immutable
  std::uint32_t slot_count_;
};

}  // namespace kosei::process
