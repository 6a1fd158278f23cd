// The items that a change works on: its targets, and what its plan changes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/base/ids.h"

namespace kosei::process {

struct ChangeItem {
  RecordId id;
  bool target = false;
  bool planned = false;  // its plan puts or ends it
};

struct ChangeItems {
  std::vector<ChangeItem> worked_on;  // ascending by id; down while the work is done
  std::vector<RecordId> touched;      // these, and the ends of links that the plan makes or ends
  std::uint64_t edits = 0;            // records and links that the plan changes
};

// `plan`: the name of the plan that it owns; empty: none. A key of the plan that is in no View yet
// has an id all the same. kUnknownPlan.
absl::StatusOr<ChangeItems> ItemsOf(const DeskParts& parts, const Asking& asking,
                                    std::string_view key, const std::string& plan);

// Those that are there in the View.
absl::StatusOr<std::vector<RecordId>> ThereIn(const DeskParts& parts, const storage::View& view,
                                              const std::vector<ChangeItem>& items);

}  // namespace kosei::process
