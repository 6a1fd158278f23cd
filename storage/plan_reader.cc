#include "plan_reader.h"

#include <algorithm>
#include <utility>

#include "commit_log.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "plan_graph.h"
#include "plan_overlay.h"

namespace kosei::storage {
namespace {

View Committed(View view) {
  view.plan = kNoPlan;
  return view;
}

absl::StatusOr<std::shared_ptr<const PlanOverlay>> OverlayOf(const Store& store, PlanNumber plan,
                                                             ReadTier tier) {
  if (tier == ReadTier::kDisk) return store.plans->Overlay(plan);
  std::shared_ptr<const PlanOverlay> cached = store.plans->OverlayIfCached(plan);
  if (cached == nullptr) return MakeError(ErrorCode::kOverloaded, "read plan: not in memory");
  return cached;
}

// The bytes that hold in the View without the plan; empty when there are none.
absl::StatusOr<RecordVersion> ReadCommitted(const Store& store, RecordId id, const View& view,
                                            ReadTier tier) {
  KOSEI_ASSIGN_OR_RETURN(std::optional<RecordVersion> version,
                         ReadVersion(store, id, Committed(view), tier));
  if (version && !version->record().ended()) return *std::move(version);
  return RecordVersion{id, kNoCommit, kOpenEnd, {}};
}

}  // namespace

absl::StatusOr<View> ResolvePlan(const Store& store, const ViewName& name, View view,
                                 ReadTier tier) {
  const std::optional<PlanInfo> plan = store.plans->Find(name.plan);
  if (!plan) return UnknownPlan("view in plan", name.plan);
  view.plan = plan->number;
  if (plan->state == PlanState::kMerged && name.kind == ViewName::Kind::kNewest) {
    view.commit = CommitNumber{plan->merged_from.value - 1};
    if (!name.valid_at) {
      KOSEI_ASSIGN_OR_RETURN(const DecodedCommit merged,
                             ReadCommit(*store.database, plan->merged, tier));
      view.valid_at = merged.info.time;
    }
  }
  return view;
}

absl::StatusOr<std::optional<RecordVersion>> ReadPlanned(const Store& store, RecordId id,
                                                         const View& view, ReadTier tier) {
  KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const PlanOverlay> overlay,
                         OverlayOf(store, view.plan, tier));
  const RecordEdit* edit = overlay->Find(NodeOf(id));
  if (edit == nullptr) return ReadVersion(store, id, Committed(view), tier);
  KOSEI_ASSIGN_OR_RETURN(RecordVersion version, ReadCommitted(store, id, view, tier));
  // A plan on top of what is not known any more is not known either.
  const bool retired = !version.bytes.empty() && IsRetired(version.record());
  if (retired && !edit->cuts()) return std::optional<RecordVersion>(std::move(version));
  version.bytes = PlannedBytes(*store.schema, *edit, version.bytes);
  if (version.bytes.empty()) return std::optional<RecordVersion>();
  return std::optional<RecordVersion>(std::move(version));
}

absl::Status ScanPlanned(const Store& store, const View& view, RecordId from, ScanVisit visit,
                         absl::FunctionRef<absl::Status(ScanVisit)> scan) {
  KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const PlanOverlay> overlay,
                         store.plans->Overlay(view.plan));
  const std::vector<NodeIndex>& created = overlay->created();
  auto next = std::lower_bound(created.begin(), created.end(), NodeOf(from));
  bool stopped = false;
  // Records that the plan has and the View does not, up to `before`.
  const auto visit_created = [&](std::uint64_t before) {
    for (; !stopped && next != created.end() && *next < before; ++next) {
      const std::string bytes = PlannedBytes(*store.schema, *overlay->Find(*next), {});
      if (!bytes.empty()) stopped = !visit(RecordOf(*next), kNoCommit, RecordView::Trust(bytes));
    }
  };
  const auto visit_committed = [&](RecordId id, CommitNumber begin, RecordView record) {
    visit_created(id.value);
    if (stopped) return false;
    if (next != created.end() && *next == id.value) ++next;
    const RecordEdit* edit = overlay->Find(NodeOf(id));
    if (edit == nullptr) {
      stopped = !visit(id, begin, record);
    } else {
      const std::string bytes = PlannedBytes(*store.schema, *edit, record.bytes());
      if (!bytes.empty()) stopped = !visit(id, begin, RecordView::Trust(bytes));
    }
    return !stopped;
  };
  KOSEI_RETURN_IF_ERROR(scan(visit_committed));
  visit_created(UINT64_MAX);
  return absl::OkStatus();
}

absl::Status LayPlan(const Store& store, const View& view, GraphView& graph) {
  KOSEI_ASSIGN_OR_RETURN(std::shared_ptr<const PlanOverlay> overlay,
                         store.plans->Overlay(view.plan));
  // What cannot be read is taken to hold: an impact too many is better than one too few.
  const auto holds = [&store, committed = Committed(view)](NodeIndex node) {
    const auto version = ReadVersion(store, RecordOf(node), committed, ReadTier::kDisk);
    return !version.ok() || (version->has_value() && !(*version)->record().ended());
  };
  graph.LayOnTop(std::make_shared<PlanGraph>(std::move(overlay), graph, holds));
  return absl::OkStatus();
}

}  // namespace kosei::storage
