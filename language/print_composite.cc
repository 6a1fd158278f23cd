// Expressions of several parts, as parse_composite.cc reads them.
#include "kosei/language/print.h"
#include "name_text.h"
#include "printer.h"
#include "words.h"

namespace kosei::language {
namespace {

using enum ExpressionKind;

// Whether the text begins as `variable IN`, or `variable =`, does: in brackets the parser takes
// that for a comprehension and the like.
bool BeginsAs(ExpressionKind kind, const Expression& expression) {
  const Expression* first = &expression;
  while (!first->operands.empty() && first->operands.front() != nullptr) {
    const Expression* const left = first->operands.front().get();
    if (first->kind == kind && left->kind == kVariable) return true;
    first = left;
  }
  return false;
}

// Whether a bare name in front of the arguments would not be read as that of a function.
bool NeedsBackticks(const Expression& call) {
  const Word word = FindWord(call.name.substr(0, call.name.find('.')));
  if (word == Word::kNone) return false;
  if (IsReserved(word) || word == Word::kEnd || word == Word::kReduce ||
      word == Word::kShortestPath || word == Word::kAllShortestPaths) {
    return true;
  }
  return !call.operands.empty() && BeginsAs(kIn, *call.operands.front());
}

}  // namespace

std::string DottedNameText(std::string_view name) {
  std::string text;
  for (;;) {
    const std::size_t dot = name.find('.');
    text += NameText(name.substr(0, dot));
    if (dot == std::string_view::npos) return text;
    text += '.';
    name.remove_prefix(dot + 1);
  }
}

void Printer::PrintList(const std::vector<ExpressionPtr>& operands) {
  const bool enclosed = operands.size() == 1 && BeginsAs(kIn, *operands.front());
  Write(enclosed ? "[(" : "[");
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) Write(", ");
    Print(*operands[i]);
  }
  Write(enclosed ? ")]" : "]");
}

void Printer::PrintEntry(std::string_view key, const Expression& value) {
  Write(NameText(key));
  Write(": ");
  Print(value);
}

void Printer::PrintMap(const Expression& map) {
  Write("{");
  for (std::size_t i = 0; i < map.names.size(); ++i) {
    if (i > 0) Write(", ");
    PrintEntry(map.names[i], *map.operands[i]);
  }
  Write("}");
}

void Printer::PrintMapProjection(const Expression& projection) {
  const Expression& variable = *projection.operands[0];
  Print(variable, Binding::kWhole);
  Write(" {");
  for (std::size_t i = 0; i < projection.names.size(); ++i) {
    if (i > 0) Write(", ");
    const std::string& name = projection.names[i];
    const ExpressionPtr& value = projection.operands[i + 1];
    if (value == nullptr) {
      Write(".*");
    } else if (value->kind == kProperty && value->name == name &&
               value->operands[0]->kind == kVariable && value->operands[0]->name == variable.name) {
      Write("." + NameText(name));
    } else {
      PrintEntry(name, *value);
    }
  }
  Write("}");
}

void Printer::PrintFunction(const Expression& call) {
  const bool quoted = NeedsBackticks(call);
  const std::size_t dot = call.name.find('.');
  if (quoted) {
    Write("`");
    Write(std::string_view(call.name).substr(0, dot));
    Write("`");
    if (dot != std::string::npos) Write("." + DottedNameText(call.name.substr(dot + 1)));
  } else {
    Write(DottedNameText(call.name));
  }
  Write(call.distinct ? "(DISTINCT " : "(");
  for (std::size_t i = 0; i < call.operands.size(); ++i) {
    if (i > 0) Write(", ");
    Print(*call.operands[i]);
  }
  Write(")");
}

void Printer::PrintCase(const Expression& expression) {
  Write("CASE");
  const auto& operands = expression.operands;
  std::size_t i = 0;
  if (expression.has_subject) {
    Write(" ");
    Print(*operands[i++]);
  }
  for (; i + 1 < operands.size(); i += 2) {
    Write(" WHEN ");
    Print(*operands[i]);
    Write(" THEN ");
    Print(*operands[i + 1]);
  }
  if (i < operands.size()) {
    Write(" ELSE ");
    Print(*operands[i]);
  }
  Write(" END");
}

void Printer::PrintSource(std::string_view variable, const Expression& list) {
  Write(VariableText(variable));
  Write(" IN ");
  Print(list);
}

void Printer::PrintOptional(std::string_view before, const ExpressionPtr& expression) {
  if (expression == nullptr) return;
  Write(before);
  Print(*expression);
}

void Printer::PrintListComprehension(const Expression& expression) {
  Write("[");
  PrintSource(expression.name, *expression.operands[0]);
  PrintOptional(" WHERE ", expression.operands[1]);
  PrintOptional(" | ", expression.operands[2]);
  Write("]");
}

void Printer::PrintPatternComprehension(const Expression& expression) {
  Write("[");
  if (!expression.name.empty()) Write(VariableText(expression.name) + " = ");
  Print(*expression.pattern);
  PrintOptional(" WHERE ", expression.operands[0]);
  PrintOptional(" | ", expression.operands[1]);
  Write("]");
}

void Printer::PrintQuantifier(const Expression& expression) {
  switch (expression.quantifier) {
    case QuantifierKind::kAll:
      Write("all(");
      break;
    case QuantifierKind::kAny:
      Write("any(");
      break;
    case QuantifierKind::kNone:
      Write("none(");
      break;
    case QuantifierKind::kSingle:
      Write("single(");
      break;
  }
  PrintSource(expression.name, *expression.operands[0]);
  PrintOptional(" WHERE ", expression.operands[1]);
  Write(")");
}

void Printer::PrintReduce(const Expression& expression) {
  Write("reduce(" + VariableText(expression.name) + " = ");
  Print(*expression.operands[0]);
  Write(", ");
  PrintSource(expression.names[0], *expression.operands[1]);
  Write(" | ");
  Print(*expression.operands[2]);
  Write(")");
}

void Printer::PrintSubquery(const Expression& expression) {
  Write(expression.kind == kExists ? "EXISTS { " : "COUNT { ");
  if (expression.query != nullptr) {
    Print(*expression.query);
  } else {
    Print(*expression.pattern);
    if (!expression.operands.empty()) PrintOptional(" WHERE ", expression.operands[0]);
  }
  Write(" }");
}

}  // namespace kosei::language
