#include "memory_graph.h"

#include <algorithm>
#include <utility>

namespace kosei::tck {
namespace {

using language::Datum;
using language::DatumMap;
using language::Evaluation;
using language::LinkRef;
using language::NodeRef;

Datum ValueOf(const Properties& properties, const std::string& name) {
  const auto entry = properties.find(name);
  return entry == properties.end() ? Datum() : entry->second;
}

template <typename Item>
Datum PropertyOf(const Item* item, const std::string& name) {
  return item == nullptr ? Datum() : ValueOf(item->properties, name);
}

template <typename Item>
DatumMap PropertiesOf(const Item* item) {
  return item == nullptr ? DatumMap() : DatumMap(item->properties.begin(), item->properties.end());
}

// Position of the name, which is added when it is new.
std::size_t PositionIn(std::vector<std::string>& names, std::string_view name) {
  const auto known = std::find(names.begin(), names.end(), name);
  if (known != names.end()) return static_cast<std::size_t>(known - names.begin());
  names.emplace_back(name);
  return names.size() - 1;
}

}  // namespace

std::size_t PositionOf(NodeRef node) { return node.record.value - 1; }

Datum MemoryGraph::NodeAt(std::size_t position) const {
  return Datum::Node(NodeRef{RecordId{position + 1}});
}

Datum MemoryGraph::LinkAt(std::size_t position) {
  const MemoryLink& link = links_[position];
  LinkRef ref;
  ref.source = static_cast<std::uint32_t>(link.source + 1);
  ref.target = static_cast<std::uint32_t>(link.target + 1);
  ref.type = TypeNumber(link.type);
  return Datum::Relationship(ref);
}

Datum MemoryGraph::AddNode(MemoryNode node) {
  nodes_.push_back(std::move(node));
  return NodeAt(nodes_.size() - 1);
}

Datum MemoryGraph::AddLink(MemoryLink link) {
  links_.push_back(std::move(link));
  return LinkAt(links_.size() - 1);
}

MemoryNode* MemoryGraph::Find(NodeRef node) {
  const std::size_t position = PositionOf(node);
  return position < nodes_.size() && !nodes_[position].deleted ? &nodes_[position] : nullptr;
}

MemoryLink* MemoryGraph::Find(LinkRef link) {
  const auto found = std::find_if(links_.begin(), links_.end(), [&](const MemoryLink& one) {
    return !one.deleted && one.source + 1 == link.source && one.target + 1 == link.target &&
           TypeNumber(one.type) == link.type;
  });
  return found == links_.end() ? nullptr : &*found;
}

std::uint8_t MemoryGraph::TypeNumber(const std::string& type) {
  return static_cast<std::uint8_t>(PositionIn(types_, type) + 1);
}

std::uint32_t MemoryGraph::PropertyNumber(std::string_view name) {
  return static_cast<std::uint32_t>(PositionIn(names_, name));
}

Datum MemoryGraph::Property(NodeRef node, std::uint32_t property, Evaluation& /*evaluation*/) {
  return PropertyOf(Find(node), names_[property]);
}
Datum MemoryGraph::Property(LinkRef link, std::uint32_t property, Evaluation& /*evaluation*/) {
  return PropertyOf(Find(link), names_[property]);
}
DatumMap MemoryGraph::Properties(NodeRef node, Evaluation& /*evaluation*/) {
  return PropertiesOf(Find(node));
}
DatumMap MemoryGraph::Properties(LinkRef link, Evaluation& /*evaluation*/) {
  return PropertiesOf(Find(link));
}

std::vector<std::string> MemoryGraph::Labels(NodeRef node, Evaluation& /*evaluation*/) {
  const MemoryNode* const found = Find(node);
  if (found == nullptr) return {};
  return {found->labels.begin(), found->labels.end()};
}

bool MemoryGraph::HasLabel(NodeRef node, std::string_view label, Evaluation& /*evaluation*/) {
  const MemoryNode* const found = Find(node);
  return found != nullptr && found->labels.contains(std::string(label));
}

std::string MemoryGraph::TypeOf(LinkRef link) {
  const std::size_t position = std::size_t{link.type} - 1;
  return position < types_.size() ? types_[position] : std::string();
}

}  // namespace kosei::tck
