#include "kosei/query/explain.h"

#include <algorithm>
#include <utility>

#include "answer_states.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/gate.h"

namespace kosei::query {
namespace {

using storage::LinkDirection;
using storage::NodeIndex;

class Explainer {
 public:
  Explainer(const storage::Reader& reader, const storage::GraphView& graph,
            const model::Schema& schema, const ImpactAnswer& answer)
      : reader_(reader),
        graph_(graph),
        schema_(schema),
        answer_(answer),
        states_(answer),
        gates_(reader, graph, schema),
        // Of a plain walk or an upward one there are no states, and no gate had a say.
        down_(!answer.upward) {}

  absl::StatusOr<Explanation> Of(std::uint64_t position) {
    Explanation explanation;
    explanation.record = storage::RecordOf(answer_.nodes[position]);
    explanation.state = answer_.StateAt(position);
    explanation.distance = answer_.DistanceOf(position);
    while (position >= answer_.root_count()) {
      KOSEI_ASSIGN_OR_RETURN(ExplainedStep step, StepInto(position));
      explanation.steps.push_back(std::move(step));
      position = answer_.parents[position];
    }
    std::reverse(explanation.steps.begin(), explanation.steps.end());
    return explanation;
  }

 private:
  absl::StatusOr<ExplainedStep> StepInto(std::uint64_t position) {
    const std::uint64_t parent = answer_.parents[position];
    const NodeIndex from = answer_.nodes[parent];
    const NodeIndex to = answer_.nodes[position];
    ExplainedStep step;
    step.step = {storage::RecordOf(from), RelationshipTypeNumber{answer_.vias[position]},
                 storage::RecordOf(to)};
    step.from_state = answer_.StateAt(parent);
    step.to_state = answer_.StateAt(position);
    SetRule(step, from, to);
    KOSEI_RETURN_IF_ERROR(SetAge(step));
    const bool by_gate =
        !answer_.states.empty() && (answer_.states[position] & RowState::kByGate) != 0;
    if (by_gate) {
      KOSEI_ASSIGN_OR_RETURN(const Gate* gate, gates_.Of(to));
      if (gate != nullptr) step.gate = Describe(*gate);
    }
    return step;
  }

  // Which of the two ways round the link is, as the walk saw it first.
  void SetRule(ExplainedStep& step, NodeIndex from, NodeIndex to) const {
    step.from_is_target = FromIsTarget(graph_, schema_, step.step, down_);
    const model::ImpactRule& rule =
        step.from_is_target
            ? schema_.ImpactRuleOf(step.step.type, graph_.ClassOf(to), graph_.ClassOf(from))
            : schema_.ImpactRuleOf(step.step.type, graph_.ClassOf(from), graph_.ClassOf(to));
    step.rule = rule.rule;
  }

  absl::Status SetAge(ExplainedStep& step) {
    const RecordId source = step.from_is_target ? step.step.to : step.step.from;
    const RecordId target = step.from_is_target ? step.step.from : step.step.to;
    const auto degree = [&](RecordId id) {
      const NodeIndex node = storage::NodeOf(id);
      return graph_.Degree(LinkDirection::kIn, node) + graph_.Degree(LinkDirection::kOut, node);
    };
    const RecordId asked = degree(source) <= degree(target) ? source : target;
    KOSEI_ASSIGN_OR_RETURN(const std::vector<storage::LinkVersion> versions,
                           reader_.LinkHistory(asked, graph_.view()));
    for (const storage::LinkVersion& version : versions) {
      const bool same =
          version.source == source && version.type == step.step.type && version.target == target;
      if (same && version.begin <= graph_.view().commit && version.begin >= step.said)
        step.said = version.begin;
    }
    // A link that only the plan has was not said by any commit.
    if (step.said == kNoCommit) return absl::OkStatus();
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, reader_.Commit(step.said));
    step.said_at = commit.time;
    step.said_by = commit.source.empty() ? commit.actor : commit.source;
    return absl::OkStatus();
  }

  ExplainedGate Describe(const Gate& gate) const {
    ExplainedGate out;
    out.record = storage::RecordOf(gate.node);
    out.text = gate.text;
    out.of_record = gate.of_record;
    out.below_quorum = gate.below_quorum();
    out.missing = gate.missing;
    for (const GateMember& member : gate.members) {
      const auto arrives = [&](model::State state) {
        return member.effect[static_cast<std::size_t>(state)];
      };
      out.members.push_back({storage::RecordOf(member.node), RelationshipTypeNumber{member.via},
                             member.in_service, member.amount, arrives(states_.Before(member.node)),
                             arrives(states_.After(member.node))});
    }
    return out;
  }

  const storage::Reader& reader_;
  const storage::GraphView& graph_;
  const model::Schema& schema_;
  const ImpactAnswer& answer_;
  const AnswerStates states_;
  GateBook gates_;
  const bool down_;
};

}  // namespace

absl::StatusOr<std::vector<Explanation>> Explain(const storage::Reader& reader,
                                                 const ImpactAnswer& answer,
                                                 std::span<const std::uint64_t> positions,
                                                 const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(answer.view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(answer.view));
  Explainer explainer(reader, graph, *schema, answer);
  std::vector<Explanation> explanations;
  for (const std::uint64_t position : positions) {
    KOSEI_RETURN_IF_ERROR(budget.Check());
    KOSEI_ASSIGN_OR_RETURN(Explanation explanation, explainer.Of(position));
    explanations.push_back(std::move(explanation));
  }
  return explanations;
}

}  // namespace kosei::query
