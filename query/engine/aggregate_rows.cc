#include "engine/aggregate_rows.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/row_set.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;

constexpr std::int64_t kBytesPerAggregate = 64;
constexpr std::uint64_t kRecordsPerRow = 16;

class AggregatePipe final : public Pipe {
 public:
  AggregatePipe(const std::vector<GroupKey>& keys, const std::vector<GroupAggregate>& aggregates,
                std::optional<std::uint32_t> count, Run& run, Pipe& next)
      : keys_(keys),
        aggregates_(aggregates),
        count_(count),
        key_(keys.size()),
        run_(run),
        next_(next) {
    // What is counted already comes once a record.
    if (keys.empty() || count.has_value()) return;
    record_slot_ = keys.front().of_record;
    for (const GroupKey& key : keys) {
      if (key.of_record != record_slot_) record_slot_.reset();
    }
  }

  bool Push(Datum* row) override {
    if (!run_.Step()) return false;
    Group* group = FindGroup(row);
    if (group == nullptr) return false;
    for (std::size_t i = 0; i < aggregates_.size(); ++i) {
      const GroupAggregate& aggregate = aggregates_[i];
      if (aggregate.factory == nullptr) {
        group->counts[i] += count_.has_value() ? row[*count_].integer() : 1;
        continue;
      }
      group->states[i]->Add(aggregate.argument->Evaluate(row, run_), run_);
      const std::size_t bytes = group->states[i]->HeapBytes();
      if (bytes == group->bytes[i]) continue;
      const auto more =
          static_cast<std::int64_t>(bytes) - static_cast<std::int64_t>(group->bytes[i]);
      group->bytes[i] = bytes;
      charged_ += more;
      if (!run_.Charge(more)) return false;
    }
    return !run_.failed();
  }

  bool Finish(Datum* row) override {
    if (keys_.empty() && groups_.empty() && !run_.failed()) NewGroup(row);
    bool more = !run_.failed();
    for (const std::unique_ptr<Group>& group : groups_) {
      if (!more || !run_.Step()) break;
      for (std::size_t i = 0; i < keys_.size(); ++i) row[keys_[i].slot] = group->key[i];
      for (std::size_t i = 0; i < aggregates_.size(); ++i) {
        row[aggregates_[i].slot] = aggregates_[i].factory == nullptr
                                       ? Datum::Integer(group->counts[i])
                                       : group->states[i]->Result(run_);
      }
      more = !run_.failed() && next_.Push(row);
    }
    groups_.clear();
    by_key_.clear();
    by_record_.clear();
    rows_ = 0;
    run_.Charge(-std::exchange(charged_, 0));
    return !run_.failed() && next_.Finish(row);
  }

 private:
  struct Group {
    RowValues key;
    std::vector<language::AggregatePtr> states;
    std::vector<std::size_t> bytes;    // of the states
    std::vector<std::int64_t> counts;  // of count(*)
  };

  Group* NewGroup(Datum* row) {
    auto group = std::make_unique<Group>();
    group->key = key_;
    group->bytes.resize(aggregates_.size());
    group->counts.resize(aggregates_.size());
    group->states.resize(aggregates_.size());
    for (std::size_t i = 0; i < aggregates_.size(); ++i) {
      const GroupAggregate& aggregate = aggregates_[i];
      if (aggregate.factory == nullptr) continue;
      const Datum parameter =
          aggregate.parameter == nullptr ? Datum() : aggregate.parameter->Evaluate(row, run_);
      group->states[i] = aggregate.factory->Make(parameter, run_);
    }
    const std::int64_t bytes =
        BytesOf(key_) * 2 + kBytesPerAggregate * static_cast<std::int64_t>(aggregates_.size());
    charged_ += bytes;
    groups_.push_back(std::move(group));
    return run_.Charge(bytes) && !run_.failed() ? groups_.back().get() : nullptr;
  }

  // Null: the run failed.
  Group* FindGroup(Datum* row) {
    if (keys_.empty()) return groups_.empty() ? NewGroup(row) : groups_.front().get();
    const Datum* record = record_slot_.has_value() ? &row[*record_slot_] : nullptr;
    std::uint32_t* const of_record = record != nullptr && record->kind() == DatumKind::kNode
                                         ? OfRecord(record->node())
                                         : nullptr;
    if (of_record != nullptr && *of_record != 0) return groups_[*of_record - 1].get();
    if (run_.failed()) return nullptr;
    for (std::size_t i = 0; i < keys_.size(); ++i) key_[i] = keys_[i].value->Evaluate(row, run_);
    if (run_.failed()) return nullptr;
    const auto [known, fresh] = by_key_.try_emplace(key_, 0);
    if (fresh) {
      if (NewGroup(row) == nullptr) return nullptr;
      known->second = static_cast<std::uint32_t>(groups_.size());
    }
    if (of_record != nullptr) *of_record = known->second;
    return groups_[known->second - 1].get();
  }

  // Where the group of the record's value stands, 0 when not known yet. Records of one moment only:
  // the same record may have another value at another time.
  std::uint32_t* OfRecord(language::NodeRef node) {
    if (by_record_.empty()) {
      // A place for each record there is pays when there are many rows.
      const std::uint64_t records = run_.moment(node.moment).graph.node_limit();
      if (++rows_ * kRecordsPerRow < records) return nullptr;
      record_moment_ = node.moment;
      by_record_.resize(records);
      const auto bytes = static_cast<std::int64_t>(by_record_.size() * sizeof(std::uint32_t));
      charged_ += bytes;
      run_.Charge(bytes);
    }
    if (node.moment != record_moment_ || node.record.value >= by_record_.size()) return nullptr;
    return &by_record_[node.record.value];
  }

  const std::vector<GroupKey>& keys_;
  const std::vector<GroupAggregate>& aggregates_;
  const std::optional<std::uint32_t> count_;
  RowValues key_;
  Run& run_;
  Pipe& next_;
  std::optional<std::uint32_t> record_slot_;
  std::vector<std::unique_ptr<Group>> groups_;  // in the order of their first rows
  // Positions in groups_ + 1.
  RowMap<std::uint32_t> by_key_;
  std::vector<std::uint32_t> by_record_;
  std::uint64_t rows_ = 0;  // before there was by_record_
  std::uint16_t record_moment_ = 0;
  std::int64_t charged_ = 0;
};

class AggregateOperator final : public Operator {
 public:
  AggregateOperator(OperatorPtr input, std::vector<GroupKey> keys,
                    std::vector<GroupAggregate> aggregates, std::string text,
                    std::optional<std::uint32_t> count)
      : Operator(std::move(input)),
        keys_(std::move(keys)),
        aggregates_(std::move(aggregates)),
        text_(std::move(text)),
        count_(count) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<AggregatePipe>(keys_, aggregates_, count_, run, next);
  }
  std::string_view name() const override { return "Aggregate"; }
  std::string details() const override { return text_; }

 private:
  const std::vector<GroupKey> keys_;
  const std::vector<GroupAggregate> aggregates_;
  const std::string text_;
  const std::optional<std::uint32_t> count_;
};

}  // namespace

bool AreCountsOfRows(const std::vector<GroupAggregate>& aggregates) {
  return std::all_of(aggregates.begin(), aggregates.end(),
                     [](const GroupAggregate& each) { return each.factory == nullptr; });
}

OperatorPtr MakeAggregate(OperatorPtr input, std::vector<GroupKey> keys,
                          std::vector<GroupAggregate> aggregates, std::string text,
                          std::optional<std::uint32_t> count) {
  return std::make_unique<AggregateOperator>(std::move(input), std::move(keys),
                                             std::move(aggregates), std::move(text), count);
}

}  // namespace kosei::query
