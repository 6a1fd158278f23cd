// The client's side of a connection, by bytes: no socket, no thread.
#include "connection_machine.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kosei/base/error.h"
#include "server_bytes.h"
#include "status_matchers.h"

namespace kosei::client {
namespace {

using kosei::testing::HasErrorCode;
using kosei::testing::IsError;
using protocol::Operation;
using testing::AnswerBytes;
using testing::ErrorBytes;
using testing::SentFrame;
using Kind = ConnectionMachine::Event::Kind;
using State = ConnectionMachine::State;

// A machine and its server in one hand.
class Conversation {
 public:
  explicit Conversation(std::shared_ptr<const Model> model = nullptr)
      : machine(Greeting{"127.0.0.1:7421", "test", "secret", "en", std::move(model), {}}) {}

  // Gives bytes to the machine and returns the events until it needs more, or the error.
  absl::StatusOr<std::vector<ConnectionMachine::Event>> Feed(std::string_view bytes,
                                                             std::size_t piece = SIZE_MAX) {
    std::vector<ConnectionMachine::Event> out;
    while (!bytes.empty()) {
      const std::span<char> room = machine.Prepare();
      const std::size_t count = std::min({bytes.size(), room.size(), piece});
      std::memcpy(room.data(), bytes.data(), count);
      machine.Commit(count);
      bytes.remove_prefix(count);
      while (true) {
        absl::StatusOr<ConnectionMachine::Event> event = machine.Next();
        if (!event.ok()) return event.status();
        if (event->kind == Kind::kMore) break;
        const bool greeted = event->kind == Kind::kReady;
        bodies.push_back(std::string(event->body));
        out.push_back(*std::move(event));
        if (greeted) break;
      }
    }
    return out;
  }

  // What the machine wants to send, as frames; the preface is skipped.
  std::vector<SentFrame> Sent() {
    std::string bytes;
    machine.TakeOutput(bytes);
    unread += bytes;
    if (!preface_seen && unread.size() >= protocol::kPrefaceSize) {
      preface_seen = true;
      EXPECT_OK(protocol::DecodeClientPreface(unread.substr(0, protocol::kPrefaceSize)));
      unread.erase(0, protocol::kPrefaceSize);
    }
    return testing::CutFrames(unread);
  }

  void Greet() {
    ASSERT_OK(Feed(testing::ServerPrefaceBytes()));
    const std::vector<SentFrame> hello = Sent();
    ASSERT_EQ(hello.size(), 1U);
    ASSERT_OK(Feed(AnswerBytes(hello[0].header, testing::HelloReplyBody())));
    const std::vector<SentFrame> model = Sent();
    ASSERT_EQ(model.size(), 1U);
    ASSERT_OK_AND_ASSIGN(const auto events,
                         Feed(AnswerBytes(model[0].header, testing::ModelReplyBody())));
    ASSERT_EQ(events.size(), 1U);
    ASSERT_EQ(events[0].kind, Kind::kReady);
  }

  std::shared_ptr<Call> Open(Operation operation, std::string body = "12345678") {
    auto call = std::make_shared<Call>(*protocol::FindOperation(protocol::OpcodeOf(operation)),
                                       std::move(body), std::nullopt);
    EXPECT_OK(machine.Open(call));
    return call;
  }

  ConnectionMachine machine;
  std::vector<std::string> bodies;  // of the events
  std::string unread;
  bool preface_seen = false;
};

TEST(ConnectionMachine, GreetsAndThenIsReady) {
  Conversation c;
  EXPECT_EQ(c.machine.state(), State::kPreface);
  c.Greet();
  EXPECT_EQ(c.machine.state(), State::kReady);
  EXPECT_EQ(c.machine.server().user, "tester");
  EXPECT_EQ(c.machine.server().role, "writer");
  EXPECT_EQ(c.machine.server().newest_commit, 42U);
  ASSERT_NE(c.machine.model(), nullptr);
  EXPECT_EQ(c.machine.model()->version, 7U);
  EXPECT_EQ(c.machine.model()->classes.size(), 2U);
}

TEST(ConnectionMachine, DoesNotShowTheTokenBeforeTheServerHasProvedToSpeakTheProtocol) {
  Conversation c;
  std::string bytes;
  c.machine.TakeOutput(bytes);
  EXPECT_EQ(bytes.size(), protocol::kPrefaceSize);
}

TEST(ConnectionMachine, KnowsAModelOfTheSameVersionAlready) {
  Model known;
  known.version = 7;
  Conversation c(std::make_shared<const Model>(known));
  ASSERT_OK(c.Feed(testing::ServerPrefaceBytes()));
  const std::vector<SentFrame> hello = c.Sent();
  ASSERT_EQ(hello.size(), 1U);
  ASSERT_OK_AND_ASSIGN(const auto events,
                       c.Feed(AnswerBytes(hello[0].header, testing::HelloReplyBody(7))));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, Kind::kReady);
  EXPECT_TRUE(c.Sent().empty());
}

TEST(ConnectionMachine, FetchesTheModelAgainWhenItsVersionChanged) {
  Model known;
  known.version = 6;
  Conversation c(std::make_shared<const Model>(known));
  c.Greet();
  EXPECT_EQ(c.machine.model()->version, 7U);
}

TEST(ConnectionMachine, TakesBytesInAnyPieces) {
  for (std::size_t piece = 1; piece <= 40; ++piece) {
    SCOPED_TRACE(piece);
    Conversation c;
    ASSERT_OK(c.Feed(testing::ServerPrefaceBytes(), piece));
    ASSERT_OK(c.Feed(AnswerBytes(c.Sent().at(0).header, testing::HelloReplyBody()), piece));
    ASSERT_OK(c.Feed(AnswerBytes(c.Sent().at(0).header, testing::ModelReplyBody()), piece));
    ASSERT_EQ(c.machine.state(), State::kReady);
    c.Open(Operation::kGet);
    const std::vector<SentFrame> sent = c.Sent();
    ASSERT_OK_AND_ASSIGN(
        const auto events,
        c.Feed(AnswerBytes(sent[0].header, testing::GetReplyBody({"a", "b"})), piece));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(c.bodies.back(), testing::GetReplyBody({"a", "b"}));
  }
}

TEST(ConnectionMachine, MatchesAnswersToRequestsInEveryOrder) {
  std::vector<std::size_t> order(4);
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    Conversation c;
    c.Greet();
    std::vector<std::shared_ptr<Call>> calls;
    for (std::size_t i = 0; i < order.size(); ++i) calls.push_back(c.Open(Operation::kGet));
    const std::vector<SentFrame> sent = c.Sent();
    ASSERT_EQ(sent.size(), order.size());
    std::string bytes;
    for (const std::size_t i : order) {
      bytes += AnswerBytes(sent[i].header, testing::GetReplyBody({std::to_string(i)}));
    }
    ASSERT_OK_AND_ASSIGN(const auto events, c.Feed(bytes));
    ASSERT_EQ(events.size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      EXPECT_EQ(events[i].call, calls[order[i]]);
      EXPECT_TRUE(events[i].last);
    }
    EXPECT_EQ(c.machine.open_count(), 0U);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(ConnectionMachine, AnErrorFrameEndsItsRequestAlone) {
  Conversation c;
  c.Greet();
  const auto bad = c.Open(Operation::kGet);
  const auto good = c.Open(Operation::kGet);
  const std::vector<SentFrame> sent = c.Sent();
  const absl::Status error =
      MakeError(ErrorCode::kUnknownAttribute, "search: no attribute colour", "colour");
  ASSERT_OK_AND_ASSIGN(const auto events,
                       c.Feed(ErrorBytes(sent[0].header, error) +
                              AnswerBytes(sent[1].header, testing::GetReplyBody({}))));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, Kind::kFailed);
  EXPECT_EQ(events[0].call, bad);
  EXPECT_THAT(events[0].status, IsError(ErrorCode::kUnknownAttribute, "colour"));
  EXPECT_EQ(FieldOf(events[0].status), "colour");
  EXPECT_EQ(events[1].kind, Kind::kAnswer);
  EXPECT_EQ(events[1].call, good);
}

TEST(ConnectionMachine, AStreamEndsWithItsFlagOrAnError) {
  Conversation c;
  c.Greet();
  c.Open(Operation::kSearch);
  c.Open(Operation::kSearch);
  const std::vector<SentFrame> sent = c.Sent();
  ASSERT_OK_AND_ASSIGN(
      const auto events,
      c.Feed(AnswerBytes(sent[0].header, "aaaaaaaa", 0, 0) +
             AnswerBytes(sent[1].header, "bbbbbbbb", 0, 0) +
             AnswerBytes(sent[0].header, "cccccccc", 1) +
             ErrorBytes(sent[1].header, MakeError(ErrorCode::kCancelled, "search: stopped"), 1)));
  ASSERT_EQ(events.size(), 4U);
  EXPECT_FALSE(events[0].last);
  EXPECT_FALSE(events[1].last);
  EXPECT_TRUE(events[2].last);
  EXPECT_EQ(events[3].kind, Kind::kFailed);
  EXPECT_TRUE(events[3].last);
  EXPECT_EQ(c.machine.open_count(), 0U);
}

TEST(ConnectionMachine, RefusesAGreetingThatIsNone) {
  struct Case {
    const char* name;
    std::string bytes;
    ErrorCode code;
    const char* text;
  };
  const protocol::FrameHeader hello = protocol::RequestHeader(Operation::kHello, 1);
  const protocol::FrameHeader other = protocol::RequestHeader(Operation::kHello, 9);
  const std::string preface = testing::ServerPrefaceBytes();
  std::string http = "HTTP/1.1 400 Bad Request\r\n";
  const Case cases[] = {
      {"another protocol", http, ErrorCode::kMalformedFrame, "does not speak"},
      {"no version in common", testing::ServerPrefaceBytes(0), ErrorCode::kUnsupportedVersion,
       "update the older"},
      {"a version we did not offer", testing::ServerPrefaceBytes(2), ErrorCode::kUnsupportedVersion,
       "version 2"},
      {"a token refused",
       preface + ErrorBytes(hello, MakeError(ErrorCode::kUnauthenticated, "hello: expired")),
       ErrorCode::kUnauthenticated, "expired"},
      {"an answer to nothing", preface + AnswerBytes(other, testing::HelloReplyBody()),
       ErrorCode::kMalformedFrame, "hello"},
      {"a body that is no greeting", preface + AnswerBytes(hello, "garbage garbage!"),
       ErrorCode::kMalformedFrame, "verify"},
      {"a server that goes",
       preface +
           testing::FrameBytes(protocol::OneWayHeader(Operation::kGoAway), testing::GoAwayBody()),
       ErrorCode::kShuttingDown, "going away"},
      {"a greeting larger than any",
       preface + AnswerBytes(hello, std::string(protocol::kBodyMaxBeforeHello + 8, 'x')),
       ErrorCode::kFrameTooLarge, "at most"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    Conversation c;
    EXPECT_THAT(c.Feed(one.bytes), IsError(one.code, one.text));
    EXPECT_NE(c.machine.state(), State::kReady);
  }
}

TEST(ConnectionMachine, AServerThatBreaksTheRulesEndsTheConnection) {
  struct Case {
    const char* name;
    std::function<std::string(const protocol::FrameHeader& get,
                              const protocol::FrameHeader& search)>
        bytes;
    ErrorCode code;
  };
  const auto header = [](std::uint64_t id, Operation operation) {
    return protocol::RequestHeader(operation, id);
  };
  const Case cases[] = {
      {"no such request",
       [&](auto&, auto&) { return AnswerBytes(header(99, Operation::kGet), "12345678"); },
       ErrorCode::kMalformedFrame},
      {"another operation's answer",
       [&](auto& get, auto&) {
         return AnswerBytes(header(get.request_id, Operation::kPath), "12345678");
       },
       ErrorCode::kMalformedFrame},
      {"a request to the client", [&](auto& get, auto&) { return testing::FrameBytes(get, ""); },
       ErrorCode::kMalformedFrame},
      {"a gap in a stream",
       [&](auto&, auto& search) { return AnswerBytes(search, "12345678", 1, 0); },
       ErrorCode::kMalformedFrame},
      {"a frame twice",
       [&](auto&, auto& search) {
         return AnswerBytes(search, "12345678", 0, 0) + AnswerBytes(search, "12345678", 0, 0);
       },
       ErrorCode::kMalformedFrame},
      {"two answers to one request",
       [&](auto& get, auto&) {
         return AnswerBytes(get, "12345678") + AnswerBytes(get, "12345678");
       },
       ErrorCode::kMalformedFrame},
      {"a body with a flipped bit",
       [&](auto& get, auto&) {
         std::string bytes = AnswerBytes(get, "12345678");
         bytes.back() = static_cast<char>(bytes.back() ^ 1);
         return bytes;
       },
       ErrorCode::kMalformedFrame},
      {"a body beyond what the client takes",
       [&](auto& get, auto&) {
         protocol::FrameHeader large = protocol::ReplyHeader(get);
         large.body_size = protocol::kBodyMax + 1;
         std::string bytes(protocol::kFrameHeaderSize, '\0');
         protocol::EncodeHeader(large, bytes.data());
         return bytes;
       },
       ErrorCode::kFrameTooLarge},
      {"a frame for no request",
       [&](auto&, auto&) { return AnswerBytes(header(0, Operation::kGet), "12345678"); },
       ErrorCode::kMalformedFrame},
      {"an error of the connection",
       [&](auto&, auto&) {
         return testing::FrameBytes(
             protocol::ConnectionErrorHeader(),
             protocol::EncodeError(MakeError(ErrorCode::kTooSlow, "idle for 300 seconds")));
       },
       ErrorCode::kTooSlow},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    Conversation c;
    c.Greet();
    c.Open(Operation::kGet);
    c.Open(Operation::kSearch);
    const std::vector<SentFrame> sent = c.Sent();
    EXPECT_THAT(c.Feed(one.bytes(sent[0].header, sent[1].header)), HasErrorCode(one.code));
  }
}

TEST(ConnectionMachine, AStreamMayNotSendMoreThanItsCredit) {
  Conversation c;
  c.Greet();
  const auto call = c.Open(Operation::kImpact);
  const SentFrame sent = c.Sent().at(0);
  const std::string megabyte(1U << 20, 'x');
  absl::Status status;
  std::uint32_t frames = 0;
  while (status.ok() && frames < 64) {
    status = c.Feed(AnswerBytes(sent.header, megabyte, frames++, 0)).status();
  }
  EXPECT_THAT(status, IsError(ErrorCode::kMalformedFrame, "credit"));

  Conversation d;
  d.Greet();
  const auto credited = d.Open(Operation::kImpact);
  const SentFrame request = d.Sent().at(0);
  for (std::uint32_t i = 0; i < 64; ++i) {
    ASSERT_OK(d.Feed(AnswerBytes(request.header, megabyte, i, 0)));
    d.machine.Credit(*credited, megabyte.size());
    const std::vector<SentFrame> credit = d.Sent();
    ASSERT_EQ(credit.size(), 1U);
    ASSERT_OK_AND_ASSIGN(const auto* body, protocol::Open<fb::Credit>(credit[0].body));
    EXPECT_EQ(body->target(), request.header.request_id);
    EXPECT_EQ(body->bytes(), megabyte.size());
  }
}

TEST(ConnectionMachine, AnAbandonedRequestIsCancelledAndItsLateAnswersAreDropped) {
  Conversation c;
  c.Greet();
  const auto call = c.Open(Operation::kSearch);
  const SentFrame request = c.Sent().at(0);
  c.machine.Abandon(*call);
  c.machine.Abandon(*call);
  const std::vector<SentFrame> cancel = c.Sent();
  ASSERT_EQ(cancel.size(), 1U);
  EXPECT_EQ(cancel[0].header.opcode, protocol::OpcodeOf(Operation::kCancel));
  EXPECT_EQ(cancel[0].header.flags, protocol::kOneWay);
  ASSERT_OK_AND_ASSIGN(const auto* body, protocol::Open<fb::Cancel>(cancel[0].body));
  EXPECT_EQ(body->target(), request.header.request_id);

  ASSERT_OK_AND_ASSIGN(const auto none, c.Feed(AnswerBytes(request.header, "12345678", 0, 0)));
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(c.machine.open_count(), 1U);
  ASSERT_OK_AND_ASSIGN(
      const auto end,
      c.Feed(ErrorBytes(request.header, MakeError(ErrorCode::kCancelled, "search: stopped"), 1)));
  EXPECT_TRUE(end.empty());
  EXPECT_EQ(c.machine.open_count(), 0U);
}

TEST(ConnectionMachine, AGoingServerLetsOpenRequestsEnd) {
  Conversation c;
  c.Greet();
  c.Open(Operation::kGet);
  const SentFrame request = c.Sent().at(0);
  ASSERT_OK_AND_ASSIGN(const auto events,
                       c.Feed(testing::FrameBytes(protocol::OneWayHeader(Operation::kGoAway),
                                                  testing::GoAwayBody()) +
                              AnswerBytes(request.header, testing::GetReplyBody({}))));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, Kind::kDraining);
  EXPECT_EQ(events[1].kind, Kind::kAnswer);
  EXPECT_EQ(c.machine.state(), State::kDraining);
}

TEST(ConnectionMachine, AfterALossOnlyWhatMayBeRepeatedIsSentAgain) {
  struct Case {
    const char* name;
    Operation operation;
    bool sent;        // left by TakeOutput
    bool begun;       // a frame of the answer came
    bool sent_again;  // on this connection it was a repetition
    bool again;
  };
  const Case cases[] = {
      {"a read under way", Operation::kGet, true, false, false, true},
      {"a write under way", Operation::kMutate, true, false, false, false},
      {"a write that never left", Operation::kMutate, false, false, false, true},
      {"a read for the second time", Operation::kGet, true, false, true, false},
      {"a stream that has begun", Operation::kSearch, true, true, false, false},
      {"a stream that has not", Operation::kSearch, true, false, false, true},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    Conversation c;
    c.Greet();
    const auto call = c.Open(one.operation);
    call->sent_again = one.sent_again;
    if (one.sent) {
      const SentFrame request = c.Sent().at(0);
      if (one.begun) ASSERT_OK(c.Feed(AnswerBytes(request.header, "12345678", 0, 0)));
    }
    const ConnectionMachine::Lost lost = c.machine.TakeOpen();
    EXPECT_EQ(lost.again.size(), one.again ? 1U : 0U);
    EXPECT_EQ(lost.failed.size(), one.again ? 0U : 1U);
    EXPECT_EQ(c.machine.open_count(), 0U);
  }
}

TEST(ConnectionMachine, LostRequestsKeepTheirOrderAndAbandonedOnesAreForgotten) {
  Conversation c;
  c.Greet();
  std::vector<std::shared_ptr<Call>> calls;
  for (int i = 0; i < 100; ++i) calls.push_back(c.Open(Operation::kGet));
  c.Sent();
  c.machine.Abandon(*calls[50]);
  const ConnectionMachine::Lost lost = c.machine.TakeOpen();
  calls.erase(calls.begin() + 50);
  EXPECT_EQ(lost.again, calls);
}

TEST(ConnectionMachine, RefusesARequestThatTheServerWouldNotTake) {
  Conversation c;
  ASSERT_OK(c.Feed(testing::ServerPrefaceBytes(protocol::kVersion, 1'000)));
  ASSERT_OK(c.Feed(AnswerBytes(c.Sent().at(0).header, testing::HelloReplyBody())));
  ASSERT_OK(c.Feed(AnswerBytes(c.Sent().at(0).header, testing::ModelReplyBody())));
  const auto call =
      std::make_shared<Call>(*protocol::FindOperation(protocol::OpcodeOf(Operation::kGet)),
                             std::string(1'008, 'x'), std::nullopt);
  EXPECT_THAT(c.machine.Open(call), IsError(ErrorCode::kFrameTooLarge, "1000"));
  EXPECT_TRUE(c.Sent().empty());
}

// Whatever bit is wrong, the answer is an error or an event, never a crash.
TEST(ConnectionMachine, SurvivesEveryFlippedBitOfAGreeting) {
  const std::string hello =
      AnswerBytes(protocol::RequestHeader(Operation::kHello, 1), testing::HelloReplyBody());
  const std::string model =
      AnswerBytes(protocol::RequestHeader(Operation::kModel, 2), testing::ModelReplyBody());
  const std::string all = testing::ServerPrefaceBytes() + hello + model;
  for (std::size_t byte = 0; byte < all.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = all;
      flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
      Conversation c;
      const auto events = c.Feed(flipped);
      if (!events.ok()) EXPECT_FALSE(MessageOf(events.status()).empty());
    }
  }
}

}  // namespace
}  // namespace kosei::client
