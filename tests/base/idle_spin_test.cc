#include "kosei/base/idle_spin.h"

#include <gtest/gtest.h>

#include <thread>

namespace kosei {
namespace {

using std::chrono::microseconds;

// Ten microseconds pass with each look at it.
IdleSpin::TimePoint g_now;
IdleSpin::TimePoint Tick() { return g_now += microseconds(10); }

class IdleSpinTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "never spins on one processor";
  }
};

TEST_F(IdleSpinTest, LooksUntilItFindsSomething) {
  IdleSpin spin(microseconds(1'000), &Tick);
  int looks = 0;
  EXPECT_TRUE(spin.Spin([&] { return ++looks == 5; }));
  EXPECT_EQ(looks, 5);
}

TEST_F(IdleSpinTest, GivesUpAfterItsMoment) {
  IdleSpin spin(microseconds(100), &Tick);
  int looks = 0;
  EXPECT_FALSE(spin.Spin([&] { return ++looks == 0; }));
  EXPECT_EQ(looks, 10);
}

// How many times the caller slept at once after each moment in vain, until it is tried again.
int SleepsAtOnce(IdleSpin& spin) {
  for (int sleeps = 0;; ++sleeps) {
    bool looked = false;
    spin.Spin([&] {
      looked = true;
      return false;
    });
    if (looked) return sleeps;
  }
}

TEST_F(IdleSpinTest, TriesMoreAndMoreSeldomWhileItIsInVainAndAtOnceWhenItPaid) {
  IdleSpin spin(microseconds(20), &Tick);
  EXPECT_EQ(SleepsAtOnce(spin), 0);
  EXPECT_EQ(SleepsAtOnce(spin), 1);
  EXPECT_EQ(SleepsAtOnce(spin), 3);
  EXPECT_EQ(SleepsAtOnce(spin), 7);
  EXPECT_EQ(SleepsAtOnce(spin), 15);
  EXPECT_EQ(SleepsAtOnce(spin), 16);
  while (!spin.Spin([] { return true; })) {
  }
  EXPECT_TRUE(spin.Spin([] { return true; }));
}

TEST_F(IdleSpinTest, LeavesHalfOfTheProcessorsAlone) {
  const int most = static_cast<int>(std::thread::hardware_concurrency() / 2);
  int depth = 0;
  // Each level spins inside the one above, as threads beside each other would.
  auto nest = [&](auto& self) -> bool {
    ++depth;
    IdleSpin inner(microseconds(1'000), &Tick);
    inner.Spin([&] { return self(self); });
    return true;
  };
  IdleSpin outer(microseconds(1'000), &Tick);
  EXPECT_TRUE(outer.Spin([&] { return nest(nest); }));
  EXPECT_EQ(depth, most);
}

TEST(IdleSpinLimitTest, ZeroNeverLooks) {
  IdleSpin spin(microseconds(0), &Tick);
  EXPECT_FALSE(spin.Spin([]() -> bool {
    ADD_FAILURE() << "looked";
    return true;
  }));
}

}  // namespace
}  // namespace kosei
