#include "suspect_changes.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

// Above so many changes it is cheaper to ask the records.
constexpr std::uint64_t kListedMax = 500'000;
constexpr std::size_t kAskedMax = 2'000;

class ChangeSearch {
 public:
  ChangeSearch(const storage::Reader& reader, const storage::View& view, Timestamp from,
               std::span<const NodeIndex> records, const Budget& budget)
      : reader_(reader), view_(view), from_(from), records_(records), budget_(budget) {}

  absl::StatusOr<SuspectChanges> Run() {
    KOSEI_ASSIGN_OR_RETURN(const bool few, ReadCommits());
    KOSEI_RETURN_IF_ERROR(few ? ReadLists() : AskRecords());
    for (auto& [node, touches] : out_.touches) {
      std::sort(touches.begin(), touches.end(),
                [](const CauseTouch& a, const CauseTouch& b) { return a.commit > b.commit; });
    }
    return std::move(out_);
  }

 private:
  // Newest first, until before the time. False: together they changed too much to read it all.
  absl::StatusOr<bool> ReadCommits() {
    std::uint64_t changes = 0;
    for (std::uint64_t number = view_.commit.value; number > 0; --number) {
      if (number % 256 == 0) KOSEI_RETURN_IF_ERROR(budget_.Check());
      KOSEI_ASSIGN_OR_RETURN(storage::CommitInfo commit, reader_.Commit(CommitNumber{number}));
      if (commit.time < from_) break;
      ++out_.commit_count;
      if (commit.lists_changes) {
        changes += commit.records_created + commit.records_updated + commit.records_ended +
                   commit.links_created + commit.links_ended;
        listing_.push_back(commit.number);
      }
    }
    return changes <= kListedMax;
  }

  absl::Status Touch(NodeIndex node, CommitNumber commit, std::uint8_t how) {
    std::vector<CauseTouch>& touches = out_.touches[node];
    const auto known = std::find_if(touches.rbegin(), touches.rend(), [&](const CauseTouch& touch) {
      return touch.commit == commit;
    });
    if (known != touches.rend()) {
      known->how |= how;
      return absl::OkStatus();
    }
    touches.push_back({commit, how});
    if (!out_.commits.contains(commit)) {
      KOSEI_ASSIGN_OR_RETURN(out_.commits[commit], reader_.Commit(commit));
    }
    return absl::OkStatus();
  }

  absl::Status ReadLists() {
    const absl::flat_hash_set<NodeIndex> wanted(records_.begin(), records_.end());
    for (const CommitNumber commit : listing_) {
      absl::Status status = budget_.Check();
      const auto touch = [&](RecordId record, std::uint8_t how) {
        if (wanted.contains(storage::NodeOf(record)))
          status.Update(Touch(storage::NodeOf(record), commit, how));
      };
      KOSEI_RETURN_IF_ERROR(
          reader_.VisitChanges(commit, [&](const storage::CommitChanges& changes) {
            for (const storage::RecordChange& change : changes.records)
              touch(change.record, kTouchedRecord);
            for (const storage::LinkChange& change : changes.links) {
              touch(change.source, kTouchedLink);
              touch(change.target, kTouchedLink);
            }
            return status.ok();
          }));
      KOSEI_RETURN_IF_ERROR(status);
    }
    return absl::OkStatus();
  }

  absl::Status AskRecords() {
    out_.cut = records_.size() > kAskedMax;
    const absl::flat_hash_set<CommitNumber> listing(listing_.begin(), listing_.end());
    for (const NodeIndex node : records_.first(std::min(records_.size(), kAskedMax))) {
      KOSEI_RETURN_IF_ERROR(budget_.Check());
      const auto touch = [&](CommitNumber commit, std::uint8_t how) {
        return listing.contains(commit) ? Touch(node, commit, how) : absl::OkStatus();
      };
      const RecordId record = storage::RecordOf(node);
      KOSEI_ASSIGN_OR_RETURN(const auto versions, reader_.History(record, view_));
      for (const storage::RecordVersion& version : versions)
        KOSEI_RETURN_IF_ERROR(touch(version.begin, kTouchedRecord));
      KOSEI_ASSIGN_OR_RETURN(const auto links, reader_.LinkHistory(record, view_));
      for (const storage::LinkVersion& link : links) {
        KOSEI_RETURN_IF_ERROR(touch(link.begin, kTouchedLink));
        KOSEI_RETURN_IF_ERROR(touch(link.end, kTouchedLink));
      }
    }
    return absl::OkStatus();
  }

  const storage::Reader& reader_;
  const storage::View& view_;
  const Timestamp from_;
  const std::span<const NodeIndex> records_;
  const Budget& budget_;
  std::vector<CommitNumber> listing_;
  SuspectChanges out_;
};

}  // namespace

absl::StatusOr<SuspectChanges> FindChanges(const storage::Reader& reader, const storage::View& view,
                                           Timestamp from, std::span<const NodeIndex> records,
                                           const Budget& budget) {
  return ChangeSearch(reader, view, from, records, budget).Run();
}

}  // namespace kosei::query
