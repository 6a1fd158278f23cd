// More than one path, traces along relationship types, and orders (docs/paths.md), as plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kosei/client/types.h"

namespace kosei::client {

struct PathsRequest {
  std::string from;
  std::string to;
  std::uint32_t nearest = 0;  // 0: all shortest paths; else so many of the shortest ones
  std::uint32_t limit = 100;  // how many paths are listed; never what is counted
  ViewName view = {};
  std::uint32_t deadline_ms = 0;
};
struct RecordOnPaths {
  std::string key;
  ClassNumber class_number;
  std::uint64_t paths = 0;  // of those counted, how many go through it
};
struct PathsResult {
  View view;
  std::uint64_t count = 0;                   // 0: none; UINT64_MAX: so many or more
  bool more = false;                         // nearest: there are others
  std::vector<std::vector<PathStep>> paths;  // shortest first
  std::vector<RecordOnPaths> records;        // on any path that was counted, nearest first
};

enum class TraceWay : std::uint8_t {
  kOut = 1,  // from a relationship's source to its target
  kIn = 2,
  kBoth = 3,
};
struct TracedType {
  std::string type;
  TraceWay way = TraceWay::kBoth;
};
struct TraceRequest {
  std::vector<std::string> roots = {};
  std::vector<TracedType> over = {};
  std::optional<std::uint32_t> depth = {};
  std::vector<std::string> classes = {};  // list these and below; none: all
  std::uint64_t limit = UINT64_MAX;       // how many are listed; never what is counted
  ViewName view = {};
  std::uint32_t deadline_ms = 0;
};
struct TracedRecord {
  std::string key;
  ClassNumber class_number;
  std::uint32_t distance = 0;
  std::uint32_t predecessor = 0;  // the one before on its path, as a position in `records`
  RelationshipTypeNumber via;     // of the step from it
  bool inverse = false;           // of that step
  bool listed = false;            // else a root, or only a path goes through it
};
struct TraceResult {
  View view;
  std::uint64_t total = 0;            // reached, without the roots
  std::uint64_t matching = 0;         // of these, how many are of the classes asked for
  std::vector<TracedRecord> records;  // the roots first, then nearest first
  std::vector<std::pair<ClassNumber, std::uint64_t>> by_class;
  TruncationReason truncated = TruncationReason::kNone;
  std::uint32_t truncated_depth = 0;
  std::uint64_t truncated_frontier = 0;
};
// From a root to records[position]; empty for a root.
std::vector<PathStep> StepsTo(const TraceResult& result, std::size_t position);

struct OrderRequest {
  std::vector<std::string> keys = {};
  std::vector<std::string> affected_by = {};  // these, and all that is hit when they fail
  std::vector<std::string> needed_by = {};    // these, and all that they rest on
  std::vector<std::string> classes = {};      // of what is found so only these and below; none: all
  bool reverse = false;                       // the last wave first
  bool through = false;  // relationships through records that are not ordered count as well
  ViewName view = {};
  std::uint32_t deadline_ms = 0;
};
struct OrderedRecord {
  std::string key;
  ClassNumber class_number;
  std::uint32_t wave = 0;              // from 1 on
  std::optional<std::uint32_t> cycle;  // position in OrderResult::cycles
  std::optional<std::size_t> after;    // position of one that comes before it and has to
};
struct OrderCycle {
  std::uint32_t wave = 0;
  std::uint64_t size = 0;       // members among the records
  std::uint64_t length = 0;     // steps of the way round
  std::vector<PathStep> steps;  // the first 1,000 of them
};
struct OrderResult {
  View view;
  std::uint32_t waves = 0;
  std::vector<OrderedRecord> records;  // in order
  std::vector<OrderCycle> cycles;
};

}  // namespace kosei::client
