// CutGroups: the records that can be in a cut set of a service, grouped by what their failure takes
// from gates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/query/budget.h"
#include "lanes.h"
#include "upstream.h"

namespace kosei::query {

// The members of gates that fail or degrade (model::State), ascending by place; without those of
// which every gated record has failed, for whatever else happens there changes nothing.
using Signature = std::vector<std::pair<Place, std::uint8_t>>;

// How much a group takes from a gate at most: members, or what they count.
struct GateLoss {
  std::uint32_t group = 0;
  double loss = 0;
};

class CutGroups {
 public:
  // Of all records that do not make `service` fail by themselves. `lanes` is settled; it is clear
  // afterwards. The errors of Lanes::Run.
  static absl::StatusOr<CutGroups> Of(const Upstream& upstream, Lanes& lanes, Place service,
                                      const Budget& budget);

  std::uint32_t gate_count() const { return static_cast<std::uint32_t>(bounds_.size()); }
  // Largest first; without groups that already make the gated record fail.
  const std::vector<GateLoss>& LossesOf(std::uint32_t gate) const { return losses_[gate]; }
  // Whether the gate may have another state than before when it loses so much. Never wrong when it
  // says no; more loss, more often yes.
  bool MayChange(std::uint32_t gate, double loss) const {
    return bounds_[gate].before + loss >= bounds_[gate].least;
  }
  // The first gate that both take members of and that may change by it; kNowhere: none.
  std::uint32_t FirstShared(std::uint32_t a, std::uint32_t b) const;
  // Nearest to the service first, then by id. Groups are in the order of their first.
  const std::vector<Place>& MembersOf(std::uint32_t group) const { return groups_[group].members; }
  // What two take from gates when nothing new comes of it.
  Signature Joined(std::uint32_t a, std::uint32_t b) const;

  // What happened in the first `count` lanes of a run.
  std::vector<Signature> SignaturesOf(const Lanes& lanes, std::size_t count) const;
  // Gates and what they lose, but for those whose record failed in this lane.
  std::vector<std::pair<std::uint32_t, double>> LossesIn(const Lanes& lanes, std::size_t lane,
                                                         const Signature& signature) const;
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Group {
    Signature signature;
    std::vector<Place> members;
    std::vector<std::pair<std::uint32_t, double>> losses;  // ascending by gate
  };
  // A loss below `least` changes nothing; `before` is lost already.
  struct Bound {
    double least = 0;
    double before = 0;
  };

  explicit CutGroups(const Upstream& upstream) : upstream_(&upstream) {}
  void LookAtGates(const Lanes& lanes);
  void PutInOrder(Place service);

  const Upstream* upstream_;
  std::vector<std::uint8_t> matters_;  // by place: the states in which gates see it differently
  std::vector<Bound> bounds_;
  std::vector<std::vector<GateLoss>> losses_;
  std::vector<Group> groups_;
  std::uint64_t bytes_ = 0;
};

}  // namespace kosei::query
