// Candidates: which records, and which records' outgoing links, can differ between two Views. Two
// bits a record.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/query/budget.h"
#include "kosei/query/change_filter.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

class Candidates {
 public:
  // Every node of both Views is below `node_limit`. All must outlive it.
  Candidates(const storage::Reader& reader, const ChangeFilter& filter, const storage::View& from,
             const storage::View& to, storage::NodeIndex node_limit);

  absl::Status Find(const Budget& budget);
  // Whether a record may differ, or one of its outgoing links. Nodes are asked for in ascending
  // order.
  absl::StatusOr<bool> RecordMay(storage::NodeIndex node);
  bool LinksMay(storage::NodeIndex node) const {
    return everything_ || ((links_[node >> 6] >> (node & 63)) & 1) != 0;
  }
  // The first node at or after `node` that may differ in any way; the node limit when there is
  // none.
  storage::NodeIndex NextFrom(storage::NodeIndex node) const;
  std::uint64_t bytes() const;

 private:
  static constexpr storage::NodeIndex kWindow = 65'536;

  absl::StatusOr<bool> MarkBeyondCommits();
  absl::StatusOr<bool> MarkListed(const Budget& budget);
  absl::Status ReadWindow(storage::NodeIndex begin);
  absl::Status ReadWindowIn(const storage::View& view, std::vector<CommitNumber>& begins) const;

  const storage::Reader& reader_;
  const ChangeFilter& filter_;
  const storage::View from_;
  const storage::View to_;
  const storage::NodeIndex node_limit_;
  // Both graphs are read side by side, a window of records at a time.
  bool everything_ = false;
  storage::NodeIndex window_begin_ = 0;
  storage::NodeIndex window_end_ = 0;
  std::array<std::vector<CommitNumber>, 2> begins_;  // by node in the window: of the version seen
  // Else what commits list.
  std::vector<std::uint64_t> records_;
  std::vector<std::uint64_t> links_;
};

}  // namespace kosei::query
