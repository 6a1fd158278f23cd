#include "handlers/impact_request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {
namespace {

template <typename List>
absl::Status CheckCount(const List* list, std::string_view field) {
  if (list == nullptr || list->size() <= protocol::kImpactRootsMax) return absl::OkStatus();
  return MakeError(ErrorCode::kRowBudget,
                   absl::StrFormat("impact: %d %s, at most %d are taken", list->size(), field,
                                   protocol::kImpactRootsMax),
                   field);
}

absl::StatusOr<query::Assumption> DecodeAssumption(const storage::Reader& reader,
                                                   const fb::Assumption& assumption) {
  const std::string_view key = protocol::TextOf(assumption.key());
  KOSEI_ASSIGN_OR_RETURN(const RecordId id, IdOfKey(reader, "impact of", key));
  const std::uint8_t state = assumption.state();
  if (state == 0 || state > static_cast<std::uint8_t>(model::State::kFailed)) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("impact: state %d is assumed of %s, expected 1 (degraded) or "
                                     "2 (failed)",
                                     state, key),
                     "assumptions");
  }
  return query::Assumption{id, static_cast<model::State>(state)};
}

absl::StatusOr<query::Scenario> DecodeScenario(const Services& services,
                                               const fb::ImpactScenario& from,
                                               const storage::View& view) {
  const storage::Reader& reader = services.reader;
  query::Scenario scenario;
  KOSEI_RETURN_IF_ERROR(CheckCount(from.assumptions(), "assumptions"));
  if (from.assumptions() != nullptr) {
    for (const fb::Assumption* assumption : *from.assumptions()) {
      KOSEI_ASSIGN_OR_RETURN(const query::Assumption decoded,
                             DecodeAssumption(reader, *assumption));
      scenario.assumptions.push_back(decoded);
    }
  }
  KOSEI_ASSIGN_OR_RETURN(scenario.blocked, IdsOfKeys(reader, "impact, blocked:", from.blocked()));
  KOSEI_RETURN_IF_ERROR(CheckCount(from.contexts(), "contexts"));
  KOSEI_ASSIGN_OR_RETURN(scenario.contexts,
                         ContextsOf(reader, view, from.contexts(), from.all_contexts()));
  if (from.time_from() == 0 && from.time_to() == 0) return scenario;
  if (from.time_from() >= from.time_to()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("impact: the assumed time ends at %s, which is not after its "
                                     "beginning, %s",
                                     FormatTimestamp(Timestamp{from.time_to()}),
                                     FormatTimestamp(Timestamp{from.time_from()})),
                     "time");
  }
  scenario.time = query::TimeWindow{Timestamp{from.time_from()}, Timestamp{from.time_to()}};
  return scenario;
}

}  // namespace

absl::StatusOr<ImpactQuestion> DecodeImpactQuestion(const Services& services,
                                                    const fb::ImpactRequest* request) {
  if (request == nullptr) {
    return MakeError(ErrorCode::kInvalidArgument, "impact: the question is missing; say what fails",
                     "impact");
  }
  const bool assumes = request->scenario() != nullptr &&
                       request->scenario()->assumptions() != nullptr &&
                       request->scenario()->assumptions()->size() > 0;
  if ((request->roots() == nullptr || request->roots()->size() == 0) && !assumes) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "impact: no roots; name at least one record by its key", "roots");
  }
  ImpactQuestion question;
  KOSEI_ASSIGN_OR_RETURN(question.view, ResolveView(services.reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(question.request.roots,
                         IdsOfKeys(services.reader, "impact of", request->roots()));
  if (request->direction() != fb::Direction::down && request->direction() != fb::Direction::up) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("impact: direction %d, expected 1 (down) or 2 (up)",
                                     static_cast<int>(request->direction())),
                     "direction");
  }
  question.request.direction = request->direction() == fb::Direction::up
                                   ? query::ImpactDirection::kUp
                                   : query::ImpactDirection::kDown;
  if (request->depth() != UINT32_MAX) question.request.depth = request->depth();
  if (request->scenario() != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(question.request.scenario,
                           DecodeScenario(services, *request->scenario(), question.view));
  }
  return question;
}

absl::StatusOr<ImpactQuestion> DecodeWithGroups(const Services& services,
                                                const fb::ImpactRequest* request) {
  KOSEI_ASSIGN_OR_RETURN(ImpactQuestion question, DecodeImpactQuestion(services, request));
  question.request.want_groups = true;
  return question;
}

absl::StatusOr<flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::PathStep>>>>
EncodePath(const storage::Reader& reader, const storage::View& view,
           const std::vector<query::PathStep>& path, bool down, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  std::vector<flatbuffers::Offset<fb::PathStep>> steps;
  for (const query::PathStep& step : path) {
    const auto from = Text(builder, reader.KeyOf(step.from));
    const auto to = Text(builder, reader.KeyOf(step.to));
    steps.push_back(fb::CreatePathStep(builder, from, step.type.value, to,
                                       query::FromIsTarget(graph, *schema, step, down)));
  }
  return builder.CreateVector(steps);
}

absl::StatusOr<flatbuffers::Offset<fb::StateDifference>> EncodeStateDifference(
    const storage::Reader& reader, const query::StateDifference& difference,
    const query::ImpactAnswer& answer, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const auto path,
                         EncodePath(reader, answer.view, query::PathTo(answer, difference.position),
                                    !answer.upward, builder));
  const auto key = Text(builder, reader.KeyOf(difference.record));
  return fb::CreateStateDifference(builder, key, reader.ClassOf(difference.record).value,
                                   static_cast<std::uint8_t>(difference.first),
                                   static_cast<std::uint8_t>(difference.second), path);
}

absl::StatusOr<ContextFindingsOffset> EncodeContextFindings(const Services& services,
                                                            const query::ImpactAnswer& answer,
                                                            Builder& builder) {
  if (answer.contexts.empty()) return ContextFindingsOffset();
  KOSEI_ASSIGN_OR_RETURN(const auto schema, services.reader.SchemaAt(answer.view));
  std::vector<flatbuffers::Offset<fb::ContextFinding>> findings;
  for (const query::ImpactContextFinding& finding : answer.contexts) {
    if (findings.size() == kContextFindingsMax) break;
    const auto key = Text(builder, services.reader.KeyOf(finding.assumption.record));
    const auto because = Text(builder, services.reader.KeyOf(finding.because_of));
    const auto context = Text(builder, schema->impact_contexts()[finding.context].definition.name);
    findings.push_back(fb::CreateContextFinding(
        builder, key, static_cast<std::uint8_t>(finding.assumption.state), because, context));
  }
  return builder.CreateVector(findings);
}

flatbuffers::Offset<fb::GroupFinding> EncodeGroup(const storage::Reader& reader,
                                                  const query::GroupFinding& finding,
                                                  Builder& builder) {
  const auto key = Text(builder, reader.KeyOf(finding.record));
  const auto gate = Text(builder, finding.gate);
  const auto missing = Text(builder, absl::StrJoin(finding.missing, "\n"));
  return fb::CreateGroupFinding(
      builder, key, reader.ClassOf(finding.record).value, gate, finding.of_record,
      finding.below_quorum, missing, finding.members, finding.in_service, finding.up_before,
      finding.up_after, static_cast<std::uint8_t>(finding.before),
      static_cast<std::uint8_t>(finding.after), finding.reserve_before, finding.reserve_after);
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::GroupFinding>>> EncodeGroups(
    const storage::Reader& reader, const std::vector<query::GroupFinding>& findings,
    std::size_t limit, Builder& builder) {
  std::vector<flatbuffers::Offset<fb::GroupFinding>> groups;
  for (std::size_t i = 0; i < std::min(limit, findings.size()); ++i)
    groups.push_back(EncodeGroup(reader, findings[i], builder));
  return builder.CreateVector(groups);
}

}  // namespace kosei::server
