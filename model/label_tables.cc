#include "label_tables.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace kosei::model {
namespace {

std::vector<std::string> LabelsOfClass(const SchemaTables& tables, const Class& owner) {
  std::vector<std::string> names;
  for (const ClassNumber ancestor : owner.ancestors) {
    const ClassDefinition& definition = FindByNumber(tables, ancestor)->definition;
    if (definition.labels) return *definition.labels;
    names.push_back(definition.name);
  }
  return names;
}

// Former names find what the present one does, unless they are labels themselves.
void AddFormerNames(SchemaTables& tables) {
  LabelTables& out = tables.labels;
  for (const Class& owner : tables.classes) {
    const auto carriers = out.classes.find(owner.definition.name);
    if (carriers == out.classes.end()) continue;
    const std::vector<ClassNumber> numbers = carriers->second;
    for (const std::string& old : owner.definition.renamed_from) out.classes.emplace(old, numbers);
  }
}

}  // namespace

void CompileLabels(SchemaTables& tables) {
  LabelTables& out = tables.labels;
  out.labels_by_class.resize(tables.class_by_number.size());
  // By number, so that each list of carriers ascends.
  for (std::size_t i = 0; i < tables.class_by_number.size(); ++i) {
    const Class* const owner = tables.class_by_number[i];
    if (owner == nullptr) continue;
    out.labels_by_class[i] = LabelsOfClass(tables, *owner);
    if (owner->definition.is_abstract) continue;
    for (const std::string& label : out.labels_by_class[i])
      out.classes[label].push_back(owner->number);
  }
  for (const auto& [label, carriers] : out.classes) out.labels.push_back(label);
  std::sort(out.labels.begin(), out.labels.end());
  AddFormerNames(tables);
}

}  // namespace kosei::model
