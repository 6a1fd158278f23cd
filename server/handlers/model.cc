// model: classes, attributes, relationship types and the names behind every number ever given.
#include <optional>
#include <string>
#include <vector>

#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/schema.h"

namespace kosei::server {
namespace {

using StringOffset = flatbuffers::Offset<flatbuffers::String>;

// Names have no spaces. One text, for a list of texts in a repeated table would be walked without
// end.
StringOffset EncodeNames(Builder& builder, const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : " ") + name;
  return Text(builder, joined);
}

flatbuffers::Offset<fb::ModelAttribute> EncodeAttribute(
    Builder& builder, AttributeNumber number, const model::AttributeDefinition& definition) {
  std::vector<flatbuffers::Offset<fb::EnumLabel>> values;
  for (const model::EnumValue& value : definition.values) {
    const auto name = Text(builder, value.name);
    const auto en = Text(builder, value.label.en);
    const auto ja = Text(builder, value.label.ja);
    values.push_back(fb::CreateEnumLabel(builder, name, en, ja));
  }
  const auto value_vector = builder.CreateVector(values);
  const auto name = Text(builder, definition.name);
  const auto en = Text(builder, definition.label.en);
  const auto ja = Text(builder, definition.label.ja);
  const auto reference_class = Text(builder, definition.reference_class);
  const auto former = EncodeNames(builder, definition.renamed_from);
  return fb::CreateModelAttribute(
      builder, number.value, name, static_cast<std::uint8_t>(definition.type),
      static_cast<std::uint8_t>(definition.item_type), definition.required, definition.unique, en,
      ja, value_vector, reference_class, definition.retired, former);
}

flatbuffers::Offset<fb::ModelClass> EncodeClass(Builder& builder, const model::Schema& schema,
                                                const model::Class& owner) {
  std::vector<flatbuffers::Offset<fb::ModelAttribute>> attributes;
  for (const model::AttributeDefinition& declared : owner.definition.attributes) {
    const model::Attribute* compiled = schema.FindAttribute(owner, declared.name);
    if (compiled == nullptr) continue;
    attributes.push_back(EncodeAttribute(builder, compiled->number, compiled->definition));
  }
  const auto attribute_vector = builder.CreateVector(attributes);
  const auto name = Text(builder, owner.definition.name);
  const auto en = Text(builder, owner.definition.label.en);
  const auto ja = Text(builder, owner.definition.label.ja);
  const auto former = EncodeNames(builder, owner.definition.renamed_from);
  const auto gate = Text(builder, owner.definition.gate);
  const model::OutOfServiceDefinition out =
      owner.definition.out_of_service.value_or(model::OutOfServiceDefinition());
  const auto out_of_service = Text(builder, out.attribute);
  const auto out_values = EncodeNames(builder, out.values);
  // None at all is something else than nothing said.
  const StringOffset labels = owner.definition.labels.has_value()
                                  ? EncodeNames(builder, *owner.definition.labels)
                                  : StringOffset();
  return fb::CreateModelClass(builder, owner.number.value, name, owner.parent.value,
                              owner.definition.is_abstract, en, ja, attribute_vector,
                              owner.definition.retired, former, gate, out_of_service, out_values,
                              static_cast<std::uint8_t>(owner.definition.role), labels);
}

// As in the message: 255 where nothing is said.
template <typename Enum>
std::uint8_t OrAsTheType(const std::optional<Enum>& value) {
  return value ? static_cast<std::uint8_t>(*value) : std::uint8_t{255};
}

flatbuffers::Offset<fb::ModelImpactRule> EncodeRule(Builder& builder,
                                                    const model::ImpactRuleDefinition& rule) {
  const auto source = Text(builder, rule.source);
  const auto target = Text(builder, rule.target);
  return fb::CreateModelImpactRule(builder, source, target, OrAsTheType(rule.impact),
                                   OrAsTheType(rule.degraded), OrAsTheType(rule.failed));
}

flatbuffers::Offset<fb::ModelImpactContext> EncodeContext(
    Builder& builder, const model::ImpactContextDefinition& context) {
  const auto name = Text(builder, context.name);
  const auto en = Text(builder, context.label.en);
  const auto ja = Text(builder, context.label.ja);
  const auto class_name = Text(builder, context.class_name);
  const auto attribute = Text(builder, context.attribute);
  const auto values = EncodeNames(builder, context.values);
  const auto over = Text(builder, context.over);
  const auto from = Text(builder, context.from);
  const auto to = Text(builder, context.to);
  return fb::CreateModelImpactContext(builder, name, en, ja, class_name, attribute, values,
                                      static_cast<std::uint8_t>(context.state), over, from, to);
}

flatbuffers::Offset<fb::ModelRelationshipType> EncodeType(Builder& builder,
                                                          const model::RelationshipType& type) {
  const auto name = Text(builder, type.definition.name);
  const auto en = Text(builder, type.definition.label.en);
  const auto ja = Text(builder, type.definition.label.ja);
  const auto inverse_en = Text(builder, type.definition.inverse_label.en);
  const auto inverse_ja = Text(builder, type.definition.inverse_label.ja);
  const auto former = EncodeNames(builder, type.definition.renamed_from);
  std::vector<flatbuffers::Offset<fb::ModelCapacity>> capacities;
  for (const model::CapacityDefinition& rule : type.definition.capacities) {
    const auto target = Text(builder, rule.target);
    const auto limit = Text(builder, rule.limit);
    const auto load = Text(builder, rule.load);
    capacities.push_back(fb::CreateModelCapacity(builder, target, limit, load));
  }
  std::vector<flatbuffers::Offset<fb::ModelPlace>> places;
  for (const model::PlaceDefinition& rule : type.definition.places) {
    const auto target = Text(builder, rule.target);
    const auto position = Text(builder, rule.position);
    const auto extent = Text(builder, rule.extent);
    places.push_back(fb::CreateModelPlace(builder, target, position, extent));
  }
  const auto capacity_vector = builder.CreateVector(capacities);
  const auto place_vector = builder.CreateVector(places);
  std::vector<flatbuffers::Offset<fb::ModelImpactRule>> rules;
  for (const model::ImpactRuleDefinition& rule : type.definition.impact_rules)
    rules.push_back(EncodeRule(builder, rule));
  const auto rule_vector = builder.CreateVector(rules);
  return fb::CreateModelRelationshipType(
      builder, type.number.value, name, en, ja, inverse_en, inverse_ja,
      static_cast<std::uint8_t>(type.definition.impact),
      static_cast<std::uint8_t>(type.definition.cardinality), type.definition.retired, former,
      capacity_vector, place_vector, static_cast<std::uint8_t>(type.definition.effect_of_degraded),
      static_cast<std::uint8_t>(type.definition.effect_of_failed), rule_vector,
      static_cast<std::uint8_t>(type.definition.role));
}

// Names by number from 1 on, until `name_of` has no more.
template <typename Number, typename Lookup>
flatbuffers::Offset<flatbuffers::Vector<StringOffset>> EncodeNames(Builder& builder,
                                                                   Lookup name_of) {
  std::vector<StringOffset> names;
  for (std::uint32_t number = 1; number <= UINT16_MAX; ++number) {
    const std::string_view name = name_of(Number{static_cast<std::uint16_t>(number)});
    if (name.empty()) break;
    names.push_back(Text(builder, name));
  }
  return builder.CreateVector(names);
}

}  // namespace

absl::Status AnswerModel(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ModelRequest* request,
                         protocol::Open<fb::ModelRequest>(call.body));
  const std::uint32_t newest = services.reader.ModelVersions().back().version;
  const std::uint32_t version = request->version() == 0 ? newest : request->version();
  if (request->have_version() != 0 && request->have_version() == version) {
    fb::ModelReplyBuilder reply(builder);
    reply.add_version(version);
    protocol::FinishBody(builder, reply.Finish());
    return absl::OkStatus();
  }
  KOSEI_ASSIGN_OR_RETURN(const auto schema, services.reader.SchemaOf(version));
  std::vector<flatbuffers::Offset<fb::ModelClass>> classes;
  for (const model::Class& owner : schema->classes()) {
    classes.push_back(EncodeClass(builder, *schema, owner));
  }
  std::vector<flatbuffers::Offset<fb::ModelRelationshipType>> types;
  for (const model::RelationshipType& type : schema->relationship_types()) {
    types.push_back(EncodeType(builder, type));
  }
  std::vector<flatbuffers::Offset<fb::ModelImpactContext>> contexts;
  for (const model::ImpactContext& context : schema->impact_contexts()) {
    contexts.push_back(EncodeContext(builder, context.definition));
  }
  const auto class_vector = builder.CreateVector(classes);
  const auto type_vector = builder.CreateVector(types);
  const auto context_vector = builder.CreateVector(contexts);
  const auto attribute_names = EncodeNames<AttributeNumber>(
      builder, [&](AttributeNumber number) { return schema->AttributeName(number); });
  const auto class_names = EncodeNames<ClassNumber>(
      builder, [&](ClassNumber number) { return schema->ClassName(number); });
  const auto type_names = EncodeNames<RelationshipTypeNumber>(
      builder, [&](RelationshipTypeNumber number) { return schema->RelationshipTypeName(number); });
  protocol::FinishBody(
      builder, fb::CreateModelReply(builder, version, class_vector, type_vector, attribute_names,
                                    class_names, type_names, context_vector));
  if (builder.GetSize() > call.reply_bytes_max) {
    return TooLarge(call, "connect with a larger frame limit");
  }
  return absl::OkStatus();
}

}  // namespace kosei::server
