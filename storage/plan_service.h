// The Plans of a store. What changes a plan runs on the committing thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "committer.h"
#include "kosei/storage/plans.h"
#include "plan_merge.h"
#include "plan_overlay.h"
#include "staged_state.h"
#include "store.h"

namespace kosei::storage {

class PlanService final : public Plans {
 public:
  PlanService(Store& store, Committer& committer) : store_(store), committer_(committer) {}

  absl::StatusOr<PlanInfo> Open(std::string_view name, std::string_view description,
                                const Provenance& provenance) override;
  absl::StatusOr<PlanEdited> Edit(std::string_view name, Transaction edits) override;
  std::vector<PlanInfo> List() const override { return store_.plans->List(); }
  absl::StatusOr<PlanInfo> Find(std::string_view name) const override;
  std::string NameOf(PlanNumber number) const override;
  absl::StatusOr<std::vector<PlanStep>> Steps(std::string_view name) const override;
  absl::StatusOr<PlanDiff> Diff(std::string_view name, std::size_t limit) override;
  absl::StatusOr<MergeOutcome> Rebase(std::string_view name, Take take) override;
  absl::StatusOr<MergeOutcome> Merge(std::string_view name, const MergeOptions& options) override;
  absl::Status Drop(std::string_view name) override;
  absl::StatusOr<MergeOutcome> Revert(CommitNumber commit, const MergeOptions& options) override;

 private:
  using Composer = Committer::Composer;
  // The plan that was edited last, staged on top of the newest commit: the next edit of it builds
  // on that.
  struct Staged {
    PlanNumber plan;
    std::uint32_t steps = 0;
    CommitNumber commit;
    StagedState state;
  };

  absl::StatusOr<PlanInfo> FindOpen(std::string_view doing, std::string_view name) const;
  absl::StatusOr<StepActors> ActorsOf(const PlanInfo& plan) const;
  absl::Status StageForEdit(Composer& composer, const PlanInfo& plan);
  absl::Status EditComposed(Composer& composer, std::string_view name, Transaction& edits,
                            PlanEdited& edited);
  absl::Status MergeComposed(Composer& composer, std::string_view name, const MergeOptions& options,
                             MergeOutcome& outcome);
  absl::Status AddSteps(Composer& composer, const std::vector<PlanStep>& steps, PlanMerge& merge,
                        const Provenance& provenance, MergeOutcome& outcome);
  absl::StatusOr<std::shared_ptr<const PlanOverlay>> Inverse(CommitNumber commit) const;
  absl::StatusOr<PlannedRecord> DiffOf(const RecordEdit& edit, const View& base,
                                       const View& present) const;

  Store& store_;
  Committer& committer_;
  Staged staged_;  // the committing thread's
};

}  // namespace kosei::storage
