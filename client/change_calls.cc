// Calls about changes, and their answers.
#include <utility>

#include "client_impl.h"
#include "collision_decoding.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/change_generated.h"
#include "kosei/protocol/messages.h"
#include "message_parts.h"
#include "plan_decoding.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using protocol::Operation;

// Each of a vector that may be absent.
template <typename Vector, typename Visit>
void ForEach(const Vector* vector, Visit&& visit) {
  if (vector == nullptr) return;
  for (const auto* each : *vector) visit(*each);
}

ChangeAssessment ToAssessment(const fb::ChangeAssessReply& from) {
  ChangeAssessment out;
  out.key = Text(from.key());
  out.commit = from.commit();
  out.time = Timestamp{from.time()};
  if (from.from() != 0 || from.to() != 0)
    out.window = WorkWindow{Timestamp{from.from()}, Timestamp{from.to()}};
  if (from.plan() != nullptr) out.plan = ToPlan(from.plan());
  ForEach(from.items(), [&](const fb::AssessedItem& item) {
    out.items.push_back(
        {Text(item.key()), Text(item.class_name()), Text(item.name()), item.planned()});
  });
  out.affected = from.affected();
  out.degraded = from.degraded();
  ForEach(from.services(), [&](const fb::AssessedService& service) {
    out.services.push_back({Text(service.key()), Text(service.name()), Text(service.criticality()),
                            ToState(service.state()), service.distance()});
  });
  ForEach(from.lost_reserve(), [&](const fb::LostReserve& group) {
    out.lost_reserve.push_back(
        {Text(group.key()), Text(group.gate()), group.in_service(), group.up_after()});
  });
  ForEach(from.afterwards(), [&](const fb::AfterwardsDifference& record) {
    out.afterwards.push_back(
        {Text(record.key()), ToState(record.before()), ToState(record.after())});
  });
  out.worse = from.worse();
  out.better = from.better();
  ForEach(from.collisions(), [&](const fb::Collision& collision) {
    out.collisions.push_back(ToCollision(collision, from.names()));
  });
  out.collision_count = from.collision_count();
  out.score = from.score();
  ForEach(from.factors(), [&](const fb::RiskContribution& factor) {
    out.factors.push_back({Text(factor.measure()), Text(factor.en()), Text(factor.ja()),
                           factor.measured(), factor.coefficient(), factor.points(),
                           factor.at_ceiling()});
  });
  out.rules = Text(from.rules());
  out.risk_level = Text(from.risk_level());
  out.level_en = Text(from.level_en());
  out.level_ja = Text(from.level_ja());
  out.worst_criticality = Text(from.worst_criticality());
  out.impact_hash = Text(from.impact_hash());
  out.kept = from.kept();
  return out;
}

}  // namespace

std::string_view NameOf(CarriedOut result) {
  switch (result) {
    case CarriedOut::kAsPlanned:
      return "as_planned";
    case CarriedOut::kPartly:
      return "partly";
    case CarriedOut::kNotAtAll:
      break;
  }
  return "not_at_all";
}

absl::StatusOr<ChangeAssessment> Client::AssessChange(const std::string& key, bool keep) {
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString(key);
  const std::string body(
      protocol::FinishBody(builder, fb::CreateChangeAssessRequest(builder, name, keep)));
  KOSEI_ASSIGN_OR_RETURN(
      const std::string answer,
      impl_->Ask(keep ? Operation::kChangeKeep : Operation::kChangeAssess, body));
  KOSEI_ASSIGN_OR_RETURN(const fb::ChangeAssessReply* reply,
                         protocol::Open<fb::ChangeAssessReply>(answer));
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(reply->model_version()));
  return ToAssessment(*reply);
}

absl::StatusOr<ChangeIntake> Client::FindUnauthorised(std::uint64_t from, std::uint32_t limit) {
  flatbuffers::FlatBufferBuilder builder;
  const std::string body(
      protocol::FinishBody(builder, fb::CreateChangeIntakeRequest(builder, from, limit)));
  KOSEI_ASSIGN_OR_RETURN(const std::string answer, impl_->Ask(Operation::kChangeIntake, body));
  KOSEI_ASSIGN_OR_RETURN(const fb::ChangeIntakeReply* reply,
                         protocol::Open<fb::ChangeIntakeReply>(answer));
  ChangeIntake intake;
  intake.next = reply->next();
  intake.whole = reply->whole();
  ForEach(reply->found(), [&](const fb::UnauthorisedChange& change) {
    UnauthorisedChange one;
    one.commit = change.commit();
    one.time = Timestamp{change.time()};
    one.actor = Text(change.actor());
    one.source = Text(change.source());
    one.cause = Text(change.cause());
    one.key = Text(change.key());
    one.class_name = Text(change.class_name());
    one.ended = change.ended();
    ForEach(change.values(), [&](const fb::UnauthorisedValue& value) {
      one.values.push_back({Text(value.attribute()), Text(value.before()), Text(value.after())});
    });
    one.discrepancy = Text(change.discrepancy());
    intake.found.push_back(std::move(one));
  });
  return intake;
}

absl::StatusOr<ChangePlanResult> Client::WorkOnPlanOf(const std::string& key, PlanDeed deed,
                                                      Take take) {
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString(key);
  const std::string body(protocol::FinishBody(
      builder, fb::CreateChangePlanRequest(builder, name, static_cast<fb::PlanDeed>(deed),
                                           static_cast<fb::PlanTake>(take))));
  KOSEI_ASSIGN_OR_RETURN(const std::string answer, impl_->Ask(Operation::kChangePlan, body));
  KOSEI_ASSIGN_OR_RETURN(const fb::ChangePlanReply* reply,
                         protocol::Open<fb::ChangePlanReply>(answer));
  ChangePlanResult result;
  result.plan = ToPlan(reply->plan());
  result.result = static_cast<CarriedOut>(reply->result());
  result.things = reply->things();
  result.things_done = reply->things_done();
  ForEach(reply->missing(), [&](const fb::PlannedThing& thing) {
    result.missing.push_back({Text(thing.key()), Text(thing.attribute()), Text(thing.other()),
                              Text(thing.planned()), Text(thing.present())});
  });
  result.conflicts = ToConflicts(reply->conflicts());
  result.commits = ToCommits(reply->commits());
  return result;
}

}  // namespace kosei::client
