#include "chunked_load.h"

#include <utility>

#include "kosei/base/mutex.h"
#include "load_marks.h"

namespace kosei::storage {

ChunkedLoad::ChunkedLoad(Committer& committer, Provenance provenance, std::string batch,
                         const LoadPosition& position)
    : committer_(committer),
      provenance_(std::move(provenance)),
      batch_(std::move(batch)),
      position_(position),
      total_(position.counts) {}

absl::StatusOr<ChunkResult> ChunkedLoad::Add(BulkChunk chunk) {
  chunk.batch = batch_;
  Notification finished;
  absl::StatusOr<ChunkResult> result = ChunkResult{};
  committer_.SubmitChunk(provenance_, std::move(chunk), [&](absl::StatusOr<ChunkResult> done) {
    result = std::move(done);
    finished.Notify();
  });
  finished.Wait();
  if (!result.ok()) return result;
  AddCounts(result->counts, total_);
  return result;
}

// Every chunk was durable when it was answered.
absl::StatusOr<CommitResult> ChunkedLoad::Finish() { return total_; }

}  // namespace kosei::storage
