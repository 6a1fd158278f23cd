#include "engine/aggregate_rows.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/groups.h"

namespace kosei::query {
namespace {

using language::Datum;

// The groups of one part of the rows.
class AggregatePartPipe final : public Pipe {
 public:
  AggregatePartPipe(const Grouping& grouping, Run& run) : groups_(grouping, run) {}
  bool Push(Datum* row) override { return groups_.Add(row); }
  bool Finish(Datum*) override {
    groups_.HandOver();
    return true;
  }
  Groups& groups() { return groups_; }

 private:
  Groups groups_;
};

class AggregatePipe final : public Pipe {
 public:
  AggregatePipe(const Grouping& grouping, Run& run, Pipe& next)
      : grouping_(grouping), run_(run), next_(next), groups_(grouping, run) {}

  bool Push(Datum* row) override { return groups_.Add(row); }
  PartOrder part_order() const override { return PartOrder::kInOrder; }
  std::unique_ptr<Pipe> OpenPart(Run& run) override {
    return std::make_unique<AggregatePartPipe>(grouping_, run);
  }
  bool TakePart(Pipe& part) override {
    return groups_.Merge(static_cast<AggregatePartPipe&>(part).groups());
  }

  bool Finish(Datum* row) override {
    groups_.AddFirst(row);
    groups_.Drain(row, [&] { return next_.Push(row); });
    return !run_.failed() && next_.Finish(row);
  }

 private:
  const Grouping& grouping_;
  Run& run_;
  Pipe& next_;
  Groups groups_;
};

class AggregateOperator final : public Operator {
 public:
  AggregateOperator(OperatorPtr input, Grouping grouping, std::string text)
      : Operator(std::move(input)), grouping_(std::move(grouping)), text_(std::move(text)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<AggregatePipe>(grouping_, run, next);
  }
  std::string_view name() const override { return "Aggregate"; }
  std::string details() const override { return text_; }

 private:
  const Grouping grouping_;
  const std::string text_;
};

}  // namespace

bool AreCountsOfRows(const std::vector<GroupAggregate>& aggregates) {
  return std::all_of(aggregates.begin(), aggregates.end(),
                     [](const GroupAggregate& each) { return each.factory == nullptr; });
}

OperatorPtr MakeAggregate(OperatorPtr input, std::vector<GroupKey> keys,
                          std::vector<GroupAggregate> aggregates, std::string text,
                          std::optional<std::uint32_t> count) {
  return std::make_unique<AggregateOperator>(
      std::move(input), Grouping{std::move(keys), std::move(aggregates), count}, std::move(text));
}

}  // namespace kosei::query
