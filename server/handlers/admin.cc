// status, tokens, baselines.
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/admin_generated.h"
#include "version.h"

namespace kosei::server {
namespace {

// From the kernel's page counts; 0 where it keeps none.
std::uint64_t ResidentBytes() {
  std::ifstream pages("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  pages >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// `schema`: the newest model, which knows what the classes are called.
flatbuffers::Offset<fb::TokenInfo> EncodeToken(Builder& builder, const TokenInfo& info,
                                               const model::Schema& schema) {
  const auto name = Text(builder, info.name);
  const auto role = Text(builder, NameOf(info.role));
  std::string names;
  for (const ClassNumber each : info.classes) {
    if (!names.empty()) names += '\n';
    names += schema.ClassName(each);
  }
  const auto classes = Text(builder, names);
  return fb::CreateTokenInfo(builder, name, role, info.created.micros, info.expires.micros,
                             classes);
}

absl::StatusOr<std::vector<ClassNumber>> DecodeClasses(const fb::TokenCreateRequest& request,
                                                       const model::Schema& schema) {
  std::vector<ClassNumber> classes;
  if (request.classes() == nullptr) return classes;
  if (request.classes()->size() > kTokenClassesMax) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("create token: %d classes are named, at most %d are allowed; "
                                     "name a class above them",
                                     request.classes()->size(), kTokenClassesMax),
                     "classes");
  }
  for (const flatbuffers::String* name : *request.classes()) {
    KOSEI_ASSIGN_OR_RETURN(const model::Class* found, schema.GetClass(protocol::TextOf(name)));
    if (std::find(classes.begin(), classes.end(), found->number) == classes.end())
      classes.push_back(found->number);
  }
  return classes;
}

flatbuffers::Offset<fb::BaselineInfo> EncodeBaseline(Builder& builder,
                                                     const storage::Baseline& baseline) {
  const auto name = Text(builder, baseline.name);
  const auto description = Text(builder, baseline.description);
  const fb::ViewInfo view = EncodeView(baseline.view);
  const auto creator = Text(builder, baseline.creator);
  return fb::CreateBaselineInfo(builder, name, &view, description, creator,
                                baseline.created.micros);
}

// A baseline stands beside commit numbers and times in --as-of, so it must look like neither.
absl::Status CheckBaselineName(std::string_view name) {
  const auto control = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
  };
  const bool text = !name.empty() && name.size() <= kNameBytesMax && IsValidUtf8(name) &&
                    std::none_of(name.begin(), name.end(), control);
  const bool number =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text && !number && !ParseTimestamp(name).ok()) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("create baseline: the name must be 1 to %d bytes of text that "
                                   "is neither a number nor a time, for example \"before-move\"",
                                   kNameBytesMax),
                   "name");
}

}  // namespace

absl::Status AnswerStatus(const Services& services, const Call& call, Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::StatusRequest>(call.body).status());
  const storage::StoreCounts counts = services.reader.Counts();
  const auto uptime = services.clock.Monotonic() - services.started;
  const auto server = Text(builder, kServerVersion);
  const auto store_id = Text(builder, counts.store_id);
  fb::StatusReplyBuilder reply(builder);
  reply.add_server(server);
  reply.add_store_id(store_id);
  reply.add_newest_commit(counts.newest.value);
  reply.add_newest_time(counts.newest_time.micros);
  reply.add_records(counts.records);
  reply.add_links(counts.links);
  reply.add_model_version(counts.model_version);
  reply.add_format_version(counts.format_version);
  reply.add_uptime_ms(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(uptime).count()));
  reply.add_connections(services.counters.connections.load());
  reply.add_requests(services.counters.requests.load());
  reply.add_topology_bytes(counts.topology_bytes);
  reply.add_directory_bytes(counts.directory_bytes);
  reply.add_resident_bytes(ResidentBytes());
  reply.add_index_lag(services.indexes.Lag());
  const storage::ScrubStatus scrub = services.engine.scrub().Status();
  reply.add_scrub_finished(scrub.finished.micros);
  reply.add_scrub_findings(scrub.finding_count);
  // What cannot be counted now is no reason to say nothing of the rest.
  if (const auto letters = services.outbox->Count(); letters.ok()) {
    reply.add_notifications_waiting(letters->waiting);
    reply.add_notifications_failed(letters->failed);
  }
  protocol::FinishBody(builder, reply.Finish());
  return absl::OkStatus();
}

absl::Status AnswerTokenCreate(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::TokenCreateRequest* request,
                         protocol::Open<fb::TokenCreateRequest>(call.body));
  const std::string_view name = protocol::TextOf(request->name());
  KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Schema> schema,
                         services.reader.SchemaAt(services.reader.Newest()));
  KOSEI_ASSIGN_OR_RETURN(std::vector<ClassNumber> classes, DecodeClasses(*request, *schema));
  KOSEI_ASSIGN_OR_RETURN(
      const NewToken made,
      services.tokens.Create(name, protocol::RoleOf(protocol::TextOf(request->role())),
                             request->expires_in_days(), std::move(classes)));
  services.log.Write(LogLevel::kInfo, "token_created",
                     {{"name", made.info.name},
                      {"role", std::string(NameOf(made.info.role))},
                      {"expires", FormatTimestamp(made.info.expires)},
                      {"by", std::string(call.user)}});
  const auto token = Text(builder, made.token);
  const auto info = EncodeToken(builder, made.info, *schema);
  protocol::FinishBody(builder, fb::CreateTokenCreateReply(builder, token, info));
  return absl::OkStatus();
}

absl::Status AnswerTokenList(const Services& services, const Call& call, Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::TokenListRequest>(call.body).status());
  KOSEI_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Schema> schema,
                         services.reader.SchemaAt(services.reader.Newest()));
  std::vector<flatbuffers::Offset<fb::TokenInfo>> tokens;
  for (const TokenInfo& info : services.tokens.List())
    tokens.push_back(EncodeToken(builder, info, *schema));
  const auto token_vector = builder.CreateVector(tokens);
  protocol::FinishBody(builder, fb::CreateTokenListReply(builder, token_vector));
  return absl::OkStatus();
}

absl::Status AnswerTokenRevoke(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::TokenRevokeRequest* request,
                         protocol::Open<fb::TokenRevokeRequest>(call.body));
  const std::string name(protocol::TextOf(request->name()));
  KOSEI_RETURN_IF_ERROR(services.tokens.Revoke(name));
  services.log.Write(LogLevel::kInfo, "token_revoked",
                     {{"name", name}, {"by", std::string(call.user)}});
  if (services.tokens_changed) services.tokens_changed();
  protocol::FinishBody(builder, fb::CreateTokenRevokeReply(builder));
  return absl::OkStatus();
}

absl::Status AnswerBaselineCreate(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::BaselineCreateRequest* request,
                         protocol::Open<fb::BaselineCreateRequest>(call.body));
  storage::Baseline baseline;
  baseline.name = protocol::TextOf(request->name());
  baseline.description = protocol::TextOf(request->description());
  KOSEI_RETURN_IF_ERROR(CheckBaselineName(baseline.name));
  if (baseline.description.size() > kReasonBytesMax || !IsValidUtf8(baseline.description)) {
    return MakeError(ErrorCode::kInvalidText,
                     absl::StrFormat("create baseline %s: the description must be UTF-8 of at most "
                                     "%d bytes",
                                     baseline.name, kReasonBytesMax),
                     "description");
  }
  KOSEI_ASSIGN_OR_RETURN(baseline.view, ResolveView(services.reader, request->view()));
  baseline.creator = call.user;
  baseline.created = services.clock.Now();
  KOSEI_RETURN_IF_ERROR(services.writer.CreateBaseline(baseline));
  services.log.Write(LogLevel::kInfo, "baseline_created",
                     {{"name", baseline.name},
                      {"commit", std::to_string(baseline.view.commit.value)},
                      {"by", std::string(call.user)}});
  protocol::FinishBody(builder,
                       fb::CreateBaselineCreateReply(builder, EncodeBaseline(builder, baseline)));
  return absl::OkStatus();
}

absl::Status AnswerBaselineDrop(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::BaselineDropRequest* request,
                         protocol::Open<fb::BaselineDropRequest>(call.body));
  const std::string name(protocol::TextOf(request->name()));
  KOSEI_RETURN_IF_ERROR(services.writer.DropBaseline(name));
  services.log.Write(LogLevel::kInfo, "baseline_dropped",
                     {{"name", name}, {"by", std::string(call.user)}});
  protocol::FinishBody(builder, fb::CreateBaselineDropReply(builder));
  return absl::OkStatus();
}

absl::Status AnswerBaselineList(const Services& services, const Call& call, Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::BaselineListRequest>(call.body).status());
  KOSEI_ASSIGN_OR_RETURN(const auto baselines, services.reader.Baselines());
  std::vector<flatbuffers::Offset<fb::BaselineInfo>> infos;
  for (const storage::Baseline& baseline : baselines) {
    infos.push_back(EncodeBaseline(builder, baseline));
  }
  const auto info_vector = builder.CreateVector(infos);
  protocol::FinishBody(builder, fb::CreateBaselineListReply(builder, info_vector));
  if (builder.GetSize() > call.reply_bytes_max) {
    return TooLarge(call, "there are too many baselines to list at once");
  }
  return absl::OkStatus();
}

}  // namespace kosei::server
