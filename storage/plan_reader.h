// Reading in a View that has a plan on top. `view.plan` names one; the rest of the View is what it
// lies on.
#pragma once

#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "kosei/storage/reader.h"
#include "record_reader.h"
#include "store.h"

namespace kosei::storage {

// The View's moment and number of a plan by name: what is newest, if the plan is open and the name
// gives no moment; what it was merged into, if it was merged.
absl::StatusOr<View> ResolvePlan(const Store& store, const ViewName& name, View view,
                                 ReadTier tier);

// As the plan has it; nullopt when there is none. `begin` is that of the committed version, and
// kNoCommit for a record that only the plan has.
absl::StatusOr<std::optional<RecordVersion>> ReadPlanned(const Store& store, RecordId id,
                                                         const View& view, ReadTier tier);

using ScanVisit = absl::FunctionRef<bool(RecordId, CommitNumber, RecordView)>;
// `scan` visits what is committed, ascending by id from `from` on.
absl::Status ScanPlanned(const Store& store, const View& view, RecordId from, ScanVisit visit,
                         absl::FunctionRef<absl::Status(ScanVisit)> scan);

// Lays the plan on top of the committed graph.
absl::Status LayPlan(const Store& store, const View& view, GraphView& graph);

}  // namespace kosei::storage
