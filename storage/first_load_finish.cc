// The end of a first load: links and unique values sorted, one commit written, everything made
// visible at once.
#include <algorithm>
#include <thread>
#include <utility>

#include "first_load.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/status_macros.h"
#include "load_marks.h"
#include "meta_table.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kRepeatedPerCommit = 10'000;

}  // namespace

absl::Status FirstLoad::WriteHolders() {
  std::vector<std::pair<keys::Identity, NodeIndex>> sorted;
  sorted.reserve(unique_.size());
  for (const auto& [identity, node] : unique_) sorted.emplace_back(identity, node);
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [identity, node] : sorted) {
    char key[keys::kIdentityKeySize];
    keys::WriteIdentityKey(key, identity);
    const std::string holders = keys::EncodeHolders({{RecordOf(node), commit_, kOpenEnd}});
    KOSEI_RETURN_IF_ERROR(files_->Put(Family::kIdentity, {key, sizeof(key)}, holders));
  }
  return absl::OkStatus();
}

absl::Status FirstLoad::WriteHeader(std::string content_hash) {
  info_.number = commit_;
  info_.time = time_;
  info_.actor = provenance_.actor;
  info_.reason = provenance_.reason;
  info_.cause = provenance_.cause;
  info_.source = provenance_.source;
  info_.records_created = counts_.records_created;
  info_.links_created = counts_.links_created;
  info_.content_hash = std::move(content_hash);
  info_.previous_hash = store_.head().hash;
  if (store_.head().commit == kNoCommit) info_.model_hash = store_.schema.newest_hash();
  const std::string header = EncodeCommit(info_, store_.model_version, ChangesListed::kNo);
  info_.hash = Sha256::Of(header);
  return files_->Put(Family::kCommits, keys::CommitKey(commit_, 0), header);
}

absl::StatusOr<Head> FirstLoad::Write() {
  if (store_.published().value + 1 != commit_.value) {
    return MakeError(
        ErrorCode::kVersionConflict,
        "finish load: the store was empty when the load began and is not any more; load again");
  }
  if (counts_.records_created == 0) return store_.head();
  // Files, and what memory holds of the links: all that there is to do at once.
  absl::Status held;
  std::thread holders([this, &held] { held = WriteHolders(); });
  SortLinks();
  const absl::Status linked = WriteLinks();
  HashLinks(content_);
  TopologyBase base;
  if (linked.ok()) base = BaseOfLinks();
  holders.join();
  KOSEI_RETURN_IF_ERROR(linked);
  KOSEI_RETURN_IF_ERROR(held);
  KOSEI_RETURN_IF_ERROR(WriteHeader(content_.Finish()));
  // Behind the marks of dated records, which came with theirs: a file's keys ascend.
  for (const NodeIndex node : gated_)
    KOSEI_RETURN_IF_ERROR(files_->Put(Family::kDefault, keys::GatedKey(RecordOf(node)), {}));
  KOSEI_RETURN_IF_ERROR(files_->Finish());
  const Head head{commit_, time_, info_.hash};
  absl::Status taken = files_->Ingest();
  if (taken.ok()) taken = watermark_.Barrier(head);
  // The store may have the commit or not: nothing may take its number before that is known.
  KOSEI_RETURN_IF_ERROR(store_.Wrote(std::move(taken)));
  store_.BeginApply(head);
  for (NodeIndex node = 1; node < content_of_.size(); ++node) {
    if (content_of_[node] != 0) store_.directory.SetLatest(node, commit_, true);
  }
  std::uint64_t there = counts_.records_created;
  for (const NodeIndex node : dated_) {
    store_.directory.MarkDated(node);
    const auto bounded = bounded_.find(node);
    if (bounded != bounded_.end() && bounded->second <= time_) {
      store_.directory.SetLatest(node, commit_, false);
      --there;
    }
  }
  for (const NodeIndex node : gated_) store_.directory.MarkGated(node);
  store_.topology.Replace(std::move(base));
  store_.unsaved_changes.fetch_add(counts_.records_created + counts_.links_created);
  store_.record_count.store(there, std::memory_order_relaxed);
  store_.link_count.store(counts_.links_created, std::memory_order_relaxed);
  return head;
}

absl::Status FirstLoad::CommitAfter(BulkChunk chunk, std::string_view what) {
  Notification finished;
  absl::StatusOr<ChunkResult> result = ChunkResult{};
  committer_.SubmitChunk(provenance_, std::move(chunk), [&](absl::StatusOr<ChunkResult> done) {
    result = std::move(done);
    finished.Notify();
  });
  finished.Wait();
  if (!result.ok()) return result.status();
  if (!result->rejected.empty()) {
    return WithContext(result->rejected.front().status,
                       "finish load: " + std::string(what) + " was refused");
  }
  const CommitResult& counts = result->counts;
  counts_.records_updated += counts.records_updated;
  counts_.records_created += counts.records_created;
  counts_.records_unchanged += counts.records_unchanged;
  counts_.links_created += counts.links_created;
  counts_.links_unchanged += counts.links_unchanged;
  if (counts.commit != kNoCommit) counts_.commit = counts.commit;
  return absl::OkStatus();
}

// Statements that came again under a key of this load, and links with a valid time, now as ordinary
// changes.
absl::Status FirstLoad::CommitRepeated() {
  for (std::size_t begin = 0; begin < repeated_.size(); begin += kRepeatedPerCommit) {
    BulkChunk chunk;
    const std::size_t end = std::min(repeated_.size(), begin + kRepeatedPerCommit);
    for (std::size_t i = begin; i < end; ++i) chunk.records.push_back(std::move(repeated_[i]));
    KOSEI_RETURN_IF_ERROR(CommitAfter(std::move(chunk), "a record that repeats a key"));
  }
  for (std::size_t begin = 0; begin < timed_links_.size(); begin += kRepeatedPerCommit) {
    BulkChunk chunk;
    const std::size_t end = std::min(timed_links_.size(), begin + kRepeatedPerCommit);
    for (std::size_t i = begin; i < end; ++i) chunk.links.push_back(std::move(timed_links_[i]));
    KOSEI_RETURN_IF_ERROR(CommitAfter(std::move(chunk), "a link with a valid time of its own"));
  }
  return absl::OkStatus();
}

absl::StatusOr<CommitResult> FirstLoad::Finish() {
  if (over_) return MakeError(ErrorCode::kProtocolOrder, "finish load: it is over already");
  absl::Status written = committer_.RunExclusively([this] { return Write(); });
  if (written.ok() && counts_.records_created > 0) {
    counts_.commit = commit_;
    counts_.time = time_;
  }
  files_.reset();
  over_ = true;
  released_();
  KOSEI_RETURN_IF_ERROR(written);
  KOSEI_RETURN_IF_ERROR(CommitRepeated());
  if (!batch_.empty() && last_.chunk != 0) {
    last_.counts = counts_;
    KOSEI_RETURN_IF_ERROR(
        store_.Wrote(PutMeta(*store_.database, LoadMarkName(provenance_.source, batch_),
                             EncodeLoadMark({last_, time_}))));
  }
  return counts_;
}

}  // namespace kosei::storage
