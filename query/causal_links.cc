#include "causal_links.h"

namespace kosei::query {

CausalLinks FollowedLinks(const model::Schema& schema, ImpactDirection direction) {
  CausalLinks links;
  for (const model::RelationshipType& type : schema.relationship_types()) {
    const model::ImpactDirection impact = type.definition.impact;
    if (impact == model::ImpactDirection::kNone) continue;
    const bool against = direction == ImpactDirection::kUp;
    const bool from_target = (impact == model::ImpactDirection::kTargetToSource) != against;
    CausalLinks::Table& table = from_target ? links.in : links.out;
    std::uint16_t& bits = from_target ? links.in_bits : links.out_bits;
    const auto index = static_cast<storage::TypeIndex>(type.number.value);
    table[index] = 1;
    bits |= storage::TypeBit(index);
  }
  return links;
}

}  // namespace kosei::query
