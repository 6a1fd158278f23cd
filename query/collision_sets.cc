// Sets of three and more changes that bring down together what no two of them do: in a moment what
// is down is what each change and each pair brings down, unless a gate opens that several of these
// parts touch.
#include <algorithm>
#include <tuple>

#include "absl/strings/str_format.h"
#include "change_calendar.h"
#include "kosei/base/status_macros.h"
#include "moments.h"

namespace kosei::query {
namespace {

using model::State;
using storage::NodeIndex;

// Simulations of sets that are kept for the next moment.
constexpr std::uint64_t kJointBytesMax = std::uint64_t{16} << 20;

SerialSet SerialsOf(const EntrySet& set) {
  SerialSet serials;
  serials.reserve(set.size());
  for (const CalendarEntry* entry : set) serials.push_back(entry->serial);
  return serials;
}

EntrySet Without(const EntrySet& set, std::size_t position) {
  EntrySet less = set;
  less.erase(less.begin() + static_cast<std::ptrdiff_t>(position));
  return less;
}

EntrySet Union(const EntrySet& a, const EntrySet& b) {
  EntrySet both;
  std::set_union(
      a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both),
      [](const CalendarEntry* x, const CalendarEntry* y) { return x->change.id < y->change.id; });
  return both;
}

ReachParts ReachesOf(const std::vector<MomentPart>& parts) {
  ReachParts reaches;
  reaches.reserve(parts.size());
  for (const MomentPart& part : parts) reaches.push_back(part.reach);
  return reaches;
}

// Gates that several parts touch, of three changes or more in all: each with these changes.
std::vector<std::pair<NodeIndex, EntrySet>> SharedGates(const std::vector<MomentPart>& parts) {
  std::vector<std::pair<NodeIndex, std::uint32_t>> touches;
  for (std::uint32_t part = 0; part < parts.size(); ++part) {
    for (const NodeIndex gate : parts[part].reach->gates) touches.emplace_back(gate, part);
  }
  std::sort(touches.begin(), touches.end());
  std::vector<std::pair<NodeIndex, EntrySet>> shared;
  for (std::size_t i = 0; i < touches.size();) {
    std::size_t end = i;
    while (end < touches.size() && touches[end].first == touches[i].first) ++end;
    EntrySet changes;
    for (std::size_t k = i; end - i > 1 && k < end; ++k)
      changes = Union(changes, parts[touches[k].second].changes);
    if (changes.size() > 2) shared.emplace_back(touches[i].first, std::move(changes));
    i = end;
  }
  return shared;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ChangeReach>> ChangeCalendar::Impl::Joint(
    const EntrySet& set, const Budget& budget) {
  const SerialSet serials = SerialsOf(set);
  const auto known = joints_.find(serials);
  if (known != joints_.end()) return known->second;
  std::vector<Assumption> assumed;
  for (const CalendarEntry* entry : set)
    assumed.insert(assumed.end(), entry->change.assumed.begin(), entry->change.assumed.end());
  KOSEI_ASSIGN_OR_RETURN(ChangeReach found, finder_.Find(assumed, {}, budget));
  auto reach = std::make_shared<const ChangeReach>(std::move(found));
  if (joint_bytes_ > kJointBytesMax) {
    joints_.clear();
    joint_bytes_ = 0;
  }
  joint_bytes_ += reach->bytes();
  joints_.emplace(serials, reach);
  KOSEI_RETURN_IF_ERROR(CheckMemory(budget));
  return reach;
}

std::vector<MomentPart> ChangeCalendar::Impl::PartsOf(const EntrySet& moment) const {
  std::vector<MomentPart> parts;
  for (const CalendarEntry* entry : moment) parts.push_back({nullptr, &entry->reach, {entry}});
  for (std::size_t i = 0; i < moment.size(); ++i) {
    for (std::size_t k = i + 1; k < moment.size(); ++k) {
      const auto found = pairs_.find(KeyOf(*moment[i], *moment[k]));
      if (found != pairs_.end() && found->second.joint.count != 0)
        parts.push_back({nullptr, &found->second.beyond, {moment[i], moment[k]}});
    }
  }
  return parts;
}

// Until the worst of all parts is what the moment brings down.
absl::Status ChangeCalendar::Impl::AddLargerParts(std::vector<MomentPart>& parts,
                                                  const Budget& budget) {
  for (bool opened = true; opened;) {
    opened = false;
    for (const auto& [gate, changes] : SharedGates(parts)) {
      KOSEI_ASSIGN_OR_RETURN(const bool opens, finder_.Opens(gate, ReachesOf(parts)));
      if (!opens) continue;
      KOSEI_ASSIGN_OR_RETURN(std::shared_ptr<const ChangeReach> joint, Joint(changes, budget));
      const ChangeReach* const reach = joint.get();
      parts.push_back({std::move(joint), reach, changes});
      opened = true;
    }
  }
  return absl::OkStatus();
}

// For each record that `whole` brings down beyond `less` a smallest set that does, found by leaving
// changes out in their order.
absl::Status ChangeCalendar::Impl::Explain(const MomentPart& whole, const ReachParts& less,
                                           const Budget& budget, SetRecords& found) {
  const ChangeReach beyond = BeyondParts(*whole.reach, less);
  std::map<NodeIndex, State> left;
  for (std::size_t i = 0; i < beyond.nodes.size(); ++i)
    left.emplace(beyond.nodes[i], static_cast<State>(beyond.states[i]));
  while (!left.empty()) {
    const auto [node, state] = *left.begin();
    EntrySet set = whole.changes;
    for (std::size_t i = 0; i < set.size();) {
      KOSEI_ASSIGN_OR_RETURN(const auto fewer, Joint(Without(set, i), budget));
      if (fewer->StateOf(node) >= state) {
        set = Without(set, i);
      } else {
        ++i;
      }
    }
    KOSEI_ASSIGN_OR_RETURN(const auto joint, Joint(set, budget));
    std::vector<std::shared_ptr<const ChangeReach>> fewer;
    for (std::size_t i = 0; i < set.size(); ++i) {
      KOSEI_ASSIGN_OR_RETURN(fewer.emplace_back(), Joint(Without(set, i), budget));
    }
    auto& [changes, records] = found[SerialsOf(set)];
    changes = set;
    std::erase_if(left, [&](const auto& record) {
      const auto does = [&](const auto& reach) {
        return reach->StateOf(record.first) >= record.second;
      };
      if (!does(joint) || std::any_of(fewer.begin(), fewer.end(), does)) return false;
      State& worst = records[record.first];
      worst = std::max(worst, record.second);
      return true;
    });
  }
  return absl::OkStatus();
}

absl::Status ChangeCalendar::Impl::FindSets(const TimeWindow& window, const EntrySet& moment,
                                            const Budget& budget) {
  KOSEI_RETURN_IF_ERROR(budget.Check());
  std::vector<MomentPart> parts = PartsOf(moment);
  const ReachParts less = ReachesOf(parts);
  KOSEI_RETURN_IF_ERROR(AddLargerParts(parts, budget));
  SetRecords found;
  for (std::size_t i = less.size(); i < parts.size(); ++i)
    KOSEI_RETURN_IF_ERROR(Explain(parts[i], less, budget, found));
  for (const auto& [serials, set] : found) {
    SetFinding finding{.set = serials, .window = window};
    for (const CalendarEntry* entry : set.changes) finding.ids.push_back(entry->change.id);
    for (const auto& [node, state] : set.records) finding.beyond.Add(node, state);
    KOSEI_ASSIGN_OR_RETURN(finding.joint,
                           ranks_.Summarise(finding.beyond.nodes, finding.beyond.states, budget));
    KOSEI_ASSIGN_OR_RETURN(const auto joint, Joint(set.changes, budget));
    KOSEI_ASSIGN_OR_RETURN(finding.gates, GatesOpened(finding.beyond, *joint));
    new_sets_.push_back(std::move(finding));
  }
  return absl::OkStatus();
}

// What was found within `window` is found anew.
absl::Status ChangeCalendar::Impl::FindSetsWithin(const TimeWindow& window, const Budget& budget) {
  new_sets_.clear();
  KOSEI_RETURN_IF_ERROR(ForEachMoment(entries_, window, nullptr, 3,
                                      [&](const TimeWindow& span, const EntrySet& moment) {
                                        return FindSets(span, moment, budget);
                                      }));
  for (SetFinding& finding : sets_) {
    if (!Overlap(finding.window, window)) {
      new_sets_.push_back(std::move(finding));
      continue;
    }
    const TimeWindow whole = finding.window;
    if (window.to < whole.to) {
      SetFinding after = finding;
      after.window.from = window.to;
      new_sets_.push_back(std::move(after));
    }
    if (whole.from < window.from) {
      finding.window.to = window.from;
      new_sets_.push_back(std::move(finding));
    }
  }
  sets_ = std::exchange(new_sets_, {});
  return absl::OkStatus();
}

// Spans that touch and say the same are one.
void ChangeCalendar::Impl::JoinSets() {
  std::sort(sets_.begin(), sets_.end(), [](const SetFinding& a, const SetFinding& b) {
    return std::tie(a.ids, a.window.from) < std::tie(b.ids, b.window.from);
  });
  std::vector<SetFinding> joined;
  for (SetFinding& finding : sets_) {
    SetFinding* const last = joined.empty() ? nullptr : &joined.back();
    if (last != nullptr && last->set == finding.set && last->window.to == finding.window.from &&
        last->beyond.nodes == finding.beyond.nodes &&
        last->beyond.states == finding.beyond.states) {
      last->window.to = finding.window.to;
    } else {
      joined.push_back(std::move(finding));
    }
  }
  sets_ = std::move(joined);
}

}  // namespace kosei::query
