// Where an answer of states is cut, and what it says then.
#include <atomic>
#include <memory>

#include "absl/strings/str_format.h"
#include "spec_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using model::State;

class StateCut : public ::testing::Test {
 protected:
  void SetUp() override {
    SpecWorld world;
    world.records["s0"] = {};
    for (int i = 1; i <= kLength; ++i) {
      world.records[Key(i)] = {};
      world.links.insert({Key(i), "needs", Key(i - 1)});
    }
    world.records["poor"] = {.health = "poor"};
    world.links.insert({"poor", "needs", Key(kLength)});
    WriteWorld(store_, world);
  }
  static std::string Key(int i) { return absl::StrFormat("s%d", i); }
  absl::StatusOr<ImpactAnswer> Ask(const Limits& limits, std::vector<std::string> contexts = {},
                                   std::shared_ptr<const std::atomic<bool>> cancelled = nullptr) {
    ImpactRequest request;
    request.scenario.assumptions = {{store_.Id("s0"), State::kFailed}};
    request.scenario.contexts = std::move(contexts);
    return Impact(store_.reader(), store_.Newest(), request,
                  Budget(limits, store_.clock(), std::move(cancelled)));
  }

  static constexpr int kLength = 40;
  TestStore store_{kSpecModel};
};

TEST_F(StateCut, TheLimitOfMemoryIsSaidAndWhatIsThereIsRight) {
  Limits limits;
  limits.memory_bytes = 400;
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask(limits));
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kMemory);
  EXPECT_EQ(answer.truncated->frontier, 1U);
  EXPECT_LT(answer.affected_count(), static_cast<std::uint64_t>(kLength));
  EXPECT_EQ(answer.affected_count(), answer.truncated->depth);
}

TEST_F(StateCut, TheLimitOfLinksIsSaid) {
  Limits limits;
  limits.steps = 10;
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask(limits));
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kSteps);
  EXPECT_EQ(answer.affected_count(), 10U);
}

TEST_F(StateCut, HalfOfWhatIsDownAlreadyIsNoGroundToStandOn) {
  Limits limits;
  limits.memory_bytes = 1;
  EXPECT_THAT(Ask(limits, {"poor"}).status(), HasErrorCode(ErrorCode::kMemoryBudget));
}

TEST_F(StateCut, ACancelledQuestionIsAnError) {
  EXPECT_THAT(Ask({}, {}, std::make_shared<const std::atomic<bool>>(true)).status(),
              HasErrorCode(ErrorCode::kCancelled));
}

TEST_F(StateCut, TheNextQuestionOfTheThreadStartsClean) {
  Limits limits;
  limits.steps = 10;
  ASSERT_OK(Ask(limits));
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask({}));
  EXPECT_FALSE(answer.truncated.has_value());
  EXPECT_EQ(answer.affected_count(), static_cast<std::uint64_t>(kLength) + 1);
}

}  // namespace
}  // namespace kosei::query
