// The deadline queue against a list that is looked through from one end to the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "kosei/process/deadline_queue.h"

namespace kosei::process {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> KeysOf(const std::vector<DueEntry>& due) {
  std::vector<std::string> keys;
  for (const DueEntry& entry : due) keys.push_back(entry.key);
  return keys;
}

TEST(DeadlineQueueTest, TakesWhatIsDueInOrderOfTimeAndThenOfKey) {
  DeadlineQueue queue;
  EXPECT_EQ(queue.Next(), std::nullopt);
  EXPECT_EQ(queue.Set("b", {10}, "warn"), SetOutcome::kAdded);
  queue.Set("c", {10}, "warn");
  queue.Set("a", {10}, "warn");
  queue.Set("z", {5}, "breach");
  queue.Set("y", {11}, "warn");
  EXPECT_EQ(queue.Next(), Timestamp{5});
  EXPECT_THAT(queue.TakeDue({4}), ::testing::IsEmpty());
  EXPECT_THAT(KeysOf(queue.TakeDue({10}, 2)), ElementsAre("z", "a"));
  EXPECT_THAT(KeysOf(queue.TakeDue({10})), ElementsAre("b", "c"));
  EXPECT_EQ(queue.size(), 1U);
}

TEST(DeadlineQueueTest, NothingIsTakenTwiceWhenTheClockGoesBack) {
  DeadlineQueue queue;
  queue.Set("INC-1", {100}, "breach");
  const auto due = queue.TakeDue({150});
  ASSERT_EQ(due.size(), 1U);
  // The clock is set back, and the deadline is reckoned anew from the record: the same.
  EXPECT_EQ(queue.Set("INC-1", {100}, "breach"), SetOutcome::kAlreadyTaken);
  EXPECT_THAT(queue.TakeDue({90}), ::testing::IsEmpty());
  EXPECT_THAT(queue.TakeDue({200}), ::testing::IsEmpty());
  EXPECT_TRUE(queue.IsCurrent("INC-1", due[0].generation));
  // Another deadline is another matter, and so is a key that was forgotten.
  EXPECT_EQ(queue.Set("INC-1", {100}, "other"), SetOutcome::kAdded);
  EXPECT_FALSE(queue.IsCurrent("INC-1", due[0].generation));
  EXPECT_EQ(queue.TakeDue({200}).size(), 1U);
  EXPECT_TRUE(queue.Remove("INC-1"));
  EXPECT_FALSE(queue.Remove("INC-1"));
  EXPECT_EQ(queue.Set("INC-1", {100}, "other"), SetOutcome::kAdded);
}

TEST(DeadlineQueueTest, WhatIsReplacedOrRemovedDoesNotFire) {
  DeadlineQueue queue;
  queue.Set("a", {10}, "x");
  EXPECT_EQ(queue.Set("a", {10}, "x"), SetOutcome::kUnchanged);
  EXPECT_EQ(queue.Set("a", {30}, "x"), SetOutcome::kReplaced);
  queue.Set("b", {20}, "x");
  EXPECT_TRUE(queue.Remove("b"));
  EXPECT_THAT(queue.TakeDue({29}), ::testing::IsEmpty());
  EXPECT_THAT(KeysOf(queue.TakeDue({30})), ElementsAre("a"));
  EXPECT_TRUE(queue.empty());
}

struct NaiveEntry {
  std::string key;
  Timestamp due;
  std::string what;
  bool taken = false;
};

TEST(DeadlineQueueTest, IsTheListThatIsLookedThrough) {
  std::mt19937_64 random(20'261'130);
  const auto below = [&](std::uint64_t bound) {
    return static_cast<std::int64_t>(random() % bound);
  };
  DeadlineQueue queue;
  std::vector<NaiveEntry> list;
  std::size_t taken = 0;
  std::int64_t now = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::string key = "k" + std::to_string(below(300));
    const auto found = std::ranges::find(list, key, &NaiveEntry::key);
    const std::int64_t action = below(10);
    if (action < 6) {
      const NaiveEntry entry{key, {now + below(40) - 5}, below(2) == 0 ? "w" : "b"};
      queue.Set(entry.key, entry.due, entry.what);
      const bool same = found != list.end() && found->due == entry.due && found->what == entry.what;
      if (found == list.end()) {
        list.push_back(entry);
      } else if (!same) {
        *found = entry;
      }
    } else if (action < 8) {
      EXPECT_EQ(queue.Remove(key), found != list.end());
      if (found != list.end()) list.erase(found);
    } else {
      now += below(20) - 6;  // back at times
      const auto limit = static_cast<std::size_t>(below(8) == 0 ? 3 : 1'000);
      std::vector<std::pair<Timestamp, std::string>> expected;
      for (const NaiveEntry& entry : list) {
        if (!entry.taken && entry.due <= Timestamp{now})
          expected.emplace_back(entry.due, entry.key);
      }
      std::ranges::sort(expected);
      if (expected.size() > limit) expected.resize(limit);
      const std::vector<DueEntry> due = queue.TakeDue({now}, limit);
      ASSERT_EQ(due.size(), expected.size());
      for (std::size_t i = 0; i < due.size(); ++i) {
        ASSERT_EQ(due[i].key, expected[i].second);
        auto& entry = *std::ranges::find(list, due[i].key, &NaiveEntry::key);
        ASSERT_EQ(due[i].due, entry.due);
        ASSERT_EQ(due[i].what, entry.what);
        entry.taken = true;
      }
      taken += due.size();
    }
    std::size_t waiting = 0;
    std::optional<Timestamp> next;
    for (const NaiveEntry& entry : list) {
      if (entry.taken) continue;
      ++waiting;
      next = std::min(next.value_or(entry.due), entry.due);
    }
    ASSERT_EQ(queue.size(), waiting);
    ASSERT_EQ(queue.Next(), next);
  }
  EXPECT_GT(taken, 1'500U);
}

TEST(DeadlineQueueTest, AMillionEntriesComeOutInOrderHoweverTheClockJumps) {
  constexpr std::int64_t kCount = 1'000'000;
  std::mt19937_64 random(7);
  DeadlineQueue queue;
  std::vector<std::pair<std::int64_t, std::string>> expected;
  expected.reserve(kCount);
  for (std::int64_t i = 0; i < kCount; ++i) {
    const auto due = static_cast<std::int64_t>(random() % 500'000);
    std::string key = "INC-" + std::to_string(i);
    queue.Set(key, {due}, "resolve");
    expected.emplace_back(due, std::move(key));
  }
  std::ranges::sort(expected);
  EXPECT_EQ(queue.size(), static_cast<std::size_t>(kCount));
  std::size_t at = 0;
  // Steps of a clock that also goes back, and in the end leaps to the end of time.
  for (std::int64_t now = 1'000; now < 400'000;
       now += static_cast<std::int64_t>(random() % 9'000) - 2'000) {
    for (const DueEntry& entry : queue.TakeDue({now})) {
      ASSERT_EQ(entry.key, expected[at].second);
      ASSERT_LE(entry.due.micros, now);
      ++at;
    }
    ASSERT_TRUE(!queue.Next().has_value() || queue.Next()->micros > now);
  }
  for (const DueEntry& entry : queue.TakeDue(kEndOfTime)) {
    ASSERT_EQ(entry.key, expected[at].second);
    ++at;
  }
  EXPECT_EQ(at, expected.size());
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace kosei::process
