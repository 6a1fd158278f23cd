#include "engine/seek_plan.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/tree.h"

namespace kosei::query {
namespace {

using language::ComparisonKind;
using language::Expression;
using language::ExpressionKind;
using storage::Comparison;

// How much of a class a condition leaves, until there are statistics of values.
constexpr double kEqualShare = 0.001;
constexpr double kRangeShare = 0.1;
constexpr double kOpenShare = 0.05;
constexpr double kKeyRows = 0.5;
constexpr double kFewRows = 1;
// Items of a list that is not written out.
constexpr double kListItems = 10;

std::optional<Comparison> ComparisonOf(ComparisonKind kind, bool turned) {
  if (kind == ComparisonKind::kEqual) return Comparison::kEqual;
  if (kind == ComparisonKind::kNotEqual) return std::nullopt;
  const bool less = kind == ComparisonKind::kLess || kind == ComparisonKind::kLessOrEqual;
  const bool equal =
      kind == ComparisonKind::kLessOrEqual || kind == ComparisonKind::kGreaterOrEqual;
  if (less != turned) return equal ? Comparison::kLessOrEqual : Comparison::kLess;
  return equal ? Comparison::kGreaterOrEqual : Comparison::kGreater;
}

class SeekFinder {
 public:
  SeekFinder(Planning& planning, const PatternGraph& graph, const PatternNode& node,
             const std::set<std::string>& known, std::uint16_t moment)
      : planning_(planning), graph_(graph), node_(node), known_(known), moment_(moment) {
    for (const PatternCondition& condition : graph.conditions)
      open_only_ = open_only_ || SaysOpen(*condition.expression);
  }

  std::optional<SeekPlan> Best() {
    std::optional<SeekPlan> best;
    for (const PatternCondition& condition : graph_.conditions) {
      std::optional<SeekPlan> plan = PlanOf(*condition.expression);
      if (plan.has_value() && (!best.has_value() || plan->rows < best->rows))
        best = std::move(plan);
    }
    return best;
  }

 private:
  std::optional<SeekPlan> PlanOf(const Expression& condition) {
    if (condition.kind == ExpressionKind::kOr) return EitherOf(condition);
    if (condition.kind == ExpressionKind::kComparison && condition.comparisons.size() == 1) {
      const Expression& left = *condition.operands[0];
      const Expression& right = *condition.operands[1];
      const ComparisonKind kind = condition.comparisons[0];
      std::optional<SeekPlan> plan = LookUp(left, ComparisonOf(kind, false), right, false);
      return plan.has_value() ? std::move(plan)
                              : LookUp(right, ComparisonOf(kind, true), left, false);
    }
    if (condition.kind == ExpressionKind::kStartsWith)
      return LookUp(*condition.operands[0], Comparison::kPrefix, *condition.operands[1], false);
    if (condition.kind == ExpressionKind::kIn)
      return LookUp(*condition.operands[0], Comparison::kEqual, *condition.operands[1], true);
    if (SaysOpen(condition)) return OpenRecords(*condition.operands[0]);
    return std::nullopt;
  }

  // That the record has no closed_at, which indexes keep apart.
  bool SaysOpen(const Expression& condition) const {
    if (condition.kind != ExpressionKind::kIsNull) return false;
    const Expression& side = *condition.operands[0];
    return side.kind == ExpressionKind::kProperty && IsTheNode(*side.operands[0]) &&
           planning_.AttributeOf(side.name, moment_) == ClosedAt();
  }
  std::optional<AttributeNumber> ClosedAt() const {
    const AttributeNumber number = planning_.reader().schema()->well_known().closed_at;
    return number == AttributeNumber{} ? std::nullopt : std::optional(number);
  }

  // nullopt when the record may be of a class without the attribute.
  std::optional<SeekPlan> OpenRecords(const Expression& property) {
    const AttributeNumber closed_at = *ClosedAt();
    if (!node_.classes.has_value() || !planning_.reader().indexes().Has(closed_at))
      return std::nullopt;
    const std::shared_ptr<const model::Schema> schema = planning_.reader().schema();
    for (const model::Class& owner : schema->classes()) {
      if (node_.classes->Has(owner.number) && schema->FindAttribute(owner, closed_at) == nullptr)
        return std::nullopt;
    }
    SeekPlan plan;
    plan.rows = kFewRows + planning_.CountOf(node_.classes, moment_) * kOpenShare;
    plan.parts.push_back(
        {.by = SeekBy::kOpen, .attribute = closed_at, .attribute_name = property.name});
    return plan;
  }

  std::optional<SeekPlan> EitherOf(const Expression& condition) {
    std::optional<SeekPlan> left = PlanOf(*condition.operands[0]);
    if (!left.has_value()) return std::nullopt;
    std::optional<SeekPlan> right = PlanOf(*condition.operands[1]);
    if (!right.has_value()) return std::nullopt;
    left->rows += right->rows;
    std::move(right->parts.begin(), right->parts.end(), std::back_inserter(left->parts));
    return left;
  }

  // By what `side` is of the record, compared with `value`.
  std::optional<SeekPlan> LookUp(const Expression& side, std::optional<Comparison> comparison,
                                 const Expression& value, bool each_item) {
    if (!comparison.has_value() || !IsKnown(value)) return std::nullopt;
    std::optional<SeekPlan> plan = WayTo(side, *comparison);
    if (!plan.has_value()) return std::nullopt;
    SeekChoice& choice = plan->parts.front();
    choice.value = &value;
    choice.each_item = each_item;
    choice.comparison = *comparison;
    if (each_item) {
      plan->rows *= value.kind == ExpressionKind::kList ? static_cast<double>(value.operands.size())
                                                        : kListItems;
    }
    return plan;
  }

  std::optional<SeekPlan> WayTo(const Expression& side, Comparison comparison) {
    // What EXISTS and COUNT lack stands as null.
    if (side.operands.size() != 1 || side.operands[0] == nullptr || !IsTheNode(*side.operands[0]))
      return std::nullopt;
    const bool equal = comparison == Comparison::kEqual;
    if (side.kind == ExpressionKind::kFunction) {
      const std::string name = absl::AsciiStrToLower(side.name);
      if (equal && (name == "key" || name == "elementid")) return Exactly(SeekBy::kKey);
      if (equal && name == "id") return Exactly(SeekBy::kId);
      return std::nullopt;
    }
    if (side.kind != ExpressionKind::kProperty) return std::nullopt;
    const std::optional<AttributeNumber> attribute = planning_.AttributeOf(side.name, moment_);
    if (side.name == "key") {
      // Where a class has an attribute of that name, the key itself is meant of the others only.
      return equal && !attribute.has_value() ? Exactly(SeekBy::kKey) : std::nullopt;
    }
    if (!attribute.has_value() || !planning_.reader().indexes().Has(*attribute))
      return std::nullopt;
    const double count = planning_.CountOf(node_.classes, moment_) * (open_only_ ? kOpenShare : 1);
    SeekPlan plan;
    plan.rows = kFewRows + count * (equal ? kEqualShare : kRangeShare);
    plan.parts.push_back({.by = SeekBy::kIndex,
                          .attribute = *attribute,
                          .attribute_name = side.name,
                          .open_only = open_only_});
    return plan;
  }

  static std::optional<SeekPlan> Exactly(SeekBy by) {
    SeekPlan plan;
    plan.rows = kKeyRows;
    plan.parts.push_back({.by = by});
    return plan;
  }

  // Whether the value is known before the record is.
  bool IsKnown(const Expression& value) const {
    for (const std::string& name : language::FreeVariables(value)) {
      if (graph_.names.contains(name) && !known_.contains(name)) return false;
    }
    return true;
  }
  bool IsTheNode(const Expression& expression) const {
    return expression.kind == ExpressionKind::kVariable && expression.name == node_.name;
  }

  Planning& planning_;
  const PatternGraph& graph_;
  const PatternNode& node_;
  const std::set<std::string>& known_;
  const std::uint16_t moment_;
  bool open_only_ = false;
};

}  // namespace

std::optional<SeekPlan> FindSeek(Planning& planning, const PatternGraph& graph,
                                 const PatternNode& node, const std::set<std::string>& known,
                                 std::uint16_t moment) {
  return SeekFinder(planning, graph, node, known, moment).Best();
}

absl::StatusOr<std::vector<SeekPart>> CompileSeek(Planning& planning, language::Scope& scope,
                                                  const SeekPlan& plan) {
  std::vector<SeekPart> parts;
  for (const SeekChoice& choice : plan.parts) {
    SeekPart part;
    part.by = choice.by;
    if (choice.value != nullptr) {
      KOSEI_ASSIGN_OR_RETURN(part.value, planning.CompileExpression(*choice.value, scope));
    }
    part.each_item = choice.each_item;
    part.attribute = choice.attribute;
    part.attribute_name = choice.attribute_name;
    part.comparison = choice.comparison;
    part.open_only = choice.open_only;
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace kosei::query
