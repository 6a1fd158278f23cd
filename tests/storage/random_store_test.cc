// Random transactions from several threads against a naive store, with reopenings; every View
// compared.
#include <map>
#include <random>
#include <set>
#include <thread>

#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::CommitResult;

class RandomStoreTest : public StoreTest {};

// The whole estate after each commit: memory by key, and links.
struct NaiveState {
  std::map<std::string, std::int64_t> records;
  std::set<std::pair<std::string, std::string>> links;
};

TEST_F(RandomStoreTest, AgreesWithANaiveStoreInEveryView) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::map<std::uint64_t, NaiveState> past{{0, {}}};
  NaiveState now;
  const auto key = [&random] { return "s" + std::to_string(random() % 12); };
  for (int step = 0; step < 400; ++step) {
    const std::string a = key();
    const std::string b = key();
    absl::StatusOr<CommitResult> result = CommitResult{};
    switch (random() % 5) {
      case 0:
      case 1: {
        const auto memory = static_cast<std::int64_t>(random() % 3);
        result = Put("Server", a, {{"memory", memory}});
        ASSERT_OK(result);
        now.records[a] = memory;
        break;
      }
      case 2:
        result = Link(a, "depends_on", b);
        ASSERT_EQ(result.ok(), now.records.contains(a) && now.records.contains(b));
        if (result.ok()) now.links.emplace(a, b);
        break;
      case 3:
        result = Unlink(a, "depends_on", b);
        ASSERT_EQ(result.ok(), now.links.contains({a, b}));
        now.links.erase({a, b});
        break;
      default:
        result = End(a);
        ASSERT_EQ(result.ok(), now.records.contains(a));
        now.records.erase(a);
        std::erase_if(now.links,
                      [&a](const auto& link) { return link.first == a || link.second == a; });
    }
    if (result.ok() && result->commit != kNoCommit) past[result->commit.value] = now;
    if (random() % 100 == 0) Reopen();
  }
  Reopen();
  ASSERT_EQ(reader().Newest().commit.value, past.rbegin()->first);
  for (const auto& [commit, state] : past) {
    if (random() % 4 != 0) continue;
    SCOPED_TRACE("commit " + std::to_string(commit));
    const storage::View view = At(CommitNumber{commit});
    std::map<std::string, std::int64_t> found;
    ASSERT_OK(reader().Scan(view, RecordId{1}, [&](RecordId, CommitNumber, RecordView record) {
      found[std::string(record.key())] = record.Find(AttributeOf("memory")).integer();
      return true;
    }));
    ASSERT_EQ(found, state.records);
    for (int i = 0; i < 12; ++i) {
      const std::string name = "s" + std::to_string(i);
      ASSERT_EQ(Get(name, view).ok(), state.records.contains(name));
      for (int k = 0; k < 12; ++k) {
        const std::string other = "s" + std::to_string(k);
        ASSERT_EQ(HasLink(name, "depends_on", other, view), state.links.contains({name, other}));
      }
    }
  }
}

TEST_F(RandomStoreTest, ConcurrentWritersLoseNothingAndShareTheOrder) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < kEach; ++i) {
        storage::Transaction transaction;
        const std::string key = "t" + std::to_string(t) + "-" + std::to_string(i);
        transaction.put_records.push_back({MakeRecord("Server", key, {{"memory", i}}), kNoCommit});
        transaction.put_records.push_back(
            {MakeRecord("Server", "shared", {{"memory", t * 1000 + i}}), std::nullopt});
        const auto result = writer().Commit(std::move(transaction));
        EXPECT_OK(result);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(reader().Newest().commit, CommitNumber{kThreads * kEach});
  Reopen();
  EXPECT_EQ(reader().Counts().records, static_cast<std::uint64_t>(kThreads * kEach + 1));
  std::string previous(32, '\0');
  for (std::uint64_t c = 1; c <= kThreads * kEach; ++c) {
    ASSERT_OK_AND_ASSIGN(const auto commit, reader().Commit(CommitNumber{c}));
    ASSERT_EQ(commit.previous_hash, previous);
    previous = commit.hash;
  }
  ASSERT_OK_AND_ASSIGN(const auto history,
                       reader().History(*reader().IdOf("shared"), reader().Newest()));
  EXPECT_EQ(history.size(), static_cast<std::size_t>(kThreads * kEach));
}

}  // namespace
}  // namespace kosei::testing
