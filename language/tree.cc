#include "kosei/language/tree.h"

#include <utility>

namespace kosei::language {
namespace {

ExpressionPtr CloneOrNull(const ExpressionPtr& expression) {
  return expression == nullptr ? nullptr : Clone(*expression);
}

std::vector<ExpressionPtr> CloneAll(const std::vector<ExpressionPtr>& expressions) {
  std::vector<ExpressionPtr> copies;
  copies.reserve(expressions.size());
  for (const ExpressionPtr& each : expressions) copies.push_back(CloneOrNull(each));
  return copies;
}

NodePattern CloneNode(const NodePattern& node) {
  return {node.span, node.variable, node.labels, CloneOrNull(node.properties),
          CloneOrNull(node.where)};
}

RelationshipPattern CloneRelationship(const RelationshipPattern& link) {
  return {link.span,
          link.variable,
          link.types,
          link.direction,
          link.hops,
          CloneOrNull(link.properties),
          CloneOrNull(link.where)};
}

PatternStep CloneStep(const PatternStep& step) {
  PatternStep copy;
  if (step.relationship.has_value()) copy.relationship = CloneRelationship(*step.relationship);
  if (step.quantified.has_value()) {
    const QuantifiedPattern& from = *step.quantified;
    copy.quantified = QuantifiedPattern{from.span, std::make_unique<PathPattern>(Clone(*from.path)),
                                        CloneOrNull(from.where), from.hops};
  }
  return copy;
}

TimeScope CloneScope(const TimeScope& time) {
  return {time.span,
          CloneOrNull(time.system_as_of),
          CloneOrNull(time.system_from),
          CloneOrNull(time.system_to),
          CloneOrNull(time.valid_as_of),
          CloneOrNull(time.plan)};
}

std::vector<SetItem> CloneSets(const std::vector<SetItem>& items) {
  std::vector<SetItem> copies;
  for (const SetItem& item : items) {
    copies.push_back(
        {item.kind, item.span, CloneOrNull(item.target), CloneOrNull(item.value), item.labels});
  }
  return copies;
}

Clause CloneClause(const Clause& from) {
  Clause copy;
  copy.kind = from.kind;
  copy.span = from.span;
  copy.optional = from.optional;
  copy.pattern = Clone(from.pattern);
  copy.time = CloneScope(from.time);
  copy.where = CloneOrNull(from.where);
  copy.distinct = from.distinct;
  copy.star = from.star;
  for (const ProjectionItem& item : from.items)
    copy.items.push_back({item.span, CloneOrNull(item.expression), item.alias, item.text});
  for (const SortItem& item : from.order)
    copy.order.push_back({item.span, CloneOrNull(item.expression), item.descending});
  copy.skip = CloneOrNull(from.skip);
  copy.limit = CloneOrNull(from.limit);
  copy.expression = CloneOrNull(from.expression);
  copy.variable = from.variable;
  copy.procedure = from.procedure;
  copy.has_arguments = from.has_arguments;
  copy.yields = from.yields;
  copy.yield_star = from.yield_star;
  copy.arguments = CloneAll(from.arguments);
  copy.detach = from.detach;
  copy.sets = CloneSets(from.sets);
  copy.on_create = CloneSets(from.on_create);
  copy.on_match = CloneSets(from.on_match);
  return copy;
}

// Calls visit(const ExpressionPtr&) or visit(ExpressionPtr&) for what a pattern holds.
template <typename PathType, typename Visit>
void ForEachIn(PathType& path, Visit&& visit) {
  for (auto& node : path.nodes) {
    if (node.properties != nullptr) visit(node.properties);
    if (node.where != nullptr) visit(node.where);
  }
  for (auto& step : path.steps) {
    if (step.relationship.has_value()) {
      if (step.relationship->properties != nullptr) visit(step.relationship->properties);
      if (step.relationship->where != nullptr) visit(step.relationship->where);
    }
    if (step.quantified.has_value()) {
      ForEachIn(*step.quantified->path, visit);
      if (step.quantified->where != nullptr) visit(step.quantified->where);
    }
  }
}

template <typename ExpressionType, typename Visit>
void ForEach(ExpressionType& expression, Visit&& visit) {
  if (expression.pattern != nullptr) {
    for (auto& path : expression.pattern->paths) ForEachIn(path, visit);
  }
  for (auto& operand : expression.operands) {
    if (operand != nullptr) visit(operand);
  }
}

void AddVariablesOf(const PathPattern& path, std::set<std::string>& names) {
  const auto add = [&](const std::string& name) {
    if (!name.empty()) names.insert(name);
  };
  add(path.variable);
  for (const NodePattern& node : path.nodes) add(node.variable);
  for (const PatternStep& step : path.steps) {
    if (step.relationship.has_value()) add(step.relationship->variable);
    if (step.quantified.has_value()) AddVariablesOf(*step.quantified->path, names);
  }
}

void AddFree(const Expression& expression, std::set<std::string>& free);

// Of a clause that reads: those that change something do not stand in expressions.
void AddFree(const Clause& clause, std::set<std::string>& free) {
  const auto add = [&free](const ExpressionPtr& part) {
    if (part != nullptr) AddFree(*part, free);
  };
  AddVariables(clause.pattern, free);
  for (const PathPattern& path : clause.pattern.paths) ForEachIn(path, add);
  for (const ExpressionPtr* part :
       {&clause.time.system_as_of, &clause.time.system_from, &clause.time.system_to,
        &clause.time.valid_as_of, &clause.time.plan, &clause.where, &clause.skip, &clause.limit,
        &clause.expression}) {
    add(*part);
  }
  for (const ProjectionItem& item : clause.items) add(item.expression);
  for (const SortItem& item : clause.order) add(item.expression);
  for (const ExpressionPtr& argument : clause.arguments) add(argument);
}

void AddFree(const Expression& expression, std::set<std::string>& free) {
  const auto add_operand = [&](std::size_t position, const std::set<std::string>& own) {
    if (position >= expression.operands.size() || expression.operands[position] == nullptr) return;
    std::set<std::string> below;
    AddFree(*expression.operands[position], below);
    for (const std::string& name : below) {
      if (!own.contains(name)) free.insert(name);
    }
  };
  if (expression.kind == ExpressionKind::kVariable) {
    free.insert(expression.name);
    return;
  }
  if (expression.kind == ExpressionKind::kListComprehension ||
      expression.kind == ExpressionKind::kQuantifier) {
    add_operand(0, {});
    add_operand(1, {expression.name});
    add_operand(2, {expression.name});
    return;
  }
  if (expression.kind == ExpressionKind::kReduce) {
    add_operand(0, {});
    add_operand(1, {});
    add_operand(2, {expression.name, expression.names.front()});
    return;
  }
  if (expression.pattern != nullptr) AddVariables(*expression.pattern, free);
  if (expression.query != nullptr) {
    for (const SingleQuery& part : expression.query->parts) {
      for (const Clause& clause : part.clauses) AddFree(clause, free);
    }
  }
  ForEachPart(expression, [&](const Expression& part) { AddFree(part, free); });
}

}  // namespace

ExpressionPtr Clone(const Expression& from) {
  auto copy = std::make_unique<Expression>();
  copy->kind = from.kind;
  copy->span = from.span;
  copy->literal = from.literal;
  copy->name = from.name;
  copy->names = from.names;
  copy->operands = CloneAll(from.operands);
  copy->comparisons = from.comparisons;
  copy->quantifier = from.quantifier;
  copy->distinct = from.distinct;
  copy->has_subject = from.has_subject;
  copy->height = from.height;
  if (from.pattern != nullptr) copy->pattern = std::make_unique<Pattern>(Clone(*from.pattern));
  if (from.query != nullptr) copy->query = std::make_unique<Query>(Clone(*from.query));
  return copy;
}

PathPattern Clone(const PathPattern& path) {
  PathPattern copy;
  copy.span = path.span;
  copy.variable = path.variable;
  copy.selector = path.selector;
  for (const NodePattern& node : path.nodes) copy.nodes.push_back(CloneNode(node));
  for (const PatternStep& step : path.steps) copy.steps.push_back(CloneStep(step));
  return copy;
}

Pattern Clone(const Pattern& pattern) {
  Pattern copy;
  copy.span = pattern.span;
  for (const PathPattern& path : pattern.paths) copy.paths.push_back(Clone(path));
  return copy;
}

Query Clone(const Query& query) {
  Query copy;
  copy.span = query.span;
  copy.union_all = query.union_all;
  for (const SingleQuery& part : query.parts) {
    SingleQuery single;
    single.span = part.span;
    for (const Clause& clause : part.clauses) single.clauses.push_back(CloneClause(clause));
    copy.parts.push_back(std::move(single));
  }
  return copy;
}

void ForEachPart(const Expression& expression, absl::FunctionRef<void(const Expression&)> visit) {
  ForEach(expression, [&](const ExpressionPtr& part) { visit(*part); });
}

void ForEachPart(Expression& expression, absl::FunctionRef<void(ExpressionPtr&)> visit) {
  ForEach(expression, [&](ExpressionPtr& part) { visit(part); });
}

std::set<std::string> FreeVariables(const Expression& expression) {
  std::set<std::string> free;
  AddFree(expression, free);
  return free;
}

void AddVariables(const Pattern& pattern, std::set<std::string>& names) {
  for (const PathPattern& path : pattern.paths) AddVariablesOf(path, names);
}

ExpressionPtr MakeVariable(std::string name, Span span) {
  auto variable = std::make_unique<Expression>();
  variable->kind = ExpressionKind::kVariable;
  variable->span = span;
  variable->name = std::move(name);
  return variable;
}

}  // namespace kosei::language
