#include "impact_answer.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "kosei/base/display_width.h"
#include "step_text.h"

namespace kosei::cli {
namespace {

constexpr std::uint8_t kTargetToSource = 1;

// Whether the link of this step goes from the step's end to its beginning.
bool IsBackward(RelationshipTypeNumber type, const client::Model& model,
                client::Direction direction) {
  for (const client::ModelRelationshipType& known : model.relationship_types) {
    if (known.number == type) {
      return (known.impact == kTargetToSource) == (direction == client::Direction::kDown);
    }
  }
  return direction == client::Direction::kDown;
}

}  // namespace

void ImpactAnswer::Add(const client::ImpactBatch& batch) {
  for (const std::string_view key : batch.keys) {
    key_bytes_ += key;
    key_ends_.push_back(key_bytes_.size());
  }
  classes_.insert(classes_.end(), batch.classes.begin(), batch.classes.end());
  distances_.insert(distances_.end(), batch.distances.begin(), batch.distances.end());
  predecessors_.insert(predecessors_.end(), batch.predecessors.begin(), batch.predecessors.end());
  vias_.insert(vias_.end(), batch.vias.begin(), batch.vias.end());
  states_.insert(states_.end(), batch.states.begin(), batch.states.end());
  is_source_.insert(is_source_.end(), batch.is_source.begin(), batch.is_source.end());
  by_gate_.insert(by_gate_.end(), batch.by_gate.begin(), batch.by_gate.end());
  steps_only_.insert(steps_only_.end(), batch.steps_only.begin(), batch.steps_only.end());
  needs_.insert(needs_.end(), batch.needs.begin(), batch.needs.end());
}

std::string_view ImpactAnswer::gated(std::size_t index) const {
  const std::size_t position = needs_[index].gated;
  if (position == 0) return {};
  if (position <= roots_.size()) return roots_[position - 1];
  // Only what comes before it can be meant.
  return position - 1 - roots_.size() < index ? key(position - 1 - roots_.size())
                                              : std::string_view();
}

std::string_view ImpactAnswer::key(std::size_t index) const {
  const std::size_t begin = index == 0 ? 0 : key_ends_[index - 1];
  return std::string_view(key_bytes_).substr(begin, key_ends_[index] - begin);
}

std::vector<client::PathStep> ImpactAnswer::PathTo(std::size_t index, const client::Model& model,
                                                   client::Direction direction) const {
  std::vector<client::PathStep> steps;
  for (;;) {
    const std::size_t before = predecessors_[index];
    const bool from_root = before < roots_.size();
    steps.push_back({.from = from_root ? roots_[before] : std::string(key(before - roots_.size())),
                     .type = vias_[index],
                     .to = std::string(key(index)),
                     .inverse = is_source_.empty() ? IsBackward(vias_[index], model, direction)
                                                   : is_source_[index]});
    if (from_root) break;
    index = before - roots_.size();
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

void WritePath(JsonWriter& json, const std::vector<client::PathStep>& steps,
               const client::Model& model) {
  json.BeginArray();
  for (const client::PathStep& step : steps) {
    json.BeginObject();
    json.Member("from", step.from);
    json.Member("type", model.RelationshipTypeName(step.type));
    json.Member("to", step.to);
    json.End();
  }
  json.End();
}

}  // namespace kosei::cli
