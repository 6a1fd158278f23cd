// points: what takes services down, alone or together; root_cause: what explains failures best.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/causes_generated.h"
#include "kosei/query/point_history.h"
#include "kosei/query/points_of_failure.h"
#include "kosei/query/root_cause.h"

namespace kosei::server {
namespace {

using StringOffset = flatbuffers::Offset<flatbuffers::String>;

constexpr std::uint32_t kServicesMax = 1'000;
constexpr std::uint32_t kPointsMax = 100'000;
constexpr std::uint32_t kCausesMax = 1'000;
constexpr std::size_t kGroupKeysMax = 100;

static_assert(static_cast<int>(fb::SinceKind::MAX) == static_cast<int>(query::SinceKind::kPlanned));
static_assert(static_cast<int>(fb::CutSetsEnd::MAX) == static_cast<int>(query::CutSetsEnd::kTried));
static_assert(static_cast<int>(fb::CauseReasonKind::MAX) ==
              static_cast<int>(query::CauseReasonKind::kWellHit));

absl::Status CheckLimit(std::string_view doing, std::uint32_t limit, std::uint32_t most) {
  if (limit <= most) return absl::OkStatus();
  return MakeError(ErrorCode::kRowBudget,
                   absl::StrFormat("%s: limit %d, at most %d are listed", doing, limit, most),
                   "limit");
}

struct Asked {
  query::PointsRequest points;
  std::uint32_t size = 1;
  bool since = false;
};

absl::StatusOr<Asked> DecodePoints(const Services& services, const storage::View& view,
                                   const fb::PointsRequest& request) {
  Asked asked;
  const std::uint32_t count = request.services() == nullptr ? 0 : request.services()->size();
  if (count > kServicesMax) {
    return MakeError(ErrorCode::kRowBudget,
                     absl::StrFormat("points of failure: %d services, at most %d are taken by name",
                                     count, kServicesMax),
                     "services");
  }
  KOSEI_ASSIGN_OR_RETURN(asked.points.services,
                         IdsOfKeys(services.reader, "points of failure of", request.services()));
  if (request.size() < 1 || request.size() > 3) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("points of failure: size %d, expected 1 to 3", request.size()),
                     "size");
  }
  asked.size = request.size();
  asked.since = request.since();
  KOSEI_RETURN_IF_ERROR(CheckLimit("points of failure", request.limit(), kPointsMax));
  asked.points.limit = request.limit();
  KOSEI_ASSIGN_OR_RETURN(
      asked.points.contexts,
      ContextsOf(services.reader, view, request.contexts(), request.all_contexts()));
  if (request.time_from() != 0 || request.time_to() != 0) {
    if (request.time_from() >= request.time_to()) {
      return MakeError(
          ErrorCode::kInvalidArgument,
          "points of failure: the assumed time ends before it begins; give a later end", "time_to");
    }
    asked.points.time =
        query::TimeWindow{Timestamp{request.time_from()}, Timestamp{request.time_to()}};
  }
  if (asked.since && !asked.points.contexts.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "points of failure: since when is told of points without contexts only; leave "
                     "the contexts out, or do not ask since when",
                     "since");
  }
  return asked;
}

// Writes services into frames.
class PointsWriter {
 public:
  PointsWriter(const Services& services, const Call& call, const storage::View& view,
               const Asked& asked, const query::Budget& budget)
      : services_(services),
        reader_(services.reader),
        call_(call),
        view_(view),
        asked_(asked),
        budget_(budget),
        stream_(std::make_unique<CollectedStream>(services)) {}

  absl::Status Add(const query::ServicePoints& points) {
    std::vector<query::PointSince> since;
    if (asked_.since) {
      KOSEI_ASSIGN_OR_RETURN(
          since, query::PointsSince(reader_, view_, points.service, points.points, {}, budget_));
    }
    query::CutSets sets;
    if (asked_.size > 1) {
      query::CutSetsRequest request{.service = points.service, .size_max = asked_.size};
      request.contexts = asked_.points.contexts;
      request.time = asked_.points.time;
      request.limit = asked_.points.limit;
      KOSEI_ASSIGN_OR_RETURN(sets, query::MinimalCutSets(reader_, view_, request, budget_));
    }
    KOSEI_RETURN_IF_ERROR(Encode(points, since, sets));
    return builder_.GetSize() < kStreamFrameBytes ? absl::OkStatus() : Cut();
  }
  absl::StatusOr<std::unique_ptr<Stream>> Finish() {
    KOSEI_RETURN_IF_ERROR(Cut());
    return std::move(stream_);
  }

 private:
  absl::Status Encode(const query::ServicePoints& points,
                      const std::vector<query::PointSince>& since, const query::CutSets& sets) {
    const auto key = Text(builder_, reader_.KeyOf(points.service));
    std::vector<std::uint16_t> classes;
    std::vector<std::uint8_t> outcomes, by_gate;
    std::vector<std::uint32_t> distances;
    for (const query::SinglePoint& point : points.points) {
      point_keys_.push_back(Text(builder_, reader_.KeyOf(point.record)));
      classes.push_back(reader_.ClassOf(point.record).value);
      outcomes.push_back(static_cast<std::uint8_t>(point.outcome));
      distances.push_back(point.distance);
      by_gate.push_back(point.by_gate ? 1 : 0);
    }
    const auto class_vector = builder_.CreateVector(classes);
    const auto outcome_vector = builder_.CreateVector(outcomes);
    const auto distance_vector = builder_.CreateVector(distances);
    const auto gate_vector = builder_.CreateVector(by_gate);
    const SinceColumns told = EncodeSince(since);
    const SetColumns columns = EncodeSets(sets);
    fb::ServicePointsBuilder out(builder_);
    out.add_key(key);
    out.add_class_number(reader_.ClassOf(points.service).value);
    out.add_before(static_cast<std::uint8_t>(points.before));
    out.add_upstream(points.upstream);
    out.add_failing(points.failing);
    out.add_degrading(points.degrading);
    out.add_classes(class_vector);
    out.add_outcomes(outcome_vector);
    out.add_distances(distance_vector);
    out.add_by_gate(gate_vector);
    out.add_since_kinds(told.kinds);
    out.add_since_commits(told.numbers);
    out.add_commits(told.commits);
    if (asked_.size > 1) {
      out.add_group_sizes(columns.group_sizes);
      out.add_group_counts(columns.group_counts);
      out.add_set_sizes(columns.sizes);
      out.add_set_groups(columns.groups);
      out.add_set_count(sets.count);
      out.add_sets_end(static_cast<fb::CutSetsEnd>(sets.end));
      out.add_sets_whole_to(static_cast<std::uint8_t>(sets.whole_to));
    }
    written_.push_back(out.Finish());
    return absl::OkStatus();
  }

  struct SinceColumns {
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> kinds;
    flatbuffers::Offset<flatbuffers::Vector<std::uint64_t>> numbers;
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::CommitSummary>>> commits;
  };
  SinceColumns EncodeSince(const std::vector<query::PointSince>& since) {
    if (!asked_.since) return {};
    std::vector<std::uint8_t> kinds;
    std::vector<std::uint64_t> numbers;
    std::map<std::uint64_t, const storage::CommitInfo*> commits;
    for (const query::PointSince& each : since) {
      kinds.push_back(static_cast<std::uint8_t>(each.kind));
      numbers.push_back(each.commit.has_value() ? each.commit->number.value : 0);
      if (each.commit.has_value()) commits.emplace(numbers.back(), &*each.commit);
    }
    std::vector<flatbuffers::Offset<fb::CommitSummary>> summaries;
    for (const auto& [number, commit] : commits)
      summaries.push_back(EncodeCommit(builder_, services_.engine.plans(), *commit));
    return {builder_.CreateVector(kinds), builder_.CreateVector(numbers),
            builder_.CreateVector(summaries)};
  }

  struct SetColumns {
    flatbuffers::Offset<flatbuffers::Vector<std::uint32_t>> group_sizes, group_counts, groups;
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> sizes;
  };
  SetColumns EncodeSets(const query::CutSets& sets) {
    if (asked_.size == 1) return {};
    std::vector<std::uint32_t> listed, counts, groups;
    std::vector<std::uint8_t> sizes;
    for (const std::vector<RecordId>& group : sets.groups) {
      for (std::size_t i = 0; i < std::min(group.size(), kGroupKeysMax); ++i)
        group_keys_.push_back(Text(builder_, reader_.KeyOf(group[i])));
      listed.push_back(static_cast<std::uint32_t>(std::min(group.size(), kGroupKeysMax)));
      counts.push_back(static_cast<std::uint32_t>(group.size()));
    }
    for (const query::CutSet& set : sets.sets) {
      sizes.push_back(set.size);
      groups.insert(groups.end(), set.groups.begin(), set.groups.begin() + set.size);
    }
    SetColumns columns;
    columns.group_sizes = builder_.CreateVector(listed);
    columns.group_counts = builder_.CreateVector(counts);
    columns.groups = builder_.CreateVector(groups);
    columns.sizes = builder_.CreateVector(sizes);
    return columns;
  }

  absl::Status Cut() {
    const fb::ViewInfo info = EncodeView(view_);
    const auto services = builder_.CreateVector(written_);
    const auto point_keys = builder_.CreateVector(point_keys_);
    const auto group_keys = builder_.CreateVector(group_keys_);
    const std::string_view body = protocol::FinishBody(
        builder_, fb::CreatePointsReply(builder_, &info, reader_.ModelVersionAt(view_.commit),
                                        services, point_keys, group_keys));
    const absl::Status status = stream_->Add(call_, body);
    builder_.Clear();
    written_.clear();
    point_keys_.clear();
    group_keys_.clear();
    return status;
  }

  const Services& services_;
  const storage::Reader& reader_;
  const Call& call_;
  const storage::View view_;
  const Asked& asked_;
  const query::Budget& budget_;
  std::unique_ptr<CollectedStream> stream_;
  Builder builder_;
  std::vector<flatbuffers::Offset<fb::ServicePoints>> written_;
  std::vector<StringOffset> point_keys_;  // of those in written_
  std::vector<StringOffset> group_keys_;
};

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::CauseReason>>> EncodeReasons(
    Builder& builder, const std::vector<query::CauseReason>& reasons) {
  std::vector<flatbuffers::Offset<fb::CauseReason>> out;
  for (const query::CauseReason& reason : reasons) {
    out.push_back(fb::CreateCauseReason(builder, static_cast<fb::CauseReasonKind>(reason.kind),
                                        reason.points));
  }
  return builder.CreateVector(out);
}

flatbuffers::Offset<fb::CauseCandidate> EncodeCandidate(Builder& builder,
                                                        const storage::Reader& reader,
                                                        const query::CauseCandidate& candidate) {
  const auto key = Text(builder, reader.KeyOf(candidate.record));
  std::vector<flatbuffers::Offset<fb::CauseTouch>> touches;
  for (const query::CauseTouch& touch : candidate.touches)
    touches.push_back(fb::CreateCauseTouch(builder, touch.commit.value, touch.how));
  const auto touch_vector = builder.CreateVector(touches);
  const auto reasons = EncodeReasons(builder, candidate.reasons);
  return fb::CreateCauseCandidate(
      builder, key, reader.ClassOf(candidate.record).value, candidate.score, candidate.fails,
      candidate.degrades, candidate.together, candidate.well_hit, candidate.observed,
      candidate.mean_distance, candidate.touch_count, touch_vector, reasons);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenPoints(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PointsRequest* request,
                         protocol::Open<fb::PointsRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(const Asked asked, DecodePoints(services, view, *request));
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request->deadline_ms()));
  const query::Budget budget(limits, services.clock, call.cancelled);
  PointsWriter writer(services, call, view, asked, budget);
  absl::Status status;
  const auto summary = query::SinglePoints(services.reader, view, asked.points, budget,
                                           [&](const query::ServicePoints& points) {
                                             status = writer.Add(points);
                                             return status.ok();
                                           });
  KOSEI_RETURN_IF_ERROR(status);
  KOSEI_RETURN_IF_ERROR(summary.status());
  return writer.Finish();
}

absl::Status AnswerRootCause(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::RootCauseRequest* request,
                         protocol::Open<fb::RootCauseRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  query::RootCauseRequest asked;
  KOSEI_ASSIGN_OR_RETURN(asked.failing,
                         IdsOfKeys(services.reader, "root cause of", request->failing()));
  KOSEI_ASSIGN_OR_RETURN(asked.well,
                         IdsOfKeys(services.reader, "root cause, well", request->well()));
  KOSEI_RETURN_IF_ERROR(CheckLimit("root cause", request->limit(), kCausesMax));
  asked.limit = request->limit();
  if (request->within_us() == 0) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "root cause: a time of 0 has no commits; say how far back to look",
                     "within_us");
  }
  const auto age = static_cast<std::int64_t>(
      std::min<std::uint64_t>(request->within_us(), std::uint64_t{1} << 62));
  const std::int64_t end = view.valid_at.micros;
  asked.from = end < kBeginningOfTime.micros + age ? kBeginningOfTime : Timestamp{end - age};
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request->deadline_ms()));
  const query::Budget budget(limits, services.clock, call.cancelled);
  KOSEI_ASSIGN_OR_RETURN(const query::RootCauseAnswer answer,
                         query::RootCause(services.reader, view, asked, budget));
  std::vector<flatbuffers::Offset<fb::CauseCandidate>> candidates;
  for (const query::CauseCandidate& candidate : answer.candidates)
    candidates.push_back(EncodeCandidate(builder, services.reader, candidate));
  const storage::Plans& plans = services.engine.plans();
  std::vector<flatbuffers::Offset<fb::CauseCommit>> commits;
  for (const query::CauseCommit& commit : answer.commits) {
    const auto summary = EncodeCommit(builder, plans, commit.commit);
    const auto best = Text(builder, services.reader.KeyOf(commit.best));
    const auto reasons = EncodeReasons(builder, commit.reasons);
    commits.push_back(
        fb::CreateCauseCommit(builder, summary, commit.score, commit.candidates, best, reasons));
  }
  std::vector<flatbuffers::Offset<fb::CommitSummary>> touched_by;
  for (const storage::CommitInfo& commit : answer.touched_by)
    touched_by.push_back(EncodeCommit(builder, plans, commit));
  const auto candidate_vector = builder.CreateVector(candidates);
  const auto commit_vector = builder.CreateVector(commits);
  const auto touched_vector = builder.CreateVector(touched_by);
  const fb::ViewInfo info = EncodeView(view);
  protocol::FinishBody(
      builder, fb::CreateRootCauseReply(builder, &info, services.reader.ModelVersionAt(view.commit),
                                        answer.from.micros, answer.candidate_count,
                                        answer.commit_count, answer.changes_cut, candidate_vector,
                                        commit_vector, touched_vector));
  if (builder.GetSize() > call.reply_bytes_max) return TooLarge(call, "ask for fewer candidates");
  return absl::OkStatus();
}

}  // namespace kosei::server
