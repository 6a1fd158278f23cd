#include "kosei/language/print.h"

#include "literal_text.h"
#include "printer.h"

namespace kosei::language {
namespace {

template <typename Part>
std::string TextOfPart(const Part& part) {
  std::string text;
  Printer(text).Print(part);
  return text;
}

}  // namespace

std::string ToText(const Expression& expression) { return TextOfPart(expression); }
std::string ToText(const Pattern& pattern) { return TextOfPart(pattern); }
std::string ToText(const PathPattern& path) { return TextOfPart(path); }
std::string ToText(const NodePattern& node) { return TextOfPart(node); }
std::string ToText(const RelationshipPattern& relationship) { return TextOfPart(relationship); }
std::string ToText(const Clause& clause) { return TextOfPart(clause); }
std::string ToText(const Query& query) { return TextOfPart(query); }

std::string ToText(const Statement& statement) {
  std::string text;
  if (statement.mode == StatementMode::kExplain) text += "EXPLAIN ";
  if (statement.mode == StatementMode::kProfile) text += "PROFILE ";
  Printer printer(text);
  if (!statement.time.empty()) {
    printer.Print(statement.time);
    text += " ";
  }
  printer.Print(statement.query);
  return text;
}

std::string LiteralText(const Datum& literal) {
  if (literal.kind() == DatumKind::kBoolean) return literal.boolean() ? "true" : "false";
  if (literal.kind() == DatumKind::kInteger) return std::to_string(literal.integer());
  if (literal.kind() == DatumKind::kFloat) return FloatText(literal.real());
  if (literal.kind() == DatumKind::kString) return StringText(literal.string());
  return "null";
}

}  // namespace kosei::language
