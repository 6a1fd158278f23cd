// A Bolt client in raw messages: what a test wants to send, right or wrong, over a real socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bolt/request.h"
#include "kosei/language/packstream.h"
#include "wire_peer.h"

namespace kosei::testing {

// Values as PackStream.
std::string Packed(std::string_view text);
std::string Packed(std::int64_t number);
std::string PackedListOf(const std::vector<std::string>& values);
std::string PackedMapOf(const std::vector<std::pair<std::string, std::string>>& entries);
inline std::string NoParameters() { return PackedMapOf({}); }

struct BoltReply {
  std::uint8_t tag = 0;
  language::PackedList fields;

  bool is_success() const { return tag == 0x70; }
  bool is_record() const { return tag == 0x71; }
  bool is_ignored() const { return tag == 0x7E; }
  bool is_failure() const { return tag == 0x7F; }
  // Of the map of a SUCCESS or FAILURE; nullptr: not there.
  const language::PackedValue* Find(std::string_view key) const;
  std::string TextOf(std::string_view key) const;
  std::int64_t IntegerOf(std::string_view key) const;  // -1: not there
  bool has_more() const { return Find("has_more") != nullptr; }
  // Of a FAILURE.
  std::string code() const { return TextOf("code"); }
  // Of a RECORD.
  const language::PackedValue& value(std::size_t at) const;
};

// Four offers, 5.4 first.
inline constexpr std::string_view kOffers{"\x60\x60\xB0\x17\0\4\4\5\0\0\4\4\0\0\0\0\0\0\0\0", 20};

class BoltPeer {
 public:
  absl::Status Connect(std::uint16_t port) { return wire.Connect(port); }
  // Shakes hands; with a token, signs in by HELLO and LOGON.
  absl::Status Open(std::uint16_t port, std::string_view token);

  // The parts, each packed, of one message.
  absl::Status Send(server::bolt::Tag tag, const std::vector<std::string>& parts = {});
  // Passes over signs of life. kConnectionLost at the end of the connection.
  absl::StatusOr<BoltReply> Read();
  absl::StatusOr<BoltReply> Call(server::bolt::Tag tag, const std::vector<std::string>& parts = {});

  absl::StatusOr<BoltReply> Hello();
  absl::StatusOr<BoltReply> Logon(std::string_view scheme, std::string_view token);
  absl::Status SendRun(std::string_view text, const std::string& parameters = NoParameters(),
                       const std::string& extra = NoParameters());
  absl::StatusOr<BoltReply> Run(std::string_view text,
                                const std::string& parameters = NoParameters(),
                                const std::string& extra = NoParameters());
  absl::StatusOr<BoltReply> Begin(const std::string& extra = NoParameters());
  absl::Status SendPull(std::int64_t count = -1, std::int64_t result = -1);
  // The records of one PULL, then the SUCCESS or FAILURE behind them.
  absl::StatusOr<std::vector<BoltReply>> Pull(std::int64_t count = -1, std::int64_t result = -1);
  // RUN and PULL of everything: the first value of the only record.
  absl::StatusOr<language::PackedValue> Ask(std::string_view text,
                                            const std::string& parameters = NoParameters(),
                                            const std::string& extra = NoParameters());

  WirePeer wire;
  int signs_of_life = 0;

 private:
  absl::StatusOr<std::string> ReadMessage();
};

}  // namespace kosei::testing
