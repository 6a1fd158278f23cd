#include <set>
#include <string>
#include <utility>

#include "engine/procedure.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumList;
using language::Span;
using Give = absl::FunctionRef<bool(Datum*)>;

void GiveNames(const std::set<std::string>& names, Give give) {
  for (const std::string& name : names) {
    Datum value = Datum::String(name);
    if (!give(&value)) return;
  }
}

void Labels(Run& run, const DatumList&, Span, Give give) {
  const model::Schema& schema = *run.moment(0).schema;
  std::set<std::string> names;
  for (const model::Class& each : schema.classes()) {
    const auto labels = schema.LabelsOf(each.number);
    names.insert(labels.begin(), labels.end());
  }
  GiveNames(names, give);
}

void RelationshipTypes(Run& run, const DatumList&, Span, Give give) {
  std::set<std::string> names;
  for (const model::RelationshipType& each : run.moment(0).schema->relationship_types())
    names.insert(each.definition.name);
  GiveNames(names, give);
}

void PropertyKeys(Run& run, const DatumList&, Span, Give give) {
  std::set<std::string> names;
  for (const model::Class& each : run.moment(0).schema->classes()) {
    for (const model::Attribute& attribute : each.attributes)
      names.insert(attribute.definition.name);
  }
  GiveNames(names, give);
}

}  // namespace

std::vector<Procedure> ModelProcedures() {
  return {
      {"db.labels", "db.labels()", 0, 0, {{"label", DatumKind::kString}}, Labels, true},
      {"db.relationshipTypes",
       "db.relationshipTypes()",
       0,
       0,
       {{"relationshipType", DatumKind::kString}},
       RelationshipTypes,
       true},
      {"db.propertyKeys",
       "db.propertyKeys()",
       0,
       0,
       {{"propertyKey", DatumKind::kString}},
       PropertyKeys,
       true},
  };
}

}  // namespace kosei::query
