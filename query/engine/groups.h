// Groups: rows by their key values, with what aggregates know of each group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/aggregate_rows.h"
#include "engine/row_set.h"

namespace kosei::query {

// How rows are grouped, and what of each group is wanted.
struct Grouping {
  std::vector<GroupKey> keys;
  std::vector<GroupAggregate> aggregates;
  std::optional<std::uint32_t> count;  // the slot that says for how many rows each stands
};

class Groups {
 public:
  // Both must outlive it.
  Groups(const Grouping& grouping, Run& run);

  // False: the run failed.
  bool Add(language::Datum* row);
  // Takes in the groups of rows that came behind all of these, whose bytes were handed over.
  bool Merge(Groups& later);
  // No more rows come; another run keeps the groups.
  void HandOver();
  // Without keys there is one group also when there are no rows.
  void AddFirst(language::Datum* row);
  // Puts one group after the other, in the order of their first rows, into the row's slots, and
  // calls `visit` until it returns false. Then there are none. False as of `visit`, or failed.
  bool Drain(language::Datum* row, absl::FunctionRef<bool()> visit);

 private:
  struct Group {
    RowValues key;
    std::vector<language::AggregatePtr> states;
    std::vector<std::size_t> bytes;    // of the states
    std::vector<std::int64_t> counts;  // of count(*)
  };

  Group* NewGroup(language::Datum* row);
  Group* FindGroup(language::Datum* row);
  std::uint32_t* OfRecord(language::NodeRef node);
  bool Charge(std::int64_t bytes);
  bool ChargeState(Group& group, std::size_t aggregate);
  bool MergeInto(Group& group, Group& later);

  const Grouping& grouping_;
  RowValues key_;
  Run& run_;
  std::optional<std::uint32_t> record_slot_;
  std::vector<std::unique_ptr<Group>> groups_;  // in the order of their first rows
  // Positions in groups_ + 1.
  RowMap<std::uint32_t> by_key_;
  std::vector<std::uint32_t> by_record_;
  std::uint64_t rows_ = 0;  // before there was by_record_
  std::uint16_t record_moment_ = 0;
  std::int64_t charged_ = 0;
};

}  // namespace kosei::query
