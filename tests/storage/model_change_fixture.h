// A store whose model changes, and short ways to change it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/storage/verification.h"
#include "store_fixture.h"

namespace kosei::testing {

inline model::ClassDefinition& ClassIn(model::ModelDefinition& model, std::string_view name) {
  for (model::ClassDefinition& one : model.classes) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no class " << name;
  return model.classes.front();
}
inline model::AttributeDefinition& AttributeIn(model::ModelDefinition& model,
                                               std::string_view owner, std::string_view name) {
  for (model::AttributeDefinition& one : ClassIn(model, owner).attributes) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no attribute " << name;
  return ClassIn(model, owner).attributes.front();
}
inline model::RelationshipTypeDefinition& TypeIn(model::ModelDefinition& model,
                                                 std::string_view name) {
  for (model::RelationshipTypeDefinition& one : model.relationship_types) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no type " << name;
  return model.relationship_types.front();
}
inline model::AttributeDefinition NewAttribute(const std::string& name, model::AttributeType type) {
  model::AttributeDefinition attribute;
  attribute.name = name;
  attribute.type = type;
  attribute.label = {name, name};
  return attribute;
}
inline model::ClassDefinition NewClass(const std::string& name, const std::string& parent) {
  model::ClassDefinition definition;
  definition.name = name;
  definition.parent = parent;
  definition.label = {name, name};
  return definition;
}

class ModelChangeTest : public StoreTest {
 protected:
  absl::StatusOr<storage::ModelChangeResult> Change(
      const model::ModelDefinition& model,
      storage::ModelChangeMode mode = storage::ModelChangeMode::kApply) {
    clock_.Advance(std::chrono::seconds(1));
    return writer().ChangeModel(model, {"ann", "the new year's model", "CHG-7", ""}, mode);
  }
  // The next model: that of the store with `change`. It becomes the one that Reopen gives.
  storage::ModelChangeResult Apply(const std::function<void(model::ModelDefinition&)>& change) {
    model::ModelDefinition next = model_;
    change(next);
    auto result = Change(next);
    EXPECT_OK(result.status());
    if (!result.ok()) return {};
    if (result->outcome == storage::ModelOutcome::kApplied) model_ = std::move(next);
    return *std::move(result);
  }
  void Restart() {
    engine_.reset();
    storage::EngineOptions options = Options();
    options.model = {};
    auto engine = storage::Engine::Open(options);
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }
  void ExpectSound() {
    engine_.reset();
    storage::VerifyOptions options;
    options.folder = folder_ / "data";
    auto report = storage::VerifyStore(options);
    ASSERT_OK(report.status());
    EXPECT_EQ(report->findings, std::vector<std::string>());
    Restart();
  }

  model::ModelDefinition model_ = SmallModel();
};

}  // namespace kosei::testing
