// Retention: encoding, asking and decoding in one place.
#include <utility>

#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/admin_generated.h"
#include "kosei/protocol/messages.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using protocol::Operation;

template <typename Table>
std::string Finish(Builder& builder, flatbuffers::Offset<Table> root) {
  return std::string(protocol::FinishBody(builder, root));
}

Decision ToDecision(const fb::Decision* from) {
  if (from == nullptr) return {};
  return {from->commit(), Timestamp{from->time()}, Text(from->actor()), Text(from->reason())};
}

std::string EncodePolicy(const RetentionPolicy& policy, bool clear, const std::string& reason) {
  Builder builder;
  const auto class_name = builder.CreateString(policy.class_name);
  const auto keep_for = builder.CreateString(policy.keep_for);
  const auto after_end = builder.CreateString(policy.after_end);
  const auto why = builder.CreateString(reason);
  return Finish(builder, fb::CreateRetentionSetRequest(builder, class_name, clear, keep_for,
                                                       policy.keep_versions, after_end, why));
}

std::string EncodeHold(const LegalHold& hold, bool drop, const std::string& reason) {
  Builder builder;
  const auto name = builder.CreateString(hold.name);
  const auto keys = builder.CreateVectorOfStrings(hold.keys);
  const auto class_name = builder.CreateString(hold.class_name);
  const auto why = builder.CreateString(reason);
  return Finish(builder, fb::CreateHoldSetRequest(builder, name, drop, keys, class_name, why));
}

template <typename Reply>
absl::StatusOr<Decision> DecodeWritten(const std::string& body) {
  KOSEI_ASSIGN_OR_RETURN(const Reply* reply, protocol::Open<Reply>(body));
  return Decision{reply->commit(), Timestamp{reply->time()}, {}, {}};
}

absl::StatusOr<RetentionState> DecodeState(const std::string& body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::RetentionListReply* reply,
                         protocol::Open<fb::RetentionListReply>(body));
  RetentionState state;
  if (reply->policies() != nullptr) {
    for (const fb::PolicyInfo* from : *reply->policies()) {
      state.policies.push_back({Text(from->class_name()), Text(from->keep_for()),
                                from->keep_versions(), Text(from->after_end()),
                                ToDecision(from->set())});
    }
  }
  std::uint32_t next_key = 0;
  if (reply->holds() != nullptr) {
    for (const fb::HoldInfo* from : *reply->holds()) {
      LegalHold hold{Text(from->name())};
      const std::uint32_t keys = reply->keys() == nullptr ? 0 : reply->keys()->size();
      for (std::uint32_t i = 0; i < from->key_count() && next_key < keys; ++i) {
        hold.keys.push_back(Text(reply->keys()->Get(next_key++)));
      }
      hold.class_name = Text(from->class_name());
      hold.added = ToDecision(from->added());
      if (from->dropped() != nullptr) hold.dropped = ToDecision(from->dropped());
      state.holds.push_back(std::move(hold));
    }
  }
  return state;
}

absl::StatusOr<RetentionReport> DecodeReport(const std::string& body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::RetentionRunReply* reply,
                         protocol::Open<fb::RetentionRunReply>(body));
  RetentionReport report;
  report.commit = reply->commit();
  report.time = Timestamp{reply->time()};
  if (reply->classes() == nullptr) return report;
  for (const fb::RetentionCounts* from : *reply->classes()) {
    report.classes.push_back({Text(from->class_name()), from->records(), from->versions(),
                              from->retired(), from->gone(), from->kept_policy(),
                              from->kept_newest(), from->kept_baseline(), from->kept_plan(),
                              from->kept_hold()});
  }
  return report;
}

}  // namespace

absl::StatusOr<Decision> Client::SetRetention(const RetentionPolicy& policy,
                                              const std::string& reason) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kRetentionSet, EncodePolicy(policy, false, reason)));
  return DecodeWritten<fb::RetentionSetReply>(body);
}

absl::StatusOr<Decision> Client::ClearRetention(const std::string& class_name,
                                                const std::string& reason) {
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kRetentionSet, EncodePolicy({class_name}, true, reason)));
  return DecodeWritten<fb::RetentionSetReply>(body);
}

absl::StatusOr<Decision> Client::AddHold(const LegalHold& hold, const std::string& reason) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kHoldSet, EncodeHold(hold, false, reason)));
  return DecodeWritten<fb::HoldSetReply>(body);
}

absl::StatusOr<Decision> Client::DropHold(const std::string& name, const std::string& reason) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kHoldSet, EncodeHold({name}, true, reason)));
  return DecodeWritten<fb::HoldSetReply>(body);
}

absl::StatusOr<RetentionState> Client::ListRetention() {
  Builder builder;
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kRetentionList,
                                    Finish(builder, fb::CreateRetentionListRequest(builder))));
  return DecodeState(body);
}

absl::StatusOr<RetentionReport> Client::RunRetention(bool dry_run, const std::string& reason) {
  Builder builder;
  const auto why = builder.CreateString(reason);
  const std::chrono::milliseconds patience(
      OperationInfoOf(Operation::kRetentionRun).deadline_ms_default);
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kRetentionRun,
                 Finish(builder, fb::CreateRetentionRunRequest(builder, dry_run, why)), patience));
  return DecodeReport(body);
}

}  // namespace kosei::client
