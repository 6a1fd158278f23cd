// What a model says about impact, as kosei model shows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json_writer.h"
#include "kosei/client/model.h"

namespace kosei::cli {

// "target_to_source", ...; "unknown" for a number this program does not know.
std::string_view ImpactText(std::uint8_t impact);

// The class with what it inherits: gate, out_of_service, role.
client::ModelClass WithInheritedImpact(const client::Model& model, const client::ModelClass& owner);

// Members of the JSON object of a class or relationship type; nothing where nothing is said.
void WriteImpactOfClass(JsonWriter& json, const client::ModelClass& owner);
void WriteImpactOfType(JsonWriter& json, const client::ModelRelationshipType& type);
// An object.
void WriteContext(JsonWriter& json, const client::ModelImpactContext& context);

// For people: "service; gate any(powered_by); not in service with status planned|retired".
std::string ImpactNotes(const client::ModelClass& owner);
// "failed arrives as degraded; Application -> Database: degraded arrives as up; target is owner".
std::string RuleNotes(const client::ModelRelationshipType& type);
// "operational_status down".
std::string WhenText(const client::ModelImpactContext& context);
std::string_view StateText(std::uint8_t state);

}  // namespace kosei::cli
