// The waves of an order: where each component of needs stands, and what it comes after.
#pragma once

#include <cstdint>
#include <vector>

#include "components.h"
#include "kosei/query/order.h"
#include "local_graph.h"

namespace kosei::query {

struct Waves {
  std::uint32_t count = 0;
  std::vector<std::uint32_t> of;   // by component; of one without records to be ordered: no meaning
  std::vector<LocalIndex> after;   // by component (OrderedRecord::after); kNoLocal: nothing
  std::vector<LocalIndex> lowest;  // by component: its lowest record to be ordered, or kNoLocal
};

// `ordered`: by record, 1 for those to be ordered; the others only stand between them.
Waves WavesOf(const LocalGraph& graph, const Components& components,
              const std::vector<std::uint8_t>& ordered, OrderDirection direction);

}  // namespace kosei::query
