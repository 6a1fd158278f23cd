#include "cut_groups.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "kosei/base/status_macros.h"
#include "point_search.h"

namespace kosei::query {
namespace {

using model::GateKind;
using model::State;

// Sums of fractions are compared with some room.
constexpr double kRoom = 1e-6;
constexpr std::uint8_t kDegradedMatters = 1;
constexpr std::uint8_t kFailedMatters = 2;  // is seen as worse than degraded

double AmountOf(const Gate& gate, std::size_t member) {
  const GateKind kind = gate.groups.front().kind;
  const bool by_amount = kind == GateKind::kCapacity || kind == GateKind::kWeighted;
  return by_amount ? std::abs(gate.members[member].amount) : 1;
}

// From which loss on the gate's state may be another one, all members counted as lost that are not
// up. 0 where it is not worth knowing.
double LeastLoss(const Gate& gate) {
  const GateGroup& whole = gate.groups.front();
  if (gate.groups.size() > 1) return 0;
  double there = 0;
  for (const std::uint32_t member : whole.members) {
    if (!gate.members[member].in_service) continue;
    if (gate.members[member].amount < 0) return 0;
    there += AmountOf(gate, member);
  }
  switch (whole.kind) {
    case GateKind::kAll:
    case GateKind::kAny:
    case GateKind::kAtLeast:
      return std::floor(there - whole.needed) + 1 - kRoom;
    case GateKind::kCapacity:
      return there - whole.needed - kRoom * (1 + there);
    case GateKind::kWeighted: {
      const double degrades = whole.degrades > 0 ? whole.degrades : whole.fails;
      const double fails = whole.fails > 0 ? whole.fails : degrades;
      return std::min(degrades, fails) * (1 - kRoom);
    }
    case GateKind::kMembers:
    case GateKind::kRecord:
    case GateKind::kPrimary:
      break;
  }
  return 0;
}

}  // namespace

void CutGroups::LookAtGates(const Lanes& lanes) {
  matters_.assign(upstream_->size(), 0);
  for (const UpstreamGate& gate : upstream_->gates()) {
    Bound bound{LeastLoss(*gate.gate), 0};
    for (std::size_t i = 0; i < gate.members.size(); ++i) {
      const GateMember& member = gate.gate->members[i];
      if (!member.in_service) continue;
      if (member.effect[1] > State::kUp) matters_[gate.members[i]] |= kDegradedMatters;
      if (member.effect[2] > member.effect[1]) matters_[gate.members[i]] |= kFailedMatters;
      if (lanes.Before(gate.members[i]) != State::kUp) bound.before += AmountOf(*gate.gate, i);
    }
    bounds_.push_back(bound);
  }
  losses_.resize(bounds_.size());
}

std::vector<Signature> CutGroups::SignaturesOf(const Lanes& lanes, std::size_t count) const {
  std::vector<Place> members;
  for (const Place place : lanes.touched()) {
    if (matters_[place] != 0) members.push_back(place);
  }
  std::sort(members.begin(), members.end());
  std::vector<Signature> signatures(count);
  for (const Place place : members) {
    const std::uint64_t* const bits = lanes.At(place);
    for (std::size_t word = 0; word < lanes.words(); ++word) {
      std::uint64_t settled = ~std::uint64_t{0};
      for (const std::uint32_t gate : upstream_->GatesFedBy(place))
        settled &= lanes.At(upstream_->gates()[gate].place)[lanes.words() + word];
      for (std::uint64_t left = bits[word] & ~settled; left != 0; left &= left - 1) {
        const std::size_t lane = (word << 6) + static_cast<unsigned>(std::countr_zero(left));
        if (lane >= count) break;
        State state = lanes.StateOf(lane, place);
        if (state == State::kFailed && (matters_[place] & kFailedMatters) == 0)
          state = State::kDegraded;
        if (state == State::kDegraded && (matters_[place] & kDegradedMatters) == 0) continue;
        if (state <= lanes.Before(place)) continue;
        signatures[lane].emplace_back(place, static_cast<std::uint8_t>(state));
      }
    }
  }
  return signatures;
}

std::vector<std::pair<std::uint32_t, double>> CutGroups::LossesIn(
    const Lanes& lanes, std::size_t lane, const Signature& signature) const {
  std::vector<std::pair<std::uint32_t, double>> losses;
  for (const auto& [place, state] : signature) {
    for (const std::uint32_t gate : upstream_->GatesFedBy(place)) {
      const UpstreamGate& fed = upstream_->gates()[gate];
      if (lanes.StateOf(lane, fed.place) == State::kFailed) continue;
      double loss = 0;
      for (std::size_t i = 0; i < fed.members.size(); ++i) {
        if (fed.members[i] == place && fed.gate->members[i].in_service)
          loss += AmountOf(*fed.gate, i);
      }
      losses.emplace_back(gate, loss);
    }
  }
  std::sort(losses.begin(), losses.end());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (kept > 0 && losses[kept - 1].first == losses[i].first) {
      losses[kept - 1].second += losses[i].second;
    } else {
      losses[kept++] = losses[i];
    }
  }
  losses.resize(kept);
  return losses;
}

absl::StatusOr<CutGroups> CutGroups::Of(const Upstream& upstream, Lanes& lanes, Place service,
                                        const Budget& budget) {
  CutGroups out(upstream);
  out.LookAtGates(lanes);
  const std::vector<State> over_links = OverLinksAlone(upstream, service);
  std::vector<Place> candidates;
  for (Place place = 0; place < upstream.size(); ++place) {
    if (place != service && upstream.BehindGate(place) && over_links[place] != State::kFailed &&
        lanes.Before(place) != State::kFailed)
      candidates.push_back(place);
  }
  absl::flat_hash_map<Signature, std::uint32_t> known;
  KOSEI_RETURN_IF_ERROR(FollowEach(lanes, candidates, [&](std::size_t first, std::size_t count) {
    std::vector<Signature> signatures = out.SignaturesOf(lanes, count);
    for (std::size_t lane = 0; lane < count; ++lane) {
      if (signatures[lane].empty() || lanes.StateOf(lane, service) == State::kFailed) continue;
      const auto [entry, fresh] =
          known.emplace(signatures[lane], static_cast<std::uint32_t>(out.groups_.size()));
      if (fresh) {
        Group group;
        group.losses = out.LossesIn(lanes, lane, signatures[lane]);
        out.bytes_ += 128 + signatures[lane].size() * 16 + group.losses.size() * 32;
        group.signature = std::move(signatures[lane]);
        out.groups_.push_back(std::move(group));
      }
      out.groups_[entry->second].members.push_back(candidates[first + lane]);
    }
    return budget.CheckMemory(upstream.bytes() + out.bytes_);
  }));
  out.PutInOrder(service);
  return out;
}

void CutGroups::PutInOrder(Place service) {
  const std::vector<std::uint32_t> distances = upstream_->DistancesTo(service);
  const auto rank = [&](Place place) {
    return std::tuple(distances[place], upstream_->NodeAt(place));
  };
  for (Group& group : groups_) {
    std::sort(group.members.begin(), group.members.end(),
              [&](Place a, Place b) { return rank(a) < rank(b); });
  }
  std::sort(groups_.begin(), groups_.end(), [&](const Group& a, const Group& b) {
    return rank(a.members.front()) < rank(b.members.front());
  });
  for (std::uint32_t group = 0; group < groups_.size(); ++group) {
    for (const auto& [gate, loss] : groups_[group].losses) losses_[gate].push_back({group, loss});
  }
  for (std::vector<GateLoss>& losses : losses_) {
    std::sort(losses.begin(), losses.end(), [](const GateLoss& a, const GateLoss& b) {
      return std::tuple(b.loss, a.group) < std::tuple(a.loss, b.group);
    });
  }
}

std::uint32_t CutGroups::FirstShared(std::uint32_t a, std::uint32_t b) const {
  auto left = groups_[a].losses.begin();
  auto right = groups_[b].losses.begin();
  while (left != groups_[a].losses.end() && right != groups_[b].losses.end()) {
    if (left->first < right->first) {
      ++left;
    } else if (right->first < left->first) {
      ++right;
    } else {
      if (MayChange(left->first, left->second + right->second)) return left->first;
      ++left;
      ++right;
    }
  }
  return kNowhere;
}

Signature CutGroups::Joined(std::uint32_t a, std::uint32_t b) const {
  Signature joined;
  std::merge(groups_[a].signature.begin(), groups_[a].signature.end(), groups_[b].signature.begin(),
             groups_[b].signature.end(), std::back_inserter(joined));
  // Of two for one place the worse stands last.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (kept > 0 && joined[kept - 1].first == joined[i].first) --kept;
    joined[kept++] = joined[i];
  }
  joined.resize(kept);
  return joined;
}

}  // namespace kosei::query
