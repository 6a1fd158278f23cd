#include "kosei/query/collisions.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "change_calendar.h"
#include "contexts.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "roots.h"

namespace kosei::query {

using model::State;
using storage::NodeIndex;

std::uint64_t CollisionReport::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

ChangeCalendar::Impl::Impl(const storage::Reader& reader, storage::GraphView graph,
                           std::shared_ptr<const model::Schema> schema, CalendarOptions options)
    : reader_(reader),
      graph_(std::move(graph)),
      schema_(std::move(schema)),
      options_(std::move(options)),
      gates_(reader_, graph_, *schema_),
      finder_(graph_, *schema_, gates_),
      ranks_(reader_, graph_, *schema_, options_.rank_attribute, options_.listed) {}

absl::Status ChangeCalendar::Impl::Settle(const Budget& budget) {
  const Scenario scenario{.contexts = options_.contexts};
  for (const RecordId blocked : options_.blocked)
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader_, graph_, blocked, "collisions, blocked"));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ImpactContextFinding> found,
                         FindContexts(reader_, graph_.view(), *schema_, scenario, budget));
  std::vector<Assumption> down;
  down.reserve(found.size());
  for (const ImpactContextFinding& finding : found) down.push_back(finding.assumption);
  return finder_.Settle(std::move(down), options_.blocked, budget);
}

absl::Status ChangeCalendar::Impl::CheckChange(const PlannedChange& change) const {
  if (change.id.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "collisions: a change has no id; give each one of its own", "id");
  }
  if (!(change.window.from < change.window.to)) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("collisions: change \"%s\" begins at %s and ends at %s; give an end that "
                        "comes after the beginning",
                        change.id, FormatTimestamp(change.window.from),
                        FormatTimestamp(change.window.to)),
        "to");
  }
  const std::string operation = absl::StrFormat("collisions: change \"%s\" takes down", change.id);
  for (const Assumption& assumption : change.assumed) {
    if (assumption.state == State::kUp) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("%s %s, and says that it is up; leave it out, or say that "
                                       "it is degraded or failed",
                                       operation, reader_.KeyOf(assumption.record)),
                       "down");
    }
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader_, graph_, assumption.record, operation));
  }
  return absl::OkStatus();
}

std::uint64_t ChangeCalendar::Impl::bytes() const {
  return reach_bytes_ + pair_bytes_ + joint_bytes_ + gates_.bytes() + scopes_.bytes() +
         entries_.size() * sizeof(CalendarEntry) + sets_.size() * sizeof(SetFinding);
}

absl::Status ChangeCalendar::Impl::CheckMemory(const Budget& budget) const {
  return budget.CheckMemory(bytes());
}

// Follows what the change takes down, unless the one of its id takes down the same.
absl::Status ChangeCalendar::Impl::FindReach(CalendarEntry& entry, const Budget& budget) {
  const PlannedChange& change = entry.change;
  const auto known = entries_.find(change.id);
  if (known != entries_.end() && known->second->change.assumed == change.assumed &&
      known->second->change.written == change.written) {
    entry.reach = known->second->reach;
    entry.affected = known->second->affected;
    entry.services = known->second->services;
    entry.hits = known->second->hits;
    return absl::OkStatus();
  }
  KOSEI_ASSIGN_OR_RETURN(entry.reach, finder_.Find(change.assumed, change.written, budget));
  std::vector<NodeIndex> down;
  for (const Assumption& assumption : change.assumed)
    down.push_back(storage::NodeOf(assumption.record));
  std::sort(down.begin(), down.end());
  for (std::size_t i = 0; i < entry.reach.nodes.size(); ++i) {
    if (entry.reach.states[i] == static_cast<std::uint8_t>(State::kUp)) continue;
    const NodeIndex node = entry.reach.nodes[i];
    if (ranks_.IsService(node)) ++entry.services;
    if (!std::binary_search(down.begin(), down.end(), node)) ++entry.affected;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<CalendarEntry>> ChangeCalendar::Impl::MakeEntry(
    PlannedChange change, const Budget& budget) {
  KOSEI_RETURN_IF_ERROR(CheckChange(change));
  auto entry = std::make_unique<CalendarEntry>();
  entry->change = std::move(change);
  entry->serial = next_serial_++;
  KOSEI_RETURN_IF_ERROR(FindReach(*entry, budget));
  return entry;
}

absl::Status ChangeCalendar::Impl::Put(PlannedChange change, const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(std::unique_ptr<CalendarEntry> entry,
                         MakeEntry(std::move(change), budget));
  KOSEI_RETURN_IF_ERROR(budget.CheckMemory(bytes() + entry->reach.bytes()));
  Remove(entry->change.id);
  reach_bytes_ += entry->reach.bytes();
  pending_.push_back(entry->serial);
  dirty_.push_back(entry->change.window);
  by_serial_.emplace(entry->serial, entry.get());
  const std::string id = entry->change.id;
  entries_.emplace(id, std::move(entry));
  return absl::OkStatus();
}

bool ChangeCalendar::Impl::Remove(std::string_view id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  Forget(*found->second);
  entries_.erase(found);
  return true;
}

void ChangeCalendar::Impl::Forget(const CalendarEntry& entry) {
  const std::uint64_t serial = entry.serial;
  absl::erase_if(pairs_, [&](const auto& pair) {
    if (pair.first.first != serial && pair.first.second != serial) return false;
    pair_bytes_ -= pair.second.bytes();
    return true;
  });
  std::erase_if(joints_, [&](const auto& joint) {
    if (std::find(joint.first.begin(), joint.first.end(), serial) == joint.first.end())
      return false;
    joint_bytes_ -= joint.second->bytes();
    return true;
  });
  std::erase(pending_, serial);
  dirty_.push_back(entry.change.window);
  by_serial_.erase(serial);
  reach_bytes_ -= entry.reach.bytes();
}

absl::Status ChangeCalendar::Impl::SetWindows(std::vector<CalendarWindow> windows,
                                              const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(
      scopes_, CalendarScopes::Make(std::move(windows), reader_, graph_, *schema_, budget));
  for (auto& [id, entry] : entries_) entry->hits.reset();
  return CheckMemory(budget);
}

absl::Status ChangeCalendar::Impl::FindHits(CalendarEntry& entry, const Budget& budget) {
  if (entry.hits.has_value()) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(entry.hits, scopes_.HitsOf(entry.reach, graph_, ranks_, budget));
  return absl::OkStatus();
}

// What is not known yet of pairs, sets and windows.
absl::Status ChangeCalendar::Impl::CatchUp(const Budget& budget) {
  while (!pending_.empty()) {
    CalendarEntry& entry = *by_serial_.at(pending_.back());
    KOSEI_RETURN_IF_ERROR(FindPairs(entry, budget));
    entry.paired = true;
    pending_.pop_back();
  }
  dirty_ = Joined(std::move(dirty_));
  const bool found_any = !dirty_.empty();
  while (!dirty_.empty()) {
    KOSEI_RETURN_IF_ERROR(FindSetsWithin(dirty_.back(), budget));
    dirty_.pop_back();
  }
  if (found_any) JoinSets();
  for (auto& [id, entry] : entries_) KOSEI_RETURN_IF_ERROR(FindHits(*entry, budget));
  return absl::OkStatus();
}

ChangeCalendar::ChangeCalendar(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChangeCalendar::~ChangeCalendar() = default;

absl::StatusOr<std::unique_ptr<ChangeCalendar>> ChangeCalendar::Open(const storage::Reader& reader,
                                                                     const storage::View& view,
                                                                     CalendarOptions options,
                                                                     const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(storage::GraphView graph, reader.Graph(view));
  // Failure travels as the model of that day says.
  KOSEI_ASSIGN_OR_RETURN(auto schema, reader.SchemaAt(view));
  auto impl =
      std::make_unique<Impl>(reader, std::move(graph), std::move(schema), std::move(options));
  KOSEI_RETURN_IF_ERROR(impl->Settle(budget));
  return std::unique_ptr<ChangeCalendar>(new ChangeCalendar(std::move(impl)));
}

const storage::View& ChangeCalendar::view() const { return impl_->graph().view(); }
std::size_t ChangeCalendar::size() const { return impl_->size(); }
std::uint64_t ChangeCalendar::bytes() const { return impl_->bytes(); }

absl::Status ChangeCalendar::Put(PlannedChange change, const Budget& budget) {
  return impl_->Put(std::move(change), budget);
}

bool ChangeCalendar::Remove(std::string_view id) { return impl_->Remove(id); }

absl::Status ChangeCalendar::SetWindows(std::vector<CalendarWindow> windows, const Budget& budget) {
  return impl_->SetWindows(std::move(windows), budget);
}

absl::StatusOr<CollisionReport> ChangeCalendar::Check(std::size_t limit, const Budget& budget) {
  return impl_->Report(nullptr, limit, budget);
}

absl::StatusOr<CollisionReport> ChangeCalendar::CheckOne(std::string_view id, std::size_t limit,
                                                         const Budget& budget) {
  const std::string name(id);
  return impl_->Report(&name, limit, budget);
}

absl::StatusOr<std::vector<FreeSlot>> ChangeCalendar::FreeSlots(const SlotRequest& request,
                                                                const Budget& budget) {
  return impl_->FreeSlots(request, budget);
}

}  // namespace kosei::query
