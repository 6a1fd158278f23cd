#include "engine/projection_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "engine/aggregate_rows.h"
#include "engine/counted_expand.h"
#include "engine/rows.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/print.h"
#include "kosei/language/tree.h"

namespace kosei::query {
namespace {

using language::BitOf;
using language::Clause;
using language::DatumKind;
using language::Expression;
using language::ExpressionKind;
using language::ExpressionPtr;
using language::Scope;

bool IsAggregateCall(const Expression& expression) {
  return expression.kind == ExpressionKind::kCountStar ||
         (expression.kind == ExpressionKind::kFunction && language::IsAggregate(expression.name));
}

bool ContainsAggregate(const Expression& expression) {
  if (IsAggregateCall(expression)) return true;
  bool found = false;
  language::ForEachPart(expression,
                        [&](const Expression& part) { found = found || ContainsAggregate(part); });
  return found;
}

bool ContainsCall(const Expression& expression, std::string_view lower_name) {
  bool found = expression.kind == ExpressionKind::kFunction &&
               absl::AsciiStrToLower(expression.name) == lower_name;
  language::ForEachPart(
      expression, [&](const Expression& part) { found = found || ContainsCall(part, lower_name); });
  return found;
}

// Of what an expression beside an aggregate may make use when it is projected as well.
bool IsSimple(const Expression& expression) {
  if (expression.kind == ExpressionKind::kVariable) return true;
  return expression.kind == ExpressionKind::kProperty && IsSimple(*expression.operands[0]);
}

struct Item {
  std::string name;
  ExpressionPtr expression;
  std::string text;  // canonical
  bool aggregates = false;
};

class ProjectionPlanner {
 public:
  ProjectionPlanner(Planning& planning, OperatorPtr input, Scope scope, const Clause& clause)
      : planning_(planning), last_(std::move(input)), scope_(std::move(scope)), clause_(clause) {}

  absl::StatusOr<PlannedProjection> Run() {
    KOSEI_RETURN_IF_ERROR(CollectItems());
    const bool grouped =
        std::any_of(items_.begin(), items_.end(), [](const Item& item) { return item.aggregates; });
    KOSEI_RETURN_IF_ERROR(grouped ? ProjectGrouped() : ProjectPlain());
    if (clause_.distinct) last_ = MakeDistinct(std::move(last_), slots_);
    KOSEI_RETURN_IF_ERROR(SortAndSlice());
    PlannedProjection planned;
    // The items again, in the slots that they have; names that only sorting could see are gone.
    planned.scope = Scope(slots_.empty() ? 0 : slots_.front());
    for (std::size_t i = 0; i < items_.size(); ++i) {
      planned.columns.push_back(items_[i].name);
      planned.scope.Add(items_[i].name, types_[i]);
    }
    planned.scope.SkipTo(sort_scope_.slot_count());
    if (clause_.where != nullptr) {
      // Where rows are those of before, what they had before can be asked as well.
      Scope& seen = grouped || clause_.distinct ? planned.scope : sort_scope_;
      ExpressionPtr condition = language::Clone(*clause_.where);
      SubstituteItems(condition);
      KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr where,
                             planning_.CompileCondition(*condition, seen));
      planned.scope.SkipTo(seen.slot_count());
      last_ = MakeFilter(std::move(last_), std::move(where), language::ToText(*clause_.where));
    }
    planned.slots = std::move(slots_);
    planned.last = std::move(last_);
    return planned;
  }

 private:
  absl::Status CollectItems() {
    if (clause_.star) KOSEI_RETURN_IF_ERROR(AddAll());
    for (const language::ProjectionItem& written : clause_.items) {
      Item item;
      item.expression = language::Clone(*written.expression);
      item.name = !written.alias.empty()                                  ? written.alias
                  : written.expression->kind == ExpressionKind::kVariable ? written.expression->name
                                                                          : written.text;
      if (clause_.kind == language::ClauseKind::kWith && written.alias.empty() &&
          written.expression->kind != ExpressionKind::kVariable) {
        return planning_.Error(
            "NoExpressionAlias", written.span,
            absl::StrFormat("an expression in WITH needs a name: %s AS ...", written.text));
      }
      KOSEI_RETURN_IF_ERROR(AddItem(std::move(item), written.span));
    }
    return absl::OkStatus();
  }

  absl::Status AddAll() {
    std::vector<std::string> names = scope_.Names();
    std::sort(names.begin(), names.end());
    bool any = false;
    for (const std::string& name : names) {
      if (Planning::IsHidden(name)) continue;
      any = true;
      Item item;
      item.name = name;
      item.expression = language::MakeVariable(name, clause_.span);
      KOSEI_RETURN_IF_ERROR(AddItem(std::move(item), clause_.span));
    }
    if (any || clause_.kind == language::ClauseKind::kWith) return absl::OkStatus();
    return planning_.Error("NoVariablesInScope", clause_.span,
                           "RETURN * has nothing to return: no variable is defined before it");
  }

  absl::Status AddItem(Item item, language::Span span) {
    if (!names_.insert(item.name).second) {
      return planning_.Error("ColumnNameConflict", span,
                             absl::StrFormat("two columns are called `%s`; give one of them "
                                             "another name with AS",
                                             item.name));
    }
    item.text = language::ToText(*item.expression);
    item.aggregates = ContainsAggregate(*item.expression);
    by_text_.emplace(item.text, items_.size());
    items_.push_back(std::move(item));
    return absl::OkStatus();
  }

  absl::Status ProjectPlain() {
    std::vector<language::EvaluatorPtr> values;
    for (const Item& item : items_) {
      KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr value,
                             planning_.CompileExpression(*item.expression, scope_));
      values.push_back(std::move(value));
    }
    // Of DISTINCT, sorting sees only what is projected.
    sort_scope_ = clause_.distinct ? Scope(scope_.slot_count()) : scope_;
    Assign(std::move(values));
    return absl::OkStatus();
  }

  // New slots for all items, named in the scope of sorting.
  void Assign(std::vector<language::EvaluatorPtr> values) {
    std::vector<Assignment> assignments;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      types_.push_back(values[i]->type());
      slots_.push_back(sort_scope_.Add(items_[i].name, types_.back()));
      std::string text = items_[i].name == items_[i].text
                             ? items_[i].text
                             : items_[i].text + " AS " + items_[i].name;
      assignments.push_back({slots_.back(), std::move(values[i]), std::move(text)});
    }
    last_ = MakeProject(std::move(last_), std::move(assignments));
  }

  absl::Status ProjectGrouped() {
    Scope groups(scope_.slot_count());
    std::vector<GroupKey> keys;
    for (const Item& item : items_) {
      if (item.aggregates) continue;
      GroupKey key;
      KOSEI_ASSIGN_OR_RETURN(key.value, planning_.CompileExpression(*item.expression, scope_));
      key.of_record = RecordOf(*item.expression);
      key.slot = groups.Add(item.name, key.value->type());
      keys.push_back(std::move(key));
    }
    std::vector<ExpressionPtr> rewritten;
    for (const Item& item : items_) {
      rewritten.push_back(item.aggregates
                              ? language::Clone(*item.expression)
                              : language::MakeVariable(item.name, item.expression->span));
      if (item.aggregates) KOSEI_RETURN_IF_ERROR(TakeOut(rewritten.back(), groups, true));
    }
    for (const language::SortItem& sort : clause_.order) {
      sort_expressions_.push_back(language::Clone(*sort.expression));
      SubstituteItems(sort_expressions_.back());
      KOSEI_RETURN_IF_ERROR(TakeOut(sort_expressions_.back(), groups, false));
    }
    // What the arguments of aggregates took for themselves lies above all of these.
    groups.SkipTo(scope_.slot_count());
    std::optional<std::uint32_t> count;
    if (CountsEnds(keys)) {
      count = groups.Add(planning_.HiddenName());
      last_ = MakeCountedExpand(std::move(last_), *count);
    }
    last_ = MakeAggregate(std::move(last_), std::move(keys), std::move(aggregates_), GroupText(),
                          count);
    std::vector<language::EvaluatorPtr> values;
    for (const ExpressionPtr& each : rewritten) {
      KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr value,
                             planning_.CompileExpression(*each, groups));
      values.push_back(std::move(value));
    }
    sort_scope_ = std::move(groups);
    Assign(std::move(values));
    return absl::OkStatus();
  }

  // Whether rows are only counted, by nothing but the record that their last link leads to.
  bool CountsEnds(const std::vector<GroupKey>& keys) const {
    if (last_ == nullptr || !AreCountsOfRows(aggregates_)) return false;
    std::optional<std::uint32_t> record;
    for (const GroupKey& key : keys) {
      if (!key.of_record.has_value() || record.value_or(*key.of_record) != *key.of_record)
        return false;
      record = key.of_record;
    }
    return CanCountEnds(*last_, record);
  }

  // Aggregates become variables of the groups. What else the expression uses must be the same for
  // all rows of a group: names and properties that are projected as well.
  absl::Status TakeOut(ExpressionPtr& expression, Scope& groups, bool simple_keys) {
    if (IsAggregateCall(*expression)) return TakeOutCall(expression, groups);
    if (simple_keys && IsSimple(*expression)) {
      const Item* const item = ItemOf(*expression);
      if (item != nullptr && !item->aggregates) {
        expression = language::MakeVariable(item->name, expression->span);
        return absl::OkStatus();
      }
    }
    if (expression->kind == ExpressionKind::kVariable) {
      if (groups.Find(expression->name).has_value() || own_.contains(expression->name))
        return absl::OkStatus();
      if (!simple_keys && IsItem(expression->name)) return absl::OkStatus();
      if (!scope_.Find(expression->name).has_value()) return absl::OkStatus();  // Compile says it
      return planning_.Error(
          simple_keys ? "AmbiguousAggregationExpression" : "UndefinedVariable", expression->span,
          absl::StrFormat(
              "`%s` beside an aggregate is not the same for all rows of a group; return "
              "it, or compute it in a WITH before",
              expression->name));
    }
    if (IsLoop(*expression)) KOSEI_RETURN_IF_ERROR(CheckLoop(*expression));
    absl::Status status;
    WithOwnNames(*expression, [&] {
      language::ForEachPart(*expression, [&](ExpressionPtr& part) {
        if (status.ok()) status = TakeOut(part, groups, simple_keys);
      });
    });
    return status;
  }

  // The list that is gone through may be an aggregate; what is done with each item may not.
  absl::Status CheckLoop(const Expression& loop) const {
    for (std::size_t i = 1; i < loop.operands.size(); ++i) {
      const ExpressionPtr& operand = loop.operands[i];
      if (operand == nullptr || !ContainsAggregate(*operand)) continue;
      return planning_.Error(
          "InvalidAggregation", operand->span,
          "an aggregate is over rows and cannot be taken of each item of a list; "
          "compute it in a WITH before");
    }
    return absl::OkStatus();
  }

  absl::Status TakeOutCall(ExpressionPtr& call, Scope& groups) {
    const std::string text = language::ToText(*call);
    const auto known = taken_out_.find(text);
    if (known != taken_out_.end()) {
      call = language::MakeVariable(known->second, call->span);
      return absl::OkStatus();
    }
    GroupAggregate aggregate;
    if (call->kind != ExpressionKind::kCountStar) {
      KOSEI_ASSIGN_OR_RETURN(aggregate.factory,
                             language::MakeAggregateFactory(*call, planning_.text()));
      for (const ExpressionPtr& operand : call->operands) {
        if (ContainsAggregate(*operand)) {
          return planning_.Error("NestedAggregation", operand->span,
                                 "an aggregate cannot be within another; compute the inner one in "
                                 "a WITH before");
        }
        if (ContainsCall(*operand, "rand")) {
          return planning_.Error("NonConstantExpression", operand->span,
                                 "rand() gives another number each time and cannot be aggregated; "
                                 "compute it in a WITH before");
        }
      }
      KOSEI_ASSIGN_OR_RETURN(aggregate.argument,
                             planning_.CompileExpression(*call->operands[0], scope_));
      if (call->operands.size() == 2) {
        KOSEI_ASSIGN_OR_RETURN(aggregate.parameter,
                               planning_.CompileExpression(*call->operands[1], scope_));
      }
    }
    const std::string hidden = planning_.HiddenName();
    aggregate.slot = groups.Add(
        hidden, aggregate.factory == nullptr
                    ? language::StaticType{BitOf(DatumKind::kInteger), language::kAnyKinds}
                    : aggregate.factory->type());
    aggregates_.push_back(std::move(aggregate));
    taken_out_[text] = hidden;
    call = language::MakeVariable(hidden, call->span);
    return absl::OkStatus();
  }

  // Whole expressions that are projected are known by their column.
  void SubstituteItems(ExpressionPtr& expression) {
    if (expression->kind == ExpressionKind::kVariable && IsItem(expression->name)) return;
    if (const Item* const item = ItemOf(*expression); item != nullptr) {
      expression = language::MakeVariable(item->name, expression->span);
      return;
    }
    WithOwnNames(*expression, [&] {
      language::ForEachPart(*expression, [&](ExpressionPtr& part) { SubstituteItems(part); });
    });
  }
  bool IsItem(const std::string& name) const { return names_.contains(name); }
  // The item that is this very expression; null: none. What is about the name of a comprehension is
  // something else, though it may be written alike.
  const Item* ItemOf(const Expression& expression) const {
    const auto found = by_text_.find(language::ToText(expression));
    if (found == by_text_.end()) return nullptr;
    if (!own_.empty()) {
      for (const std::string& name : language::FreeVariables(expression)) {
        if (own_.contains(name)) return nullptr;
      }
    }
    return &items_[found->second];
  }

  static bool IsLoop(const Expression& expression) {
    return expression.kind == ExpressionKind::kListComprehension ||
           expression.kind == ExpressionKind::kQuantifier ||
           expression.kind == ExpressionKind::kReduce;
  }
  // Does it with the names that the expression brings for its parts among own_.
  void WithOwnNames(const Expression& expression, absl::FunctionRef<void()> walk) {
    if (!IsLoop(expression)) return walk();
    const std::set<std::string> before = own_;
    own_.insert(expression.name);
    own_.insert(expression.names.begin(), expression.names.end());
    walk();
    own_ = before;
  }

  // The slot of the only record that the expression depends on.
  std::optional<std::uint32_t> RecordOf(const Expression& expression) const {
    const std::set<std::string> free = language::FreeVariables(expression);
    if (free.size() != 1 || !IsSimple(expression)) return std::nullopt;
    const std::uint32_t kinds = scope_.TypeOf(*free.begin()).kinds;
    if ((kinds & ~BitOf(DatumKind::kNull)) != BitOf(DatumKind::kNode)) return std::nullopt;
    return scope_.Find(*free.begin());
  }

  absl::Status SortAndSlice() {
    Slice slice;
    KOSEI_RETURN_IF_ERROR(MakeSliceOf(slice));
    if (!clause_.order.empty()) {
      std::vector<SortKey> keys;
      std::string text;
      for (std::size_t i = 0; i < clause_.order.size(); ++i) {
        if (sort_expressions_.size() <= i) {
          sort_expressions_.push_back(language::Clone(*clause_.order[i].expression));
          SubstituteItems(sort_expressions_.back());
        }
        KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr value,
                               planning_.CompileExpression(*sort_expressions_[i], sort_scope_));
        keys.push_back({std::move(value), clause_.order[i].descending});
        text += (text.empty() ? "" : ", ") + language::ToText(*clause_.order[i].expression) +
                (clause_.order[i].descending ? " DESC" : "");
      }
      Slice top;
      if (clause_.limit != nullptr) KOSEI_RETURN_IF_ERROR(MakeSliceOf(top));
      last_ =
          MakeSort(std::move(last_), std::move(keys), LiveSlots(), std::move(text), std::move(top));
    }
    if (slice.skip != nullptr || slice.limit != nullptr)
      last_ = MakeSlice(std::move(last_), std::move(slice));
    return absl::OkStatus();
  }

  // What is read behind the sorting.
  std::vector<std::uint32_t> LiveSlots() const {
    std::vector<std::uint32_t> live = slots_;
    if (clause_.where == nullptr) return live;
    for (const std::string& name : scope_.Names()) live.push_back(*scope_.Find(name));
    return live;
  }

  absl::Status MakeSliceOf(Slice& slice) {
    const auto compile = [&](const ExpressionPtr& expression,
                             std::string_view what) -> absl::StatusOr<language::EvaluatorPtr> {
      if (expression == nullptr) return language::EvaluatorPtr();
      if (!language::FreeVariables(*expression).empty()) {
        return planning_.Error("NonConstantExpression", expression->span,
                               absl::StrFormat("%s takes a number that is the same for all rows, "
                                               "without variables",
                                               what));
      }
      Scope none(sort_scope_.slot_count());
      KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr number,
                             planning_.CompileExpression(*expression, none));
      sort_scope_.SkipTo(none.slot_count());
      return CheckNumber(std::move(number), expression->span, what);
    };
    KOSEI_ASSIGN_OR_RETURN(slice.skip, compile(clause_.skip, "SKIP"));
    KOSEI_ASSIGN_OR_RETURN(slice.limit, compile(clause_.limit, "LIMIT"));
    if (clause_.skip != nullptr) slice.skip_span = clause_.skip->span;
    if (clause_.limit != nullptr) slice.limit_span = clause_.limit->span;
    return absl::OkStatus();
  }

  // What is wrong whatever the parameters is said before anything runs.
  absl::StatusOr<language::EvaluatorPtr> CheckNumber(language::EvaluatorPtr number,
                                                     language::Span span,
                                                     std::string_view what) const {
    const language::Datum* constant = number->constant();
    if (constant == nullptr) return number;
    if (constant->kind() != DatumKind::kInteger) {
      return planning_.Error("InvalidArgumentType", span,
                             absl::StrFormat("%s takes a whole number, not a value of type %s",
                                             what, language::NameOf(constant->kind())));
    }
    if (constant->integer() < 0) {
      return planning_.Error("NegativeIntegerArgument", span,
                             absl::StrFormat("%s takes a number that is not negative, not %d", what,
                                             constant->integer()));
    }
    return number;
  }

  std::string GroupText() const {
    std::string text;
    for (const Item& item : items_) {
      if (!item.aggregates) text += (text.empty() ? "by " : ", ") + item.text;
    }
    return text;
  }

  Planning& planning_;
  OperatorPtr last_;
  Scope scope_;
  const Clause& clause_;
  std::vector<Item> items_;
  std::set<std::string> names_;                 // of the items
  std::map<std::string, std::size_t> by_text_;  // the first item of each text
  std::vector<GroupAggregate> aggregates_;
  std::map<std::string, std::string> taken_out_;  // an aggregate's text, its hidden variable
  std::set<std::string> own_;                     // names of comprehensions that are being walked
  std::vector<ExpressionPtr> sort_expressions_;
  Scope sort_scope_;
  std::vector<std::uint32_t> slots_;
  std::vector<language::StaticType> types_;
};

}  // namespace

absl::StatusOr<PlannedProjection> PlanProjection(Planning& planning, OperatorPtr input, Scope scope,
                                                 const Clause& clause) {
  return ProjectionPlanner(planning, std::move(input), std::move(scope), clause).Run();
}

}  // namespace kosei::query
