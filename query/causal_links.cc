#include "causal_links.h"

namespace kosei::query {

CausalLinks FollowedLinks(const model::Schema& schema, ImpactDirection direction) {
  CausalLinks links;
  for (const model::RelationshipType& type : schema.relationship_types()) {
    const model::ImpactDirection impact = type.definition.impact;
    if (impact == model::ImpactDirection::kNone) continue;
    const auto index = static_cast<storage::TypeIndex>(type.number.value);
    const bool against = direction == ImpactDirection::kUp;
    const bool both = impact == model::ImpactDirection::kBoth;
    if (both || (impact == model::ImpactDirection::kTargetToSource) != against) {
      links.in[index] = 1;
      links.in_bits |= storage::TypeBit(index);
    }
    if (both || (impact == model::ImpactDirection::kSourceToTarget) != against) {
      links.out[index] = 1;
      links.out_bits |= storage::TypeBit(index);
    }
  }
  return links;
}

}  // namespace kosei::query
