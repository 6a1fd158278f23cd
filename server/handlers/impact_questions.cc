// Questions about an impact answer: why a record is hit, what a board wants to know, what differs
// between two answers; and the groups behind gates.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "handlers/handlers.h"
#include "handlers/impact_request.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/answer_hash.h"
#include "kosei/query/explain.h"
#include "kosei/query/groups.h"
#include "kosei/query/impact_difference.h"
#include "kosei/query/impact_report.h"

namespace kosei::server {
namespace {

constexpr std::size_t kExplainedMax = 1'000;

template <typename T>
using Vector = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<T>>>;

absl::StatusOr<query::Budget> BudgetOf(const Services& services, const Call& call,
                                       const fb::ImpactRequest* request) {
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request == nullptr ? 0 : request->deadline_ms()));
  return query::Budget(limits, services.clock, call.cancelled);
}

absl::StatusOr<std::uint32_t> LimitOf(std::uint32_t limit) {
  if (limit <= kFindingsMax) return limit;
  return MakeError(
      ErrorCode::kInvalidArgument,
      absl::StrFormat("impact: a limit of %d, at most %d are listed", limit, kFindingsMax),
      "limit");
}

absl::Status CheckSize(const Call& call, const Builder& builder) {
  if (builder.GetSize() <= call.reply_bytes_max) return absl::OkStatus();
  return TooLarge(call, "ask for a smaller limit");
}

std::uint8_t Number(model::State state) { return static_cast<std::uint8_t>(state); }

// --- explain
// ---------------------------------------------------------------------------------------

class ExplanationEncoder {
 public:
  ExplanationEncoder(const storage::Reader& reader, const model::Schema& schema, Builder& builder)
      : reader_(reader), schema_(schema), builder_(builder) {}

  flatbuffers::Offset<fb::Explanation> Encode(const query::Explanation& explanation) {
    std::vector<flatbuffers::Offset<fb::ExplainedStep>> steps;
    for (const query::ExplainedStep& step : explanation.steps) steps.push_back(Step(step));
    const auto step_vector = builder_.CreateVector(steps);
    const auto key = Text(builder_, reader_.KeyOf(explanation.record));
    return fb::CreateExplanation(builder_, key, reader_.ClassOf(explanation.record).value,
                                 Number(explanation.state), explanation.distance, step_vector);
  }

  // Of one that is not affected; with its group when a member of it fell.
  flatbuffers::Offset<fb::Explanation> Spared(RecordId record,
                                              const std::vector<query::GroupFinding>& groups) {
    std::vector<query::GroupFinding> own;
    for (const query::GroupFinding& group : groups) {
      if (group.record == record) own.push_back(group);
    }
    const auto group_vector = EncodeGroups(reader_, own, own.size(), builder_);
    const auto key = Text(builder_, reader_.KeyOf(record));
    return fb::CreateExplanation(builder_, key, reader_.ClassOf(record).value, 0, 0, 0,
                                 group_vector);
  }

 private:
  flatbuffers::Offset<fb::ExplainedStep> Step(const query::ExplainedStep& step) {
    const auto from = Text(builder_, reader_.KeyOf(step.step.from));
    const auto to = Text(builder_, reader_.KeyOf(step.step.to));
    const auto said_by = Text(builder_, step.said_by);
    flatbuffers::Offset<flatbuffers::String> rule_source;
    flatbuffers::Offset<flatbuffers::String> rule_target;
    const model::RelationshipType* type = schema_.FindRelationshipType(step.step.type);
    if (type != nullptr && step.rule != 0 && step.rule <= type->definition.impact_rules.size()) {
      const model::ImpactRuleDefinition& rule = type->definition.impact_rules[step.rule - 1U];
      rule_source = Text(builder_, rule.source);
      rule_target = Text(builder_, rule.target);
    }
    flatbuffers::Offset<fb::ExplainedGate> gate;
    if (step.gate.has_value()) gate = Gate(*step.gate);
    return fb::CreateExplainedStep(builder_, from, step.step.type.value, to, step.from_is_target,
                                   Number(step.from_state), Number(step.to_state), step.rule,
                                   rule_source, rule_target, gate, step.said.value,
                                   step.said_at.micros, said_by);
  }

  flatbuffers::Offset<fb::ExplainedGate> Gate(const query::ExplainedGate& gate) {
    std::vector<flatbuffers::Offset<fb::ExplainedMember>> members;
    for (const query::ExplainedMember& member : gate.members) {
      const auto key = Text(builder_, reader_.KeyOf(member.record));
      members.push_back(fb::CreateExplainedMember(builder_, key, member.via.value,
                                                  member.in_service, member.amount,
                                                  Number(member.before), Number(member.after)));
    }
    const auto member_vector = builder_.CreateVector(members);
    const auto missing = Text(builder_, absl::StrJoin(gate.missing, "\n"));
    const auto text = Text(builder_, gate.text);
    return fb::CreateExplainedGate(builder_, text, gate.of_record, gate.below_quorum, missing,
                                   member_vector);
  }

  const storage::Reader& reader_;
  const model::Schema& schema_;
  Builder& builder_;
};

absl::StatusOr<std::vector<RecordId>> KeysToExplain(const Services& services,
                                                    const fb::ImpactExplainRequest& request) {
  const auto* keys = request.keys();
  if (keys == nullptr || keys->size() == 0 || keys->size() > kExplainedMax) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("explain impact: %d keys, expected 1 to %d",
                                     keys == nullptr ? 0 : keys->size(), kExplainedMax),
                     "keys");
  }
  std::vector<RecordId> ids;
  for (const flatbuffers::String* key : *keys) {
    KOSEI_ASSIGN_OR_RETURN(const RecordId id,
                           IdOfKey(services.reader, "explain impact on", protocol::TextOf(key)));
    ids.push_back(id);
  }
  return ids;
}

// --- report
// ----------------------------------------------------------------------------------------

class ReportEncoder {
 public:
  ReportEncoder(const storage::Reader& reader, const model::Schema& schema,
                const query::ImpactAnswer& answer, Builder& builder)
      : reader_(reader), schema_(schema), answer_(answer), builder_(builder) {}

  absl::StatusOr<Vector<fb::AffectedService>> Services(const query::ImpactReport& report,
                                                       std::size_t limit) {
    std::vector<flatbuffers::Offset<fb::AffectedService>> services;
    for (const query::AffectedService& service : report.services) {
      if (services.size() == limit) break;
      std::vector<flatbuffers::Offset<fb::ServiceParty>> parties;
      for (const query::ServiceParty& party : service.parties) {
        const auto key = Text(builder_, reader_.KeyOf(party.party));
        KOSEI_ASSIGN_OR_RETURN(const auto name, NameOf(party.party));
        parties.push_back(
            fb::CreateServiceParty(builder_, key, name, static_cast<std::uint8_t>(party.role)));
      }
      const auto party_vector = builder_.CreateVector(parties);
      KOSEI_ASSIGN_OR_RETURN(const storage::RecordVersion version,
                             reader_.GetWhatIsLeft(service.record, answer_.view));
      const auto record = EncodeVersion(builder_, version);
      const auto key = Text(builder_, reader_.KeyOf(service.record));
      services.push_back(fb::CreateAffectedService(
          builder_, record, key, Number(answer_.StateAt(service.position)),
          answer_.DistanceOf(service.position), party_vector));
    }
    return builder_.CreateVector(services);
  }

  absl::StatusOr<Vector<fb::PartyToTell>> Parties(const query::ImpactReport& report,
                                                  std::size_t limit) {
    std::vector<flatbuffers::Offset<fb::PartyToTell>> parties;
    for (const query::PartyToTell& party : report.parties) {
      if (parties.size() == limit) break;
      const auto key = Text(builder_, reader_.KeyOf(party.party));
      KOSEI_ASSIGN_OR_RETURN(const auto name, NameOf(party.party));
      parties.push_back(fb::CreatePartyToTell(builder_, key, reader_.ClassOf(party.party).value,
                                              name, party.roles, party.records, party.services));
    }
    return builder_.CreateVector(parties);
  }

 private:
  absl::StatusOr<flatbuffers::Offset<flatbuffers::String>> NameOf(RecordId id) {
    const auto known = names_.find(id);
    if (known != names_.end()) return Text(builder_, known->second);
    KOSEI_ASSIGN_OR_RETURN(const storage::RecordVersion version,
                           reader_.GetWhatIsLeft(id, answer_.view));
    const std::string name(version.record().Text(schema_.well_known().name));
    names_.emplace(id, name);
    return Text(builder_, name);
  }

  const storage::Reader& reader_;
  const model::Schema& schema_;
  const query::ImpactAnswer& answer_;
  Builder& builder_;
  absl::flat_hash_map<RecordId, std::string> names_;
};

}  // namespace

absl::Status AnswerImpactExplain(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactExplainRequest* request,
                         protocol::Open<fb::ImpactExplainRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const ImpactQuestion question,
                         DecodeWithGroups(services, request->impact()));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordId> ids, KeysToExplain(services, *request));
  KOSEI_ASSIGN_OR_RETURN(const query::Budget budget, BudgetOf(services, call, request->impact()));
  const storage::Reader& reader = services.reader;
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactAnswer answer,
                         query::Impact(reader, question.view, question.request, budget));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(question.view));
  absl::flat_hash_map<storage::NodeIndex, std::uint64_t> positions;
  for (const RecordId id : ids) positions[storage::NodeOf(id)] = UINT64_MAX;
  for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
    const auto wanted = positions.find(answer.nodes[i]);
    if (wanted != positions.end() && answer.Listed(i)) wanted->second = i;
  }
  const std::vector<query::GroupFinding>& groups = answer.groups;
  ExplanationEncoder encoder(reader, *schema, builder);
  std::vector<flatbuffers::Offset<fb::Explanation>> explanations;
  for (const RecordId id : ids) {
    const std::uint64_t position = positions[storage::NodeOf(id)];
    if (position == UINT64_MAX) {
      explanations.push_back(encoder.Spared(id, groups));
      continue;
    }
    KOSEI_ASSIGN_OR_RETURN(const std::vector<query::Explanation> explained,
                           query::Explain(reader, answer, {&position, 1}, budget));
    explanations.push_back(encoder.Encode(explained.front()));
  }
  const auto explanation_vector = builder.CreateVector(explanations);
  const fb::ViewInfo view = EncodeView(answer.view);
  protocol::FinishBody(
      builder, fb::CreateImpactExplainReply(
                   builder, &view, reader.ModelVersionAt(answer.view.commit), explanation_vector));
  return CheckSize(call, builder);
}

absl::Status AnswerImpactReport(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactReportRequest* request,
                         protocol::Open<fb::ImpactReportRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const std::uint32_t limit, LimitOf(request->limit()));
  KOSEI_ASSIGN_OR_RETURN(const ImpactQuestion question,
                         DecodeWithGroups(services, request->impact()));
  KOSEI_ASSIGN_OR_RETURN(const query::Budget budget, BudgetOf(services, call, request->impact()));
  const storage::Reader& reader = services.reader;
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactAnswer answer,
                         query::Impact(reader, question.view, question.request, budget));
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactReport report, query::Report(reader, answer, budget));
  const std::vector<query::GroupFinding>& groups = answer.groups;
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(answer.view));
  KOSEI_ASSIGN_OR_RETURN(const std::string hash,
                         query::AnswerHash(reader, question.request, answer, budget));
  ReportEncoder encoder(reader, *schema, answer, builder);
  KOSEI_ASSIGN_OR_RETURN(const auto service_vector, encoder.Services(report, limit));
  KOSEI_ASSIGN_OR_RETURN(const auto party_vector, encoder.Parties(report, limit));
  const auto group_vector = EncodeGroups(reader, groups, limit, builder);
  KOSEI_ASSIGN_OR_RETURN(const auto contexts, EncodeContextFindings(services, answer, builder));
  const auto hash_vector =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(hash.data()), hash.size());
  const fb::ViewInfo view = EncodeView(answer.view);
  fb::ImpactReportReplyBuilder reply(builder);
  reply.add_view(&view);
  reply.add_model_version(reader.ModelVersionAt(answer.view.commit));
  reply.add_total(answer.affected_count());
  reply.add_degraded(answer.degraded_count);
  if (answer.truncated.has_value()) {
    reply.add_truncated(static_cast<fb::TruncationReason>(answer.truncated->reason));
    reply.add_truncated_depth(answer.truncated->depth);
  }
  reply.add_services(service_vector);
  reply.add_service_count(report.services.size());
  reply.add_parties(party_vector);
  reply.add_party_count(report.parties.size());
  reply.add_groups(group_vector);
  reply.add_group_count(groups.size());
  reply.add_contexts(contexts);
  reply.add_already(answer.already.size());
  reply.add_hash(hash_vector);
  protocol::FinishBody(builder, reply.Finish());
  return CheckSize(call, builder);
}

absl::Status AnswerImpactDifference(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactDifferenceRequest* request,
                         protocol::Open<fb::ImpactDifferenceRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const std::uint32_t limit, LimitOf(request->limit()));
  const storage::Reader& reader = services.reader;
  KOSEI_ASSIGN_OR_RETURN(const ImpactQuestion first, DecodeWithGroups(services, request->first()));
  KOSEI_ASSIGN_OR_RETURN(const ImpactQuestion second,
                         DecodeWithGroups(services, request->second()));
  KOSEI_ASSIGN_OR_RETURN(const query::Budget budget, BudgetOf(services, call, request->first()));
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactAnswer before,
                         query::Impact(reader, first.view, first.request, budget));
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactAnswer after,
                         query::Impact(reader, second.view, second.request, budget));
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactDifference difference,
                         query::Difference(before, after));
  std::vector<flatbuffers::Offset<fb::StateDifference>> records;
  for (const query::StateDifference& each : difference.records) {
    if (records.size() == limit) break;
    KOSEI_ASSIGN_OR_RETURN(
        const auto record,
        EncodeStateDifference(reader, each, each.worse() ? after : before, builder));
    records.push_back(record);
  }
  const auto record_vector = builder.CreateVector(records);
  const auto lost = EncodeGroups(reader, difference.lost_reserve, limit, builder);
  const auto gained = EncodeGroups(reader, difference.gained_reserve, limit, builder);
  const fb::ViewInfo first_view = EncodeView(first.view);
  const fb::ViewInfo second_view = EncodeView(second.view);
  protocol::FinishBody(
      builder,
      fb::CreateImpactDifferenceReply(
          builder, &first_view, reader.ModelVersionAt(first.view.commit), &second_view,
          reader.ModelVersionAt(second.view.commit), difference.worse_count,
          difference.records.size() - difference.worse_count, record_vector, lost, gained));
  return CheckSize(call, builder);
}

absl::Status AnswerGroups(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::GroupsRequest* request,
                         protocol::Open<fb::GroupsRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const std::uint32_t limit, LimitOf(request->limit()));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  query::Scenario scenario;
  KOSEI_ASSIGN_OR_RETURN(scenario.contexts, ContextsOf(services.reader, view, request->contexts(),
                                                       request->all_contexts()));
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request->deadline_ms()));
  const query::Budget budget(limits, services.clock, call.cancelled);
  std::uint64_t matched = 0;
  std::vector<query::GroupFinding> findings;
  KOSEI_RETURN_IF_ERROR(query::VisitGroups(services.reader, view, scenario, request->all(), budget,
                                           [&](const query::GroupFinding& finding) {
                                             ++matched;
                                             if (findings.size() < limit)
                                               findings.push_back(finding);
                                             return true;
                                           }));
  const auto groups = EncodeGroups(services.reader, findings, limit, builder);
  const fb::ViewInfo info = EncodeView(view);
  protocol::FinishBody(
      builder, fb::CreateGroupsReply(builder, &info, services.reader.ModelVersionAt(view.commit),
                                     groups, matched));
  return CheckSize(call, builder);
}

}  // namespace kosei::server
