// Processes: encoding, asking and decoding in one place.
#include <utility>

#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/language/evaluation.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/process_generated.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using Bytes = flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>>;
using Links = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::ProcessLink>>>;
using protocol::Operation;

template <typename Table>
std::string Finish(Builder& builder, flatbuffers::Offset<Table> root) {
  return std::string(protocol::FinishBody(builder, root));
}

absl::StatusOr<Bytes> Pack(Builder& builder, const language::PackedMap& map) {
  std::string packed;
  if (!map.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const language::Datum values,
                           language::DatumOf(language::PackedValue{map}));
    language::Evaluation nothing;  // they name no records
    language::PackWriter(packed, language::PackForm::kBolt5).Value(values, nothing);
  }
  return builder.CreateVector(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size());
}

Links EncodeLinks(Builder& builder, const std::vector<ProcessLink>& links) {
  std::vector<flatbuffers::Offset<fb::ProcessLink>> encoded;
  for (const ProcessLink& link : links) {
    const auto type = builder.CreateString(link.type);
    const auto other = builder.CreateString(link.other);
    encoded.push_back(fb::CreateProcessLink(builder, type, other, link.incoming));
  }
  return builder.CreateVector(encoded);
}

std::vector<std::string> Names(
    const flatbuffers::Vector<flatbuffers::Offset<fb::ProcessName>>* names) {
  std::vector<std::string> decoded;
  if (names == nullptr) return decoded;
  for (const fb::ProcessName* name : *names) decoded.push_back(Text(name->text()));
  return decoded;
}

std::vector<ProcessRefusal> DecodeRefusals(
    const flatbuffers::Vector<flatbuffers::Offset<fb::ProcessRefusal>>* refusals) {
  std::vector<ProcessRefusal> decoded;
  if (refusals == nullptr) return decoded;
  for (const fb::ProcessRefusal* each : *refusals)
    decoded.push_back({each->kind(), Text(each->name()), Text(each->en()), Text(each->ja())});
  return decoded;
}

absl::StatusOr<ProcessOutcome> DecodeOutcome(const std::string& body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessOutcome* reply, protocol::Open<fb::ProcessOutcome>(body));
  ProcessOutcome outcome;
  outcome.key = Text(reply->key());
  outcome.event = Text(reply->event());
  outcome.from = Text(reply->from());
  outcome.to = Text(reply->to());
  outcome.refusals = DecodeRefusals(reply->refusals());
  outcome.created = Texts(reply->created());
  outcome.followed = Texts(reply->followed());
  outcome.commit = reply->commit();
  outcome.time = Timestamp{reply->time()};
  return outcome;
}

std::vector<ProcessApproval> DecodeApprovals(
    const flatbuffers::Vector<flatbuffers::Offset<fb::ProcessApproval>>* approvals) {
  std::vector<ProcessApproval> decoded;
  if (approvals == nullptr) return decoded;
  for (const fb::ProcessApproval* each : *approvals) {
    ProcessApproval& approval = decoded.emplace_back();
    approval.key = Text(each->key());
    approval.policy = Text(each->policy());
    approval.state = Text(each->state());
    if (each->steps() == nullptr) continue;
    for (const fb::ProcessApprovalStep* step : *each->steps()) {
      approval.steps.push_back({Text(step->name()), Text(step->en()), Text(step->ja()),
                                Text(step->state()), step->needed(), step->approvals(),
                                step->rejections(), Names(step->asked())});
    }
  }
  return decoded;
}

}  // namespace

absl::StatusOr<ProcessOutcome> Client::OpenProcess(const ProcessNew& record) {
  Builder builder;
  const auto class_name = builder.CreateString(record.class_name);
  KOSEI_ASSIGN_OR_RETURN(const Bytes attributes, Pack(builder, record.attributes));
  const Links links = EncodeLinks(builder, record.links);
  const auto reason = builder.CreateString(record.reason);
  const auto template_key = builder.CreateString(record.template_key);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kProcessNew,
                 Finish(builder, fb::CreateProcessNewRequest(builder, class_name, attributes, links,
                                                             reason, template_key))));
  return DecodeOutcome(body);
}

absl::StatusOr<ProcessOutcome> Client::DoProcess(const ProcessStep& step) {
  Builder builder;
  const auto key = builder.CreateString(step.key);
  const auto event = builder.CreateString(step.event);
  KOSEI_ASSIGN_OR_RETURN(const Bytes attributes, Pack(builder, step.attributes));
  KOSEI_ASSIGN_OR_RETURN(const Bytes inputs, Pack(builder, step.inputs));
  const Links links = EncodeLinks(builder, step.links);
  const Links end_links = EncodeLinks(builder, step.end_links);
  const auto reason = builder.CreateString(step.reason);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kProcessDo,
                 Finish(builder, fb::CreateProcessDoRequest(
                                     builder, key, event, attributes, inputs, links, end_links,
                                     step.expected_begin.value_or(UINT64_MAX), reason))));
  return DecodeOutcome(body);
}

absl::StatusOr<ProcessOutcome> Client::NoteProcess(const ProcessNote& note) {
  Builder builder;
  const auto key = builder.CreateString(note.key);
  const auto text = builder.CreateString(note.text);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kProcessNote,
                 Finish(builder, fb::CreateProcessNoteRequest(builder, key, text, note.work,
                                                              note.minutes, note.is_public))));
  return DecodeOutcome(body);
}

absl::StatusOr<ProcessOutcome> Client::VoteOnProcess(const ProcessVote& vote) {
  Builder builder;
  const auto key = builder.CreateString(vote.key);
  const auto comment = builder.CreateString(vote.comment);
  const auto on_behalf_of = builder.CreateString(vote.on_behalf_of);
  const auto policy = builder.CreateString(vote.policy);
  const auto step = builder.CreateString(vote.step);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kProcessVote,
                 Finish(builder, fb::CreateProcessVoteRequest(builder, key, vote.reject, comment,
                                                              on_behalf_of, policy, step))));
  return DecodeOutcome(body);
}

absl::StatusOr<ProcessOutlook> Client::LookAtProcess(const std::string& key) {
  Builder builder;
  const auto name = builder.CreateString(key);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kProcessOutlook,
                 Finish(builder, fb::CreateProcessOutlookRequest(builder, name))));
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessOutlookReply* reply,
                         protocol::Open<fb::ProcessOutlookReply>(body));
  ProcessOutlook outlook;
  outlook.key = Text(reply->key());
  outlook.class_name = Text(reply->class_name());
  outlook.life_cycle = Text(reply->life_cycle());
  outlook.version = reply->version();
  outlook.state = Text(reply->state());
  outlook.state_en = Text(reply->state_en());
  outlook.state_ja = Text(reply->state_ja());
  outlook.begin = reply->begin();
  outlook.approvals = DecodeApprovals(reply->approvals());
  if (reply->events() == nullptr) return outlook;
  for (const fb::ProcessEvent* each : *reply->events()) {
    outlook.events.push_back({Text(each->name()), Text(each->en()), Text(each->ja()),
                              Text(each->to()), each->automatic(), each->allowed(),
                              DecodeRefusals(each->needs()), DecodeRefusals(each->refusals())});
  }
  return outlook;
}

absl::StatusOr<std::vector<ProcessSuggestion>> Client::Suggestions(const std::string& key,
                                                                   const std::string& opens) {
  Builder builder;
  const auto name = builder.CreateString(key);
  const auto class_name = builder.CreateString(opens);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kProcessSuggest,
                 Finish(builder, fb::CreateProcessSuggestRequest(builder, name, class_name))));
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessSuggestReply* reply,
                         protocol::Open<fb::ProcessSuggestReply>(body));
  std::vector<ProcessSuggestion> suggestions;
  if (reply->suggestions() == nullptr) return suggestions;
  for (const fb::ProcessSuggestion* each : *reply->suggestions()) {
    ProcessSuggestion& one = suggestions.emplace_back();
    one.definition = Text(each->definition());
    one.en = Text(each->en());
    one.ja = Text(each->ja());
    one.link = Text(each->link());
    one.opens = Text(each->opens());
    one.key = Text(each->key());
    one.name = Text(each->name());
    one.why = Text(each->why());
    if (each->attributes() == nullptr) continue;
    for (const fb::ProcessSuggestedValue* value : *each->attributes())
      one.attributes.emplace_back(Text(value->name()), Text(value->text()));
  }
  return suggestions;
}

absl::StatusOr<ProcessCounts> Client::DefineProcesses(const std::vector<ProcessFile>& files) {
  Builder builder;
  std::vector<flatbuffers::Offset<fb::ProcessFile>> encoded;
  for (const ProcessFile& file : files) {
    const auto name = builder.CreateString(file.name);
    const auto text = builder.CreateString(file.text);
    encoded.push_back(fb::CreateProcessFile(builder, name, text));
  }
  const auto vector = builder.CreateVector(encoded);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kProcessDefine,
                 Finish(builder, fb::CreateProcessDefineRequest(builder, vector))));
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessDefineReply* reply,
                         protocol::Open<fb::ProcessDefineReply>(body));
  return ProcessCounts{reply->life_cycles(), reply->tables(), reply->policies(), reply->roles()};
}

}  // namespace kosei::client
