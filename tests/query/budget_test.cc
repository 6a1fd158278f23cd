#include "kosei/query/budget.h"

#include <chrono>

#include "manual_clock.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::kosei::testing::ManualClock;

TEST(Budget, TimeRunsFromConstruction) {
  ManualClock clock;
  const Budget budget({.time = std::chrono::milliseconds(5)}, clock);
  EXPECT_OK(budget.Check());
  clock.Advance(std::chrono::microseconds(4'999));
  EXPECT_OK(budget.Check());
  clock.Advance(std::chrono::microseconds(1));
  EXPECT_THAT(budget.Check(), IsError(ErrorCode::kDeadlineExceeded, "the time limit of 5 ms"));
}

TEST(Budget, AWallClockThatJumpsIsNoMatter) {
  ManualClock clock;
  const Budget budget({.time = std::chrono::milliseconds(5)}, clock);
  clock.JumpTo(Timestamp{4'000'000'000'000'000});
  EXPECT_OK(budget.Check());
}

TEST(Budget, TheLongestTimeNeverPasses) {
  ManualClock clock;
  const Budget budget({.time = std::chrono::nanoseconds::max()}, clock);
  clock.Advance(std::chrono::hours(100'000));
  EXPECT_OK(budget.Check());
}

TEST(Budget, CancellingComesFirst) {
  ManualClock clock;
  const auto cancelled = std::make_shared<std::atomic<bool>>(false);
  const Budget budget({.time = std::chrono::nanoseconds(0)}, clock, cancelled);
  EXPECT_THAT(budget.Check(), HasErrorCode(ErrorCode::kDeadlineExceeded));
  *cancelled = true;
  EXPECT_THAT(budget.Check(), HasErrorCode(ErrorCode::kCancelled));
}

TEST(Budget, MemoryIsCountedInAll) {
  ManualClock clock;
  const Budget budget({.memory_bytes = 100}, clock);
  EXPECT_OK(budget.CheckMemory(100));
  EXPECT_THAT(budget.CheckMemory(101), IsError(ErrorCode::kMemoryBudget, "needs 101 bytes"));
}

}  // namespace
}  // namespace kosei::query
