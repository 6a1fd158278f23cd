#include "engine/groups.h"

#include <utility>

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;

constexpr std::int64_t kBytesPerAggregate = 64;
constexpr std::uint64_t kRecordsPerRow = 16;

}  // namespace

Groups::Groups(const Grouping& grouping, Run& run)
    : grouping_(grouping), key_(grouping.keys.size()), run_(run) {
  // What is counted already comes once a record.
  if (grouping.keys.empty() || grouping.count.has_value()) return;
  record_slot_ = grouping.keys.front().of_record;
  for (const GroupKey& key : grouping.keys) {
    if (key.of_record != record_slot_) record_slot_.reset();
  }
}

bool Groups::Charge(std::int64_t bytes) {
  charged_ += bytes;
  return run_.Charge(bytes);
}

bool Groups::ChargeState(Group& group, std::size_t aggregate) {
  const std::size_t bytes = group.states[aggregate]->HeapBytes();
  if (bytes == group.bytes[aggregate]) return true;
  const auto before = static_cast<std::int64_t>(std::exchange(group.bytes[aggregate], bytes));
  return Charge(static_cast<std::int64_t>(bytes) - before);
}

bool Groups::Add(Datum* row) {
  if (!run_.Step()) return false;
  Group* const group = FindGroup(row);
  if (group == nullptr) return false;
  for (std::size_t i = 0; i < grouping_.aggregates.size(); ++i) {
    const GroupAggregate& aggregate = grouping_.aggregates[i];
    if (aggregate.factory == nullptr) {
      group->counts[i] += grouping_.count.has_value() ? row[*grouping_.count].integer() : 1;
      continue;
    }
    group->states[i]->Add(aggregate.argument->Evaluate(row, run_), run_);
    if (!ChargeState(*group, i)) return false;
  }
  return !run_.failed();
}

void Groups::HandOver() {
  Charge(-static_cast<std::int64_t>(by_record_.size() * sizeof(std::uint32_t)));
  by_record_ = {};
  run_.HandOver(charged_);
}

bool Groups::Merge(Groups& later) {
  run_.TakeOver(later.charged_);
  charged_ += std::exchange(later.charged_, 0);
  for (std::unique_ptr<Group>& group : later.groups_) {
    if (!run_.Step()) return false;
    if (grouping_.keys.empty() && !groups_.empty()) {
      if (!MergeInto(*groups_.front(), *group)) return false;
      continue;
    }
    const auto [known, fresh] = by_key_.try_emplace(group->key, 0);
    if (!fresh) {
      if (!MergeInto(*groups_[known->second - 1], *group)) return false;
      continue;
    }
    groups_.push_back(std::move(group));
    known->second = static_cast<std::uint32_t>(groups_.size());
  }
  later.groups_.clear();
  return true;
}

bool Groups::MergeInto(Group& group, Group& later) {
  for (std::size_t i = 0; i < grouping_.aggregates.size(); ++i) {
    if (grouping_.aggregates[i].factory == nullptr) {
      group.counts[i] += later.counts[i];
      continue;
    }
    group.states[i]->Merge(*later.states[i], run_);
    // Its bytes came with it and are counted once more in what they are now part of.
    if (!Charge(-static_cast<std::int64_t>(later.bytes[i])) || !ChargeState(group, i)) return false;
  }
  return !run_.failed();
}

void Groups::AddFirst(Datum* row) {
  if (grouping_.keys.empty() && groups_.empty() && !run_.failed()) NewGroup(row);
}

bool Groups::Drain(Datum* row, absl::FunctionRef<bool()> visit) {
  bool more = !run_.failed();
  for (const std::unique_ptr<Group>& group : groups_) {
    if (!more || !run_.Step()) break;
    for (std::size_t i = 0; i < grouping_.keys.size(); ++i)
      row[grouping_.keys[i].slot] = group->key[i];
    for (std::size_t i = 0; i < grouping_.aggregates.size(); ++i) {
      const GroupAggregate& aggregate = grouping_.aggregates[i];
      row[aggregate.slot] = aggregate.factory == nullptr ? Datum::Integer(group->counts[i])
                                                         : group->states[i]->Result(run_);
    }
    more = !run_.failed() && visit();
  }
  groups_.clear();
  by_key_.clear();
  by_record_.clear();
  rows_ = 0;
  run_.Charge(-std::exchange(charged_, 0));
  return more && !run_.failed();
}

Groups::Group* Groups::NewGroup(Datum* row) {
  const std::vector<GroupAggregate>& aggregates = grouping_.aggregates;
  auto group = std::make_unique<Group>();
  group->key = key_;
  group->bytes.resize(aggregates.size());
  group->counts.resize(aggregates.size());
  group->states.resize(aggregates.size());
  for (std::size_t i = 0; i < aggregates.size(); ++i) {
    if (aggregates[i].factory == nullptr) continue;
    const Datum parameter =
        aggregates[i].parameter == nullptr ? Datum() : aggregates[i].parameter->Evaluate(row, run_);
    group->states[i] = aggregates[i].factory->Make(parameter, run_);
  }
  groups_.push_back(std::move(group));
  const std::int64_t bytes =
      BytesOf(key_) * 2 + kBytesPerAggregate * static_cast<std::int64_t>(aggregates.size());
  return Charge(bytes) && !run_.failed() ? groups_.back().get() : nullptr;
}

// Null: the run failed.
Groups::Group* Groups::FindGroup(Datum* row) {
  if (grouping_.keys.empty()) return groups_.empty() ? NewGroup(row) : groups_.front().get();
  const Datum* record = record_slot_.has_value() ? &row[*record_slot_] : nullptr;
  std::uint32_t* const of_record =
      record != nullptr && record->kind() == DatumKind::kNode ? OfRecord(record->node()) : nullptr;
  if (of_record != nullptr && *of_record != 0) return groups_[*of_record - 1].get();
  if (run_.failed()) return nullptr;
  for (std::size_t i = 0; i < grouping_.keys.size(); ++i)
    key_[i] = grouping_.keys[i].value->Evaluate(row, run_);
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
std::uint32_t* Groups::OfRecord(language::NodeRef node) {
  if (by_record_.empty()) {
    // A place for each record there is pays when there are many rows.
    const std::uint64_t records = run_.moment(node.moment).graph.node_limit();
    if (++rows_ * kRecordsPerRow < records) return nullptr;
    record_moment_ = node.moment;
    by_record_.resize(records);
    Charge(static_cast<std::int64_t>(by_record_.size() * sizeof(std::uint32_t)));
  }
  if (node.moment != record_moment_ || node.record.value >= by_record_.size()) return nullptr;
  return &by_record_[node.record.value];
}

}  // namespace kosei::query
