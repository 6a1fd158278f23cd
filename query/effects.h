// Effects: what arrives over a link when the record at its giving end is degraded or fails, as the
// model of the View says for the type and the classes of both ends.
#pragma once

#include <array>
#include <cstdint>

#include "kosei/model/schema.h"
#include "kosei/model/state.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

// Which way a rule lets failure travel.
constexpr bool GoesToSource(model::ImpactDirection impact) {
  return impact == model::ImpactDirection::kTargetToSource ||
         impact == model::ImpactDirection::kBoth;
}
constexpr bool GoesToTarget(model::ImpactDirection impact) {
  return impact == model::ImpactDirection::kSourceToTarget ||
         impact == model::ImpactDirection::kBoth;
}
// Whether anything arrives at all.
constexpr bool Carries(const model::ImpactRule& rule) {
  return rule.impact != model::ImpactDirection::kNone && rule.effect[2] != model::State::kUp;
}

// Calls visit(giver, type, rule) for each link over which failure comes to `node`: those of which
// it is the source first.
template <typename Visit>
void ForEachGiver(const storage::GraphView& graph, const model::Schema& schema,
                  storage::NodeIndex node, Visit&& visit) {
  const ClassNumber own = graph.ClassOf(node);
  graph.ForEach(storage::LinkDirection::kOut, node,
                [&](storage::NodeIndex target, storage::TypeIndex type) {
                  const model::ImpactRule& rule =
                      schema.ImpactRuleOf(RelationshipTypeNumber{type}, own, graph.ClassOf(target));
                  if (GoesToSource(rule.impact) && Carries(rule)) visit(target, type, rule);
                });
  graph.ForEach(storage::LinkDirection::kIn, node,
                [&](storage::NodeIndex source, storage::TypeIndex type) {
                  const model::ImpactRule& rule =
                      schema.ImpactRuleOf(RelationshipTypeNumber{type}, graph.ClassOf(source), own);
                  if (GoesToTarget(rule.impact) && Carries(rule)) visit(source, type, rule);
                });
}

}  // namespace kosei::query
