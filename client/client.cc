// Calls with one answer. streamed_calls.cc has the others.
#include "kosei/client/client.h"

#include <utility>

#include "client_impl.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "reply_decoding.h"
#include "request_encoding.h"

namespace kosei::client {

using protocol::Operation;

const protocol::OperationInfo& OperationInfoOf(Operation operation) {
  return *protocol::FindOperation(protocol::OpcodeOf(operation));
}

absl::StatusOr<std::string> Client::Impl::Ask(Operation operation, std::string body) {
  const Deadline deadline = connection_->NewDeadline();
  const auto call = std::make_shared<Call>(OperationInfoOf(operation), std::move(body), deadline);
  connection_->Begin(call, Connection::Start::kAndWait);
  KOSEI_ASSIGN_OR_RETURN(std::optional<std::string> answer, connection_->Next(call, deadline));
  return *std::move(answer);
}

absl::StatusOr<std::string> Client::Impl::Ask(Operation operation, std::string body,
                                              std::chrono::milliseconds patience) {
  const Deadline deadline = std::chrono::steady_clock::now() + patience;
  const auto call = std::make_shared<Call>(OperationInfoOf(operation), std::move(body), deadline);
  connection_->Begin(call, Connection::Start::kAndWait);
  KOSEI_ASSIGN_OR_RETURN(std::optional<std::string> answer, connection_->Next(call, deadline));
  return *std::move(answer);
}

void Client::Impl::AskLater(Operation operation, std::string body, Call::Done done) {
  const auto call = std::make_shared<Call>(OperationInfoOf(operation), std::move(body),
                                           connection_->NewDeadline(), std::move(done));
  connection_->Begin(call, Connection::Start::kAndGoOn);
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(Options options) {
  KOSEI_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connection::Open(options));
  return std::unique_ptr<Client>(new Client(std::make_unique<Impl>(std::move(connection))));
}

const ServerInfo& Client::server() const { return impl_->connection().first_server(); }

std::shared_ptr<const Model> Client::model() const { return impl_->connection().model(); }

absl::StatusOr<GetResult> Client::Get(const std::vector<std::string>& keys, const ViewName& view) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kGet, EncodeGet(keys, view)));
  absl::StatusOr<GetResult> result = DecodeGet(body, keys.size());
  if (result.ok()) KOSEI_RETURN_IF_ERROR(impl_->KeepUp(result->view.model_version));
  return result;
}

void Client::GetAsync(std::vector<std::string> keys, ViewName view,
                      std::function<void(absl::StatusOr<GetResult>)> done) {
  impl_->AskLater(Operation::kGet, EncodeGet(keys, view),
                  [this, count = keys.size(),
                   done = std::move(done)](const absl::StatusOr<std::string_view>& body) {
                    if (!body.ok()) {
                      done(body.status());
                    } else {
                      absl::StatusOr<GetResult> result = DecodeGet(*body, count);
                      if (result.ok()) impl_->KeepUpLater(result->view.model_version);
                      done(std::move(result));
                    }
                  });
}

absl::StatusOr<Diff> Client::GetDiff(const std::string& key, const ViewName& from,
                                     const ViewName& to) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kDiff, EncodeDiff(key, from, to)));
  absl::StatusOr<Diff> result = DecodeDiff(body);
  if (result.ok()) KOSEI_RETURN_IF_ERROR(impl_->KeepUp(result->to.model_version));
  return result;
}

absl::StatusOr<PathResult> Client::Path(const std::string& from, const std::string& to,
                                        const ViewName& view) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kPath, EncodePath(from, to, view)));
  absl::StatusOr<PathResult> result = DecodePath(body);
  if (result.ok()) KOSEI_RETURN_IF_ERROR(impl_->KeepUp(result->view.model_version));
  return result;
}

absl::StatusOr<WriteCounts> Client::Mutate(const Mutation& mutation) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kMutate, EncodeMutation(mutation)));
  return DecodeMutate(body);
}

void Client::MutateAsync(const Mutation& mutation,
                         std::function<void(absl::StatusOr<WriteCounts>)> done) {
  impl_->AskLater(Operation::kMutate, EncodeMutation(mutation),
                  [done = std::move(done)](const absl::StatusOr<std::string_view>& body) {
                    if (!body.ok()) {
                      done(body.status());
                    } else {
                      done(DecodeMutate(*body));
                    }
                  });
}

absl::StatusOr<StatusReport> Client::Status() {
  KOSEI_ASSIGN_OR_RETURN(const std::string body, impl_->Ask(Operation::kStatus, EncodeStatus()));
  return DecodeStatus(body);
}

absl::StatusOr<NewToken> Client::CreateToken(const std::string& name, const std::string& role,
                                             std::uint32_t expires_in_days,
                                             const std::vector<std::string>& classes) {
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kTokenCreate, EncodeTokenCreate(name, role, expires_in_days, classes)));
  return DecodeTokenCreate(body);
}

absl::StatusOr<std::vector<TokenInfo>> Client::ListTokens() {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kTokenList, EncodeTokenList()));
  return DecodeTokenList(body);
}

absl::Status Client::RevokeToken(const std::string& name) {
  return impl_->Ask(Operation::kTokenRevoke, EncodeTokenRevoke(name)).status();
}

absl::StatusOr<Baseline> Client::CreateBaseline(const std::string& name,
                                                const std::string& description,
                                                const ViewName& view) {
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kBaselineCreate, EncodeBaselineCreate(name, description, view)));
  return DecodeBaselineCreate(body);
}

absl::StatusOr<std::vector<Baseline>> Client::ListBaselines() {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kBaselineList, EncodeBaselineList()));
  return DecodeBaselineList(body);
}

absl::Status Client::DropBaseline(const std::string& name) {
  return impl_->Ask(Operation::kBaselineDrop, EncodeBaselineDrop(name)).status();
}

absl::StatusOr<std::vector<IndexInfo>> Client::ListIndexes() {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kIndexList, EncodeIndexList()));
  return DecodeIndexList(body);
}

absl::Status Client::BuildIndex(const std::string& name) {
  return impl_->Ask(Operation::kIndexBuild, EncodeIndexBuild(name)).status();
}

absl::Status Client::DropIndex(const std::string& name) {
  return impl_->Ask(Operation::kIndexDrop, EncodeIndexDrop(name)).status();
}

absl::StatusOr<EraseResult> Client::Erase(const EraseRequest& request) {
  const std::chrono::milliseconds patience(OperationInfoOf(Operation::kErase).deadline_ms_default);
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kErase, EncodeErase(request), patience));
  return DecodeErase(body);
}

absl::StatusOr<ScrubStatus> Client::Scrub(ScrubAction action) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kScrub, EncodeScrub(action)));
  return DecodeScrub(body);
}

absl::Status Client::Ping() { return impl_->Ask(Operation::kPing, EncodePing(0)).status(); }

}  // namespace kosei::client
