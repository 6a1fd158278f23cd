// What a client says: the messages' tags, and what is in those that carry something.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/storage/view.h"

namespace kosei::server::bolt {

enum class Tag : std::uint8_t {
  kHello = 0x01,
  kGoodbye = 0x02,
  kReset = 0x0F,
  kRun = 0x10,
  kBegin = 0x11,
  kCommit = 0x12,
  kRollback = 0x13,
  kDiscard = 0x2F,
  kPull = 0x3F,
  kTelemetry = 0x54,
  kRoute = 0x66,
  kLogon = 0x6A,
  kLogoff = 0x6B,
};

// The tag of a message, of which nothing else is looked at; nullopt: it is no message, or of a kind
// that is not known.
std::optional<Tag> TagOf(std::string_view message);
// "RUN": for messages and logs.
std::string_view NameOf(Tag tag);
// kFrameTooLarge, of a message, or the part of it that `what` says, beyond kPlainMessageBytesMax.
absl::Status TooLarge(Tag tag, std::string_view what);

// HELLO and LOGON.
struct Login {
  std::string scheme;
  std::string credentials;
  std::string user_agent;
  std::string address;  // that the client connected to, if it says so
};

// What RUN and BEGIN say of their transaction.
struct Terms {
  std::string database;
  std::string impersonated;
  std::vector<std::string> bookmarks;
  std::optional<std::chrono::milliseconds> timeout;
  storage::ViewName view;  // of tx_metadata
};

struct Run {
  std::string text;
  std::string parameters;  // as they came: whoever carries it out reads them
  Terms terms;
};

// PULL and DISCARD.
struct Pull {
  std::int64_t count = -1;   // -1: all
  std::int64_t result = -1;  // -1: the last
};

struct Route {
  std::string address;
  std::string database;
  std::string impersonated;
};

// kMalformedFrame: the bytes, or the message's parts, are not what they have to be; kFrameTooLarge:
// they are too many. kInvalidArgument, kQueryArgument: a value cannot be used.
absl::StatusOr<Login> DecodeLogin(std::string_view message);
absl::StatusOr<Run> DecodeRun(std::string_view message);
absl::StatusOr<Terms> DecodeBegin(std::string_view message);
absl::StatusOr<Pull> DecodePull(std::string_view message);
absl::StatusOr<Route> DecodeRoute(std::string_view message);

}  // namespace kosei::server::bolt
