#include "state_reference.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace kosei::query {
namespace {

using model::State;

// What one child of a group is worth and in which state.
struct Child {
  State state;
  double size;
  bool present;
};

struct Feeder {
  std::string giver;
  std::string type;
  State arrives;
};

State Softened(State state) { return state == State::kFailed ? State::kDegraded : State::kUp; }

// What arrives at `taker` over the link, from whichever end it can be hit.
std::vector<Feeder> FeedersOf(const SpecWorld& world, const std::string& taker,
                              const States& states) {
  std::vector<Feeder> feeders;
  for (const SpecLink& link : world.links) {
    const bool to_cluster = world.records.at(link.target).class_name == "Cluster";
    const bool down_to_source = link.type == "needs" || link.type == "soft" ||
                                link.type == "twins" || (link.type == "member_of" && !to_cluster);
    const bool up_to_target =
        link.type == "gives" || link.type == "twins" || (link.type == "member_of" && to_cluster);
    const auto add = [&](const std::string& giver) {
      State state = states.at(giver);
      if (link.type == "soft") state = Softened(state);
      if (link.type == "needs" && to_cluster && world.records.at(link.source).class_name == "Part")
        state = Softened(state);
      feeders.push_back({giver, link.type, state});
    };
    if (down_to_source && link.source == taker) add(link.target);
    if (up_to_target && link.target == taker) add(link.source);
  }
  return feeders;
}

bool Fits(const GateSpec& leaf, const Feeder& feeder) {
  return leaf.key.empty() ? feeder.type == leaf.type : feeder.giver == leaf.key;
}

State EvaluateSpec(const GateSpec& spec, const SpecWorld& world,
                   const std::vector<Feeder>& feeders);

std::vector<Child> ChildrenOf(const GateSpec& spec, const SpecWorld& world,
                              const std::vector<Feeder>& feeders) {
  std::vector<Child> children;
  for (const GateSpec& part : spec.parts) {
    if (part.kind != "members") {
      const double size = spec.kind == "capacity" ? 0 : 1;
      children.push_back({EvaluateSpec(part, world, feeders), size, true});
      continue;
    }
    for (const Feeder& feeder : feeders) {
      if (!Fits(part, feeder)) continue;
      const SpecRecord& record = world.records.at(feeder.giver);
      children.push_back(
          {feeder.arrives, part.weigh ? static_cast<double>(record.size) : 1.0, !record.retired});
    }
  }
  return children;
}

// The state of the k-th best of those that are there.
State KthBest(std::vector<Child> children, double k) {
  std::erase_if(children, [](const Child& child) { return !child.present; });
  const auto count = static_cast<std::size_t>(std::min(k, static_cast<double>(children.size())));
  if (count == 0) return State::kUp;
  std::sort(children.begin(), children.end(),
            [](const Child& a, const Child& b) { return a.state < b.state; });
  return children[count - 1].state;
}

State EvaluateSpec(const GateSpec& spec, const SpecWorld& world,
                   const std::vector<Feeder>& feeders) {
  if (spec.kind == "members") return EvaluateSpec({.kind = "all", .parts = {spec}}, world, feeders);
  if (spec.kind == "primary") {
    std::vector<State> states;
    for (const GateSpec& part : spec.parts) states.push_back(EvaluateSpec(part, world, feeders));
    if (states.front() == State::kUp) return State::kUp;
    return std::max(State::kDegraded, *std::min_element(states.begin(), states.end()));
  }
  const std::vector<Child> children = ChildrenOf(spec, world, feeders);
  if (spec.kind == "any") return KthBest(children, 1);
  if (spec.kind == "all") return KthBest(children, 1e9);
  if (spec.kind == "at_least") return KthBest(children, spec.first);
  if (spec.kind == "percent")
    return KthBest(children, std::ceil(static_cast<double>(children.size()) * spec.first / 100));
  double all = 0, up = 0, working = 0, loss = 0;
  for (const Child& child : children) {
    if (!child.present) continue;
    all += child.size;
    if (child.state == State::kUp) up += child.size;
    if (child.state != State::kFailed) working += child.size;
    if (child.state == State::kFailed) loss += child.size;
    if (child.state == State::kDegraded) loss += child.size / 2;
  }
  if (spec.kind == "capacity") {
    const double needed = std::min<double>(spec.first, all);
    return up >= needed ? State::kUp : working >= needed ? State::kDegraded : State::kFailed;
  }
  if (spec.second > 0 && loss >= spec.second) return State::kFailed;
  return spec.first > 0 && loss >= spec.first ? State::kDegraded : State::kUp;
}

bool InLeaf(const GateSpec& spec, const Feeder& feeder) {
  if (spec.kind == "members") return Fits(spec, feeder);
  return std::any_of(spec.parts.begin(), spec.parts.end(),
                     [&](const GateSpec& part) { return InLeaf(part, feeder); });
}

State NextState(const SpecWorld& world, const std::string& key, const States& states) {
  const SpecRecord& record = world.records.at(key);
  std::vector<GateSpec> gate = record.gate;
  if (gate.empty() && record.class_name == "Cluster") {
    const GateSpec members{.kind = "members", .type = "member_of"};
    gate.push_back(record.quorum < 0
                       ? GateSpec{.kind = "all", .parts = {members}}
                       : GateSpec{.kind = "at_least", .first = record.quorum, .parts = {members}});
  }
  const std::vector<Feeder> feeders = FeedersOf(world, key, states);
  State state = states.at(key);
  if (!gate.empty()) state = std::max(state, EvaluateSpec(gate.front(), world, feeders));
  for (const Feeder& feeder : feeders) {
    if (gate.empty() || !InLeaf(gate.front(), feeder)) state = std::max(state, feeder.arrives);
  }
  return state;
}

}  // namespace

const std::string_view kSpecModel = R"(
classes:
  - name: Thing
    label: {en: Thing, ja: もの}
    out_of_service: {attribute: status, values: [retired]}
    attributes:
      - {name: status, type: enum, label: {en: Status, ja: 状態}, index: true,
         values: [{name: live, label: {en: Live, ja: 稼働中}}, {name: retired, label: {en: Retired, ja: 廃止}}]}
      - {name: health, type: enum, label: {en: Health, ja: 健全性},
         values: [{name: good, label: {en: Good, ja: 良好}}, {name: poor, label: {en: Poor, ja: 低下}}, {name: bad, label: {en: Bad, ja: 停止}}]}
      - {name: size, type: integer, label: {en: Size, ja: 大きさ}}
      - {name: own_gate, type: gate, label: {en: Gate, ja: ゲート}}
  - {name: Part, parent: Thing, label: {en: Part, ja: 部品}}
  - name: Cluster
    parent: Thing
    label: {en: Cluster, ja: クラスター}
    gate: at_least(quorum, member_of)
    attributes:
      - {name: quorum, type: integer, label: {en: Quorum, ja: 最小数}}
relationship_types:
  - {name: needs, label: {en: Needs, ja: 依存先}, inverse_label: {en: Needed by, ja: 依存元},
     endpoints: [{source: Thing, target: Thing}], cardinality: many_to_many, impact: target_to_source,
     impact_rules: [{source: Part, target: Cluster, failed: degraded, degraded: up}]}
  - {name: soft, label: {en: Likes, ja: 利用先}, inverse_label: {en: Liked by, ja: 利用元},
     endpoints: [{source: Thing, target: Thing}], cardinality: many_to_many, impact: target_to_source,
     effect: {failed: degraded, degraded: up}}
  - {name: gives, label: {en: Gives, ja: 提供先}, inverse_label: {en: Given by, ja: 提供元},
     endpoints: [{source: Thing, target: Thing}], cardinality: many_to_many, impact: source_to_target}
  - {name: twins, label: {en: Twin of, ja: 対}, inverse_label: {en: Twin of, ja: 対},
     endpoints: [{source: Thing, target: Thing}], cardinality: many_to_many, impact: both}
  - {name: member_of, label: {en: Member of, ja: 所属先}, inverse_label: {en: Has member, ja: メンバー},
     endpoints: [{source: Thing, target: Thing}], cardinality: many_to_many, impact: target_to_source,
     impact_rules: [{target: Cluster, impact: source_to_target}]}
  - {name: owned_by, label: {en: Owned by, ja: 所有者}, inverse_label: {en: Owns, ja: 所有対象},
     endpoints: [{source: Thing, target: Thing}], cardinality: many_to_many, impact: none}
impact_contexts:
  - {name: bad, label: {en: Down, ja: 停止中}, class: Thing, when: {attribute: health, values: [bad]}, state: failed}
  - {name: poor, label: {en: Degraded, ja: 低下中}, class: Thing, when: {attribute: health, values: [poor]}, state: degraded}
)";

std::string TextOf(const GateSpec& spec) {
  if (spec.kind == "members") {
    const std::string leaf = spec.key.empty() ? spec.type : absl::StrFormat("\"%s\"", spec.key);
    return spec.weigh ? absl::StrFormat("size of %s", leaf) : leaf;
  }
  std::vector<std::string> words;
  if (spec.kind == "at_least" || spec.kind == "capacity")
    words.push_back(absl::StrFormat("%d", spec.first));
  if (spec.kind == "percent") words.push_back(absl::StrFormat("%d%%", spec.first));
  if (spec.kind == "weighted") {
    words.push_back(absl::StrFormat("%d", spec.first));
    words.push_back(absl::StrFormat("%d", spec.second));
  }
  for (const GateSpec& part : spec.parts) words.push_back(TextOf(part));
  return absl::StrFormat("%s(%s)", spec.kind == "percent" ? "at_least" : spec.kind,
                         absl::StrJoin(words, ", "));
}

States StatesAfter(const SpecWorld& world, const States& assumed,
                   const std::set<std::string>& blocked, int rounds) {
  States states;
  for (const auto& [key, record] : world.records) states[key] = State::kUp;
  for (const auto& [key, state] : assumed) states[key] = std::max(states[key], state);
  for (int round = 0; round < rounds; ++round) {
    States next = states;
    for (const auto& [key, record] : world.records) {
      if (!blocked.contains(key)) next[key] = NextState(world, key, states);
    }
    if (next == states) break;
    states = std::move(next);
  }
  return states;
}

}  // namespace kosei::query
