#include "engine/start_plan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/scan.h"
#include "engine/seek_plan.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

// Reading all records in order beats reading some of them one by one, unless they are few.
constexpr double kInOrderGain = 5;

// Whether some condition reads the record.
bool IsRead(const PatternGraph& graph, const PatternNode& node) {
  return std::any_of(graph.conditions.begin(), graph.conditions.end(),
                     [&](const PatternCondition& condition) {
                       return !condition.done && condition.needs.contains(node.name);
                     });
}

}  // namespace

ScanTarget TargetOf(const PatternNode& node, std::uint16_t moment) {
  ScanTarget target;
  target.slot = node.slot;
  target.moment = moment;
  target.classes = node.classes;
  target.text = node.text;
  return target;
}

double StartCost(Planning& planning, const PatternGraph& graph, const PatternNode& node,
                 const std::set<std::string>& known, std::uint16_t moment) {
  const std::optional<SeekPlan> seek = FindSeek(planning, graph, node, known, moment);
  if (seek.has_value()) return seek->rows;
  return planning.CountOf(node.classes, moment);
}

absl::StatusOr<OperatorPtr> PlanStart(Planning& planning, OperatorPtr input, language::Scope& scope,
                                      const PatternGraph& graph, const PatternNode& node,
                                      const std::set<std::string>& known, std::uint16_t moment) {
  ScanTarget target = TargetOf(node, moment);
  const std::optional<SeekPlan> seek = FindSeek(planning, graph, node, known, moment);
  if (!seek.has_value()) {
    const bool reads =
        IsRead(graph, node) && planning.CountOf(node.classes, moment) * kInOrderGain >
                                   planning.CountOf(std::nullopt, moment);
    return MakeRecordScan(std::move(input), std::move(target), reads);
  }
  KOSEI_ASSIGN_OR_RETURN(std::vector<SeekPart> parts, CompileSeek(planning, scope, *seek));
  return MakeSeek(std::move(input), std::move(target), std::move(parts));
}

absl::StatusOr<OperatorPtr> PlanVersions(Planning& planning, OperatorPtr input,
                                         language::Scope& scope, const PatternGraph& graph,
                                         const PatternNode& node,
                                         const std::set<std::string>& known,
                                         const MatchRequest& request) {
  ScanTarget target = TargetOf(node, request.time.moment);
  // An index knows of values, not of versions.
  const std::optional<SeekPlan> seek = FindSeek(planning, graph, node, known, request.time.moment);
  language::EvaluatorPtr key;
  if (seek.has_value() && seek->parts.size() == 1 && seek->parts[0].by == SeekBy::kKey &&
      !seek->parts[0].each_item) {
    KOSEI_ASSIGN_OR_RETURN(key, planning.CompileExpression(*seek->parts[0].value, scope));
  }
  return MakeVersionScan(std::move(input), std::move(target), *request.time.from, std::move(key));
}

}  // namespace kosei::query
