// RecordRanks: which of many records matter most, and what is told of them: the most critical
// first, then services, then what fails before what is degraded, then by id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/schema.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct RankedRecord {
  std::uint8_t rank = 0;  // position among the attribute's values; RecordRanks::kNone
  bool service = false;
  std::uint8_t state = 0;
  storage::NodeIndex node = 0;
};

struct RankedSummary {
  std::uint64_t count = 0;
  std::uint64_t services = 0;
  std::vector<RankedRecord> first;  // the first of them, in order

  // Of records that the other does not have.
  void Add(const RankedSummary& other, std::size_t listed);
  std::uint8_t rank() const;
  std::uint64_t bytes() const { return sizeof(*this) + first.capacity() * sizeof(RankedRecord); }
};

// Belongs to one thread; the arguments must outlive it.
class RecordRanks {
 public:
  static constexpr std::uint8_t kNone = 255;

  // `attribute`: an enum whose first value is the worst. What is none has no rank.
  RecordRanks(const storage::Reader& reader, const storage::GraphView& graph,
              const model::Schema& schema, std::string_view attribute, std::size_t listed);

  bool IsService(storage::NodeIndex node) const;
  // `states`: as `nodes`. Errors of reading records, and of the budget.
  absl::StatusOr<RankedSummary> Summarise(const std::vector<storage::NodeIndex>& nodes,
                                          const std::vector<std::uint8_t>& states,
                                          const Budget& budget);
  std::string ValueOf(const RankedRecord& record) const;  // empty: none
  std::size_t listed() const { return listed_; }

 private:
  ClassNumber ClassOf(storage::NodeIndex node) const {
    return node < graph_.node_limit() ? graph_.ClassOf(node) : ClassNumber{};
  }
  const model::Attribute* AttributeOf(ClassNumber class_number) const;
  absl::Status FindCandidates(const Budget& budget);
  absl::StatusOr<std::uint8_t> RankOf(storage::NodeIndex node);

  const storage::Reader& reader_;
  const storage::GraphView& graph_;
  const std::size_t listed_;
  AttributeNumber attribute_;                      // 0: the model has none
  std::vector<const model::Attribute*> by_class_;  // by class number; nullptr: it has none
  std::vector<char> services_;                     // by class number
  // A bit a node: it may have a value. Empty: not looked for, or any may.
  std::vector<std::uint64_t> candidates_;
  bool looked_ = false;
  absl::flat_hash_map<storage::NodeIndex, std::uint8_t> known_;
};

}  // namespace kosei::query
