// Impact, paths, history and the past.
#include <atomic>
#include <thread>

#include "estate.h"
#include "kosei/base/error.h"

namespace kosei::e2e {
namespace {

using client::Direction;
using client::ImpactRequest;
using kosei::testing::HasErrorCode;
using Keys = std::vector<std::string>;

// shop -> app -> db -> host, app -> host; batch depends on itself through a circle.
class Views : public Estate {
 protected:
  void SetUp() override {
    Estate::SetUp();
    commit = Put({MakeRecord("BusinessService", "shop"), MakeRecord("Application", "app"),
                  MakeRecord("Database", "db"), MakeRecord("Server", "host"),
                  MakeRecord("Application", "batch-a"), MakeRecord("Application", "batch-b")},
                 {MakeLink("shop", "depends_on", "app"), MakeLink("app", "uses", "db"),
                  MakeLink("app", "runs_on", "host"), MakeLink("db", "runs_on", "host"),
                  MakeLink("batch-a", "depends_on", "batch-b"),
                  MakeLink("batch-b", "depends_on", "batch-a"), MakeLink("batch-a", "uses", "db")});
  }
  std::uint64_t commit = 0;
};

TEST_F(Views, ImpactTellsDistancesAndPaths) {
  ImpactRequest request;
  request.roots = {"host"};
  std::vector<std::string> keys = {"host"};
  std::vector<std::uint32_t> distances = {0};
  std::vector<std::uint32_t> predecessors = {0};
  std::vector<RelationshipTypeNumber> vias = {RelationshipTypeNumber{}};
  ASSERT_OK_AND_ASSIGN(const client::ImpactSummary summary,
                       client->Impact(request, [&](const client::ImpactBatch& batch) {
                         keys.insert(keys.end(), batch.keys.begin(), batch.keys.end());
                         distances.insert(distances.end(), batch.distances.begin(),
                                          batch.distances.end());
                         predecessors.insert(predecessors.end(), batch.predecessors.begin(),
                                             batch.predecessors.end());
                         vias.insert(vias.end(), batch.vias.begin(), batch.vias.end());
                         return true;
                       }));
  EXPECT_EQ(summary.total, 5U);
  EXPECT_EQ(summary.truncated, client::TruncationReason::kNone);
  ASSERT_EQ(keys.size(), 6U);
  for (std::size_t i = 1; i < keys.size(); ++i) {
    ASSERT_LT(predecessors[i], i) << "a predecessor comes before";
    EXPECT_EQ(distances[i], distances[predecessors[i]] + 1);
    EXPECT_GE(distances[i], distances[i - 1]) << "nearest first";
  }
  const auto position = [&keys](std::string_view key) {
    return static_cast<std::size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
  };
  EXPECT_EQ(distances[position("app")], 1U);
  EXPECT_EQ(distances[position("shop")], 2U);
  EXPECT_EQ(keys[predecessors[position("shop")]], "app");
  EXPECT_EQ(vias[position("shop")], Type("depends_on"));
  std::uint64_t by_class = 0;
  for (const auto& [number, count] : summary.by_class) by_class += count;
  EXPECT_EQ(by_class, summary.total);
}

TEST_F(Views, ImpactKeepsToDirectionDepthAndLimit) {
  EXPECT_EQ(Affected({.roots = {"db"}}), (Keys{"app", "batch-a", "batch-b", "shop"}));
  EXPECT_EQ(Affected({.roots = {"shop"}, .direction = Direction::kUp}),
            (Keys{"app", "db", "host"}));
  ImpactRequest near{.roots = {"host"}, .depth = 1};
  EXPECT_EQ(Affected(near), (Keys{"app", "db"}));
  ASSERT_OK_AND_ASSIGN(const client::ImpactSummary cut, client->Impact(near));
  EXPECT_EQ(cut.truncated, client::TruncationReason::kDepth);
  EXPECT_EQ(cut.truncated_depth, 1U);

  std::size_t listed = 0;
  ASSERT_OK_AND_ASSIGN(
      const client::ImpactSummary limited,
      client->Impact({.roots = {"host"}, .limit = 2}, [&](const client::ImpactBatch& batch) {
        listed += batch.keys.size();
        return true;
      }));
  EXPECT_EQ(listed, 2U);
  EXPECT_EQ(limited.total, 5U) << "a limit bounds what is listed, never what is counted";
  EXPECT_THAT(client->Impact({.roots = {"nowhere"}}), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(Views, PathIsTheShortestCausalOne) {
  ASSERT_OK_AND_ASSIGN(const client::PathResult path, client->Path("host", "shop"));
  EXPECT_TRUE(path.found);
  ASSERT_EQ(path.steps.size(), 2U);
  EXPECT_EQ(path.steps[0].from, "host");
  EXPECT_EQ(path.steps[0].to, "app");
  EXPECT_EQ(path.steps[1].type, Type("depends_on"));
  EXPECT_EQ(path.steps[1].to, "shop");
  ASSERT_OK_AND_ASSIGN(const client::PathResult none, client->Path("shop", "host"));
  EXPECT_FALSE(none.found);
}

TEST_F(Views, ThePastStaysAsItWas) {
  ASSERT_OK_AND_ASSIGN(const client::Baseline baseline,
                       client->CreateBaseline("before", "before the move"));
  EXPECT_EQ(baseline.view.commit, commit);
  client::Mutation move;
  move.end_links = {MakeLink("db", "runs_on", "host")};
  move.put_records.push_back({MakeRecord("Server", "host-2"), {}});
  move.put_links = {MakeLink("db", "runs_on", "host-2")};
  move.end_records = {{"shop", {}}};
  ASSERT_OK_AND_ASSIGN(const client::WriteCounts moved, client->Mutate(move));
  EXPECT_EQ(Affected({.roots = {"host"}}), Keys{"app"});
  EXPECT_FALSE(Find("shop").has_value());
  for (const client::ViewName& past : {At(commit), Named("before")}) {
    EXPECT_EQ(Affected({.roots = {"host"}, .view = past}),
              (Keys{"app", "batch-a", "batch-b", "db", "shop"}));
    EXPECT_TRUE(Find("shop", past).has_value());
    EXPECT_FALSE(Find("host-2", past).has_value());
  }
  client::ViewName then;
  then.kind = client::ViewName::Kind::kTime;
  then.time = moved.time;
  EXPECT_FALSE(Find("shop", then).has_value());
  then.time.micros -= 1;
  EXPECT_TRUE(Find("shop", then).has_value());

  std::vector<std::string> told;
  ASSERT_OK_AND_ASSIGN(
      const client::CompareSummary summary,
      client->Compare({.from = Named("before")}, [&](const client::DifferenceBatch& batch) {
        for (const client::RecordDifference& record : batch.records) {
          told.push_back(record.before ? "-" + record.before->record.key
                                       : "+" + record.after->record.key);
          EXPECT_EQ(record.cause.number, moved.commit);
        }
        for (const client::LinkDifference& link : batch.links) {
          told.push_back((link.added ? "+" : "-") + link.source + "/" + link.target);
          EXPECT_EQ(link.cause.time, moved.time);
          EXPECT_EQ(link.cause.actor, "admin");
        }
        return true;
      }));
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, (Keys{"+db/host-2", "+host-2", "-db/host", "-shop", "-shop/app"}));
  EXPECT_EQ(summary.records_added, 1U);
  EXPECT_EQ(summary.links_removed, 2U);
  EXPECT_EQ(summary.from.commit, commit);
  EXPECT_EQ(summary.to.commit, moved.commit);

  ASSERT_OK_AND_ASSIGN(const std::vector<client::Baseline> all, client->ListBaselines());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].creator, "admin");
  EXPECT_GT(all[0].created.micros, 0);
  EXPECT_EQ(all[0].name, "before");
  EXPECT_EQ(all[0].description, "before the move");
  EXPECT_THAT(client->CreateBaseline("before", ""), HasErrorCode(ErrorCode::kAlreadyExists));
  EXPECT_THAT(client->Get({"host"}, Named("after")), HasErrorCode(ErrorCode::kUnknownBaseline));
  ASSERT_OK(client->DropBaseline("before"));
  EXPECT_THAT(client->Get({"host"}, Named("before")), HasErrorCode(ErrorCode::kUnknownBaseline));
  EXPECT_THAT(client->DropBaseline("before"), HasErrorCode(ErrorCode::kUnknownBaseline));
}

TEST_F(Views, AViewOfTheFutureIsAnError) {
  EXPECT_THAT(client->Get({"host"}, client::ViewName::Parse("2999-01-01T00:00:00Z")),
              HasErrorCode(ErrorCode::kFutureTime));
  EXPECT_FALSE(client->Get({"host"}, At(commit + 1'000)).ok());
}

TEST_F(Views, HistoryNamesEveryVersionAndItsCommit) {
  client::Mutation rename;
  rename.provenance = {"new owner", "CHG-1", "test-source"};
  rename.put_records.push_back({MakeRecord("Database", "db", {{"owner", "dba"}}), {}});
  ASSERT_OK_AND_ASSIGN(const client::WriteCounts renamed, client->Mutate(rename));
  const std::uint64_t ended = End("db");
  ASSERT_OK_AND_ASSIGN(const client::History history, client->GetHistory("db"));
  ASSERT_GE(history.versions.size(), 2U);
  EXPECT_EQ(history.versions.back().begin, commit);
  const auto named =
      std::find_if(history.commits.begin(), history.commits.end(),
                   [&](const client::Commit& one) { return one.number == renamed.commit; });
  ASSERT_NE(named, history.commits.end());
  EXPECT_EQ(named->reason, "new owner");
  EXPECT_EQ(named->cause, "CHG-1");
  EXPECT_EQ(named->source, "test-source");
  EXPECT_FALSE(named->actor.empty());
  EXPECT_EQ(named->hash.size(), 64U);
  EXPECT_EQ(history.links.size(), 3U);
  for (const client::LinkSpan& link : history.links) EXPECT_EQ(link.end, ended);
  EXPECT_THAT(client->GetHistory("nowhere"), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(Views, DiffShowsWhatChangedBetweenTwoViews) {
  client::Mutation change;
  change.put_records.push_back({MakeRecord("Database", "db", {{"owner", "dba"}}), {}});
  change.end_links = {MakeLink("db", "runs_on", "host")};
  change.put_links = {MakeLink("db", "depends_on", "batch-b")};
  ASSERT_OK_AND_ASSIGN(const client::WriteCounts changed, client->Mutate(change));
  ASSERT_OK_AND_ASSIGN(const client::Diff diff,
                       client->GetDiff("db", At(commit), At(changed.commit)));
  EXPECT_EQ(diff.from.commit, commit);
  EXPECT_EQ(diff.to.commit, changed.commit);
  ASSERT_TRUE(diff.before.has_value());
  ASSERT_TRUE(diff.after.has_value());
  const AttributeNumber owner = client->model()->AttributeOf("owner");
  EXPECT_EQ(diff.before->record.Find(owner), nullptr);
  EXPECT_EQ(*diff.after->record.Find(owner), Value("dba"));
  ASSERT_EQ(diff.links_added.size(), 1U);
  EXPECT_EQ(diff.links_added[0].target, "batch-b");
  ASSERT_EQ(diff.links_removed.size(), 1U);
  EXPECT_EQ(diff.links_removed[0].target, "host");
}

TEST_F(Views, AWatchTellsEveryCommitInOrder) {
  for (int i = 0; i < 5; ++i) Put({MakeRecord("Server", "early-" + std::to_string(i))});
  const auto writer = Connect(server.admin_token());
  std::thread writes;
  std::vector<std::uint64_t> seen;
  std::vector<std::string> keys;
  EXPECT_OK(client->Watch(commit, [&](const std::optional<client::WatchEvent>& event) {
    if (!event.has_value()) return true;
    seen.push_back(event->commit.number);
    for (const client::ChangedRecord& record : event->records) keys.push_back(record.key);
    if (seen.size() == 5) {
      // The ones after this come while somebody waits.
      writes = std::thread([&] {
        for (int i = 0; i < 5; ++i) {
          client::Mutation mutation;
          mutation.put_records.push_back({MakeRecord("Server", "late-" + std::to_string(i)), {}});
          EXPECT_OK(writer->Mutate(mutation));
        }
      });
    }
    return seen.size() < 10;
  }));
  writes.join();
  ASSERT_EQ(seen.size(), 10U);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], commit + 1 + i);
  EXPECT_EQ(keys, (Keys{"early-0", "early-1", "early-2", "early-3", "early-4", "late-0", "late-1",
                        "late-2", "late-3", "late-4"}));
}

TEST_F(Views, AFilteredWatchGoesOnAfterARestartOfTheServer) {
  Put({MakeRecord("Server", "other-1")});
  const std::uint64_t first = Put({MakeRecord("Server", "web-1")});
  std::vector<std::string> keys;
  std::vector<std::uint64_t> commits;
  std::uint64_t last = 0;
  EXPECT_OK(
      client->Watch(client::WatchRequest{.after = 0, .class_name = "Server", .key_prefix = "web-"},
                    [&](const client::WatchStep& step) {
                      if (step.event == nullptr) return true;
                      EXPECT_EQ(step.position, step.event->commit.number);
                      commits.push_back(step.event->commit.number);
                      for (const client::ChangedRecord& record : step.event->records)
                        keys.push_back(record.key);
                      if (keys.size() == 1) {
                        server.Kill();
                        EXPECT_OK(server.Start());
                        const auto again = Connect(server.admin_token());
                        for (const char* key : {"other-2", "web-2"}) {
                          client::Mutation mutation;
                          mutation.put_records.push_back({MakeRecord("Server", key), {}});
                          const auto counts = again->Mutate(mutation);
                          EXPECT_OK(counts);
                          last = counts->commit;
                        }
                      }
                      return keys.size() < 2;
                    }));
  EXPECT_EQ(keys, (Keys{"web-1", "web-2"}));
  EXPECT_EQ(commits, (std::vector<std::uint64_t>{first, last}));
}

}  // namespace
}  // namespace kosei::e2e
