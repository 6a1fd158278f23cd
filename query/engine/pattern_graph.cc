#include "engine/pattern_graph.h"

#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/query_error.h"
#include "kosei/language/tree.h"

namespace kosei::query {
namespace {

using language::BitOf;
using language::DatumKind;
using language::Expression;
using language::ExpressionKind;
using language::ExpressionPtr;
using language::Span;

enum class Role : std::uint8_t { kNode, kLink, kPath };

std::string_view NameOf(Role role) {
  if (role == Role::kNode) return "a record";
  return role == Role::kLink ? "a relationship" : "a path";
}

ExpressionPtr And(ExpressionPtr a, ExpressionPtr b) {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  auto both = std::make_unique<Expression>();
  both->kind = ExpressionKind::kAnd;
  both->span = a->span;
  both->operands.push_back(std::move(a));
  both->operands.push_back(std::move(b));
  return both;
}

// variable.name = value
ExpressionPtr PropertyIs(const std::string& variable, const std::string& name,
                         const Expression& value) {
  auto property = std::make_unique<Expression>();
  property->kind = ExpressionKind::kProperty;
  property->span = value.span;
  property->name = name;
  property->operands.push_back(language::MakeVariable(variable, value.span));
  auto equal = std::make_unique<Expression>();
  equal->kind = ExpressionKind::kComparison;
  equal->span = value.span;
  equal->comparisons = {language::ComparisonKind::kEqual};
  equal->operands.push_back(std::move(property));
  equal->operands.push_back(language::Clone(value));
  return equal;
}

class Apart {
 public:
  Apart(Planning& planning, language::Scope& scope, const MatchRequest& request)
      : planning_(planning), scope_(scope), request_(request) {}

  absl::StatusOr<PatternGraph> Run() {
    for (const language::PathPattern& path : request_.pattern->paths)
      KOSEI_RETURN_IF_ERROR(AddPath(path));
    if (request_.where != nullptr) AddConditions(*request_.where);
    for (PatternNode& node : graph_.nodes) {
      if (node.labels.empty()) continue;
      KOSEI_ASSIGN_OR_RETURN(node.classes,
                             planning_.ClassesOf(node.labels, request_.moment, node.span));
    }
    for (PatternCondition& condition : graph_.conditions) {
      for (const std::string& name : language::FreeVariables(*condition.expression)) {
        if (roles_.contains(name)) condition.needs.insert(name);
      }
    }
    return std::move(graph_);
  }

 private:
  absl::Status AddPath(const language::PathPattern& path) {
    PatternPath added;
    added.name = path.variable;
    if (!path.variable.empty()) {
      if (roles_.contains(path.variable) || scope_.Find(path.variable).has_value()) {
        return planning_.Error(
            "VariableAlreadyBound", path.span,
            absl::StrFormat("`%s` has a value already; give the path another name", path.variable));
      }
      KOSEI_RETURN_IF_ERROR(MayBeNew(path.variable, path.span));
      roles_[path.variable] = Role::kPath;
    }
    for (const language::NodePattern& node : path.nodes) {
      KOSEI_ASSIGN_OR_RETURN(const std::size_t position, AddNode(node));
      added.nodes.push_back(position);
    }
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
      KOSEI_ASSIGN_OR_RETURN(const std::size_t position,
                             AddStep(path.steps[i], added.nodes[i], added.nodes[i + 1], path));
      if (!path.variable.empty()) graph_.links[position].named = true;
      added.links.push_back(position);
    }
    if (path.selector != language::PathSelector::kAllPaths && path.steps.size() != 1) {
      return planning_.Error("InvalidRelationshipPattern", path.span,
                             "a shortest path is asked for with one relationship between two "
                             "records, such as (a)-[:T*]->(b)");
    }
    if (!path.variable.empty()) {
      added.slot = scope_.Add(path.variable, {BitOf(DatumKind::kPath), 0});
      graph_.new_slots.push_back(added.slot);
    }
    graph_.paths.push_back(std::move(added));
    return absl::OkStatus();
  }

  absl::Status MayBeNew(const std::string& name, Span span) const {
    if (!request_.no_new_names) return absl::OkStatus();
    return planning_.Error(
        "UndefinedVariable", span,
        absl::StrFormat("`%s` is not defined; a pattern that is a condition brings no new names",
                        name));
  }

  absl::Status Conflict(const std::string& name, Span span, Role wanted) const {
    return planning_.Error(
        "VariableTypeConflict", span,
        absl::StrFormat("`%s` is not %s; take another name", name, NameOf(wanted)));
  }

  absl::StatusOr<std::size_t> AddNode(const language::NodePattern& node) {
    std::size_t position = 0;
    const auto known = roles_.find(node.variable);
    if (!node.variable.empty() && known != roles_.end()) {
      if (known->second != Role::kNode) return Conflict(node.variable, node.span, Role::kNode);
      while (graph_.nodes[position].name != node.variable) ++position;
    } else {
      KOSEI_ASSIGN_OR_RETURN(PatternNode added, NewNode(node));
      position = graph_.nodes.size();
      graph_.nodes.push_back(std::move(added));
    }
    PatternNode& at = graph_.nodes[position];
    at.labels.insert(at.labels.end(), node.labels.begin(), node.labels.end());
    KOSEI_RETURN_IF_ERROR(AddProperties(at.name, node.properties));
    if (node.where != nullptr) AddConditions(*node.where);
    return position;
  }

  absl::StatusOr<PatternNode> NewNode(const language::NodePattern& node) {
    PatternNode added;
    added.span = node.span;
    added.text = planning_.text().substr(node.span.begin, node.span.end - node.span.begin);
    added.name = node.variable.empty() ? planning_.HiddenName() : node.variable;
    roles_[added.name] = Role::kNode;
    const auto slot = node.variable.empty() ? std::nullopt : scope_.Find(node.variable);
    if (slot.has_value()) {
      if (!scope_.TypeOf(node.variable).MayBe(BitOf(DatumKind::kNode)))
        return Conflict(node.variable, node.span, Role::kNode);
      added.bound = true;
      added.slot = *slot;
      return added;
    }
    if (!node.variable.empty()) KOSEI_RETURN_IF_ERROR(MayBeNew(node.variable, node.span));
    added.slot = scope_.Add(added.name, {BitOf(DatumKind::kNode), 0});
    graph_.new_slots.push_back(added.slot);
    return added;
  }

  absl::StatusOr<std::size_t> AddStep(const language::PatternStep& step, std::size_t from,
                                      std::size_t to, const language::PathPattern& path) {
    if (step.quantified.has_value()) return AddQuantified(*step.quantified, from, to);
    return AddLink(*step.relationship, step.relationship->hops, from, to, path.selector);
  }

  // One relationship in parentheses that is repeated is a variable-length relationship.
  absl::StatusOr<std::size_t> AddQuantified(const language::QuantifiedPattern& quantified,
                                            std::size_t from, std::size_t to) {
    const language::PathPattern& path = *quantified.path;
    const auto plain = [](const language::NodePattern& node) {
      return node.variable.empty() && node.labels.empty() && node.properties == nullptr &&
             node.where == nullptr;
    };
    const bool simple = path.steps.size() == 1 && path.steps[0].relationship.has_value() &&
                        !path.steps[0].relationship->hops.has_value() && path.variable.empty() &&
                        plain(path.nodes[0]) && plain(path.nodes[1]) && quantified.where == nullptr;
    if (!simple) {
      return language::MakeQueryError(
          ErrorCode::kQueryUnsupported, "QuantifiedPath", planning_.text(), quantified.span,
          "only one relationship between two records without names or conditions can be repeated; "
          "write longer parts out");
    }
    return AddLink(*path.steps[0].relationship, quantified.hops, from, to,
                   language::PathSelector::kAllPaths);
  }

  absl::StatusOr<std::size_t> AddLink(const language::RelationshipPattern& link,
                                      const std::optional<language::Hops>& hops, std::size_t from,
                                      std::size_t to, language::PathSelector selector) {
    PatternLink added;
    added.pattern = &link;
    added.hops = hops;
    added.from = from;
    added.to = to;
    added.selector = selector;
    KOSEI_RETURN_IF_ERROR(NameLink(link, added));
    KOSEI_ASSIGN_OR_RETURN(added.types, planning_.TypesOf(link.types, request_.moment, link.span));
    if (hops.has_value() || selector != language::PathSelector::kAllPaths) {
      KOSEI_RETURN_IF_ERROR(AddEach(link, added));
    } else {
      KOSEI_RETURN_IF_ERROR(AddProperties(added.name, link.properties));
      if (link.where != nullptr) AddConditions(*link.where);
    }
    graph_.links.push_back(std::move(added));
    return graph_.links.size() - 1;
  }

  absl::Status NameLink(const language::RelationshipPattern& link, PatternLink& added) {
    const bool variable_length =
        added.hops.has_value() || added.selector != language::PathSelector::kAllPaths;
    added.name = link.variable.empty() ? planning_.HiddenName() : link.variable;
    if (!link.variable.empty()) {
      added.named = true;
      const auto known = roles_.find(link.variable);
      if (known != roles_.end()) {
        if (known->second != Role::kLink) return Conflict(link.variable, link.span, Role::kLink);
        return planning_.Error(
            "RelationshipUniquenessViolation", link.span,
            absl::StrFormat("`%s` is used for two relationships of one pattern; a pattern never "
                            "uses a relationship twice, so nothing could match",
                            link.variable));
      }
      const auto slot = scope_.Find(link.variable);
      if (slot.has_value()) {
        const DatumKind wanted = variable_length ? DatumKind::kList : DatumKind::kRelationship;
        const language::StaticType type = scope_.TypeOf(link.variable);
        const bool links =
            !variable_length || (type.item_kinds & BitOf(DatumKind::kRelationship)) != 0;
        if (!type.MayBe(BitOf(wanted)) || !links)
          return Conflict(link.variable, link.span, Role::kLink);
        roles_[added.name] = Role::kLink;
        added.bound = true;
        added.slot = *slot;
        return absl::OkStatus();
      }
      KOSEI_RETURN_IF_ERROR(MayBeNew(link.variable, link.span));
    }
    roles_[added.name] = Role::kLink;
    language::StaticType type{BitOf(DatumKind::kRelationship), 0};
    if (variable_length) type = {BitOf(DatumKind::kList), BitOf(DatumKind::kRelationship)};
    added.slot = scope_.Add(added.name, type);
    graph_.new_slots.push_back(added.slot);
    return absl::OkStatus();
  }

  // What every link of a variable-length pattern must be.
  absl::Status AddEach(const language::RelationshipPattern& link, PatternLink& added) {
    added.each_name = planning_.HiddenName();
    if (link.properties != nullptr) {
      KOSEI_RETURN_IF_ERROR(CheckMap(*link.properties));
      for (std::size_t i = 0; i < link.properties->names.size(); ++i) {
        added.each = And(
            std::move(added.each),
            PropertyIs(added.each_name, link.properties->names[i], *link.properties->operands[i]));
      }
    }
    if (link.where == nullptr) return absl::OkStatus();
    // Within its own brackets the name is of the one link.
    if (!link.variable.empty()) added.each_name = link.variable;
    added.each = And(std::move(added.each), language::Clone(*link.where));
    return absl::OkStatus();
  }

  absl::Status CheckMap(const Expression& properties) const {
    if (properties.kind == ExpressionKind::kMap) return absl::OkStatus();
    return planning_.Error("InvalidParameterUse", properties.span,
                           "a parameter cannot stand for all properties of a pattern; write them "
                           "out, as in {name: $name}");
  }

  absl::Status AddProperties(const std::string& name, const ExpressionPtr& properties) {
    if (properties == nullptr) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(CheckMap(*properties));
    for (std::size_t i = 0; i < properties->names.size(); ++i)
      graph_.conditions.push_back(
          {PropertyIs(name, properties->names[i], *properties->operands[i]), {}, false});
    return absl::OkStatus();
  }

  // The parts of a conjunction, each by itself; labels go to their nodes.
  void AddConditions(const Expression& where) {
    if (where.kind == ExpressionKind::kAnd) {
      for (const ExpressionPtr& operand : where.operands) AddConditions(*operand);
      return;
    }
    if (where.kind == ExpressionKind::kHasLabels &&
        where.operands[0]->kind == ExpressionKind::kVariable) {
      for (PatternNode& node : graph_.nodes) {
        if (node.bound || node.name != where.operands[0]->name) continue;
        for (const std::string& label : where.names) node.labels.push_back({label});
        return;
      }
    }
    graph_.conditions.push_back({language::Clone(where), {}, false});
  }

  Planning& planning_;
  language::Scope& scope_;
  const MatchRequest& request_;
  PatternGraph graph_;
  std::map<std::string, Role> roles_;
};

}  // namespace

absl::StatusOr<PatternGraph> TakeApart(Planning& planning, language::Scope& scope,
                                       const MatchRequest& request) {
  return Apart(planning, scope, request).Run();
}

}  // namespace kosei::query
