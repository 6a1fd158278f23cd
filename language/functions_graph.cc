// Functions of nodes, relationships and paths, and of what has properties.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "functions.h"
#include "kosei/language/element_id.h"

namespace kosei::language {
namespace {

bool IsNode(const Datum& value) { return value.kind() == DatumKind::kNode; }
bool IsLink(const Datum& value) { return value.kind() == DatumKind::kRelationship; }
bool IsPath(const Datum& value) { return value.kind() == DatumKind::kPath; }

Datum Labels(const Call& call) {
  if (!IsNode(call[0])) return call.WrongValue(0, "a node");
  DatumList labels;
  for (std::string& label : call.evaluation.graph->Labels(call[0].node(), call.evaluation))
    labels.push_back(Datum::String(std::move(label)));
  return Datum::List(std::move(labels));
}

Datum Type(const Call& call) {
  if (!IsLink(call[0])) return call.WrongValue(0, "a relationship");
  return Datum::String(call.evaluation.graph->TypeOf(call[0].relationship()));
}

// None: the error is recorded.
std::optional<DatumMap> PropertiesOf(const Call& call) {
  Graph* const graph = call.evaluation.graph;
  if (IsNode(call[0])) return graph->Properties(call[0].node(), call.evaluation);
  if (IsLink(call[0])) return graph->Properties(call[0].relationship(), call.evaluation);
  if (call[0].kind() == DatumKind::kMap) return call[0].map();
  call.WrongType(0, "a node, a relationship or a map");
  return std::nullopt;
}

Datum Properties(const Call& call) {
  if (call[0].kind() == DatumKind::kMap) return call[0];
  std::optional<DatumMap> properties = PropertiesOf(call);
  return properties.has_value() ? Datum::Map(*std::move(properties)) : Datum();
}

Datum Keys(const Call& call) {
  const std::optional<DatumMap> properties = PropertiesOf(call);
  if (!properties.has_value()) return {};
  DatumList keys;
  for (const auto& [key, value] : *properties) keys.push_back(Datum::String(key));
  return Datum::List(std::move(keys));
}

Datum Id(const Call& call) {
  if (IsNode(call[0])) return Datum::Integer(IdOf(call[0].node()));
  if (IsLink(call[0])) return Datum::Integer(IdOf(call[0].relationship()));
  return call.WrongValue(0, "a node or a relationship");
}

Datum ElementId(const Call& call) {
  if (IsNode(call[0])) return Datum::String(call.evaluation.graph->ElementId(call[0].node()));
  if (IsLink(call[0])) return Datum::String(ElementIdOf(call[0].relationship()));
  return call.WrongValue(0, "a node or a relationship");
}

Datum StartNode(const Call& call) {
  if (!IsLink(call[0])) return call.WrongValue(0, "a relationship");
  const LinkRef link = call[0].relationship();
  return Datum::Node({RecordId{link.source}, link.moment});
}

Datum EndNode(const Call& call) {
  if (!IsLink(call[0])) return call.WrongValue(0, "a relationship");
  const LinkRef link = call[0].relationship();
  return Datum::Node({RecordId{link.target}, link.moment});
}

Datum Nodes(const Call& call) {
  if (!IsPath(call[0])) return call.WrongValue(0, "a path");
  DatumList nodes;
  for (const NodeRef& node : call[0].path().nodes) nodes.push_back(Datum::Node(node));
  return Datum::List(std::move(nodes));
}

Datum Relationships(const Call& call) {
  if (!IsPath(call[0])) return call.WrongValue(0, "a path");
  DatumList links;
  for (const LinkRef& link : call[0].path().links) links.push_back(Datum::Relationship(link));
  return Datum::List(std::move(links));
}

Datum Length(const Call& call) {
  if (!IsPath(call[0])) return call.WrongValue(0, "a path; size() is for lists and strings");
  return Datum::Integer(static_cast<std::int64_t>(call[0].path().links.size()));
}

Datum Exists(const Call& call) { return Datum::Boolean(!call[0].is_null()); }

constexpr std::uint32_t kElements = kNodeKind | kRelationshipKind;

constexpr Function kFunctions[] = {
    {"labels", 1, 1, Labels, kNodeKind, kListKind},
    {"type", 1, 1, Type, kRelationshipKind, kStringKind},
    {"properties", 1, 1, Properties, kElements | kMapKind, kMapKind},
    {"keys", 1, 1, Keys, kElements | kMapKind, kListKind},
    {"id", 1, 1, Id, kElements, kIntegerKind},
    {"elementid", 1, 1, ElementId, kElements, kStringKind},
    {"startnode", 1, 1, StartNode, kRelationshipKind, kNodeKind},
    {"endnode", 1, 1, EndNode, kRelationshipKind, kNodeKind},
    {"nodes", 1, 1, Nodes, kPathKind, kListKind},
    {"relationships", 1, 1, Relationships, kPathKind, kListKind},
    {"rels", 1, 1, Relationships, kPathKind, kListKind},
    {"length", 1, 1, Length, kPathKind, kIntegerKind},
    {"exists", 1, 1, Exists, kAnyKinds, kBooleanKind, NullRule::kIsTaken},
};

}  // namespace

std::span<const Function> GraphFunctions() { return kFunctions; }

}  // namespace kosei::language
