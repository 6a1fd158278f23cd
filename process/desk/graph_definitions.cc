// What definitions say of the graph: how the risk of changes is weighed, what is under their
// control, what is suggested.
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/definitions.h"

namespace kosei::process {

absl::Status Definitions::LoadRiskVectors(std::span<const DefinitionFile> files) {
  for (const DefinitionFile& file : files) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<RiskVectorDefinition> parsed,
                           ParseRiskVectors(file.text, file.name));
    for (RiskVectorDefinition& each : parsed) {
      if (const auto known = schema_->GetClass(each.class_name); !known.ok())
        return DefinitionError(each.origin, MessageOf(known.status()));
      for (const RiskVectorDefinition& other : risk_vectors_) {
        if (other.class_name != each.class_name) continue;
        return DefinitionError(each.origin,
                               absl::StrFormat("risk vector %s: class %s is weighed by %s already; "
                                               "keep one of them",
                                               each.name, each.class_name, other.name));
      }
      risk_vectors_.push_back(std::move(each));
    }
  }
  return absl::OkStatus();
}

const RiskVectorDefinition* Definitions::RiskVectorOf(const model::Class& owner) const {
  for (const RiskVectorDefinition& each : risk_vectors_) {
    const model::Class* const known = schema_->FindClass(each.class_name);
    if (known != nullptr && schema_->IsA(owner.number, known->number)) return &each;
  }
  return nullptr;
}

absl::Status Definitions::LoadControl(std::span<const DefinitionFile> files) {
  for (const DefinitionFile& file : files) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<ControlRule> parsed, ParseControl(file.text, file.name));
    for (ControlRule& each : parsed) {
      const auto known = schema_->GetClass(each.class_name);
      if (!known.ok()) return DefinitionError(each.origin, MessageOf(known.status()));
      if (schema_->IsProcess((*known)->number)) {
        return DefinitionError(each.origin,
                               absl::StrFormat("class %s is one of a process, whose records change "
                                               "by transitions; name classes of items",
                                               each.class_name));
      }
      for (const std::string& name : each.except) {
        if (facts_->FindAttribute(each.class_name, name).has_value()) continue;
        return DefinitionError(
            each.origin,
            absl::StrFormat("class %s has no attribute %s%s", each.class_name, Shown(name),
                            Hint(name, facts_->AttributeNames(each.class_name))));
      }
      control_.push_back(std::move(each));
    }
  }
  return absl::OkStatus();
}

const ControlRule* Definitions::ControlOf(const model::Class& owner) const {
  const ControlRule* nearest = nullptr;
  const model::Class* of = nullptr;
  for (const ControlRule& rule : control_) {
    const model::Class* const known = schema_->FindClass(rule.class_name);
    if (known == nullptr || !schema_->IsA(owner.number, known->number)) continue;
    if (of != nullptr && !schema_->IsA(known->number, of->number)) continue;
    nearest = &rule;
    of = known;
  }
  return nearest;
}

absl::Status Definitions::LoadSuggestions(std::span<const DefinitionFile> files) {
  for (const DefinitionFile& file : files) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<SuggestionDefinition> parsed,
                           ParseSuggestions(file.text, file.name));
    for (SuggestionDefinition& each : parsed) {
      for (const std::string* name : {&each.class_name, &each.opens}) {
        if (name->empty()) continue;
        if (const auto known = schema_->GetClass(*name); !known.ok())
          return DefinitionError(each.origin, MessageOf(known.status()));
      }
      if (!each.link.empty()) {
        if (const auto known = schema_->GetRelationshipType(each.link); !known.ok())
          return DefinitionError(each.origin, MessageOf(known.status()));
      }
      suggestions_.push_back(std::move(each));
    }
  }
  return absl::OkStatus();
}

}  // namespace kosei::process
