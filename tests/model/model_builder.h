// Small models for tests, written as YAML.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/schema.h"

namespace kosei::testing {

// Parses and builds, with a name book of its own.
inline absl::StatusOr<std::shared_ptr<const model::Schema>> BuildYaml(std::string_view yaml) {
  KOSEI_ASSIGN_OR_RETURN(model::ModelDefinition definition, model::ParseModel(yaml, "m.yaml"));
  model::NameBook book;
  return model::Schema::Build(std::move(definition), book);
}

// A class Thing with one attribute "a"; `fields` are what follows its name and label, as in
// "type: list, item_type: mac".
inline std::string ModelWithAttribute(std::string_view fields) {
  std::string yaml =
      "classes:\n"
      "  - name: Thing\n"
      "    label: {en: Thing, ja: thing}\n"
      "    attributes:\n"
      "      - {name: a, label: {en: A, ja: a}, ";
  yaml += fields;
  yaml += "}\n";
  return yaml;
}

}  // namespace kosei::testing
