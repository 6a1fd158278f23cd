// Pairs of changes: what both work on, what both reach, and what they bring down together only.
#include <algorithm>
#include <iterator>

#include "change_calendar.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using model::State;
using storage::NodeIndex;

// Looking a record up in a reach costs about as much as so many looks at a mark.
constexpr std::size_t kLookUpCost = 8;

std::vector<NodeIndex> Both(const std::vector<NodeIndex>& a, const std::vector<NodeIndex>& b) {
  std::vector<NodeIndex> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

}  // namespace

void ChangeCalendar::Impl::Mark(const ChangeReach& reach) {
  if (reach.nodes.empty()) return;
  const std::size_t words = (std::size_t{reach.nodes.back()} >> 6) + 1;
  if (marks_.size() < words) marks_.resize(words);
  for (const NodeIndex node : reach.nodes) marks_[node >> 6] |= std::uint64_t{1} << (node & 63);
}

void ChangeCalendar::Impl::Unmark(const ChangeReach& reach) {
  for (const NodeIndex node : reach.nodes) marks_[node >> 6] = 0;
}

absl::StatusOr<std::vector<GateOpening>> ChangeCalendar::Impl::GatesOpened(
    const ChangeReach& beyond, const ChangeReach& whole) {
  std::vector<GateOpening> opened;
  for (const NodeIndex node : Both(beyond.nodes, whole.gates)) {
    if (opened.size() >= options_.listed) break;
    KOSEI_ASSIGN_OR_RETURN(const Gate* const gate, finder_.OpenedIn(node, whole));
    if (gate != nullptr)
      opened.push_back({node, static_cast<std::uint8_t>(whole.StateOf(node)), gate->text});
  }
  return opened;
}

absl::StatusOr<PairFinding> ChangeCalendar::Impl::Meet(const CalendarEntry& a,
                                                       const CalendarEntry& b,
                                                       const Budget& budget) {
  PairFinding finding;
  ChangeReach same;
  ChangeReach shared;
  const auto add = [&](NodeIndex node) {
    const State state = std::max(a.reach.StateOf(node), b.reach.StateOf(node));
    const bool worked = std::binary_search(a.reach.worked.begin(), a.reach.worked.end(), node) &&
                        std::binary_search(b.reach.worked.begin(), b.reach.worked.end(), node);
    (worked ? same : shared).Add(node, state);
  };
  const auto marked = [&](NodeIndex node) {
    return (node >> 6) < marks_.size() && ((marks_[node >> 6] >> (node & 63)) & 1) != 0;
  };
  if (b.reach.nodes.size() > kLookUpCost * a.reach.nodes.size()) {
    for (const NodeIndex node : a.reach.nodes) {
      if (std::binary_search(b.reach.nodes.begin(), b.reach.nodes.end(), node)) add(node);
    }
  } else {
    for (const NodeIndex node : b.reach.nodes) {
      if (marked(node)) add(node);
    }
  }
  KOSEI_ASSIGN_OR_RETURN(finding.same, ranks_.Summarise(same.nodes, same.states, budget));
  KOSEI_ASSIGN_OR_RETURN(finding.reach, ranks_.Summarise(shared.nodes, shared.states, budget));
  const ReachParts parts = {&a.reach, &b.reach};
  bool opens = false;
  for (const NodeIndex node : Both(a.reach.gates, b.reach.gates)) {
    KOSEI_ASSIGN_OR_RETURN(opens, finder_.Opens(node, parts));
    if (opens) break;
  }
  if (!opens) return finding;
  std::vector<Assumption> assumed = a.change.assumed;
  assumed.insert(assumed.end(), b.change.assumed.begin(), b.change.assumed.end());
  KOSEI_ASSIGN_OR_RETURN(const ChangeReach whole, finder_.Find(assumed, {}, budget));
  finding.beyond = BeyondParts(whole, parts);
  KOSEI_ASSIGN_OR_RETURN(finding.joint,
                         ranks_.Summarise(finding.beyond.nodes, finding.beyond.states, budget));
  KOSEI_ASSIGN_OR_RETURN(finding.gates, GatesOpened(finding.beyond, whole));
  return finding;
}

// With every change whose pairs are found already.
absl::Status ChangeCalendar::Impl::FindPairs(const CalendarEntry& entry, const Budget& budget) {
  std::vector<std::pair<PairKey, PairFinding>> found;
  Mark(entry.reach);
  absl::Status status = budget.Check();
  std::uint64_t steps = 0;
  for (const auto& [id, other] : entries_) {
    if (!status.ok()) break;
    if (other.get() == &entry || !other->paired) continue;
    if (!Overlap(other->change.window, entry.change.window)) continue;
    steps += other->reach.nodes.size() + 1;
    if (steps >= kStepsPerCheck) {
      steps = 0;
      status = budget.Check();
      if (!status.ok()) break;
    }
    absl::StatusOr<PairFinding> finding = Meet(entry, *other, budget);
    status = finding.status();
    if (status.ok() && !finding->empty())
      found.emplace_back(KeyOf(entry, *other), *std::move(finding));
  }
  Unmark(entry.reach);
  KOSEI_RETURN_IF_ERROR(status);
  for (auto& [key, finding] : found) {
    const auto [place, fresh] = pairs_.try_emplace(key);
    if (!fresh) pair_bytes_ -= place->second.bytes();  // found before a budget ended
    place->second = std::move(finding);
    pair_bytes_ += place->second.bytes();
  }
  return CheckMemory(budget);
}

}  // namespace kosei::query
