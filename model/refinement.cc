#include "refinement.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"
#include "rule.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

absl::Status Widens(const ClassDefinition& owner, const AttributeDefinition& refinement,
                    std::string_view found, std::string_view inherited) {
  return ModelError(refinement.origin,
                    absl::StrFormat("class %s: attribute %s is inherited and may only be narrowed: "
                                    "found %s, inherited %s",
                                    owner.name, refinement.name, found, inherited));
}

absl::Status RefineRange(const ClassDefinition& owner, const AttributeDefinition& inherited,
                         AttributeDefinition& refinement) {
  if (!refinement.minimum) refinement.minimum = inherited.minimum;
  if (!refinement.maximum) refinement.maximum = inherited.maximum;
  if (inherited.minimum && CompareDecimals(*refinement.minimum, *inherited.minimum) < 0) {
    return Widens(owner, refinement, "minimum " + FormatDecimal(*refinement.minimum),
                  "minimum " + FormatDecimal(*inherited.minimum));
  }
  if (inherited.maximum && CompareDecimals(*refinement.maximum, *inherited.maximum) > 0) {
    return Widens(owner, refinement, "maximum " + FormatDecimal(*refinement.maximum),
                  "maximum " + FormatDecimal(*inherited.maximum));
  }
  return absl::OkStatus();
}

absl::Status RefineValues(const ClassDefinition& owner, const AttributeDefinition& inherited,
                          AttributeDefinition& refinement) {
  if (refinement.values.empty()) refinement.values = inherited.values;
  for (EnumValue& value : refinement.values) {
    const auto known =
        std::find_if(inherited.values.begin(), inherited.values.end(),
                     [&](const EnumValue& candidate) { return candidate.name == value.name; });
    if (known == inherited.values.end())
      return Widens(owner, refinement, "value " + value.name, "values without it");
    if (value.label.en.empty()) value.label.en = known->label.en;
    if (value.label.ja.empty()) value.label.ja = known->label.ja;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Refine(const ClassDefinition& owner, const AttributeDefinition& inherited,
                    AttributeDefinition& refinement,
                    absl::FunctionRef<bool(std::string_view, std::string_view)> is_a) {
  refinement.required = refinement.required || inherited.required;
  refinement.unique = refinement.unique || inherited.unique;
  refinement.retired = refinement.retired || inherited.retired;
  refinement.indexed = refinement.indexed || inherited.indexed;
  refinement.searched = refinement.searched || inherited.searched;
  if (refinement.label.en.empty()) refinement.label.en = inherited.label.en;
  if (refinement.label.ja.empty()) refinement.label.ja = inherited.label.ja;
  if (refinement.default_value.is_null()) refinement.default_value = inherited.default_value;
  if (refinement.pattern.empty()) refinement.pattern = inherited.pattern;
  KOSEI_RETURN_IF_ERROR(RefineRange(owner, inherited, refinement));
  KOSEI_RETURN_IF_ERROR(RefineValues(owner, inherited, refinement));
  if (refinement.reference_class.empty()) refinement.reference_class = inherited.reference_class;
  if (!inherited.reference_class.empty() &&
      !is_a(refinement.reference_class, inherited.reference_class)) {
    return Widens(owner, refinement, "reference_class " + refinement.reference_class,
                  "reference_class " + inherited.reference_class);
  }
  return absl::OkStatus();
}

}  // namespace kosei::model
