#include "point_search.h"

#include <algorithm>
#include <bit>

#include "contexts.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using model::State;

constexpr std::uint8_t kNever = 3;

// The least state of each record that makes `target` at least `wanted` over links alone.
std::vector<std::uint8_t> LeastStates(const Upstream& upstream, Place target, State wanted) {
  std::vector<std::uint8_t> least(upstream.size(), kNever);
  std::vector<Place> pending = {target};
  least[target] = static_cast<std::uint8_t>(wanted);
  while (!pending.empty()) {
    const Place taker = pending.back();
    pending.pop_back();
    for (const UpstreamLink& link : upstream.Givers(taker)) {
      const std::uint8_t needed = link.of_degraded >= least[taker] ? 1
                                  : link.of_failed >= least[taker] ? 2
                                                                   : kNever;
      if (needed >= least[link.other]) continue;
      least[link.other] = needed;
      pending.push_back(link.other);
    }
  }
  return least;
}

// One bit of each word is of one candidate.
template <typename Visit>
void ForEachLane(const std::uint64_t* words, std::size_t count, std::size_t lanes, Visit&& visit) {
  for (std::size_t word = 0; word < count; ++word) {
    for (std::uint64_t left = words[word]; left != 0; left &= left - 1) {
      const std::size_t lane = (word << 6) + static_cast<unsigned>(std::countr_zero(left));
      if (lane < lanes) visit(lane);
    }
  }
}

// Looks for the points of several targets.
class Finder {
 public:
  Finder(const Upstream& upstream, Lanes& lanes, std::span<const Place> targets)
      : upstream_(upstream),
        lanes_(lanes),
        targets_(targets),
        target_at_(upstream.size(), kNowhere),
        hits_(targets.size()) {
    for (std::uint32_t i = 0; i < targets.size(); ++i) {
      target_at_[targets[i]] = i;
      over_links_.push_back(OverLinksAlone(upstream, targets[i]));
    }
  }

  absl::StatusOr<std::vector<std::vector<PointHit>>> Run(std::span<const Place> candidates) {
    if (candidates.empty()) {
      for (Place place = 0; place < upstream_.size(); ++place) Judge(place);
    } else {
      for (const Place place : candidates) Judge(place);
    }
    KOSEI_RETURN_IF_ERROR(FollowEach(lanes_, to_follow_, [&](std::size_t first, std::size_t count) {
      for (const Place place : lanes_.touched()) {
        if (target_at_[place] != kNowhere) Collect(target_at_[place], first, count);
      }
      return absl::OkStatus();
    }));
    return std::move(hits_);
  }

 private:
  void Judge(Place place) {
    if (lanes_.Before(place) == State::kFailed) return;
    const bool behind_gate = upstream_.BehindGate(place);
    bool follow = false;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (targets_[i] == place) continue;
      const State outcome = over_links_[i][place];
      if (outcome == State::kFailed || !behind_gate) {
        if (outcome > lanes_.Before(targets_[i])) hits_[i].push_back({place, outcome, false});
      } else {
        follow = true;
      }
    }
    if (follow) to_follow_.push_back(place);
  }

  void Collect(std::uint32_t target, std::size_t first, std::size_t count) {
    const State before = lanes_.Before(targets_[target]);
    if (before == State::kFailed) return;
    const std::uint64_t* const bits = lanes_.At(targets_[target]);
    // In every lane, when it is degraded before.
    const std::uint64_t* const worse = before == State::kUp ? bits : bits + lanes_.words();
    ForEachLane(worse, lanes_.words(), count, [&](std::size_t lane) {
      const Place place = to_follow_[first + lane];
      const State over_links = over_links_[target][place];
      if (place == targets_[target] || over_links == State::kFailed) return;
      const State outcome = lanes_.StateOf(lane, targets_[target]);
      hits_[target].push_back({place, outcome, outcome > over_links});
    });
  }

  const Upstream& upstream_;
  Lanes& lanes_;
  const std::span<const Place> targets_;
  std::vector<std::uint32_t> target_at_;  // by place
  std::vector<std::vector<State>> over_links_;
  std::vector<std::vector<PointHit>> hits_;
  std::vector<Place> to_follow_;
};

}  // namespace

std::vector<State> OverLinksAlone(const Upstream& upstream, Place target) {
  const std::vector<std::uint8_t> degraded = LeastStates(upstream, target, State::kDegraded);
  const std::vector<std::uint8_t> failed = LeastStates(upstream, target, State::kFailed);
  std::vector<State> states(upstream.size(), State::kUp);
  for (Place place = 0; place < upstream.size(); ++place) {
    if (failed[place] != kNever) {
      states[place] = State::kFailed;
    } else if (degraded[place] != kNever) {
      states[place] = State::kDegraded;
    }
  }
  return states;
}

absl::StatusOr<std::vector<std::vector<PointHit>>> FindPoints(const Upstream& upstream,
                                                              Lanes& lanes,
                                                              std::span<const Place> targets,
                                                              std::span<const Place> candidates) {
  return Finder(upstream, lanes, targets).Run(candidates);
}

absl::Status FollowEach(Lanes& lanes, std::span<const Place> candidates,
                        absl::FunctionRef<absl::Status(std::size_t, std::size_t)> visit) {
  for (std::size_t first = 0; first < candidates.size(); first += lanes.count()) {
    const std::size_t count = std::min(lanes.count(), candidates.size() - first);
    for (std::size_t lane = 0; lane < count; ++lane)
      lanes.Assume(lane, candidates[first + lane], State::kFailed);
    KOSEI_RETURN_IF_ERROR(lanes.Run());
    KOSEI_RETURN_IF_ERROR(visit(first, count));
    lanes.Clear();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::pair<Place, State>>> DownAlready(
    const storage::Reader& reader, const storage::View& view, const model::Schema& schema,
    const Scenario& scenario, const Upstream& upstream, const Budget& budget) {
  std::vector<std::pair<Place, State>> down;
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ImpactContextFinding> findings,
                         FindContexts(reader, view, schema, scenario, budget));
  for (const ImpactContextFinding& finding : findings) {
    const Place place = upstream.PlaceOf(storage::NodeOf(finding.assumption.record));
    if (place != kNowhere) down.emplace_back(place, finding.assumption.state);
  }
  return down;
}

}  // namespace kosei::query
