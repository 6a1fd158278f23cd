#include "desk/neighbours.h"

#include <optional>

#include "kosei/base/status_macros.h"

namespace kosei::process {

absl::StatusOr<bool> HasLink(const DeskParts& parts, const Definitions& definitions,
                             const storage::View& view, std::string_view key, std::string_view type,
                             storage::LinkDirection direction) {
  const model::RelationshipType* const known = definitions.schema().FindRelationshipType(type);
  const std::optional<RecordId> id = parts.reader.IdOf(key);
  if (known == nullptr || !id.has_value()) return false;
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, parts.reader.Graph(view));
  const storage::NodeIndex node = storage::NodeOf(*id);
  if (node >= graph.node_limit()) return false;
  bool found = false;
  graph.ForEachOf(direction, node,
                  storage::TypeBit(static_cast<storage::TypeIndex>(known->number.value)),
                  [&](storage::NodeIndex, storage::TypeIndex each) {
                    found = found || RelationshipTypeNumber{each} == known->number;
                  });
  return found;
}

}  // namespace kosei::process
