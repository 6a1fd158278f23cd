// Retention policies, holds, and the runs that retire versions.
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/period.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/admin_generated.h"
#include "retention_keeper.h"

namespace kosei::server {
namespace {

// Why is asked of every decision: it is what an audit will read.
absl::StatusOr<storage::Provenance> ProvenanceOf(const Call& call, std::string_view doing,
                                                 std::string_view reason) {
  if (reason.empty() || reason.size() > kReasonBytesMax || !IsValidUtf8(reason)) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("%s: say why, in 1 to %d bytes of UTF-8", doing, kReasonBytesMax),
        "reason");
  }
  storage::Provenance provenance;
  provenance.actor = call.user;
  provenance.reason = reason;
  return provenance;
}

absl::StatusOr<ClassNumber> ClassNamed(const Services& services, std::string_view name) {
  KOSEI_ASSIGN_OR_RETURN(const model::Class* const found, services.reader.schema()->GetClass(name));
  return found->number;
}

absl::StatusOr<std::optional<Period>> PeriodOf(const flatbuffers::String* text,
                                               std::string_view field) {
  const std::string_view said = protocol::TextOf(text);
  if (said.empty()) return std::optional<Period>();
  const absl::StatusOr<Period> period = ParsePeriod(said);
  if (period.ok()) return std::optional<Period>(*period);
  return MakeError(ErrorCode::kWrongType,
                   absl::StrFormat("set retention: %s: %s", field, MessageOf(period.status())),
                   field);
}

flatbuffers::Offset<fb::Decision> EncodeDecision(Builder& builder,
                                                 const storage::Decision& decision) {
  const auto actor = Text(builder, decision.actor);
  const auto reason = Text(builder, decision.reason);
  return fb::CreateDecision(builder, decision.commit.value, decision.time.micros, actor, reason);
}

flatbuffers::Offset<flatbuffers::String> EncodePeriod(Builder& builder,
                                                      const std::optional<Period>& period) {
  return period ? Text(builder, FormatPeriod(*period)) : 0;
}

}  // namespace

absl::Status AnswerRetentionSet(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::RetentionSetRequest* request,
                         protocol::Open<fb::RetentionSetRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::Provenance provenance,
                         ProvenanceOf(call, "set retention", protocol::TextOf(request->reason())));
  const std::string name(protocol::TextOf(request->class_name()));
  storage::RetentionPolicy policy;
  KOSEI_ASSIGN_OR_RETURN(policy.class_number, ClassNamed(services, name));
  KOSEI_ASSIGN_OR_RETURN(policy.keep_for, PeriodOf(request->keep_for(), "keep_for"));
  KOSEI_ASSIGN_OR_RETURN(policy.after_end, PeriodOf(request->after_end(), "after_end"));
  policy.keep_versions = request->keep_versions();
  storage::Retention& retention = services.engine.retention();
  KOSEI_ASSIGN_OR_RETURN(const storage::CommitResult result,
                         request->clear() ? retention.ClearPolicy(policy.class_number, provenance)
                                          : retention.SetPolicy(policy, provenance));
  services.log.Write(LogLevel::kInfo, request->clear() ? "retention_cleared" : "retention_set",
                     {{"class", name}, {"by", std::string(call.user)}});
  protocol::FinishBody(
      builder, fb::CreateRetentionSetReply(builder, result.commit.value, result.time.micros));
  return absl::OkStatus();
}

absl::Status AnswerRetentionList(const Services& services, const Call& call, Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::RetentionListRequest>(call.body).status());
  const storage::Retention& retention = services.engine.retention();
  const auto schema = services.reader.schema();
  KOSEI_ASSIGN_OR_RETURN(const auto policies, retention.Policies());
  KOSEI_ASSIGN_OR_RETURN(const auto holds, retention.Holds());
  std::vector<flatbuffers::Offset<fb::PolicyInfo>> policy_infos;
  for (const storage::RetentionPolicy& policy : policies) {
    const auto name = Text(builder, schema->ClassName(policy.class_number));
    const auto keep_for = EncodePeriod(builder, policy.keep_for);
    const auto after_end = EncodePeriod(builder, policy.after_end);
    const auto set = EncodeDecision(builder, policy.set);
    policy_infos.push_back(
        fb::CreatePolicyInfo(builder, name, keep_for, policy.keep_versions, after_end, set));
  }
  std::vector<flatbuffers::Offset<fb::HoldInfo>> hold_infos;
  std::vector<std::string> keys;
  for (const storage::LegalHold& hold : holds) {
    const auto name = Text(builder, hold.name);
    keys.insert(keys.end(), hold.keys.begin(), hold.keys.end());
    const auto class_name = Text(builder, schema->ClassName(hold.class_number));
    const auto added = EncodeDecision(builder, hold.added);
    const auto dropped = hold.dropped ? EncodeDecision(builder, *hold.dropped) : 0;
    const auto key_count = static_cast<std::uint32_t>(hold.keys.size());
    hold_infos.push_back(fb::CreateHoldInfo(builder, name, key_count, class_name, added, dropped));
  }
  const auto policy_vector = builder.CreateVector(policy_infos);
  const auto hold_vector = builder.CreateVector(hold_infos);
  const auto key_vector = builder.CreateVectorOfStrings(keys);
  protocol::FinishBody(
      builder, fb::CreateRetentionListReply(builder, policy_vector, hold_vector, key_vector));
  if (builder.GetSize() > call.reply_bytes_max) return TooLarge(call, "hold classes, not keys");
  return absl::OkStatus();
}

absl::Status AnswerRetentionRun(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::RetentionRunRequest* request,
                         protocol::Open<fb::RetentionRunRequest>(call.body));
  storage::Provenance provenance;
  provenance.actor = call.user;
  if (!request->dry_run()) {
    KOSEI_ASSIGN_OR_RETURN(
        provenance, ProvenanceOf(call, "run retention", protocol::TextOf(request->reason())));
  }
  KOSEI_ASSIGN_OR_RETURN(const storage::RetentionReport report,
                         services.engine.retention().Run(provenance, request->dry_run(),
                                                         [&call] { return !call.is_cancelled(); }));
  const auto schema = services.reader.schema();
  std::vector<flatbuffers::Offset<fb::RetentionCounts>> classes;
  for (const storage::RetentionCounts& counts : report.classes) {
    const auto name = Text(builder, schema->ClassName(counts.class_number));
    classes.push_back(fb::CreateRetentionCounts(builder, name, counts.records, counts.versions,
                                                counts.retired, counts.gone, counts.kept_policy,
                                                counts.kept_newest, counts.kept_baseline,
                                                counts.kept_plan, counts.kept_hold));
  }
  if (!request->dry_run()) LogRetention(services.log, report, call.user);
  const auto class_vector = builder.CreateVector(classes);
  protocol::FinishBody(builder, fb::CreateRetentionRunReply(builder, report.commit.value,
                                                            report.time.micros, class_vector));
  return absl::OkStatus();
}

absl::Status AnswerHoldSet(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::HoldSetRequest* request,
                         protocol::Open<fb::HoldSetRequest>(call.body));
  storage::LegalHold hold;
  hold.name = protocol::TextOf(request->name());
  const std::string doing = (request->drop() ? "drop hold " : "add hold ") + hold.name;
  KOSEI_ASSIGN_OR_RETURN(const storage::Provenance provenance,
                         ProvenanceOf(call, doing, protocol::TextOf(request->reason())));
  if (request->keys() != nullptr) {
    for (const flatbuffers::String* key : *request->keys()) {
      hold.keys.emplace_back(protocol::TextOf(key));
    }
  }
  const std::string_view class_name = protocol::TextOf(request->class_name());
  if (!class_name.empty()) {
    KOSEI_ASSIGN_OR_RETURN(hold.class_number, ClassNamed(services, class_name));
  }
  storage::Retention& retention = services.engine.retention();
  KOSEI_ASSIGN_OR_RETURN(const storage::CommitResult result,
                         request->drop() ? retention.DropHold(hold.name, provenance)
                                         : retention.AddHold(hold, provenance));
  services.log.Write(LogLevel::kInfo, request->drop() ? "hold_dropped" : "hold_added",
                     {{"name", hold.name}, {"by", std::string(call.user)}});
  protocol::FinishBody(builder,
                       fb::CreateHoldSetReply(builder, result.commit.value, result.time.micros));
  return absl::OkStatus();
}

}  // namespace kosei::server
