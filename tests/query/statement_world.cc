#include "statement_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kosei::query {
namespace {

using language::Datum;

constexpr std::string_view kModel = R"(
classes:
  - {name: Item, abstract: true, label: {en: Item, ja: Item}, attributes: [
      {name: name, type: string, index: true, label: {en: Name, ja: Name}},
      {name: size, type: integer, index: true, label: {en: Size, ja: Size}},
      {name: rank, type: integer, label: {en: Rank, ja: Rank}}]}
  - {name: Thing, parent: Item, label: {en: Thing, ja: Thing}, attributes: [
      {name: closed_at, type: integer, index: true, label: {en: Closed, ja: Closed}}]}
  - {name: Machine, parent: Thing, label: {en: Machine, ja: Machine}}
  - {name: Person, parent: Item, label: {en: Person, ja: Person}}
relationship_types:
  - {name: needs, label: {en: Needs, ja: Needs}, inverse_label: {en: Needed by, ja: Needed by},
     endpoints: [{source: Item, target: Item}], impact: target_to_source}
  - {name: gives, label: {en: Gives, ja: Gives}, inverse_label: {en: Given by, ja: Given by},
     endpoints: [{source: Item, target: Item}], impact: source_to_target}
)";
constexpr std::array<std::string_view, 3> kClasses = {"Thing", "Machine", "Person"};

bool Has(const NaiveNode& node, std::string_view label) {
  return std::find(node.labels.begin(), node.labels.end(), label) != node.labels.end();
}

}  // namespace

StatementWorld::StatementWorld(std::mt19937& random) : random_(random), asked_(kModel) {
  NaiveGraph graph;
  storage::Transaction records;
  const unsigned count = 1 + Below(5);
  for (unsigned i = 0; i < count; ++i)
    AddRecord("n" + std::to_string(i), kClasses[Below(3)], graph, records);
  asked_.store().Commit(std::move(records));
  for (NaiveNode& node : graph.nodes) node.id = asked_.store().Id(node.key);
  AddLinks(graph);
  Commit(std::move(graph));
}

void StatementWorld::Change() {
  NaiveGraph graph = views_.back().graph;
  Edit ended;
  std::erase_if(graph.nodes, [&](const NaiveNode& node) {
    if (Below(4) != 0) return false;
    ended.end.push_back(node.key);
    return true;
  });
  std::erase_if(graph.links, [&](const NaiveLink& link) {
    const auto is_there = [&](RecordId id) {
      return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                         [&](const NaiveNode& node) { return node.id == id; });
    };
    if (is_there(link.source) && is_there(link.target) && Below(4) != 0) return false;
    ended.unlink.push_back(
        {asked_.store().Key(link.source), link.type_name, asked_.store().Key(link.target)});
    return true;
  });
  // Links first: a record that ends may have none.
  asked_.store().Apply({.unlink = std::exchange(ended.unlink, {})});
  if (!ended.end.empty()) asked_.store().Apply(ended);
  storage::Transaction records;
  std::vector<NaiveNode> nodes = std::exchange(graph.nodes, {});
  for (NaiveNode& node : nodes) {
    if (Below(2) == 0) {
      graph.nodes.push_back(std::move(node));
      continue;
    }
    AddRecord(node.key, node.labels.front(), graph, records);
  }
  AddRecord("m" + std::to_string(views_.size()), kClasses[Below(3)], graph, records);
  asked_.store().Commit(std::move(records));
  for (NaiveNode& node : graph.nodes) node.id = asked_.store().Id(node.key);
  AddLinks(graph);
  Commit(std::move(graph));
}

void StatementWorld::AddRecord(const std::string& key, std::string_view class_name,
                               NaiveGraph& graph, storage::Transaction& records) {
  const auto schema = asked_.store().reader().schema();
  const model::Class* owner = schema->FindClass(class_name);
  Record record;
  record.class_number = owner->number;
  record.key = key;
  NaiveNode node;
  node.key = key;
  const auto labels = schema->LabelsOf(owner->number);
  node.labels.assign(labels.begin(), labels.end());
  const auto set = [&](std::string_view name, const Value& value, const Datum& datum) {
    const model::Attribute* const attribute = schema->FindAttribute(*owner, name);
    if (attribute == nullptr) return;
    // What a record is put without, it keeps; a null, which Record::Set would leave out, takes it
    // away.
    const bool none = Below(3) == 0;
    record.attributes.emplace_back(attribute->number, none ? Value() : value);
    if (none) return;
    node.properties.emplace_back(name, datum);
  };
  const std::string text = Below(2) == 0 ? "a" : "ab";
  set("name", Value(text), Datum::String(text));
  for (const std::string_view name : {"rank", "size", "closed_at"}) {
    const auto number = static_cast<std::int64_t>(Below(4));
    set(name, Value(number), Datum::Integer(number));
  }
  std::sort(record.attributes.begin(), record.attributes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  records.put_records.push_back({std::move(record), std::nullopt});
  graph.nodes.push_back(std::move(node));
}

void StatementWorld::AddLinks(NaiveGraph& graph) {
  Edit links;
  const auto count = static_cast<unsigned>(graph.nodes.size());
  for (unsigned i = Below(8); i > 0 && graph.links.size() < 8; --i) {
    const NaiveNode& source = graph.nodes[Below(count)];
    const NaiveNode& target = graph.nodes[Below(count)];
    const std::string type = Below(2) == 0 ? "needs" : "gives";
    const auto number = static_cast<std::uint8_t>(asked_.store().Type(type).value);
    const bool known = std::any_of(graph.links.begin(), graph.links.end(), [&](const auto& link) {
      return link.source == source.id && link.target == target.id && link.type == number;
    });
    if (known) continue;
    graph.links.push_back({source.id, target.id, number, type});
    links.link.push_back({source.key, type, target.key});
  }
  if (!links.link.empty()) asked_.store().Apply(links);
}

void StatementWorld::Commit(NaiveGraph graph) {
  if (!views_.empty()) {
    views_.back().prefix =
        "FOR SYSTEM_TIME AS OF " + std::to_string(views_.back().commit.value) + " ";
  }
  views_.push_back({"", asked_.store().Newest().commit, std::move(graph)});
  // Look-ups are exact whether the indexes have caught up or not.
  if (Below(2) == 0) EXPECT_TRUE(asked_.store().engine().indexes().CatchUp().ok());
}

NaiveGraph OnlyWith(const NaiveGraph& graph, std::string_view label) {
  NaiveGraph left;
  for (const NaiveNode& node : graph.nodes) {
    if (Has(node, label)) left.nodes.push_back(node);
  }
  for (const NaiveLink& link : graph.links) {
    if (Has(graph.NodeOf(link.source), label) && Has(graph.NodeOf(link.target), label))
      left.links.push_back(link);
  }
  return left;
}

}  // namespace kosei::query
