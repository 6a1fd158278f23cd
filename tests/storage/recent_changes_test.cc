// What the newest commits changed, beside a list that forgets nothing.
#include "recent_changes.h"

#include <map>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kosei::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

std::vector<RecordId> Ids(std::initializer_list<std::uint64_t> numbers) {
  std::vector<RecordId> ids;
  for (const std::uint64_t number : numbers) ids.push_back(RecordId{number});
  return ids;
}

constexpr std::size_t kAny = SIZE_MAX;

TEST(RecentChanges, TellsWhatIsBetweenTwoCommits) {
  RecentChanges recent;
  EXPECT_EQ(recent.Between(CommitNumber{0}, CommitNumber{1}, kAny), std::nullopt);
  recent.Add(CommitNumber{1}, Ids({7, 8}));
  recent.Add(CommitNumber{2}, {});
  recent.Add(CommitNumber{3}, Ids({7}));
  EXPECT_THAT(recent.Between(CommitNumber{0}, CommitNumber{3}, kAny),
              Optional(ElementsAre(RecordId{7}, RecordId{8}, RecordId{7})));
  EXPECT_THAT(recent.Between(CommitNumber{1}, CommitNumber{3}, kAny),
              Optional(ElementsAre(RecordId{7})));
  EXPECT_THAT(recent.Between(CommitNumber{1}, CommitNumber{2}, kAny), Optional(ElementsAre()));
  EXPECT_THAT(recent.Between(CommitNumber{3}, CommitNumber{3}, kAny), Optional(ElementsAre()));
  EXPECT_EQ(recent.Between(CommitNumber{3}, CommitNumber{4}, kAny), std::nullopt);
  EXPECT_EQ(recent.Between(CommitNumber{0}, CommitNumber{3}, 2), std::nullopt);
}

TEST(RecentChanges, BeginsAnewBehindACommitThatNobodyTold) {
  RecentChanges recent;
  recent.Add(CommitNumber{1}, Ids({1}));
  recent.Add(CommitNumber{5}, Ids({5}));
  EXPECT_EQ(recent.Between(CommitNumber{0}, CommitNumber{5}, kAny), std::nullopt);
  EXPECT_EQ(recent.Between(CommitNumber{0}, CommitNumber{1}, kAny), std::nullopt);
  EXPECT_THAT(recent.Between(CommitNumber{4}, CommitNumber{5}, kAny),
              Optional(ElementsAre(RecordId{5})));
}

// Whatever it answers is right, and what is recent it answers.
TEST(RecentChanges, AgreesWithAListThatForgetsNothing) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 3; ++round) {
    RecentChanges recent;
    std::map<std::uint64_t, std::vector<RecordId>> all;
    std::uint64_t commit = random() % 3 == 0 ? 0 : random() % 10'000;
    for (int i = 0; i < 20'000; ++i) {
      commit += random() % 200 == 0 ? 2 + random() % 5 : 1;
      const std::size_t most = random() % 500 == 0 ? 70'000 : 40;
      std::vector<RecordId> ids;
      for (std::size_t n = random() % most; n > 0; --n) ids.push_back(RecordId{random() % 1'000});
      recent.Add(CommitNumber{commit}, ids);
      all[commit] = std::move(ids);
      const std::uint64_t to = commit - random() % 4;
      const std::uint64_t after = to - std::min<std::uint64_t>(to, random() % 20'000);
      const auto told = recent.Between(CommitNumber{after}, CommitNumber{to}, kAny);
      std::vector<RecordId> naive;
      std::uint64_t last = after;
      for (auto at = all.upper_bound(after); at != all.end() && at->first <= to; ++at) {
        if (at->first != last + 1) break;
        last = at->first;
        naive.insert(naive.end(), at->second.begin(), at->second.end());
      }
      const bool whole = last == to;
      if (told.has_value()) {
        ASSERT_TRUE(whole) << after << " " << to;
        ASSERT_EQ(*told, naive);
      } else if (whole && after != to) {
        // Only what is old, or much, is forgotten.
        std::size_t since = 0;
        for (auto at = all.upper_bound(after); at != all.end(); ++at) since += at->second.size();
        ASSERT_TRUE(commit - after >= RecentChanges::kCommits - 1 ||
                    since > RecentChanges::kRecords || all.upper_bound(to) != all.end());
      }
    }
  }
}

}  // namespace
}  // namespace kosei::storage
