// Trace: where one gets to along links of given types, failure or no failure: where a cable goes,
// all addresses of a host, who stands behind a team.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/query/paths.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

enum class TraceWay : std::uint8_t {
  kOut = 1,   // from a link's source to its target
  kIn = 2,    // from its target to its source
  kBoth = 3,  // either way
};

struct TracedType {
  RelationshipTypeNumber type;
  TraceWay way = TraceWay::kBoth;
};

struct TraceRequest {
  std::vector<RecordId> roots = {};   // at least one; duplicates are fine
  std::vector<TracedType> over = {};  // at least one; of a type that stands twice both ways count
  std::optional<std::uint32_t> depth = std::nullopt;  // links from a root; none: unlimited
  // Which of those reached are listed: these classes and below; none: all. The walk goes through
  // the others as well.
  std::vector<ClassNumber> classes = {};
};

struct TraceAnswer {
  // Entries, order, distances, paths and truncation as Impact gives them (impact.h), but along
  // these links.
  ImpactAnswer reached;
  std::vector<std::uint8_t> inverse;  // by entry: LinkStep::inverse of the step into it
  std::vector<std::uint32_t> listed;  // entries of the classes asked for, without the roots
};

// Errors and budget as Impact; kInvalidArgument also without a type, or with one that the model of
// the View's day does not have.
absl::StatusOr<TraceAnswer> Trace(const storage::Reader& reader, const storage::View& view,
                                  const TraceRequest& request, const Budget& budget);

// The steps from a root to an entry; empty for a root.
std::vector<LinkStep> StepsTo(const TraceAnswer& answer, std::uint64_t position);

}  // namespace kosei::query
