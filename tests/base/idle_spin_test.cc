#include "kosei/base/idle_spin.h"

#include <gtest/gtest.h>

namespace kosei {
namespace {

using std::chrono::microseconds;

constexpr int kOne = 1;  // thread may look

// Ten microseconds pass with each look at it.
IdleSpin::TimePoint g_now;
IdleSpin::TimePoint Tick() { return g_now += microseconds(10); }

TEST(IdleSpinTest, LooksUntilItFindsSomething) {
  IdleSpin spin(microseconds(1'000), kOne, &Tick);
  int looks = 0;
  EXPECT_TRUE(spin.Spin([&] { return ++looks == 5; }));
  EXPECT_EQ(looks, 5);
}

TEST(IdleSpinTest, GivesUpAfterItsMoment) {
  IdleSpin spin(microseconds(100), kOne, &Tick);
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

TEST(IdleSpinTest, TriesMoreAndMoreSeldomWhileItIsInVainAndAtOnceWhenItPaid) {
  IdleSpin spin(microseconds(20), kOne, &Tick);
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

TEST(IdleSpinTest, NoMoreThreadsLookAtOnceThanAllowed) {
  // Each level spins inside the one above, as threads beside each other would.
  for (const int allowed : {0, 1, 2}) {
    int depth = 0;
    const auto nest = [&](const auto& self) -> bool {
      ++depth;
      IdleSpin inner(microseconds(1'000), allowed, &Tick);
      inner.Spin([&] { return self(self); });
      return true;
    };
    IdleSpin outer(microseconds(1'000), allowed, &Tick);
    EXPECT_EQ(outer.Spin([&] { return nest(nest); }), allowed > 0);
    EXPECT_EQ(depth, allowed);
  }
}

TEST(IdleSpinTest, ZeroNeverLooks) {
  IdleSpin spin(microseconds(0), kOne, &Tick);
  EXPECT_FALSE(spin.Spin([]() -> bool {
    ADD_FAILURE() << "looked";
    return true;
  }));
}

}  // namespace
}  // namespace kosei
