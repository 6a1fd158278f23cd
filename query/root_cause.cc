#include "kosei/query/root_cause.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/gate.h"
#include "lanes.h"
#include "point_search.h"
#include "roots.h"
#include "suspect_changes.h"
#include "upstream.h"

namespace kosei::query {
namespace {

using model::State;
using storage::NodeIndex;

constexpr std::size_t kTouchesTold = 5;

absl::Status CheckRequest(const storage::Reader& reader, const storage::GraphView& graph,
                          const RootCauseRequest& request) {
  if (request.failing.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "root cause: no failing record was named; name at least one by its key",
                     "failing");
  }
  const std::size_t most = std::max(request.failing.size(), request.well.size());
  if (most > kRootCauseRecordsMax) {
    return MakeError(ErrorCode::kRowBudget,
                     absl::StrFormat("root cause: %d records, at most %d failing ones and as many "
                                     "that are well are taken",
                                     most, kRootCauseRecordsMax),
                     "failing");
  }
  for (const RecordId record : request.failing)
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, record, "root cause of"));
  for (const RecordId record : request.well) {
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, record, "root cause, well"));
    if (std::find(request.failing.begin(), request.failing.end(), record) !=
        request.failing.end()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("root cause: %s is named as failing and as well; name it "
                                       "once",
                                       reader.KeyOf(record)),
                       "well");
    }
  }
  return absl::OkStatus();
}

std::vector<Place> PlacesOf(const Upstream& upstream, const std::vector<RecordId>& records) {
  std::vector<Place> places;
  for (const RecordId record : records) places.push_back(upstream.PlaceOf(storage::NodeOf(record)));
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

// What the graph says of each candidate.
class PositionSearch {
 public:
  PositionSearch(const Upstream& upstream, const std::vector<Place>& failing,
                 const std::vector<Place>& well)
      : upstream_(upstream), failing_(failing), well_(well), role_(upstream.size(), Role::kNone) {
    for (const Place place : failing) role_[place] = Role::kFailing;
    for (const Place place : well) role_[place] = Role::kWell;
  }

  absl::StatusOr<std::vector<CauseCandidate>> Run(const Budget& budget) {
    std::vector<std::uint64_t> distances(upstream_.size(), 0);
    std::vector<std::uint32_t> resting(upstream_.size(), 0);  // failing records that rest on it
    for (const Place target : failing_) {
      KOSEI_RETURN_IF_ERROR(budget.Check());
      const std::vector<std::uint32_t> to_target = upstream_.DistancesTo(target);
      for (Place place = 0; place < upstream_.size(); ++place) {
        if (to_target[place] == kNowhere) continue;
        distances[place] += to_target[place];
        ++resting[place];
      }
    }
    std::vector<Place> candidates;
    for (Place place = 0; place < upstream_.size(); ++place) {
      if (resting[place] == 0 || role_[place] == Role::kWell) continue;
      candidates.push_back(place);
      CauseCandidate candidate;
      candidate.record = upstream_.RecordAt(place);
      candidate.together = resting[place];
      candidate.observed = role_[place] == Role::kFailing;
      candidate.mean_distance =
          static_cast<double>(distances[place]) / static_cast<double>(resting[place]);
      found_.push_back(std::move(candidate));
    }
    Lanes lanes(upstream_, budget);
    KOSEI_RETURN_IF_ERROR(FollowEach(lanes, candidates, [&](std::size_t first, std::size_t count) {
      Count(lanes, first, count);
      return absl::OkStatus();
    }));
    for (CauseCandidate& candidate : found_) Score(candidate);
    return std::move(found_);
  }

 private:
  enum class Role : std::uint8_t { kNone, kFailing, kWell };

  void Count(const Lanes& lanes, std::size_t first, std::size_t count) {
    for (const Place place : lanes.touched()) {
      if (role_[place] == Role::kNone) continue;
      for (std::size_t lane = 0; lane < count; ++lane) {
        const State state = lanes.StateOf(lane, place);
        if (state == State::kUp) continue;
        CauseCandidate& candidate = found_[first + lane];
        if (role_[place] == Role::kWell) {
          ++candidate.well_hit;
        } else {
          ++(state == State::kFailed ? candidate.fails : candidate.degrades);
          --candidate.together;
        }
      }
    }
  }

  void Score(CauseCandidate& candidate) const {
    const auto failing = static_cast<double>(failing_.size());
    const auto add = [&](CauseReasonKind kind, double points) {
      if (points == 0) return;
      candidate.reasons.push_back({kind, points});
      candidate.score += points;
    };
    add(CauseReasonKind::kExplains,
        RootCauseWeights::kExplains * (candidate.fails + candidate.degrades / 2.0) / failing);
    add(CauseReasonKind::kTogether, RootCauseWeights::kTogether * candidate.together / failing);
    if (candidate.observed) add(CauseReasonKind::kObserved, RootCauseWeights::kObserved);
    add(CauseReasonKind::kNear, RootCauseWeights::kNear / (1 + candidate.mean_distance));
    if (candidate.well_hit != 0) {
      add(CauseReasonKind::kWellHit,
          RootCauseWeights::kWellHit * candidate.well_hit / static_cast<double>(well_.size()));
    }
  }

  const Upstream& upstream_;
  const std::vector<Place>& failing_;
  const std::vector<Place>& well_;
  std::vector<Role> role_;  // by place
  std::vector<CauseCandidate> found_;
};

// What a change adds, by itself.
std::vector<CauseReason> ReasonsOf(const storage::CommitInfo& commit, Timestamp from,
                                   Timestamp to) {
  std::vector<CauseReason> reasons;
  const double span = std::max(1.0, static_cast<double>(to.micros - from.micros));
  const double age = static_cast<double>(to.micros - commit.time.micros);
  const double fresh = std::clamp(1 - age / span, 0.0, 1.0);
  if (fresh > 0) reasons.push_back({CauseReasonKind::kChanged, RootCauseWeights::kChanged * fresh});
  if (commit.cause.empty() && commit.plan == kNoPlan)
    reasons.push_back({CauseReasonKind::kUnplanned, RootCauseWeights::kUnplanned});
  return reasons;
}

bool Better(const CauseCandidate& a, const CauseCandidate& b) {
  return std::tuple(b.score, a.mean_distance, a.record) <
         std::tuple(a.score, b.mean_distance, b.record);
}

// Adds what changes say to candidates, and ranks commits by the best record that each touched.
void AddChanges(const SuspectChanges& changes, Timestamp from, Timestamp to,
                std::vector<CauseCandidate>& candidates, std::vector<CauseCommit>& commits) {
  std::map<CommitNumber, CauseCommit> by_number;
  for (CauseCandidate& candidate : candidates) {
    const auto found = changes.touches.find(storage::NodeOf(candidate.record));
    if (found == changes.touches.end()) continue;
    const std::vector<CauseTouch>& touches = found->second;
    const double position = candidate.score;
    for (const CauseTouch& touch : touches) {
      CauseCommit& commit = by_number[touch.commit];
      ++commit.candidates;
      if (commit.best != RecordId{} && commit.score >= position) continue;
      commit.best = candidate.record;
      commit.score = position;
      commit.reasons = candidate.reasons;
    }
    candidate.touch_count = touches.size();
    candidate.touches.assign(
        touches.begin(),
        touches.begin() + static_cast<std::ptrdiff_t>(std::min(touches.size(), kTouchesTold)));
    for (const CauseReason& reason :
         ReasonsOf(changes.commits.at(touches.front().commit), from, to)) {
      candidate.reasons.push_back(reason);
      candidate.score += reason.points;
    }
  }
  for (auto& [number, commit] : by_number) {
    commit.commit = changes.commits.at(number);
    for (const CauseReason& reason : ReasonsOf(commit.commit, from, to)) {
      commit.reasons.push_back(reason);
      commit.score += reason.points;
    }
    commits.push_back(std::move(commit));
  }
  std::sort(commits.begin(), commits.end(), [](const CauseCommit& a, const CauseCommit& b) {
    return std::tuple(b.score, b.commit.number) < std::tuple(a.score, a.commit.number);
  });
}

}  // namespace

absl::StatusOr<RootCauseAnswer> RootCause(const storage::Reader& reader, const storage::View& view,
                                          const RootCauseRequest& request, const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_RETURN_IF_ERROR(CheckRequest(reader, graph, request));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  GateBook gates(reader, graph, *schema);
  std::vector<NodeIndex> targets;
  for (const RecordId record : request.failing) targets.push_back(storage::NodeOf(record));
  for (const RecordId record : request.well) targets.push_back(storage::NodeOf(record));
  KOSEI_ASSIGN_OR_RETURN(const Upstream upstream,
                         Upstream::Of(graph, *schema, gates, targets, budget));
  const std::vector<Place> failing = PlacesOf(upstream, request.failing);
  const std::vector<Place> well = PlacesOf(upstream, request.well);
  RootCauseAnswer answer;
  answer.view = view;
  answer.from = request.from;
  PositionSearch search(upstream, failing, well);
  KOSEI_ASSIGN_OR_RETURN(answer.candidates, search.Run(budget));
  answer.candidate_count = answer.candidates.size();
  std::sort(answer.candidates.begin(), answer.candidates.end(), Better);
  std::vector<NodeIndex> records;
  for (const CauseCandidate& candidate : answer.candidates)
    records.push_back(storage::NodeOf(candidate.record));
  KOSEI_ASSIGN_OR_RETURN(const SuspectChanges changes,
                         FindChanges(reader, view, request.from, records, budget));
  answer.commit_count = changes.commit_count;
  answer.changes_cut = changes.cut;
  KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo newest, reader.Commit(view.commit));
  // Within a time without beginning, the first commit is the oldest.
  Timestamp from = request.from;
  if (from == kBeginningOfTime && view.commit.value > 0) {
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo first, reader.Commit(CommitNumber{1}));
    from = first.time;
  }
  AddChanges(changes, from, std::max(newest.time, view.valid_at), answer.candidates,
             answer.commits);
  std::sort(answer.candidates.begin(), answer.candidates.end(), Better);
  if (answer.candidates.size() > request.limit) answer.candidates.resize(request.limit);
  if (answer.commits.size() > request.limit) answer.commits.resize(request.limit);
  std::map<CommitNumber, storage::CommitInfo> told;
  for (const CauseCandidate& candidate : answer.candidates) {
    for (const CauseTouch& touch : candidate.touches)
      told.emplace(touch.commit, changes.commits.at(touch.commit));
  }
  for (auto& [number, commit] : told) answer.touched_by.push_back(std::move(commit));
  return answer;
}

}  // namespace kosei::query
