// CausalLinks: which relationship types carry failure, and over which end of a link a walk follows
// them. Made from the model once a query, so that a walk decides with one table look-up a link; the
// classes of both ends are looked at only where the model's rules ask for them.
#pragma once

#include <array>
#include <cstdint>

#include "kosei/model/schema.h"
#include "kosei/query/impact.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

struct CausalLinks {
  using Table = std::array<std::uint8_t, 256>;  // by TypeIndex
  static constexpr std::uint8_t kFollowed = 1;
  static constexpr std::uint8_t kByClass = 2;  // FollowsByClass says
  Table in{};                                  // from a link's target to its source
  Table out{};                                 // from a link's source to its target
  std::uint16_t in_bits = 0;  // storage::TypeBit of each type followed that way; 0: none is
  std::uint16_t out_bits = 0;
  const model::Schema* schema = nullptr;
  ImpactDirection direction = ImpactDirection::kDown;

  // From a record of class `own` over a link seen from that end.
  bool FollowsByClass(storage::LinkDirection link, storage::TypeIndex type, ClassNumber own,
                      ClassNumber neighbour) const;
};

// Down follows links the way failure travels, up against it. Types that left the model carry
// nothing. `schema` must outlive the result.
CausalLinks FollowedLinks(const model::Schema& schema, ImpactDirection direction);

}  // namespace kosei::query
