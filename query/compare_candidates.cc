#include "compare_candidates.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;
using storage::NodeOf;

// A change in a list costs about as much as four records of a graph that is read in order: the
// record has to be fetched from each View by itself.
constexpr std::uint64_t kRecordsPerChange = 4;
// Below this many changes the lists are always the better way.
constexpr std::uint64_t kChangesAlways = 1'024;

void Mark(std::vector<std::uint64_t>& bits, NodeIndex node) {
  bits[node >> 6] |= std::uint64_t{1} << (node & 63);
}

std::uint64_t ChangesOf(const storage::CommitInfo& commit) {
  return commit.records_created + commit.records_updated + commit.records_ended +
         commit.links_created + commit.links_ended;
}

}  // namespace

Candidates::Candidates(const storage::Reader& reader, const ChangeFilter& filter,
                       const storage::View& from, const storage::View& to, NodeIndex node_limit)
    : reader_(reader), filter_(filter), from_(from), to_(to), node_limit_(node_limit) {}

absl::Status Candidates::Find(const Budget& budget) {
  const std::size_t words = node_limit_ / 64 + 1;
  KOSEI_RETURN_IF_ERROR(budget.CheckMemory(2 * words * sizeof(std::uint64_t)));
  records_.resize(words);
  links_.resize(words);
  KOSEI_ASSIGN_OR_RETURN(const bool known, MarkBeyondCommits());
  if (known) {
    KOSEI_ASSIGN_OR_RETURN(const bool listed, MarkListed(budget));
    if (listed) return absl::OkStatus();
  }
  everything_ = true;
  records_ = {};
  links_ = {};
  return absl::OkStatus();
}

// What can make the two Views differ beside the commits between them; this is the one place that
// knows. What has a valid time of its own is marked. False when nobody can list it: an instant
// before a View's commit shows an earlier state of the world, and a plan has changes of its own.
absl::StatusOr<bool> Candidates::MarkBeyondCommits() {
  for (const storage::View& view : {from_, to_}) {
    if (view.plan != kNoPlan) return false;
    if (view.commit == kNoCommit) continue;
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, reader_.Commit(view.commit));
    if (view.valid_at < commit.time) return false;
  }
  reader_.VisitDated(
      [this](RecordId id) {
        if (NodeOf(id) < node_limit_ && filter_.WantsRecord(id)) Mark(records_, NodeOf(id));
      },
      [this](RecordId source, RelationshipTypeNumber type, RecordId target) {
        if (NodeOf(source) < node_limit_ && filter_.WantsLink(source, type, target)) {
          Mark(links_, NodeOf(source));
        }
      });
  return true;
}

// False when reading the whole graphs is cheaper.
absl::StatusOr<bool> Candidates::MarkListed(const Budget& budget) {
  const std::uint64_t most =
      std::max<std::uint64_t>(kChangesAlways, node_limit_ / kRecordsPerChange);
  const std::uint64_t last = std::max(from_.commit, to_.commit).value;
  std::uint64_t cost = 0;
  for (std::uint64_t number = std::min(from_.commit, to_.commit).value + 1; number <= last;
       ++number) {
    KOSEI_RETURN_IF_ERROR(budget.Check());
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, reader_.Commit(CommitNumber{number}));
    cost += 1 + ChangesOf(commit);
    if (!commit.lists_changes || cost > most) return false;
    KOSEI_RETURN_IF_ERROR(
        reader_.VisitChanges(CommitNumber{number}, [this](const storage::CommitChanges& part) {
          for (const storage::RecordChange& change : part.records) {
            if (filter_.WantsRecord(change.record)) Mark(records_, NodeOf(change.record));
          }
          for (const storage::LinkChange& change : part.links) {
            if (filter_.WantsLink(change.source, change.type, change.target)) {
              Mark(links_, NodeOf(change.source));
            }
          }
          return true;
        }));
  }
  return true;
}

absl::StatusOr<bool> Candidates::RecordMay(NodeIndex node) {
  if (!everything_) return ((records_[node >> 6] >> (node & 63)) & 1) != 0;
  if (!filter_.WantsRecord(storage::RecordOf(node))) return false;
  if (node >= window_end_) KOSEI_RETURN_IF_ERROR(ReadWindow(node));
  const std::size_t i = node - window_begin_;
  return begins_[0][i] != begins_[1][i];
}

absl::Status Candidates::ReadWindow(NodeIndex begin) {
  window_begin_ = begin;
  window_end_ = begin + std::min(kWindow, node_limit_ - begin);
  KOSEI_RETURN_IF_ERROR(ReadWindowIn(from_, begins_[0]));
  return ReadWindowIn(to_, begins_[1]);
}

absl::Status Candidates::ReadWindowIn(const storage::View& view,
                                      std::vector<CommitNumber>& begins) const {
  begins.assign(window_end_ - window_begin_, kNoCommit);
  return reader_.Scan(view, storage::RecordOf(window_begin_),
                      [&](RecordId id, CommitNumber begin, RecordView) {
                        if (NodeOf(id) >= window_end_) return false;
                        begins[NodeOf(id) - window_begin_] = begin;
                        return true;
                      });
}

NodeIndex Candidates::NextFrom(NodeIndex node) const {
  if (everything_) return node;
  for (std::size_t word = node >> 6; word < records_.size(); ++word) {
    std::uint64_t bits = records_[word] | links_[word];
    if (word == node >> 6) bits &= ~std::uint64_t{0} << (node & 63);
    if (bits == 0) continue;
    const auto found =
        static_cast<NodeIndex>(word * 64 + static_cast<unsigned>(std::countr_zero(bits)));
    return std::min(found, node_limit_);
  }
  return node_limit_;
}

std::uint64_t Candidates::bytes() const {
  return (records_.size() + links_.size()) * sizeof(std::uint64_t) +
         (everything_ ? 2 * kWindow * sizeof(CommitNumber) : 0);
}

}  // namespace kosei::query
