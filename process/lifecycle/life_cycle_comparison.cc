// Two versions of a life cycle, side by side.
#include <algorithm>

#include "kosei/process/life_cycle_definition.h"
#include "lifecycle/canonical_parts.h"

namespace kosei::process {
namespace {

const std::string* FindAspect(const Aspects& aspects, std::string_view name) {
  for (const auto& [known, text] : aspects)
    if (known == name) return &text;
  return nullptr;
}

// Names of the aspects that differ, in the order of `after`, then those that went.
std::vector<std::string> Differing(const Aspects& before, const Aspects& after) {
  std::vector<std::string> names;
  for (const auto& [name, text] : after) {
    const std::string* earlier = FindAspect(before, name);
    if (earlier == nullptr || *earlier != text) names.emplace_back(name);
  }
  for (const auto& [name, text] : before)
    if (FindAspect(after, name) == nullptr) names.emplace_back(name);
  return names;
}

template <typename Part>
const Part* FindPart(const std::vector<Part>& parts, std::string_view name) {
  const auto found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? nullptr : &*found;
}

// The state of `definition` that had this name before.
const StateDefinition* Successor(const LifeCycleDefinition& definition, std::string_view former) {
  for (const StateDefinition& state : definition.states)
    if (std::ranges::count(state.renamed_from, former) > 0) return &state;
  return nullptr;
}

void CompareStates(const LifeCycleDefinition& before, const LifeCycleDefinition& after,
                   LifeCycleComparison& out) {
  const auto compare = [&](const StateDefinition& earlier, const StateDefinition& later) {
    std::vector<std::string> aspects = Differing(AspectsOf(earlier), AspectsOf(later));
    if (!aspects.empty()) out.states_changed.push_back({later.name, std::move(aspects)});
  };
  for (const StateDefinition& state : before.states) {
    if (FindPart(after.states, state.name) != nullptr) continue;
    if (const StateDefinition* successor = Successor(after, state.name)) {
      out.states_renamed.emplace_back(state.name, successor->name);
    } else {
      out.states_removed.push_back(state.name);
      out.unmapped.push_back(state.name);
    }
  }
  for (const StateDefinition& state : after.states) {
    if (const StateDefinition* earlier = FindPart(before.states, state.name)) {
      compare(*earlier, state);
      continue;
    }
    const auto renamed =
        std::ranges::find(out.states_renamed, state.name,
                          [](const auto& names) -> const std::string& { return names.second; });
    if (renamed == out.states_renamed.end()) out.states_added.push_back(state.name);
  }
}

void CompareTransitions(const LifeCycleDefinition& before, const LifeCycleDefinition& after,
                        LifeCycleComparison& out) {
  for (const TransitionDefinition& transition : before.transitions) {
    if (FindPart(after.transitions, transition.name) == nullptr)
      out.transitions_removed.push_back(transition.name);
  }
  for (const TransitionDefinition& transition : after.transitions) {
    const TransitionDefinition* earlier = FindPart(before.transitions, transition.name);
    if (earlier == nullptr) {
      out.transitions_added.push_back(transition.name);
      continue;
    }
    std::vector<std::string> aspects = Differing(AspectsOf(*earlier), AspectsOf(transition));
    if (!aspects.empty()) out.transitions_changed.push_back({transition.name, std::move(aspects)});
  }
}

// The same names in the same order; parts that only one of them has do not count.
template <typename Part>
bool SameOrder(const std::vector<Part>& before, const std::vector<Part>& after) {
  std::vector<std::string_view> earlier;
  std::vector<std::string_view> later;
  for (const Part& part : before)
    if (FindPart(after, part.name) != nullptr) earlier.push_back(part.name);
  for (const Part& part : after)
    if (FindPart(before, part.name) != nullptr) later.push_back(part.name);
  return earlier == later;
}

}  // namespace

bool LifeCycleComparison::same() const {
  return states_added.empty() && states_removed.empty() && states_renamed.empty() &&
         states_changed.empty() && transitions_added.empty() && transitions_removed.empty() &&
         transitions_changed.empty() && aspects.empty();
}

LifeCycleComparison CompareLifeCycles(const LifeCycleDefinition& before,
                                      const LifeCycleDefinition& after) {
  LifeCycleComparison out;
  CompareStates(before, after, out);
  CompareTransitions(before, after, out);
  out.aspects = Differing(AspectsOf(before), AspectsOf(after));
  if (before.name != after.name) out.aspects.emplace_back("name");
  if (!SameOrder(before.states, after.states)) out.aspects.emplace_back("order of states");
  if (!SameOrder(before.transitions, after.transitions))
    out.aspects.emplace_back("order of transitions");
  return out;
}

}  // namespace kosei::process
