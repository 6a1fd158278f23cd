// Answers to writing and administrative requests.
#include <utility>

#include "absl/strings/str_split.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/admin_generated.h"
#include "kosei/protocol/index_generated.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/write_generated.h"
#include "message_parts.h"
#include "reply_decoding.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using protocol::TextOf;

absl::Status ToStatus(const fb::Error* from) {
  if (from == nullptr) return MakeError(ErrorCode::kInternal, "the server gave no reason");
  const auto code = static_cast<ErrorCode>(from->code());
  if (InfoOf(code).code == code)
    return MakeError(code, TextOf(from->message()), TextOf(from->field()));
  // Newer than this build: its text must do.
  return MakeError(ErrorCode::kInvalidArgument, Text(from->symbol()) + ": " + Text(from->message()),
                   TextOf(from->field()));
}

TokenInfo ToToken(const fb::TokenInfo* from) {
  TokenInfo out;
  if (from == nullptr) return out;
  out.name = Text(from->name());
  out.role = Text(from->role());
  out.created = Timestamp{from->created()};
  out.expires = Timestamp{from->expires()};
  out.classes = absl::StrSplit(Text(from->classes()), '\n', absl::SkipEmpty());
  return out;
}

Baseline ToBaseline(const fb::BaselineInfo* from) {
  Baseline out;
  if (from == nullptr) return out;
  out.name = Text(from->name());
  out.description = Text(from->description());
  if (from->view() != nullptr) {
    out.view = {from->view()->commit(), Timestamp{from->view()->valid_at()}};
  }
  out.creator = Text(from->creator());
  out.created = Timestamp{from->created()};
  return out;
}

}  // namespace

WriteCounts ToCounts(const fb::WriteCounts* from) {
  WriteCounts out;
  if (from == nullptr) return out;
  out.commit = from->commit();
  out.time = Timestamp{from->time()};
  out.records_created = from->records_created();
  out.records_updated = from->records_updated();
  out.records_unchanged = from->records_unchanged();
  out.records_ended = from->records_ended();
  out.links_created = from->links_created();
  out.links_unchanged = from->links_unchanged();
  out.links_ended = from->links_ended();
  return out;
}

absl::StatusOr<WriteCounts> DecodeMutate(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::MutateReply* reply, protocol::Open<fb::MutateReply>(body));
  return ToCounts(reply->counts());
}

absl::StatusOr<BulkBegun> DecodeBulkBegin(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::BulkBeginReply* reply, protocol::Open<fb::BulkBeginReply>(body));
  return BulkBegun{reply->load(), std::max(reply->window(), std::uint32_t{1}),
                   std::max(reply->next_chunk(), std::uint64_t{1}), reply->digest()};
}

absl::StatusOr<ChunkAnswer> DecodeBulkChunk(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::BulkChunkReply* reply, protocol::Open<fb::BulkChunkReply>(body));
  ChunkAnswer out;
  out.number = reply->number();
  out.counts = ToCounts(reply->counts());
  if (reply->rejected() == nullptr) return out;
  for (const fb::Rejected* rejected : *reply->rejected()) {
    out.rejected.push_back({rejected->is_link(), rejected->index(), ToStatus(rejected->error())});
  }
  return out;
}

absl::StatusOr<WriteCounts> DecodeBulkEnd(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::BulkEndReply* reply, protocol::Open<fb::BulkEndReply>(body));
  return ToCounts(reply->counts());
}

absl::StatusOr<StatusReport> DecodeStatus(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::StatusReply* reply, protocol::Open<fb::StatusReply>(body));
  StatusReport out;
  out.server = Text(reply->server());
  out.store_id = Text(reply->store_id());
  out.newest_commit = reply->newest_commit();
  out.newest_time = Timestamp{reply->newest_time()};
  out.records = reply->records();
  out.links = reply->links();
  out.uptime_ms = reply->uptime_ms();
  out.requests = reply->requests();
  out.topology_bytes = reply->topology_bytes();
  out.directory_bytes = reply->directory_bytes();
  out.resident_bytes = reply->resident_bytes();
  out.index_lag = reply->index_lag();
  out.scrub_finished = Timestamp{reply->scrub_finished()};
  out.scrub_findings = reply->scrub_findings();
  out.notifications_waiting = reply->notifications_waiting();
  out.notifications_failed = reply->notifications_failed();
  out.model_version = reply->model_version();
  out.format_version = reply->format_version();
  out.connections = reply->connections();
  return out;
}

absl::StatusOr<NewToken> DecodeTokenCreate(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::TokenCreateReply* reply,
                         protocol::Open<fb::TokenCreateReply>(body));
  return NewToken{Text(reply->token()), ToToken(reply->info())};
}

absl::StatusOr<std::vector<TokenInfo>> DecodeTokenList(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::TokenListReply* reply, protocol::Open<fb::TokenListReply>(body));
  std::vector<TokenInfo> out;
  if (reply->tokens() == nullptr) return out;
  for (const fb::TokenInfo* token : *reply->tokens()) out.push_back(ToToken(token));
  return out;
}

absl::StatusOr<EraseResult> DecodeErase(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::EraseReply* reply, protocol::Open<fb::EraseReply>(body));
  return EraseResult{reply->commit(), Timestamp{reply->time()}, reply->versions(),
                     reply->plan_steps()};
}

absl::StatusOr<Baseline> DecodeBaselineCreate(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::BaselineCreateReply* reply,
                         protocol::Open<fb::BaselineCreateReply>(body));
  return ToBaseline(reply->baseline());
}

absl::StatusOr<std::vector<Baseline>> DecodeBaselineList(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::BaselineListReply* reply,
                         protocol::Open<fb::BaselineListReply>(body));
  std::vector<Baseline> out;
  if (reply->baselines() == nullptr) return out;
  for (const fb::BaselineInfo* baseline : *reply->baselines()) out.push_back(ToBaseline(baseline));
  return out;
}

absl::StatusOr<std::vector<IndexInfo>> DecodeIndexList(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::IndexListReply* reply, protocol::Open<fb::IndexListReply>(body));
  std::vector<IndexInfo> out;
  if (reply->indexes() == nullptr) return out;
  for (const fb::IndexInfo* index : *reply->indexes()) {
    IndexInfo info;
    info.name = Text(index->name());
    info.origin = static_cast<IndexOrigin>(index->origin());
    info.building = index->state() == fb::IndexState::building;
    info.whole_to = index->whole_to();
    info.lag = index->lag();
    info.records_done = index->records_done();
    info.records_total = index->records_total();
    info.bytes = index->bytes();
    out.push_back(std::move(info));
  }
  return out;
}

absl::StatusOr<ScrubStatus> DecodeScrub(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ScrubReply* reply, protocol::Open<fb::ScrubReply>(body));
  ScrubStatus out;
  out.state = static_cast<ScrubState>(reply->state());
  out.period_seconds = reply->period_seconds();
  out.begun = Timestamp{reply->begun()};
  out.bytes_done = reply->bytes_done();
  out.bytes_total = reply->bytes_total();
  out.finished = Timestamp{reply->finished()};
  out.finished_bytes = reply->finished_bytes();
  out.next = Timestamp{reply->next()};
  out.finding_count = reply->finding_count();
  if (reply->findings() == nullptr) return out;
  for (const fb::ScrubFinding* finding : *reply->findings()) {
    out.findings.push_back({Timestamp{finding->time()}, Text(finding->what())});
  }
  return out;
}

}  // namespace kosei::client
