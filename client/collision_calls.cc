// Planned work: encoding, asking and decoding in one place.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "client_impl.h"
#include "collision_decoding.h"
#include "flatbuffers/flatbuffers.h"
#include "impact_encoding.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/collisions_generated.h"
#include "kosei/protocol/messages.h"
#include "message_parts.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using protocol::Operation;

using Positions = flatbuffers::Vector<std::uint32_t>;

// Puts work into a message. What changes and windows name is said once.
class WorkEncoder {
 public:
  explicit WorkEncoder(Builder& builder) : builder_(builder) {}

  flatbuffers::Offset<fb::PlannedWork> Encode(const PlannedWork& work) {
    std::vector<flatbuffers::Offset<fb::PlannedChange>> changes;
    for (const PlannedChange& change : work.changes) changes.push_back(Encode(change));
    std::vector<flatbuffers::Offset<fb::CalendarWindow>> windows;
    for (const CalendarWindow& window : work.windows) windows.push_back(Encode(window));
    const auto change_vector = builder_.CreateVector(changes);
    const auto window_vector = builder_.CreateVector(windows);
    const auto contexts = builder_.CreateVectorOfStrings(work.contexts);
    const auto blocked = builder_.CreateVectorOfStrings(work.blocked);
    const auto names = builder_.CreateVectorOfStrings(names_);
    return fb::CreatePlannedWork(builder_, change_vector, window_vector, contexts, blocked, names,
                                 work.all_contexts);
  }

 private:
  flatbuffers::Offset<Positions> PositionsOf(const std::vector<std::string>& names) {
    std::vector<std::uint32_t> positions;
    for (const std::string& name : names) {
      const auto [found, fresh] =
          positions_.emplace(name, static_cast<std::uint32_t>(names_.size()));
      if (fresh) names_.push_back(name);
      positions.push_back(found->second);
    }
    return builder_.CreateVector(positions);
  }
  flatbuffers::Offset<fb::PlannedChange> Encode(const PlannedChange& change) {
    const auto id = builder_.CreateString(change.id);
    const auto failed = PositionsOf(change.failed);
    const auto degraded = PositionsOf(change.degraded);
    const auto changes = PositionsOf(change.changes);
    const auto plan = builder_.CreateString(change.plan);
    return fb::CreatePlannedChange(builder_, id, change.window.from.micros, change.window.to.micros,
                                   failed, degraded, changes, plan, change.change_is_failure);
  }
  flatbuffers::Offset<fb::CalendarWindow> Encode(const CalendarWindow& window) {
    const auto id = builder_.CreateString(window.id);
    const auto classes = PositionsOf(window.classes);
    const auto records = PositionsOf(window.records);
    const auto services = PositionsOf(window.services);
    return fb::CreateCalendarWindow(builder_, id, static_cast<fb::CalendarKind>(window.kind),
                                    window.window.from.micros, window.window.to.micros, classes,
                                    records, services);
  }

  Builder& builder_;
  absl::flat_hash_map<std::string, std::uint32_t> positions_;
  std::vector<std::string> names_;
};

}  // namespace

std::string_view NameOf(CollisionKind kind) {
  switch (kind) {
    case CollisionKind::kSameRecord:
      return "same_record";
    case CollisionKind::kReach:
      return "reach";
    case CollisionKind::kGate:
      return "gate";
    case CollisionKind::kFreeze:
      return "freeze";
    case CollisionKind::kOutsideMaintenance:
      return "outside_maintenance";
  }
  return "unknown";
}

absl::StatusOr<CollisionsResult> Client::Collisions(const CollisionsRequest& request) {
  Builder builder;
  const auto work = WorkEncoder(builder).Encode(request.work);
  const auto view = EncodeViewSpec(builder, request.view);
  const auto only = builder.CreateString(request.only);
  const std::string body(protocol::FinishBody(
      builder,
      fb::CreateCollisionsRequest(builder, work, view, request.limit, request.listed, only)));
  KOSEI_ASSIGN_OR_RETURN(const std::string answer, impl_->Ask(Operation::kCollisions, body));
  KOSEI_ASSIGN_OR_RETURN(const fb::CollisionsReply* reply,
                         protocol::Open<fb::CollisionsReply>(answer));
  CollisionsResult result;
  result.view = ToView(reply->view(), reply->model_version());
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(result.view.model_version));
  result.total = reply->total();
  if (reply->counts() != nullptr) {
    const std::size_t kinds = std::min<std::size_t>(reply->counts()->size(), result.counts.size());
    std::copy_n(reply->counts()->begin(), kinds, result.counts.begin());
  }
  if (reply->collisions() != nullptr) {
    for (const fb::Collision* collision : *reply->collisions())
      result.collisions.push_back(ToCollision(*collision, reply->names()));
  }
  if (reply->changes() != nullptr) {
    for (const fb::ChangeSummary* change : *reply->changes()) {
      result.changes.push_back({Text(change->id()),
                                {Timestamp{change->from()}, Timestamp{change->to()}},
                                change->affected(),
                                change->services(),
                                change->collisions()});
    }
  }
  return result;
}

absl::StatusOr<FreeSlotsResult> Client::FreeSlots(const FreeSlotsRequest& request) {
  Builder builder;
  const auto work = WorkEncoder(builder).Encode(request.work);
  const auto view = EncodeViewSpec(builder, request.view);
  const auto change = builder.CreateString(request.change);
  const std::string body(protocol::FinishBody(
      builder,
      fb::CreateFreeSlotsRequest(builder, work, view, change, request.within.from.micros,
                                 request.within.to.micros, request.length, request.count)));
  KOSEI_ASSIGN_OR_RETURN(const std::string answer, impl_->Ask(Operation::kFreeSlots, body));
  KOSEI_ASSIGN_OR_RETURN(const fb::FreeSlotsReply* reply,
                         protocol::Open<fb::FreeSlotsReply>(answer));
  FreeSlotsResult result;
  result.view = ToView(reply->view(), reply->model_version());
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(result.view.model_version));
  if (reply->slots() != nullptr) {
    for (const fb::FreeSlot* slot : *reply->slots()) {
      result.slots.push_back(
          {{Timestamp{slot->from()}, Timestamp{slot->to()}}, Timestamp{slot->latest()}});
    }
  }
  return result;
}

}  // namespace kosei::client
