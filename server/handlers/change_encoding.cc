#include "handlers/change_encoding.h"

#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/collision_encoding.h"
#include "handlers/encode.h"
#include "handlers/plan_encoding.h"

namespace kosei::server {
namespace {

auto EncodeItems(Builder& builder, const process::Assessment& assessment) {
  std::vector<flatbuffers::Offset<fb::AssessedItem>> items;
  for (const process::AssessedItem& item : assessment.items) {
    const auto key = Text(builder, item.key);
    const auto class_name = Text(builder, item.class_name);
    const auto name = Text(builder, item.name);
    items.push_back(fb::CreateAssessedItem(builder, key, class_name, name, item.planned));
  }
  return builder.CreateVector(items);
}

auto EncodeServices(Builder& builder, const process::Assessment& assessment) {
  std::vector<flatbuffers::Offset<fb::AssessedService>> services;
  for (const process::AssessedService& service : assessment.services) {
    const auto key = Text(builder, service.key);
    const auto name = Text(builder, service.name);
    const auto criticality = Text(builder, service.criticality);
    services.push_back(fb::CreateAssessedService(builder, key, name, criticality,
                                                 static_cast<std::uint8_t>(service.state),
                                                 service.distance));
  }
  return builder.CreateVector(services);
}

auto EncodeReserve(Builder& builder, const process::Assessment& assessment) {
  std::vector<flatbuffers::Offset<fb::LostReserve>> groups;
  for (const process::LostReserve& group : assessment.lost_reserve) {
    const auto key = Text(builder, group.key);
    const auto gate = Text(builder, group.gate);
    groups.push_back(fb::CreateLostReserve(builder, key, gate, group.in_service, group.up_after));
  }
  return builder.CreateVector(groups);
}

auto EncodeAfterwards(Builder& builder, const process::Assessment& assessment) {
  std::vector<flatbuffers::Offset<fb::AfterwardsDifference>> records;
  for (const process::AfterwardsDifference& record : assessment.afterwards) {
    const auto key = Text(builder, record.key);
    records.push_back(fb::CreateAfterwardsDifference(builder, key,
                                                     static_cast<std::uint8_t>(record.before),
                                                     static_cast<std::uint8_t>(record.after)));
  }
  return builder.CreateVector(records);
}

auto EncodeFactors(Builder& builder, const process::RiskScore& risk) {
  std::vector<flatbuffers::Offset<fb::RiskContribution>> factors;
  for (const process::RiskContribution& factor : risk.contributions) {
    const auto measure = Text(builder, process::NameOf(factor.measure));
    const auto en = Text(builder, factor.label.en);
    const auto ja = Text(builder, factor.label.ja);
    factors.push_back(fb::CreateRiskContribution(builder, measure, en, ja, factor.measured,
                                                 factor.coefficient, factor.points,
                                                 factor.at_ceiling));
  }
  return builder.CreateVector(factors);
}

}  // namespace

flatbuffers::Offset<fb::ChangeAssessReply> EncodeAssessment(Builder& builder,
                                                            const storage::Reader& reader,
                                                            const process::Assessment& assessment) {
  const auto items = EncodeItems(builder, assessment);
  const auto services = EncodeServices(builder, assessment);
  const auto reserve = EncodeReserve(builder, assessment);
  const auto afterwards = EncodeAfterwards(builder, assessment);
  const auto factors = EncodeFactors(builder, assessment.risk);
  NameTable names;
  std::vector<flatbuffers::Offset<fb::Collision>> encoded;
  for (const query::Collision& collision : assessment.collisions)
    encoded.push_back(EncodeCollision(builder, reader, collision, names));
  const auto collisions = builder.CreateVector(encoded);
  const auto name_vector = builder.CreateVectorOfStrings(names.names());
  flatbuffers::Offset<fb::PlanInfo> plan;
  if (assessment.plan.has_value()) plan = EncodePlan(builder, *assessment.plan);
  const auto key = Text(builder, assessment.key);
  const auto rules =
      Text(builder, absl::StrFormat("%s v%d, %s v%d", assessment.risk.name, assessment.risk.version,
                                    assessment.level.table, assessment.level.version));
  const auto risk_level = Text(builder, assessment.risk_level);
  const process::Label why =
      assessment.level.hits.empty() ? process::Label() : assessment.level.hits.front().why;
  const auto level_en = Text(builder, why.en);
  const auto level_ja = Text(builder, why.ja);
  const auto criticality = Text(builder, assessment.worst_criticality);
  const auto hash = Text(builder, assessment.impact_hash);
  const query::TimeWindow window =
      assessment.window.value_or(query::TimeWindow{Timestamp{0}, Timestamp{0}});
  return fb::CreateChangeAssessReply(
      builder, key, assessment.view.commit.value, assessment.time.micros, window.from.micros,
      window.to.micros, plan, items, assessment.affected_count, assessment.degraded_count, services,
      reserve, afterwards, assessment.worse_count, assessment.better_count, collisions,
      assessment.collision_count, name_vector, assessment.risk.total, factors, rules, risk_level,
      level_en, level_ja, criticality, hash, assessment.kept.value,
      reader.ModelVersionAt(assessment.view.commit));
}

flatbuffers::Offset<fb::ChangePlanReply> EncodePlanWork(Builder& builder,
                                                        const process::PlanWork& work) {
  std::vector<flatbuffers::Offset<fb::PlannedThing>> encoded;
  for (const process::PlannedThing& thing : work.missing) {
    const auto key = Text(builder, thing.key);
    const auto attribute = Text(builder, thing.attribute);
    const auto other = Text(builder, thing.other);
    const auto planned = Text(builder, thing.planned);
    const auto present = Text(builder, thing.present);
    encoded.push_back(fb::CreatePlannedThing(builder, key, attribute, other, planned, present));
  }
  const auto missing = builder.CreateVector(encoded);
  const auto conflicts = EncodeConflicts(builder, work.conflicts);
  const auto commits = EncodeCommits(builder, work.commits);
  const auto plan = EncodePlan(builder, work.plan);
  return fb::CreateChangePlanReply(builder, plan, static_cast<fb::CarriedOut>(work.result),
                                   work.things, work.things_done, missing, conflicts, commits);
}

flatbuffers::Offset<fb::ChangeIntakeReply> EncodeIntake(Builder& builder,
                                                        const process::Intake& intake) {
  std::vector<flatbuffers::Offset<fb::UnauthorisedChange>> encoded;
  for (const process::UnauthorisedChange& change : intake.found) {
    std::vector<flatbuffers::Offset<fb::UnauthorisedValue>> values;
    for (const process::UnauthorisedChange::Value& value : change.values) {
      const auto attribute = Text(builder, value.attribute);
      const auto before = Text(builder, value.before);
      const auto after = Text(builder, value.after);
      values.push_back(fb::CreateUnauthorisedValue(builder, attribute, before, after));
    }
    const auto value_vector = builder.CreateVector(values);
    const auto actor = Text(builder, change.actor);
    const auto source = Text(builder, change.source);
    const auto cause = Text(builder, change.cause);
    const auto key = Text(builder, change.key);
    const auto class_name = Text(builder, change.class_name);
    const auto discrepancy = Text(builder, change.discrepancy);
    encoded.push_back(fb::CreateUnauthorisedChange(builder, change.commit.value, change.time.micros,
                                                   actor, source, cause, key, class_name,
                                                   change.ended, value_vector, discrepancy));
  }
  const auto found = builder.CreateVector(encoded);
  return fb::CreateChangeIntakeReply(builder, found, intake.next.value, intake.whole);
}

}  // namespace kosei::server
