// Order: in which order records can be changed, restarted or brought up, so that what is needed
// comes first; and backwards. docs/paths.md tells users the same in plain words.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/query/budget.h"
#include "kosei/query/paths.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

enum class OrderDirection : std::uint8_t {
  kNeededFirst = 0,
  kNeededLast = 1,  // for backing out: the same waves, the last one first
};
enum class OrderLinks : std::uint8_t {
  kDirect = 0,   // only links between two of the records
  kThrough = 1,  // also chains of links through records that are not among them
};

// The records to be ordered are `records` together with what is found from the others.
struct OrderRequest {
  std::vector<RecordId> records = {};
  std::vector<RecordId> affected_by = {};  // these, and all that is hit when they fail
  std::vector<RecordId> needed_by = {};    // these, and all that they rest on
  // Of what is found so, only these classes and below; none: all.
  std::vector<ClassNumber> classes = {};
  OrderDirection direction = OrderDirection::kNeededFirst;
  OrderLinks links = OrderLinks::kDirect;
};

inline constexpr std::uint32_t kNoCycle = UINT32_MAX;

struct OrderedRecord {
  RecordId record;
  // From 1 on. Records of one wave do not wait for each other, but for those of one cycle.
  std::uint32_t wave = 0;
  std::uint32_t cycle = kNoCycle;  // position in OrderAnswer::cycles
  // One that has to come before it, of the latest such wave; members of a cycle have it in common.
  // 0: none has to.
  RecordId after;
};

// Records that need each other, so that no order among them is right: a strongly connected
// component. A record that needs itself is none.
struct OrderCycle {
  std::uint32_t wave = 0;
  std::uint64_t size = 0;  // members among the records to be ordered
  // From the member of the lowest id the way failure travels to another member, and back to it.
  std::vector<LinkStep> steps;
};

struct OrderAnswer {
  storage::View view;
  std::uint32_t waves = 0;
  // By wave, then by the lowest id of the cycle (a record on its own: its id), then by id.
  std::vector<OrderedRecord> records;
  std::vector<OrderCycle> cycles;  // in the order in which `records` names them
};

// Each record stands in the earliest wave that all it needs allow. A record that does not hold in
// the View is kNotFound; no record at all is kInvalidArgument; kRowBudget (steps), kMemoryBudget,
// kDeadlineExceeded and kCancelled when the budget is spent: half an order is no answer.
absl::StatusOr<OrderAnswer> Order(const storage::Reader& reader, const storage::View& view,
                                  const OrderRequest& request, const Budget& budget);

}  // namespace kosei::query
