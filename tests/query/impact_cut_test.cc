// Where an impact answer is cut, and what it says then: depth, steps, memory, time, cancelling.
#include <atomic>
#include <chrono>
#include <memory>

#include "absl/strings/str_format.h"
#include "kosei/query/impact.h"
#include "status_matchers.h"
#include "test_store.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;

// A clock that moves on by a millisecond each time somebody looks at it.
class TickingClock : public Clock {
 public:
  Timestamp Now() const override { return Timestamp{0}; }
  std::chrono::nanoseconds Monotonic() const override {
    return std::chrono::milliseconds(++ticks_);
  }

 private:
  mutable std::atomic<std::int64_t> ticks_{0};
};

class ImpactCutTest : public ::testing::Test {
 protected:
  // n0 <- n1 <- ... <- n`links`
  void MakeChain(int links) {
    Edit edit{.add = {"n0"}};
    for (int i = 1; i <= links; ++i) {
      edit.add.push_back(absl::StrFormat("n%d", i));
      edit.link.push_back({absl::StrFormat("n%d", i), "needs", absl::StrFormat("n%d", i - 1)});
    }
    store_.Apply(edit);
  }
  absl::StatusOr<ImpactAnswer> Ask(std::optional<std::uint32_t> depth, const Budget& budget) {
    return Impact(store_.reader(), store_.Newest(), {.roots = {store_.Id("n0")}, .depth = depth},
                  budget);
  }
  ImpactAnswer AtDepth(std::uint32_t depth) {
    absl::StatusOr<ImpactAnswer> answer = Ask(depth, store_.Unlimited());
    EXPECT_OK(answer.status());
    return answer.ok() ? *std::move(answer) : ImpactAnswer();
  }

  TestStore store_;
};

TEST_F(ImpactCutTest, AChainLongerThanTheDepthSaysWhereItWasCut) {
  MakeChain(60);
  const ImpactAnswer answer = AtDepth(20);
  EXPECT_EQ(answer.affected_count(), 20U);
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kDepth);
  EXPECT_EQ(answer.truncated->depth, 20U);
  EXPECT_EQ(answer.truncated->frontier, 1U);
}

TEST_F(ImpactCutTest, ADepthThatCutsNothingIsNoTruncation) {
  MakeChain(5);
  for (const std::uint32_t depth : {5U, 6U, UINT32_MAX}) {
    SCOPED_TRACE(depth);
    const ImpactAnswer answer = AtDepth(depth);
    EXPECT_EQ(answer.affected_count(), 5U);
    EXPECT_FALSE(answer.truncated.has_value());
  }
  EXPECT_TRUE(AtDepth(4).truncated.has_value());
}

TEST_F(ImpactCutTest, TheFrontierCountsOnlyRecordsThatLeadToUnseenOnes) {
  // At depth 1 stand n1, n2, n3 and n4: n1 leads to n5, n2 leads back to n0 and to n1, n3 leads to
  // n5 as well, n4 nowhere.
  store_.Apply({.add = {"n0", "n1", "n2", "n3", "n4", "n5"},
                .link = {{"n1", "needs", "n0"},
                         {"n2", "needs", "n0"},
                         {"n3", "needs", "n0"},
                         {"n4", "needs", "n0"},
                         {"n5", "needs", "n1"},
                         {"n5", "needs", "n3"},
                         {"n0", "needs", "n2"},
                         {"n1", "needs", "n2"}}});
  const ImpactAnswer answer = AtDepth(1);
  EXPECT_EQ(answer.affected_count(), 4U);
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->frontier, 2U);
}

TEST_F(ImpactCutTest, DepthZeroGivesTheRootsAlone) {
  MakeChain(2);
  const ImpactAnswer answer = AtDepth(0);
  EXPECT_EQ(answer.root_count(), 1U);
  EXPECT_EQ(answer.affected_count(), 0U);
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->depth, 0U);
  EXPECT_EQ(answer.truncated->frontier, 1U);
}

TEST_F(ImpactCutTest, DepthZeroOfARecordThatHitsNothingIsWhole) {
  store_.Apply({.add = {"n0"}});
  EXPECT_FALSE(AtDepth(0).truncated.has_value());
}

TEST_F(ImpactCutTest, StepsCutBetweenTwoRecords) {
  store_.Apply(
      {.add = {"n0", "a", "b", "c", "d"},
       .link = {
           {"a", "needs", "n0"}, {"b", "needs", "n0"}, {"c", "needs", "a"}, {"d", "needs", "b"}}});
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer,
                       Ask(std::nullopt, Budget({.steps = 3}, store_.clock())));
  EXPECT_THAT(Told(store_, answer), ::testing::ElementsAre("n0", "a:1<n0", "b:1<n0", "c:2<a"));
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kSteps);
  EXPECT_EQ(answer.truncated->depth, 1U) << "depth 2 has c, but d is missing";
  EXPECT_EQ(answer.truncated->frontier, 1U) << "b was not looked at";
  EXPECT_EQ(answer.links_seen, 3U);
}

TEST_F(ImpactCutTest, NoStepsAtAllGiveTheRoots) {
  MakeChain(3);
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer,
                       Ask(std::nullopt, Budget({.steps = 0}, store_.clock())));
  EXPECT_EQ(answer.affected_count(), 0U);
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kSteps);
  EXPECT_EQ(answer.truncated->depth, 0U);
  EXPECT_EQ(answer.truncated->frontier, 1U);
}

TEST_F(ImpactCutTest, MemoryCutsInTheMiddleOfALongAnswer) {
  MakeChain(60);
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer,
                       Ask(std::nullopt, Budget({.memory_bytes = 18 * 10}, store_.clock())));
  EXPECT_EQ(answer.nodes.size(), 11U) << "the record that went over the limit is in it";
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kMemory);
  EXPECT_EQ(answer.truncated->depth, 10U);
  EXPECT_EQ(answer.truncated->frontier, 1U);
}

TEST_F(ImpactCutTest, TimeCutsAndTheLastCompleteDepthIsTold) {
  // 5,000 records need n0, and one more needs each of the first hundred.
  Edit edit{.add = {"n0"}};
  for (int i = 0; i < 5'000; ++i) {
    edit.add.push_back(absl::StrFormat("a%d", i));
    edit.link.push_back({absl::StrFormat("a%d", i), "needs", "n0"});
  }
  for (int i = 0; i < 100; ++i) {
    edit.add.push_back(absl::StrFormat("b%d", i));
    edit.link.push_back({absl::StrFormat("b%d", i), "needs", absl::StrFormat("a%d", i)});
  }
  store_.Apply(edit);
  // One look at the clock makes the budget, one begins the walk; the third, after more than 4,096
  // links, is too late.
  TickingClock clock;
  const Budget budget({.time = std::chrono::milliseconds(2)}, clock);
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask(std::nullopt, budget));
  EXPECT_EQ(answer.affected_count(), 5'000U);
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kTime);
  EXPECT_EQ(answer.truncated->depth, 1U);
  EXPECT_EQ(answer.truncated->frontier, 5'000U);
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer whole, Ask(std::nullopt, store_.Unlimited()));
  EXPECT_EQ(whole.affected_count(), 5'100U) << "a cut walk leaves nothing behind for the next";
}

TEST_F(ImpactCutTest, TimeThatHasPassedBeforeGivesTheRoots) {
  MakeChain(3);
  const Budget budget({.time = std::chrono::nanoseconds(0)}, store_.clock());
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask(std::nullopt, budget));
  EXPECT_EQ(answer.affected_count(), 0U);
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kTime);
  EXPECT_EQ(answer.truncated->depth, 0U);
}

TEST_F(ImpactCutTest, CancellingIsAnErrorAndLeavesNothingBehind) {
  MakeChain(3);
  const Budget budget(Limits{}, store_.clock(), std::make_shared<const std::atomic<bool>>(true));
  EXPECT_THAT(Ask(std::nullopt, budget), HasErrorCode(ErrorCode::kCancelled));
  EXPECT_THAT(Ask(0, budget), HasErrorCode(ErrorCode::kCancelled));
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask(std::nullopt, store_.Unlimited()));
  EXPECT_EQ(answer.affected_count(), 3U);
}

}  // namespace
}  // namespace kosei::query
