// Parts of the tree that a list filter becomes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filter_lexer.h"
#include "kosei/language/ast.h"

namespace kosei::language {

// What a value of a filter means: a number, a boolean, a date or a date-time where a bare word
// looks like one, otherwise text. `text` is that of the whole filter.
ExpressionPtr FilterValue(std::string_view text, const FilterToken& token);

ExpressionPtr FilterRecord(Span span);  // the variable that stands for the record
ExpressionPtr FilterNode(ExpressionKind kind, Span span, std::vector<ExpressionPtr> operands);
ExpressionPtr FilterNode(ExpressionKind kind, Span span, ExpressionPtr operand);
ExpressionPtr FilterNode(ExpressionKind kind, Span span, ExpressionPtr left, ExpressionPtr right);
ExpressionPtr FilterCall(std::string_view function, ExpressionPtr argument);
ExpressionPtr FilterHasLabel(std::string_view label, Span span);

// MATCH (n) WHERE condition RETURN n: with tests of the class that every record must pass as labels
// of the node. `condition` may be null.
Statement FilterStatement(ExpressionPtr condition, Span span);

}  // namespace kosei::language
