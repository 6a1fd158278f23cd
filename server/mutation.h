// mutate: from the message to a transaction, and from the commit to the reply.
#pragma once

#include "absl/status/statusor.h"
#include "call.h"
#include "kosei/protocol/write_generated.h"
#include "kosei/storage/writer.h"
#include "open_requests.h"

namespace kosei::server {

// Reason, cause and source of a message, checked; the actor is the caller's name.
template <typename Request>
absl::StatusOr<storage::Provenance> DecodeProvenance(const Request& request, std::string_view user);

// A transaction from outside, its records verified.
absl::StatusOr<storage::Transaction> DecodeTransaction(const fb::MutateRequest& request,
                                                       std::string_view user);

// Decodes (a large body on a worker) and gives the transaction to the committer, whose callback
// answers.
void StartMutation(const Services& services, SessionHost& host, OpenRequests& requests,
                   const Caller& caller, const protocol::Frame& frame,
                   const protocol::OperationInfo& operation, Instant now);

// One record from outside: verified, then opened up.
absl::StatusOr<Record> DecodeRecord(std::string_view bytes);

namespace internal {
absl::StatusOr<storage::Provenance> CheckProvenance(storage::Provenance provenance);
}  // namespace internal

template <typename Request>
absl::StatusOr<storage::Provenance> DecodeProvenance(const Request& request,
                                                     std::string_view user) {
  storage::Provenance provenance;
  provenance.actor = user;
  provenance.reason = protocol::TextOf(request.reason());
  provenance.cause = protocol::TextOf(request.cause());
  provenance.source = protocol::TextOf(request.source());
  return internal::CheckProvenance(std::move(provenance));
}

}  // namespace kosei::server
