// Streams: credit, cancelling, watching, and a stop that lets them finish.
#include <thread>

#include "server_fixture.h"

namespace kosei::testing {
namespace {

using protocol::Operation;
using std::chrono::milliseconds;

constexpr int kDependents = 20'000;

// One server that a great many applications with long names need.
Estate Star() {
  Estate estate;
  estate.servers.push_back("srv");
  for (int i = 0; i < kDependents; ++i) {
    estate.applications.push_back("application-" + std::string(40, 'x') + std::to_string(i));
    estate.depends_on.emplace_back(estate.applications.back(), "srv");
  }
  return estate;
}

std::string ImpactBody(const std::string& root, std::uint64_t credit,
                       fb::ImpactDetail detail = fb::ImpactDetail::distances) {
  return Body([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto roots = builder.CreateVectorOfStrings({root});
    fb::ImpactRequestBuilder request(builder);
    request.add_roots(roots);
    request.add_credit_bytes(credit);
    request.add_detail(detail);
    return request.Finish();
  });
}

std::string WatchBody(std::uint64_t after) {
  return Body([&](flatbuffers::FlatBufferBuilder& builder) {
    return fb::CreateWatchRequest(builder, after);
  });
}

std::size_t Listed(const std::vector<WireReply>& replies) {
  std::size_t listed = 0;
  for (const WireReply& reply : replies) {
    const auto* impact = reply.As<fb::ImpactReply>();
    if (impact != nullptr && impact->keys() != nullptr) listed += impact->keys()->size();
  }
  return listed;
}

class Streams : public ServerFixture {
 protected:
  // The frames that come before the answer to a ping which was sent now: all that the server will
  // send without more credit, since it answers in order what it has.
  static std::vector<WireReply> UntilQuiet(WirePeer& peer, std::size_t bytes_expected) {
    std::vector<WireReply> frames;
    std::size_t bytes = 0;
    while (bytes < bytes_expected) {
      auto reply = peer.Read();
      EXPECT_TRUE(reply.ok());
      if (!reply.ok()) return frames;
      bytes += reply->body.size();
      frames.push_back(*std::move(reply));
    }
    const auto pong = peer.Call(Operation::kPing, 99, PingBody(1));
    EXPECT_TRUE(pong.ok() && pong->header.request_id == 99) << "more came than there was credit";
    return frames;
  }
};

TEST_F(Streams, ASmallAnswerIsOneFrame) {
  Estate estate;
  estate.servers = {"srv"};
  estate.applications = {"app-1", "app-2"};
  estate.depends_on = {{"app-1", "srv"}, {"app-2", "app-1"}};
  Serve(estate);
  WirePeer peer = Admin();
  ASSERT_OK_AND_ASSIGN(
      const WireReply reply,
      peer.Call(Operation::kImpact, 4, ImpactBody("srv", 0, fb::ImpactDetail::paths)));
  EXPECT_TRUE(reply.is_last());
  const auto* impact = reply.As<fb::ImpactReply>();
  ASSERT_NE(impact, nullptr);
  EXPECT_EQ(impact->total(), 2U);
  EXPECT_EQ(protocol::TextOf(impact->roots()->Get(0)), "srv");
  ASSERT_EQ(impact->keys()->size(), 2U);
  EXPECT_EQ(protocol::TextOf(impact->keys()->Get(0)), "app-1");
  EXPECT_EQ(impact->distances()->Get(1), 2U);
  EXPECT_EQ(impact->predecessors()->Get(0), 0U);
  EXPECT_EQ(impact->predecessors()->Get(1), 1U);
  EXPECT_EQ(impact->vias()->Get(1), depends_on().value);
  EXPECT_EQ(impact->truncated(), fb::TruncationReason::none);
}

TEST_F(Streams, ALargeAnswerComesWholeNearestFirst) {
  Serve(Star());
  WirePeer peer = Admin();
  ASSERT_OK(peer.Send(Operation::kImpact, 4, ImpactBody("srv", 0)));
  ASSERT_OK_AND_ASSIGN(const auto replies, ReadStream(peer));
  EXPECT_GT(replies.size(), 3U);
  EXPECT_EQ(replies.front().As<fb::ImpactReply>()->total(), std::uint64_t{kDependents});
  EXPECT_EQ(Listed(replies), std::size_t{kDependents});
  for (std::uint32_t i = 0; i < replies.size(); ++i) {
    EXPECT_EQ(replies[i].header.sequence, i);
    EXPECT_EQ(replies[i].is_last(), i + 1 == replies.size());
  }
}

TEST_F(Streams, LimitBoundsWhatIsListedAndNeverWhatIsCounted) {
  Serve(Star());
  WirePeer peer = Admin();
  const std::string body = Body([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto roots = builder.CreateVectorOfStrings({"srv"});
    fb::ImpactRequestBuilder request(builder);
    request.add_roots(roots);
    request.add_limit(7);
    return request.Finish();
  });
  ASSERT_OK(peer.Send(Operation::kImpact, 4, body));
  ASSERT_OK_AND_ASSIGN(const auto replies, ReadStream(peer));
  EXPECT_EQ(replies.front().As<fb::ImpactReply>()->total(), std::uint64_t{kDependents});
  EXPECT_EQ(Listed(replies), 7U);
}

TEST_F(Streams, TheServerSendsNoMoreThanItHasCreditFor) {
  Serve(Star());
  WirePeer peer = Admin();
  constexpr std::size_t kCredit = 64'000;
  ASSERT_OK(peer.Send(Operation::kImpact, 4, ImpactBody("srv", kCredit)));
  // Frames are cut to fit the credit, so that what came is at most an item's bytes away from it.
  std::vector<WireReply> frames = UntilQuiet(peer, kCredit);
  std::size_t bytes = 0;
  for (const WireReply& frame : frames) bytes += frame.body.size();
  EXPECT_LE(bytes, kCredit + 1'000);
  ASSERT_OK(peer.Send(Operation::kCredit, 0, CreditBody(4, 1U << 30)));
  ASSERT_OK_AND_ASSIGN(const auto rest, ReadStream(peer));
  EXPECT_EQ(Listed(frames) + Listed(rest), std::size_t{kDependents});
  EXPECT_EQ(rest.front().header.sequence, frames.size());
}

TEST_F(Streams, AStreamWithoutCreditDoesNotHoldOthersUp) {
  Serve(Star());
  WirePeer peer = Admin();
  for (std::uint64_t id = 10; id < 40; ++id) {
    ASSERT_OK(peer.Send(Operation::kImpact, id, ImpactBody("srv", 1)));
  }
  for (int i = 0; i < 30; ++i) ASSERT_OK(peer.Read());  // each its first item
  ASSERT_OK(peer.Send(Operation::kImpact, 4, ImpactBody("srv", 0)));
  ASSERT_OK_AND_ASSIGN(const auto replies, ReadStream(peer));
  EXPECT_EQ(Listed(replies), std::size_t{kDependents});
}

TEST_F(Streams, MoreStreamsThanAllowedAreRefused) {
  server::ServerOptions options;
  options.limits.streams_max = 3;
  Serve(Star(), options);
  WirePeer peer = Admin();
  for (std::uint64_t id = 1; id <= 3; ++id) {
    ASSERT_OK_AND_ASSIGN(const WireReply reply,
                         peer.Call(Operation::kImpact, id, ImpactBody("srv", 1)));
    EXPECT_OK(reply.error());
  }
  ASSERT_OK_AND_ASSIGN(const WireReply reply,
                       peer.Call(Operation::kImpact, 4, ImpactBody("srv", 1)));
  EXPECT_THAT(reply.error(), HasErrorCode(ErrorCode::kOverloaded));
}

TEST_F(Streams, CancellingEndsAStreamThatWaitsForCredit) {
  Serve(Star());
  WirePeer peer = Admin();
  ASSERT_OK(peer.Send(Operation::kImpact, 4, ImpactBody("srv", 64'000)));
  const auto frames = UntilQuiet(peer, 64'000);
  ASSERT_OK(peer.Send(Operation::kCancel, 0, CancelBody(4)));
  ASSERT_OK_AND_ASSIGN(const WireReply end, peer.Read());
  EXPECT_EQ(end.header.request_id, 4U);
  EXPECT_EQ(end.header.sequence, frames.size());
  EXPECT_THAT(end.error(), HasErrorCode(ErrorCode::kCancelled));
  // The id is free again; cancelling what is not there is no error.
  ASSERT_OK(peer.Send(Operation::kCancel, 0, CancelBody(4)));
  ASSERT_OK_AND_ASSIGN(const WireReply pong, peer.Call(Operation::kPing, 4, PingBody(1)));
  EXPECT_OK(pong.error());
}

TEST_F(Streams, AWatchSeesEveryCommitInOrderAndResumes) {
  Serve();
  WirePeer watcher = Admin();
  ASSERT_OK_AND_ASSIGN(const WireReply stands,
                       watcher.Call(Operation::kWatch, 9, WatchBody(UINT64_MAX)));
  EXPECT_EQ(stands.As<fb::WatchEvent>()->commit(), nullptr);
  WirePeer writer = Admin();
  for (int i = 1; i <= 5; ++i) {
    const std::string key = "srv-" + std::to_string(i);
    ASSERT_OK_AND_ASSIGN(const WireReply done,
                         writer.Call(Operation::kMutate, 2, PutBody(key, "one")));
    ASSERT_OK(done.error());
    ASSERT_OK_AND_ASSIGN(const WireReply event, watcher.Read());
    const auto* commit = event.As<fb::WatchEvent>();
    ASSERT_NE(commit, nullptr);
    ASSERT_NE(commit->commit(), nullptr);
    EXPECT_EQ(commit->commit()->number(), static_cast<std::uint64_t>(i));
    EXPECT_EQ(protocol::TextOf(commit->commit()->actor()), "admin");
    EXPECT_EQ(protocol::TextOf(commit->commit()->reason()), "a test");
    ASSERT_EQ(commit->records()->size(), 1U);
    EXPECT_EQ(protocol::TextOf(commit->records()->Get(0)->key()), key);
  }
  WirePeer late = Admin();
  ASSERT_OK(late.Send(Operation::kWatch, 9, WatchBody(2)));
  for (std::uint64_t number = 3; number <= 5; ++number) {
    ASSERT_OK_AND_ASSIGN(const WireReply event, late.Read());
    EXPECT_EQ(event.As<fb::WatchEvent>()->commit()->number(), number);
  }
  ASSERT_OK_AND_ASSIGN(const WireReply future, writer.Call(Operation::kWatch, 3, WatchBody(1'000)));
  EXPECT_THAT(future.error(), HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(Streams, AFilteredWatchPassesOverTheRestAndSaysHowFar) {
  server::ServerOptions options;
  options.limits.heartbeat = milliseconds(20);
  Serve({}, options);
  WirePeer writer = Admin();
  const auto put = [&](const std::string& key) {
    const auto done = writer.Call(Operation::kMutate, 2, PutBody(key, "one"));
    ASSERT_OK(done);
    ASSERT_OK(done->error());
  };
  for (int i = 1; i <= 20; ++i) put("srv-" + std::to_string(i));
  const auto filtered = [](std::uint64_t after, const char* class_name, const char* prefix) {
    return Body([=](flatbuffers::FlatBufferBuilder& builder) {
      return fb::CreateWatchRequestDirect(builder, after, 1'000, class_name, prefix);
    });
  };
  WirePeer watcher = Admin();
  // On a busy machine heartbeats come between.
  const auto next_commit = [&](absl::StatusOr<WireReply> event) {
    while (event.ok() && event->As<fb::WatchEvent>() != nullptr &&
           event->As<fb::WatchEvent>()->commit() == nullptr)
      event = watcher.Read();
    return event;
  };
  ASSERT_OK_AND_ASSIGN(
      const WireReply first,
      next_commit(watcher.Call(Operation::kWatch, 9, filtered(0, "Server", "srv-2"))));
  ASSERT_NE(first.As<fb::WatchEvent>(), nullptr);
  EXPECT_EQ(first.As<fb::WatchEvent>()->commit()->number(), 2U);
  ASSERT_OK_AND_ASSIGN(const WireReply second, next_commit(watcher.Read()));
  ASSERT_NE(second.As<fb::WatchEvent>(), nullptr);
  EXPECT_EQ(second.As<fb::WatchEvent>()->commit()->number(), 20U);
  ASSERT_EQ(second.As<fb::WatchEvent>()->records()->size(), 1U);
  EXPECT_FALSE(second.As<fb::WatchEvent>()->cut());
  // Nothing else is told, but the position moves.
  put("other");
  std::uint64_t position = 0;
  while (position < 21) {
    ASSERT_OK_AND_ASSIGN(const WireReply beat, watcher.Read());
    ASSERT_EQ(beat.As<fb::WatchEvent>()->commit(), nullptr);
    position = beat.As<fb::WatchEvent>()->newest();
  }
  ASSERT_OK_AND_ASSIGN(const WireReply none,
                       writer.Call(Operation::kWatch, 3, filtered(0, "Application", "")));
  EXPECT_EQ(none.As<fb::WatchEvent>()->commit(), nullptr);
  EXPECT_EQ(none.As<fb::WatchEvent>()->newest(), 21U);
  WirePeer other = Admin();
  ASSERT_OK_AND_ASSIGN(const WireReply unknown,
                       other.Call(Operation::kWatch, 3, filtered(0, "Sever", "")));
  EXPECT_THAT(unknown.error(), HasErrorCode(ErrorCode::kUnknownClass));
}

TEST_F(Streams, AWatchThatIsNotReadIsNotDroppedAndMissesNothing) {
  Serve();
  WirePeer slow = Admin();
  ASSERT_OK(slow.Call(Operation::kWatch, 9, WatchBody(0)));
  WirePeer writer = Admin();
  constexpr std::uint64_t kCommits = 2'000;
  for (std::uint64_t i = 1; i <= kCommits; ++i) {
    ASSERT_OK_AND_ASSIGN(const WireReply done,
                         writer.Call(Operation::kMutate, 2, PutBody("srv-1", std::to_string(i))));
    ASSERT_OK(done.error());
  }
  for (std::uint64_t number = 1; number <= kCommits; ++number) {
    ASSERT_OK_AND_ASSIGN(const WireReply event, slow.Read());
    ASSERT_NE(event.As<fb::WatchEvent>()->commit(), nullptr);
    ASSERT_EQ(event.As<fb::WatchEvent>()->commit()->number(), number);
  }
}

TEST_F(Streams, AWatchIsCancelledLikeAnythingElse) {
  Serve();
  WirePeer peer = Admin();
  ASSERT_OK(peer.Call(Operation::kWatch, 9, WatchBody(UINT64_MAX)));
  ASSERT_OK(peer.Send(Operation::kCancel, 0, CancelBody(9)));
  ASSERT_OK_AND_ASSIGN(const WireReply end, peer.Read());
  EXPECT_THAT(end.error(), HasErrorCode(ErrorCode::kCancelled));
}

TEST_F(Streams, AStopLetsOpenStreamsFinishAndEndsWatches) {
  Serve(Star());
  WirePeer peer = Admin();
  ASSERT_OK(peer.Send(Operation::kImpact, 4, ImpactBody("srv", 64'000)));
  const auto frames = UntilQuiet(peer, 64'000);
  WirePeer watcher = Admin();
  ASSERT_OK(watcher.Call(Operation::kWatch, 9, WatchBody(UINT64_MAX)));

  std::thread stopping([this] { StopServer(); });
  ASSERT_OK_AND_ASSIGN(const WireReply away, peer.Read());
  EXPECT_EQ(away.header.opcode, protocol::OpcodeOf(Operation::kGoAway));
  EXPECT_NE(away.As<fb::GoAway>(), nullptr);
  ASSERT_OK_AND_ASSIGN(const WireReply refused, peer.Call(Operation::kGet, 5, GetBody({"srv"})));
  EXPECT_THAT(refused.error(), HasErrorCode(ErrorCode::kShuttingDown));
  ASSERT_OK(peer.Send(Operation::kCredit, 0, CreditBody(4, 1U << 30)));
  const auto rest = ReadStream(peer);
  EXPECT_TRUE(rest.ok() && Listed(frames) + Listed(*rest) == std::size_t{kDependents});
  EXPECT_OK(peer.AwaitEnd());

  EXPECT_OK(watcher.Read());  // going away
  const auto ended = watcher.Read();
  EXPECT_TRUE(ended.ok());
  EXPECT_THAT(ended->error(), HasErrorCode(ErrorCode::kShuttingDown));
  EXPECT_OK(watcher.AwaitEnd());
  peer.Close();
  watcher.Close();
  stopping.join();
}

TEST_F(Streams, AStopDoesNotWaitForEverForAPeerThatDoesNotReadOn) {
  server::ServerOptions options;
  options.limits.drain_max = milliseconds(100);
  Serve(Star(), options);
  WirePeer peer = Admin();
  ASSERT_OK(peer.Call(Operation::kImpact, 4, ImpactBody("srv", 1)));
  StopServer();
  ASSERT_OK(peer.Read());  // going away
  EXPECT_OK(peer.AwaitEnd());
}

}  // namespace
}  // namespace kosei::testing
