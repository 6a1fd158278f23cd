// Readers and writers at the same time: what a View shows is one commit, whole. ThreadSanitizer
// runs it too.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "kosei/base/mutex.h"
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

class ConcurrencyTest : public StoreTest {
 protected:
  // The cache holds a few versions only, so that eviction is under way all the time.
  void SetUp() override {
    storage::EngineOptions options = Options();
    options.record_cache_bytes = 64 << 10;
    auto engine = storage::Engine::Open(std::move(options));
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }

  // Gives left and right the same memory, and left one more that depends on it.
  storage::Transaction Step(int number) {
    const std::string key = "needs-" + std::to_string(number);
    storage::Transaction transaction;
    transaction.put_records.push_back(
        {MakeRecord("Server", "left", {{"memory", number}}), std::nullopt});
    transaction.put_records.push_back(
        {MakeRecord("Server", "right", {{"memory", number}}), std::nullopt});
    transaction.put_records.push_back({MakeRecord("Application", key), kNoCommit});
    transaction.put_links.push_back({key, TypeOf("depends_on"), "left"});
    return transaction;
  }

  void ExpectOneWholeCommit(const storage::View& view) {
    ASSERT_OK_AND_ASSIGN(const Record left, Get("left", view));
    ASSERT_OK_AND_ASSIGN(const Record right, Get("right", view));
    EXPECT_EQ(left.Find(AttributeOf("memory"))->integer(),
              right.Find(AttributeOf("memory"))->integer());
    std::size_t applications = 0;
    ASSERT_OK(reader().Scan(view, RecordId{1}, [&](RecordId, CommitNumber, RecordView record) {
      if (record.key().starts_with("needs-")) ++applications;
      return true;
    }));
    ASSERT_OK_AND_ASSIGN(const storage::GraphView graph, reader().Graph(view));
    EXPECT_EQ(graph.Degree(storage::LinkDirection::kIn, storage::NodeOf(*reader().IdOf("left"))),
              applications);
    EXPECT_EQ(view.commit.value, applications);
  }
};

TEST_F(ConcurrencyTest, AReaderSeesWholeCommitsWhileOthersWrite) {
  constexpr int kWriters = 2;
  constexpr int kEach = 60;
  ASSERT_OK(writer().Commit(Step(0)));
  std::atomic<bool> over{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      do {
        ExpectOneWholeCommit(reader().Newest());
      } while (!over.load() && !HasFailure());
    });
  }
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      for (int step = 0; step < kEach; ++step) {
        EXPECT_OK(writer().Commit(Step(1 + i * kEach + step)));
      }
    });
  }
  for (std::thread& thread : writers) thread.join();
  over = true;
  for (std::thread& thread : readers) thread.join();
  EXPECT_EQ(reader().Newest().commit, CommitNumber{1 + kWriters * kEach});
  ExpectOneWholeCommit(reader().Newest());
}

TEST_F(ConcurrencyTest, EveryCommitIsAnsweredWhoeverLeads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  std::atomic<int> open{kThreads * kEach};
  Notification all_answered;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int step = 0; step < kEach; ++step) {
        storage::Transaction transaction = Step(i * kEach + step);
        // Callers that lead, and commits that only the committer's own thread may lead.
        if (step % 3 == 0) {
          EXPECT_OK(writer().Commit(std::move(transaction)));
          if (--open == 0) all_answered.Notify();
        } else {
          writer().CommitAsync(std::move(transaction), [&](auto result) {
            EXPECT_OK(result);
            if (--open == 0) all_answered.Notify();
          });
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  all_answered.Wait();
  EXPECT_EQ(reader().Newest().commit, CommitNumber{kThreads * kEach});
}

TEST_F(ConcurrencyTest, WhatIsQueuedWhenTheStoreClosesIsCommittedFirst) {
  constexpr int kCommits = 100;
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> answered{0};
    for (int step = 0; step < kCommits; ++step) {
      writer().CommitAsync(Step(round * kCommits + step), [&](auto result) {
        EXPECT_OK(result);
        ++answered;
      });
    }
    Reopen();
    EXPECT_EQ(answered.load(), kCommits);
    EXPECT_EQ(reader().Newest().commit.value, static_cast<std::uint64_t>((round + 1) * kCommits));
  }
}

}  // namespace
}  // namespace kosei::testing
