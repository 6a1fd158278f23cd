// ChunkedLoad: a bulk load into a store that holds something already. Each chunk is a commit of its
// own.
#pragma once

#include "committer.h"
#include "kosei/storage/writer.h"

namespace kosei::storage {

class ChunkedLoad final : public BulkLoad {
 public:
  ChunkedLoad(Committer& committer, Provenance provenance, std::string batch,
              const LoadPosition& position);
  LoadPosition position() const override { return position_; }
  absl::StatusOr<ChunkResult> Add(BulkChunk chunk) override;
  absl::StatusOr<CommitResult> Finish() override;

 private:
  Committer& committer_;
  const Provenance provenance_;
  const std::string batch_;
  const LoadPosition position_;
  CommitResult total_;
};

}  // namespace kosei::storage
