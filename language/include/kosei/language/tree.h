// What every pass over a tree needs: copies, and visits to all parts of an expression.
#pragma once

#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "kosei/language/ast.h"

namespace kosei::language {

ExpressionPtr Clone(const Expression& expression);
Pattern Clone(const Pattern& pattern);
PathPattern Clone(const PathPattern& path);
Query Clone(const Query& query);

// Calls `visit` for each part directly below, left to right; those of patterns too. Queries in
// EXISTS and COUNT are not entered.
void ForEachPart(const Expression& expression, absl::FunctionRef<void(const Expression&)> visit);
void ForEachPart(Expression& expression, absl::FunctionRef<void(ExpressionPtr&)> visit);

// Variables that the expression takes from outside; those of its own comprehensions, reductions and
// quantifiers are not among them. Names that a pattern or a query inside may bind itself are.
std::set<std::string> FreeVariables(const Expression& expression);
void AddVariables(const Pattern& pattern, std::set<std::string>& names);

ExpressionPtr MakeVariable(std::string name, Span span);

}  // namespace kosei::language
