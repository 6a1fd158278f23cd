// What a broken or hostile Bolt peer can send or leave undone, and that others are served all the
// same.
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bolt/chunks.h"
#include "bolt/limits.h"
#include "bolt_peer.h"
#include "kosei/protocol/limits.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using server::bolt::Tag;
using std::chrono::milliseconds;

class BoltHostile : public ServerFixture {
 protected:
  void ServeBolt(server::ServerOptions options = {}) {
    options.bolt_listen = "127.0.0.1:0";
    Serve({{"web-1"}, {}, {}}, std::move(options));
  }
  void ExpectAlive() {
    BoltPeer other;
    ASSERT_OK(other.Open(bolt_port(), admin_token()));
    EXPECT_OK(other.Ask("RETURN 1 AS x"));
  }
  static std::string Chunks(std::string_view message) {
    std::string chunks;
    server::bolt::AppendMessage(chunks, message);
    return chunks;
  }
  // The connection ends, perhaps after a failure.
  static void ExpectEnd(BoltPeer& peer, std::string_view code) {
    ASSERT_OK_AND_ASSIGN(const BoltReply reply, peer.Read());
    EXPECT_EQ(reply.code(), code);
    EXPECT_OK(peer.wire.AwaitEnd());
  }
};

TEST_F(BoltHostile, AnotherProtocolIsClosedWithoutAWord) {
  ServeBolt();
  for (const std::string_view words :
       {"GET / HTTP/1.1\r\nHost: x", "\x16\x03\x01\x02\x03 ClientHello 12345678",
        "KOSE\1\0\1\0 and more of its own"}) {
    BoltPeer peer;
    ASSERT_OK(peer.Connect(bolt_port()));
    ASSERT_OK(peer.wire.SendBytes(words.substr(0, 20)));
    EXPECT_OK(peer.wire.AwaitEnd());
  }
  ExpectAlive();
}

TEST_F(BoltHostile, NoVersionInCommonIsAnsweredWithZeros) {
  ServeBolt();
  BoltPeer peer;
  ASSERT_OK(peer.Connect(bolt_port()));
  ASSERT_OK(
      peer.wire.SendBytes(std::string("\x60\x60\xB0\x17\0\0\0\3", 8) + std::string(12, '\0')));
  ASSERT_OK_AND_ASSIGN(const std::string answer, peer.wire.ReadBytes(4));
  EXPECT_EQ(answer, std::string(4, '\0'));
  EXPECT_OK(peer.wire.AwaitEnd());
}

TEST_F(BoltHostile, LargeMessagesAreRefusedAndSoonerBeforeLogon) {
  ServeBolt();
  BoltPeer guest;
  ASSERT_OK(guest.Open(bolt_port(), ""));
  ASSERT_OK(guest.Send(
      Tag::kHello,
      {PackedMapOf(
          {{"user_agent", Packed(std::string(server::bolt::kMessageBytesMaxBeforeLogon, 'x'))}})}));
  ExpectEnd(guest, "Neo.ClientError.Request.Invalid");

  BoltPeer peer;
  ASSERT_OK(peer.Open(bolt_port(), admin_token()));
  const std::string text(server::bolt::kMessageBytesMax - 1'000, 'x');
  ASSERT_OK_AND_ASSIGN(const auto size,
                       peer.Ask("RETURN size($text) AS n", PackedMapOf({{"text", Packed(text)}})));
  EXPECT_EQ(*size.As<std::int64_t>(), static_cast<std::int64_t>(text.size()));
  ASSERT_OK(peer.Send(Tag::kRun, {Packed(std::string(server::bolt::kMessageBytesMax, 'x'))}));
  ExpectEnd(peer, "Neo.ClientError.Request.Invalid");
  ExpectAlive();
}

TEST_F(BoltHostile, BrokenMessagesEndTheConnection) {
  ServeBolt();
  const std::vector<std::string> messages = {
      "x",                             // no structure
      "\xB1",                          // no tag
      "\xB1\x99\xA0",                  // no such message
      "\xB1\x10\xA0",                  // RUN of one part
      std::string("\xB3\x10\xDF", 3),  // a marker that begins no value
      "\xB3\x10\x85"
      "abc",  // cut
      "\xB3\x10\x81"
      "a\xDA\xFF\xFF\xFF\xFF",  // a map of four thousand million entries
      "\xB3\x10\x81"
      "a" +
          std::string(10'000, '\x91'),  // lists in lists
      "\xB3\x10\x81"
      "a\x81\x91\xA0",             // parameters that are none, seen by whoever carries it out
      "\xB3\x10\x81\xFF\xA0\xA0",  // text that is not UTF-8
      "\xB1\x3F\xA0",              // PULL of nothing
      "\xB0\x12",                  // COMMIT of nothing
      "\xB1\x01\xA0",              // HELLO again
  };
  for (const std::string& message : messages) {
    SCOPED_TRACE(message.substr(0, 20));
    BoltPeer peer;
    ASSERT_OK(peer.Open(bolt_port(), admin_token()));
    ASSERT_OK(peer.wire.SendBytes(Chunks(message)));
    ASSERT_OK_AND_ASSIGN(const BoltReply reply, peer.Read());
    EXPECT_THAT(reply.code(), ::testing::StartsWith("Neo.ClientError.Request.Invalid"));
    EXPECT_OK(peer.wire.AwaitEnd());
  }
  ExpectAlive();
}

TEST_F(BoltHostile, BytesByChanceAreAnsweredOrEndTheConnection) {
  ServeBolt();
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 100; ++round) {
    BoltPeer peer;
    ASSERT_OK(peer.Open(bolt_port(), round % 2 == 0 ? admin_token() : std::string()));
    std::string bytes;
    for (int i = 0; i < 300; ++i) bytes += static_cast<char>(random() % 256);
    if (round % 3 == 0) bytes = Chunks("\xB3\x10" + bytes);
    // The server may have had enough before all was sent.
    peer.wire.SendBytes(bytes).IgnoreError();
    peer.wire.FinishSending();
  }
  ExpectAlive();
}

TEST_F(BoltHostile, WhoIsTooSlowIsSentAway) {
  server::ServerOptions options;
  options.limits.hello_deadline = milliseconds(200);
  options.limits.frame_deadline = milliseconds(200);
  options.limits.idle_max = milliseconds(600);
  ServeBolt(options);
  BoltPeer silent;
  ASSERT_OK(silent.Connect(bolt_port()));
  EXPECT_OK(silent.wire.AwaitEnd());

  BoltPeer guest;
  ASSERT_OK(guest.Open(bolt_port(), ""));
  ExpectEnd(guest, "Neo.ClientError.Request.Invalid");

  BoltPeer half;
  ASSERT_OK(half.Open(bolt_port(), admin_token()));
  ASSERT_OK(half.wire.SendBytes(std::string("\0\7\xB3", 3)));
  ExpectEnd(half, "Neo.ClientError.Request.Invalid");

  BoltPeer idle;
  ASSERT_OK(idle.Open(bolt_port(), admin_token()));
  EXPECT_OK(idle.wire.AwaitEnd()) << "without a word, which nobody would expect";
}

TEST_F(BoltHostile, WhoNeverReadsCostsNoMoreThanItsResult) {
  server::ServerOptions options;
  options.limits.write_stall_max = milliseconds(300);
  ServeBolt(options);
  BoltPeer peer;
  peer.wire.ReadSlowly();
  ASSERT_OK(peer.Open(bolt_port(), admin_token()));
  ASSERT_OK(peer.SendRun("UNWIND range(1, 200000) AS n RETURN n, 'some text that fills buffers'"));
  ASSERT_OK(peer.SendPull());
  // It is sent away: sooner or later there is nobody to send to.
  absl::Status sent;
  for (int i = 0; i < 10'000 && sent.ok(); ++i) sent = peer.SendRun(std::string(60'000, 'x'));
  EXPECT_FALSE(sent.ok());
  ExpectAlive();
}

TEST_F(BoltHostile, AnAnswerThatIsTooLargeIsRefused) {
  ServeBolt();
  BoltPeer peer;
  ASSERT_OK(peer.Open(bolt_port(), admin_token()));
  ASSERT_OK_AND_ASSIGN(const BoltReply reply,
                       peer.Run("WITH reduce(t = 'x', i IN range(1, 16) | t + t) AS t "
                                "UNWIND range(1, 2000) AS n RETURN n, t"));
  EXPECT_EQ(reply.code(), "Neo.ClientError.General.TransactionOutOfMemoryError");
}

TEST_F(BoltHostile, ARecordThatHoldsOneValueOftenIsRefusedBeforeItIsMade) {
  ServeBolt();
  BoltPeer peer;
  ASSERT_OK(peer.Open(bolt_port(), admin_token()));
  // A million bytes a hundred times: little to hold, and much to send.
  ASSERT_OK_AND_ASSIGN(const BoltReply reply,
                       peer.Run("WITH reduce(t = 'x', i IN range(1, 20) | t + t) AS t "
                                "RETURN [i IN range(1, 100) | t] AS all"));
  EXPECT_EQ(reply.code(), "Neo.ClientError.General.TransactionOutOfMemoryError");
  ExpectAlive();
}

// What cannot be a parameter, or is too large for the I/O thread, fails; the connection goes on.
TEST_F(BoltHostile, WhatCannotBeTakenFailsAndTheConnectionGoesOn) {
  ServeBolt();
  BoltPeer peer;
  ASSERT_OK(peer.Open(bolt_port(), admin_token()));
  const auto expect_failure = [&](const absl::StatusOr<BoltReply>& reply, std::string_view code,
                                  std::string_view message) {
    ASSERT_OK(reply);
    EXPECT_EQ(reply->code(), code);
    EXPECT_THAT(reply->TextOf("message"), ::testing::HasSubstr(message));
    EXPECT_LE(reply->TextOf("message").size(), protocol::kErrorMessageMax);
    ASSERT_OK_AND_ASSIGN(const BoltReply reset, peer.Call(Tag::kReset));
    EXPECT_TRUE(reset.is_success());
  };
  // A path over one node with a long name, again and again: made as a value, every step would hold
  // the name.
  const std::string node = "\xB4N\x01\x90\xA0" + Packed(std::string(60'000, 'n'));
  std::vector<std::string> links;
  std::vector<std::string> steps;
  for (int i = 1; i <= 60'000; ++i) {
    links.emplace_back("\xB3r\x01\x80\xA0");
    steps.push_back(Packed(i));
    steps.push_back(Packed(0));
  }
  const std::string path =
      "\xB3P" + PackedListOf({node}) + PackedListOf(links) + PackedListOf(steps);
  expect_failure(peer.Run("RETURN $p AS p", PackedMapOf({{"p", path}})),
                 "Neo.ClientError.Statement.ArgumentError", "a path cannot be a parameter");
  const std::string far_day = PackedMapOf({{"d", "\xB1\x44" + Packed(INT64_MAX)}});
  expect_failure(peer.Run("RETURN $d AS d", far_day), "Neo.ClientError.Statement.ArgumentError",
                 "out of range");
  const std::string large = PackedMapOf(
      {{"tx_metadata",
        PackedMapOf({{"note", Packed(std::string(server::bolt::kPlainMessageBytesMax, 'x'))}})}});
  expect_failure(peer.Begin(large), "Neo.ClientError.Request.Invalid", "BEGIN");
  expect_failure(peer.Run("RETURN 1 AS x", NoParameters(), large),
                 "Neo.ClientError.Request.Invalid", "extra");
  // What is said back is cut.
  expect_failure(peer.Begin(PackedMapOf({{"db", Packed(std::string(60'000, 'd'))}})),
                 "Neo.ClientError.Database.DatabaseNotFound", "there is no database \"ddd");
  EXPECT_OK(peer.Ask("RETURN 1 AS x"));
}

TEST_F(BoltHostile, ConnectionsOfBothListenersAreCountedTogether) {
  server::ServerOptions options;
  options.limits.connections_max = 2;
  ServeBolt(options);
  BoltPeer first;
  ASSERT_OK(first.Open(bolt_port(), admin_token()));
  WirePeer second = Admin();
  BoltPeer third;
  ASSERT_OK(third.Connect(bolt_port()));
  EXPECT_OK(third.wire.AwaitEnd());
}

TEST_F(BoltHostile, AStopEndsIdleConnectionsAndFinishesTheOthers) {
  ServeBolt();
  BoltPeer idle;
  ASSERT_OK(idle.Open(bolt_port(), admin_token()));
  BoltPeer reading;
  ASSERT_OK(reading.Open(bolt_port(), admin_token()));
  ASSERT_OK(reading.Run("UNWIND range(1, 100) AS n RETURN n"));
  std::thread stops([this] { StopServer(); });
  EXPECT_OK(idle.wire.AwaitEnd());
  const auto rest = reading.Pull();
  stops.join();
  ASSERT_OK(rest);
  EXPECT_EQ(rest->size(), 101U);
}

}  // namespace
}  // namespace kosei::testing
