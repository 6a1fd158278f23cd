// Minimal cut sets of two and three. What a record alone does to the members of gates is its
// signature: two records with the same one are interchangeable, and one with none is in no set, for
// without a gate states that join on their way are just the worst of both. More than that happens
// only where a gate has lost members to several records: combinations are tried that share a gate
// which their losses together may change, many at once.
//
// Cut sets are those of fault trees (Fussell and Vesely, "A new methodology for obtaining cut sets
// for fault trees", 1972); there are cycles and effects here, so sets are followed, not expanded.
#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "cut_groups.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/points_of_failure.h"
#include "lanes.h"
#include "point_search.h"
#include "roots.h"
#include "upstream.h"

namespace kosei::query {
namespace {

using model::State;
using Groups = std::array<std::uint32_t, 3>;
constexpr std::uint32_t kNone = UINT32_MAX;

// Tries combinations of groups in lanes and keeps those that make the service fail.
class CutSearch {
 public:
  CutSearch(const CutGroups& groups, Lanes& lanes, Place service, const CutSetsRequest& request,
            const Budget& budget)
      : groups_(groups), lanes_(lanes), service_(service), request_(request), budget_(budget) {}

  absl::Status Run(CutSets& answer) {
    answer.whole_to = 1;
    KOSEI_RETURN_IF_ERROR(Pairs());
    if (end_ == CutSetsEnd::kWhole) answer.whole_to = 2;
    if (end_ == CutSetsEnd::kWhole && request_.size_max == 3) {
      KOSEI_RETURN_IF_ERROR(Triples());
      if (end_ == CutSetsEnd::kWhole) answer.whole_to = 3;
    }
    answer.end = end_;
    answer.sets = std::move(found_);
    return absl::OkStatus();
  }

 private:
  // Two that fell together into something new.
  struct Interplay {
    std::uint32_t a, b;
    std::vector<std::pair<std::uint32_t, double>> losses;  // gate, and what it lost
  };

  absl::Status Pairs() {
    for (std::uint32_t gate = 0; gate < groups_.gate_count(); ++gate) {
      const std::vector<GateLoss>& losses = groups_.LossesOf(gate);
      for (std::size_t i = 0; i < losses.size(); ++i) {
        for (std::size_t j = i + 1; j < losses.size(); ++j) {
          // Largest first: what comes after takes less.
          if (!groups_.MayChange(gate, losses[i].loss + losses[j].loss)) break;
          const Groups pair = Sorted(losses[i].group, losses[j].group, kNone);
          if (groups_.FirstShared(pair[0], pair[1]) != gate) continue;
          KOSEI_RETURN_IF_ERROR(Try(pair));
          if (end_ != CutSetsEnd::kWhole) return absl::OkStatus();
        }
      }
    }
    return Flush();
  }

  absl::Status Triples() {
    for (std::uint32_t gate = 0; gate < groups_.gate_count(); ++gate) {
      KOSEI_RETURN_IF_ERROR(TriplesOf(gate));
      if (end_ != CutSetsEnd::kWhole) return absl::OkStatus();
    }
    for (const Interplay& pair : interplays_) {
      for (const auto& [gate, loss] : pair.losses) {
        for (const GateLoss& third : groups_.LossesOf(gate)) {
          if (!groups_.MayChange(gate, loss + third.loss)) break;
          if (third.group == pair.a || third.group == pair.b) continue;
          KOSEI_RETURN_IF_ERROR(TryTriple(Sorted(pair.a, pair.b, third.group)));
          if (end_ != CutSetsEnd::kWhole) return absl::OkStatus();
        }
      }
    }
    return Flush();
  }

  // All three take members of this gate.
  absl::Status TriplesOf(std::uint32_t gate) {
    const std::vector<GateLoss>& losses = groups_.LossesOf(gate);
    for (std::size_t i = 0; i < losses.size(); ++i) {
      for (std::size_t j = i + 1; j < losses.size(); ++j) {
        for (std::size_t k = j + 1; k < losses.size(); ++k) {
          if (!groups_.MayChange(gate, losses[i].loss + losses[j].loss + losses[k].loss)) break;
          KOSEI_RETURN_IF_ERROR(
              TryTriple(Sorted(losses[i].group, losses[j].group, losses[k].group)));
          if (end_ != CutSetsEnd::kWhole) return absl::OkStatus();
        }
      }
    }
    return absl::OkStatus();
  }

  static Groups Sorted(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    Groups groups{a, b, c};
    std::sort(groups.begin(), groups.end());
    return groups;
  }
  bool Fails(std::uint32_t a, std::uint32_t b) const {
    return failing_pairs_.contains(Sorted(a, b, kNone));
  }

  absl::Status TryTriple(const Groups& triple) {
    if (Fails(triple[0], triple[1]) || Fails(triple[0], triple[2]) || Fails(triple[1], triple[2]))
      return absl::OkStatus();
    if (!tried_triples_.insert(triple).second) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(CheckMemory());
    return Try(triple);
  }

  absl::Status Try(const Groups& groups) {
    if (tried_ == request_.tried_max) {
      KOSEI_RETURN_IF_ERROR(Flush());
      if (end_ == CutSetsEnd::kWhole) end_ = CutSetsEnd::kTried;
      return absl::OkStatus();
    }
    ++tried_;
    for (const std::uint32_t group : groups) {
      if (group != kNone)
        lanes_.Assume(batch_.size(), groups_.MembersOf(group).front(), State::kFailed);
    }
    batch_.push_back(groups);
    return batch_.size() == lanes_.count() ? Flush() : absl::OkStatus();
  }

  absl::Status Flush() {
    if (batch_.empty()) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(lanes_.Run());
    for (std::size_t lane = 0; lane < batch_.size(); ++lane) {
      if (lanes_.StateOf(lane, service_) == State::kFailed) Keep(batch_[lane]);
    }
    const bool pairs = batch_.front()[2] == kNone;
    if (pairs && request_.size_max == 3) KOSEI_RETURN_IF_ERROR(FindInterplay());
    lanes_.Clear();
    batch_.clear();
    return absl::OkStatus();
  }

  void Keep(const Groups& groups) {
    if (groups[2] == kNone) failing_pairs_.insert(groups);
    if (found_.size() == request_.limit) {
      end_ = CutSetsEnd::kListed;
      return;
    }
    CutSet set{.size = 3, .groups = groups};
    if (groups[2] == kNone) set = {.size = 2, .groups = {groups[0], groups[1], 0}};
    found_.push_back(set);
  }

  absl::Status FindInterplay() {
    const std::vector<Signature> signatures = groups_.SignaturesOf(lanes_, batch_.size());
    for (std::size_t lane = 0; lane < batch_.size(); ++lane) {
      const auto [a, b, none] = batch_[lane];
      if (failing_pairs_.contains(batch_[lane])) continue;
      if (signatures[lane] == groups_.Joined(a, b)) continue;
      interplays_.push_back({a, b, groups_.LossesIn(lanes_, lane, signatures[lane])});
      interplay_bytes_ += sizeof(Interplay) + interplays_.back().losses.size() * 16;
    }
    return CheckMemory();
  }

  absl::Status CheckMemory() const {
    return budget_.CheckMemory(groups_.bytes() + interplay_bytes_ +
                               (tried_triples_.size() + failing_pairs_.size()) * 16);
  }

  const CutGroups& groups_;
  Lanes& lanes_;
  const Place service_;
  const CutSetsRequest& request_;
  const Budget& budget_;
  std::vector<Groups> batch_;
  std::vector<CutSet> found_;
  absl::flat_hash_set<Groups> failing_pairs_;
  absl::flat_hash_set<Groups> tried_triples_;
  std::vector<Interplay> interplays_;
  std::uint64_t interplay_bytes_ = 0;
  std::uint64_t tried_ = 0;
  CutSetsEnd end_ = CutSetsEnd::kWhole;
};

// Names groups by those that are in some set, in the order of their nearest record, and counts.
void Tidy(const Upstream& upstream, const CutGroups& groups, CutSets& answer) {
  std::map<std::uint32_t, std::uint32_t> names;  // groups stand in that order already
  for (const CutSet& set : answer.sets) {
    for (std::uint8_t i = 0; i < set.size; ++i) names.emplace(set.groups[i], 0);
  }
  for (auto& [group, name] : names) {
    name = static_cast<std::uint32_t>(answer.groups.size());
    std::vector<RecordId>& records = answer.groups.emplace_back();
    for (const Place place : groups.MembersOf(group)) records.push_back(upstream.RecordAt(place));
  }
  for (CutSet& set : answer.sets) {
    std::uint64_t count = 1;
    for (std::uint8_t i = 0; i < set.size; ++i) {
      set.groups[i] = names.at(set.groups[i]);
      const std::uint64_t size = answer.groups[set.groups[i]].size();
      count = count > UINT64_MAX / size ? UINT64_MAX : count * size;
    }
    answer.count = answer.count > UINT64_MAX - count ? UINT64_MAX : answer.count + count;
  }
  std::sort(answer.sets.begin(), answer.sets.end(), [](const CutSet& a, const CutSet& b) {
    return std::tuple(a.size, a.groups) < std::tuple(b.size, b.groups);
  });
}

}  // namespace

absl::StatusOr<CutSets> MinimalCutSets(const storage::Reader& reader, const storage::View& view,
                                       const CutSetsRequest& request, const Budget& budget) {
  if (request.size_max != 2 && request.size_max != 3) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("cut sets: size %d, expected 2 or 3; single points of failure "
                                     "are asked for by themselves",
                                     request.size_max),
                     "size");
  }
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, request.service, "cut sets of"));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  GateBook gates(reader, graph, *schema);
  const storage::NodeIndex node = storage::NodeOf(request.service);
  KOSEI_ASSIGN_OR_RETURN(const Upstream upstream,
                         Upstream::Of(graph, *schema, gates, {&node, 1}, budget));
  const Scenario scenario{.contexts = request.contexts, .time = request.time};
  KOSEI_ASSIGN_OR_RETURN(const auto down,
                         DownAlready(reader, view, *schema, scenario, upstream, budget));
  Lanes lanes(upstream, budget);
  KOSEI_RETURN_IF_ERROR(lanes.Settle(down));
  const Place service = upstream.PlaceOf(node);
  CutSets answer;
  answer.view = view;
  answer.before = lanes.Before(service);
  if (answer.before == State::kFailed) return answer;
  KOSEI_ASSIGN_OR_RETURN(const CutGroups groups, CutGroups::Of(upstream, lanes, service, budget));
  CutSearch search(groups, lanes, service, request, budget);
  KOSEI_RETURN_IF_ERROR(search.Run(answer));
  Tidy(upstream, groups, answer);
  return answer;
}

}  // namespace kosei::query
