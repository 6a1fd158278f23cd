// View names, server addresses, back-off, and the signal that waiting threads sleep on.
#include <thread>

#include "back_off.h"
#include "endpoint.h"
#include "kosei/base/error.h"
#include "kosei/client/types.h"
#include "status_matchers.h"
#include "wake_signal.h"

namespace kosei::client {
namespace {

using kosei::testing::HasErrorCode;

TEST(ViewName, ReadsCommitsTimesAndBaselines) {
  EXPECT_EQ(ViewName::Parse("").kind, ViewName::Kind::kNewest);
  const ViewName commit = ViewName::Parse("1234");
  EXPECT_EQ(commit.kind, ViewName::Kind::kCommit);
  EXPECT_EQ(commit.commit, 1'234U);
  const ViewName time = ViewName::Parse("2026-11-22T10:00:00+09:00");
  EXPECT_EQ(time.kind, ViewName::Kind::kTime);
  EXPECT_EQ(FormatTimestamp(time.time), "2026-11-22T01:00:00Z");
  for (const char* name : {"release-4", "2026-11-22", "2026-11-22T10:00:00", "12x", " 12",
                           "99999999999999999999", "締め日"}) {
    SCOPED_TRACE(name);
    const ViewName baseline = ViewName::Parse(name);
    EXPECT_EQ(baseline.kind, ViewName::Kind::kBaseline);
    EXPECT_EQ(baseline.baseline, name);
  }
}

TEST(Endpoint, ReadsHostAndPort) {
  struct Case {
    const char* text;
    const char* host;
    const char* port;
    const char* shown;
  };
  const Case cases[] = {{"127.0.0.1:7421", "127.0.0.1", "7421", "127.0.0.1:7421"},
                        {"cmdb.example", "cmdb.example", "7421", "cmdb.example:7421"},
                        {"cmdb.example:1", "cmdb.example", "1", "cmdb.example:1"},
                        {"[::1]:65535", "::1", "65535", "[::1]:65535"},
                        {"[::1]", "::1", "7421", "[::1]:7421"}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.text);
    ASSERT_OK_AND_ASSIGN(const Endpoint endpoint, ParseEndpoint(one.text));
    EXPECT_EQ(endpoint.host, one.host);
    EXPECT_EQ(endpoint.port, one.port);
    EXPECT_EQ(endpoint.Text(), one.shown);
  }
  for (const char* bad : {"", ":7421", "host:", "host:0", "host:65536", "host:port", "host:1x",
                          "::1", "[::1", "[::1]7421", "[]:7421"}) {
    SCOPED_TRACE(bad);
    EXPECT_THAT(ParseEndpoint(bad), HasErrorCode(ErrorCode::kInvalidArgument));
  }
}

class FixedRandom : public Random {
 public:
  explicit FixedRandom(char byte) : byte_(byte) {}
  std::string Bytes(std::size_t count) override { return std::string(count, byte_); }

 private:
  const char byte_;
};

TEST(BackOff, DoublesUpToItsCapWithJitterDownToHalf) {
  FixedRandom high('\xFF');
  FixedRandom low('\0');
  BackOff longest(high);
  BackOff shortest(low);
  for (const int whole : {50, 100, 200, 400, 800, 1'000, 1'000, 1'000}) {
    EXPECT_EQ(longest.Next().count(), whole);
    EXPECT_EQ(shortest.Next().count(), whole / 2);
  }
}

TEST(WakeSignal, WakesWhoWaitsAndNotWhoSawItAlready) {
  WakeSignal asked;
  WakeSignal answered;
  constexpr int kRounds = 2'000;
  std::atomic<int> turn{0};
  std::thread other([&] {
    for (int i = 0; i < kRounds; ++i) {
      while (turn.load() != 2 * i + 1) {
        const std::uint32_t seen = asked.Seen();
        if (turn.load() == 2 * i + 1) break;
        asked.WaitPast(seen, std::nullopt);
      }
      turn.store(2 * i + 2);
      answered.Notify();
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    turn.store(2 * i + 1);
    asked.Notify();
    while (turn.load() != 2 * i + 2) {
      const std::uint32_t seen = answered.Seen();
      if (turn.load() == 2 * i + 2) break;
      answered.WaitPast(seen, std::nullopt);
    }
  }
  other.join();
  EXPECT_EQ(turn.load(), 2 * kRounds);
}

TEST(WakeSignal, ReturnsAtItsDeadline) {
  WakeSignal signal;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  signal.WaitPast(signal.Seen(), deadline);
  EXPECT_TRUE(HasPassed(deadline));
  signal.Notify();
  signal.WaitPast(signal.Seen() - 1, std::nullopt);  // It has gone past already.
}

}  // namespace
}  // namespace kosei::client
