// How a connection begins and how it goes wrong: everything that a hostile or broken peer can send
// before and between requests.
#include <string>
#include <vector>

#include "kosei/protocol/limits.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using protocol::Operation;
using std::chrono::milliseconds;

class Conversation : public ServerFixture {
 protected:
  // The connection ends with this error, after nothing else.
  static void ExpectConnectionError(WirePeer& peer, ErrorCode code) {
    ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Read());
    EXPECT_TRUE(reply.is_connection_error());
    EXPECT_THAT(reply.error(), HasErrorCode(code));
    EXPECT_OK(peer.AwaitEnd());
  }
  // Others are still served.
  void ExpectAlive() {
    WirePeer other = Admin();
    ASSERT_OK_AND_ASSIGN(const WireReply pong, other.Call(Operation::kPing, 7, PingBody(42)));
    ASSERT_NE(pong.As<fb::Pong>(), nullptr);
    EXPECT_EQ(pong.As<fb::Pong>()->nonce(), 42U);
  }
};

TEST_F(Conversation, HelloNamesTheUserTheStoreAndTheModel) {
  Serve();
  WirePeer peer;
  ASSERT_OK(peer.Open(port(), ""));
  ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Hello(admin_token()));
  const auto* hello = reply.As<fb::HelloReply>();
  ASSERT_NE(hello, nullptr);
  EXPECT_EQ(protocol::TextOf(hello->user()), "admin");
  EXPECT_EQ(protocol::TextOf(hello->role()), "administrator");
  EXPECT_EQ(hello->store_id()->size(), 32U);
  EXPECT_GT(hello->model_version(), 0U);
  EXPECT_EQ(reply.header.opcode, protocol::ReplyOpcodeOf(Operation::kHello));
  EXPECT_TRUE(reply.is_last());
}

TEST_F(Conversation, AnotherProtocolIsClosedWithoutAWord) {
  Serve();
  for (const std::string_view words : {"GET / HTTP/1.1\r\n", "\x16\x03\x01\x02\x03 ClientHello"}) {
    WirePeer peer;
    ASSERT_OK(peer.Connect(port()));
    ASSERT_OK(peer.SendBytes(words.substr(0, protocol::kPrefaceSize)));
    EXPECT_OK(peer.AwaitEnd());
  }
  ExpectAlive();
}

TEST_F(Conversation, AVersionThatNobodySpeaksIsAnsweredWithNone) {
  Serve();
  WirePeer peer;
  ASSERT_OK(peer.Connect(port()));
  protocol::ClientPreface preface;
  preface.version_min = 900;
  preface.version_max = 901;
  ASSERT_OK(peer.SendBytes(protocol::EncodePreface(preface)));
  ASSERT_OK_AND_ASSIGN(const std::string bytes, peer.ReadBytes(protocol::kPrefaceSize));
  ASSERT_OK_AND_ASSIGN(const auto answer, protocol::DecodeServerPreface(bytes));
  EXPECT_EQ(answer.version, 0);
  EXPECT_OK(peer.AwaitEnd());
}

TEST_F(Conversation, AWrongTokenIsRefusedAndTheConnectionEnds) {
  Serve();
  std::string altered = admin_token();
  altered.back() = altered.back() == 'a' ? 'b' : 'a';
  for (const std::string& token : {std::string(), std::string("kos_nonsense"), altered}) {
    SCOPED_TRACE(token.size());
    WirePeer peer;
    ASSERT_OK(peer.Open(port(), ""));
    ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Hello(token));
    EXPECT_THAT(reply.error(), HasErrorCode(ErrorCode::kUnauthenticated));
    EXPECT_OK(peer.AwaitEnd());
  }
}

TEST_F(Conversation, BeforeHelloOnlyPingIsAnswered) {
  Serve();
  WirePeer peer;
  ASSERT_OK(peer.Open(port(), ""));
  ASSERT_OK_AND_ASSIGN(const WireReply pong, peer.Call(Operation::kPing, 5, PingBody(1)));
  EXPECT_OK(pong.error());
  ASSERT_OK_AND_ASSIGN(const WireReply get, peer.Call(Operation::kGet, 6, GetBody({"web-1"})));
  EXPECT_THAT(get.error(), HasErrorCode(ErrorCode::kUnauthenticated));
  EXPECT_EQ(get.header.request_id, 6U);
}

TEST_F(Conversation, ASecondHelloIsOutOfOrder) {
  Serve();
  WirePeer peer = Admin();
  ASSERT_OK_AND_ASSIGN(const WireReply again, peer.Hello(admin_token()));
  EXPECT_THAT(again.error(), HasErrorCode(ErrorCode::kProtocolOrder));
}

TEST_F(Conversation, AnUnknownOperationIsAnsweredAndTheConnectionGoesOn) {
  Serve();
  WirePeer peer = Admin();
  for (const int opcode : {13, 999, 20}) {
    ASSERT_OK_AND_ASSIGN(const WireReply reply,
                         peer.Call(static_cast<Operation>(opcode), 9, PingBody(1)));
    EXPECT_THAT(reply.error(), HasErrorCode(ErrorCode::kUnknownOperation));
  }
  ASSERT_OK_AND_ASSIGN(const WireReply pong, peer.Call(Operation::kPing, 5, PingBody(1)));
  EXPECT_OK(pong.error());
}

TEST_F(Conversation, ABodyThatDoesNotVerifyIsAnsweredAndTheConnectionGoesOn) {
  Serve();
  WirePeer peer = Admin();
  for (const std::string& body : {std::string(), std::string(8, '\xff'), std::string(64, '\x41')}) {
    for (const Operation operation : {Operation::kGet, Operation::kMutate, Operation::kImpact}) {
      ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Call(operation, 9, body));
      EXPECT_THAT(reply.error(), HasErrorCode(ErrorCode::kMalformedFrame));
    }
  }
  ASSERT_OK_AND_ASSIGN(const WireReply pong, peer.Call(Operation::kPing, 5, PingBody(1)));
  EXPECT_OK(pong.error());
}

TEST_F(Conversation, AFrameBeyondTheLimitEndsTheConnectionBeforeItsBodyCame) {
  Serve();
  struct Case {
    std::string_view name;
    bool greeted;
    std::uint32_t size;
  };
  for (const Case& c :
       {Case{"before hello", false, protocol::kBodyMaxBeforeHello + 1},
        Case{"after hello", true, protocol::kBodyMax + 1}, Case{"all of it", true, UINT32_MAX}}) {
    SCOPED_TRACE(c.name);
    WirePeer peer;
    ASSERT_OK(peer.Open(port(), c.greeted ? admin_token() : ""));
    protocol::FrameHeader header = protocol::RequestHeader(Operation::kPing, 3);
    header.body_size = c.size;
    std::string bytes(protocol::kFrameHeaderSize, '\0');
    protocol::EncodeHeader(header, bytes.data());
    ASSERT_OK(peer.SendBytes(bytes));
    ExpectConnectionError(peer, ErrorCode::kFrameTooLarge);
  }
  ExpectAlive();
}

TEST_F(Conversation, AFrameThatIsDamagedEndsTheConnection) {
  Serve();
  std::string good;
  protocol::AppendFrame(good, protocol::RequestHeader(Operation::kPing, 3), PingBody(1));
  struct Case {
    std::string_view name;
    std::size_t at;
    char bits;
  };
  for (const Case& c :
       {Case{"body against its checksum", protocol::kFrameHeaderSize + 1, 0x10},
        Case{"a flag that nobody knows", 6, 0x40}, Case{"a codec that is not spoken", 7, 0x01}}) {
    SCOPED_TRACE(c.name);
    WirePeer peer = Admin();
    std::string bad = good;
    bad[c.at] = static_cast<char>(bad[c.at] ^ c.bits);
    ASSERT_OK(peer.SendBytes(bad));
    ExpectConnectionError(peer, ErrorCode::kMalformedFrame);
  }
  ExpectAlive();
}

TEST_F(Conversation, APeerThatLeavesInTheMiddleOfAFrameIsForgotten) {
  Serve();
  std::string frame;
  protocol::AppendFrame(frame, protocol::RequestHeader(Operation::kPing, 3), PingBody(1));
  for (std::size_t cut = 1; cut < frame.size(); cut += 7) {
    WirePeer peer = Admin();
    ASSERT_OK(peer.SendBytes(std::string_view(frame).substr(0, cut)));
    peer.FinishSending();
    EXPECT_OK(peer.AwaitEnd());
  }
  ExpectAlive();
}

TEST_F(Conversation, AnIdInUseOrZeroEndsTheConnection) {
  Serve();
  const std::string watch =
      Body([](flatbuffers::FlatBufferBuilder& builder) { return fb::CreateWatchRequest(builder); });
  WirePeer peer = Admin();
  ASSERT_OK_AND_ASSIGN(const WireReply beat, peer.Call(Operation::kWatch, 9, watch));
  EXPECT_OK(beat.error());
  ASSERT_OK(peer.Send(Operation::kPing, 9, PingBody(1)));
  ExpectConnectionError(peer, ErrorCode::kProtocolOrder);
  WirePeer other = Admin();
  ASSERT_OK(other.Send(Operation::kPing, 0, PingBody(1)));
  ExpectConnectionError(other, ErrorCode::kProtocolOrder);
}

TEST_F(Conversation, WhoDoesNotGreetInTimeIsTold) {
  server::ServerOptions options;
  options.limits.hello_deadline = milliseconds(50);
  Serve({}, options);
  WirePeer silent;
  ASSERT_OK(silent.Connect(port()));
  EXPECT_OK(silent.AwaitEnd());
  WirePeer shy;
  ASSERT_OK(shy.Open(port(), ""));
  ExpectConnectionError(shy, ErrorCode::kTooSlow);
}

TEST_F(Conversation, AFrameThatDoesNotBecomeWholeEndsTheConnection) {
  server::ServerOptions options;
  options.limits.frame_deadline = milliseconds(500);
  Serve({}, options);
  WirePeer peer = Admin();
  std::string frame;
  protocol::AppendFrame(frame, protocol::RequestHeader(Operation::kPing, 3), PingBody(1));
  ASSERT_OK(peer.SendBytes(std::string_view(frame).substr(0, 30)));
  ExpectConnectionError(peer, ErrorCode::kTooSlow);
}

TEST_F(Conversation, AnIdleConnectionEndsAndOneWithAWatchDoesNot) {
  server::ServerOptions options;
  // So long that a busy machine still sends the next request in time.
  options.limits.idle_max = milliseconds(1000);
  options.limits.heartbeat = milliseconds(200);
  Serve({}, options);
  WirePeer watcher = Admin();
  ASSERT_OK(watcher.Send(Operation::kWatch, 9, Body([](flatbuffers::FlatBufferBuilder& builder) {
                           return fb::CreateWatchRequest(builder);
                         })));
  WirePeer idle = Admin();
  ExpectConnectionError(idle, ErrorCode::kTooSlow);
  for (int beat = 0; beat < 8; ++beat) {  // longer than the idle connection had
    ASSERT_OK_AND_ASSIGN(const WireReply reply, watcher.Read());
    ASSERT_NE(reply.As<fb::WatchEvent>(), nullptr);
    EXPECT_EQ(reply.As<fb::WatchEvent>()->commit(), nullptr);
  }
}

TEST_F(Conversation, PipelinedRequestsAreAnsweredByTheirIds) {
  Estate estate;
  for (int i = 0; i < 500; ++i) estate.servers.push_back("srv-" + std::to_string(i));
  Serve(estate);
  WirePeer peer = Admin();
  std::string batch;
  for (std::uint64_t id = 1; id <= 500; ++id) {
    protocol::AppendFrame(batch, protocol::RequestHeader(Operation::kGet, id),
                          GetBody({"srv-" + std::to_string(id - 1), "nobody"}));
  }
  ASSERT_OK(peer.SendBytes(batch));
  std::vector<bool> seen(501);
  for (int i = 0; i < 500; ++i) {
    ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Read());
    const auto* get = reply.As<fb::GetReply>();
    ASSERT_NE(get, nullptr);
    ASSERT_EQ(get->records()->size(), 2U);
    const auto record = RecordView::Trust(*protocol::RecordBytes(get->records()->Get(0)->record()));
    EXPECT_EQ(record.key(), "srv-" + std::to_string(reply.header.request_id - 1));
    EXPECT_EQ(get->records()->Get(1)->id(), 0U);
    EXPECT_FALSE(seen[reply.header.request_id]);
    seen[reply.header.request_id] = true;
  }
}

TEST_F(Conversation, APeerThatNeverReadsIsCutOffAndCostsLittle) {
  Estate estate;
  estate.servers.push_back(std::string(500, 'k'));
  server::ServerOptions options;
  options.limits.write_stall_max = milliseconds(300);
  Serve(estate, options);
  WirePeer deaf;
  deaf.ReadSlowly();
  ASSERT_OK(deaf.Open(port(), admin_token()));
  std::string batch;
  for (std::uint64_t id = 1; batch.size() < (1U << 20); ++id) {
    protocol::AppendFrame(batch, protocol::RequestHeader(Operation::kGet, id),
                          GetBody({estate.servers[0]}));
  }
  // Far more than kernel buffers hold: only a server that reads on and keeps answers takes it all.
  std::size_t sent = 0;
  while (sent < (1U << 30) && deaf.SendBytes(batch).ok()) sent += batch.size();
  EXPECT_LT(sent, 64U << 20);
  ExpectAlive();
}

}  // namespace
}  // namespace kosei::testing
