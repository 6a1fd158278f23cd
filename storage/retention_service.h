// RetentionService: decisions about retention, each a commit of its own, and the runs that carry
// them out.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "committer.h"
#include "indexer.h"
#include "kosei/storage/retention.h"
#include "retention_run.h"
#include "store.h"

namespace kosei::storage {

class RetentionService final : public Retention {
 public:
  RetentionService(Store& store, Committer& committer, Indexer& indexer)
      : store_(store), committer_(committer), indexer_(indexer) {}

  absl::StatusOr<CommitResult> SetPolicy(const RetentionPolicy& policy,
                                         const Provenance& provenance) override;
  absl::StatusOr<CommitResult> ClearPolicy(ClassNumber class_number,
                                           const Provenance& provenance) override;
  absl::StatusOr<std::vector<RetentionPolicy>> Policies() const override;
  absl::StatusOr<CommitResult> AddHold(const LegalHold& hold,
                                       const Provenance& provenance) override;
  absl::StatusOr<CommitResult> DropHold(std::string_view name,
                                        const Provenance& provenance) override;
  absl::StatusOr<std::vector<LegalHold>> Holds() const override;
  absl::StatusOr<RetentionReport> Run(const Provenance& provenance, bool dry_run,
                                      const std::function<bool()>& go_on) override;

 private:
  using Composer = Committer::Composer;
  // A commit whose reason begins with `what`. `entry` gives the name and the bytes of what is
  // written with it (no bytes: it is removed), on the committing thread.
  struct Entry {
    std::string name, bytes;
  };
  absl::StatusOr<CommitResult> Decide(
      const Provenance& provenance, const std::string& what,
      absl::FunctionRef<absl::StatusOr<Entry>(const Decision& decision)> entry);
  absl::Status CheckClass(std::string_view doing, ClassNumber class_number) const;

  Store& store_;
  Committer& committer_;
  Indexer& indexer_;
  std::atomic<bool> running_{false};
};

}  // namespace kosei::storage
