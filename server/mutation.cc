#include "mutation.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "session.h"

namespace kosei::server {
namespace {

std::optional<CommitNumber> Expectation(std::uint64_t begin) {
  if (begin == UINT64_MAX) return std::nullopt;
  return CommitNumber{begin};
}

template <typename Link>
Link DecodeLink(const fb::LinkRef& link) {
  return Link{std::string(protocol::TextOf(link.source())), RelationshipTypeNumber{link.type()},
              std::string(protocol::TextOf(link.target())), Timestamp{link.valid_from()},
              Timestamp{link.valid_to()}};
}

std::string EncodeResult(const absl::StatusOr<storage::CommitResult>& result,
                         const protocol::FrameHeader& header, protocol::Checksum checksum) {
  std::string frame;
  if (!result.ok()) {
    protocol::AppendErrorFrame(frame, header, result.status());
    return frame;
  }
  thread_local Builder builder;
  builder.Clear();
  const auto counts = EncodeCounts(builder, *result);
  const std::string_view body =
      protocol::FinishBody(builder, fb::CreateMutateReply(builder, counts));
  protocol::AppendFrame(frame, protocol::ReplyHeader(header), body, checksum);
  return frame;
}

// What the committer's callback needs. Copied with the callback, so everything is small or shared.
struct Reply {
  std::shared_ptr<SessionHost> host;  // the connection stays in memory until it is answered
  protocol::FrameHeader header;
  protocol::Checksum checksum;

  void operator()(const absl::StatusOr<storage::CommitResult>& result) const {
    host->Post([id = header.request_id, frame = EncodeResult(result, header, checksum)](
                   Session& session) { session.requests().Finish(id, frame); });
  }
};

void DecodeAndCommit(storage::Writer& writer, std::string_view body, std::string_view user,
                     const Reply& reply) {
  const absl::StatusOr<const fb::MutateRequest*> request = protocol::Open<fb::MutateRequest>(body);
  if (!request.ok()) {
    reply(request.status());
    return;
  }
  absl::StatusOr<storage::Transaction> transaction = DecodeTransaction(**request, user);
  if (!transaction.ok()) {
    reply(transaction.status());
    return;
  }
  writer.CommitAsync(*std::move(transaction), reply);
}

}  // namespace

namespace internal {

absl::StatusOr<storage::Provenance> CheckProvenance(storage::Provenance provenance) {
  const std::pair<std::string_view, const std::string*> texts[] = {
      {"reason", &provenance.reason}, {"cause", &provenance.cause}, {"source", &provenance.source}};
  for (const auto& [field, text] : texts) {
    if (text->size() <= kReasonBytesMax && IsValidUtf8(*text)) continue;
    return MakeError(ErrorCode::kInvalidText,
                     absl::StrFormat("write: the %s must be UTF-8 of at most %d bytes, and has %d",
                                     field, kReasonBytesMax, text->size()),
                     field);
  }
  return provenance;
}

}  // namespace internal

absl::StatusOr<Record> DecodeRecord(std::string_view bytes) {
  KOSEI_ASSIGN_OR_RETURN(const RecordView view, RecordView::Verify(bytes));
  return view.Decode();
}

absl::StatusOr<storage::Transaction> DecodeTransaction(const fb::MutateRequest& request,
                                                       std::string_view user) {
  storage::Transaction transaction;
  KOSEI_ASSIGN_OR_RETURN(transaction.provenance, DecodeProvenance(request, user));
  if (request.put_records() != nullptr) {
    for (const fb::PutRecord* put : *request.put_records()) {
      absl::StatusOr<std::string_view> bytes = protocol::RecordBytes(put->record());
      KOSEI_RETURN_IF_ERROR(bytes.status());
      absl::StatusOr<Record> record = DecodeRecord(*bytes);
      if (!record.ok()) {
        return WithContext(record.status(), absl::StrFormat("mutate: put_records[%d]",
                                                            transaction.put_records.size()));
      }
      transaction.put_records.push_back({*std::move(record), Expectation(put->expected_begin())});
    }
  }
  if (request.end_links() != nullptr) {
    for (const fb::LinkRef* link : *request.end_links()) {
      transaction.end_links.push_back(DecodeLink<storage::EndLink>(*link));
    }
  }
  if (request.put_links() != nullptr) {
    for (const fb::LinkRef* link : *request.put_links()) {
      transaction.put_links.push_back(DecodeLink<storage::PutLink>(*link));
    }
  }
  if (request.end_records() != nullptr) {
    for (const fb::EndRecord* end : *request.end_records()) {
      transaction.end_records.push_back({std::string(protocol::TextOf(end->key())),
                                         Expectation(end->expected_begin()),
                                         Timestamp{end->valid_from()}, Timestamp{end->valid_to()}});
    }
  }
  return transaction;
}

void StartMutation(const Services& services, SessionHost& host, OpenRequests& requests,
                   const Caller& caller, const protocol::Frame& frame,
                   const protocol::OperationInfo& operation, Instant now) {
  if (!requests.Admit(frame.header, operation, now)) return;
  const Reply reply{host.Keep(), frame.header, requests.checksum()};
  if (frame.body.size() <= kInlineMutateBytes) {
    DecodeAndCommit(services.writer, frame.body, caller.principal->name, reply);
    return;
  }
  const bool taken = services.pool.Submit(
      Lane::kInteractive,
      [&writer = services.writer, body = std::string(frame.body), principal = caller.principal,
       reply] { DecodeAndCommit(writer, body, principal->name, reply); });
  if (taken) return;
  requests.Fail(frame.header.request_id,
                MakeError(ErrorCode::kOverloaded,
                          "mutate: the server has more requests than it can do; try again later"));
}

}  // namespace kosei::server
