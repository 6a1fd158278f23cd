// Clauses and queries, as parse_clause.cc, parse_update.cc and parse_time.cc read them.
#include "kosei/language/print.h"
#include "name_text.h"
#include "printer.h"

namespace kosei::language {

void Printer::Print(const Query& query) {
  for (std::size_t i = 0; i < query.parts.size(); ++i) {
    if (i > 0) Write(query.union_all[i - 1] ? " UNION ALL " : " UNION ");
    const auto& clauses = query.parts[i].clauses;
    for (std::size_t j = 0; j < clauses.size(); ++j) {
      if (j > 0) Write(" ");
      Print(clauses[j]);
    }
  }
}

void Printer::Print(const TimeScope& time) {
  const char* space = "";
  const auto print = [&](std::string_view words, const ExpressionPtr& expression) {
    if (expression == nullptr) return;
    Write(space);
    Write(words);
    Print(*expression, Binding::kSum);
    space = " ";
  };
  print("FOR SYSTEM_TIME AS OF ", time.system_as_of);
  print("FOR SYSTEM_TIME FROM ", time.system_from);
  print("TO ", time.system_to);
  print("FOR VALID_TIME AS OF ", time.valid_as_of);
  print("IN PLAN ", time.plan);
}

void Printer::Print(const Clause& clause) {
  switch (clause.kind) {
    case ClauseKind::kMatch:
      Write(clause.optional ? "OPTIONAL MATCH " : "MATCH ");
      Print(clause.pattern);
      if (!clause.time.empty()) {
        Write(" ");
        Print(clause.time);
      }
      return PrintOptional(" WHERE ", clause.where);
    case ClauseKind::kUnwind:
      Write("UNWIND ");
      Print(*clause.expression);
      return Write(" AS " + VariableText(clause.variable));
    case ClauseKind::kWith:
      Write("WITH ");
      PrintProjection(clause);
      return PrintOptional(" WHERE ", clause.where);
    case ClauseKind::kReturn:
      Write("RETURN ");
      return PrintProjection(clause);
    case ClauseKind::kCall:
      return PrintCall(clause);
    case ClauseKind::kCreate:
      Write("CREATE ");
      return Print(clause.pattern);
    case ClauseKind::kMerge:
      Write("MERGE ");
      Print(clause.pattern);
      PrintSets(" ON CREATE SET ", clause.on_create);
      return PrintSets(" ON MATCH SET ", clause.on_match);
    case ClauseKind::kDelete:
      Write(clause.detach ? "DETACH DELETE " : "DELETE ");
      for (std::size_t i = 0; i < clause.arguments.size(); ++i) {
        if (i > 0) Write(", ");
        Print(*clause.arguments[i]);
      }
      return;
    case ClauseKind::kSet:
      return PrintSets("SET ", clause.sets);
    case ClauseKind::kRemove:
      return PrintSets("REMOVE ", clause.sets);
  }
}

void Printer::PrintItems(const std::vector<ProjectionItem>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) Write(", ");
    Print(*items[i].expression);
    if (!items[i].alias.empty()) Write(" AS " + NameText(items[i].alias));
  }
}

void Printer::PrintProjection(const Clause& clause) {
  if (clause.distinct) Write("DISTINCT ");
  if (clause.star) Write(clause.items.empty() ? "*" : "*, ");
  PrintItems(clause.items);
  for (std::size_t i = 0; i < clause.order.size(); ++i) {
    Write(i == 0 ? " ORDER BY " : ", ");
    Print(*clause.order[i].expression);
    if (clause.order[i].descending) Write(" DESC");
  }
  PrintOptional(" SKIP ", clause.skip);
  PrintOptional(" LIMIT ", clause.limit);
}

// Of a column that is yielded every word will do for a name.
void Printer::PrintCall(const Clause& clause) {
  Write("CALL " + DottedNameText(clause.procedure));
  if (clause.has_arguments) {
    Write("(");
    for (std::size_t i = 0; i < clause.arguments.size(); ++i) {
      if (i > 0) Write(", ");
      Print(*clause.arguments[i]);
    }
    Write(")");
  }
  if (clause.yields) Write(" YIELD ");
  if (clause.yield_star) Write("*");
  PrintItems(clause.items);
  PrintOptional(" WHERE ", clause.where);
}

void Printer::PrintSets(std::string_view before, const std::vector<SetItem>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    Write(i == 0 ? before : ", ");
    const SetItem& item = items[i];
    Print(*item.target, Binding::kSteps);
    for (const std::string& label : item.labels) Write(":" + NameText(label));
    PrintOptional(item.kind == SetItem::Kind::kMerge ? " += " : " = ", item.value);
  }
}

}  // namespace kosei::language
