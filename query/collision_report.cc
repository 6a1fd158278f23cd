// What is told of collisions: each kind in its words, worst first.
#include <algorithm>
#include <limits>
#include <tuple>

#include "absl/strings/str_format.h"
#include "change_calendar.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

int Gravity(CollisionKind kind) {
  switch (kind) {
    case CollisionKind::kGate:
      return 0;
    case CollisionKind::kFreeze:
      return 1;
    case CollisionKind::kSameRecord:
      return 2;
    case CollisionKind::kOutsideMaintenance:
      return 3;
    case CollisionKind::kReach:
      return 4;
  }
  return 5;
}

bool Holds(const std::vector<TimeWindow>& spans, const TimeWindow& window) {
  return std::any_of(spans.begin(), spans.end(), [&](const TimeWindow& span) {
    return span.from <= window.from && window.to <= span.to;
  });
}

}  // namespace

// A collision before it is known whether it will be told.
struct ChangeCalendar::Impl::Draft {
  CollisionKind kind;
  std::vector<const std::string*> changes;  // ascending
  TimeWindow window;
  const RankedSummary* records;
  const std::vector<GateOpening>* gates = nullptr;
  std::vector<std::uint32_t> windows = {};         // positions in the calendar
  std::shared_ptr<const RankedSummary> kept = {};  // holds `records` where nobody else does

  auto Order() const {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    return std::tuple(Gravity(kind), records->rank(), kMost - records->services,
                      kMost - records->count, window.from, window.to);
  }
  static bool Before(const Draft& a, const Draft& b) {
    if (a.Order() != b.Order()) return a.Order() < b.Order();
    if (!std::equal(a.changes.begin(), a.changes.end(), b.changes.begin(), b.changes.end(),
                    [](const std::string* x, const std::string* y) { return *x == *y; })) {
      return std::lexicographical_compare(
          a.changes.begin(), a.changes.end(), b.changes.begin(), b.changes.end(),
          [](const std::string* x, const std::string* y) { return *x < *y; });
    }
    return a.windows < b.windows;
  }
};

void ChangeCalendar::Impl::AddPairs(const CalendarEntry* only, std::vector<Draft>& drafts) const {
  for (const auto& [key, finding] : pairs_) {
    if (only != nullptr && key.first != only->serial && key.second != only->serial) continue;
    const CalendarEntry* a = by_serial_.at(key.first);
    const CalendarEntry* b = by_serial_.at(key.second);
    if (b->change.id < a->change.id) std::swap(a, b);
    const TimeWindow window = Common(a->change.window, b->change.window);
    const auto add = [&](CollisionKind kind, const RankedSummary& records,
                         const std::vector<GateOpening>* gates) {
      if (records.count != 0)
        drafts.push_back({kind, {&a->change.id, &b->change.id}, window, &records, gates});
    };
    add(CollisionKind::kSameRecord, finding.same, nullptr);
    add(CollisionKind::kReach, finding.reach, nullptr);
    add(CollisionKind::kGate, finding.joint, &finding.gates);
  }
}

void ChangeCalendar::Impl::AddSets(const CalendarEntry* only, std::vector<Draft>& drafts) const {
  for (const SetFinding& finding : sets_) {
    const auto& set = finding.set;
    if (only != nullptr && std::find(set.begin(), set.end(), only->serial) == set.end()) continue;
    std::vector<const std::string*> changes;
    for (const std::string& id : finding.ids) changes.push_back(&id);
    drafts.push_back(
        {CollisionKind::kGate, std::move(changes), finding.window, &finding.joint, &finding.gates});
  }
}

void ChangeCalendar::Impl::AddHits(const CalendarEntry& entry, std::vector<Draft>& drafts) const {
  const TimeWindow& window = entry.change.window;
  for (const ScopeHits::Freeze& freeze : entry.hits->freezes) {
    for (const std::uint32_t position : scopes_.WindowsOf(CalendarKind::kFreeze, freeze.scope)) {
      const TimeWindow& frozen = scopes_.window(position).window;
      if (!Overlap(frozen, window)) continue;
      drafts.push_back({CollisionKind::kFreeze,
                        {&entry.change.id},
                        Common(frozen, window),
                        &freeze.records,
                        nullptr,
                        {position}});
    }
  }
  auto outside = std::make_shared<RankedSummary>();
  std::vector<std::uint32_t> positions;
  for (const ScopeHits::Maintenance& maintenance : entry.hits->maintenance) {
    if (Holds(scopes_.MaintenanceOf(maintenance.scopes), window)) continue;
    outside->Add(maintenance.records, ranks_.listed());
    for (const std::uint32_t scope : maintenance.scopes) {
      const auto all = scopes_.WindowsOf(CalendarKind::kMaintenance, scope);
      positions.insert(positions.end(), all.begin(), all.end());
    }
  }
  if (outside->count == 0) return;
  // Those that are over when the change begins are no help.
  const auto order = [&](std::uint32_t position) {
    return std::pair(scopes_.window(position).window.to <= window.from, position);
  };
  std::sort(positions.begin(), positions.end(),
            [&](std::uint32_t a, std::uint32_t b) { return order(a) < order(b); });
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  const RankedSummary* const records = outside.get();
  drafts.push_back({CollisionKind::kOutsideMaintenance,
                    {&entry.change.id},
                    window,
                    records,
                    nullptr,
                    std::move(positions),
                    std::move(outside)});
}

Collision ChangeCalendar::Impl::Tell(const Draft& draft) const {
  Collision collision{.kind = draft.kind, .window = draft.window};
  for (const std::string* id : draft.changes) collision.changes.push_back(*id);
  collision.record_count = draft.records->count;
  collision.service_count = draft.records->services;
  for (const RankedRecord& record : draft.records->first) {
    collision.records.push_back({storage::RecordOf(record.node),
                                 static_cast<model::State>(record.state), record.service,
                                 ranks_.ValueOf(record)});
  }
  if (draft.gates != nullptr) {
    for (const GateOpening& gate : *draft.gates) {
      collision.gates.push_back(
          {storage::RecordOf(gate.node), static_cast<model::State>(gate.state), gate.text});
    }
  }
  for (const std::uint32_t position : draft.windows) {
    if (collision.windows.size() >= options_.listed) break;
    collision.windows.push_back(scopes_.window(position).id);
  }
  return collision;
}

absl::StatusOr<CollisionReport> ChangeCalendar::Impl::Report(const std::string* id,
                                                             std::size_t limit,
                                                             const Budget& budget) {
  const CalendarEntry* only = nullptr;
  if (id != nullptr) {
    const auto found = entries_.find(*id);
    if (found == entries_.end()) {
      return MakeError(
          ErrorCode::kNotFound,
          absl::StrFormat("collisions: there is no change \"%s\" in the calendar", *id), "id");
    }
    only = found->second.get();
  }
  KOSEI_RETURN_IF_ERROR(CatchUp(budget));
  std::vector<Draft> drafts;
  AddPairs(only, drafts);
  AddSets(only, drafts);
  for (const auto& [name, entry] : entries_) {
    if (only == nullptr || only == entry.get()) AddHits(*entry, drafts);
  }
  CollisionReport report;
  std::map<std::string_view, std::uint64_t> of_change;
  for (const Draft& draft : drafts) {
    ++report.counts[static_cast<std::size_t>(draft.kind)];
    for (const std::string* change : draft.changes) ++of_change[*change];
  }
  const std::size_t told = std::min(limit, drafts.size());
  std::partial_sort(drafts.begin(), drafts.begin() + static_cast<std::ptrdiff_t>(told),
                    drafts.end(), Draft::Before);
  drafts.resize(told);
  for (const Draft& draft : drafts) report.collisions.push_back(Tell(draft));
  for (const auto& [name, entry] : entries_) {
    if (only != nullptr && only != entry.get()) continue;
    report.changes.push_back(
        {name, entry->change.window, entry->affected, entry->services, of_change[name]});
  }
  return report;
}

}  // namespace kosei::query
