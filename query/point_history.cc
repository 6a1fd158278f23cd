// Between two commits that touch what a service rests on, its points of failure are the same. So
// the way back goes from one such commit to the one before it; what a service rested on earlier is
// only known there, and brings commits of its own.
#include "kosei/query/point_history.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/gate.h"
#include "lanes.h"
#include "point_search.h"
#include "upstream.h"

namespace kosei::query {
namespace {

using model::State;
using storage::NodeIndex;

class WayBack {
 public:
  WayBack(const storage::Reader& reader, const storage::View& newest, RecordId service,
          const Budget& budget)
      : reader_(reader), newest_(newest), service_(storage::NodeOf(service)), budget_(budget) {
    newest_.plan = kNoPlan;
    for (const storage::ModelVersionInfo& version : reader.ModelVersions())
      Remember(version.commit);
  }

  // The newest commit up to `limit` that changed something that matters; none: 0.
  CommitNumber ChangeUpTo(CommitNumber limit) {
    while (!commits_.empty() && commits_.top() > limit) commits_.pop();
    return commits_.empty() ? kNoCommit : commits_.top();
  }

  // Whether each of `points` is one, with its outcome or worse, in the View.
  absl::StatusOr<std::vector<bool>> Look(const storage::View& view,
                                         std::span<const SinglePoint> points) {
    std::vector<bool> holds(points.size(), false);
    KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader_.Graph(view));
    if (service_ >= graph.node_limit()) return holds;
    KOSEI_ASSIGN_OR_RETURN(const auto schema, reader_.SchemaAt(view));
    GateBook gates(reader_, graph, *schema);
    KOSEI_ASSIGN_OR_RETURN(const Upstream upstream,
                           Upstream::Of(graph, *schema, gates, {&service_, 1}, budget_));
    KOSEI_RETURN_IF_ERROR(AddCommits(graph, *schema, gates, upstream));
    std::vector<Place> candidates;
    for (const SinglePoint& point : points) {
      const Place place = upstream.PlaceOf(storage::NodeOf(point.record));
      if (place != kNowhere) candidates.push_back(place);
    }
    if (candidates.empty()) return holds;
    Lanes lanes(upstream, budget_);
    const Place target = upstream.PlaceOf(service_);
    KOSEI_ASSIGN_OR_RETURN(const std::vector<std::vector<PointHit>> hits,
                           FindPoints(upstream, lanes, {&target, 1}, candidates));
    std::vector<State> outcomes(upstream.size(), State::kUp);
    for (const PointHit& hit : hits.front()) outcomes[hit.place] = hit.outcome;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const Place place = upstream.PlaceOf(storage::NodeOf(points[i].record));
      holds[i] = place != kNowhere && outcomes[place] >= points[i].outcome;
    }
    return holds;
  }

 private:
  void Remember(CommitNumber commit) {
    if (commit == kNoCommit || commit == kOpenEnd || commit > newest_.commit) return;
    if (known_commits_.insert(commit.value).second) commits_.push(commit);
  }

  absl::Status AddCommits(const storage::GraphView& graph, const model::Schema& schema,
                          const GateBook& gates, const Upstream& upstream) {
    for (Place place = 0; place < upstream.size(); ++place) {
      const NodeIndex node = upstream.NodeAt(place);
      if (known_links_.insert(node).second) {
        KOSEI_ASSIGN_OR_RETURN(const auto links,
                               reader_.LinkHistory(storage::RecordOf(node), newest_));
        for (const storage::LinkVersion& link : links) {
          Remember(link.begin);
          Remember(link.end);
        }
      }
      const bool matters = gates.MayHave(node) || !upstream.GatesFedBy(place).empty();
      if (matters && known_records_.insert(node).second)
        KOSEI_RETURN_IF_ERROR(AddVersions(graph, schema, node));
      if (place % kStepsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget_.Check());
    }
    return budget_.CheckMemory((known_links_.size() + known_records_.size()) * 8 +
                               known_commits_.size() * 24);
  }

  // Versions in which something differs that gates look at: numbers, gates, out of service.
  absl::Status AddVersions(const storage::GraphView& graph, const model::Schema& schema,
                           NodeIndex node) {
    KOSEI_ASSIGN_OR_RETURN(const auto versions, reader_.History(storage::RecordOf(node), newest_));
    const ClassNumber class_number = graph.ClassOf(node);
    const std::vector<AttributeNumber> attributes = LookedAt(schema, class_number);
    std::optional<RecordView> later;
    CommitNumber later_begin;
    for (const storage::RecordVersion& version : versions) {
      const RecordView record = version.record();
      if (later.has_value() && Differs(record, *later, attributes)) Remember(later_begin);
      later = record;
      later_begin = version.begin;
    }
    Remember(later_begin);
    return absl::OkStatus();
  }

  // Attributes of which a gate may make something.
  static std::vector<AttributeNumber> LookedAt(const model::Schema& schema, ClassNumber number) {
    std::vector<AttributeNumber> attributes;
    if (const model::OutOfService* const out = schema.OutOfServiceOf(number))
      attributes.push_back(out->attribute);
    const model::Class* const found = schema.FindClass(number);
    if (found == nullptr) return attributes;
    for (const model::Attribute& attribute : found->attributes) {
      const model::AttributeType type = attribute.definition.type;
      if (type == model::AttributeType::kInteger || type == model::AttributeType::kDecimal ||
          type == model::AttributeType::kGate)
        attributes.push_back(attribute.number);
    }
    return attributes;
  }

  static bool Differs(const RecordView& a, const RecordView& b,
                      const std::vector<AttributeNumber>& attributes) {
    return a.ended() != b.ended() ||
           std::any_of(attributes.begin(), attributes.end(), [&](AttributeNumber attribute) {
             return !(a.Find(attribute) == b.Find(attribute));
           });
  }

  const storage::Reader& reader_;
  storage::View newest_;
  const NodeIndex service_;
  const Budget& budget_;
  absl::flat_hash_set<NodeIndex> known_links_;
  absl::flat_hash_set<NodeIndex> known_records_;
  absl::flat_hash_set<std::uint64_t> known_commits_;
  std::priority_queue<CommitNumber> commits_;
};

// Follows a set of points back until each is settled.
class Follower {
 public:
  Follower(const storage::Reader& reader, std::span<const SinglePoint> points)
      : reader_(reader), answer_(points.size()) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      answer_[i].record = points[i].record;
      left_.push_back(i);
    }
    for (const std::size_t i : left_) points_.push_back(points[i]);
  }

  bool done() const { return left_.empty(); }
  std::span<const SinglePoint> points() const { return points_; }

  absl::Status Settle(const std::vector<bool>& holds, SinceKind kind, CommitNumber commit) {
    std::optional<storage::CommitInfo> info;
    std::vector<std::size_t> left;
    std::vector<SinglePoint> points;
    for (std::size_t i = 0; i < left_.size(); ++i) {
      if (holds[i]) {
        left.push_back(left_[i]);
        points.push_back(points_[i]);
        continue;
      }
      if (kind != SinceKind::kPlanned && !info.has_value() && commit != kNoCommit) {
        KOSEI_ASSIGN_OR_RETURN(info, reader_.Commit(commit));
      }
      answer_[left_[i]].kind = kind;
      answer_[left_[i]].commit = info;
    }
    left_ = std::move(left);
    points_ = std::move(points);
    return absl::OkStatus();
  }
  absl::Status SettleAll(SinceKind kind, CommitNumber commit) {
    return Settle(std::vector<bool>(left_.size(), false), kind, commit);
  }
  std::vector<PointSince> Take() { return std::move(answer_); }

 private:
  const storage::Reader& reader_;
  std::vector<PointSince> answer_;
  std::vector<std::size_t> left_;  // positions in answer_
  std::vector<SinglePoint> points_;
};

}  // namespace

absl::StatusOr<std::vector<PointSince>> PointsSince(const storage::Reader& reader,
                                                    const storage::View& view, RecordId service,
                                                    std::span<const SinglePoint> points,
                                                    const PointSinceBounds& bounds,
                                                    const Budget& budget) {
  Follower follower(reader, points);
  WayBack way(reader, view, service, budget);
  storage::View at = view;
  at.plan = kNoPlan;
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(at));
  KOSEI_ASSIGN_OR_RETURN(std::vector<bool> holds, way.Look(at, follower.points()));
  KOSEI_RETURN_IF_ERROR(follower.Settle(holds, SinceKind::kPlanned, kNoCommit));
  // The View may show an earlier commit than its own, when its instant is earlier.
  CommitNumber commit = way.ChangeUpTo(graph.commit());
  std::uint32_t steps = 0;
  while (!follower.done()) {
    if (commit.value <= 1) {
      KOSEI_RETURN_IF_ERROR(follower.SettleAll(SinceKind::kCommit, CommitNumber{1}));
      break;
    }
    if (steps++ == bounds.steps_max) {
      KOSEI_RETURN_IF_ERROR(follower.SettleAll(SinceKind::kAtLeast, commit));
      break;
    }
    const CommitNumber before{commit.value - 1};
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo info, reader.Commit(before));
    absl::StatusOr<std::vector<bool>> held =
        way.Look(storage::View{before, info.time}, follower.points());
    if (HasCode(held.status(), ErrorCode::kHistoryRetired)) {
      KOSEI_RETURN_IF_ERROR(follower.SettleAll(SinceKind::kRetired, commit));
      break;
    }
    KOSEI_RETURN_IF_ERROR(held.status());
    KOSEI_RETURN_IF_ERROR(follower.Settle(*held, SinceKind::kCommit, commit));
    commit = way.ChangeUpTo(before);
  }
  return follower.Take();
}

}  // namespace kosei::query
