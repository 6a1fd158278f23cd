#include "kosei/query/groups.h"

#include <utility>

#include "contexts.h"
#include "judge_group.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/gate.h"
#include "state_walk.h"

namespace kosei::query {
using storage::NodeIndex;

absl::Status VisitGroups(const storage::Reader& reader, const storage::View& view,
                         const Scenario& contexts, bool all, const Budget& budget,
                         absl::FunctionRef<bool(const GroupFinding&)> visit) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ImpactContextFinding> found,
                         FindContexts(reader, view, *schema, contexts, budget));
  std::vector<Assumption> down;
  for (const ImpactContextFinding& finding : found) down.push_back(finding.assumption);
  GateBook gates(reader, graph, *schema);
  if (gates.none()) return absl::OkStatus();
  StateWalk walk(graph, *schema, gates, budget);
  KOSEI_RETURN_IF_ERROR(walk.Settle(down));
  std::uint64_t looked_at = 0;
  for (NodeIndex node = 1; node < graph.node_limit(); ++node) {
    if (++looked_at % kStepsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget.Check());
    if (!gates.MayHave(node)) continue;
    // Made for this look only: a store may have more gates than memory should hold at once.
    KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<const Gate> gate, gates.Make(node));
    if (gate == nullptr) continue;
    const auto state_of = [&](NodeIndex member) { return walk.StateOf(member); };
    const GroupFinding finding = JudgeGroup(*gate, state_of, state_of);
    const bool sound =
        !finding.below_quorum && finding.reserve_after && finding.after == model::State::kUp;
    if ((all || !sound) && !visit(finding)) return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace kosei::query
