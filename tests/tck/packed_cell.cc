#include "packed_cell.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "kosei/language/temporal_text.h"

namespace kosei::tck {
namespace {

using language::Boxed;
using language::PackedMap;
using language::PackedNode;
using language::PackedPath;
using language::PackedRelationship;
using language::PackedValue;

std::map<std::string, Cell> CellsOf(const PackedMap& map) {
  std::map<std::string, Cell> cells;
  for (const language::PackedEntry& entry : map) cells.emplace(entry.key, CellOf(entry.value));
  return cells;
}

Cell NodeCell(const PackedNode& node) {
  Cell cell;
  cell.kind = CellKind::kNode;
  cell.labels.insert(node.labels.begin(), node.labels.end());
  cell.properties = CellsOf(node.properties);
  return cell;
}

Cell LinkCell(const PackedRelationship& link) {
  Cell cell;
  cell.kind = CellKind::kRelationship;
  cell.text = link.type;
  cell.properties = CellsOf(link.properties);
  return cell;
}

Cell PathCell(const PackedPath& path) {
  Cell cell;
  cell.kind = CellKind::kPath;
  if (path.nodes.empty()) return cell;
  cell.items.push_back(NodeCell(path.nodes.front()));
  for (const PackedPath::Step& step : path.steps) {
    cell.items.push_back(LinkCell(path.relationships[step.relationship]));
    cell.items.push_back(NodeCell(path.nodes[step.node]));
    cell.forward.push_back(step.forward);
  }
  return cell;
}

struct ToCell {
  Cell operator()(std::monostate /*null*/) const { return {}; }
  Cell operator()(bool value) const { return Cell::Boolean(value); }
  Cell operator()(std::int64_t value) const { return Cell::Integer(value); }
  Cell operator()(double value) const { return Cell::Float(value); }
  Cell operator()(const std::string& value) const { return Cell::String(value); }
  Cell operator()(const language::PackedBytes& value) const {
    return Cell::String(absl::StrFormat("bytes %d", value.bytes.size()));
  }
  Cell operator()(const language::PackedList& value) const {
    std::vector<Cell> items;
    for (const PackedValue& item : value) items.push_back(CellOf(item));
    return Cell::List(std::move(items));
  }
  Cell operator()(const PackedMap& value) const { return Cell::Map(CellsOf(value)); }
  Cell operator()(const Boxed<PackedNode>& value) const { return NodeCell(*value); }
  Cell operator()(const Boxed<PackedRelationship>& value) const { return LinkCell(*value); }
  Cell operator()(const Boxed<PackedPath>& value) const { return PathCell(*value); }
  Cell operator()(const language::PackedStructure& value) const {
    return Cell::String(absl::StrFormat("structure %d", value.tag));
  }
  // Dates, times and durations.
  template <typename Temporal>
  Cell operator()(const Temporal& value) const {
    return Cell::String(language::TextOf(value));
  }
};

}  // namespace

Cell CellOf(const PackedValue& value) { return std::visit(ToCell{}, value.value); }

PackedValue PackedOf(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::kBoolean:
      return {cell.boolean};
    case CellKind::kInteger:
      return {cell.integer};
    case CellKind::kFloat:
      return {cell.real};
    case CellKind::kString:
      return {cell.text};
    case CellKind::kList: {
      language::PackedList items;
      for (const Cell& item : cell.items) items.push_back(PackedOf(item));
      return {std::move(items)};
    }
    case CellKind::kMap: {
      PackedMap map;
      for (const auto& [name, value] : cell.properties) map.push_back({name, PackedOf(value)});
      return {std::move(map)};
    }
    case CellKind::kNull:
    case CellKind::kNode:
    case CellKind::kRelationship:
    case CellKind::kPath:
      break;
  }
  return {};
}

}  // namespace kosei::tck
