#include "query/vocabulary.h"

#include <set>

namespace kosei::cli {
namespace {

// Inherited ones too.
std::set<std::string> AttributesOf(const client::Model& model, const client::ModelClass& owner) {
  std::set<std::string> names;
  for (const client::ModelClass* at = &owner; at != nullptr; at = model.FindClass(at->parent)) {
    for (const client::ModelAttribute& attribute : at->attributes) {
      if (!attribute.retired) names.insert(attribute.name);
    }
  }
  return names;
}

}  // namespace

void TakeNames(const client::Model& model, QueryVocabulary& vocabulary) {
  std::map<std::string, std::set<std::string>> labels;
  std::set<std::string> all;
  for (const client::ModelClass& each : model.classes) {
    if (each.retired || each.is_abstract) continue;
    const std::set<std::string> attributes = AttributesOf(model, each);
    all.insert(attributes.begin(), attributes.end());
    for (const std::string& label : model.LabelsOf(each))
      labels[label].insert(attributes.begin(), attributes.end());
  }
  vocabulary.labels.clear();
  for (const auto& [label, attributes] : labels)
    vocabulary.labels[label].assign(attributes.begin(), attributes.end());
  vocabulary.attributes.assign(all.begin(), all.end());
  vocabulary.relationship_types.clear();
  for (const client::ModelRelationshipType& type : model.relationship_types) {
    if (!type.retired) vocabulary.relationship_types.push_back(type.name);
  }
}

}  // namespace kosei::cli
