#include "setup.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "datum_cell.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/parse.h"
#include "projection.h"
#include "rows.h"

namespace kosei::tck {
namespace {

using language::Clause;
using language::ClauseKind;
using language::Datum;
using language::DatumKind;
using language::EvaluatorPtr;
using language::NodePattern;
using language::PathPattern;
using language::Pattern;
using language::PatternDirection;
using language::RelationshipPattern;
using language::SetItem;

absl::Status Unsupported(std::string_view what) {
  return MakeError(ErrorCode::kQueryUnsupported,
                   absl::StrFormat("the runner's set-up does not do %s", what));
}

// A node of a pattern, compiled. The slot is bound before the clause or by it.
struct NodePlan {
  std::uint32_t slot = 0;
  bool is_new = false;
  LabelChoices labels;
  EvaluatorPtr properties;
};
struct LinkPlan {
  std::uint32_t slot = 0;
  std::vector<std::string> types;
  PatternDirection direction = PatternDirection::kRight;
  EvaluatorPtr properties;
};
struct PathPlan {
  std::vector<NodePlan> nodes;
  std::vector<LinkPlan> links;  // between them
};
using PatternPlan = std::vector<PathPlan>;

class Interpreter {
 public:
  Interpreter(std::string_view text, const language::DatumMap& parameters, MemoryGraph& graph)
      : rows_(text, parameters, graph), graph_(graph) {}

  absl::Status Run(const language::Query& query) {
    if (query.parts.size() != 1) return Unsupported("UNION");
    for (const Clause& clause : query.parts.front().clauses)
      KOSEI_RETURN_IF_ERROR(RunClause(clause));
    return absl::OkStatus();
  }

 private:
  absl::Status RunClause(const Clause& clause) {
    switch (clause.kind) {
      case ClauseKind::kMatch:
        return RunMatch(clause);
      case ClauseKind::kUnwind:
        return rows_.Unwind(*clause.expression, clause.variable);
      case ClauseKind::kWith:
        return Project(clause, rows_);
      case ClauseKind::kReturn:
        return absl::OkStatus();
      case ClauseKind::kCreate:
        return RunCreate(clause);
      case ClauseKind::kMerge:
        return RunMerge(clause);
      case ClauseKind::kDelete:
        return RunDelete(clause);
      case ClauseKind::kSet:
      case ClauseKind::kRemove:
        return RunSets(clause.sets, clause.kind == ClauseKind::kRemove);
      case ClauseKind::kCall:
        break;
    }
    return Unsupported("CALL");
  }

  absl::StatusOr<EvaluatorPtr> CompileProperties(const language::ExpressionPtr& properties) {
    if (properties == nullptr) return EvaluatorPtr();
    return rows_.Compile(*properties);
  }

  std::uint32_t SlotOf(const std::string& variable, bool& is_new) {
    const std::optional<std::uint32_t> known =
        variable.empty() ? std::nullopt : rows_.scope().Find(variable);
    is_new = !known;
    return known ? *known : rows_.scope().Add(variable);
  }

  absl::StatusOr<PatternPlan> Compile(const Pattern& pattern) {
    PatternPlan plan;
    for (const PathPattern& path : pattern.paths) {
      if (!path.variable.empty()) return Unsupported("named paths");
      PathPlan& compiled = plan.emplace_back();
      for (std::size_t i = 0; i < path.nodes.size(); ++i) {
        const NodePattern& node = path.nodes[i];
        NodePlan& one = compiled.nodes.emplace_back();
        KOSEI_ASSIGN_OR_RETURN(one.properties, CompileProperties(node.properties));
        one.slot = SlotOf(node.variable, one.is_new);
        one.labels = node.labels;
        if (i == path.steps.size()) break;
        const auto& relationship = path.steps[i].relationship;
        if (!relationship || relationship->hops) return Unsupported("variable length");
        LinkPlan& link = compiled.links.emplace_back();
        bool is_new = false;
        KOSEI_ASSIGN_OR_RETURN(link.properties, CompileProperties(relationship->properties));
        link.slot = SlotOf(relationship->variable, is_new);
        link.types = relationship->types;
        link.direction = relationship->direction;
      }
    }
    return plan;
  }

  absl::StatusOr<Properties> PropertiesOf(const EvaluatorPtr& evaluator, Row& row) {
    Properties properties;
    if (evaluator == nullptr) return properties;
    KOSEI_ASSIGN_OR_RETURN(const Datum map, rows_.Evaluate(*evaluator, row));
    if (map.kind() != DatumKind::kMap) return properties;
    for (const auto& [name, value] : map.map()) {
      if (!value.is_null()) properties.emplace(name, value);
    }
    return properties;
  }

  absl::Status CreateNode(const NodePlan& plan, Row& row) {
    if (!row[plan.slot].is_null()) return absl::OkStatus();
    MemoryNode node;
    for (const language::LabelChoice& choice : plan.labels) node.labels.insert(choice.front().name);
    KOSEI_ASSIGN_OR_RETURN(node.properties, PropertiesOf(plan.properties, row));
    row[plan.slot] = graph_.AddNode(std::move(node));
    return absl::OkStatus();
  }

  absl::Status Create(const PatternPlan& plan, Row& row) {
    for (const PathPlan& path : plan) {
      for (const NodePlan& node : path.nodes) KOSEI_RETURN_IF_ERROR(CreateNode(node, row));
      for (std::size_t i = 0; i < path.links.size(); ++i) {
        const LinkPlan& link = path.links[i];
        const std::size_t left = PositionOf(row[path.nodes[i].slot]);
        const std::size_t right = PositionOf(row[path.nodes[i + 1].slot]);
        const bool backward = link.direction == PatternDirection::kLeft;
        MemoryLink made{backward ? right : left, backward ? left : right, link.types.front(), {}};
        KOSEI_ASSIGN_OR_RETURN(made.properties, PropertiesOf(link.properties, row));
        row[link.slot] = graph_.AddLink(std::move(made));
      }
    }
    return absl::OkStatus();
  }

  static std::size_t PositionOf(const Datum& node) { return node.node().record.value - 1; }

  absl::Status RunCreate(const Clause& clause) {
    KOSEI_ASSIGN_OR_RETURN(const PatternPlan plan, Compile(clause.pattern));
    return rows_.ForEach([&](Row& row) { return Create(plan, row); });
  }

  // Whether what stands at `found` has the properties that the row asks for.
  absl::StatusOr<bool> Fits(const EvaluatorPtr& evaluator, const Properties& found, Row& row) {
    KOSEI_ASSIGN_OR_RETURN(const Properties wanted, PropertiesOf(evaluator, row));
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
      const auto place = found.find(entry.first);
      return place != found.end() && SameValue(place->second, entry.second);
    });
  }

  // A place in a pattern: the node `node` of path `path`.
  struct Place {
    std::size_t path = 0;
    std::size_t node = 0;
  };

  absl::StatusOr<bool> NodeFits(const NodePlan& plan, std::size_t position, Row& row) {
    const MemoryNode& node = graph_.nodes()[position];
    if (node.deleted) return false;
    for (const language::LabelChoice& choice : plan.labels) {
      const bool has =
          std::any_of(choice.begin(), choice.end(), [&](const language::LabelTest& test) {
            return node.labels.contains(test.name) != test.negated;
          });
      if (!has) return false;
    }
    return Fits(plan.properties, node.properties, row);
  }

  // Every way to go on from `place`, whose node is to be found; complete rows go to `out`.
  absl::Status Match(const PatternPlan& plan, Place place, Row row, std::set<std::size_t> used,
                     std::vector<Row>& out) {
    if (place.path == plan.size()) {
      out.push_back(std::move(row));
      return absl::OkStatus();
    }
    const NodePlan& node = plan[place.path].nodes[place.node];
    if (row[node.slot].kind() == DatumKind::kNode) {
      const std::size_t position = PositionOf(row[node.slot]);
      return MatchFrom(plan, place, position, std::move(row), std::move(used), out);
    }
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i)
      KOSEI_RETURN_IF_ERROR(MatchFrom(plan, place, i, row, used, out));
    return absl::OkStatus();
  }

  // The same, with the node at `position` there.
  absl::Status MatchFrom(const PatternPlan& plan, Place place, std::size_t position, Row row,
                         std::set<std::size_t> used, std::vector<Row>& out) {
    const PathPlan& path = plan[place.path];
    const NodePlan& node = path.nodes[place.node];
    KOSEI_ASSIGN_OR_RETURN(const bool fits, NodeFits(node, position, row));
    if (!fits) return absl::OkStatus();
    row[node.slot] = graph_.NodeAt(position);
    if (place.node == path.links.size())
      return Match(plan, {place.path + 1, 0}, std::move(row), std::move(used), out);
    const LinkPlan& link = path.links[place.node];
    for (std::size_t i = 0; i < graph_.links().size(); ++i) {
      const MemoryLink& found = graph_.links()[i];
      if (found.deleted || used.contains(i)) continue;
      const bool of_type = link.types.empty() || std::find(link.types.begin(), link.types.end(),
                                                           found.type) != link.types.end();
      KOSEI_ASSIGN_OR_RETURN(const bool has, Fits(link.properties, found.properties, row));
      if (!of_type || !has) continue;
      for (const bool forward : {true, false}) {
        const auto barred = forward ? PatternDirection::kLeft : PatternDirection::kRight;
        if (link.direction == barred || (forward ? found.source : found.target) != position)
          continue;
        if (!forward && found.source == found.target) continue;
        const std::size_t next = forward ? found.target : found.source;
        const Datum& bound = row[path.nodes[place.node + 1].slot];
        if (bound.kind() == DatumKind::kNode && PositionOf(bound) != next) continue;
        Row longer = row;
        longer[link.slot] = graph_.LinkAt(i);
        std::set<std::size_t> more = used;
        more.insert(i);
        KOSEI_RETURN_IF_ERROR(MatchFrom(plan, {place.path, place.node + 1}, next, std::move(longer),
                                        std::move(more), out));
      }
    }
    return absl::OkStatus();
  }

  absl::Status RunMatch(const Clause& clause) {
    if (clause.optional || !clause.time.empty()) return Unsupported("OPTIONAL MATCH, nor times");
    KOSEI_ASSIGN_OR_RETURN(const PatternPlan plan, Compile(clause.pattern));
    EvaluatorPtr where;
    if (clause.where != nullptr) {
      KOSEI_ASSIGN_OR_RETURN(where, rows_.Compile(*clause.where));
    }
    return rows_.Expand([&](Row& row, std::vector<Row>& out) -> absl::Status {
      std::vector<Row> found;
      KOSEI_RETURN_IF_ERROR(Match(plan, {}, row, {}, found));
      for (Row& one : found) {
        if (where != nullptr) {
          KOSEI_ASSIGN_OR_RETURN(const Datum holds, rows_.Evaluate(*where, one));
          if (!holds.is_true()) continue;
        }
        out.push_back(std::move(one));
      }
      return absl::OkStatus();
    });
  }

  absl::Status RunMerge(const Clause& clause) {
    KOSEI_ASSIGN_OR_RETURN(const PatternPlan plan, Compile(clause.pattern));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<SetPlan> on_create, CompileSets(clause.on_create));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<SetPlan> on_match, CompileSets(clause.on_match));
    return rows_.Expand([&](Row& row, std::vector<Row>& out) -> absl::Status {
      std::vector<Row> found;
      KOSEI_RETURN_IF_ERROR(Match(plan, {}, row, {}, found));
      const bool is_new = found.empty();
      if (is_new) KOSEI_RETURN_IF_ERROR(Create(plan, found.emplace_back(row)));
      for (Row& one : found) {
        for (const SetPlan& set : is_new ? on_create : on_match)
          KOSEI_RETURN_IF_ERROR(Set(set, one));
        out.push_back(std::move(one));
      }
      return absl::OkStatus();
    });
  }

  struct SetPlan {
    const SetItem* item = nullptr;
    EvaluatorPtr target;  // of kProperty: what has the property
    EvaluatorPtr value;   // null: none
    bool removes = false;
  };

  absl::StatusOr<std::vector<SetPlan>> CompileSets(const std::vector<SetItem>& items,
                                                   bool removes = false) {
    std::vector<SetPlan> plans;
    for (const SetItem& item : items) {
      SetPlan& plan = plans.emplace_back();
      plan.item = &item;
      plan.removes = removes;
      const bool of_property = item.kind == SetItem::Kind::kProperty;
      KOSEI_ASSIGN_OR_RETURN(plan.target,
                             rows_.Compile(of_property ? *item.target->operands[0] : *item.target));
      if (item.value != nullptr) {
        KOSEI_ASSIGN_OR_RETURN(plan.value, rows_.Compile(*item.value));
      }
    }
    return plans;
  }

  absl::Status RunSets(const std::vector<SetItem>& items, bool removes) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<SetPlan> plans, CompileSets(items, removes));
    return rows_.ForEach([&](Row& row) -> absl::Status {
      for (const SetPlan& plan : plans) KOSEI_RETURN_IF_ERROR(Set(plan, row));
      return absl::OkStatus();
    });
  }

  absl::Status Set(const SetPlan& plan, Row& row) {
    KOSEI_ASSIGN_OR_RETURN(const Datum target, rows_.Evaluate(*plan.target, row));
    Datum value;
    if (plan.value != nullptr) {
      KOSEI_ASSIGN_OR_RETURN(value, rows_.Evaluate(*plan.value, row));
    }
    MemoryNode* const node =
        target.kind() == DatumKind::kNode ? graph_.Find(target.node()) : nullptr;
    MemoryLink* const link =
        target.kind() == DatumKind::kRelationship ? graph_.Find(target.relationship()) : nullptr;
    if (node == nullptr && link == nullptr) return absl::OkStatus();
    const SetItem& item = *plan.item;
    if (item.kind == SetItem::Kind::kLabels) {
      if (node == nullptr) return Unsupported("labels of relationships");
      for (const std::string& label : item.labels) {
        if (plan.removes) {
          node->labels.erase(label);
        } else {
          node->labels.insert(label);
        }
      }
      return absl::OkStatus();
    }
    Properties& properties = node != nullptr ? node->properties : link->properties;
    if (item.kind == SetItem::Kind::kProperty) {
      SetProperty(properties, item.target->name, value);
      return absl::OkStatus();
    }
    if (value.kind() != DatumKind::kMap) return Unsupported("SET from what is no map");
    if (item.kind == SetItem::Kind::kReplace) properties.clear();
    for (const auto& [name, one] : value.map()) SetProperty(properties, name, one);
    return absl::OkStatus();
  }

  static void SetProperty(Properties& properties, const std::string& name, const Datum& value) {
    if (value.is_null()) {
      properties.erase(name);
    } else {
      properties[name] = value;
    }
  }

  absl::Status RunDelete(const Clause& clause) {
    std::vector<EvaluatorPtr> arguments;
    for (const language::ExpressionPtr& argument : clause.arguments) {
      KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr compiled, rows_.Compile(*argument));
      arguments.push_back(std::move(compiled));
    }
    return rows_.ForEach([&](Row& row) -> absl::Status {
      for (const EvaluatorPtr& argument : arguments) {
        KOSEI_ASSIGN_OR_RETURN(const Datum gone, rows_.Evaluate(*argument, row));
        if (gone.kind() == DatumKind::kRelationship) {
          if (MemoryLink* const link = graph_.Find(gone.relationship())) link->deleted = true;
        } else if (gone.kind() == DatumKind::kNode) {
          Delete(PositionOf(gone), clause.detach);
        }
      }
      return absl::OkStatus();
    });
  }

  void Delete(std::size_t position, bool detach) {
    graph_.nodes()[position].deleted = true;
    for (MemoryLink& link : graph_.links()) {
      if (detach && (link.source == position || link.target == position)) link.deleted = true;
    }
  }

  Rows rows_;
  MemoryGraph& graph_;
};

}  // namespace

absl::Status Execute(const std::string& statement, const std::map<std::string, Cell>& parameters,
                     MemoryGraph& graph) {
  KOSEI_ASSIGN_OR_RETURN(const language::Statement parsed, language::Parse(statement));
  language::DatumMap values;
  for (const auto& [name, cell] : parameters) values.emplace_back(name, DatumOf(cell));
  return Interpreter(statement, values, graph).Run(parsed.query);
}

}  // namespace kosei::tck
