#include "work_store.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace kosei::query {
namespace {

constexpr std::int64_t kHourMicros = 3'600'000'000;

// By CollisionKind.
constexpr std::array<const char*, kCollisionKinds> kKinds = {
    "", "same_record", "reach", "gate", "freeze", "outside_maintenance"};

}  // namespace

int HourOf(Timestamp instant) {
  return static_cast<int>((instant.micros - Hour(0).micros) / kHourMicros);
}

Timestamp Hour(int hour) {
  static const Timestamp kStart = *ParseTimestamp("2026-12-01T00:00:00Z");
  return {kStart.micros + hour * kHourMicros};
}

PlannedChange ChangeOf(const TestStore& store, const SpecChange& spec) {
  PlannedChange change{.id = spec.id, .window = {Hour(spec.from), Hour(spec.to)}};
  for (const auto& [key, state] : spec.down) change.assumed.push_back({store.Id(key), state});
  for (const std::string& key : spec.written) change.written.push_back(store.Id(key));
  return change;
}

CalendarWindow WindowOf(const TestStore& store, const SpecWindow& spec) {
  CalendarWindow window{
      .id = spec.id, .kind = spec.kind, .window = {Hour(spec.from), Hour(spec.to)}};
  for (const std::string& name : spec.classes) window.classes.push_back(store.Class(name));
  for (const std::string& key : spec.records) window.records.push_back(store.Id(key));
  for (const std::string& key : spec.services) window.services.push_back(store.Id(key));
  return window;
}

std::string ToldCollision(const TestStore& store, const Collision& collision) {
  std::vector<std::string> records;
  for (const CollisionRecord& record : collision.records) {
    std::string text = store.Key(record.record);
    if (record.state != model::State::kUp)
      absl::StrAppendFormat(&text, " %s", model::NameOf(record.state));
    if (!record.criticality.empty()) absl::StrAppendFormat(&text, " (%s)", record.criticality);
    records.push_back(std::move(text));
  }
  std::string told =
      absl::StrFormat("%s %s %d-%d: %s", kKinds.at(static_cast<std::size_t>(collision.kind)),
                      absl::StrJoin(collision.changes, "+"), HourOf(collision.window.from),
                      HourOf(collision.window.to), absl::StrJoin(records, ", "));
  for (const OpenedGate& gate : collision.gates) {
    absl::StrAppendFormat(&told, " [%s %s: %s]", store.Key(gate.record), model::NameOf(gate.state),
                          gate.text);
  }
  if (!collision.windows.empty())
    absl::StrAppendFormat(&told, " {%s}", absl::StrJoin(collision.windows, ","));
  return told;
}

std::vector<std::string> ToldCollisions(const TestStore& store, const CollisionReport& report) {
  std::vector<std::string> told;
  for (const Collision& collision : report.collisions)
    told.push_back(ToldCollision(store, collision));
  return told;
}

std::vector<std::string> ToldSlots(const std::vector<FreeSlot>& slots) {
  std::vector<std::string> told;
  for (const FreeSlot& slot : slots) {
    told.push_back(absl::StrFormat("%d-%d (latest %d)", HourOf(slot.window.from),
                                   HourOf(slot.window.to), HourOf(slot.latest)));
  }
  return told;
}

}  // namespace kosei::query
