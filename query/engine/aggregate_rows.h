// Grouping: one row for each combination of key values, with aggregates over the rows that have it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/operator.h"
#include "kosei/language/aggregate.h"
#include "kosei/language/evaluation.h"

namespace kosei::query {

struct GroupKey {
  language::EvaluatorPtr value;
  std::uint32_t slot = 0;
  // The only variable that the value depends on, when that is a record's: rows of the same record
  // are of the same group, without a look at the value.
  std::optional<std::uint32_t> of_record;
};

struct GroupAggregate {
  std::unique_ptr<const language::AggregateFactory> factory;  // null: count(*)
  language::EvaluatorPtr argument;                            // null of count(*)
  language::EvaluatorPtr parameter;  // the second argument of percentileCont and percentileDisc
  std::uint32_t slot = 0;
};

// Whether all of them are count(*).
bool AreCountsOfRows(const std::vector<GroupAggregate>& aggregates);

// Without keys there is exactly one group, also when there are no rows. `count`: the slot that says
// for how many rows each stands (counted_expand.h); then all aggregates are count(*).
OperatorPtr MakeAggregate(OperatorPtr input, std::vector<GroupKey> keys,
                          std::vector<GroupAggregate> aggregates, std::string text,
                          std::optional<std::uint32_t> count = std::nullopt);

}  // namespace kosei::query
