// Groups behind gates: which are below what is asked for, and which have no reserve left.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/query/scenario.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct GroupFinding {
  RecordId record;
  std::string gate;
  bool of_record = false;  // else of its class
  // With every member up there is less than the gate asks for; the next loss is then the last.
  bool below_quorum = false;
  std::vector<std::string> missing;  // keys that the gate names and that do not feed the record
  std::uint32_t members = 0;
  std::uint32_t in_service = 0;
  // Of those in service; before: with what is down already; after: with the assumptions.
  std::uint32_t up_before = 0;
  std::uint32_t up_after = 0;
  model::State before = model::State::kUp;  // what the gate lets through
  model::State after = model::State::kUp;
  bool reserve_before = true;  // the failure of any one member would change nothing
  bool reserve_after = true;
};

// The groups of which a member worsened in an answer, ascending by record.
absl::StatusOr<std::vector<GroupFinding>> TouchedGroups(const storage::Reader& reader,
                                                        const ImpactAnswer& answer,
                                                        const Budget& budget);

// All groups of a View that are below quorum, not up, or without reserve with what the contexts
// find down (everything, when `all`), ascending by record, until `visit` returns false. before and
// after are the same.
absl::Status VisitGroups(const storage::Reader& reader, const storage::View& view,
                         const Scenario& contexts, bool all, const Budget& budget,
                         absl::FunctionRef<bool(const GroupFinding&)> visit);

}  // namespace kosei::query
