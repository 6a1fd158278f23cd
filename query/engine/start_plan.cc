#include "engine/start_plan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "engine/scan.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/tree.h"

namespace kosei::query {
namespace {

using language::ComparisonKind;
using language::Expression;
using language::ExpressionKind;

// How much of a class a condition leaves, until there are statistics of values.
constexpr double kEqualShare = 0.001;
constexpr double kRangeShare = 0.1;
constexpr double kKeyRows = 0.5;
constexpr double kFewRows = 1;
constexpr double kInOrderGain = 5;

enum class Way : std::uint8_t { kKey, kId, kIndex };

struct Seek {
  Way way;
  const Expression* value;
  AttributeNumber attribute;
  std::string name;
  storage::Comparison comparison = storage::Comparison::kEqual;
  double rows = 0;
};

std::optional<storage::Comparison> ComparisonOf(ComparisonKind kind, bool turned) {
  if (kind == ComparisonKind::kEqual) return storage::Comparison::kEqual;
  if (kind == ComparisonKind::kNotEqual) return std::nullopt;
  const bool less = kind == ComparisonKind::kLess || kind == ComparisonKind::kLessOrEqual;
  const bool equal =
      kind == ComparisonKind::kLessOrEqual || kind == ComparisonKind::kGreaterOrEqual;
  if (less != turned) return equal ? storage::Comparison::kLessOrEqual : storage::Comparison::kLess;
  return equal ? storage::Comparison::kGreaterOrEqual : storage::Comparison::kGreater;
}

class SeekFinder {
 public:
  SeekFinder(Planning& planning, const PatternGraph& graph, const PatternNode& node,
             const std::set<std::string>& known, std::uint16_t moment)
      : planning_(planning), graph_(graph), node_(node), known_(known), moment_(moment) {}

  std::optional<Seek> Best() {
    for (const PatternCondition& condition : graph_.conditions) {
      const Expression& expression = *condition.expression;
      if (expression.kind == ExpressionKind::kComparison && expression.comparisons.size() == 1) {
        Look(*expression.operands[0], expression.comparisons[0], *expression.operands[1], false);
        Look(*expression.operands[1], expression.comparisons[0], *expression.operands[0], true);
      } else if (expression.kind == ExpressionKind::kStartsWith) {
        LookAtAttribute(*expression.operands[0], storage::Comparison::kPrefix,
                        *expression.operands[1]);
      }
    }
    return best_;
  }

 private:
  // Whether the value is known before the record is.
  bool IsKnown(const Expression& value) const {
    for (const std::string& name : language::FreeVariables(value)) {
      if (name == node_.name) return false;
      const bool in_pattern =
          std::any_of(graph_.nodes.begin(), graph_.nodes.end(),
                      [&](const PatternNode& each) { return each.name == name; }) ||
          std::any_of(graph_.links.begin(), graph_.links.end(),
                      [&](const PatternLink& each) { return each.name == name; }) ||
          std::any_of(graph_.paths.begin(), graph_.paths.end(),
                      [&](const PatternPath& each) { return each.name == name; });
      if (in_pattern && !known_.contains(name)) return false;
    }
    return true;
  }
  bool IsTheNode(const Expression& expression) const {
    return expression.kind == ExpressionKind::kVariable && expression.name == node_.name;
  }

  void Look(const Expression& side, ComparisonKind kind, const Expression& value, bool turned) {
    const std::optional<storage::Comparison> comparison = ComparisonOf(kind, turned);
    if (!comparison.has_value()) return;
    if (side.kind == ExpressionKind::kFunction && side.operands.size() == 1 &&
        IsTheNode(*side.operands[0]) && *comparison == storage::Comparison::kEqual) {
      const std::string name = absl::AsciiStrToLower(side.name);
      if ((name == "key" || name == "elementid") && IsKnown(value))
        Offer({Way::kKey, &value, {}, {}, *comparison, kKeyRows});
      if (name == "id" && IsKnown(value)) Offer({Way::kId, &value, {}, {}, *comparison, kKeyRows});
      return;
    }
    LookAtAttribute(side, *comparison, value);
  }

  void LookAtAttribute(const Expression& side, storage::Comparison comparison,
                       const Expression& value) {
    if (side.kind != ExpressionKind::kProperty || !IsTheNode(*side.operands[0]) || !IsKnown(value))
      return;
    const std::optional<AttributeNumber> attribute = planning_.AttributeOf(side.name, moment_);
    if (!attribute.has_value()) {
      if (side.name == "key" && comparison == storage::Comparison::kEqual)
        Offer({Way::kKey, &value, {}, {}, comparison, kKeyRows});
      return;
    }
    if (!planning_.reader().indexes().Has(*attribute)) return;
    const double count =
        planning_.CountOf(node_.classes.has_value() ? &*node_.classes : nullptr, moment_);
    const double share = comparison == storage::Comparison::kEqual ? kEqualShare : kRangeShare;
    Offer({Way::kIndex, &value, *attribute, side.name, comparison, kFewRows + count * share});
  }

  void Offer(Seek seek) {
    if (!best_.has_value() || seek.rows < best_->rows) best_ = std::move(seek);
  }

  Planning& planning_;
  const PatternGraph& graph_;
  const PatternNode& node_;
  const std::set<std::string>& known_;
  const std::uint16_t moment_;
  std::optional<Seek> best_;
};

// Whether some condition reads the record.
bool IsRead(const PatternGraph& graph, const PatternNode& node) {
  return std::any_of(graph.conditions.begin(), graph.conditions.end(),
                     [&](const PatternCondition& condition) {
                       return !condition.done && condition.needs.contains(node.name);
                     });
}

}  // namespace

double StartCost(Planning& planning, const PatternGraph& graph, const PatternNode& node,
                 const std::set<std::string>& known, std::uint16_t moment) {
  const std::optional<Seek> seek = SeekFinder(planning, graph, node, known, moment).Best();
  if (seek.has_value()) return seek->rows;
  return planning.CountOf(node.classes.has_value() ? &*node.classes : nullptr, moment);
}

absl::StatusOr<OperatorPtr> PlanStart(Planning& planning, OperatorPtr input, language::Scope& scope,
                                      const PatternGraph& graph, const PatternNode& node,
                                      const std::set<std::string>& known, std::uint16_t moment) {
  ScanTarget target;
  target.slot = node.slot;
  target.moment = moment;
  target.classes = node.classes;
  target.text = node.text;
  const std::optional<Seek> seek = SeekFinder(planning, graph, node, known, moment).Best();
  if (!seek.has_value()) {
    // Reading all records in order beats reading some of them one by one, unless they are few.
    const double count =
        planning.CountOf(node.classes.has_value() ? &*node.classes : nullptr, moment);
    const bool reads =
        IsRead(graph, node) && count * kInOrderGain > planning.CountOf(nullptr, moment);
    return MakeRecordScan(std::move(input), std::move(target), reads);
  }
  KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr value,
                         planning.CompileExpression(*seek->value, scope));
  if (seek->way == Way::kKey)
    return MakeKeySeek(std::move(input), std::move(target), std::move(value));
  if (seek->way == Way::kId)
    return MakeIdSeek(std::move(input), std::move(target), std::move(value));
  return MakeIndexSeek(std::move(input), std::move(target), seek->attribute, seek->name,
                       seek->comparison, std::move(value));
}

absl::StatusOr<OperatorPtr> PlanVersions(Planning& planning, OperatorPtr input,
                                         language::Scope& scope, const PatternGraph& graph,
                                         const PatternNode& node,
                                         const std::set<std::string>& known,
                                         const MatchRequest& request) {
  ScanTarget target;
  target.slot = node.slot;
  target.moment = request.moment;
  target.classes = node.classes;
  target.text = node.text;
  // An index knows of values, not of versions.
  const std::optional<Seek> seek = SeekFinder(planning, graph, node, known, request.moment).Best();
  language::EvaluatorPtr key;
  if (seek.has_value() && seek->way == Way::kKey) {
    KOSEI_ASSIGN_OR_RETURN(key, planning.CompileExpression(*seek->value, scope));
  }
  return MakeVersionScan(std::move(input), std::move(target), *request.from, std::move(key));
}

}  // namespace kosei::query
