// Life cycles out of YAML: their form, and what can be said of each key alone.
#include <array>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/life_cycle_definition.h"
#include "lifecycle/keywords.h"
#include "lifecycle/transition_parser.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys = {"life_cycles"};
constexpr std::array<std::string_view, 11> kLifeCycleKeys = {
    "name",    "class",     "attribute", "version", "label",      "initial",
    "applies", "opened_by", "edited_by", "states",  "transitions"};
constexpr std::array<std::string_view, 2> kAppliesKeys = {"attribute", "values"};
constexpr std::array<std::string_view, 8> kStateKeys = {
    "name", "label", "kind", "final", "waits_for", "allows", "renamed_from", "edited_by"};
// More than any life cycle that people can follow.
constexpr std::size_t kStatesMax = 200;

absl::Status ReadRoles(const YamlBlock& block, std::string_view key,
                       std::optional<std::vector<std::string>>& out) {
  if (!block.Has(key)) return absl::OkStatus();
  return block.ReadTexts(key, out.emplace());
}

absl::Status ReadState(const YamlBlock& block, StateDefinition& state) {
  state.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", state.name));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", state.label));
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "kind", kStateKinds, state.kind));
  KOSEI_RETURN_IF_ERROR(block.ReadFlag("final", state.final));
  KOSEI_RETURN_IF_ERROR(block.ReadText("waits_for", state.waits_for));
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("allows", state.allows));
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("renamed_from", state.renamed_from));
  KOSEI_RETURN_IF_ERROR(ReadRoles(block, "edited_by", state.edited_by));
  if (state.final && state.edited_by) {
    return block.ErrorAt("edited_by", absl::StrFormat("state %s is final, so that nobody edits a "
                                                      "record in it; drop edited_by",
                                                      state.name));
  }
  if (!state.waits_for.empty() && state.kind != StateKind::kWaiting) {
    return block.ErrorAt("waits_for",
                         absl::StrFormat("state %s waits for %s but its kind is %s; write \"kind: "
                                         "waiting\" or drop waits_for",
                                         state.name, state.waits_for, NameOf(state.kind)));
  }
  if (state.final && block.Has("kind") && state.kind != StateKind::kDone) {
    return block.ErrorAt("kind", absl::StrFormat("state %s is final but its kind is %s; write "
                                                 "\"kind: done\" or drop final",
                                                 state.name, NameOf(state.kind)));
  }
  if (state.final) state.kind = StateKind::kDone;
  return absl::OkStatus();
}

absl::Status ReadApplies(const YamlBlock& block, std::optional<AppliesDefinition>& out) {
  const YAML::Node* node = block.Find("applies");
  if (node == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(
      const YamlBlock applies,
      YamlBlock::Open(block.file(), *node, "applies of a life cycle", kAppliesKeys));
  AppliesDefinition& definition = out.emplace();
  KOSEI_RETURN_IF_ERROR(applies.RequireText("attribute", definition.attribute));
  KOSEI_RETURN_IF_ERROR(applies.ReadTexts("values", definition.values));
  if (!definition.values.empty()) return absl::OkStatus();
  return applies.Error(
      "applies of a life cycle has no values; add \"values: [...]\", those of the attribute for "
      "whose records it is");
}

absl::Status ReadLifeCycle(const YamlBlock& block, LifeCycleDefinition& out) {
  out.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", out.name));
  KOSEI_RETURN_IF_ERROR(block.RequireText("class", out.class_name));
  KOSEI_RETURN_IF_ERROR(block.RequireText("attribute", out.attribute));
  KOSEI_RETURN_IF_ERROR(block.ReadCount("version", out.version));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", out.label));
  KOSEI_RETURN_IF_ERROR(block.RequireText("initial", out.initial));
  KOSEI_RETURN_IF_ERROR(ReadApplies(block, out.applies));
  KOSEI_RETURN_IF_ERROR(ReadRoles(block, "opened_by", out.opened_by));
  KOSEI_RETURN_IF_ERROR(ReadRoles(block, "edited_by", out.edited_by));
  KOSEI_RETURN_IF_ERROR(block.ForEachBlock(
      "states", "a state", kStateKeys, [&](const YamlBlock& state) -> absl::Status {
        if (out.states.size() >= kStatesMax) {
          return state.Error(absl::StrFormat("life cycle %s has more than %d states; split it",
                                             out.name, kStatesMax));
        }
        return ReadState(state, out.states.emplace_back());
      }));
  if (out.states.empty()) {
    return block.Error(
        absl::StrFormat("life cycle %s has no states; add \"states: [...]\"", out.name));
  }
  return ReadTransitions(block, out.transitions);
}

}  // namespace

std::string_view NameOf(StateKind kind) { return WordOf(kStateKinds, kind); }
std::string_view NameOf(InputType type) { return WordOf(kInputTypes, type); }
std::string_view NameOf(EffectKind kind) { return WordOf(kEffects, kind); }

absl::StatusOr<std::vector<LifeCycleDefinition>> ParseLifeCycles(std::string_view yaml,
                                                                 std::string_view origin) {
  std::vector<LifeCycleDefinition> definitions;
  YamlFile file(origin);
  KOSEI_RETURN_IF_ERROR(file.Read(yaml, [&](const YAML::Node& document) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const YamlBlock block,
                           YamlBlock::Open(file, document, "a file of life cycles", kFileKeys));
    return block.ForEachBlock("life_cycles", "a life cycle", kLifeCycleKeys,
                              [&](const YamlBlock& life_cycle) {
                                return ReadLifeCycle(life_cycle, definitions.emplace_back());
                              });
  }));
  if (definitions.empty()) {
    return DefinitionError(origin,
                           "no life cycle is in it; add \"life_cycles:\" with a list of them");
  }
  return definitions;
}

}  // namespace kosei::process
