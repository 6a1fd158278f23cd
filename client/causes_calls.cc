// Points of failure and root causes: encoding, asking and decoding in one place.
#include <functional>
#include <utility>

#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "impact_encoding.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/causes_generated.h"
#include "kosei/protocol/impact_generated.h"
#include "kosei/protocol/messages.h"
#include "message_parts.h"
#include "reply_decoding.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using protocol::Operation;

template <typename Vector>
std::size_t SizeOf(const Vector* vector) {
  return vector == nullptr ? 0 : vector->size();
}

absl::Status Malformed(std::string_view what) {
  return MakeError(ErrorCode::kMalformedFrame, std::string(what));
}

std::string EncodePoints(const PointsRequest& request) {
  Builder builder;
  const auto services = builder.CreateVectorOfStrings(request.services);
  const auto contexts = builder.CreateVectorOfStrings(request.contexts);
  const auto view = EncodeViewSpec(builder, request.view);
  fb::PointsRequestBuilder out(builder);
  out.add_services(services);
  out.add_size(static_cast<std::uint8_t>(std::min<std::uint32_t>(request.size, UINT8_MAX)));
  out.add_since(request.since);
  out.add_contexts(contexts);
  out.add_all_contexts(request.all_contexts);
  out.add_time_from(request.time_from.value_or(Timestamp{0}).micros);
  out.add_time_to(request.time_to.value_or(Timestamp{0}).micros);
  out.add_limit(request.limit);
  out.add_view(view);
  out.add_deadline_ms(request.deadline_ms);
  return std::string(protocol::FinishBody(builder, out.Finish()));
}

// The keys of a frame, which its services take one after the other.
class Keys {
 public:
  explicit Keys(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* keys)
      : keys_(keys) {}
  bool Has(std::size_t count) const { return count <= SizeOf(keys_) - next_; }
  std::string Next() { return Text(keys_->Get(next_++)); }

 private:
  const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* keys_;
  std::uint32_t next_ = 0;
};

absl::Status AddSets(const fb::ServicePoints& from, Keys& keys, ServicePoints& out) {
  const std::size_t groups = SizeOf(from.group_sizes());
  if (SizeOf(from.group_counts()) != groups) return Malformed("points: groups of two lengths");
  for (std::uint32_t i = 0; i < groups; ++i) {
    const std::uint32_t listed = from.group_sizes()->Get(i);
    if (!keys.Has(listed)) return Malformed("points: a group without its keys");
    CutGroup& group = out.groups.emplace_back();
    for (std::uint32_t left = listed; left > 0; --left) group.keys.push_back(keys.Next());
    group.count = from.group_counts()->Get(i);
  }
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < SizeOf(from.set_sizes()); ++i) {
    std::vector<std::uint32_t>& set = out.sets.emplace_back();
    for (std::uint8_t left = from.set_sizes()->Get(i); left > 0; --left, ++next) {
      if (next >= SizeOf(from.set_groups()) || from.set_groups()->Get(next) >= groups)
        return Malformed("points: a set of groups that are not there");
      set.push_back(from.set_groups()->Get(next));
    }
  }
  out.set_count = from.set_count();
  out.sets_end = static_cast<CutSetsEnd>(from.sets_end());
  out.sets_whole_to = from.sets_whole_to();
  return absl::OkStatus();
}

absl::StatusOr<ServicePoints> ToService(const fb::ServicePoints& from, Keys& point_keys,
                                        Keys& group_keys) {
  ServicePoints out;
  out.key = Text(from.key());
  out.class_number = ClassNumber{from.class_number()};
  out.before = ToState(from.before());
  out.upstream = from.upstream();
  out.failing = from.failing();
  out.degrading = from.degrading();
  const std::size_t size = SizeOf(from.classes());
  const std::size_t since = SizeOf(from.since_kinds());
  if (!point_keys.Has(size) || SizeOf(from.outcomes()) != size ||
      SizeOf(from.distances()) != size || SizeOf(from.by_gate()) != size ||
      SizeOf(from.since_commits()) != since || (since != 0 && since != size))
    return Malformed("points: columns of different lengths");
  for (std::uint32_t i = 0; i < size; ++i) {
    SinglePoint& point = out.points.emplace_back();
    point.key = point_keys.Next();
    point.class_number = ClassNumber{from.classes()->Get(i)};
    point.outcome = ToState(from.outcomes()->Get(i));
    point.distance = from.distances()->Get(i);
    point.by_gate = from.by_gate()->Get(i) != 0;
    if (since != 0) {
      point.since = PointSince{static_cast<SinceKind>(from.since_kinds()->Get(i)),
                               from.since_commits()->Get(i)};
    }
  }
  if (from.commits() != nullptr) {
    for (const fb::CommitSummary* commit : *from.commits())
      out.commits.push_back(ToCommit(*commit));
  }
  KOSEI_RETURN_IF_ERROR(AddSets(from, group_keys, out));
  return out;
}

std::string EncodeRootCause(const RootCauseRequest& request) {
  Builder builder;
  const auto failing = builder.CreateVectorOfStrings(request.failing);
  const auto well = builder.CreateVectorOfStrings(request.well);
  const auto view = EncodeViewSpec(builder, request.view);
  return std::string(protocol::FinishBody(
      builder, fb::CreateRootCauseRequest(builder, failing, well, request.within_us, request.limit,
                                          view, request.deadline_ms)));
}

std::vector<CauseReason> ToReasons(
    const flatbuffers::Vector<flatbuffers::Offset<fb::CauseReason>>* from) {
  std::vector<CauseReason> reasons;
  if (from == nullptr) return reasons;
  for (const fb::CauseReason* reason : *from)
    reasons.push_back({static_cast<CauseReasonKind>(reason->kind()), reason->points()});
  return reasons;
}

CauseCandidate ToCandidate(const fb::CauseCandidate& from) {
  CauseCandidate out;
  out.key = Text(from.key());
  out.class_number = ClassNumber{from.class_number()};
  out.score = from.score();
  out.fails = from.fails();
  out.degrades = from.degrades();
  out.together = from.together();
  out.well_hit = from.well_hit();
  out.observed = from.observed();
  out.mean_distance = from.mean_distance();
  out.touch_count = from.touch_count();
  if (from.touches() != nullptr) {
    for (const fb::CauseTouch* touch : *from.touches())
      out.touches.push_back({touch->commit(), (touch->how() & 1) != 0, (touch->how() & 2) != 0});
  }
  out.reasons = ToReasons(from.reasons());
  return out;
}

absl::StatusOr<RootCauses> DecodeRootCause(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::RootCauseReply* reply, protocol::Open<fb::RootCauseReply>(body));
  RootCauses out;
  out.view = ToView(reply->view(), reply->model_version());
  out.from = Timestamp{reply->from()};
  out.candidate_count = reply->candidate_count();
  out.commit_count = reply->commit_count();
  out.changes_cut = reply->changes_cut();
  if (reply->candidates() != nullptr) {
    for (const fb::CauseCandidate* candidate : *reply->candidates())
      out.candidates.push_back(ToCandidate(*candidate));
  }
  if (reply->commits() != nullptr) {
    for (const fb::CauseCommit* from : *reply->commits()) {
      CauseCommit& commit = out.commits.emplace_back();
      if (from->commit() != nullptr) commit.commit = ToCommit(*from->commit());
      commit.score = from->score();
      commit.candidates = from->candidates();
      commit.best = Text(from->best());
      commit.reasons = ToReasons(from->reasons());
    }
  }
  if (reply->touched_by() != nullptr) {
    for (const fb::CommitSummary* commit : *reply->touched_by())
      out.touched_by.push_back(ToCommit(*commit));
  }
  return out;
}

}  // namespace

absl::StatusOr<PointsSummary> Client::PointsOfFailure(
    const PointsRequest& request, const std::function<bool(const ServicePoints&)>& visit) {
  AnswerStream stream(impl_->connection(), Operation::kPoints, EncodePoints(request));
  PointsSummary out;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) break;
    KOSEI_ASSIGN_OR_RETURN(const fb::PointsReply* reply, protocol::Open<fb::PointsReply>(*frame));
    out.view = ToView(reply->view(), reply->model_version());
    KOSEI_RETURN_IF_ERROR(impl_->KeepUp(out.view.model_version));
    Keys point_keys(reply->point_keys());
    Keys group_keys(reply->group_keys());
    for (std::uint32_t i = 0; i < SizeOf(reply->services()); ++i) {
      KOSEI_ASSIGN_OR_RETURN(const ServicePoints service,
                             ToService(*reply->services()->Get(i), point_keys, group_keys));
      ++out.services;
      if (!visit(service)) return out;
    }
  }
  return out;
}

absl::StatusOr<RootCauses> Client::RootCause(const RootCauseRequest& request) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kRootCause, EncodeRootCause(request)));
  KOSEI_ASSIGN_OR_RETURN(RootCauses out, DecodeRootCause(body));
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(out.view.model_version));
  return out;
}

absl::Status Client::WatchPoints(const PointsRequest& request,
                                 const std::function<bool(const PointsEvent&)>& visit) {
  Builder builder;
  const auto services = builder.CreateVectorOfStrings(request.services);
  const auto contexts = builder.CreateVectorOfStrings(request.contexts);
  AnswerStream stream(impl_->connection(), Operation::kPointsWatch,
                      std::string(protocol::FinishBody(
                          builder, fb::CreatePointsWatchRequest(builder, services, contexts,
                                                                request.all_contexts))),
                      kWatchPatience);
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) {
      return MakeError(ErrorCode::kConnectionLost,
                       "watch points of failure: the server ended it; watch again");
    }
    KOSEI_ASSIGN_OR_RETURN(const fb::PointsWatchEvent* reply,
                           protocol::Open<fb::PointsWatchEvent>(*frame));
    // A heartbeat names a View and no more.
    if (reply->model_version() == 0) continue;
    PointsEvent event;
    event.view = ToView(reply->view(), reply->model_version());
    KOSEI_RETURN_IF_ERROR(impl_->KeepUp(event.view.model_version));
    if (reply->changes() != nullptr) {
      for (const fb::PointChange* change : *reply->changes()) {
        event.changes.push_back({Text(change->service()), Text(change->key()),
                                 ClassNumber{change->class_number()}, ToState(change->before()),
                                 ToState(change->after()), change->distance()});
      }
    }
    if (!visit(event)) return absl::OkStatus();
  }
}

}  // namespace kosei::client
