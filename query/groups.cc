#include "kosei/query/groups.h"

#include <utility>

#include "answer_states.h"
#include "contexts.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/gate.h"
#include "state_walk.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

GroupFinding Judge(const Gate& gate, StateOfMember before, StateOfMember after) {
  GroupFinding finding;
  finding.record = storage::RecordOf(gate.node);
  finding.gate = gate.text;
  finding.of_record = gate.of_record;
  finding.below_quorum = gate.below_quorum();
  finding.missing = gate.missing;
  finding.members = static_cast<std::uint32_t>(gate.members.size());
  for (const GateMember& member : gate.members) {
    if (!member.in_service) continue;
    ++finding.in_service;
    const auto is_up = [&](StateOfMember state_of) {
      return member.effect[static_cast<std::size_t>(state_of(member.node))] == model::State::kUp;
    };
    if (is_up(before)) ++finding.up_before;
    if (is_up(after)) ++finding.up_after;
  }
  finding.before = gate.Evaluate(before);
  finding.after = gate.Evaluate(after);
  finding.reserve_before = !gate.WithoutReserve(before);
  finding.reserve_after = !gate.WithoutReserve(after);
  return finding;
}

}  // namespace

absl::StatusOr<std::vector<GroupFinding>> TouchedGroups(const storage::Reader& reader,
                                                        const ImpactAnswer& answer,
                                                        const Budget& budget) {
  std::vector<GroupFinding> findings;
  if (answer.touched_gates.empty()) return findings;
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(answer.view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(answer.view));
  GateBook gates(reader, graph, *schema);
  const AnswerStates states(answer);
  for (const NodeIndex node : answer.touched_gates) {
    KOSEI_RETURN_IF_ERROR(budget.Check());
    KOSEI_ASSIGN_OR_RETURN(const Gate* gate, gates.Of(node));
    if (gate == nullptr) continue;
    findings.push_back(Judge(
        *gate, [&](NodeIndex member) { return states.Before(member); },
        [&](NodeIndex member) { return states.After(member); }));
  }
  return findings;
}

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
    const GroupFinding finding = Judge(*gate, state_of, state_of);
    const bool sound =
        !finding.below_quorum && finding.reserve_after && finding.after == model::State::kUp;
    if ((all || !sound) && !visit(finding)) return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace kosei::query
