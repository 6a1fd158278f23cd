#include "kosei/query/order.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

#include "breadth_first.h"
#include "components.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "local_graph.h"
#include "roots.h"
#include "step_meter.h"
#include "waves.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

void SortAndUnite(std::vector<NodeIndex>& nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

class Ordering {
 public:
  Ordering(const storage::Reader& reader, const storage::GraphView& graph,
           const model::Schema& schema, const Budget& budget)
      : reader_(reader),
        graph_(graph),
        schema_(schema),
        down_(FollowedLinks(schema, ImpactDirection::kDown)),
        up_(FollowedLinks(schema, ImpactDirection::kUp)),
        meter_(budget, "order") {}

  absl::StatusOr<OrderAnswer> Run(const OrderRequest& request) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<NodeIndex> wanted, RecordsToOrder(request));
    std::vector<NodeIndex> nodes = wanted;
    if (request.links == OrderLinks::kThrough && !wanted.empty()) {
      KOSEI_ASSIGN_OR_RETURN(nodes, WithThoseBetween(wanted));
    }
    KOSEI_ASSIGN_OR_RETURN(local_, LocalGraph::Make(graph_, up_, std::move(nodes), meter_));
    ordered_.resize(local_.size(), 0);
    for (const NodeIndex node : wanted) ordered_[local_.IndexOf(node)] = 1;
    KOSEI_ASSIGN_OR_RETURN(components_, ComponentsOf(local_, meter_));
    const Waves waves = WavesOf(local_, components_, ordered_, request.direction);
    return Tell(waves);
  }

 private:
  absl::StatusOr<std::vector<NodeIndex>> NodesOf(const std::vector<RecordId>& records) const {
    std::vector<NodeIndex> nodes;
    nodes.reserve(records.size());
    for (const RecordId record : records) {
      KOSEI_RETURN_IF_ERROR(CheckHolds(reader_, graph_, record, "order of"));
      nodes.push_back(storage::NodeOf(record));
    }
    return nodes;
  }

  absl::StatusOr<std::vector<NodeIndex>> RecordsToOrder(const OrderRequest& request) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<NodeIndex> nodes, NodesOf(request.records));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<NodeIndex> failing, NodesOf(request.affected_by));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<NodeIndex> resting, NodesOf(request.needed_by));
    if (!failing.empty()) KOSEI_RETURN_IF_ERROR(Gather(down_, failing, request.classes, nodes));
    if (!resting.empty()) KOSEI_RETURN_IF_ERROR(Gather(up_, resting, request.classes, nodes));
    SortAndUnite(nodes);
    return nodes;
  }

  // Everything along `links` from the roots, and they themselves, that is of the classes.
  absl::Status Gather(const CausalLinks& links, std::span<const NodeIndex> roots,
                      const std::vector<ClassNumber>& classes, std::vector<NodeIndex>& nodes) {
    BreadthFirst walk(graph_, links, meter_.budget());
    walk.Start(roots);
    KOSEI_RETURN_IF_ERROR(WalkToTheEnd(walk, meter_));
    std::copy_if(walk.nodes().begin(), walk.nodes().end(), std::back_inserter(nodes),
                 [&](NodeIndex node) {
                   const ClassNumber of = graph_.ClassOf(node);
                   return classes.empty() ||
                          std::any_of(classes.begin(), classes.end(),
                                      [&](ClassNumber wanted) { return schema_.IsA(of, wanted); });
                 });
    return absl::OkStatus();
  }

  // A chain of links between two of them goes through records that some of them reach and that
  // reach some of them.
  absl::StatusOr<std::vector<NodeIndex>> WithThoseBetween(const std::vector<NodeIndex>& wanted) {
    BreadthFirst forward(graph_, down_, meter_.budget());
    forward.Start(wanted);
    KOSEI_RETURN_IF_ERROR(WalkToTheEnd(forward, meter_));
    BreadthFirst backward(graph_, up_, meter_.budget());
    backward.Start(wanted);
    KOSEI_RETURN_IF_ERROR(WalkToTheEnd(backward, meter_));
    std::vector<NodeIndex> nodes;
    std::copy_if(forward.nodes().begin(), forward.nodes().end(), std::back_inserter(nodes),
                 [&](NodeIndex node) { return backward.Reached(node); });
    std::sort(nodes.begin(), nodes.end());
    return nodes;
  }

  absl::StatusOr<OrderAnswer> Tell(const Waves& waves) {
    struct Place {
      std::uint32_t wave;
      LocalIndex lowest;  // of the component
      std::uint32_t component;
      bool operator<(const Place& other) const {
        return std::tie(wave, lowest) < std::tie(other.wave, other.lowest);
      }
    };
    std::vector<Place> places;
    for (std::uint32_t component = 0; component < components_.count(); ++component) {
      if (waves.lowest[component] == kNoLocal) continue;
      places.push_back({waves.of[component], waves.lowest[component], component});
    }
    std::sort(places.begin(), places.end());
    OrderAnswer answer;
    answer.view = graph_.view();
    answer.waves = waves.count;
    for (const Place& place : places) {
      const std::size_t first = answer.records.size();
      const LocalIndex after = waves.after[place.component];
      for (const LocalIndex node : components_.Members(place.component)) {
        if (ordered_[node] == 0) continue;
        answer.records.push_back(
            {storage::RecordOf(local_.NodeAt(node)), place.wave, kNoCycle,
             after == kNoLocal ? RecordId{0} : storage::RecordOf(local_.NodeAt(after))});
      }
      const std::size_t size = answer.records.size() - first;
      if (size < 2) continue;
      for (std::size_t i = first; i < answer.records.size(); ++i) {
        answer.records[i].cycle = static_cast<std::uint32_t>(answer.cycles.size());
      }
      OrderCycle cycle{.wave = place.wave, .size = size, .steps = {}};
      KOSEI_RETURN_IF_ERROR(FindCycle(place.component, place.lowest, cycle.steps));
      answer.cycles.push_back(std::move(cycle));
    }
    return answer;
  }

  // The shortest cycle through `lowest`; when no other record to be ordered is on it, the shortest
  // way from one such to `lowest`, and back.
  absl::Status FindCycle(std::uint32_t component, LocalIndex lowest, std::vector<LinkStep>& steps) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<LocalIndex> round,
                           NeedsBetween(component, lowest, lowest));
    const bool names_another = std::any_of(round.begin(), round.end(), [&](LocalIndex node) {
      return node != lowest && ordered_[node] != 0;
    });
    if (names_another) {
      AppendSteps(round, steps);
      return absl::OkStatus();
    }
    KOSEI_ASSIGN_OR_RETURN(const std::vector<LocalIndex> there,
                           NeedsBetween(component, lowest, kNoLocal));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<LocalIndex> back,
                           NeedsBetween(component, there.back(), lowest));
    // Failure travels against needs: what is needed last comes first.
    AppendSteps(back, steps);
    AppendSteps(there, steps);
    return absl::OkStatus();
  }

  // The shortest chain of needs within the component from a record to another one, both included;
  // to kNoLocal: to any other one that is to be ordered.
  absl::StatusOr<std::vector<LocalIndex>> NeedsBetween(std::uint32_t component, LocalIndex from,
                                                       LocalIndex to) {
    needed_by_.resize(local_.size(), kNoLocal);
    std::vector<LocalIndex> reached = {from};
    std::vector<LocalIndex> chain;
    for (std::size_t i = 0; i < reached.size() && chain.empty(); ++i) {
      const std::span<const Need> needs = local_.NeedsOf(reached[i]);
      KOSEI_RETURN_IF_ERROR(meter_.Count(needs.size()));
      for (const Need& need : needs) {
        const bool arrived =
            to == kNoLocal ? need.from != from && ordered_[need.from] != 0 : need.from == to;
        if (components_.of[need.from] != component) continue;
        if (arrived) {
          chain = {need.from};
          for (LocalIndex node = reached[i]; node != from; node = needed_by_[node]) {
            chain.push_back(node);
          }
          chain.push_back(from);
          break;
        }
        if (need.from == from || needed_by_[need.from] != kNoLocal) continue;
        needed_by_[need.from] = reached[i];
        reached.push_back(need.from);
      }
    }
    for (const LocalIndex node : reached) needed_by_[node] = kNoLocal;
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  void AppendSteps(const std::vector<LocalIndex>& needs, std::vector<LinkStep>& steps) const {
    for (std::size_t i = needs.size() - 1; i > 0; --i) {
      steps.push_back(local_.StepBetween(needs[i], needs[i - 1]));
    }
  }

  const storage::Reader& reader_;
  const storage::GraphView& graph_;
  const model::Schema& schema_;
  const CausalLinks down_;
  const CausalLinks up_;
  StepMeter meter_;
  LocalGraph local_;
  std::vector<std::uint8_t> ordered_;  // by record: 1 for those to be ordered
  Components components_;
  std::vector<LocalIndex> needed_by_;  // by record; of NeedsBetween, kNoLocal between two calls
};

}  // namespace

absl::StatusOr<OrderAnswer> Order(const storage::Reader& reader, const storage::View& view,
                                  const OrderRequest& request, const Budget& budget) {
  if (request.records.empty() && request.affected_by.empty() && request.needed_by.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "order: no record was named, expected at least one; name what is to be "
                     "ordered, or what it is affected by or needed by",
                     "records");
  }
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  return Ordering(reader, graph, *schema, budget).Run(request);
}

}  // namespace kosei::query
