#include "lifecycle/structure_checks.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

// Edges between states, by name.
using Edges = std::map<std::string_view, std::vector<std::string_view>>;

std::vector<std::string_view> NamesOf(const std::vector<StateDefinition>& states) {
  std::vector<std::string_view> names;
  for (const StateDefinition& state : states) names.push_back(state.name);
  return names;
}

const StateDefinition* StateOf(const LifeCycleDefinition& definition, std::string_view name) {
  const auto found = std::ranges::find(definition.states, name, &StateDefinition::name);
  return found == definition.states.end() ? nullptr : &*found;
}

absl::Status CheckName(std::string_view origin, std::string_view what, std::string_view name) {
  if (IsPlainName(name)) return absl::OkStatus();
  return DefinitionError(
      origin, absl::StrFormat("the name of %s is %s, expected lower-case letters, digits and "
                              "underscores, as in \"in_progress\"",
                              what, Shown(name)));
}

absl::Status CheckLabel(std::string_view origin, std::string_view what, const Label& label) {
  if (!label.en.empty() && !label.ja.empty()) return absl::OkStatus();
  return DefinitionError(origin, absl::StrFormat("%s has no %s label; add \"label: {en: ..., ja: "
                                                 "...}\"",
                                                 what, label.en.empty() ? "English" : "Japanese"));
}

// Names of one kind, each once.
class Given {
 public:
  absl::Status Add(std::string_view origin, std::string_view what, std::string_view name) {
    const auto [earlier, added] = origins_.emplace(name, origin);
    if (added) return absl::OkStatus();
    return DefinitionError(origin, absl::StrFormat("%s %s is defined twice, first at %s; rename or "
                                                   "drop one",
                                                   what, name, earlier->second));
  }

 private:
  std::map<std::string_view, std::string_view> origins_;
};

absl::Status CheckStates(const LifeCycleDefinition& definition) {
  Given given;
  for (const StateDefinition& state : definition.states) {
    KOSEI_RETURN_IF_ERROR(CheckName(state.origin, "a state", state.name));
    KOSEI_RETURN_IF_ERROR(CheckLabel(state.origin, "state " + state.name, state.label));
    KOSEI_RETURN_IF_ERROR(given.Add(state.origin, "state", state.name));
    if (state.name == "any" || state.name == "same") {
      return DefinitionError(state.origin,
                             absl::StrFormat("a state is called %s, which has a meaning of its own "
                                             "in transitions; rename it",
                                             state.name));
    }
  }
  for (const StateDefinition& state : definition.states) {
    for (const std::string& former : state.renamed_from) {
      const StateDefinition* current = StateOf(definition, former);
      if (current == nullptr) {
        KOSEI_RETURN_IF_ERROR(given.Add(state.origin, "the former name", former));
        continue;
      }
      return DefinitionError(state.origin,
                             absl::StrFormat("state %s is renamed_from %s, which is still a state "
                                             "(%s); drop one of them",
                                             state.name, former, current->origin));
    }
  }
  if (StateOf(definition, definition.initial) != nullptr) return absl::OkStatus();
  return DefinitionError(
      definition.origin,
      absl::StrFormat("initial of life cycle %s is %s, which is no state of it%s", definition.name,
                      Shown(definition.initial),
                      Hint(definition.initial, NamesOf(definition.states))));
}

absl::Status UnknownState(const LifeCycleDefinition& definition,
                          const TransitionDefinition& transition, std::string_view end,
                          std::string_view name) {
  return DefinitionError(transition.origin,
                         absl::StrFormat("transition %s leads %s %s, which is no state of life "
                                         "cycle %s%s",
                                         transition.name, end, Shown(name), definition.name,
                                         Hint(name, NamesOf(definition.states))));
}

absl::Status CheckEnds(const LifeCycleDefinition& definition,
                       const TransitionDefinition& transition) {
  for (const std::string& name : transition.from) {
    const StateDefinition* state = StateOf(definition, name);
    if (state == nullptr) return UnknownState(definition, transition, "out of", name);
    if (!state->final) continue;
    return DefinitionError(
        transition.origin,
        absl::StrFormat(
            "transition %s leads out of %s, which is final (%s); drop it from \"from\", "
            "or drop \"final: true\" there",
            transition.name, name, state->origin));
  }
  if (!transition.to.empty() && StateOf(definition, transition.to) == nullptr)
    return UnknownState(definition, transition, "to", transition.to);
  if (!SourcesOf(definition, transition).empty()) return absl::OkStatus();
  return DefinitionError(transition.origin,
                         absl::StrFormat("transition %s leads out of no state; name some in "
                                         "\"from\"",
                                         transition.name));
}

absl::Status CheckParts(const TransitionDefinition& transition) {
  Given inputs;
  for (const InputDefinition& input : transition.inputs) {
    KOSEI_RETURN_IF_ERROR(CheckName(input.origin, "an input", input.name));
    KOSEI_RETURN_IF_ERROR(CheckLabel(input.origin, "input " + input.name, input.label));
    KOSEI_RETURN_IF_ERROR(inputs.Add(input.origin, "input", input.name));
  }
  Given guards;
  for (const GuardDefinition& guard : transition.guards) {
    KOSEI_RETURN_IF_ERROR(guards.Add(guard.origin, "guard", guard.name));
    if (guard.kind == GuardKind::kCheck && guard.message.en.empty() && guard.message.ja.empty())
      continue;
    if (!guard.message.en.empty() && !guard.message.ja.empty()) continue;
    return DefinitionError(guard.origin,
                           absl::StrFormat("guard %s has no message in both languages; add "
                                           "\"message: {en: ..., ja: ...}\" that says what would "
                                           "satisfy it",
                                           guard.name));
  }
  return absl::OkStatus();
}

absl::Status CheckAutomatic(const LifeCycleDefinition& definition,
                            const TransitionDefinition& transition) {
  if (!transition.automatic) return absl::OkStatus();
  const AutomaticDefinition& automatic = *transition.automatic;
  for (const InputDefinition& input : transition.inputs) {
    if (!input.required) continue;
    return DefinitionError(input.origin,
                           absl::StrFormat("transition %s is automatic and requires the input %s, "
                                           "which nobody would give; drop \"required: true\"",
                                           transition.name, input.name));
  }
  if (automatic.kind != AutomaticKind::kAfter) return absl::OkStatus();
  if (std::ranges::count(SourcesOf(definition, transition), automatic.state) > 0)
    return absl::OkStatus();
  return DefinitionError(
      automatic.origin, absl::StrFormat("transition %s waits in %s, which it does not lead out of; "
                                        "name one of %s",
                                        transition.name, Shown(automatic.state),
                                        Joined(SourcesOf(definition, transition))));
}

absl::Status CheckTransitions(const LifeCycleDefinition& definition) {
  Given given;
  for (const TransitionDefinition& transition : definition.transitions) {
    KOSEI_RETURN_IF_ERROR(CheckName(transition.origin, "a transition", transition.name));
    KOSEI_RETURN_IF_ERROR(
        CheckLabel(transition.origin, "transition " + transition.name, transition.label));
    KOSEI_RETURN_IF_ERROR(given.Add(transition.origin, "transition", transition.name));
    KOSEI_RETURN_IF_ERROR(CheckEnds(definition, transition));
    KOSEI_RETURN_IF_ERROR(CheckParts(transition));
    KOSEI_RETURN_IF_ERROR(CheckAutomatic(definition, transition));
  }
  return absl::OkStatus();
}

// What the edges reach, those it begins with among it.
std::set<std::string_view> Reached(const Edges& edges, std::vector<std::string_view> begin) {
  std::set<std::string_view> reached(begin.begin(), begin.end());
  while (!begin.empty()) {
    const auto next = edges.find(begin.back());
    begin.pop_back();
    if (next == edges.end()) continue;
    for (const std::string_view name : next->second)
      if (reached.insert(name).second) begin.push_back(name);
  }
  return reached;
}

absl::Status CheckWays(const LifeCycleDefinition& definition) {
  Edges forward;
  Edges backward;
  for (const TransitionDefinition& transition : definition.transitions) {
    if (transition.to.empty()) continue;
    for (const std::string_view from : SourcesOf(definition, transition)) {
      forward[from].push_back(transition.to);
      backward[transition.to].push_back(from);
    }
  }
  std::vector<std::string_view> ends;
  for (const StateDefinition& state : definition.states)
    if (state.final) ends.push_back(state.name);
  const auto reachable = Reached(forward, {definition.initial});
  const auto ending = Reached(backward, ends);
  for (const StateDefinition& state : definition.states) {
    if (!reachable.contains(state.name)) {
      return DefinitionError(state.origin,
                             absl::StrFormat("state %s cannot be reached from the initial state "
                                             "%s; add a transition to it or drop it",
                                             state.name, definition.initial));
    }
  }
  for (const StateDefinition& state : definition.states) {
    if (!ending.contains(state.name)) {
      return DefinitionError(state.origin,
                             absl::StrFormat("state %s is a dead end: it is not final and no way "
                                             "leads from it to a final state; add a transition out "
                                             "of it, or \"final: true\"",
                                             state.name));
    }
  }
  return absl::OkStatus();
}

// A walk along automatic transitions that comes back; empty: there is none.
std::vector<std::string_view> FindRound(const Edges& edges, std::string_view from,
                                        std::vector<std::string_view>& path,
                                        std::set<std::string_view>& done) {
  const auto on_path = std::ranges::find(path, from);
  if (on_path != path.end()) return {on_path, path.end()};
  if (!done.insert(from).second) return {};
  path.push_back(from);
  if (const auto next = edges.find(from); next != edges.end()) {
    for (const std::string_view to : next->second) {
      std::vector<std::string_view> round = FindRound(edges, to, path, done);
      if (!round.empty()) return round;
    }
  }
  path.pop_back();
  return {};
}

absl::Status CheckRounds(const LifeCycleDefinition& definition) {
  Edges edges;
  std::map<std::string_view, std::string_view> origins;
  for (const TransitionDefinition& transition : definition.transitions) {
    if (!transition.automatic || transition.automatic->kind != AutomaticKind::kWhen) continue;
    for (const std::string_view from : SourcesOf(definition, transition)) {
      edges[from].push_back(transition.to.empty() ? from : transition.to);
      origins.emplace(from, transition.automatic->origin);
    }
  }
  std::set<std::string_view> done;
  for (const StateDefinition& state : definition.states) {
    std::vector<std::string_view> path;
    std::vector<std::string_view> round = FindRound(edges, state.name, path, done);
    if (round.empty()) continue;
    round.push_back(round.front());
    return DefinitionError(
        origins[round.front()],
        absl::StrFormat("automatic transitions with \"when\" go round without anybody doing "
                        "anything: %s; let one of them wait (\"after\") or be done by a person",
                        Joined(round, " -> ")));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string_view> SourcesOf(const LifeCycleDefinition& definition,
                                        const TransitionDefinition& transition) {
  std::vector<std::string_view> sources(transition.from.begin(), transition.from.end());
  if (!sources.empty()) return sources;
  for (const StateDefinition& state : definition.states)
    if (!state.final && state.name != transition.to) sources.push_back(state.name);
  return sources;
}

absl::Status CheckStructure(const LifeCycleDefinition& definition) {
  KOSEI_RETURN_IF_ERROR(CheckName(definition.origin, "a life cycle", definition.name));
  KOSEI_RETURN_IF_ERROR(
      CheckLabel(definition.origin, "life cycle " + definition.name, definition.label));
  KOSEI_RETURN_IF_ERROR(CheckStates(definition));
  KOSEI_RETURN_IF_ERROR(CheckTransitions(definition));
  KOSEI_RETURN_IF_ERROR(CheckWays(definition));
  return CheckRounds(definition);
}

}  // namespace kosei::process
