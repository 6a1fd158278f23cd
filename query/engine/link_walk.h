// Visiting the links of a record as a pattern asks for them.
#pragma once

#include "engine/expand.h"
#include "engine/moment.h"

namespace kosei::query {

// Calls visit(LinkRef, NodeIndex other) for each link of `node` that fits types and direction and
// leads to a record that may be seen, until it returns false. A link of a record to itself comes
// once.
template <typename Visit>
void ForEachLink(const Moment& moment, const ExpandStep& step, storage::NodeIndex node,
                 Visit&& visit) {
  bool more = true;
  const auto walk = [&](storage::LinkDirection direction, bool skip_self) {
    moment.graph.ForEachOf(
        direction, node, step.types.bits(), [&](storage::NodeIndex other, storage::TypeIndex type) {
          if (!more || !step.types.Has(type) || (skip_self && other == node)) return;
          if (!moment.Shows(other)) return;
          const bool out = direction == storage::LinkDirection::kOut;
          more = visit(language::LinkRef{out ? node : other, out ? other : node, type, step.moment},
                       other);
        });
  };
  const bool either = step.direction == language::PatternDirection::kEither;
  if (either || step.direction == language::PatternDirection::kRight)
    walk(storage::LinkDirection::kOut, false);
  if (more && (either || step.direction == language::PatternDirection::kLeft))
    walk(storage::LinkDirection::kIn, either);
}

}  // namespace kosei::query
