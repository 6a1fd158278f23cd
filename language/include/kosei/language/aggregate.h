// Aggregates: what count(), sum() and the like know of the values they have seen. Nulls are never
// counted.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

// Not thread-safe. Errors (a value of a wrong kind, an integer sum beyond 64 bits) go to
// Evaluation::error.
class Aggregate {
 public:
  virtual ~Aggregate() = default;
  virtual void Add(const Datum& value, Evaluation& evaluation) = 0;
  // Takes in what another one of the same factory has seen: values that came after all of its own.
  // That one is then used up.
  virtual void Merge(Aggregate& later, Evaluation& evaluation) = 0;
  virtual Datum Result(Evaluation& evaluation) = 0;
  // What it has on the heap, for a memory budget; does not grow by less than what is added.
  virtual std::size_t HeapBytes() const { return 0; }
};
using AggregatePtr = std::unique_ptr<Aggregate>;

// What makes the states of one aggregate of a statement, one for each group. count(*) is
// count(true).
class AggregateFactory {
 public:
  virtual ~AggregateFactory() = default;
  // `second` is the value of the second argument (the percentile): evaluated once per group, by its
  // first row. Null for aggregates with one argument.
  virtual AggregatePtr Make(const Datum& second, Evaluation& evaluation) const = 0;
  virtual StaticType type() const = 0;
};

// `call` is a kFunction with IsAggregate(name), or kCountStar. The arguments are not compiled: one,
// of the percentiles two. kQuerySyntax / InvalidNumberOfArguments.
absl::StatusOr<std::unique_ptr<AggregateFactory>> MakeAggregateFactory(const Expression& call,
                                                                       std::string_view text);

}  // namespace kosei::language
