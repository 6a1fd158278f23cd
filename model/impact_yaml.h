// What a model says about impact, read from YAML: effects and rules of a relationship type, gates
// and roles, contexts.
#pragma once

#include "absl/status/status.h"
#include "kosei/model/definition.h"
#include "yaml_map.h"

namespace kosei::model {

// "gate", "out_of_service" and "role" of a class.
absl::Status ReadImpactOfClass(YamlSource& source, const YamlMap& map, ClassDefinition& definition);
// "effect", "impact_rules" and "role" of a relationship type.
absl::Status ReadImpactOfType(YamlSource& source, const YamlMap& map,
                              RelationshipTypeDefinition& type);
// "impact_contexts" of a model.
absl::Status ReadImpactContexts(YamlSource& source, const YamlMap& map, ModelDefinition& model);

}  // namespace kosei::model
