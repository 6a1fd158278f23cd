// points_watch: points of failure of a few services, and what commits make of them. As with
// impact_watch, the newest View is asked again when there are commits, and what differs is told.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/impact_generated.h"
#include "kosei/query/points_of_failure.h"

namespace kosei::server {
namespace {

constexpr std::uint32_t kServicesMax = 100;

// By service and record; ordered, so that an event tells changes in a defined order.
using Points = std::map<std::pair<RecordId, RecordId>, query::SinglePoint>;

class PointsWatchStream : public Stream {
 public:
  PointsWatchStream(const Services& services, const Call& call, query::PointsRequest request,
                    bool all_contexts)
      : services_(services),
        request_(std::move(request)),
        all_contexts_(all_contexts),
        limits_{.time = kQueryTimeDefault, .memory_bytes = kQueryMemoryBytes},
        cancelled_(call.cancelled) {}

  absl::StatusOr<Part> Next(std::size_t, Builder& builder) override {
    const storage::View newest = services_.reader.Newest();
    const Instant now = services_.clock.Monotonic();
    if (!first_ && view_.commit == newest.commit) {
      if (now - last_frame_ < services_.limits.heartbeat) return Part{State::kNothing, {}};
      return Heartbeat(now, builder);
    }
    KOSEI_ASSIGN_OR_RETURN(Points points, PointsOf(newest));
    const Points before = std::exchange(points_, std::move(points));
    view_ = newest;
    std::vector<flatbuffers::Offset<fb::PointChange>> changes = Changes(before, builder);
    const bool first = std::exchange(first_, false);
    if (changes.empty() && !first) return Part{State::kNothing, {}};
    last_frame_ = now;
    const auto change_vector = builder.CreateVector(changes);
    const fb::ViewInfo view = EncodeView(view_);
    return Part{State::kMore,
                protocol::FinishBody(
                    builder, fb::CreatePointsWatchEvent(
                                 builder, &view, services_.reader.ModelVersionAt(view_.commit),
                                 change_vector))};
  }

 private:
  absl::StatusOr<Part> Heartbeat(Instant now, Builder& builder) {
    last_frame_ = now;
    const fb::ViewInfo view = EncodeView(view_);
    fb::PointsWatchEventBuilder event(builder);
    event.add_view(&view);
    return Part{State::kMore, protocol::FinishBody(builder, event.Finish())};
  }

  absl::StatusOr<Points> PointsOf(const storage::View& view) {
    query::PointsRequest request = request_;
    if (all_contexts_) {
      KOSEI_ASSIGN_OR_RETURN(const auto schema, services_.reader.SchemaAt(view));
      for (const model::ImpactContext& context : schema->impact_contexts())
        request.contexts.push_back(context.definition.name);
    }
    const query::Budget budget(limits_, services_.clock, cancelled_);
    Points points;
    KOSEI_RETURN_IF_ERROR(query::SinglePoints(services_.reader, view, request, budget,
                                              [&](const query::ServicePoints& service) {
                                                for (const query::SinglePoint& point :
                                                     service.points)
                                                  points[{service.service, point.record}] = point;
                                                return true;
                                              })
                              .status());
    return points;
  }

  std::vector<flatbuffers::Offset<fb::PointChange>> Changes(const Points& before,
                                                            Builder& builder) const {
    std::vector<flatbuffers::Offset<fb::PointChange>> changes;
    const auto add = [&](const std::pair<RecordId, RecordId>& which, model::State was,
                         model::State is, std::uint32_t distance) {
      const auto service = Text(builder, services_.reader.KeyOf(which.first));
      const auto key = Text(builder, services_.reader.KeyOf(which.second));
      changes.push_back(fb::CreatePointChange(
          builder, service, key, services_.reader.ClassOf(which.second).value,
          static_cast<std::uint8_t>(was), static_cast<std::uint8_t>(is), distance));
    };
    for (const auto& [which, point] : points_) {
      const auto known = before.find(which);
      const model::State was = known == before.end() ? model::State::kUp : known->second.outcome;
      if (was != point.outcome) add(which, was, point.outcome, point.distance);
    }
    for (const auto& [which, point] : before) {
      if (!points_.contains(which)) add(which, point.outcome, model::State::kUp, 0);
    }
    return changes;
  }

  const Services& services_;
  const query::PointsRequest request_;
  const bool all_contexts_;
  const query::Limits limits_;
  const std::shared_ptr<const std::atomic<bool>> cancelled_;
  Points points_;
  storage::View view_;
  bool first_ = true;
  Instant last_frame_{0};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenPointsWatch(const Services& services,
                                                        const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PointsWatchRequest* request,
                         protocol::Open<fb::PointsWatchRequest>(call.body));
  const std::uint32_t count = request->services() == nullptr ? 0 : request->services()->size();
  if (count == 0 || count > kServicesMax) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("watch points of failure: %d services, expected 1 to %d",
                                     count, kServicesMax),
                     "services");
  }
  query::PointsRequest asked;
  for (const flatbuffers::String* key : *request->services()) {
    KOSEI_ASSIGN_OR_RETURN(const RecordId id,
                           IdOfKey(services.reader, "points of failure of", protocol::TextOf(key)));
    asked.services.push_back(id);
  }
  if (request->contexts() != nullptr && !request->all_contexts()) {
    for (const flatbuffers::String* name : *request->contexts())
      asked.contexts.emplace_back(protocol::TextOf(name));
  }
  return std::make_unique<PointsWatchStream>(services, call, std::move(asked),
                                             request->all_contexts());
}

}  // namespace kosei::server
