#include "causal_links.h"

#include "effects.h"

namespace kosei::query {
namespace {

// Whether a walk in this direction leaves a record by this end of a link.
bool Leaves(const model::ImpactRule& rule, ImpactDirection direction, storage::LinkDirection link) {
  if (!Carries(rule)) return false;
  const bool down = direction == ImpactDirection::kDown;
  const bool at_target = link == storage::LinkDirection::kIn;
  return down == at_target ? GoesToSource(rule.impact) : GoesToTarget(rule.impact);
}

}  // namespace

bool CausalLinks::FollowsByClass(storage::LinkDirection link, storage::TypeIndex type,
                                 ClassNumber own, ClassNumber neighbour) const {
  const bool is_source = link == storage::LinkDirection::kOut;
  const model::ImpactRule& rule = schema->ImpactRuleOf(
      RelationshipTypeNumber{type}, is_source ? own : neighbour, is_source ? neighbour : own);
  return Leaves(rule, direction, link);
}

CausalLinks FollowedLinks(const model::Schema& schema, ImpactDirection direction) {
  CausalLinks links;
  links.schema = &schema;
  links.direction = direction;
  for (const model::RelationshipType& type : schema.relationship_types()) {
    const auto index = static_cast<storage::TypeIndex>(type.number.value);
    const bool by_class = schema.HasImpactRules(type.number);
    const model::ImpactRule& rule = schema.ImpactRuleOf(type.number, {}, {});
    const auto set = [&](storage::LinkDirection link, CausalLinks::Table& table,
                         std::uint16_t& bits) {
      if (!by_class && !Leaves(rule, direction, link)) return;
      table[index] = by_class ? CausalLinks::kByClass : CausalLinks::kFollowed;
      bits |= storage::TypeBit(index);
    };
    set(storage::LinkDirection::kIn, links.in, links.in_bits);
    set(storage::LinkDirection::kOut, links.out, links.out_bits);
  }
  return links;
}

}  // namespace kosei::query
