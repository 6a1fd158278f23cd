#include "naive_statement.h"

#include <algorithm>
#include <set>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/compare.h"
#include "kosei/language/parse.h"
#include "kosei/language/tree.h"

namespace kosei::query {

using language::Clause;
using language::ClauseKind;
using language::Datum;
using language::DatumList;
using language::Expression;
using language::ExpressionKind;
using language::ExpressionPtr;

namespace {

bool IsAggregateCall(const Expression& expression) {
  return expression.kind == ExpressionKind::kCountStar ||
         (expression.kind == ExpressionKind::kFunction && language::IsAggregate(expression.name));
}

bool HasAggregate(const Expression& expression) {
  bool has = IsAggregateCall(expression);
  language::ForEachPart(expression,
                        [&](const Expression& part) { has = has || HasAggregate(part); });
  return has;
}

bool SameValues(const DatumList& a, const DatumList& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), language::Equivalent);
}

DatumList ValuesOf(const NaiveRow& row, const std::vector<std::string>& names) {
  DatumList values;
  for (const std::string& name : names) values.push_back(row.at(name));
  return values;
}

// Of rows that are equivalent, the first.
template <typename Row, typename Values>
void KeepDistinct(std::vector<Row>& rows, Values&& values_of) {
  std::vector<DatumList> seen;
  std::vector<Row> kept;
  for (Row& row : rows) {
    const DatumList values = values_of(row);
    if (std::any_of(seen.begin(), seen.end(),
                    [&](const DatumList& each) { return SameValues(each, values); }))
      continue;
    seen.push_back(values);
    kept.push_back(std::move(row));
  }
  rows = std::move(kept);
}

NaiveRow Overlaid(NaiveRow row, const NaiveRow& above) {
  for (const auto& [name, value] : above) row[name] = value;
  return row;
}

class SubqueryEvaluator final : public language::Evaluator {
 public:
  SubqueryEvaluator(NaiveStatement& statement, const Expression& expression,
                    std::map<std::string, std::uint32_t> slots)
      : statement_(statement), expression_(expression), slots_(std::move(slots)) {}
  language::StaticType type() const override { return {}; }
  Datum Evaluate(Datum* row, language::Evaluation&) const override {
    NaiveRow values;
    for (const auto& [name, slot] : slots_) values[name] = row[slot];
    return statement_.Subquery(expression_, values);
  }

 private:
  NaiveStatement& statement_;
  const Expression& expression_;
  const std::map<std::string, std::uint32_t> slots_;
};

}  // namespace

NaiveStatement::NaiveStatement(NaiveGraph& graph, std::size_t work_max)
    : graph_(graph), work_left_(work_max) {
  evaluation_.graph = &graph;
  value_ = [this](const Expression& expression, const NaiveRow& row) {
    return Work() ? Value(expression, row) : Datum();
  };
}

bool NaiveStatement::Work() {
  if (work_left_ > 0) {
    --work_left_;
    return !evaluation_.failed();
  }
  evaluation_.Fail(MakeError(ErrorCode::kRowBudget, "naive statement: too much work"));
  return false;
}

absl::StatusOr<NaiveTable> NaiveStatement::Run(std::string_view text) {
  text_ = text;
  compiled_.clear();
  matches_.clear();
  made_.clear();
  KOSEI_ASSIGN_OR_RETURN(const language::Statement statement, language::Parse(text_));
  NaiveTable table = RunQuery(statement.query, {});
  if (evaluation_.failed()) return evaluation_.error;
  return table;
}

NaiveTable NaiveStatement::RunQuery(const language::Query& query, const NaiveRow& outside) {
  NaiveTable table;
  for (std::size_t i = 0; i < query.parts.size(); ++i) {
    NaiveTable part = RunPart(query.parts[i], outside);
    if (i == 0) table.columns = part.columns;
    for (const std::vector<Datum>& row : part.rows) {
      std::vector<Datum> ordered;
      for (const std::string& column : table.columns) {
        const auto at = std::find(part.columns.begin(), part.columns.end(), column);
        ordered.push_back(row[static_cast<std::size_t>(at - part.columns.begin())]);
      }
      table.rows.push_back(std::move(ordered));
    }
    if (i > 0 && !query.union_all[i - 1])
      KeepDistinct(table.rows, [](const std::vector<Datum>& row) { return row; });
  }
  return table;
}

NaiveTable NaiveStatement::RunPart(const language::SingleQuery& part, const NaiveRow& outside) {
  Rows rows = {outside};
  NaiveTable table;
  for (const Clause& clause : part.clauses) {
    if (clause.kind == ClauseKind::kMatch) {
      rows = Match(clause, rows);
    } else if (clause.kind == ClauseKind::kUnwind) {
      rows = Unwind(clause, rows);
    } else {
      rows = Project(clause, rows, table.columns);
    }
  }
  // Without RETURN (in EXISTS and COUNT) the rows count, and nothing is in them.
  const bool returns = part.clauses.back().kind == ClauseKind::kReturn;
  if (!returns) table.columns.clear();
  for (const NaiveRow& row : rows) table.rows.push_back(ValuesOf(row, table.columns));
  return table;
}

NaiveStatement::Rows NaiveStatement::Match(const Clause& clause, const Rows& rows) {
  Rows found;
  NaiveMatch& match = MatchOf(clause.pattern, clause.where.get(), "");
  for (const NaiveRow& row : rows) {
    const std::size_t before = found.size();
    match.Run(row, [&](const NaiveRow& one) {
      found.push_back(one);
      return Work();
    });
    if (!clause.optional || found.size() > before) continue;
    NaiveRow nothing = row;
    for (const std::string& name : match.names()) nothing.emplace(name, Datum());
    found.push_back(std::move(nothing));
  }
  return found;
}

NaiveMatch& NaiveStatement::MatchOf(const language::Pattern& pattern, const Expression* where,
                                    const std::string& path_name) {
  std::unique_ptr<NaiveMatch>& match = matches_[&pattern];
  if (match != nullptr) return *match;
  language::Pattern named = language::Clone(pattern);
  if (!path_name.empty()) named.paths.front().variable = path_name;
  match = std::make_unique<NaiveMatch>(graph_, named, where, value_);
  return *match;
}

NaiveStatement::Rows NaiveStatement::Unwind(const Clause& clause, const Rows& rows) {
  Rows found;
  for (const NaiveRow& row : rows) {
    const Datum list = Value(*clause.expression, row);
    if (list.is_null()) continue;
    const DatumList items =
        list.kind() == language::DatumKind::kList ? list.list() : DatumList{list};
    for (const Datum& item : items) {
      NaiveRow one = row;
      one[clause.variable] = item;
      found.push_back(std::move(one));
    }
  }
  return found;
}

NaiveStatement::Rows NaiveStatement::Project(const Clause& clause, const Rows& rows,
                                             std::vector<std::string>& columns) {
  columns.clear();
  std::vector<const Expression*> items;
  std::vector<ExpressionPtr> made;
  if (clause.star && !rows.empty()) {
    for (const auto& [name, value] : rows.front()) {
      columns.push_back(name);
      made.push_back(language::MakeVariable(name, clause.span));
      items.push_back(made.back().get());
    }
  }
  for (const language::ProjectionItem& item : clause.items) {
    const bool variable = item.expression->kind == ExpressionKind::kVariable;
    columns.push_back(!item.alias.empty() ? item.alias
                      : variable          ? item.expression->name
                                          : item.text);
    items.push_back(item.expression.get());
  }
  const bool grouped = std::any_of(items.begin(), items.end(),
                                   [](const Expression* item) { return HasAggregate(*item); });
  // What was projected, and what ORDER BY and WHERE may see.
  struct Projected {
    NaiveRow row;
    NaiveRow seen;
    DatumList order;
    std::size_t position = 0;
  };
  std::vector<Projected> projected;
  if (grouped) {
    for (NaiveRow& row : Group(columns, items, rows)) projected.push_back({row, row, {}, 0});
  } else {
    for (const NaiveRow& row : rows) {
      NaiveRow values;
      for (std::size_t i = 0; i < items.size(); ++i) values[columns[i]] = Once(*items[i], row);
      projected.push_back({values, clause.distinct ? values : Overlaid(row, values), {}, 0});
    }
  }
  if (clause.distinct)
    KeepDistinct(projected, [&](const Projected& each) { return ValuesOf(each.row, columns); });
  for (Projected& each : projected) {
    for (const language::SortItem& sort : clause.order)
      each.order.push_back(Value(*sort.expression, each.seen));
    each.position = static_cast<std::size_t>(&each - projected.data());
  }
  std::sort(projected.begin(), projected.end(), [&](const Projected& a, const Projected& b) {
    for (std::size_t i = 0; i < clause.order.size(); ++i) {
      const int order = language::CompareOrder(a.order[i], b.order[i]);
      if (order != 0) return clause.order[i].descending ? order > 0 : order < 0;
    }
    return a.position < b.position;
  });
  const auto bound = [&](const ExpressionPtr& expression, std::size_t otherwise) {
    return expression == nullptr ? otherwise
                                 : static_cast<std::size_t>(Value(*expression, {}).integer());
  };
  const std::size_t skip = bound(clause.skip, 0);
  const std::size_t limit = bound(clause.limit, projected.size());
  Rows kept;
  for (std::size_t i = skip; i < projected.size() && i - skip < limit; ++i) {
    if (clause.where != nullptr && !Value(*clause.where, projected[i].seen).is_true()) continue;
    kept.push_back(std::move(projected[i].row));
  }
  return kept;
}

NaiveStatement::Rows NaiveStatement::Group(const std::vector<std::string>& names,
                                           const std::vector<const Expression*>& items,
                                           const Rows& rows) {
  struct OneGroup {
    DatumList keys;
    Rows rows;
  };
  std::vector<OneGroup> groups;
  bool keyed = false;
  for (const Expression* item : items) keyed = keyed || !HasAggregate(*item);
  if (!keyed) groups.emplace_back();
  for (const NaiveRow& row : rows) {
    DatumList keys;
    for (const Expression* item : items) {
      if (!HasAggregate(*item)) keys.push_back(Once(*item, row));
    }
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const OneGroup& each) { return SameValues(each.keys, keys); });
    if (group == groups.end()) group = groups.insert(groups.end(), OneGroup{keys, {}});
    group->rows.push_back(row);
  }
  Rows grouped;
  for (const OneGroup& group : groups) {
    NaiveRow row;
    std::size_t key = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!HasAggregate(*items[i])) {
        row[names[i]] = group.keys[key++];
        continue;
      }
      ExpressionPtr replaced = language::Clone(*items[i]);
      ReplaceAggregates(replaced, group.rows);
      row[names[i]] = Once(*replaced, group.rows.empty() ? NaiveRow() : group.rows.front());
      made_.push_back(std::move(replaced));
    }
    grouped.push_back(std::move(row));
  }
  return grouped;
}

void NaiveStatement::ReplaceAggregates(ExpressionPtr& expression, const Rows& rows) {
  if (!IsAggregateCall(*expression)) {
    language::ForEachPart(*expression, [&](ExpressionPtr& part) { ReplaceAggregates(part, rows); });
    return;
  }
  auto literal = std::make_unique<Expression>();
  literal->span = expression->span;
  literal->literal = Aggregated(*expression, rows);
  made_.push_back(std::exchange(expression, std::move(literal)));
}

Datum NaiveStatement::Aggregated(const Expression& call, const Rows& rows) {
  if (call.kind == ExpressionKind::kCountStar)
    return Datum::Integer(static_cast<std::int64_t>(rows.size()));
  std::vector<Datum> values;
  for (const NaiveRow& row : rows) {
    const Datum value = Value(*call.operands[0], row);
    if (!value.is_null()) values.push_back(value);
  }
  if (call.distinct) KeepDistinct(values, [](const Datum& value) { return DatumList{value}; });
  if (call.name == "count") return Datum::Integer(static_cast<std::int64_t>(values.size()));
  if (call.name == "collect") return Datum::List(DatumList(values.begin(), values.end()));
  if (call.name == "sum") {
    std::int64_t sum = 0;
    for (const Datum& value : values) sum += value.integer();
    return Datum::Integer(sum);
  }
  const bool least = call.name == "min";
  Datum best;
  for (const Datum& value : values) {
    const int order = best.is_null() ? 0 : language::CompareOrder(value, best);
    if (best.is_null() || (least ? order < 0 : order > 0)) best = value;
  }
  return best;
}

Datum NaiveStatement::Value(const Expression& expression, const NaiveRow& row) {
  Compiled& compiled = compiled_[&expression];
  std::vector<std::string> names;
  for (const auto& [name, value] : row) {
    if (!name.starts_with('#')) names.push_back(name);
  }
  if (compiled.evaluator == nullptr || compiled.names != names)
    compiled = CompileFor(expression, row);
  return Evaluate(compiled, row);
}

// Of an expression that does not last.
Datum NaiveStatement::Once(const Expression& expression, const NaiveRow& row) {
  return Evaluate(CompileFor(expression, row), row);
}

NaiveStatement::Compiled NaiveStatement::CompileFor(const Expression& expression,
                                                    const NaiveRow& row) {
  Compiled compiled;
  language::Scope scope;
  for (const auto& [name, value] : row) {
    if (name.starts_with('#')) continue;
    compiled.names.push_back(name);
    scope.Add(name);
  }
  language::CompileContext context;
  context.text = text_;
  context.graph = &graph_;
  context.subqueries = this;
  auto evaluator = language::Compile(expression, scope, context);
  if (evaluator.ok()) {
    compiled.evaluator = *std::move(evaluator);
  } else {
    evaluation_.Fail(evaluator.status());
  }
  compiled.slots = scope.slot_count();
  return compiled;
}

Datum NaiveStatement::Evaluate(const Compiled& compiled, const NaiveRow& row) {
  if (compiled.evaluator == nullptr || evaluation_.failed()) return {};
  std::vector<Datum> slots(compiled.slots);
  for (std::size_t i = 0; i < compiled.names.size(); ++i) slots[i] = row.at(compiled.names[i]);
  return compiled.evaluator->Evaluate(slots.data(), evaluation_);
}

absl::StatusOr<language::EvaluatorPtr> NaiveStatement::Compile(const Expression& expression,
                                                               language::Scope& scope) {
  std::map<std::string, std::uint32_t> slots;
  for (const std::string& name : scope.Names()) slots[name] = *scope.Find(name);
  return std::make_unique<SubqueryEvaluator>(*this, expression, std::move(slots));
}

Datum NaiveStatement::Subquery(const Expression& expression, const NaiveRow& row) {
  const bool counts = expression.kind == ExpressionKind::kCount;
  std::int64_t count = 0;
  DatumList items;
  if (expression.query != nullptr) {
    count = static_cast<std::int64_t>(RunQuery(*expression.query, row).rows.size());
  } else {
    const bool comprehension = expression.kind == ExpressionKind::kPatternComprehension;
    const Expression* const where =
        expression.operands.empty() ? nullptr : expression.operands[0].get();
    MatchOf(*expression.pattern, where, expression.name).Run(row, [&](const NaiveRow& found) {
      ++count;
      if (comprehension) items.push_back(Value(*expression.operands[1], found));
      return Work();
    });
    if (comprehension) return Datum::List(std::move(items));
  }
  return counts ? Datum::Integer(count) : Datum::Boolean(count > 0);
}

}  // namespace kosei::query
