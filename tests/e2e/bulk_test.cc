// Bulk loads: into an empty store and into a full one, again, and with bad items among good ones.
#include "estate.h"
#include "kosei/base/error.h"

namespace kosei::e2e {
namespace {

using client::BulkLoader;
using client::BulkSummary;
using kosei::testing::HasErrorCode;

constexpr int kHosts = 200;
constexpr int kPackages = 3'000;

class Bulk : public Estate {
 protected:
  // Hosts with packages on them, and packages that need others; `missing` leaves out one link.
  void AddAll(BulkLoader& loader, bool missing = false) {
    for (int i = 0; i < kHosts; ++i) {
      ASSERT_OK(loader.AddRecord(MakeRecord("Server", Host(i), {{"name", Host(i)}})));
    }
    for (int i = 0; i < kPackages; ++i) {
      ASSERT_OK(loader.AddRecord(MakeRecord("SoftwarePackage", Package(i))));
    }
    for (int i = 0; i < kPackages; ++i) {
      if (missing && i == 17) continue;
      ASSERT_OK(loader.AddLink(MakeLink(Package(i), "depends_on", Package(i / 2))));
      ASSERT_OK(loader.AddLink(MakeLink(Package(i), "runs_on", Host(i % kHosts))));
    }
  }
  static std::string Host(int i) { return "host-" + std::to_string(i); }
  static std::string Package(int i) { return "package-" + std::to_string(i); }

  BulkSummary Load(bool missing = false) {
    auto loader = client->BeginBulk({"nightly", "", "test"});
    EXPECT_OK(loader);
    if (!loader.ok()) return {};
    AddAll(**loader, missing);
    auto summary = (*loader)->Finish();
    EXPECT_OK(summary);
    return summary.ok() ? *summary : BulkSummary();
  }
};

TEST_F(Bulk, LoadsAnEmptyStoreAndTheSecondTimeChangesNothing) {
  const BulkSummary first = Load();
  EXPECT_EQ(first.counts.records_created, static_cast<std::uint64_t>(kHosts + kPackages));
  EXPECT_EQ(first.counts.links_created, static_cast<std::uint64_t>(2 * kPackages));
  EXPECT_EQ(first.rejected, 0U);
  EXPECT_NE(first.counts.commit, 0U);
  EXPECT_EQ(TextOf("host-7", "name"), "host-7");
  EXPECT_EQ(Affected({.roots = {"host-7"}, .depth = 1}).size(),
            static_cast<std::size_t>(kPackages / kHosts));

  const BulkSummary second = Load();
  EXPECT_EQ(second.counts.commit, 0U);
  EXPECT_EQ(second.counts.records_created + second.counts.records_updated, 0U);
  EXPECT_EQ(second.counts.records_unchanged, static_cast<std::uint64_t>(kHosts + kPackages));
  EXPECT_EQ(second.counts.links_created + second.counts.links_ended, 0U);
  EXPECT_EQ(second.counts.links_unchanged, static_cast<std::uint64_t>(2 * kPackages));
  ASSERT_OK_AND_ASSIGN(const client::StatusReport status, client->Status());
  EXPECT_EQ(status.newest_commit, first.counts.commit);
  EXPECT_EQ(status.records, static_cast<std::uint64_t>(kHosts + kPackages));
  EXPECT_EQ(status.links, static_cast<std::uint64_t>(2 * kPackages));
}

TEST_F(Bulk, BadItemsAreRejectedByTagAndGoodOnesGoIn) {
  for (const char* round : {"into an empty store", "into a full store"}) {
    SCOPED_TRACE(round);
    ASSERT_OK_AND_ASSIGN(const auto loader, client->BeginBulk({"mixed", "", "test"}));
    std::vector<std::pair<std::uint64_t, ErrorCode>> rejected;
    loader->OnRejected([&](const client::RejectedItem& item) {
      rejected.emplace_back(item.tag, CodeOf(item.status));
    });
    ASSERT_OK(loader->AddRecord(MakeRecord("Server", "good-1"), 1));
    ASSERT_OK(loader->AddRecord(MakeRecord("Server", "bad", {{"cpu_count", "many"}}), 2));
    ASSERT_OK(loader->AddRecord(MakeRecord("Server", "good-2"), 3));
    ASSERT_OK(loader->AddRecord(MakeRecord("Node", "abstract"), 4));
    ASSERT_OK(loader->AddLink(MakeLink("good-1", "depends_on", "good-2"), 5));
    ASSERT_OK(loader->AddLink(MakeLink("good-1", "depends_on", "nowhere"), 6));
    ASSERT_OK_AND_ASSIGN(const BulkSummary summary, loader->Finish());
    EXPECT_EQ(summary.rejected, 3U);
    std::sort(rejected.begin(), rejected.end());
    const std::vector<std::pair<std::uint64_t, ErrorCode>> expected = {
        {2, ErrorCode::kWrongType},
        {4, ErrorCode::kAbstractClass},
        {6, ErrorCode::kLinkEndMissing}};
    EXPECT_EQ(rejected, expected);
    EXPECT_TRUE(Find("good-1").has_value());
    EXPECT_TRUE(Find("good-2").has_value());
    EXPECT_FALSE(Find("bad").has_value());
    EXPECT_EQ(Affected({.roots = {"good-2"}}), std::vector<std::string>{"good-1"});
  }
}

TEST_F(Bulk, ACutEndsTheLinksThatTheSourceNoLongerHas) {
  Put({MakeRecord("Server", "a"), MakeRecord("Server", "b"), MakeRecord("Server", "c")},
      {MakeLink("a", "depends_on", "b"), MakeLink("a", "depends_on", "c"),
       MakeLink("a", "connects_to", "c"), MakeLink("b", "depends_on", "c")});
  ASSERT_OK_AND_ASSIGN(const auto loader, client->BeginBulk({"again", "", "test"}));
  const std::vector<RelationshipTypeNumber> types = {Type("depends_on")};
  ASSERT_OK(loader->CutComplete(types));
  ASSERT_OK(loader->AddRecord(MakeRecord("Server", "a")));
  ASSERT_OK(loader->AddLink(MakeLink("a", "depends_on", "b")));
  ASSERT_OK(loader->CutComplete(types));
  ASSERT_OK_AND_ASSIGN(const BulkSummary summary, loader->Finish());
  EXPECT_EQ(summary.counts.links_ended, 1U);
  EXPECT_EQ(summary.counts.links_unchanged, 1U);
  // b was not among the records, connects_to not among the types.
  EXPECT_EQ(Affected({.roots = {"c"}}), (std::vector<std::string>{"a", "b"}));
  ASSERT_OK_AND_ASSIGN(const client::Diff diff,
                       client->GetDiff("a", At(summary.counts.commit - 1), {}));
  ASSERT_EQ(diff.links_removed.size(), 1U);
  EXPECT_EQ(diff.links_removed[0].target, "c");
  EXPECT_EQ(diff.links_removed[0].type, Type("depends_on"));
}

TEST_F(Bulk, AFirstLoadWithoutItsEndLeavesNothing) {
  {
    ASSERT_OK_AND_ASSIGN(const auto loader, client->BeginBulk({"broken off", "", "test"}));
    AddAll(*loader);
  }
  client.reset();
  client = Connect(server.admin_token());
  ASSERT_NE(client, nullptr);
  EXPECT_FALSE(Find("host-1").has_value());
  ASSERT_OK(server.Stop());
  ASSERT_OK(server.Start());
  EXPECT_EQ(Load().counts.records_created, static_cast<std::uint64_t>(kHosts + kPackages));
}

TEST_F(Bulk, ALoadOutlastsKillsOfTheServer) {
  Put({MakeRecord("Server", "there")});
  ASSERT_OK_AND_ASSIGN(const auto loader, client->BeginBulk({"restless", "", "test"}));
  constexpr int kItems = 60'000;
  std::vector<std::uint64_t> rejected;
  loader->OnRejected([&](const client::RejectedItem& item) { rejected.push_back(item.tag); });
  for (int i = 0; i < kItems; ++i) {
    // kill -9 while chunks are unanswered, three times.
    if (i % (kItems / 4) == kItems / 8) {
      server.Kill();
      ASSERT_OK(server.Start());
    }
    Record record = MakeRecord("Server", "srv-" + std::to_string(i));
    if (i % 10'000 == 5'000) record = MakeRecord("Server", "", {});
    ASSERT_OK(loader->AddRecord(record, static_cast<std::uint64_t>(i)));
  }
  ASSERT_OK_AND_ASSIGN(const BulkSummary summary, loader->Finish());
  EXPECT_EQ(summary.counts.records_created, kItems - 6U);
  EXPECT_EQ(rejected, (std::vector<std::uint64_t>{5'000, 15'000, 25'000, 35'000, 45'000, 55'000}));
  ASSERT_OK_AND_ASSIGN(const client::StatusReport status, client->Status());
  EXPECT_EQ(status.records, kItems - 5U);
  // No commit created a record twice.
  std::uint64_t created = 0;
  EXPECT_OK(client->Watch(client::WatchRequest{.after = 0}, [&](const client::WatchStep& step) {
    if (step.event != nullptr) {
      created += step.event->commit.records_created;
      EXPECT_EQ(step.event->commit.records_updated, 0U);
    }
    return step.position < status.newest_commit;
  }));
  EXPECT_EQ(created, kItems - 5U);
}

TEST_F(Bulk, ANamedBatchIsNotSentTwiceAndKnowsItsInput) {
  Put({MakeRecord("Server", "there")});
  const auto add = [this](BulkLoader& loader, int from, int to) {
    for (int i = from; i < to; ++i) {
      ASSERT_OK(loader.AddRecord(MakeRecord("Server", "srv-" + std::to_string(i))));
    }
  };
  {
    // Whole chunks of it got through.
    ASSERT_OK_AND_ASSIGN(const auto loader, client->BeginBulk({"", "", "csv"}, "big"));
    add(*loader, 0, 2 * 8'192);
    ASSERT_OK(loader->Finish());
  }
  {
    ASSERT_OK_AND_ASSIGN(const auto loader, client->BeginBulk({"", "", "csv"}, "big"));
    add(*loader, 0, 40'000);
    ASSERT_OK_AND_ASSIGN(const BulkSummary summary, loader->Finish());
    EXPECT_EQ(summary.counts.records_created, 40'000U);
    EXPECT_EQ(loader->chunks_skipped(), 2U);
  }
  ASSERT_OK_AND_ASSIGN(const auto loader, client->BeginBulk({"", "", "csv"}, "big"));
  add(*loader, 5, 40'005);
  EXPECT_THAT(loader->Finish(), HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(Bulk, AFirstLoadThatLosesItsServerSaysThatItBeginsFromTheStart) {
  ASSERT_OK_AND_ASSIGN(const auto loader, client->BeginBulk({"", "", "csv"}));
  absl::Status status;
  // More chunks than may be unanswered: some of what the server lost was answered.
  constexpr int kBeforeKill = 10 * 8'192;
  for (int i = 0; i < kBeforeKill + 20'000 && status.ok(); ++i) {
    if (i == kBeforeKill) {
      server.Kill();
      ASSERT_OK(server.Start());
    }
    status = loader->AddRecord(MakeRecord("Server", "srv-" + std::to_string(i)));
  }
  if (status.ok()) status = loader->Finish().status();
  EXPECT_THAT(status, kosei::testing::IsError(ErrorCode::kConnectionLost, "from the start"));
}

}  // namespace
}  // namespace kosei::e2e
