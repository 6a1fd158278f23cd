#include "kosei/query/points_of_failure.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/gate.h"
#include "lanes.h"
#include "point_search.h"
#include "roots.h"
#include "upstream.h"

namespace kosei::query {
namespace {

using model::State;
using storage::NodeIndex;

// Services share what they rest on; so many are asked about together. Each keeps a byte for every
// record they rest on.
constexpr std::size_t kServicesTogether = 256;
constexpr std::uint64_t kTogetherBytes = std::uint64_t{32} << 20;

class Run {
 public:
  Run(const storage::Reader& reader, const storage::GraphView& graph, const model::Schema& schema,
      const PointsRequest& request, const Budget& budget,
      absl::FunctionRef<bool(const ServicePoints&)> visit)
      : reader_(reader),
        graph_(graph),
        schema_(schema),
        scenario_{.contexts = request.contexts, .time = request.time},
        limit_(request.limit),
        budget_(budget),
        visit_(visit) {}

  // False: `visit` has enough.
  absl::StatusOr<bool> Of(std::span<const NodeIndex> services) {
    for (std::size_t at = 0; at < services.size(); at += kServicesTogether) {
      KOSEI_ASSIGN_OR_RETURN(
          const bool more,
          Together(services.subspan(at, std::min(kServicesTogether, services.size() - at))));
      if (!more) return false;
    }
    return true;
  }

 private:
  // In halves when it would take too much memory.
  absl::StatusOr<bool> Together(std::span<const NodeIndex> services) {
    const absl::Status status = Attempt(services);
    if (status.ok()) return Tell();
    if (services.size() == 1 || !HasCode(status, ErrorCode::kMemoryBudget)) return status;
    const std::size_t half = services.size() / 2;
    KOSEI_ASSIGN_OR_RETURN(const bool more, Together(services.first(half)));
    return more ? Together(services.subspan(half)) : absl::StatusOr<bool>(false);
  }

  absl::Status Attempt(std::span<const NodeIndex> services) {
    answers_.clear();
    GateBook gates(reader_, graph_, schema_);
    KOSEI_ASSIGN_OR_RETURN(const Upstream upstream,
                           Upstream::Of(graph_, schema_, gates, services, budget_));
    if (services.size() > 1 && services.size() * upstream.size() > kTogetherBytes) {
      return MakeError(ErrorCode::kMemoryBudget, "points of failure: too many at once");
    }
    Lanes lanes(upstream, budget_);
    KOSEI_ASSIGN_OR_RETURN(const auto down, DownAlready(reader_, graph_.view(), schema_, scenario_,
                                                        upstream, budget_));
    KOSEI_RETURN_IF_ERROR(lanes.Settle(down));
    std::vector<Place> targets;
    for (const NodeIndex service : services) targets.push_back(upstream.PlaceOf(service));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<std::vector<PointHit>> hits,
                           FindPoints(upstream, lanes, targets, {}));
    for (std::size_t i = 0; i < targets.size(); ++i) {
      KOSEI_RETURN_IF_ERROR(budget_.Check());
      answers_.push_back(AnswerOf(upstream, lanes.Before(targets[i]), targets[i], hits[i]));
    }
    return absl::OkStatus();
  }

  ServicePoints AnswerOf(const Upstream& upstream, State before, Place target,
                         const std::vector<PointHit>& hits) const {
    ServicePoints answer;
    answer.service = upstream.RecordAt(target);
    answer.before = before;
    const std::vector<std::uint32_t> distances = upstream.DistancesTo(target);
    answer.upstream = static_cast<std::uint64_t>(std::count_if(
        distances.begin(), distances.end(),
        [](std::uint32_t distance) { return distance != kNowhere && distance != 0; }));
    answer.points.reserve(hits.size());
    for (const PointHit& hit : hits) {
      ++(hit.outcome == State::kFailed ? answer.failing : answer.degrading);
      answer.points.push_back(
          {upstream.RecordAt(hit.place), hit.outcome, distances[hit.place], hit.by_gate});
    }
    std::sort(answer.points.begin(), answer.points.end(),
              [](const SinglePoint& a, const SinglePoint& b) {
                return std::tuple(b.outcome, a.distance, a.record) <
                       std::tuple(a.outcome, b.distance, b.record);
              });
    if (answer.points.size() > limit_) answer.points.resize(limit_);
    return answer;
  }

  bool Tell() {
    for (const ServicePoints& answer : answers_) {
      if (!visit_(answer)) return false;
    }
    return true;
  }

  const storage::Reader& reader_;
  const storage::GraphView& graph_;
  const model::Schema& schema_;
  const Scenario scenario_;
  const std::uint64_t limit_;
  const Budget& budget_;
  const absl::FunctionRef<bool(const ServicePoints&)> visit_;
  std::vector<ServicePoints> answers_;
};

// Every service that holds in the View.
absl::StatusOr<std::vector<NodeIndex>> AllServices(const storage::Reader& reader,
                                                   const storage::GraphView& graph,
                                                   const model::Schema& schema,
                                                   const Budget& budget) {
  std::vector<NodeIndex> services;
  for (NodeIndex node = 1; node < graph.node_limit(); ++node) {
    if (node % kStepsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget.Check());
    if (!schema.IsService(graph.ClassOf(node))) continue;
    const absl::Status status = CheckHolds(reader, graph, storage::RecordOf(node), "services");
    if (HasCode(status, ErrorCode::kNotFound)) continue;
    KOSEI_RETURN_IF_ERROR(status);
    services.push_back(node);
  }
  return services;
}

}  // namespace

absl::StatusOr<PointsSummary> SinglePoints(const storage::Reader& reader, const storage::View& view,
                                           const PointsRequest& request, const Budget& budget,
                                           absl::FunctionRef<bool(const ServicePoints&)> visit) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  std::vector<NodeIndex> services;
  for (const RecordId service : request.services) {
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, service, "points of failure of"));
    const NodeIndex node = storage::NodeOf(service);
    if (std::find(services.begin(), services.end(), node) == services.end())
      services.push_back(node);
  }
  if (services.empty()) {
    KOSEI_ASSIGN_OR_RETURN(services, AllServices(reader, graph, *schema, budget));
  }
  Run run(reader, graph, *schema, request, budget, visit);
  KOSEI_RETURN_IF_ERROR(run.Of(services).status());
  return PointsSummary{view, services.size()};
}

}  // namespace kosei::query
