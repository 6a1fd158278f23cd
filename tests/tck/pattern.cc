#include "pattern.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "kosei/base/status_macros.h"

namespace kosei::tck {

using language::Datum;
using language::DatumKind;
using language::EvaluatorPtr;
using language::PatternDirection;

namespace {

bool IsBound(const std::string& variable, Rows& rows) {
  return !variable.empty() && rows.scope().Find(variable).has_value();
}

std::uint32_t SlotOf(const std::string& variable, Rows& rows) {
  if (IsBound(variable, rows)) return *rows.scope().Find(variable);
  return rows.scope().Add(variable);
}

bool Fulfils(const language::LabelChoice& choice, const std::set<std::string>& labels) {
  return std::any_of(choice.begin(), choice.end(), [&labels](const language::LabelTest& test) {
    return labels.contains(test.name) != test.negated;
  });
}

}  // namespace

absl::StatusOr<PatternPlan> Patterns::Compile(const language::Pattern& pattern) {
  PatternPlan plan;
  for (const language::PathPattern& path : pattern.paths) {
    if (!path.variable.empty()) return NotDone("named paths");
    PathPlan& compiled = plan.emplace_back();
    for (std::size_t i = 0; i < path.nodes.size(); ++i) {
      const language::NodePattern& node = path.nodes[i];
      NodePlan& one = compiled.nodes.emplace_back();
      KOSEI_ASSIGN_OR_RETURN(one.properties, CompileProperties(node.properties));
      one.slot = SlotOf(node.variable, rows_);
      one.labels = node.labels;
      if (i == path.steps.size()) break;
      const auto& relationship = path.steps[i].relationship;
      if (!relationship || relationship->hops) return NotDone("variable length");
      if (IsBound(relationship->variable, rows_)) return NotDone("bound relationships");
      LinkPlan& link = compiled.links.emplace_back();
      KOSEI_ASSIGN_OR_RETURN(link.properties, CompileProperties(relationship->properties));
      link.slot = SlotOf(relationship->variable, rows_);
      link.types = relationship->types;
      link.direction = relationship->direction;
    }
  }
  return plan;
}

absl::StatusOr<EvaluatorPtr> Patterns::CompileProperties(const language::ExpressionPtr& map) {
  if (map == nullptr) return EvaluatorPtr();
  return rows_.Compile(*map);
}

absl::StatusOr<Properties> Patterns::PropertiesOf(const EvaluatorPtr& evaluator, Row& row) {
  Properties properties;
  if (evaluator == nullptr) return properties;
  KOSEI_ASSIGN_OR_RETURN(const Datum map, rows_.Evaluate(*evaluator, row));
  if (map.kind() != DatumKind::kMap) return properties;
  for (const auto& [name, value] : map.map()) {
    if (!value.is_null()) properties.emplace(name, value);
  }
  return properties;
}

absl::Status Patterns::Create(const PatternPlan& plan, Row& row) {
  for (const PathPlan& path : plan) {
    for (const NodePlan& node : path.nodes) KOSEI_RETURN_IF_ERROR(CreateNode(node, row));
    for (std::size_t i = 0; i < path.links.size(); ++i)
      KOSEI_RETURN_IF_ERROR(CreateLink(path, i, row));
  }
  return absl::OkStatus();
}

absl::Status Patterns::CreateNode(const NodePlan& plan, Row& row) {
  if (!row[plan.slot].is_null()) return absl::OkStatus();
  MemoryNode node;
  for (const language::LabelChoice& choice : plan.labels) node.labels.insert(choice.front().name);
  KOSEI_ASSIGN_OR_RETURN(node.properties, PropertiesOf(plan.properties, row));
  row[plan.slot] = graph_.AddNode(std::move(node));
  return absl::OkStatus();
}

absl::Status Patterns::CreateLink(const PathPlan& path, std::size_t index, Row& row) {
  const LinkPlan& plan = path.links[index];
  const std::size_t left = PositionOf(row[path.nodes[index].slot].node());
  const std::size_t right = PositionOf(row[path.nodes[index + 1].slot].node());
  const bool backward = plan.direction == PatternDirection::kLeft;
  MemoryLink link{backward ? right : left, backward ? left : right, plan.types.front(), {}};
  KOSEI_ASSIGN_OR_RETURN(link.properties, PropertiesOf(plan.properties, row));
  row[plan.slot] = graph_.AddLink(std::move(link));
  return absl::OkStatus();
}

absl::Status Patterns::Match(const PatternPlan& plan, const Row& row, std::vector<Row>& out) {
  return GoOn(plan, Way{.row = row, .used = {}}, out);
}

// Every way to go on, the next node being any that fits.
absl::Status Patterns::GoOn(const PatternPlan& plan, Way way, std::vector<Row>& out) {
  if (way.path == plan.size()) {
    out.push_back(std::move(way.row));
    return absl::OkStatus();
  }
  const Datum& bound = way.row[plan[way.path].nodes[way.node].slot];
  if (bound.kind() == DatumKind::kNode) {
    const std::size_t position = PositionOf(bound.node());
    return GoOnAt(plan, position, std::move(way), out);
  }
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i)
    KOSEI_RETURN_IF_ERROR(GoOnAt(plan, i, way, out));
  return absl::OkStatus();
}

// The same, the next node being the one at `position`.
absl::Status Patterns::GoOnAt(const PatternPlan& plan, std::size_t position, Way way,
                              std::vector<Row>& out) {
  const PathPlan& path = plan[way.path];
  const NodePlan& node = path.nodes[way.node];
  KOSEI_ASSIGN_OR_RETURN(const bool fits, NodeFits(node, position, way.row));
  if (!fits) return absl::OkStatus();
  way.row[node.slot] = graph_.NodeAt(position);
  if (way.node == path.links.size()) {
    ++way.path;
    way.node = 0;
    return GoOn(plan, std::move(way), out);
  }
  for (std::size_t i = 0; i < graph_.links().size(); ++i) {
    KOSEI_ASSIGN_OR_RETURN(const bool link_fits, LinkFits(path.links[way.node], i, way));
    if (link_fits) KOSEI_RETURN_IF_ERROR(GoOver(plan, i, position, way, out));
  }
  return absl::OkStatus();
}

// From the node at `position` over this link, in the directions that the pattern allows.
absl::Status Patterns::GoOver(const PatternPlan& plan, std::size_t link, std::size_t position,
                              Way way, std::vector<Row>& out) {
  const PathPlan& path = plan[way.path];
  const LinkPlan& step = path.links[way.node];
  const MemoryLink& found = graph_.links()[link];
  way.row[step.slot] = graph_.LinkAt(link);
  way.used.push_back(link);
  ++way.node;
  const Datum bound = way.row[path.nodes[way.node].slot];
  for (const bool forward : {true, false}) {
    const auto barred = forward ? PatternDirection::kLeft : PatternDirection::kRight;
    const std::size_t from = forward ? found.source : found.target;
    const std::size_t to = forward ? found.target : found.source;
    if (step.direction == barred || from != position) continue;
    if (bound.kind() == DatumKind::kNode && PositionOf(bound.node()) != to) continue;
    KOSEI_RETURN_IF_ERROR(GoOnAt(plan, to, way, out));
    if (from == to) break;  // one way only, without a direction as well
  }
  return absl::OkStatus();
}

// Whether what is found has the properties that the row asks for.
absl::StatusOr<bool> Patterns::Fits(const EvaluatorPtr& evaluator, const Properties& found,
                                    Row& row) {
  KOSEI_ASSIGN_OR_RETURN(const Properties wanted, PropertiesOf(evaluator, row));
  return std::all_of(wanted.begin(), wanted.end(), [&found](const auto& entry) {
    const auto place = found.find(entry.first);
    return place != found.end() && SameValue(place->second, entry.second);
  });
}

absl::StatusOr<bool> Patterns::NodeFits(const NodePlan& plan, std::size_t position, Row& row) {
  const MemoryNode& node = graph_.nodes()[position];
  if (node.deleted) return false;
  const bool has_labels =
      std::all_of(plan.labels.begin(), plan.labels.end(),
                  [&node](const auto& choice) { return Fulfils(choice, node.labels); });
  if (!has_labels) return false;
  return Fits(plan.properties, node.properties, row);
}

absl::StatusOr<bool> Patterns::LinkFits(const LinkPlan& plan, std::size_t position, Way& way) {
  const MemoryLink& link = graph_.links()[position];
  const bool used = std::find(way.used.begin(), way.used.end(), position) != way.used.end();
  const bool of_type = plan.types.empty() || std::find(plan.types.begin(), plan.types.end(),
                                                       link.type) != plan.types.end();
  if (link.deleted || used || !of_type) return false;
  return Fits(plan.properties, link.properties, way.row);
}

}  // namespace kosei::tck
