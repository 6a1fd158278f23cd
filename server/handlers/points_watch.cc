// points_watch: points of failure of a few services, and what commits make of them.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "handlers/newest_watch.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/impact_generated.h"
#include "kosei/query/points_of_failure.h"

namespace kosei::server {
namespace {

constexpr std::uint32_t kServicesMax = 100;

// By service and record; ordered, so that an event tells changes in a defined order.
using Points = std::map<std::pair<RecordId, RecordId>, query::SinglePoint>;

class PointsWatch : public NewestWatch {
 public:
  PointsWatch(const Services& services, const Call& call, query::PointsRequest request,
              bool all_contexts)
      : NewestWatch(services, call), request_(std::move(request)), all_contexts_(all_contexts) {}

 private:
  absl::StatusOr<std::string_view> Tell(const storage::View& view, bool first,
                                        const query::Budget& budget, Builder& builder) override {
    KOSEI_ASSIGN_OR_RETURN(Points points, PointsOf(view, budget));
    const Points before = std::exchange(points_, std::move(points));
    const std::vector<flatbuffers::Offset<fb::PointChange>> changes = Changes(before, builder);
    if (changes.empty() && !first) return std::string_view();
    const auto change_vector = builder.CreateVector(changes);
    const fb::ViewInfo info = EncodeView(view);
    return protocol::FinishBody(
        builder, fb::CreatePointsWatchEvent(
                     builder, &info, services_.reader.ModelVersionAt(view.commit), change_vector));
  }

  std::string_view Heartbeat(const fb::ViewInfo& view, Builder& builder) override {
    fb::PointsWatchEventBuilder event(builder);
    event.add_view(&view);
    return protocol::FinishBody(builder, event.Finish());
  }

  absl::StatusOr<Points> PointsOf(const storage::View& view, const query::Budget& budget) const {
    query::PointsRequest request = request_;
    if (all_contexts_) {
      KOSEI_ASSIGN_OR_RETURN(request.contexts, ContextsOf(services_.reader, view, nullptr, true));
    }
    Points points;
    const auto keep = [&](const query::ServicePoints& service) {
      for (const query::SinglePoint& point : service.points)
        points[{service.service, point.record}] = point;
      return true;
    };
    KOSEI_RETURN_IF_ERROR(
        query::SinglePoints(services_.reader, view, request, budget, keep).status());
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

  const query::PointsRequest request_;
  const bool all_contexts_;
  Points points_;  // as told last
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
  KOSEI_ASSIGN_OR_RETURN(asked.services,
                         IdsOfKeys(services.reader, "points of failure of", request->services()));
  // All that the model has are those of each View's day.
  if (!request->all_contexts()) {
    KOSEI_ASSIGN_OR_RETURN(asked.contexts, ContextsOf(services.reader, services.reader.Newest(),
                                                      request->contexts(), false));
  }
  return std::make_unique<PointsWatch>(services, call, std::move(asked), request->all_contexts());
}

}  // namespace kosei::server
