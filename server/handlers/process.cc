// Processes, as they are read and defined.
#include <utility>
#include <vector>

#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "handlers/process_encoding.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/desk.h"
#include "kosei/protocol/process_generated.h"

namespace kosei::server {

namespace {

flatbuffers::Offset<fb::ProcessApproval> Encode(Builder& builder,
                                                const process::ApprovalOutlook& approval) {
  std::vector<flatbuffers::Offset<fb::ProcessApprovalStep>> steps;
  for (const process::ApprovalOutlook::Step& step : approval.steps) {
    const auto name = Text(builder, step.name);
    const auto en = Text(builder, step.label.en);
    const auto ja = Text(builder, step.label.ja);
    const auto state = Text(builder, step.state);
    const auto asked = EncodeNames(builder, step.asked);
    steps.push_back(fb::CreateProcessApprovalStep(
        builder, name, en, ja, state, static_cast<std::uint32_t>(step.needed),
        static_cast<std::uint32_t>(step.approvals), static_cast<std::uint32_t>(step.rejections),
        asked));
  }
  const auto key = Text(builder, approval.key);
  const auto policy = Text(builder, approval.policy);
  const auto state = Text(builder, approval.state);
  const auto vector = builder.CreateVector(steps);
  return fb::CreateProcessApproval(builder, key, policy, state, vector);
}

}  // namespace

absl::Status AnswerProcessOutlook(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessOutlookRequest* request,
                         protocol::Open<fb::ProcessOutlookRequest>(call.body));
  const process::Caller caller{std::string(call.user), call.is_administrator};
  KOSEI_ASSIGN_OR_RETURN(const process::RecordOutlook outlook,
                         services.desk->Look(caller, protocol::TextOf(request->key())));
  std::vector<flatbuffers::Offset<fb::ProcessEvent>> events;
  for (const process::Outlook& each : outlook.events) {
    const auto name = Text(builder, each.event);
    const auto en = Text(builder, each.label.en);
    const auto ja = Text(builder, each.label.ja);
    const auto to = Text(builder, each.to);
    const auto needs = EncodeRefusals(builder, each.needs);
    const auto refusals = EncodeRefusals(builder, each.refusals);
    events.push_back(fb::CreateProcessEvent(builder, name, en, ja, to, each.automatic, each.allowed,
                                            needs, refusals));
  }
  const auto key = Text(builder, outlook.key);
  const auto class_name = Text(builder, outlook.class_name);
  const auto life_cycle = Text(builder, outlook.life_cycle);
  const auto state = Text(builder, outlook.state);
  const auto state_en = Text(builder, outlook.state_label.en);
  const auto state_ja = Text(builder, outlook.state_label.ja);
  const auto event_vector = builder.CreateVector(events);
  std::vector<flatbuffers::Offset<fb::ProcessApproval>> approvals;
  for (const process::ApprovalOutlook& approval : outlook.approvals)
    approvals.push_back(Encode(builder, approval));
  const auto approval_vector = builder.CreateVector(approvals);
  protocol::FinishBody(
      builder, fb::CreateProcessOutlookReply(builder, key, class_name, life_cycle, outlook.version,
                                             state, state_en, state_ja, outlook.begin.value,
                                             event_vector, approval_vector));
  return absl::OkStatus();
}

absl::Status AnswerProcessSuggest(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessSuggestRequest* request,
                         protocol::Open<fb::ProcessSuggestRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<process::Suggestion> suggestions,
      services.desk->Suggest(protocol::TextOf(request->key()), protocol::TextOf(request->opens())));
  std::vector<flatbuffers::Offset<fb::ProcessSuggestion>> encoded;
  for (const process::Suggestion& each : suggestions) {
    std::vector<flatbuffers::Offset<fb::ProcessSuggestedValue>> values;
    for (const auto& [name, text] : each.attributes) {
      const auto value_name = Text(builder, name);
      const auto value_text = Text(builder, text);
      values.push_back(fb::CreateProcessSuggestedValue(builder, value_name, value_text));
    }
    const auto attributes = builder.CreateVector(values);
    const auto definition = Text(builder, each.definition);
    const auto en = Text(builder, each.label.en);
    const auto ja = Text(builder, each.label.ja);
    const auto link = Text(builder, each.link);
    const auto opens = Text(builder, each.opens);
    const auto key = Text(builder, each.key);
    const auto name = Text(builder, each.name);
    const auto why = Text(builder, each.why);
    encoded.push_back(fb::CreateProcessSuggestion(builder, definition, en, ja, link, opens, key,
                                                  name, why, attributes));
  }
  const auto vector = builder.CreateVector(encoded);
  protocol::FinishBody(builder, fb::CreateProcessSuggestReply(builder, vector));
  if (builder.GetSize() <= call.reply_bytes_max) return absl::OkStatus();
  return TooLarge(call, "ask with `query` for a part of it");
}

absl::Status AnswerProcessDefine(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessDefineRequest* request,
                         protocol::Open<fb::ProcessDefineRequest>(call.body));
  std::vector<process::DefinitionFile> files;
  if (request->files() != nullptr) {
    for (const fb::ProcessFile* file : *request->files()) {
      files.push_back({std::string(protocol::TextOf(file->name())),
                       std::string(protocol::TextOf(file->text()))});
    }
  }
  const process::Caller caller{std::string(call.user), call.is_administrator};
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, services.desk->Define(caller, std::move(files)));
  services.log.Write(
      LogLevel::kInfo, "processes_defined",
      {{"files", std::to_string(definitions->files().size())}, {"by", std::string(call.user)}});
  const auto size = [](const auto& list) { return static_cast<std::uint32_t>(list.size()); };
  protocol::FinishBody(
      builder, fb::CreateProcessDefineReply(builder, size(definitions->life_cycles().life_cycles()),
                                            size(definitions->tables().tables()),
                                            size(definitions->policies().policies()),
                                            size(definitions->roles())));
  return absl::OkStatus();
}

}  // namespace kosei::server
