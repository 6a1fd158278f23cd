// Eight people at eight connections who want the same records at the same time: nothing that one of
// them has written is lost, nothing is decided twice, and no guard is passed by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "provider.h"
#include "status_matchers.h"
#include "world.h"

namespace kosei::simulation {
namespace {

using ::testing::ElementsAre;

constexpr Timestamp kNoon{1'775'044'800'000'000};
constexpr std::size_t kPeople = 8;
using Outcome = absl::StatusOr<client::ProcessOutcome>;

class Fight : public ::testing::Test {
 protected:
  // Of eight with the same role.
  void Hire(const std::string& role) {
    for (std::size_t i = 0; i < kPeople; ++i)
      people_.push_back(provider_.Hire(absl::StrCat(role, "-", i), role));
  }
  // All at once, each on a connection and a thread of its own.
  void All(const std::function<void(std::size_t, client::Client&)>& what) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kPeople; ++i)
      threads.emplace_back([&, i] { what(i, *people_[i]); });
    for (std::thread& thread : threads) thread.join();
  }
  static Outcome Do(client::Client& client, const std::string& key, const Deed& deed) {
    return client.DoProcess(StepOf(key, deed));
  }
  void Must(client::Client& client, const std::string& key, const Deed& deed) {
    const Outcome outcome = Do(client, key, deed);
    ASSERT_OK(outcome);
    ASSERT_TRUE(outcome->done()) << Told(*outcome);
  }
  std::string Report() {
    const auto opened = provider_.As("desk1").OpenProcess(
        {.class_name = "Incident",
         .attributes = {{"name", {"Mail is slow"}}, {"category", {"mail"}}},
         .links = {{"concerns", "svc:mail"}, {"reported_by", "u1"}}});
    EXPECT_OK(opened);
    return opened.ok() ? opened->key : std::string();
  }
  std::string Assigned() {
    const std::string key = Report();
    Must(
        provider_.As("desk1"), key,
        {.event = "triage",
         .attributes = {{"impact", "low"}, {"urgency", "low"}, {"assignment_group", "team:desk"}}});
    return key;
  }
  std::string One(const std::string& statement) {
    const auto rows = provider_.Ask(statement);
    return rows.empty() ? "" : rows[0][0];
  }

  Provider provider_{kNoon, 1};
  std::vector<std::unique_ptr<client::Client>> people_;
};

TEST_F(Fight, NoUpdateIsLost) {
  Hire("service_desk");
  constexpr std::size_t kEach = 10;
  const std::string key = Assigned();
  All([&](std::size_t i, client::Client& client) {
    for (std::size_t k = 0; k < kEach; ++k) {
      const Outcome outcome =
          Do(client, key,
             {.event = "assign",
              .attributes = {{"assignment_group", i % 2 == 0 ? "team:desk" : "team:servers"}}});
      ASSERT_OK(outcome);
      EXPECT_TRUE(outcome->done()) << Told(*outcome);
    }
  });
  // Each has counted on from what the one before it had written.
  EXPECT_EQ(One("MATCH (i:Incident) RETURN i.reassignment_count"), "80");
}

TEST_F(Fight, OfThoseWhoHaveSeenOneVersionOneWrites) {
  Hire("service_desk");
  for (int round = 0; round < 5; ++round) {
    const std::string key = Assigned();
    ASSERT_OK_AND_ASSIGN(const client::ProcessOutlook seen, provider_.admin().LookAtProcess(key));
    std::atomic<int> wrote = 0;
    All([&](std::size_t i, client::Client& client) {
      client::ProcessStep step = StepOf(key, {.attributes = {{"description", absl::StrCat(i)}}});
      step.expected_begin = seen.begin;
      const Outcome outcome = client.DoProcess(step);
      if (outcome.ok()) {
        ++wrote;
      } else {
        EXPECT_THAT(outcome, testing::HasErrorCode(ErrorCode::kVersionConflict));
      }
    });
    EXPECT_EQ(wrote, 1);
  }
}

TEST_F(Fight, WhatOneDecidesIsDecidedOnce) {
  Hire("emergency_board");
  for (int round = 0; round < 5; ++round) {
    const auto opened = provider_.As("req1").OpenProcess(
        {.class_name = "Change",
         .attributes = {{"name", {"Close a port"}}, {"kind", {"emergency"}}},
         .links = {{"concerns", "svc:mail"}}});
    ASSERT_OK(opened);
    Must(provider_.As("req1"), opened->key,
         {.event = "ask_decision",
          .attributes = {{"scope", "the firewall"},
                         {"reason", "an attack"},
                         {"emergency_criterion", "mail is down"},
                         {"backout_plan", "open it"},
                         {"risk_statement", "little"}}});
    std::atomic<int> votes = 0;
    std::atomic<int> grants = 0;
    All([&](std::size_t i, client::Client& client) {
      const Outcome outcome = client.VoteOnProcess(
          {.key = opened->key, .reject = i % 2 == 1, .comment = "as discussed"});
      ASSERT_OK(outcome);
      if (outcome->done()) ++votes;
      grants += static_cast<int>(outcome->followed.size());
    });
    EXPECT_EQ(votes, 1);
    EXPECT_EQ(grants, 1);
    EXPECT_EQ(One(absl::StrCat("MATCH (v:Vote)-[:vote_of]->()-[:approval_of]->(c {key: '",
                               opened->key, "'}) RETURN count(*)")),
              "1");
  }
}

TEST_F(Fight, NothingIsResolvedWithWorkLeft) {
  Hire("support");
  for (int round = 0; round < 5; ++round) {
    const std::string key = Assigned();
    std::vector<std::uint64_t> tasks(kPeople);
    std::atomic<std::uint64_t> resolved = 0;
    All([&](std::size_t i, client::Client& client) {
      if (i % 2 == 0) {
        const auto task = client.OpenProcess({.class_name = "Task",
                                              .attributes = {{"name", {"look at the disk"}}},
                                              .links = {{"part_of", key}}});
        ASSERT_OK(task);
        tasks[i] = task->commit;
        return;
      }
      const Outcome outcome =
          Do(client, key,
             {.event = "resolve",
              .attributes = {{"resolution", "restarted"}, {"resolution_code", "restarted"}}});
      ASSERT_OK(outcome);
      if (outcome->done()) resolved = outcome->commit;
    });
    // Whoever resolved it has seen no task.
    for (const std::uint64_t task : tasks) {
      if (task != 0 && resolved != 0) EXPECT_GT(task, resolved.load());
    }
  }
}

TEST_F(Fight, TwoAreNotDuplicatesOfEachOther) {
  Hire("service_desk");
  for (int round = 0; round < 10; ++round) {
    const std::string one = Report();
    const std::string other = Report();
    std::atomic<int> marked = 0;
    All([&](std::size_t i, client::Client& client) {
      const Outcome outcome =
          Do(client, i % 2 == 0 ? one : other,
             {.event = "mark_duplicate", .inputs = {{"original", i % 2 == 0 ? other : one}}});
      ASSERT_OK(outcome);
      if (outcome->done()) ++marked;
    });
    EXPECT_EQ(marked, 1);
  }
  EXPECT_EQ(One("MATCH (a:Incident)-[:duplicate_of]->(b:Incident {state: 'duplicate'}) RETURN "
                "count(*)"),
            "0");
}

TEST_F(Fight, NumbersComeOnceEach) {
  Hire("service_desk");
  All([&](std::size_t i, client::Client& client) {
    for (int k = 0; k < 10; ++k) {
      // Some fail, and give back what they were to be called.
      const auto opened =
          client.OpenProcess({.class_name = "Incident",
                              .attributes = {{"name", {absl::StrCat(i)}}},
                              .links = {{"concerns", k % 3 == 0 ? "svc:none" : "svc:mail"}}});
      EXPECT_EQ(opened.ok(), k % 3 != 0);
    }
  });
  EXPECT_THAT(
      provider_.Ask("MATCH (i:Incident) RETURN count(*), count(DISTINCT i.key), min(i.key)"),
      ElementsAre(ElementsAre("48", "48", "INC-000001")));
  // A number that is given back goes to the next who asks. The last of the eight who open may have
  // asked while the other seven held theirs, so that no more than seven can stay unused.
  EXPECT_LE(One("MATCH (i:Incident) RETURN max(i.key)"), "INC-000055");
}

}  // namespace
}  // namespace kosei::simulation
