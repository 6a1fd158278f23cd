// What definitions ask of a model, out of its schema.
#include <utility>

#include "kosei/process/vocabulary.h"

namespace kosei::process {
namespace {

class SchemaFacts final : public ModelFacts {
 public:
  explicit SchemaFacts(std::shared_ptr<const model::Schema> schema) : schema_(std::move(schema)) {}

  bool HasClass(std::string_view class_name) const override {
    return schema_->FindClass(class_name) != nullptr;
  }

  std::optional<AttributeFacts> FindAttribute(std::string_view class_name,
                                              std::string_view attribute) const override {
    const model::Class* owner = schema_->FindClass(class_name);
    if (owner == nullptr) return std::nullopt;
    const model::Attribute* found = schema_->FindAttribute(*owner, attribute);
    if (found == nullptr) return std::nullopt;
    AttributeFacts facts{
        found->definition.type, found->definition.item_type, {}, found->definition.label};
    for (const model::EnumValue& value : found->definition.values)
      facts.values.push_back(value.name);
    return facts;
  }

  bool HasRelationshipType(std::string_view name) const override {
    return schema_->FindRelationshipType(name) != nullptr;
  }

  std::vector<std::string> ClassNames() const override {
    std::vector<std::string> names;
    for (const model::Class& known : schema_->classes()) names.push_back(known.definition.name);
    return names;
  }

  std::vector<std::string> AttributeNames(std::string_view class_name) const override {
    std::vector<std::string> names;
    const model::Class* owner = schema_->FindClass(class_name);
    if (owner == nullptr) return names;
    for (const model::Attribute& attribute : owner->attributes)
      names.push_back(attribute.definition.name);
    return names;
  }

  std::vector<std::string> RelationshipTypeNames() const override {
    std::vector<std::string> names;
    for (const model::RelationshipType& type : schema_->relationship_types())
      names.push_back(type.definition.name);
    return names;
  }

 private:
  std::shared_ptr<const model::Schema> schema_;  // shared with whoever serves it
};

}  // namespace

std::unique_ptr<const ModelFacts> FactsOf(std::shared_ptr<const model::Schema> schema) {
  return std::make_unique<SchemaFacts>(std::move(schema));
}

}  // namespace kosei::process
