// All life cycles together: names given once, no record with two of them, and of an attribute that
// several share every value used.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/yaml_block.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/life_cycle.h"

namespace kosei::process {
namespace {

using Held = std::shared_ptr<const LifeCycle>;

absl::Status CheckNames(const std::vector<Held>& life_cycles) {
  std::map<std::string_view, std::string_view> origins;
  for (const Held& held : life_cycles) {
    const LifeCycleDefinition& definition = held->definition();
    const auto [earlier, added] = origins.emplace(definition.name, definition.origin);
    if (added) continue;
    return DefinitionError(definition.origin,
                           absl::StrFormat("life cycle %s is defined twice, first at %s; rename or "
                                           "drop one",
                                           definition.name, earlier->second));
  }
  return absl::OkStatus();
}

// Two of one class: by different values of one attribute.
absl::Status CheckApart(const LifeCycleDefinition& a, const LifeCycleDefinition& b) {
  const std::string what = absl::StrFormat("life cycles %s (%s) and %s of class %s", a.name,
                                           a.origin, b.name, b.class_name);
  if (!a.applies || !b.applies) {
    return DefinitionError(b.origin,
                           absl::StrFormat("%s are for the same records; give each \"applies: "
                                           "{attribute: ..., values: [...]}\"",
                                           what));
  }
  if (a.applies->attribute != b.applies->attribute) {
    return DefinitionError(b.origin,
                           absl::StrFormat("%s apply by different attributes, %s and %s, so that a "
                                           "record may have both; let both apply by one",
                                           what, a.applies->attribute, b.applies->attribute));
  }
  if (a.attribute != b.attribute) {
    return DefinitionError(b.origin,
                           absl::StrFormat("%s keep their states in different attributes, %s and "
                                           "%s; use one",
                                           what, a.attribute, b.attribute));
  }
  for (const std::string& value : b.applies->values) {
    if (std::ranges::count(a.applies->values, value) == 0) continue;
    return DefinitionError(
        b.origin, absl::StrFormat("%s both apply to %s = %s; drop it from one of them", what,
                                  a.applies->attribute, value));
  }
  return absl::OkStatus();
}

absl::Status CheckValuesUsed(const std::vector<Held>& life_cycles, const LifeCycleDefinition& first,
                             const ModelFacts& model) {
  if (!first.applies) return absl::OkStatus();
  std::set<std::string_view> used;
  std::set<std::string_view> applied;
  for (const Held& held : life_cycles) {
    const LifeCycleDefinition& definition = held->definition();
    if (definition.class_name != first.class_name) continue;
    for (const StateDefinition& state : definition.states) used.insert(state.name);
    for (const std::string& value : definition.applies->values) applied.insert(value);
  }
  const auto check = [&](const std::string& attribute, const std::set<std::string_view>& names,
                         std::string_view problem) -> absl::Status {
    const auto facts = model.FindAttribute(first.class_name, attribute);
    for (const std::string& value : facts ? facts->values : std::vector<std::string>()) {
      if (names.contains(value)) continue;
      return DefinitionError(first.origin,
                             absl::StrFormat("%s of class %s has the value %s, %s", attribute,
                                             first.class_name, value, problem));
    }
    return absl::OkStatus();
  };
  KOSEI_RETURN_IF_ERROR(check(first.attribute, used,
                              "which is a state of none of its life cycles; add the state to one, "
                              "or drop the value from the model"));
  return check(first.applies->attribute, applied,
               "to which none of its life cycles applies; name it in \"applies\" of one");
}

absl::Status CheckTogether(const std::vector<Held>& life_cycles, const ModelFacts& model) {
  KOSEI_RETURN_IF_ERROR(CheckNames(life_cycles));
  std::vector<const LifeCycleDefinition*> first_of_class;
  for (std::size_t later = 0; later < life_cycles.size(); ++later) {
    const LifeCycleDefinition& definition = life_cycles[later]->definition();
    bool first = true;
    for (std::size_t i = 0; i < later; ++i) {
      const LifeCycleDefinition& earlier = life_cycles[i]->definition();
      if (earlier.class_name != definition.class_name) continue;
      first = false;
      KOSEI_RETURN_IF_ERROR(CheckApart(earlier, definition));
    }
    if (first) first_of_class.push_back(&definition);
  }
  for (const LifeCycleDefinition* first : first_of_class)
    KOSEI_RETURN_IF_ERROR(CheckValuesUsed(life_cycles, *first, model));
  return absl::OkStatus();
}

bool AppliesTo(const LifeCycleDefinition& definition, const language::DatumMap& attributes) {
  if (!definition.applies) return true;
  for (const auto& [name, value] : attributes) {
    if (name != definition.applies->attribute) continue;
    return value.kind() == language::DatumKind::kString &&
           std::ranges::count(definition.applies->values, value.string()) > 0;
  }
  return false;
}

}  // namespace

absl::StatusOr<LifeCycleBook> LifeCycleBook::Load(std::span<const DefinitionFile> files,
                                                  const Vocabulary& vocabulary) {
  LifeCycleBook book;
  for (const DefinitionFile& file : files) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<LifeCycleDefinition> definitions,
                           ParseLifeCycles(file.text, file.name));
    for (LifeCycleDefinition& definition : definitions) {
      KOSEI_ASSIGN_OR_RETURN(Held made, LifeCycle::Make(std::move(definition), vocabulary));
      book.life_cycles_.push_back(std::move(made));
    }
  }
  KOSEI_RETURN_IF_ERROR(CheckTogether(book.life_cycles_, *vocabulary.model));
  return book;
}

const LifeCycle* LifeCycleBook::Find(std::string_view name) const {
  for (const Held& held : life_cycles_)
    if (held->definition().name == name) return held.get();
  return nullptr;
}

const LifeCycle* LifeCycleBook::For(std::span<const std::string> classes,
                                    const language::DatumMap& attributes) const {
  for (const std::string& class_name : classes) {
    for (const Held& held : life_cycles_) {
      const LifeCycleDefinition& definition = held->definition();
      if (definition.class_name == class_name && AppliesTo(definition, attributes))
        return held.get();
    }
  }
  return nullptr;
}

}  // namespace kosei::process
