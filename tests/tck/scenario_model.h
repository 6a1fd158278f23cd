// From a graph to what kosei stores: the names that a model has to have, and records and links.
//
// A model may serve many scenarios: whatever names they need are joined, as long as no attribute
// has two types. Names that a statement has and the graph lacks are declared too, as kosei refuses
// unknown names where the kit expects an empty answer.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/value.h"
#include "memory_graph.h"

namespace kosei::tck {

using LabelSet = std::set<std::string>;

struct Names {
  std::set<LabelSet> label_sets;                  // of records
  std::set<std::string> labels;                   // that statements name
  std::map<std::string, std::string> attributes;  // name to its type in YAML: "type: any"
  std::set<std::string> types;                    // of relationships

  // Takes in what `more` has. False, with nothing changed, when an attribute would have two types
  // or a model cannot hold so many names.
  bool Add(const Names& more);
  friend bool operator==(const Names&, const Names&) = default;
};

struct NewRecord {
  LabelSet labels;
  std::string key;  // unique in its scenario
  std::vector<std::pair<std::string, Value>> attributes;
};
struct NewLink {
  std::string source;
  std::string type;
  std::string target;
};

struct Content {
  std::vector<NewRecord> records;
  std::vector<NewLink> links;
};

struct ScenarioStore {
  Names names;
  Content content;
};

// kQueryUnsupported, with the reason, when kosei cannot hold the graph.
absl::StatusOr<ScenarioStore> StoreOf(const MemoryGraph& graph);

// Adds what may be a name in the statement: what stands behind : or | is a label or a type, what
// stands behind a point or before a colon is a property. Rather too many than too few.
void AddNamesOf(std::string_view query, Names& names);

// The model for these names, in YAML. Every class is below one that has all attributes.
std::string ModelYaml(const Names& names);
// The class in that model for records with these labels.
std::string ClassOf(const Names& names, const LabelSet& labels);

}  // namespace kosei::tck
