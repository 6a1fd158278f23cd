// The makers of states, one for each aggregate (aggregate.cc has their names).
#pragma once

#include <cstddef>
#include <string_view>

#include "kosei/language/aggregate.h"

namespace kosei::language {

using MakeAggregate = AggregatePtr (*)(const Datum& second, Span span, Evaluation& evaluation);

struct AggregateKind {
  std::string_view name;  // in lower case
  std::size_t arguments;
  MakeAggregate make;
};

AggregatePtr MakeCount(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakeSum(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakeAverage(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakeLeast(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakeGreatest(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakeCollect(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakeSampleDeviation(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakePopulationDeviation(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakeContinuousPercentile(const Datum& second, Span span, Evaluation& evaluation);
AggregatePtr MakeDiscretePercentile(const Datum& second, Span span, Evaluation& evaluation);

}  // namespace kosei::language
