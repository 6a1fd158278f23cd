#include "projection.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/compare.h"
#include "kosei/language/tree.h"

namespace kosei::tck {
namespace {

using language::Datum;
using language::EvaluatorPtr;
using language::Expression;
using language::ExpressionKind;
using language::ExpressionPtr;

// An aggregate that was taken out of its expression; a variable stands in its place.
struct Aggregate {
  std::string variable;
  bool collects = false;  // else counts
  EvaluatorPtr argument;  // null: of count(*)
  std::uint32_t slot = 0;
};

struct Column {
  std::string name;
  ExpressionPtr expression;
  bool has_aggregate = false;
  EvaluatorPtr evaluator;
};

class Projector {
 public:
  explicit Projector(Rows& rows) : rows_(rows) {}

  absl::Status Run(const language::Clause& clause) {
    if (!clause.order.empty() || clause.skip != nullptr || clause.limit != nullptr)
      return NotDone("ORDER BY, SKIP and LIMIT in WITH");
    if (clause.star) {
      for (std::string& name : rows_.scope().Names()) {
        ExpressionPtr variable = language::MakeVariable(name, clause.span);
        columns_.push_back({std::move(name), std::move(variable), false, nullptr});
      }
    }
    for (const language::ProjectionItem& item : clause.items)
      KOSEI_RETURN_IF_ERROR(AddColumn(item));
    std::vector<Row> projected;
    KOSEI_RETURN_IF_ERROR(aggregates_.empty() ? ProjectEach(projected) : ProjectGroups(projected));
    if (clause.distinct) RemoveDuplicates(projected);
    language::Scope scope;
    for (const Column& column : columns_) scope.Add(column.name);
    rows_.Replace(std::move(scope), std::move(projected));
    return clause.where == nullptr ? absl::OkStatus() : Filter(*clause.where);
  }

 private:
  absl::Status AddColumn(const language::ProjectionItem& item) {
    Column column;
    column.name = item.alias.empty() ? item.text : item.alias;
    column.expression = language::Clone(*item.expression);
    const std::size_t before = aggregates_.size();
    KOSEI_RETURN_IF_ERROR(TakeOutAggregates(column.expression));
    column.has_aggregate = aggregates_.size() != before;
    columns_.push_back(std::move(column));
    return absl::OkStatus();
  }

  absl::Status TakeOutAggregates(ExpressionPtr& expression) {
    const bool counts_rows = expression->kind == ExpressionKind::kCountStar;
    const bool calls =
        expression->kind == ExpressionKind::kFunction && language::IsAggregate(expression->name);
    if (!counts_rows && !calls) {
      absl::Status status;
      language::ForEachPart(*expression, [&](ExpressionPtr& part) {
        if (part != nullptr && status.ok()) status = TakeOutAggregates(part);
      });
      return status;
    }
    Aggregate aggregate;
    // No name that can be written.
    aggregate.variable = absl::StrFormat(" aggregate %d", aggregates_.size());
    if (calls) {
      const std::string name = absl::AsciiStrToLower(expression->name);
      aggregate.collects = name == "collect";
      if ((name != "count" && !aggregate.collects) || expression->distinct ||
          expression->operands.size() != 1)
        return NotDone(name + " in WITH");
      KOSEI_ASSIGN_OR_RETURN(aggregate.argument, rows_.Compile(*expression->operands[0]));
    }
    expression = language::MakeVariable(aggregate.variable, expression->span);
    aggregates_.push_back(std::move(aggregate));
    return absl::OkStatus();
  }

  absl::Status CompileColumns() {
    for (Aggregate& aggregate : aggregates_) aggregate.slot = rows_.scope().Add(aggregate.variable);
    for (Column& column : columns_) {
      KOSEI_ASSIGN_OR_RETURN(column.evaluator, rows_.Compile(*column.expression));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Row> Projected(Row& row) {
    Row projected;
    for (const Column& column : columns_) {
      KOSEI_ASSIGN_OR_RETURN(Datum value, rows_.Evaluate(*column.evaluator, row));
      projected.push_back(std::move(value));
    }
    return projected;
  }

  absl::Status ProjectEach(std::vector<Row>& out) {
    KOSEI_RETURN_IF_ERROR(CompileColumns());
    return rows_.ForEach([&](Row& row) -> absl::Status {
      KOSEI_ASSIGN_OR_RETURN(Row projected, Projected(row));
      out.push_back(std::move(projected));
      return absl::OkStatus();
    });
  }

  static bool SameRow(const Row& a, const Row& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), language::Equivalent);
  }

  struct Group {
    Row key;
    std::vector<Row*> rows;
  };

  // Rows of a group have the same values in the columns without aggregates.
  absl::Status ProjectGroups(std::vector<Row>& out) {
    KOSEI_RETURN_IF_ERROR(CompileColumns());
    std::vector<Group> groups;
    KOSEI_RETURN_IF_ERROR(rows_.ForEach([&](Row& row) -> absl::Status {
      Row key;
      for (const Column& column : columns_) {
        if (column.has_aggregate) continue;
        KOSEI_ASSIGN_OR_RETURN(Datum value, rows_.Evaluate(*column.evaluator, row));
        key.push_back(std::move(value));
      }
      auto group = std::find_if(groups.begin(), groups.end(),
                                [&](const Group& one) { return SameRow(one.key, key); });
      if (group == groups.end()) group = groups.insert(group, Group{std::move(key), {}});
      group->rows.push_back(&row);
      return absl::OkStatus();
    }));
    for (const Group& group : groups) {
      Row row = *group.rows.front();
      for (const Aggregate& aggregate : aggregates_) {
        KOSEI_ASSIGN_OR_RETURN(row[aggregate.slot], ValueOf(aggregate, group.rows));
      }
      KOSEI_ASSIGN_OR_RETURN(Row projected, Projected(row));
      out.push_back(std::move(projected));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Datum> ValueOf(const Aggregate& aggregate, const std::vector<Row*>& rows) {
    language::DatumList values;
    for (Row* const row : rows) {
      Datum value = Datum::Boolean(true);
      if (aggregate.argument != nullptr) {
        KOSEI_ASSIGN_OR_RETURN(value, rows_.Evaluate(*aggregate.argument, *row));
      }
      if (!value.is_null()) values.push_back(std::move(value));
    }
    const auto count = static_cast<std::int64_t>(values.size());
    return aggregate.collects ? Datum::List(std::move(values)) : Datum::Integer(count);
  }

  static void RemoveDuplicates(std::vector<Row>& rows) {
    std::vector<Row> kept;
    for (Row& row : rows) {
      const bool known = std::any_of(kept.begin(), kept.end(),
                                     [&row](const Row& one) { return SameRow(one, row); });
      if (!known) kept.push_back(std::move(row));
    }
    rows = std::move(kept);
  }

  absl::Status Filter(const Expression& where) {
    KOSEI_ASSIGN_OR_RETURN(const EvaluatorPtr evaluator, rows_.Compile(where));
    return rows_.Expand([&](Row& row, std::vector<Row>& out) -> absl::Status {
      KOSEI_ASSIGN_OR_RETURN(const Datum holds, rows_.Evaluate(*evaluator, row));
      if (holds.is_true()) out.push_back(std::move(row));
      return absl::OkStatus();
    });
  }

  Rows& rows_;
  std::vector<Column> columns_;
  std::vector<Aggregate> aggregates_;
};

}  // namespace

absl::Status Project(const language::Clause& clause, Rows& rows) {
  return Projector(rows).Run(clause);
}

}  // namespace kosei::tck
