// Impact with states and gates through the client library, and an answer that follows commits.
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "estate.h"
#include "gmock/gmock.h"
#include "kosei/base/mutex.h"

namespace kosei::e2e {
namespace {

using client::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ImpactAnswers : public Estate {
 protected:
  void SetUp() override {
    Estate::SetUp();
    client::Mutation mutation;
    for (const char* key : {"feed-a", "feed-b"})
      mutation.put_records.push_back({.record = MakeRecord("PowerFeed", key)});
    mutation.put_records.push_back(
        {.record = MakeRecord("Server", "host", {{"impact_gate", "any(powered_by)"}})});
    mutation.put_records.push_back({.record = MakeRecord("BusinessService", "shop")});
    mutation.put_links = {Link("host", "powered_by", "feed-a"),
                          Link("host", "powered_by", "feed-b"), Link("shop", "runs_on", "host")};
    ASSERT_OK(client->Mutate(mutation));
  }

  client::Link Link(const char* source, const char* type, const char* target) {
    return {.source = source, .type = client->model()->RelationshipTypeOf(type), .target = target};
  }
  void Commit(client::Mutation mutation) { ASSERT_OK(client->Mutate(mutation)); }

  static std::vector<std::string> Told(const client::ImpactEvent& event) {
    std::vector<std::string> told;
    for (const client::StateDifference& record : event.records) {
      told.push_back(record.key + (record.second == State::kFailed ? " failed" : " up"));
    }
    return told;
  }
};

TEST_F(ImpactAnswers, FollowCommitsOneEventForEachThatChangesTheAnswer) {
  const std::unique_ptr<client::Client> watching = Connect(server.admin_token());
  ASSERT_NE(watching, nullptr);
  Mutex mutex;
  CondVar heard;
  std::vector<client::ImpactEvent> events;
  absl::Status ended;
  std::thread watcher([&] {
    ended = watching->WatchImpact({.roots = {"feed-a"}}, [&](const client::ImpactEvent& event) {
      const MutexLock lock(mutex);
      events.push_back(event);
      heard.NotifyAll();
      return events.size() < 3;
    });
  });
  const auto await = [&](std::size_t count) {
    MutexLock lock(mutex);
    while (events.size() < count) heard.Wait(mutex);
  };
  await(1);
  // Nothing that the answer rests on.
  Commit({.put_records = {{.record = MakeRecord("Server", "other")}}});
  Commit({.end_links = {Link("host", "powered_by", "feed-b")}});
  await(2);
  Commit({.put_links = {Link("host", "powered_by", "feed-b")}});
  watcher.join();
  ASSERT_OK(ended);
  EXPECT_EQ(events[0].total, 0U);
  EXPECT_THAT(Told(events[0]), IsEmpty());
  EXPECT_EQ(events[1].total, 2U);
  EXPECT_THAT(Told(events[1]), ElementsAre("host failed", "shop failed"));
  EXPECT_EQ(events[1].records[1].path.size(), 2U);
  EXPECT_EQ(events[2].total, 0U);
  EXPECT_THAT(Told(events[2]), ElementsAre("host up", "shop up"));
}

TEST_F(ImpactAnswers, PointsOfFailureFollowCommits) {
  const std::unique_ptr<client::Client> watching = Connect(server.admin_token());
  ASSERT_NE(watching, nullptr);
  Mutex mutex;
  CondVar heard;
  std::vector<std::string> told;
  int events = 0;
  absl::Status ended;
  std::thread watcher([&] {
    ended = watching->WatchPoints({.services = {"shop"}}, [&](const client::PointsEvent& event) {
      const MutexLock lock(mutex);
      for (const client::PointChange& change : event.changes)
        told.push_back(change.key + (change.after == State::kFailed ? " is one" : " is none"));
      ++events;
      heard.NotifyAll();
      return events < 3;
    });
  });
  const auto await = [&](int count) {
    MutexLock lock(mutex);
    while (events < count) heard.Wait(mutex);
  };
  await(1);
  Commit({.end_links = {Link("host", "powered_by", "feed-b")}});
  await(2);
  Commit({.put_links = {Link("host", "powered_by", "feed-b")}});
  watcher.join();
  ASSERT_OK(ended);
  EXPECT_THAT(told, ElementsAre("host is one", "feed-a is one", "feed-a is none"));
}

TEST_F(ImpactAnswers, OnlyThePresentCanBeWatched) {
  client::ImpactRequest request{.roots = {"feed-a"}};
  request.view = client::ViewName::Parse("1");
  EXPECT_THAT(client->WatchImpact(request, [](const client::ImpactEvent&) { return false; }),
              ::kosei::testing::HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(ImpactAnswers, AScenarioOfTenThousandAndOneIsRefused) {
  client::ImpactRequest request{.roots = {"feed-a"}};
  request.scenario.blocked.assign(10'001, "host");
  EXPECT_THAT(client->Impact(request).status(),
              ::kosei::testing::HasErrorCode(ErrorCode::kRowBudget));
}

TEST_F(ImpactAnswers, AnUnknownKeyInAScenarioIsNamed) {
  client::ImpactRequest request{.roots = {"feed-a"}};
  request.scenario.assumptions = {{"nobody", State::kDegraded}};
  const absl::Status status = client->Impact(request).status();
  EXPECT_THAT(status, ::kosei::testing::HasErrorCode(ErrorCode::kNotFound));
  EXPECT_NE(MessageOf(status).find("nobody"), std::string_view::npos);
}

TEST_F(ImpactAnswers, AReportOfAServiceNamesTheGroupThatHeld) {
  const absl::StatusOr<client::ImpactReport> report = client->ReportImpact({.roots = {"feed-a"}});
  ASSERT_OK(report);
  EXPECT_EQ(report->total, 0U);
  ASSERT_EQ(report->groups.size(), 1U);
  EXPECT_EQ(report->groups[0].key, "host");
  EXPECT_TRUE(report->groups[0].reserve_before);
  EXPECT_FALSE(report->groups[0].reserve_after);
  EXPECT_EQ(report->hash.size(), 32U);
}

}  // namespace
}  // namespace kosei::e2e
