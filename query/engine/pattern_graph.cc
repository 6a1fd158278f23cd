#include "engine/pattern_graph.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/label_condition.h"
#include "engine/names.h"
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

// Of one MATCH. Planning looks at each pair of them.
constexpr std::size_t kPatternPartsMax = 500;
constexpr std::size_t kConditionsMax = 10'000;

enum class Role : std::uint8_t { kNode, kLink, kPath, kGroup };

std::string_view NameOf(Role role) {
  switch (role) {
    case Role::kNode:
      return "a record";
    case Role::kLink:
      return "a relationship";
    case Role::kPath:
      return "a path";
    case Role::kGroup:
      break;
  }
  return "a list";
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
      : planning_(planning), scope_(scope), request_(request) {
    graph_.before = scope;
  }

  absl::StatusOr<PatternGraph> Run() {
    KOSEI_RETURN_IF_ERROR(CheckSize());
    for (const language::PathPattern& path : request_.pattern->paths)
      KOSEI_RETURN_IF_ERROR(AddPath(path));
    if (request_.where != nullptr) KOSEI_RETURN_IF_ERROR(AddConditions(*request_.where));
    if (graph_.conditions.size() > kConditionsMax) return TooLarge("conditions", kConditionsMax);
    for (PatternNode& node : graph_.nodes) {
      if (node.labels.empty()) continue;
      KOSEI_ASSIGN_OR_RETURN(node.classes,
                             planning_.ClassesOf(node.labels, request_.time.moment, node.span));
    }
    for (PatternLink& link : graph_.links) KOSEI_RETURN_IF_ERROR(PlaceEach(link));
    for (const auto& [name, role] : roles_) graph_.names.insert(name);
    for (PatternCondition& condition : graph_.conditions) {
      for (const std::string& name : language::FreeVariables(*condition.expression)) {
        if (roles_.contains(name)) condition.needs.insert(name);
      }
    }
    return std::move(graph_);
  }

 private:
  absl::Status CheckSize() const {
    std::size_t parts = 0;
    for (const language::PathPattern& path : request_.pattern->paths)
      parts += path.nodes.size() + path.steps.size();
    return parts > kPatternPartsMax ? TooLarge("records and relationships", kPatternPartsMax)
                                    : absl::OkStatus();
  }
  absl::Status TooLarge(std::string_view what, std::size_t most) const {
    return language::MakeQueryError(
        ErrorCode::kQueryUnsupported, "StatementTooLarge", planning_.text(), request_.pattern->span,
        absl::StrFormat("the pattern is too large: it has more than %d %s; ask in several parts",
                        most, what));
  }

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
      if (!path.variable.empty() || request_.want_links) graph_.links[position].named = true;
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
    if (node.where != nullptr) KOSEI_RETURN_IF_ERROR(AddConditions(*node.where));
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
    if (step.quantified.has_value())
      return AddQuantified(*step.quantified, from, to, path.selector);
    return AddLink(*step.relationship, step.relationship->hops, from, to, path.selector);
  }

  absl::StatusOr<std::size_t> AddQuantified(const language::QuantifiedPattern& quantified,
                                            std::size_t from, std::size_t to,
                                            language::PathSelector selector) {
    const language::PathPattern& path = *quantified.path;
    const auto plain = [](const language::NodePattern& node) {
      return node.variable.empty() && node.labels.empty() && node.properties == nullptr &&
             node.where == nullptr;
    };
    const bool one_link = std::all_of(path.nodes.begin(), path.nodes.end(), plain) &&
                          path.steps.size() == 1 && quantified.where == nullptr;
    KOSEI_RETURN_IF_ERROR(CheckRepeated(quantified, selector, one_link));
    // One relationship that is repeated is a variable-length relationship.
    if (one_link) return AddLink(*path.steps[0].relationship, quantified.hops, from, to, selector);
    PatternLink added;
    added.span = quantified.span;
    added.hops = quantified.hops;
    added.repeated = &quantified;
    added.named = true;
    added.from = from;
    added.to = to;
    added.name = planning_.HiddenName();
    roles_[added.name] = Role::kLink;
    added.slot = scope_.Add(added.name, {BitOf(DatumKind::kList), BitOf(DatumKind::kRelationship)});
    graph_.new_slots.push_back(added.slot);
    added.types = TypeSet();
    for (const language::PatternStep& step : path.steps) {
      KOSEI_ASSIGN_OR_RETURN(const TypeSet types,
                             planning_.TypesOf(step.relationship->types, request_.time.moment,
                                               step.relationship->span));
      added.types.AddAll(types);
    }
    for (std::size_t i = 0; i < path.nodes.size(); ++i)
      KOSEI_RETURN_IF_ERROR(AddGroup(path.nodes[i].variable, path.nodes[i].span, false, i, added));
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
      const language::RelationshipPattern& link = *path.steps[i].relationship;
      KOSEI_RETURN_IF_ERROR(AddGroup(link.variable, link.span, true, i, added));
    }
    graph_.links.push_back(std::move(added));
    return graph_.links.size() - 1;
  }

  absl::Status CheckRepeated(const language::QuantifiedPattern& quantified,
                             language::PathSelector selector, bool one_link) const {
    const language::PathPattern& path = *quantified.path;
    const auto refuse = [&](std::string_view message) {
      return language::MakeQueryError(ErrorCode::kQueryUnsupported, "QuantifiedPath",
                                      planning_.text(), quantified.span, message);
    };
    const bool links =
        !path.steps.empty() &&
        std::all_of(path.steps.begin(), path.steps.end(), [](const auto& step) {
          return step.relationship.has_value() && !step.relationship->hops.has_value();
        });
    if (!links || !path.variable.empty() || path.selector != language::PathSelector::kAllPaths) {
      return refuse(
          "what is repeated is records and single relationships between them, without a name for "
          "the path and without anything that is repeated itself");
    }
    if (!one_link && selector != language::PathSelector::kAllPaths) {
      return refuse(
          "a shortest path is asked for with one relationship, such as (a)-[:T]->{1,5}(b), and not "
          "with a part of several or with conditions");
    }
    return absl::OkStatus();
  }

  // A name of a repeated part is a list outside. Of a record that comes twice in the part both are
  // the same.
  absl::Status AddGroup(const std::string& name, Span span, bool is_link, std::size_t position,
                        PatternLink& link) {
    if (name.empty() || std::any_of(link.groups.begin(), link.groups.end(),
                                    [&](const PatternGroup& group) { return group.name == name; }))
      return absl::OkStatus();
    if (roles_.contains(name) || scope_.Find(name).has_value()) {
      return planning_.Error(
          "VariableAlreadyBound", span,
          absl::StrFormat("`%s` has a value already; take another name within what is repeated",
                          name));
    }
    KOSEI_RETURN_IF_ERROR(MayBeNew(name, span));
    roles_[name] = Role::kGroup;
    const DatumKind item = is_link ? DatumKind::kRelationship : DatumKind::kNode;
    const std::uint32_t slot = scope_.Add(name, {BitOf(DatumKind::kList), BitOf(item)});
    graph_.new_slots.push_back(slot);
    link.groups.push_back({name, {slot, is_link, position}});
    return absl::OkStatus();
  }

  absl::StatusOr<std::size_t> AddLink(const language::RelationshipPattern& link,
                                      const std::optional<language::Hops>& hops, std::size_t from,
                                      std::size_t to, language::PathSelector selector) {
    PatternLink added;
    added.span = link.span;
    added.direction = link.direction;
    added.hops = hops;
    added.from = from;
    added.to = to;
    added.selector = selector;
    if (selector != language::PathSelector::kAllPaths && hops.has_value() && hops->least > 1) {
      return planning_.Error("InvalidRelationshipPattern", link.span,
                             "a shortest path has no least length but 0 or 1; ask for all paths of "
                             "that length, or leave the lower bound out");
    }
    KOSEI_RETURN_IF_ERROR(NameLink(link, added));
    KOSEI_ASSIGN_OR_RETURN(added.types,
                           planning_.TypesOf(link.types, request_.time.moment, link.span));
    if (hops.has_value() || selector != language::PathSelector::kAllPaths) {
      KOSEI_RETURN_IF_ERROR(AddEach(link, added));
    } else {
      KOSEI_RETURN_IF_ERROR(AddProperties(added.name, link.properties));
      if (link.where != nullptr) KOSEI_RETURN_IF_ERROR(AddConditions(*link.where));
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
        if (added.selector != language::PathSelector::kAllPaths) {
          return planning_.Error(
              "VariableAlreadyBound", link.span,
              absl::StrFormat("`%s` has a value already; give the links of the shortest path "
                              "another name",
                              link.variable));
        }
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

  // The condition on each link may be about what is not known before the links are: then it is
  // asked of the list.
  absl::Status PlaceEach(PatternLink& link) {
    if (link.each == nullptr) return absl::OkStatus();
    std::set<std::string> needs = language::FreeVariables(*link.each);
    needs.erase(link.each_name);
    std::erase_if(needs, [&](const std::string& name) { return !roles_.contains(name); });
    if (needs.empty()) return absl::OkStatus();
    if (link.selector == language::PathSelector::kAllPaths) {
      auto all = std::make_unique<Expression>();
      all->kind = ExpressionKind::kQuantifier;
      all->quantifier = language::QuantifierKind::kAll;
      all->span = link.span;
      all->name = link.each_name;
      all->operands.push_back(language::MakeVariable(link.name, link.span));
      all->operands.push_back(std::move(link.each));
      graph_.conditions.push_back({std::move(all), {}, false});
      return absl::OkStatus();
    }
    for (const std::string& name : needs) {
      if (roles_[name] == Role::kNode) continue;
      return planning_.Error(
          "InvalidRelationshipPattern", link.span,
          absl::StrFormat("`%s` cannot stand in a condition on the links of a shortest path; the "
                          "condition may name the records of the pattern",
                          name));
    }
    link.each_needs = std::move(needs);
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
  absl::Status AddConditions(const Expression& where) {
    if (where.kind == ExpressionKind::kAnd) {
      for (const ExpressionPtr& operand : where.operands)
        KOSEI_RETURN_IF_ERROR(AddConditions(*operand));
      return absl::OkStatus();
    }
    std::optional<LabelCondition> labels = LabelConditionOf(where);
    const auto node =
        std::find_if(graph_.nodes.begin(), graph_.nodes.end(), [&](const PatternNode& each) {
          return labels.has_value() && each.name == labels->variable;
        });
    if (node == graph_.nodes.end()) {
      graph_.conditions.push_back({language::Clone(where), {}, false});
      return absl::OkStatus();
    }
    for (language::LabelChoice& choice : labels->choices) {
      for (const language::LabelTest& test : choice)
        KOSEI_RETURN_IF_ERROR(CheckLabel(planning_, test.name, request_.time.moment, where.span));
      node->labels.push_back(std::move(choice));
    }
    return absl::OkStatus();
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
