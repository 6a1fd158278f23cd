// What changes of impact from one model to the next. Nothing that is stored is judged by it, but
// for the gates of records.
#pragma once

#include <string>
#include <vector>

#include "comparison_aspects.h"
#include "kosei/model/schema.h"

namespace kosei::model {

void CompareImpactOfClasses(const Class& before, const Class& after, Aspects& out);

struct TypeOfSchema {
  const Schema& schema;
  const RelationshipType& type;
};
void CompareImpactOfTypes(const TypeOfSchema& before, const TypeOfSchema& after, Aspects& out);

struct ContextChange {
  std::string name;
  Aspect aspect;
};
std::vector<ContextChange> CompareContexts(const Schema& before, const Schema& after);

// A class, attribute or relationship type that a gate of a record may name has left the model, or a
// relationship type carries no failure any more.
bool GatesMayNameNoMore(const Schema& before, const Schema& after);

}  // namespace kosei::model
