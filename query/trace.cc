#include "kosei/query/trace.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "breadth_first.h"
#include "causal_links.h"
#include "class_counts.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "roots.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;
using storage::TypeIndex;

// A walk follows what it is told to follow, whether it carries failure or not.
absl::StatusOr<CausalLinks> TracedLinks(const model::Schema& schema,
                                        const std::vector<TracedType>& over) {
  if (over.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "trace: no relationship type was named, expected at least one; name what to "
                     "follow",
                     "over");
  }
  CausalLinks links;
  for (const TracedType& traced : over) {
    if (schema.FindRelationshipType(traced.type) == nullptr) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("trace: the model of that day has no relationship type %d",
                                       traced.type.value),
                       "over");
    }
    const auto index = static_cast<TypeIndex>(traced.type.value);
    if (traced.way != TraceWay::kIn) {
      links.out[index] = 1;
      links.out_bits |= storage::TypeBit(index);
    }
    if (traced.way != TraceWay::kOut) {
      links.in[index] = 1;
      links.in_bits |= storage::TypeBit(index);
    }
  }
  return links;
}

// A walk keeps the type of a step; which way its link points follows from what may be followed, and
// where both ways may, a link to the record before is taken first.
std::vector<std::uint8_t> InverseSteps(const storage::GraphView& graph, const CausalLinks& links,
                                       const ImpactAnswer& reached) {
  std::vector<std::uint8_t> inverse(reached.nodes.size(), 0);
  for (std::uint64_t i = reached.root_count(); i < reached.nodes.size(); ++i) {
    const TypeIndex type = reached.vias[i];
    const bool either = links.in[type] != 0 && links.out[type] != 0;
    const bool against =
        either ? graph.HasLink(reached.nodes[i], type, reached.nodes[reached.parents[i]])
               : links.in[type] != 0;
    inverse[i] = against ? 1 : 0;
  }
  return inverse;
}

std::vector<std::uint32_t> Listed(const storage::GraphView& graph, const model::Schema& schema,
                                  const ImpactAnswer& reached,
                                  const std::vector<ClassNumber>& classes) {
  std::vector<std::uint32_t> listed;
  for (std::uint64_t i = reached.root_count(); i < reached.nodes.size(); ++i) {
    const ClassNumber of = graph.ClassOf(reached.nodes[i]);
    const bool wanted =
        classes.empty() || std::any_of(classes.begin(), classes.end(), [&](ClassNumber wanted_one) {
          return schema.IsA(of, wanted_one);
        });
    if (wanted) listed.push_back(static_cast<std::uint32_t>(i));
  }
  return listed;
}

}  // namespace

absl::StatusOr<TraceAnswer> Trace(const storage::Reader& reader, const storage::View& view,
                                  const TraceRequest& request, const Budget& budget) {
  if (request.roots.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "trace: no record was named, expected at least one; name where to begin",
                     "roots");
  }
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  std::vector<NodeIndex> roots;
  roots.reserve(request.roots.size());
  for (const RecordId root : request.roots) {
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, root, "trace from"));
    roots.push_back(storage::NodeOf(root));
  }
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  KOSEI_ASSIGN_OR_RETURN(const CausalLinks links, TracedLinks(*schema, request.over));
  BreadthFirst walk(graph, links, budget);
  walk.Start(roots);
  TraceAnswer answer;
  ImpactAnswer& reached = answer.reached;
  reached.view = view;
  while (!walk.exhausted() && !reached.truncated.has_value()) {
    if (request.depth.has_value() && walk.depth() >= *request.depth) {
      KOSEI_ASSIGN_OR_RETURN(reached.truncated, walk.Probe());
      break;
    }
    KOSEI_ASSIGN_OR_RETURN(reached.truncated, walk.Advance());
  }
  walk.MoveTo(reached);
  reached.counts_by_class = CountByClass(graph, reached.nodes, reached.root_count());
  answer.inverse = InverseSteps(graph, links, reached);
  answer.listed = Listed(graph, *schema, reached, request.classes);
  return answer;
}

std::vector<LinkStep> StepsTo(const TraceAnswer& answer, std::uint64_t position) {
  std::vector<LinkStep> steps;
  for (const PathStep& step : PathTo(answer.reached, position)) {
    steps.push_back({step.from, step.type, step.to, false});
  }
  std::uint64_t at = position;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    step->inverse = answer.inverse[at] != 0;
    at = answer.reached.parents[at];
  }
  return steps;
}

}  // namespace kosei::query
