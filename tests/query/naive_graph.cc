#include "naive_graph.h"

#include <algorithm>
#include <cstdlib>

namespace kosei::query {

using language::Datum;
using language::Evaluation;
using language::LinkRef;
using language::NodeRef;

Datum NaiveGraph::LinkDatum(const NaiveLink& link) {
  return Datum::Relationship({static_cast<std::uint32_t>(link.source.value),
                              static_cast<std::uint32_t>(link.target.value), link.type, 0});
}

const NaiveNode& NaiveGraph::NodeOf(RecordId id) const {
  for (const NaiveNode& node : nodes) {
    if (node.id == id) return node;
  }
  std::abort();
}

std::uint32_t NaiveGraph::PropertyNumber(std::string_view name) {
  const auto known = std::find(property_names_.begin(), property_names_.end(), name);
  const auto number = static_cast<std::uint32_t>(known - property_names_.begin());
  if (known == property_names_.end()) property_names_.emplace_back(name);
  return number;
}

Datum NaiveGraph::Property(NodeRef node, std::uint32_t property, Evaluation&) {
  const NaiveNode& of = NodeOf(node.record);
  const std::string& name = property_names_[property];
  for (const auto& [key, value] : of.properties) {
    if (key == name) return value;
  }
  return name == "key" ? Datum::String(of.key) : Datum();
}

Datum NaiveGraph::Property(LinkRef, std::uint32_t, Evaluation&) { return {}; }

language::DatumMap NaiveGraph::Properties(NodeRef node, Evaluation&) {
  return NodeOf(node.record).properties;
}

language::DatumMap NaiveGraph::Properties(LinkRef, Evaluation&) { return {}; }

std::vector<std::string> NaiveGraph::Labels(NodeRef node, Evaluation&) {
  return NodeOf(node.record).labels;
}

bool NaiveGraph::HasLabel(NodeRef node, std::string_view label, Evaluation&) {
  const std::vector<std::string>& labels = NodeOf(node.record).labels;
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

std::string NaiveGraph::TypeOf(LinkRef link) {
  for (const NaiveLink& each : links) {
    if (each.type == link.type) return each.type_name;
  }
  std::abort();
}

}  // namespace kosei::query
