#include "judge_group.h"

#include <cstddef>
#include <cstdint>

namespace kosei::query {

GroupFinding JudgeGroup(const Gate& gate, StateOfMember before, StateOfMember after) {
  GroupFinding finding;
  finding.record = storage::RecordOf(gate.node);
  finding.gate = gate.text;
  finding.of_record = gate.of_record;
  finding.below_quorum = gate.below_quorum();
  finding.missing = gate.missing;
  finding.members = static_cast<std::uint32_t>(gate.members.size());
  for (const GateMember& member : gate.members) {
    if (!member.in_service) continue;
    ++finding.in_service;
    const auto is_up = [&](StateOfMember state_of) {
      return member.effect[static_cast<std::size_t>(state_of(member.node))] == model::State::kUp;
    };
    if (is_up(before)) ++finding.up_before;
    if (is_up(after)) ++finding.up_after;
  }
  finding.before = gate.Evaluate(before);
  finding.after = gate.Evaluate(after);
  finding.reserve_before = !gate.WithoutReserve(before);
  finding.reserve_after = !gate.WithoutReserve(after);
  return finding;
}

}  // namespace kosei::query
