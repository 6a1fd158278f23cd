#include "kosei/query/compare.h"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>

#include "compare_candidates.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using storage::LinkDirection;
using storage::Neighbour;
using storage::NodeIndex;
using storage::RecordVersion;

bool IsLater(const storage::View& a, const storage::View& b) {
  return std::pair(a.commit, a.valid_at) > std::pair(b.commit, b.valid_at);
}

// A version that says the same with another instant to it makes no difference.
bool SaySame(const RecordVersion& a, const RecordVersion& b) {
  if (a.begin == b.begin) return true;
  const Record before = a.record().Decode();
  const Record after = b.record().Decode();
  return before.class_number == after.class_number && before.attributes == after.attributes;
}

bool ByTypeAndNode(const Neighbour& a, const Neighbour& b) {
  return std::pair(a.type, a.node) < std::pair(b.type, b.node);
}

class StoreComparison final : public Comparison {
 public:
  StoreComparison(const storage::Reader& reader, const storage::View& from, const storage::View& to,
                  ChangeFilter filter, storage::GraphView from_graph, storage::GraphView to_graph)
      : reader_(reader),
        from_(from),
        to_(to),
        later_(IsLater(from, to) ? from : to),
        filter_(std::move(filter)),
        from_graph_(std::move(from_graph)),
        to_graph_(std::move(to_graph)),
        node_limit_(std::max(from_graph_.node_limit(), to_graph_.node_limit())),
        candidates_(reader, filter_, from, to, node_limit_) {}

  Candidates& candidates() { return candidates_; }
  std::uint64_t bytes() const override { return candidates_.bytes(); }

  absl::StatusOr<bool> Next(const Budget& budget, std::size_t bytes_max,
                            Differences& found) override {
    found.records.clear();
    found.links.clear();
    std::size_t bytes = 0;
    std::uint64_t seen = 0;
    while (true) {
      TakePending(budget.limits().rows, found);
      if (found.size() >= budget.limits().rows || bytes >= bytes_max) return true;
      node_ = candidates_.NextFrom(node_);
      if (node_ >= node_limit_) return false;
      if (seen % kStepsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget.Check());
      if (seen++ >= kRecordsPerStep) return true;
      const NodeIndex node = node_++;
      KOSEI_ASSIGN_OR_RETURN(const bool record_may, candidates_.RecordMay(node));
      if (record_may) {
        KOSEI_ASSIGN_OR_RETURN(const std::size_t size, CompareRecord(node, found));
        bytes += size;
      }
      if (candidates_.LinksMay(node)) KOSEI_RETURN_IF_ERROR(CompareLinks(node));
    }
  }

 private:
  void TakePending(std::uint64_t rows, Differences& found) {
    while (next_pending_ < pending_.size() && found.size() < rows) {
      found.links.push_back(pending_[next_pending_++]);
    }
    if (next_pending_ < pending_.size()) return;
    pending_.clear();
    next_pending_ = 0;
  }

  absl::StatusOr<std::optional<RecordVersion>> VersionIn(RecordId id,
                                                         const storage::View& view) const {
    absl::StatusOr<RecordVersion> version = reader_.GetWhatIsLeft(id, view);
    if (version.ok()) return std::optional<RecordVersion>(*std::move(version));
    if (HasCode(version.status(), ErrorCode::kNotFound)) return std::optional<RecordVersion>();
    return version.status();
  }

  // The bytes it adds to `found`.
  absl::StatusOr<std::size_t> CompareRecord(NodeIndex node, Differences& found) const {
    RecordDifference difference;
    difference.id = storage::RecordOf(node);
    KOSEI_ASSIGN_OR_RETURN(difference.before, VersionIn(difference.id, from_));
    KOSEI_ASSIGN_OR_RETURN(difference.after, VersionIn(difference.id, to_));
    const auto& [id, before, after, cause] = difference;
    const bool in_both = before.has_value() && after.has_value();
    // How two versions differ cannot be told when what one of them said is gone.
    if (in_both && before->begin != after->begin) {
      if (IsRetired(before->record())) return reader_.Get(difference.id, from_).status();
      if (IsRetired(after->record())) return reader_.Get(difference.id, to_).status();
    }
    if (before.has_value() == after.has_value() && (!in_both || SaySame(*before, *after))) {
      return std::size_t{0};
    }
    KOSEI_ASSIGN_OR_RETURN(difference.cause, CauseOf(difference));
    const std::size_t bytes = (before.has_value() ? before->bytes.size() : 0) +
                              (after.has_value() ? after->bytes.size() : 0);
    found.records.push_back(std::move(difference));
    return bytes;
  }

  absl::StatusOr<CommitNumber> CauseOf(const RecordDifference& difference) const {
    const bool forward = later_ == to_;
    const std::optional<RecordVersion>& newer = forward ? difference.after : difference.before;
    if (newer.has_value()) return newer->begin;
    // The later View has a version that says that the record is no more.
    KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                           reader_.History(difference.id, later_));
    return versions.empty() ? later_.commit : versions.front().begin;
  }

  absl::Status CompareLinks(NodeIndex source) {
    from_graph_.Collect(LinkDirection::kOut, source, rows_[0]);
    to_graph_.Collect(LinkDirection::kOut, source, rows_[1]);
    for (std::vector<Neighbour>& row : rows_) {
      if (!std::is_sorted(row.begin(), row.end(), ByTypeAndNode)) {
        std::sort(row.begin(), row.end(), ByTypeAndNode);
      }
    }
    AddMissing(source, rows_[0], rows_[1], false);
    AddMissing(source, rows_[1], rows_[0], true);
    if (pending_.empty()) return absl::OkStatus();
    std::sort(pending_.begin(), pending_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.type, a.target) < std::pair(b.type, b.target);
    });
    return AddCauses(source);
  }

  // Links of `some` that `others` lacks.
  void AddMissing(NodeIndex source, std::span<const Neighbour> some,
                  std::span<const Neighbour> others, bool added) {
    auto other = others.begin();
    for (const Neighbour& link : some) {
      while (other != others.end() && ByTypeAndNode(*other, link)) ++other;
      if (other != others.end() && !ByTypeAndNode(link, *other)) continue;
      const LinkDifference difference{storage::RecordOf(source), RelationshipTypeNumber{link.type},
                                      storage::RecordOf(link.node), added, kNoCommit};
      if (filter_.WantsLink(difference.source, difference.type, difference.target)) {
        pending_.push_back(difference);
      }
    }
  }

  // The last begin or end of each up to what the later graph shows.
  absl::Status AddCauses(NodeIndex source) {
    const CommitNumber last = std::max(from_graph_.commit(), to_graph_.commit());
    KOSEI_ASSIGN_OR_RETURN(
        const std::vector<storage::LinkVersion> links,
        reader_.LinkHistory(storage::RecordOf(source), {last, later_.valid_at, later_.plan}));
    for (LinkDifference& difference : pending_) {
      const auto name = std::tuple(difference.source, difference.type, difference.target);
      auto link = std::partition_point(links.begin(), links.end(), [&](const auto& one) {
        return std::tuple(one.source, one.type, one.target) < name;
      });
      for (; link != links.end() && std::tuple(link->source, link->type, link->target) == name;
           ++link) {
        difference.cause = std::max(difference.cause, link->begin);
        if (link->end <= last) difference.cause = std::max(difference.cause, link->end);
      }
    }
    return absl::OkStatus();
  }

  const storage::Reader& reader_;
  const storage::View from_;
  const storage::View to_;
  const storage::View later_;
  const ChangeFilter filter_;
  const storage::GraphView from_graph_;
  const storage::GraphView to_graph_;
  const NodeIndex node_limit_;
  Candidates candidates_;
  NodeIndex node_ = 1;
  std::array<std::vector<Neighbour>, 2> rows_;
  std::vector<LinkDifference> pending_;  // of one source, not handed out yet from next_pending_ on
  std::size_t next_pending_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Comparison>> Comparison::Open(const storage::Reader& reader,
                                                             const storage::View& from,
                                                             const storage::View& to,
                                                             const ChangeSelection& selection,
                                                             const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(ChangeFilter filter, ChangeFilter::Make(reader, selection));
  KOSEI_ASSIGN_OR_RETURN(storage::GraphView from_graph, reader.Graph(from));
  KOSEI_ASSIGN_OR_RETURN(storage::GraphView to_graph, reader.Graph(to));
  auto comparison =
      std::make_unique<StoreComparison>(reader, from, to, std::move(filter), from_graph, to_graph);
  KOSEI_RETURN_IF_ERROR(comparison->candidates().Find(budget));
  return std::unique_ptr<Comparison>(std::move(comparison));
}

}  // namespace kosei::query
