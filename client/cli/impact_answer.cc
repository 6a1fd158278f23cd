#include "impact_answer.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "display_width.h"
#include "step_text.h"

namespace kosei::cli {
namespace {

constexpr std::uint8_t kTargetToSource = 1;
constexpr std::uint8_t kSourceToTarget = 2;

// How the link of a step is drawn: "-type->" when it goes from the step's beginning to its end. Of
// a type that carries failure either way the step does not say which.
std::string LinkText(const client::PathStep& step, const client::Model& model,
                     client::Direction direction) {
  const std::string_view name = model.RelationshipTypeName(step.type);
  std::uint8_t impact = kTargetToSource;
  for (const client::ModelRelationshipType& known : model.relationship_types) {
    if (known.number != step.type) continue;
    impact = known.impact_rules.empty() ? known.impact : 0;
  }
  if (impact != kTargetToSource && impact != kSourceToTarget)
    return absl::StrFormat(" -%s- ", name);
  const bool backward = (impact == kTargetToSource) == (direction == client::Direction::kDown);
  return backward ? absl::StrFormat(" <-%s- ", name) : absl::StrFormat(" -%s-> ", name);
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
}

std::string_view ImpactAnswer::key(std::size_t index) const {
  const std::size_t begin = index == 0 ? 0 : key_ends_[index - 1];
  return std::string_view(key_bytes_).substr(begin, key_ends_[index] - begin);
}

std::vector<client::PathStep> ImpactAnswer::PathTo(std::size_t index) const {
  std::vector<client::PathStep> steps;
  for (;;) {
    const std::size_t before = predecessors_[index];
    const bool from_root = before < roots_.size();
    steps.push_back({.from = from_root ? roots_[before] : std::string(key(before - roots_.size())),
                     .type = vias_[index],
                     .to = std::string(key(index))});
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

std::string PathText(const std::vector<client::PathStep>& steps, const client::Model& model,
                     client::Direction direction, std::size_t columns) {
  if (steps.empty()) return "";
  std::vector<std::string> parts;
  for (const client::PathStep& step : steps) {
    parts.push_back(LinkText(step, model, direction) + Printable(step.to));
  }
  return JoinSteps(Printable(steps.front().from), parts, columns);
}

}  // namespace kosei::cli
