#include "kosei/language/parse.h"

#include <utility>

#include "kosei/base/status_macros.h"
#include "lexer.h"
#include "parser.h"

namespace kosei::language {

absl::StatusOr<Statement> Parse(std::string_view text) {
  KOSEI_RETURN_IF_ERROR(CheckText(text));
  Parser parser(text);
  Statement statement;
  if (!parser.ReadStatement(statement)) return parser.error();
  return statement;
}

absl::StatusOr<ExpressionPtr> ParseExpression(std::string_view text) {
  KOSEI_RETURN_IF_ERROR(CheckText(text));
  Parser parser(text);
  ExpressionPtr expression = parser.ReadWholeExpression();
  if (expression == nullptr) return parser.error();
  return expression;
}

}  // namespace kosei::language
