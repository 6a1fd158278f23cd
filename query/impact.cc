#include "kosei/query/impact.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "absl/strings/str_format.h"
#include "answer_states.h"
#include "breadth_first.h"
#include "causal_links.h"
#include "class_counts.h"
#include "contexts.h"
#include "effects.h"
#include "followed_links.h"
#include "judge_group.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/gate.h"
#include "roots.h"
#include "state_walk.h"

namespace kosei::query {
namespace {

void Count(const storage::GraphView& graph, ImpactAnswer& answer) {
  for (std::uint64_t i = answer.root_count(); i < answer.states.size(); ++i) {
    const std::uint8_t state = answer.states[i];
    if ((state & RowState::kUnlisted) != 0) {
      ++answer.unlisted_count;
    } else if ((state & RowState::kState) == static_cast<std::uint8_t>(model::State::kDegraded)) {
      ++answer.degraded_count;
    }
  }
  if (answer.unlisted_count == 0) {
    answer.counts_by_class = CountByClass(graph, answer.nodes, answer.root_count());
    return;
  }
  std::vector<storage::NodeIndex> listed;
  listed.reserve(answer.affected_count());
  for (std::uint64_t i = answer.root_count(); i < answer.nodes.size(); ++i) {
    if (answer.Listed(i)) listed.push_back(answer.nodes[i]);
  }
  answer.counts_by_class = CountByClass(graph, listed, 0);
}

absl::Status CheckUp(const ImpactRequest& request) {
  const Scenario& scenario = request.scenario;
  if (scenario.assumptions.empty() && scenario.blocked.empty() && scenario.contexts.empty() &&
      !scenario.time.has_value())
    return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidArgument,
                   "impact: a scenario (states, blocked records, contexts, time) has a meaning for "
                   "direction down only; leave it out, or ask downwards",
                   "direction");
}

absl::StatusOr<std::vector<Assumption>> RootsOf(const storage::Reader& reader,
                                                const storage::GraphView& graph,
                                                const ImpactRequest& request) {
  std::vector<Assumption> roots;
  roots.reserve(request.roots.size() + request.scenario.assumptions.size());
  for (const RecordId root : request.roots) roots.push_back({root, model::State::kFailed});
  for (const Assumption& assumption : request.scenario.assumptions) {
    if (assumption.state == model::State::kUp) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("impact: %s is assumed to be up, which says nothing; leave "
                                       "it out, or block it when it cannot be hit",
                                       reader.KeyOf(assumption.record)),
                       "assumptions");
    }
    roots.push_back(assumption);
  }
  if (roots.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "impact: no record was named, expected at least one; name what fails",
                     "roots");
  }
  for (const Assumption& root : roots)
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, root.record, "impact"));
  return roots;
}

// Whether no rule makes less of a failure than it is, so that who is reached has failed.
bool PassesFailuresWhole(const model::Schema& schema) {
  const auto softens = [](model::State failed) { return failed == model::State::kDegraded; };
  for (const model::RelationshipType& type : schema.relationship_types()) {
    const model::RelationshipTypeDefinition& definition = type.definition;
    if (softens(definition.effect_of_failed)) return false;
    for (const model::ImpactRuleDefinition& rule : definition.impact_rules) {
      if (softens(rule.failed.value_or(definition.effect_of_failed))) return false;
    }
  }
  return true;
}

// Whether the direction of a link that is followed does not follow from its type alone.
bool GoesEitherWay(const model::Schema& schema, const model::RelationshipType& type) {
  return schema.HasImpactRules(type.number) ||
         schema.ImpactRuleOf(type.number, {}, {}).impact == model::ImpactDirection::kBoth;
}

// Of a walk that knows no states: which end of its link each record is, where that is not plain.
void TellEnds(const storage::GraphView& graph, const model::Schema& schema, ImpactAnswer& answer) {
  std::array<char, 256> either{};
  std::array<char, 256> to_source{};
  bool any = false;
  for (const model::RelationshipType& type : schema.relationship_types()) {
    either[type.number.value] = GoesEitherWay(schema, type) ? 1 : 0;
    any = any || either[type.number.value] != 0;
    to_source[type.number.value] =
        GoesToSource(schema.ImpactRuleOf(type.number, {}, {}).impact) ? 1 : 0;
  }
  any = any && std::any_of(answer.vias.begin(), answer.vias.end(),
                           [&](storage::TypeIndex via) { return either[via] != 0; });
  if (!any) return;
  const CausalLinks links =
      FollowedLinks(schema, answer.upward ? ImpactDirection::kUp : ImpactDirection::kDown);
  answer.states.assign(answer.nodes.size(), static_cast<std::uint8_t>(model::State::kFailed));
  for (std::uint64_t i = answer.root_count(); i < answer.nodes.size(); ++i) {
    const storage::TypeIndex via = answer.vias[i];
    bool is_source = (to_source[via] != 0) != answer.upward;
    if (either[via] != 0) {
      const storage::NodeIndex before = answer.nodes[answer.parents[i]];
      // A walk looks at the links of which it stands at the target first.
      is_source = graph.HasLink(answer.nodes[i], via, before) &&
                  links.FollowsByClass(storage::LinkDirection::kIn, via, graph.ClassOf(before),
                                       graph.ClassOf(answer.nodes[i]));
    }
    if (is_source) answer.states[i] |= RowState::kIsSource;
  }
}

bool LeadsToGate(const storage::GraphView& graph, const CausalLinks& links,
                 std::span<const storage::NodeIndex> nodes, const GateBook& gates) {
  bool found = false;
  for (const storage::NodeIndex node : nodes) {
    ForEachFollowed(graph, links, node, [&](storage::NodeIndex next, storage::TypeIndex, bool) {
      found = found || gates.MayHave(next);
    });
    if (found) return true;
  }
  return false;
}

// Links alone decide, as long as nothing is reached that may have a gate. False: something was, and
// states have to be followed.
absl::StatusOr<bool> WalkLinks(const storage::GraphView& graph, const CausalLinks& links,
                               const std::vector<Assumption>& roots, const GateBook* gates,
                               const ImpactRequest& request, const Budget& budget,
                               ImpactAnswer& answer) {
  BreadthFirst walk(graph, links, budget);
  std::vector<storage::NodeIndex> nodes;
  nodes.reserve(roots.size());
  for (const Assumption& root : roots) nodes.push_back(storage::NodeOf(root.record));
  walk.Start(nodes);
  while (!walk.exhausted() && !answer.truncated.has_value()) {
    if (request.depth.has_value() && walk.depth() >= *request.depth) {
      KOSEI_ASSIGN_OR_RETURN(answer.truncated, walk.Probe());
      // What would be reached next may have one as well.
      if (gates != nullptr && answer.truncated.has_value() &&
          LeadsToGate(graph, links, walk.newest(), *gates))
        return false;
      break;
    }
    KOSEI_ASSIGN_OR_RETURN(answer.truncated, walk.Advance());
    if (gates == nullptr) continue;
    for (const storage::NodeIndex node : walk.newest()) {
      if (gates->MayHave(node)) return false;
    }
  }
  walk.MoveTo(answer);
  return true;
}

absl::Status JudgeTouched(const std::vector<storage::NodeIndex>& touched, GateBook& gates,
                          const Budget& budget, ImpactAnswer& answer) {
  if (touched.empty()) return absl::OkStatus();
  const AnswerStates states(answer);
  for (const storage::NodeIndex node : touched) {
    KOSEI_RETURN_IF_ERROR(budget.Check());
    KOSEI_ASSIGN_OR_RETURN(const Gate* gate, gates.Of(node));
    if (gate == nullptr) continue;
    answer.groups.push_back(JudgeGroup(
        *gate, [&](storage::NodeIndex member) { return states.Before(member); },
        [&](storage::NodeIndex member) { return states.After(member); }));
  }
  return absl::OkStatus();
}

// The states of all that is hit.
absl::Status Follow(const storage::Reader& reader, const storage::GraphView& graph,
                    const model::Schema& schema, GateBook& gates,
                    const std::vector<Assumption>& roots, const ImpactRequest& request,
                    const Budget& budget, ImpactAnswer& answer) {
  const Scenario& scenario = request.scenario;
  for (const RecordId blocked : scenario.blocked)
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, blocked, "impact, blocked"));
  KOSEI_ASSIGN_OR_RETURN(answer.contexts,
                         FindContexts(reader, answer.view, schema, scenario, budget));
  std::vector<Assumption> down;
  for (const ImpactContextFinding& finding : answer.contexts) down.push_back(finding.assumption);
  StateWalk walk(graph, schema, gates, budget);
  walk.Block(scenario.blocked);
  KOSEI_RETURN_IF_ERROR(walk.Settle(down));
  walk.Start(roots);
  answer.already = walk.already();
  while (!walk.exhausted() && !answer.truncated.has_value()) {
    if (request.depth.has_value() && walk.depth() >= *request.depth) {
      KOSEI_ASSIGN_OR_RETURN(answer.truncated, walk.Probe());
      break;
    }
    KOSEI_ASSIGN_OR_RETURN(answer.truncated, walk.Advance());
  }
  walk.MoveTo(answer);
  return request.want_groups ? JudgeTouched(walk.TouchedGates(), gates, budget, answer)
                             : absl::OkStatus();
}

}  // namespace

std::uint32_t ImpactAnswer::DistanceOf(std::uint64_t position) const {
  const auto level = std::upper_bound(level_ends.begin(), level_ends.end(), position);
  return static_cast<std::uint32_t>(level - level_ends.begin());
}

absl::StatusOr<ImpactAnswer> Impact(const storage::Reader& reader, const storage::View& view,
                                    const ImpactRequest& request, const Budget& budget) {
  if (request.direction == ImpactDirection::kUp) KOSEI_RETURN_IF_ERROR(CheckUp(request));
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<Assumption> roots, RootsOf(reader, graph, request));
  // Failure travels as the model of that day says.
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  ImpactAnswer answer;
  answer.view = view;
  answer.upward = request.direction == ImpactDirection::kUp;
  GateBook gates(reader, graph, *schema);
  const Scenario& scenario = request.scenario;
  const bool upward = request.direction == ImpactDirection::kUp;
  const bool plain = upward || (scenario.assumptions.empty() && scenario.blocked.empty() &&
                                scenario.contexts.empty() && PassesFailuresWhole(*schema));
  bool done = false;
  if (plain) {
    const CausalLinks links = FollowedLinks(*schema, request.direction);
    KOSEI_ASSIGN_OR_RETURN(
        done, WalkLinks(graph, links, roots, upward || gates.none() ? nullptr : &gates, request,
                        budget, answer));
  }
  if (done) {
    TellEnds(graph, *schema, answer);
  } else {
    answer.truncated.reset();
    KOSEI_RETURN_IF_ERROR(Follow(reader, graph, *schema, gates, roots, request, budget, answer));
  }
  Count(graph, answer);
  return answer;
}

bool FromIsTarget(const storage::GraphView& graph, const model::Schema& schema,
                  const PathStep& step, bool down) {
  const storage::NodeIndex from = storage::NodeOf(step.from);
  const storage::NodeIndex to = storage::NodeOf(step.to);
  const model::ImpactRule& rule =
      schema.ImpactRuleOf(step.type, graph.ClassOf(to), graph.ClassOf(from));
  return (down ? GoesToSource(rule.impact) : GoesToTarget(rule.impact)) &&
         graph.HasLink(to, static_cast<storage::TypeIndex>(step.type.value), from);
}

std::vector<PathStep> PathTo(const ImpactAnswer& answer, std::uint64_t position) {
  std::vector<PathStep> path;
  while (position >= answer.root_count()) {
    const std::uint64_t parent = answer.parents[position];
    path.push_back({storage::RecordOf(answer.nodes[parent]),
                    RelationshipTypeNumber{answer.vias[position]},
                    storage::RecordOf(answer.nodes[position])});
    position = parent;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace kosei::query
