// A store with plans, and short ways to edit, read and merge them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kosei/storage/plans.h"
#include "store_fixture.h"

namespace kosei::testing {

class PlanTest : public StoreTest {
 protected:
  storage::Plans& plans() { return engine_->plans(); }

  static storage::Provenance By(std::string_view actor) {
    storage::Provenance provenance;
    provenance.actor = std::string(actor);
    return provenance;
  }
  void OpenPlan(std::string_view name) { ASSERT_OK(plans().Open(name, "", By("planner"))); }
  storage::Transaction Putting(std::string_view class_name, std::string_view key,
                               const Attributes& attributes) {
    storage::Transaction edits;
    edits.provenance = By("planner");
    edits.put_records.push_back({MakeRecord(class_name, key, attributes), std::nullopt});
    return edits;
  }
  storage::Transaction Linking(const std::string& source, std::string_view type,
                               const std::string& target) {
    storage::Transaction edits;
    edits.provenance = By("planner");
    edits.put_links.push_back({source, TypeOf(type), target});
    return edits;
  }
  storage::Transaction Unlinking(const std::string& source, std::string_view type,
                                 const std::string& target) {
    storage::Transaction edits;
    edits.provenance = By("planner");
    edits.end_links.push_back({source, TypeOf(type), target});
    return edits;
  }
  storage::Transaction Ending(const std::string& key) {
    storage::Transaction edits;
    edits.provenance = By("planner");
    edits.end_records.push_back({key, std::nullopt});
    return edits;
  }
  absl::Status Edit(std::string_view plan, storage::Transaction edits) {
    clock_.Advance(std::chrono::seconds(1));
    return plans().Edit(plan, std::move(edits)).status();
  }
  storage::View In(const std::string& plan) {
    storage::ViewName name;
    name.plan = plan;
    auto view = reader().Resolve(name);
    EXPECT_OK(view.status());
    return view.ok() ? *view : storage::View{};
  }
  Value Attribute(std::string_view key, std::string_view attribute, const storage::View& view) {
    const auto record = Get(key, view);
    if (!record.ok()) return Value("(no record)");
    const Value* value = record->Find(AttributeOf(attribute));
    return value == nullptr ? Value() : *value;
  }
  storage::MergeOutcome Merge(std::string_view plan, storage::Take take = storage::Take::kNeither,
                              bool keep_steps = false) {
    clock_.Advance(std::chrono::seconds(1));
    storage::MergeOptions options;
    options.provenance = By("merger");
    options.take = take;
    options.keep_steps = keep_steps;
    auto outcome = plans().Merge(plan, options);
    EXPECT_OK(outcome.status());
    return outcome.ok() ? *std::move(outcome) : storage::MergeOutcome{};
  }
};

}  // namespace kosei::testing
