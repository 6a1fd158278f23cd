// What the files of Client share: the connection, and the two ways to ask.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "connection.h"
#include "kosei/base/mutex.h"
#include "kosei/client/client.h"
#include "kosei/protocol/operations.h"

namespace kosei::client {

class Client::Impl {
 public:
  explicit Impl(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  Connection& connection() { return *connection_; }
  // The one answer's body. `patience` replaces the request timeout where an operation takes longer.
  absl::StatusOr<std::string> Ask(protocol::Operation operation, std::string body);
  absl::StatusOr<std::string> Ask(protocol::Operation operation, std::string body,
                                  std::chrono::milliseconds patience);
  void AskLater(protocol::Operation operation, std::string body, Call::Done done);

  // A version of the model, fetched once; 0: the one in force.
  absl::StatusOr<std::shared_ptr<const Model>> ModelNumber(std::uint32_t version);
  // An answer names this version: a newer one than is known is fetched, by the caller's thread or
  // in the background.
  absl::Status KeepUp(std::uint32_t version);
  void KeepUpLater(std::uint32_t version);

 private:
  // Before the connection, whose thread may still be at it when this goes.
  Mutex models_mutex_;
  std::map<std::uint32_t, std::shared_ptr<const Model>> models_ ABSL_GUARDED_BY(models_mutex_);
  const std::unique_ptr<Connection> connection_;
};

const protocol::OperationInfo& OperationInfoOf(protocol::Operation operation);

// The longest silence of a watch: so many heartbeats that did not come.
inline constexpr auto kWatchPatience = protocol::kHeartbeat * 4;

// A streamed answer, frame by frame on the calling thread. What is left when it goes is cancelled.
class AnswerStream {
 public:
  // `patience`: the longest silence; nullopt: the request timeout.
  AnswerStream(Connection& connection, protocol::Operation operation, std::string body,
               std::optional<std::chrono::milliseconds> patience = std::nullopt);
  ~AnswerStream();
  AnswerStream(const AnswerStream&) = delete;
  AnswerStream& operator=(const AnswerStream&) = delete;

  // The next frame's body, valid until the next call; nullopt after the last. By then the frame
  // before counts as used, and the server may send as much again.
  absl::StatusOr<std::optional<std::string_view>> Next();
  // Next() says kCancelled, if the last frame has not come yet. From any thread.
  void Cancel();

 private:
  Connection& connection_;
  const std::optional<std::chrono::milliseconds> patience_;
  const std::shared_ptr<Call> call_;
  std::string frame_;
  std::uint64_t used_bytes_ = 0;
};

}  // namespace kosei::client
