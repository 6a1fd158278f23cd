// Questions about an impact answer: encoding, asking and decoding in one place.
#include <algorithm>
#include <utility>

#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "impact_encoding.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/impact_generated.h"
#include "kosei/protocol/limits.h"
#include "kosei/protocol/messages.h"
#include "message_parts.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using protocol::Operation;

// Calls visit(item) for each item of a list that may be absent.
template <typename List, typename Visit>
void ForEachIn(const List* list, Visit&& visit) {
  if (list == nullptr) return;
  for (const auto* item : *list) visit(*item);
}

// One a line.
std::vector<std::string> Lines(const flatbuffers::String* text) {
  std::vector<std::string> lines;
  std::string_view left = protocol::TextOf(text);
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    lines.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return lines;
}

template <typename Table>
std::string Finish(Builder& builder, flatbuffers::Offset<Table> root) {
  return std::string(protocol::FinishBody(builder, root));
}

PathStep ToStep(const fb::PathStep& from) {
  return {Text(from.from()), RelationshipTypeNumber{from.type()}, Text(from.to()),
          from.from_is_target()};
}

GroupFinding ToGroup(const fb::GroupFinding& from) {
  GroupFinding out;
  out.key = Text(from.key());
  out.class_number = ClassNumber{from.class_number()};
  out.gate = Text(from.gate());
  out.of_record = from.of_record();
  out.below_quorum = from.below_quorum();
  out.missing = Lines(from.missing());
  out.members = from.members();
  out.in_service = from.in_service();
  out.up_before = from.up_before();
  out.up_after = from.up_after();
  out.before = ToState(from.before());
  out.after = ToState(from.after());
  out.reserve_before = from.reserve_before();
  out.reserve_after = from.reserve_after();
  return out;
}

std::vector<GroupFinding> ToGroups(
    const flatbuffers::Vector<flatbuffers::Offset<fb::GroupFinding>>* list) {
  std::vector<GroupFinding> groups;
  ForEachIn(list, [&](const fb::GroupFinding& group) { groups.push_back(ToGroup(group)); });
  return groups;
}

ExplainedGate ToGate(const fb::ExplainedGate& from) {
  ExplainedGate out;
  out.text = Text(from.text());
  out.of_record = from.of_record();
  out.below_quorum = from.below_quorum();
  out.missing = Lines(from.missing());
  ForEachIn(from.members(), [&](const fb::ExplainedMember& member) {
    out.members.push_back({Text(member.key()), RelationshipTypeNumber{member.type()},
                           member.in_service(), member.amount(), ToState(member.before()),
                           ToState(member.after())});
  });
  return out;
}

ExplainedStep ToExplainedStep(const fb::ExplainedStep& from) {
  ExplainedStep out;
  out.step = {Text(from.from()), RelationshipTypeNumber{from.type()}, Text(from.to()),
              from.from_is_target()};
  out.from_state = ToState(from.from_state());
  out.to_state = ToState(from.to_state());
  out.rule = from.rule();
  out.rule_source = Text(from.rule_source());
  out.rule_target = Text(from.rule_target());
  if (from.gate() != nullptr) out.gate = ToGate(*from.gate());
  out.said = from.said();
  out.said_at = Timestamp{from.said_at()};
  out.said_by = Text(from.said_by());
  return out;
}

Explanation ToExplanation(const fb::Explanation& from) {
  Explanation out;
  out.key = Text(from.key());
  out.class_number = ClassNumber{from.class_number()};
  out.state = ToState(from.state());
  out.distance = from.distance();
  ForEachIn(from.steps(),
            [&](const fb::ExplainedStep& step) { out.steps.push_back(ToExplainedStep(step)); });
  out.groups = ToGroups(from.groups());
  return out;
}

absl::StatusOr<AffectedService> ToService(const fb::AffectedService& from) {
  AffectedService out;
  out.key = Text(from.key());
  KOSEI_ASSIGN_OR_RETURN(std::optional<RecordVersion> version, ToVersion(from.record()));
  if (version.has_value()) out.record = *std::move(version);
  out.state = ToState(from.state());
  out.distance = from.distance();
  ForEachIn(from.parties(), [&](const fb::ServiceParty& party) {
    out.parties.push_back(
        {Text(party.key()), Text(party.name()), static_cast<PartyRole>(party.role())});
  });
  return out;
}

absl::StatusOr<ImpactReport> DecodeReport(const std::string& body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactReportReply* reply,
                         protocol::Open<fb::ImpactReportReply>(body));
  ImpactReport report;
  report.view = ToView(reply->view(), reply->model_version());
  report.total = reply->total();
  report.degraded = reply->degraded();
  report.truncated = static_cast<TruncationReason>(reply->truncated());
  report.truncated_depth = reply->truncated_depth();
  if (reply->services() != nullptr) {
    for (const fb::AffectedService* service : *reply->services()) {
      KOSEI_ASSIGN_OR_RETURN(AffectedService decoded, ToService(*service));
      report.services.push_back(std::move(decoded));
    }
  }
  report.service_count = reply->service_count();
  ForEachIn(reply->parties(), [&](const fb::PartyToTell& party) {
    report.parties.push_back({Text(party.key()), ClassNumber{party.class_number()},
                              Text(party.name()), party.roles(), party.records(),
                              party.services()});
  });
  report.party_count = reply->party_count();
  report.groups = ToGroups(reply->groups());
  report.group_count = reply->group_count();
  ForEachIn(reply->contexts(), [&](const fb::ContextFinding& finding) {
    report.contexts.push_back(ToContextFinding(finding));
  });
  report.already = reply->already();
  if (reply->hash() != nullptr) report.hash.assign(reply->hash()->begin(), reply->hash()->end());
  return report;
}

std::vector<StateDifference> ToDifferences(
    const flatbuffers::Vector<flatbuffers::Offset<fb::StateDifference>>* list) {
  std::vector<StateDifference> differences;
  ForEachIn(list, [&](const fb::StateDifference& record) {
    StateDifference& out = differences.emplace_back();
    out.key = Text(record.key());
    out.class_number = ClassNumber{record.class_number()};
    out.first = ToState(record.first());
    out.second = ToState(record.second());
    ForEachIn(record.path(), [&](const fb::PathStep& step) { out.path.push_back(ToStep(step)); });
  });
  return differences;
}

absl::StatusOr<ImpactDifference> DecodeDifference(const std::string& body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactDifferenceReply* reply,
                         protocol::Open<fb::ImpactDifferenceReply>(body));
  ImpactDifference difference;
  difference.first_view = ToView(reply->first_view(), reply->first_model_version());
  difference.second_view = ToView(reply->second_view(), reply->second_model_version());
  difference.worse_count = reply->worse_count();
  difference.better_count = reply->better_count();
  difference.records = ToDifferences(reply->records());
  difference.lost_reserve = ToGroups(reply->lost_reserve());
  difference.gained_reserve = ToGroups(reply->gained_reserve());
  return difference;
}

}  // namespace

absl::StatusOr<Explanations> Client::ExplainImpact(const ImpactRequest& request,
                                                   const std::vector<std::string>& keys) {
  Builder builder;
  const auto impact = EncodeImpactTable(builder, request, ImpactDetail::kPaths);
  const auto key_vector = builder.CreateVectorOfStrings(keys);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kImpactExplain,
                 Finish(builder, fb::CreateImpactExplainRequest(builder, impact, key_vector))));
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactExplainReply* reply,
                         protocol::Open<fb::ImpactExplainReply>(body));
  Explanations out;
  out.view = ToView(reply->view(), reply->model_version());
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(out.view.model_version));
  ForEachIn(reply->explanations(), [&](const fb::Explanation& explanation) {
    out.explanations.push_back(ToExplanation(explanation));
  });
  if (out.explanations.size() != keys.size()) {
    return MakeError(ErrorCode::kMalformedFrame,
                     "explain impact: the answer has another number of records than was asked for");
  }
  return out;
}

absl::StatusOr<ImpactReport> Client::ReportImpact(const ImpactRequest& request,
                                                  std::uint32_t limit) {
  Builder builder;
  const auto impact = EncodeImpactTable(builder, request, ImpactDetail::kCounts);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kImpactReport,
                 Finish(builder, fb::CreateImpactReportRequest(builder, impact, limit))));
  KOSEI_ASSIGN_OR_RETURN(ImpactReport report, DecodeReport(body));
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(report.view.model_version));
  return report;
}

absl::StatusOr<ImpactDifference> Client::CompareImpact(const ImpactRequest& first,
                                                       const ImpactRequest& second,
                                                       std::uint32_t limit) {
  Builder builder;
  const auto first_table = EncodeImpactTable(builder, first, ImpactDetail::kPaths);
  const auto second_table = EncodeImpactTable(builder, second, ImpactDetail::kPaths);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kImpactDifference,
                 Finish(builder, fb::CreateImpactDifferenceRequest(builder, first_table,
                                                                   second_table, limit))));
  KOSEI_ASSIGN_OR_RETURN(ImpactDifference difference, DecodeDifference(body));
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(
      std::max(difference.first_view.model_version, difference.second_view.model_version)));
  return difference;
}

absl::Status Client::WatchImpact(const ImpactRequest& request,
                                 const std::function<bool(const ImpactEvent&)>& visit) {
  Builder builder;
  const auto impact = EncodeImpactTable(builder, request, ImpactDetail::kPaths);
  AnswerStream stream(impl_->connection(), Operation::kImpactWatch,
                      Finish(builder, fb::CreateImpactWatchRequest(builder, impact)),
                      kWatchPatience);
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) {
      return MakeError(ErrorCode::kConnectionLost,
                       "watch impact: the server ended it; watch again");
    }
    KOSEI_ASSIGN_OR_RETURN(const fb::ImpactWatchEvent* reply,
                           protocol::Open<fb::ImpactWatchEvent>(*frame));
    // A heartbeat names a View and no more.
    if (reply->model_version() == 0) continue;
    ImpactEvent event;
    event.view = ToView(reply->view(), reply->model_version());
    KOSEI_RETURN_IF_ERROR(impl_->KeepUp(event.view.model_version));
    event.total = reply->total();
    event.degraded = reply->degraded();
    event.records = ToDifferences(reply->records());
    event.changed = reply->changed();
    event.lost_reserve = ToGroups(reply->lost_reserve());
    event.gained_reserve = ToGroups(reply->gained_reserve());
    if (!visit(event)) return absl::OkStatus();
  }
}

absl::StatusOr<GroupsResult> Client::Groups(const GroupsRequest& request) {
  Builder builder;
  const auto view = EncodeViewSpec(builder, request.view);
  const auto contexts = builder.CreateVectorOfStrings(request.contexts);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(
          Operation::kGroups,
          Finish(builder, fb::CreateGroupsRequest(builder, view, contexts, request.all_contexts,
                                                  request.all, request.limit))));
  KOSEI_ASSIGN_OR_RETURN(const fb::GroupsReply* reply, protocol::Open<fb::GroupsReply>(body));
  GroupsResult result;
  result.view = ToView(reply->view(), reply->model_version());
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(result.view.model_version));
  result.groups = ToGroups(reply->groups());
  result.matched = reply->matched();
  return result;
}

}  // namespace kosei::client
