// CalendarScopes: the windows of a calendar by the records they are about, and which of them a
// change has to do with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "change_reach.h"
#include "kosei/model/schema.h"
#include "kosei/query/budget.h"
#include "kosei/query/collisions.h"
#include "kosei/storage/reader.h"
#include "record_ranks.h"

namespace kosei::query {

// What of a change's reach each scope is about.
struct ScopeHits {
  struct Freeze {
    std::uint32_t scope;
    RankedSummary records;
  };
  struct Maintenance {
    std::vector<std::uint32_t> scopes;  // ascending: these records may be hit within any of them
    RankedSummary records;
  };
  std::vector<Freeze> freezes;
  std::vector<Maintenance> maintenance;
};

// Belongs to one thread.
class CalendarScopes {
 public:
  // Of no windows.
  CalendarScopes() = default;
  // kInvalidArgument, kNotFound, and budgets.
  static absl::StatusOr<CalendarScopes> Make(std::vector<CalendarWindow> windows,
                                             const storage::Reader& reader,
                                             const storage::GraphView& graph,
                                             const model::Schema& schema, const Budget& budget);

  absl::StatusOr<ScopeHits> HitsOf(const ChangeReach& reach, const storage::GraphView& graph,
                                   RecordRanks& ranks, const Budget& budget) const;

  // Windows of one kind and scope, ascending by begin.
  std::span<const std::uint32_t> WindowsOf(CalendarKind kind, std::uint32_t scope) const {
    return kind == CalendarKind::kFreeze ? scopes_[scope].freezes : scopes_[scope].maintenance;
  }
  const CalendarWindow& window(std::uint32_t position) const { return windows_[position]; }
  // The spans in which records of these scopes may be hit, ascending; those that touch are one.
  std::vector<TimeWindow> MaintenanceOf(std::span<const std::uint32_t> scopes) const;
  std::uint64_t bytes() const;

 private:
  struct Scope {
    std::vector<std::uint32_t> freezes;  // positions in windows_
    std::vector<std::uint32_t> maintenance;
  };
  struct Member {
    storage::NodeIndex node;
    std::uint32_t scope;
    auto operator<=>(const Member&) const = default;
  };

  absl::Status AddScope(const CalendarWindow& window, std::uint32_t scope,
                        const storage::Reader& reader, const storage::GraphView& graph,
                        const model::Schema& schema, const Budget& budget);
  void FindScopes(storage::NodeIndex node, const storage::GraphView& graph,
                  std::vector<std::uint32_t>& found) const;

  std::vector<CalendarWindow> windows_;
  std::vector<Scope> scopes_;
  std::vector<std::uint32_t> of_all_;                 // scopes that are about every record
  std::vector<std::vector<std::uint32_t>> by_class_;  // by class number: scopes
  bool any_class_ = false;
  std::vector<Member> members_;      // ascending
  std::vector<std::uint64_t> bits_;  // a node each: it is in members_
};

}  // namespace kosei::query
