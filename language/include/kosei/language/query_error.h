// Errors of a statement: what kind, where in its text, and what to do. The kinds and details are
// those that the openCypher TCK names, so that a driver or a test can tell them apart; people read
// the message, which begins with line and column and ends with how to mend it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "kosei/base/error.h"
#include "kosei/language/ast.h"

namespace kosei::language {

// A place in a text, counted from 1; columns count code points.
struct TextPosition {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};
TextPosition PositionOf(std::string_view text, std::uint32_t offset);

// `code` is one of kQuerySyntax (SyntaxError: found before anything runs), kQueryType (TypeError),
// kQueryArgument (ArgumentError), kQueryArithmetic (ArithmeticError), kQueryEntity
// (EntityNotFound), kQueryParameter (ParameterMissing), kQueryProcedure (ProcedureError) and
// kQueryUnsupported. `detail` is the TCK's word, such as "UndefinedVariable". The message becomes
// "line 1, column 8: <message>", followed by the line of the text with a caret below it, where a
// terminal shows the place, when the line is short enough to be of help. Field is the detail.
absl::Status MakeQueryError(ErrorCode code, std::string_view detail, std::string_view text,
                            Span span, std::string_view message);

// The same while a statement runs, when only the span is known: the place is filled in by whoever
// has the text (AddPlace).
absl::Status MakeQueryError(ErrorCode code, std::string_view detail, Span span,
                            std::string_view message);
absl::Status AddPlace(const absl::Status& status, std::string_view text);

}  // namespace kosei::language
