#include "definition/statement.h"

#include <array>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/language/parse.h"
#include "kosei/language/query_error.h"
#include "kosei/language/tree.h"

namespace kosei::process {
namespace {

using language::Clause;
using language::ClauseKind;
using language::Expression;
using language::ExpressionKind;
using language::ExpressionPtr;
using language::PathPattern;
using language::Pattern;
using language::Query;

class ParameterCollector {
 public:
  explicit ParameterCollector(std::set<std::string>& names) : names_(names) {}

  void Visit(const ExpressionPtr& expression) {
    if (expression != nullptr) Visit(*expression);
  }
  void Visit(const Expression& expression) {
    if (expression.kind == ExpressionKind::kParameter) names_.insert(expression.name);
    if (expression.query != nullptr) Visit(*expression.query);
    ForEachPart(expression, [&](const Expression& part) { Visit(part); });
  }
  void Visit(const PathPattern& path) {
    for (const language::NodePattern& node : path.nodes) {
      Visit(node.properties);
      Visit(node.where);
    }
    for (const language::PatternStep& step : path.steps) {
      if (step.relationship) {
        Visit(step.relationship->properties);
        Visit(step.relationship->where);
      }
      if (step.quantified) {
        if (step.quantified->path != nullptr) Visit(*step.quantified->path);
        Visit(step.quantified->where);
      }
    }
  }
  void Visit(const language::TimeScope& time) {
    for (const ExpressionPtr* part :
         {&time.system_as_of, &time.system_from, &time.system_to, &time.valid_as_of, &time.plan})
      Visit(*part);
  }
  void Visit(const Clause& clause) {
    for (const PathPattern& path : clause.pattern.paths) Visit(path);
    Visit(clause.time);
    for (const language::ProjectionItem& item : clause.items) Visit(item.expression);
    for (const language::SortItem& item : clause.order) Visit(item.expression);
    for (const ExpressionPtr* part :
         {&clause.where, &clause.skip, &clause.limit, &clause.expression})
      Visit(*part);
    for (const ExpressionPtr& argument : clause.arguments) Visit(argument);
  }
  void Visit(const Query& query) {
    for (const language::SingleQuery& part : query.parts)
      for (const Clause& clause : part.clauses) Visit(clause);
  }

 private:
  std::set<std::string>& names_;
};

absl::Status Refused(std::string_view text, language::Span span, std::string_view message) {
  const absl::Status placed = language::MakeQueryError(
      ErrorCode::kQuerySyntax, "InvalidClauseComposition", text, span, message);
  return MakeError(ErrorCode::kModelInvalid, MessageOf(placed));
}

bool Writes(ClauseKind kind) {
  constexpr std::array<ClauseKind, 5> kWriting = {ClauseKind::kCreate, ClauseKind::kMerge,
                                                  ClauseKind::kDelete, ClauseKind::kSet,
                                                  ClauseKind::kRemove};
  for (const ClauseKind writing : kWriting)
    if (writing == kind) return true;
  return false;
}

}  // namespace

absl::StatusOr<language::Statement> ParseReadingStatement(std::string_view text) {
  absl::StatusOr<language::Statement> statement = language::Parse(text);
  if (!statement.ok()) return MakeError(ErrorCode::kModelInvalid, MessageOf(statement.status()));
  if (statement->mode != language::StatementMode::kRun)
    return Refused(text, statement->query.span, "drop EXPLAIN or PROFILE: the rows are wanted");
  for (const language::SingleQuery& part : statement->query.parts) {
    for (const Clause& clause : part.clauses) {
      if (Writes(clause.kind))
        return Refused(text, clause.span, "a guard only reads; drop what writes");
    }
    if (part.clauses.back().kind != ClauseKind::kReturn)
      return Refused(text, part.span, "the query has no RETURN at its end; add what it gives");
  }
  return statement;
}

std::set<std::string> ParametersOf(const language::Statement& statement) {
  std::set<std::string> names;
  ParameterCollector collector(names);
  collector.Visit(statement.time);
  collector.Visit(statement.query);
  return names;
}

}  // namespace kosei::process
