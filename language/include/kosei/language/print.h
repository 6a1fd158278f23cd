// A tree's text: canonical, so that two texts of one meaning that differ in letter case, white
// space or brackets print alike, and parsed again give the same tree. For EXPLAIN and messages.
#pragma once

#include <string>

#include "kosei/language/ast.h"

namespace kosei::language {

std::string ToText(const Expression& expression);
std::string ToText(const Pattern& pattern);
std::string ToText(const PathPattern& path);
std::string ToText(const NodePattern& node);
std::string ToText(const RelationshipPattern& relationship);
std::string ToText(const Clause& clause);
std::string ToText(const Query& query);
std::string ToText(const Statement& statement);

// A literal of null, a boolean, a number or a string.
std::string LiteralText(const Datum& literal);

}  // namespace kosei::language
