#include "model_decoding.h"

#include <algorithm>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/session_generated.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

// Names with spaces between.
std::vector<std::string> Names(const flatbuffers::String* joined) {
  std::vector<std::string> names;
  std::string_view rest;
  if (joined != nullptr) rest = {joined->c_str(), joined->size()};
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (end > 0) names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return names;
}

ModelAttribute ToAttribute(const fb::ModelAttribute& from) {
  ModelAttribute out;
  out.number = AttributeNumber{from.number()};
  out.name = Text(from.name());
  out.type = from.type();
  out.item_type = from.item_type();
  out.required = from.required();
  out.unique = from.unique();
  out.label = {Text(from.label_en()), Text(from.label_ja())};
  out.reference_class = Text(from.reference_class());
  out.retired = from.retired();
  out.renamed_from = Names(from.renamed_from());
  if (from.values() == nullptr) return out;
  for (const fb::EnumLabel* value : *from.values()) {
    out.values.push_back({Text(value->name()), {Text(value->label_en()), Text(value->label_ja())}});
  }
  return out;
}

ModelClass ToClass(const fb::ModelClass& from) {
  ModelClass out;
  out.number = ClassNumber{from.number()};
  out.name = Text(from.name());
  out.parent = ClassNumber{from.parent()};
  out.is_abstract = from.is_abstract();
  out.retired = from.retired();
  out.renamed_from = Names(from.renamed_from());
  out.label = {Text(from.label_en()), Text(from.label_ja())};
  out.gate = Text(from.gate());
  out.out_of_service = Text(from.out_of_service());
  out.out_of_service_values = Names(from.out_of_service_values());
  out.role = from.role();
  if (from.labels() != nullptr) out.labels = Names(from.labels());
  if (from.attributes() == nullptr) return out;
  for (const fb::ModelAttribute* attribute : *from.attributes()) {
    out.attributes.push_back(ToAttribute(*attribute));
  }
  return out;
}

ModelRelationshipType ToType(const fb::ModelRelationshipType& from) {
  ModelRelationshipType out;
  out.number = RelationshipTypeNumber{from.number()};
  out.name = Text(from.name());
  out.label = {Text(from.label_en()), Text(from.label_ja())};
  out.inverse = {Text(from.inverse_en()), Text(from.inverse_ja())};
  out.impact = from.impact();
  out.effect_of_degraded = from.effect_of_degraded();
  out.effect_of_failed = from.effect_of_failed();
  out.role = from.role();
  if (from.impact_rules() != nullptr) {
    for (const fb::ModelImpactRule* rule : *from.impact_rules()) {
      out.impact_rules.push_back({Text(rule->source()), Text(rule->target()), rule->impact(),
                                  rule->degraded(), rule->failed()});
    }
  }
  out.retired = from.retired();
  out.renamed_from = Names(from.renamed_from());
  if (from.capacities() != nullptr) {
    for (const fb::ModelCapacity* rule : *from.capacities())
      out.capacities.push_back({Text(rule->target()), Text(rule->limit()), Text(rule->load())});
  }
  if (from.places() != nullptr) {
    for (const fb::ModelPlace* rule : *from.places())
      out.places.push_back({Text(rule->target()), Text(rule->position()), Text(rule->extent())});
  }
  return out;
}

ModelImpactContext ToContext(const fb::ModelImpactContext& from) {
  return {Text(from.name()),       {Text(from.label_en()), Text(from.label_ja())},
          Text(from.class_name()), Text(from.attribute()),
          Names(from.values()),    from.state(),
          Text(from.over()),       Text(from.from()),
          Text(from.to())};
}

// Looking an attribute up walks the parents, so they must end.
absl::Status CheckParents(const Model& model) {
  absl::flat_hash_map<std::uint16_t, std::uint16_t> parents;
  for (const ModelClass& one : model.classes) parents[one.number.value] = one.parent.value;
  for (const ModelClass& one : model.classes) {
    std::uint16_t at = one.parent.value;
    for (std::size_t steps = 0; at != 0; ++steps) {
      const auto found = parents.find(at);
      if (found == parents.end() || steps > parents.size()) {
        return MakeError(ErrorCode::kMalformedFrame,
                         "read model: the parents of class " + one.name + " do not end at a root");
      }
      at = found->second;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Model> DecodeModel(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ModelReply* reply, protocol::Open<fb::ModelReply>(body));
  Model out;
  out.version = reply->version();
  if (reply->classes() != nullptr) {
    for (const fb::ModelClass* one : *reply->classes()) out.classes.push_back(ToClass(*one));
  }
  if (reply->relationship_types() != nullptr) {
    for (const fb::ModelRelationshipType* type : *reply->relationship_types()) {
      out.relationship_types.push_back(ToType(*type));
    }
  }
  if (reply->impact_contexts() != nullptr) {
    for (const fb::ModelImpactContext* context : *reply->impact_contexts())
      out.impact_contexts.push_back(ToContext(*context));
  }
  out.attribute_names = Texts(reply->attribute_names());
  out.class_names = Texts(reply->class_names());
  out.relationship_type_names = Texts(reply->relationship_type_names());
  KOSEI_RETURN_IF_ERROR(CheckParents(out));
  return out;
}

}  // namespace kosei::client
