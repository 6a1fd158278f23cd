// A life cycle as a picture: a state diagram in the text form of Mermaid.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "kosei/process/life_cycle_definition.h"
#include "lifecycle/structure_checks.h"

namespace kosei::process {
namespace {

// What has a meaning in a diagram is written as an entity; a line ends at its end.
std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(
      absl::string_view(text.data(), text.size()),
      {{"#", "#35;"}, {";", "#59;"}, {":", "#58;"}, {"\"", "#34;"}, {"\n", " "}, {"\r", " "}});
}

}  // namespace

const std::string& TextOf(const Label& label, LabelLanguage language) {
  return language == LabelLanguage::kJapanese ? label.ja : label.en;
}

std::string ToMermaid(const LifeCycleDefinition& definition, LabelLanguage language) {
  // Names of the diagram are numbers, as words such as "state" and "end" mean something there.
  const auto id = [&](std::string_view name) {
    const auto found = std::ranges::find(definition.states, name, &StateDefinition::name);
    return absl::StrFormat("s%d", found - definition.states.begin() + 1);
  };
  std::string text = "stateDiagram-v2\n";
  for (const StateDefinition& state : definition.states) {
    text += absl::StrFormat("  state \"%s\" as %s\n", Escaped(TextOf(state.label, language)),
                            id(state.name));
  }
  text += absl::StrFormat("  [*] --> %s\n", id(definition.initial));
  for (const TransitionDefinition& transition : definition.transitions) {
    for (const std::string_view from : SourcesOf(definition, transition)) {
      const std::string_view to = transition.to.empty() ? from : std::string_view(transition.to);
      text += absl::StrFormat("  %s --> %s: %s\n", id(from), id(to),
                              Escaped(TextOf(transition.label, language)));
    }
  }
  for (const StateDefinition& state : definition.states)
    if (state.final) text += absl::StrFormat("  %s --> [*]\n", id(state.name));
  return text;
}

}  // namespace kosei::process
