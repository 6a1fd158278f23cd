#include "setup.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "datum_cell.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/parse.h"
#include "pattern.h"
#include "projection.h"
#include "rows.h"

namespace kosei::tck {
namespace {

using language::Clause;
using language::ClauseKind;
using language::Datum;
using language::DatumKind;
using language::EvaluatorPtr;
using language::SetItem;

class Interpreter {
 public:
  Interpreter(std::string_view text, const language::DatumMap& parameters, MemoryGraph& graph)
      : rows_(text, parameters, graph), graph_(graph), patterns_(rows_, graph) {}

  absl::Status Run(const language::Query& query) {
    if (query.parts.size() != 1) return NotDone("UNION");
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
    return NotDone("CALL");
  }

  absl::Status RunCreate(const Clause& clause) {
    KOSEI_ASSIGN_OR_RETURN(const PatternPlan plan, patterns_.Compile(clause.pattern));
    return rows_.ForEach([&](Row& row) { return patterns_.Create(plan, row); });
  }

  absl::Status RunMatch(const Clause& clause) {
    if (clause.optional || !clause.time.empty()) return NotDone("OPTIONAL MATCH, nor times");
    KOSEI_ASSIGN_OR_RETURN(const PatternPlan plan, patterns_.Compile(clause.pattern));
    EvaluatorPtr where;
    if (clause.where != nullptr) {
      KOSEI_ASSIGN_OR_RETURN(where, rows_.Compile(*clause.where));
    }
    return rows_.Expand([&](Row& row, std::vector<Row>& out) -> absl::Status {
      std::vector<Row> found;
      KOSEI_RETURN_IF_ERROR(patterns_.Match(plan, row, found));
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
    KOSEI_ASSIGN_OR_RETURN(const PatternPlan plan, patterns_.Compile(clause.pattern));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<SetPlan> on_create, CompileSets(clause.on_create));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<SetPlan> on_match, CompileSets(clause.on_match));
    return rows_.Expand([&](Row& row, std::vector<Row>& out) -> absl::Status {
      std::vector<Row> found;
      KOSEI_RETURN_IF_ERROR(patterns_.Match(plan, row, found));
      const bool is_new = found.empty();
      if (is_new) KOSEI_RETURN_IF_ERROR(patterns_.Create(plan, found.emplace_back(row)));
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
      if (node == nullptr) return NotDone("labels of relationships");
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
    if (value.kind() != DatumKind::kMap) return NotDone("SET from what is no map");
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
          Delete(PositionOf(gone.node()), clause.detach);
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
  Patterns patterns_;  // of both
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
