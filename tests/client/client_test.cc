// The Client against a scripted peer on a loopback socket: what the connection does when the way
// there misbehaves.
#include "kosei/client/client.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "kosei/base/error.h"
#include "kosei/protocol/write_generated.h"
#include "scripted_peer.h"
#include "status_matchers.h"

namespace kosei::client {
namespace {

using kosei::testing::HasErrorCode;
using kosei::testing::IsError;
using protocol::Operation;
using testing::AnswerBytes;
using testing::Reaction;
using testing::ScriptedPeer;
using testing::SentFrame;

Options OptionsFor(const ScriptedPeer& peer) {
  Options options;
  options.server = peer.address();
  options.token = "secret";
  return options;
}

Operation OperationOf(const SentFrame& frame) {
  return static_cast<Operation>(frame.header.opcode);
}

Reaction AnswerGet(const SentFrame& frame) {
  return {AnswerBytes(frame.header, testing::GetReplyBody(testing::KeysOfGet(frame.body)))};
}

std::string MutateReplyBytes(const SentFrame& frame) {
  flatbuffers::FlatBufferBuilder b;
  const auto counts = fb::CreateWriteCounts(b, 43, 5, 1);
  return AnswerBytes(frame.header, testing::Body(b, fb::CreateMutateReply(b, counts)));
}

// Counts down to zero; waits for it.
class Countdown {
 public:
  explicit Countdown(int count) : count_(count) {}
  void Down() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) zero_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    zero_.wait(lock, [this] { return count_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  int count_;
};

TEST(Client, ConnectsAndReadsRecords) {
  ScriptedPeer peer([](int, const SentFrame& frame) { return AnswerGet(frame); });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  EXPECT_EQ(client->server().user, "tester");
  EXPECT_EQ(client->model()->ClassName(ClassNumber{2}), "Server");
  ASSERT_OK_AND_ASSIGN(const GetResult result, client->Get({"web-1", "web-2"}));
  EXPECT_EQ(result.view.commit, 42U);
  ASSERT_EQ(result.records.size(), 2U);
  ASSERT_TRUE(result.records[1].has_value());
  EXPECT_EQ(result.records[1]->record.key, "web-2");
  EXPECT_EQ(result.records[1]->record.Find(AttributeNumber{1})->text(), "name of web-2");
}

TEST(Client, SaysWhyItCannotConnect) {
  std::string gone;
  {
    ScriptedPeer peer([](int, const SentFrame& frame) { return AnswerGet(frame); });
    gone = peer.address();
  }
  Options options;
  options.server = gone;
  EXPECT_THAT(Client::Connect(options),
              IsError(ErrorCode::kConnectFailed,
                      "connect " + gone + ": connection refused; is koseid running there?"));
  options.server = "no-such-host.invalid:7421";
  EXPECT_THAT(Client::Connect(options), IsError(ErrorCode::kConnectFailed, "no-such-host.invalid"));
  options.server = "nonsense:port";
  EXPECT_THAT(Client::Connect(options), IsError(ErrorCode::kInvalidArgument, "host:port"));
  options.server = gone;
  options.tls = true;
  options.ca_file = "/nonexistent/ca.pem";
  EXPECT_THAT(Client::Connect(options),
              IsError(ErrorCode::kInvalidArgument, "/nonexistent/ca.pem"));
}

TEST(Client, GivesUpOnAServerThatAcceptsAndSaysNothing) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  Options options;
  options.server = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  options.connect_timeout = std::chrono::milliseconds(50);
  EXPECT_THAT(Client::Connect(options),
              IsError(ErrorCode::kConnectFailed, "no answer within 50 ms"));
  close(listener);
}

TEST(Client, ConnectsAgainAfterALossAndRepeatsAReadOnce) {
  ScriptedPeer peer([](int connection, const SentFrame& frame) {
    if (connection == 1) return Reaction{"", true};
    return AnswerGet(frame);
  });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  EXPECT_OK(client->Get({"a"}));
  EXPECT_EQ(peer.connections(), 2);
  EXPECT_EQ(peer.models_sent(), 1);  // The version is the same.
}

TEST(Client, DoesNotRepeatAReadForEver) {
  ScriptedPeer peer([](int, const SentFrame&) { return Reaction{"", true}; });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  EXPECT_THAT(client->Get({"a"}), IsError(ErrorCode::kConnectionLost, "get"));
  EXPECT_EQ(peer.connections(), 2);
}

TEST(Client, NeverRepeatsAWrite) {
  std::atomic<int> writes{0};
  ScriptedPeer peer([&](int connection, const SentFrame& frame) {
    ++writes;
    if (connection == 1) return Reaction{"", true};
    return Reaction{MutateReplyBytes(frame)};
  });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  EXPECT_THAT(client->Mutate({}), IsError(ErrorCode::kConnectionLost, "is not known"));
  EXPECT_EQ(writes.load(), 1);
  ASSERT_OK_AND_ASSIGN(const WriteCounts counts, client->Mutate({}));
  EXPECT_EQ(counts.commit, 43U);
  EXPECT_EQ(counts.records_created, 1U);
}

TEST(Client, AWriteAfterAnUnnoticedLossGoesOnTheNextConnection) {
  ScriptedPeer peer([](int connection, const SentFrame& frame) {
    if (OperationOf(frame) == Operation::kGet) {
      Reaction reaction = AnswerGet(frame);
      reaction.close = connection == 1;
      return reaction;
    }
    return Reaction{MutateReplyBytes(frame)};
  });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  ASSERT_OK(client->Get({"a"}));
  // The server has closed by the time it accepts another.
  ASSERT_OK_AND_ASSIGN(auto other, Client::Connect(OptionsFor(peer)));
  // Its turn comes when the other's connection ends.
  std::thread leaves([&other] { other.reset(); });
  EXPECT_OK(client->Mutate({}));
  leaves.join();
}

TEST(Client, FetchesANewModelAfterAReconnect) {
  ScriptedPeer peer([](int connection, const SentFrame& frame) {
    Reaction reaction = AnswerGet(frame);
    reaction.close = connection == 1;
    return reaction;
  });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  const std::shared_ptr<const Model> before = client->model();
  peer.set_model_version(8);
  ASSERT_OK(client->Get({"a"}));
  ASSERT_OK(client->Get({"a"}));
  EXPECT_EQ(before->version, 7U);
  EXPECT_EQ(client->model()->version, 8U);
}

TEST(Client, MovesToANewConnectionWhenTheServerGoesAway) {
  ScriptedPeer peer([](int connection, const SentFrame& frame) {
    Reaction reaction = AnswerGet(frame);
    if (connection == 1) {
      reaction.bytes =
          testing::FrameBytes(protocol::OneWayHeader(Operation::kGoAway), testing::GoAwayBody()) +
          reaction.bytes;
    }
    return reaction;
  });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  ASSERT_OK(client->Get({"a"}));
  ASSERT_OK(client->Get({"b"}));
  EXPECT_EQ(peer.connections(), 2);
}

TEST(Client, ABrokenAnswerEndsTheConnectionButNotTheClient) {
  ScriptedPeer peer([](int connection, const SentFrame& frame) {
    if (connection <= 2) return Reaction{"not a frame at all, not a frame at all"};
    return AnswerGet(frame);
  });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  EXPECT_THAT(client->Get({"a"}), HasErrorCode(ErrorCode::kConnectionLost));
  EXPECT_OK(client->Get({"a"}));
}

TEST(Client, AnAnswerThatDoesNotFitTheQuestionIsAnError) {
  ScriptedPeer peer([](int, const SentFrame& frame) {
    return Reaction{AnswerBytes(frame.header, testing::GetReplyBody({"only one"}))};
  });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  EXPECT_THAT(client->Get({"a", "b"}), IsError(ErrorCode::kMalformedFrame, "1 records for 2 keys"));
  EXPECT_THAT(client->Status(), HasErrorCode(ErrorCode::kMalformedFrame));
}

TEST(Client, ALateAnswerIsCancelledAndTheNextCallIsNotConfused) {
  std::atomic<int> cancelled{0};
  SentFrame late;
  ScriptedPeer peer([&](int, const SentFrame& frame) {
    if (OperationOf(frame) == Operation::kCancel) {
      ++cancelled;
      return AnswerGet(late);
    }
    const std::vector<std::string> keys = testing::KeysOfGet(frame.body);
    if (keys == std::vector<std::string>{"slow"}) {
      late = frame;
      return Reaction{};
    }
    return AnswerGet(frame);
  });
  Options options = OptionsFor(peer);
  options.request_timeout = std::chrono::seconds(1);  // ample for the call after
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(options));
  EXPECT_THAT(client->Get({"slow"}), IsError(ErrorCode::kDeadlineExceeded, "within 1000 ms"));
  ASSERT_OK_AND_ASSIGN(const GetResult result, client->Get({"fast"}));
  EXPECT_EQ(result.records[0]->record.key, "fast");
  EXPECT_EQ(cancelled.load(), 1);
}

TEST(Client, AsynchronousCallsExpireToo) {
  ScriptedPeer peer([](int, const SentFrame&) { return Reaction{}; });
  Options options = OptionsFor(peer);
  options.request_timeout = std::chrono::milliseconds(30);
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(options));
  Countdown left(10);
  for (int i = 0; i < 10; ++i) {
    client->GetAsync({"a"}, {}, [&](const absl::StatusOr<GetResult>& result) {
      EXPECT_THAT(result, HasErrorCode(ErrorCode::kDeadlineExceeded));
      left.Down();
    });
  }
  left.Wait();
}

TEST(Client, PipelinesFromManyThreadsAndCallbacks) {
  ScriptedPeer peer([](int, const SentFrame& frame) { return AnswerGet(frame); });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  constexpr int kThreads = 4;
  constexpr int kCalls = 500;
  Countdown left(kThreads * kCalls * 2);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        const std::string key = std::to_string(t) + "/" + std::to_string(i);
        if (t % 2 == 0) {
          const auto result = client->Get({key});
          EXPECT_OK(result);
          if (result.ok()) EXPECT_EQ(result->records[0]->record.key, key);
          left.Down();
          left.Down();
          continue;
        }
        client->GetAsync({key}, {}, [&, key](const absl::StatusOr<GetResult>& first) {
          EXPECT_OK(first);
          if (first.ok()) EXPECT_EQ(first->records[0]->record.key, key);
          left.Down();
          // A callback may ask on.
          client->GetAsync({key + "x"}, {}, [&](const absl::StatusOr<GetResult>& second) {
            EXPECT_OK(second);
            left.Down();
          });
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  left.Wait();
}

TEST(Client, CallbacksRunOnOneThreadThatIsNotTheCallers) {
  ScriptedPeer peer([](int, const SentFrame& frame) { return AnswerGet(frame); });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  std::mutex mutex;
  std::vector<std::thread::id> ids;
  Countdown left(100);
  for (int i = 0; i < 100; ++i) {
    client->GetAsync({"a"}, {}, [&](const absl::StatusOr<GetResult>&) {
      const std::lock_guard lock(mutex);
      ids.push_back(std::this_thread::get_id());
      left.Down();
    });
    if (i % 10 == 0) EXPECT_OK(client->Get({"b"}));
  }
  left.Wait();
  for (const std::thread::id id : ids) {
    EXPECT_EQ(id, ids.front());
    EXPECT_NE(id, std::this_thread::get_id());
  }
}

TEST(Client, WaitingInACallbackIsRefusedInsteadOfBlockingForEver) {
  ScriptedPeer peer([](int, const SentFrame& frame) { return AnswerGet(frame); });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  Countdown left(1);
  client->GetAsync({"a"}, {}, [&](const absl::StatusOr<GetResult>&) {
    EXPECT_THAT(client->Get({"b"}), IsError(ErrorCode::kInvalidArgument, "callback"));
    left.Down();
  });
  left.Wait();
}

TEST(Client, ClosingEndsWhatIsUnderWay) {
  ScriptedPeer peer([](int, const SentFrame&) { return Reaction{}; });
  ASSERT_OK_AND_ASSIGN(auto client, Client::Connect(OptionsFor(peer)));
  int cancelled = 0;
  for (int i = 0; i < 20; ++i) {
    client->GetAsync({"a"}, {}, [&](const absl::StatusOr<GetResult>& result) {
      EXPECT_THAT(result, HasErrorCode(ErrorCode::kCancelled));
      ++cancelled;
    });
  }
  client.reset();
  EXPECT_EQ(cancelled, 20);
}

TEST(Client, AnOversizeRequestFailsAloneAndAtOnce) {
  ScriptedPeer peer([](int, const SentFrame& frame) { return AnswerGet(frame); });
  ASSERT_OK_AND_ASSIGN(const auto client, Client::Connect(OptionsFor(peer)));
  EXPECT_THAT(client->Get({std::string(protocol::kBodyMax, 'x')}),
              HasErrorCode(ErrorCode::kFrameTooLarge));
  Countdown left(1);
  client->GetAsync({std::string(protocol::kBodyMax, 'x')}, {},
                   [&](const absl::StatusOr<GetResult>& result) {
                     EXPECT_THAT(result, HasErrorCode(ErrorCode::kFrameTooLarge));
                     left.Down();
                   });
  left.Wait();
  EXPECT_OK(client->Get({"small"}));
  EXPECT_EQ(peer.connections(), 1);
}

}  // namespace
}  // namespace kosei::client
