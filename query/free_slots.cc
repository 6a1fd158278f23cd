// Free slots: when a change collides with nothing. Whatever is in its way takes a span of time, so
// what is left between these spans is free.
#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "change_calendar.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "moments.h"

namespace kosei::query {
namespace {

absl::Status CheckRequest(const SlotRequest& request) {
  if (!(request.within.from < request.within.to)) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("free slots: the span to look in begins at %s and ends at %s; give an end "
                        "that comes after the beginning",
                        FormatTimestamp(request.within.from), FormatTimestamp(request.within.to)),
        "within");
  }
  if (request.count >= 1 && request.count <= kSlotsMax) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInvalidArgument,
      absl::StrFormat("free slots: %d were asked for, expected 1 to %d", request.count, kSlotsMax),
      "count");
}

// Of any two instants, the later one last.
std::uint64_t MicrosBetween(Timestamp from, Timestamp to) {
  return static_cast<std::uint64_t>(to.micros) - static_cast<std::uint64_t>(from.micros);
}
Timestamp Later(Timestamp instant, std::uint64_t micros) {
  return {static_cast<std::int64_t>(static_cast<std::uint64_t>(instant.micros) + micros)};
}

// What is left between the busy spans, a length at a time.
std::vector<FreeSlot> SlotsBetween(std::vector<TimeWindow> busy, const TimeWindow& within,
                                   std::uint64_t length, std::size_t count) {
  std::vector<FreeSlot> slots;
  busy.push_back({within.to, within.to});
  std::sort(busy.begin(), busy.end(), [](const TimeWindow& a, const TimeWindow& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  Timestamp free_from = within.from;
  for (const TimeWindow& span : busy) {
    const Timestamp end = std::min(span.from, within.to);
    while (free_from < end && MicrosBetween(free_from, end) >= length) {
      const Timestamp to = Later(free_from, length);
      slots.push_back({{free_from, to}, Later(free_from, MicrosBetween(to, end))});
      if (slots.size() == count) return slots;
      free_from = to;
    }
    free_from = std::max(free_from, span.to);
  }
  return slots;
}

}  // namespace

void ChangeCalendar::Impl::ForbidWindows(const CalendarEntry& entry, const TimeWindow& within,
                                         std::vector<TimeWindow>& busy) const {
  for (const ScopeHits::Freeze& freeze : entry.hits->freezes) {
    for (const std::uint32_t position : scopes_.WindowsOf(CalendarKind::kFreeze, freeze.scope))
      busy.push_back(scopes_.window(position).window);
  }
  for (const ScopeHits::Maintenance& maintenance : entry.hits->maintenance) {
    Timestamp closed_from = within.from;
    for (const TimeWindow& open : scopes_.MaintenanceOf(maintenance.scopes)) {
      if (closed_from < open.from) busy.push_back({closed_from, open.from});
      closed_from = std::max(closed_from, open.to);
    }
    if (closed_from < within.to) busy.push_back({closed_from, within.to});
  }
}

// Changes that it collides with by themselves, and moments of others in which it makes matters
// worse.
absl::Status ChangeCalendar::Impl::ForbidChanges(const CalendarEntry& entry,
                                                 const TimeWindow& within, const Budget& budget,
                                                 std::vector<TimeWindow>& busy) {
  const auto own = entries_.find(entry.change.id);
  const CalendarEntry* const except = own == entries_.end() ? nullptr : own->second.get();
  absl::flat_hash_set<std::uint64_t> met;
  Mark(entry.reach);
  absl::Status status;
  for (const auto& [id, other] : entries_) {
    if (other.get() == except || !Overlap(other->change.window, within)) continue;
    status = budget.Check();
    if (!status.ok()) break;
    const absl::StatusOr<PairFinding> finding = Meet(entry, *other, budget);
    status = finding.status();
    if (!status.ok()) break;
    if (finding->empty()) continue;
    met.insert(other->serial);
    busy.push_back(other->change.window);
  }
  Unmark(entry.reach);
  KOSEI_RETURN_IF_ERROR(status);
  if (entry.reach.gates.empty()) return absl::OkStatus();
  return ForEachMoment(
      entries_, within, except, 2, [&](const TimeWindow& span, const EntrySet& moment) {
        KOSEI_RETURN_IF_ERROR(budget.Check());
        const bool taken =
            std::any_of(moment.begin(), moment.end(),
                        [&](const CalendarEntry* other) { return met.contains(other->serial); });
        if (taken) return absl::OkStatus();
        std::vector<MomentPart> parts = PartsOf(moment);
        KOSEI_RETURN_IF_ERROR(AddLargerParts(parts, budget));
        parts.push_back({nullptr, &entry.reach, {&entry}});
        KOSEI_ASSIGN_OR_RETURN(const bool worse, OpensMore(entry.reach, parts));
        if (worse) busy.push_back(span);
        return absl::OkStatus();
      });
}

absl::StatusOr<bool> ChangeCalendar::Impl::OpensMore(const ChangeReach& reach,
                                                     const std::vector<MomentPart>& parts) {
  ReachParts reaches;
  for (const MomentPart& part : parts) reaches.push_back(part.reach);
  for (const storage::NodeIndex gate : reach.gates) {
    KOSEI_ASSIGN_OR_RETURN(const bool opens, finder_.Opens(gate, reaches));
    if (opens) return true;
  }
  return false;
}

absl::StatusOr<std::vector<FreeSlot>> ChangeCalendar::Impl::FreeSlots(const SlotRequest& request,
                                                                      const Budget& budget) {
  KOSEI_RETURN_IF_ERROR(CheckRequest(request));
  KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<CalendarEntry> entry,
                         MakeEntry(request.change, budget));
  KOSEI_RETURN_IF_ERROR(CatchUp(budget));
  KOSEI_RETURN_IF_ERROR(FindHits(*entry, budget));
  std::vector<TimeWindow> busy;
  ForbidWindows(*entry, request.within, busy);
  KOSEI_RETURN_IF_ERROR(ForbidChanges(*entry, request.within, budget, busy));
  const TimeWindow& window = request.change.window;
  return SlotsBetween(std::move(busy), request.within, MicrosBetween(window.from, window.to),
                      request.count);
}

}  // namespace kosei::query
