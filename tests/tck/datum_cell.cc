#include "datum_cell.h"

#include <cstddef>
#include <utility>

#include "kosei/language/temporal_text.h"

namespace kosei::tck {

using language::Datum;
using language::DatumKind;
using language::Evaluation;

namespace {

std::map<std::string, Cell> CellsOf(const language::DatumMap& map, Evaluation& evaluation) {
  std::map<std::string, Cell> cells;
  for (const auto& [name, value] : map) cells.emplace(name, CellOf(value, evaluation));
  return cells;
}

Cell NodeCell(language::NodeRef node, Evaluation& evaluation) {
  Cell cell;
  cell.kind = CellKind::kNode;
  for (std::string& label : evaluation.graph->Labels(node, evaluation))
    cell.labels.insert(std::move(label));
  cell.properties = CellsOf(evaluation.graph->Properties(node, evaluation), evaluation);
  return cell;
}

Cell LinkCell(language::LinkRef link, Evaluation& evaluation) {
  Cell cell;
  cell.kind = CellKind::kRelationship;
  cell.text = evaluation.graph->TypeOf(link);
  cell.properties = CellsOf(evaluation.graph->Properties(link, evaluation), evaluation);
  return cell;
}

Cell PathCell(const language::PathValue& path, Evaluation& evaluation) {
  Cell cell;
  cell.kind = CellKind::kPath;
  for (std::size_t i = 0; i < path.nodes.size(); ++i) {
    cell.items.push_back(NodeCell(path.nodes[i], evaluation));
    if (i == path.links.size()) break;
    cell.items.push_back(LinkCell(path.links[i], evaluation));
    cell.forward.push_back(path.links[i].source == path.nodes[i].record.value);
  }
  return cell;
}

}  // namespace

Datum DatumOf(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::kBoolean:
      return Datum::Boolean(cell.boolean);
    case CellKind::kInteger:
      return Datum::Integer(cell.integer);
    case CellKind::kFloat:
      return Datum::Float(cell.real);
    case CellKind::kString:
      return Datum::String(cell.text);
    case CellKind::kList: {
      language::DatumList items;
      for (const Cell& item : cell.items) items.push_back(DatumOf(item));
      return Datum::List(std::move(items));
    }
    case CellKind::kMap: {
      language::DatumMap map;
      for (const auto& [name, value] : cell.properties) map.emplace_back(name, DatumOf(value));
      return Datum::Map(std::move(map));
    }
    case CellKind::kNull:
    case CellKind::kNode:
    case CellKind::kRelationship:
    case CellKind::kPath:
      break;
  }
  return {};
}

Cell CellOf(const Datum& datum, Evaluation& evaluation) {
  switch (datum.kind()) {
    case DatumKind::kNull:
      return {};
    case DatumKind::kBoolean:
      return Cell::Boolean(datum.boolean());
    case DatumKind::kInteger:
      return Cell::Integer(datum.integer());
    case DatumKind::kFloat:
      return Cell::Float(datum.real());
    case DatumKind::kString:
      return Cell::String(datum.string());
    case DatumKind::kDate:
      return Cell::String(language::TextOf(datum.date()));
    case DatumKind::kLocalTime:
      return Cell::String(language::TextOf(datum.local_time()));
    case DatumKind::kTime:
      return Cell::String(language::TextOf(datum.time()));
    case DatumKind::kLocalDateTime:
      return Cell::String(language::TextOf(datum.local_date_time()));
    case DatumKind::kDateTime:
      return Cell::String(language::TextOf(datum.date_time()));
    case DatumKind::kDuration:
      return Cell::String(language::TextOf(datum.duration()));
    case DatumKind::kList: {
      std::vector<Cell> items;
      for (const Datum& item : datum.list()) items.push_back(CellOf(item, evaluation));
      return Cell::List(std::move(items));
    }
    case DatumKind::kMap:
      return Cell::Map(CellsOf(datum.map(), evaluation));
    case DatumKind::kNode:
      return NodeCell(datum.node(), evaluation);
    case DatumKind::kRelationship:
      return LinkCell(datum.relationship(), evaluation);
    case DatumKind::kPath:
      return PathCell(datum.path(), evaluation);
  }
  return {};
}

}  // namespace kosei::tck
