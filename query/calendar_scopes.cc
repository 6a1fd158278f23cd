#include "calendar_scopes.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "effects.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "roots.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

absl::Status CheckWindow(const CalendarWindow& window, const model::Schema& schema) {
  if (window.id.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "collisions: a window of the calendar has no id; give each one of its own",
                     "windows");
  }
  if (!(window.window.from < window.window.to)) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("collisions: window \"%s\" begins at %s and ends at %s; give an end that "
                        "comes after the beginning",
                        window.id, FormatTimestamp(window.window.from),
                        FormatTimestamp(window.window.to)),
        "windows");
  }
  for (const ClassNumber number : window.classes) {
    if (schema.FindClass(number) != nullptr) continue;
    return MakeError(ErrorCode::kUnknownClass,
                     absl::StrFormat("collisions: window \"%s\" is about a class of number %d, "
                                     "which the model of the view lacks",
                                     window.id, number.value),
                     "windows");
  }
  return absl::OkStatus();
}

// These records and all over whose failure they can be hit.
absl::Status AddWithGivers(const storage::GraphView& graph, const model::Schema& schema,
                           const std::vector<RecordId>& records, const Budget& budget,
                           absl::flat_hash_set<NodeIndex>& found) {
  std::vector<NodeIndex> open;
  for (const RecordId record : records) {
    if (found.insert(storage::NodeOf(record)).second) open.push_back(storage::NodeOf(record));
  }
  std::uint64_t steps = 0;
  while (!open.empty()) {
    const NodeIndex node = open.back();
    open.pop_back();
    if (steps++ % kStepsPerCheck == 0) {
      KOSEI_RETURN_IF_ERROR(budget.Check());
      KOSEI_RETURN_IF_ERROR(budget.CheckMemory(found.size() * 16));
    }
    ForEachGiver(graph, schema, node,
                 [&](NodeIndex giver, storage::TypeIndex, const model::ImpactRule&) {
                   if (found.insert(giver).second) open.push_back(giver);
                 });
  }
  return absl::OkStatus();
}

// Windows of the same records are one scope: a weekly window is fifty-two of them.
auto ScopeKey(const CalendarWindow& window) {
  auto key = std::tuple(window.classes, window.records, window.services);
  std::sort(std::get<0>(key).begin(), std::get<0>(key).end());
  std::sort(std::get<1>(key).begin(), std::get<1>(key).end());
  std::sort(std::get<2>(key).begin(), std::get<2>(key).end());
  return key;
}

}  // namespace

absl::StatusOr<CalendarScopes> CalendarScopes::Make(std::vector<CalendarWindow> windows,
                                                    const storage::Reader& reader,
                                                    const storage::GraphView& graph,
                                                    const model::Schema& schema,
                                                    const Budget& budget) {
  CalendarScopes made;
  std::sort(windows.begin(), windows.end(), [](const CalendarWindow& a, const CalendarWindow& b) {
    return std::tie(a.window.from, a.id) < std::tie(b.window.from, b.id);
  });
  made.windows_ = std::move(windows);
  std::map<decltype(ScopeKey(made.windows_.front())), std::uint32_t> known;
  absl::flat_hash_set<std::string_view> ids;
  for (std::uint32_t i = 0; i < made.windows_.size(); ++i) {
    const CalendarWindow& window = made.windows_[i];
    KOSEI_RETURN_IF_ERROR(CheckWindow(window, schema));
    if (!ids.insert(window.id).second) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("collisions: two windows of the calendar have the id "
                                       "\"%s\"; give each one of its own",
                                       window.id),
                       "windows");
    }
    const auto [found, fresh] =
        known.emplace(ScopeKey(window), static_cast<std::uint32_t>(made.scopes_.size()));
    if (fresh) {
      made.scopes_.emplace_back();
      KOSEI_RETURN_IF_ERROR(made.AddScope(window, found->second, reader, graph, schema, budget));
    }
    Scope& scope = made.scopes_[found->second];
    (window.kind == CalendarKind::kFreeze ? scope.freezes : scope.maintenance).push_back(i);
  }
  std::sort(made.members_.begin(), made.members_.end());
  made.bits_.assign((std::size_t{graph.node_limit()} >> 6) + 1, 0);
  for (const Member& member : made.members_)
    made.bits_[member.node >> 6] |= std::uint64_t{1} << (member.node & 63);
  return made;
}

absl::Status CalendarScopes::AddScope(const CalendarWindow& window, std::uint32_t scope,
                                      const storage::Reader& reader,
                                      const storage::GraphView& graph, const model::Schema& schema,
                                      const Budget& budget) {
  if (window.classes.empty() && window.records.empty() && window.services.empty()) {
    of_all_.push_back(scope);
    return absl::OkStatus();
  }
  if (!window.classes.empty()) {
    any_class_ = true;
    for (const model::Class& each : schema.classes()) {
      const bool within =
          std::any_of(window.classes.begin(), window.classes.end(),
                      [&](ClassNumber above) { return schema.IsA(each.number, above); });
      if (!within) continue;
      if (by_class_.size() <= each.number.value)
        by_class_.resize(each.number.value + std::size_t{1});
      by_class_[each.number.value].push_back(scope);
    }
  }
  const std::string operation = absl::StrFormat("collisions: window \"%s\" is about", window.id);
  for (const std::vector<RecordId>* records : {&window.records, &window.services}) {
    for (const RecordId record : *records)
      KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, record, operation));
  }
  absl::flat_hash_set<NodeIndex> found;
  KOSEI_RETURN_IF_ERROR(AddWithGivers(graph, schema, window.services, budget, found));
  for (const RecordId record : window.records) found.insert(storage::NodeOf(record));
  KOSEI_RETURN_IF_ERROR(budget.CheckMemory((members_.size() + found.size()) * sizeof(Member)));
  for (const NodeIndex node : found) members_.push_back({node, scope});
  return absl::OkStatus();
}

void CalendarScopes::FindScopes(NodeIndex node, const storage::GraphView& graph,
                                std::vector<std::uint32_t>& found) const {
  found = of_all_;
  if (node >= graph.node_limit()) return;
  if (any_class_) {
    const std::size_t class_number = graph.ClassOf(node).value;
    if (class_number < by_class_.size())
      found.insert(found.end(), by_class_[class_number].begin(), by_class_[class_number].end());
  }
  if (((bits_[node >> 6] >> (node & 63)) & 1) != 0) {
    for (auto member = std::lower_bound(members_.begin(), members_.end(), Member{node, 0});
         member != members_.end() && member->node == node; ++member)
      found.push_back(member->scope);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
}

absl::StatusOr<ScopeHits> CalendarScopes::HitsOf(const ChangeReach& reach,
                                                 const storage::GraphView& graph,
                                                 RecordRanks& ranks, const Budget& budget) const {
  ScopeHits hits;
  if (scopes_.empty()) return hits;
  struct Hit {
    std::vector<NodeIndex> nodes;
    std::vector<std::uint8_t> states;
  };
  std::map<std::uint32_t, Hit> freezes;
  std::map<std::vector<std::uint32_t>, Hit> maintenance;
  std::vector<std::uint32_t> found;
  std::vector<std::uint32_t> windowed;
  for (std::size_t i = 0; i < reach.nodes.size(); ++i) {
    if (i % kStepsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget.Check());
    FindScopes(reach.nodes[i], graph, found);
    windowed.clear();
    const auto add = [&](Hit& hit) {
      hit.nodes.push_back(reach.nodes[i]);
      hit.states.push_back(reach.states[i]);
    };
    for (const std::uint32_t scope : found) {
      if (!scopes_[scope].freezes.empty()) add(freezes[scope]);
      if (!scopes_[scope].maintenance.empty()) windowed.push_back(scope);
    }
    if (!windowed.empty()) add(maintenance[windowed]);
  }
  for (const auto& [scope, hit] : freezes) {
    KOSEI_ASSIGN_OR_RETURN(RankedSummary records, ranks.Summarise(hit.nodes, hit.states, budget));
    hits.freezes.push_back({scope, std::move(records)});
  }
  for (const auto& [scopes, hit] : maintenance) {
    KOSEI_ASSIGN_OR_RETURN(RankedSummary records, ranks.Summarise(hit.nodes, hit.states, budget));
    hits.maintenance.push_back({scopes, std::move(records)});
  }
  return hits;
}

std::vector<TimeWindow> CalendarScopes::MaintenanceOf(std::span<const std::uint32_t> scopes) const {
  std::vector<TimeWindow> windows;
  for (const std::uint32_t scope : scopes) {
    for (const std::uint32_t position : scopes_[scope].maintenance)
      windows.push_back(windows_[position].window);
  }
  return Joined(std::move(windows));
}

std::uint64_t CalendarScopes::bytes() const {
  return members_.capacity() * sizeof(Member) + bits_.capacity() * 8 +
         windows_.capacity() * sizeof(CalendarWindow) + scopes_.capacity() * sizeof(Scope);
}

}  // namespace kosei::query
