// More than one path: all shortest ones, the k shortest ones, and the records they go through.
// docs/paths.md tells users the same in plain words.
//
// A path is a chain of records in which failure travels from each to the next; no record stands
// twice in it. Two paths differ when their records do: where several links join two records, a step
// names the one of which the affected record is the source before one of which it is the target,
// and then the one of the lowest type, as CausalPath does.
//
// Paths stand in one order: fewer links first; equally long ones are compared from their end
// backwards, and the lower record id comes first. So the first is the one that CausalPath gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// One link, in the order in which it is followed.
struct LinkStep {
  RecordId from;
  RelationshipTypeNumber type;
  RecordId to;
  bool inverse = false;  // the link has `to` as its source and `from` as its target
  friend bool operator==(const LinkStep&, const LinkStep&) = default;
};

struct RecordOnPaths {
  RecordId record;
  std::uint64_t paths = 0;  // of those counted, how many go through it; UINT64_MAX: as many or more
};

struct CausalPaths {
  // 0: failure does not get there. UINT64_MAX: as many or more.
  std::uint64_t count = 0;
  bool more = false;                         // there are others than those counted
  std::vector<std::vector<LinkStep>> paths;  // the first of those counted
  // Every record on any path counted, both ends included, by its least distance from the first on a
  // path, then by id.
  std::vector<RecordOnPaths> records;
};

struct PathEnds {
  RecordId from;
  RecordId to;
};

// Every shortest path: all are counted (not one by one, so a ladder of redundant links costs no
// more than its links), the first `listed` are in `paths`. From a record to itself there is one
// path, without steps. Errors as CausalPath (path.h).
absl::StatusOr<CausalPaths> AllShortestPaths(const storage::Reader& reader,
                                             const storage::View& view, const PathEnds& ends,
                                             std::size_t listed, const Budget& budget);

inline constexpr std::size_t kPathsMax = 1'000;

// The `k` shortest paths, longer ones than the shortest included; `count` and `records` are of
// these. kOutOfRange unless k is 1 to kPathsMax; the others as CausalPath.
absl::StatusOr<CausalPaths> KShortestPaths(const storage::Reader& reader, const storage::View& view,
                                           const PathEnds& ends, std::size_t k,
                                           const Budget& budget);

}  // namespace kosei::query
