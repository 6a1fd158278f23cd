#include "kosei/base/mutex.h"

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace kosei {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kThreads = 4;

TEST(MutexTest, OneAtATimeChangesWhatItGuards) {
  Mutex mutex;
  std::uint64_t count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 10'000; ++round) {
        const MutexLock lock(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, kThreads * 10'000U);
}

TEST(SharedMutexTest, ReadersSeeNothingHalfWritten) {
  SharedMutex mutex;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::thread writer([&] {
    for (int round = 0; round < 10'000; ++round) {
      const WriterLock lock(mutex);
      ++first;
      ++second;
    }
  });
  std::vector<std::thread> readers;
  for (int i = 0; i < kThreads; ++i) {
    readers.emplace_back([&] {
      for (int round = 0; round < 1'000; ++round) {
        const ReaderLock lock(mutex);
        EXPECT_EQ(first, second);
      }
    });
  }
  writer.join();
  for (std::thread& reader : readers) reader.join();
}

TEST(SharedMutexTest, ReadersAreInsideTogether) {
  SharedMutex mutex;
  Notification other_is_inside;
  const ReaderLock lock(mutex);
  std::thread other([&] {
    const ReaderLock other_lock(mutex);
    other_is_inside.Notify();
  });
  other_is_inside.Wait();
  other.join();
}

TEST(CondVarTest, NoNotificationIsLostBetweenTwoThatTakeTurns) {
  Mutex mutex;
  CondVar turned;
  int turn = 0;
  const auto play = [&](int mine) {
    for (int round = 0; round < 2'000; ++round) {
      {
        const MutexLock lock(mutex);
        while (turn != mine) turned.Wait(mutex);
        turn = 1 - mine;
      }
      turned.NotifyOne();
    }
  };
  std::thread other(play, 1);
  play(0);
  other.join();
  const MutexLock lock(mutex);
  EXPECT_EQ(turn, 0);
}

TEST(CondVarTest, NotifyAllWakesAll) {
  Mutex mutex;
  CondVar changed;
  int waiting = 0;
  bool open = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const MutexLock lock(mutex);
      ++waiting;
      changed.NotifyAll();
      while (!open) changed.Wait(mutex);
    });
  }
  {
    const MutexLock lock(mutex);
    while (waiting < kThreads) changed.Wait(mutex);
    open = true;
  }
  changed.NotifyAll();
  for (std::thread& thread : threads) thread.join();
}

TEST(CondVarTest, AWaitEndsAtItsTimeAndHoldsTheMutex) {
  Mutex mutex;
  CondVar never;
  const auto until = SteadyClock::now() + std::chrono::milliseconds(1);
  {
    const MutexLock lock(mutex);
    while (never.WaitUntil(mutex, until)) continue;
    EXPECT_GE(SteadyClock::now(), until);
    EXPECT_FALSE(never.WaitUntil(mutex, until)) << "a time that has passed is not waited for";
  }
  const MutexLock lock(mutex);  // it is free again
}

TEST(NotificationTest, MayBeDestroyedAsSoonAsTheWaitIsOver) {
  for (int round = 0; round < 500; ++round) {
    int result = 0;
    std::thread other;
    {
      Notification finished;
      other = std::thread([&] {
        result = round;
        finished.Notify();
      });
      finished.Wait();
    }
    EXPECT_EQ(result, round);
    other.join();
  }
}

TEST(NotificationTest, AWaitAfterwardsReturnsAtOnce) {
  Notification finished;
  finished.Notify();
  finished.Wait();
  finished.Wait();
}

}  // namespace
}  // namespace kosei
