// Needs, root causes and the history of points, of shapes whose answers can be told by hand.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "kosei/query/need.h"
#include "kosei/query/point_history.h"
#include "kosei/query/root_cause.h"
#include "spec_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using model::State;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

GateSpec Members(std::string type) { return {.kind = "members", .type = std::move(type)}; }

class Causes : public ::testing::Test {
 protected:
  // Two web servers behind a balancer that needs one; both need the database.
  void WriteShop() {
    SpecWorld world;
    for (const char* key : {"shop", "wiki", "web-1", "web-2", "db", "disk"})
      world.records[key] = {};
    world.records["balancer"] = {.gate = {{.kind = "any", .parts = {Members("needs")}}}};
    world.links = {{"shop", "needs", "balancer"},  {"balancer", "needs", "web-1"},
                   {"balancer", "needs", "web-2"}, {"web-1", "needs", "db"},
                   {"web-2", "needs", "db"},       {"db", "needs", "disk"},
                   {"wiki", "needs", "disk"}};
    WriteWorld(store_, world);
  }
  CommitNumber Touch(const std::string& key, int size, const std::string& cause = {}) {
    Record record;
    record.key = key;
    record.class_number = store_.Class("Thing");
    const auto schema = store_.reader().schema();
    record.Set(schema->FindAttribute(*schema->FindClass(record.class_number), "size")->number,
               size);
    storage::Transaction transaction;
    transaction.put_records.push_back({std::move(record), std::nullopt});
    transaction.provenance.cause = cause;
    return store_.Commit(std::move(transaction));
  }
  RootCauseAnswer Ask(const std::vector<std::string>& failing,
                      const std::vector<std::string>& well = {}, Timestamp from = {}) {
    RootCauseRequest request;
    for (const std::string& key : failing) request.failing.push_back(store_.Id(key));
    for (const std::string& key : well) request.well.push_back(store_.Id(key));
    request.from = from;
    absl::StatusOr<RootCauseAnswer> answer =
        RootCause(store_.reader(), store_.Newest(), request, store_.Unlimited());
    EXPECT_OK(answer.status());
    return answer.ok() ? *std::move(answer) : RootCauseAnswer();
  }
  std::vector<std::string> Ranked(const RootCauseAnswer& answer) {
    std::vector<std::string> keys;
    for (const CauseCandidate& candidate : answer.candidates)
      keys.push_back(store_.Key(candidate.record));
    return keys;
  }
  // What was written until now is before this.
  Timestamp Now() { return Timestamp{store_.reader().Newest().valid_at.micros + 1}; }

  TestStore store_{kSpecModel};
};

TEST_F(Causes, WhatExplainsAllComesFirstAndNearestOfEquals) {
  WriteShop();
  const RootCauseAnswer answer = Ask({"shop", "wiki"}, {}, Now());
  // Only the disk brings both down.
  EXPECT_EQ(Ranked(answer).front(), "disk");
  EXPECT_EQ(answer.candidates.front().fails, 2U);
  EXPECT_EQ(answer.candidate_count, 7U);
}

TEST_F(Causes, WhatWouldBringDownWellOnesCountsLess) {
  WriteShop();
  EXPECT_EQ(Ranked(Ask({"balancer"}, {"wiki"}, Now()))[0], "balancer");
  const RootCauseAnswer answer = Ask({"web-1", "web-2"}, {"wiki"}, Now());
  EXPECT_EQ(Ranked(answer).front(), "db");
  EXPECT_THAT(answer.candidates.front().reasons,
              Contains(CauseReason{CauseReasonKind::kExplains, RootCauseWeights::kExplains}));
  const auto disk = std::find_if(
      answer.candidates.begin(), answer.candidates.end(),
      [&](const CauseCandidate& candidate) { return candidate.record == store_.Id("disk"); });
  ASSERT_NE(disk, answer.candidates.end());
  EXPECT_THAT(disk->reasons,
              Contains(CauseReason{CauseReasonKind::kWellHit, RootCauseWeights::kWellHit}));
}

TEST_F(Causes, AGateBearsALossAndSoTheMemberExplainsLittle) {
  WriteShop();
  const RootCauseAnswer answer = Ask({"shop"}, {}, Now());
  const auto web = std::find_if(
      answer.candidates.begin(), answer.candidates.end(),
      [&](const CauseCandidate& candidate) { return candidate.record == store_.Id("web-1"); });
  ASSERT_NE(web, answer.candidates.end());
  EXPECT_EQ(web->fails, 0U);
  EXPECT_EQ(web->together, 1U);
  EXPECT_EQ(Ranked(answer).back(), "web-2");
}

TEST_F(Causes, RecentChangesWithoutCauseStandOut) {
  WriteShop();
  const Timestamp from = Now();
  const CommitNumber planned = Touch("db", 7, "CHG-1");
  const CommitNumber unplanned = Touch("disk", 8);
  const RootCauseAnswer answer = Ask({"shop"}, {}, from);
  EXPECT_EQ(answer.commit_count, 2U);
  ASSERT_THAT(answer.commits, SizeIs(2));
  EXPECT_EQ(answer.commits[0].commit.number, unplanned);
  EXPECT_EQ(answer.commits[0].best, store_.Id("disk"));
  EXPECT_EQ(answer.commits[1].commit.number, planned);
  for (const CauseReason& reason : answer.commits[1].reasons)
    EXPECT_NE(reason.kind, CauseReasonKind::kUnplanned);
  const std::vector<std::string> ranked = Ranked(answer);
  EXPECT_LT(std::find(ranked.begin(), ranked.end(), "disk"),
            std::find(ranked.begin(), ranked.end(), "db"));
  EXPECT_THAT(answer.touched_by, SizeIs(2));
}

TEST_F(Causes, ALinkThatEndedTouchesBothOfItsEnds) {
  WriteShop();
  const Timestamp from = Now();
  storage::Transaction end;
  end.end_links.push_back({"balancer", store_.Type("needs"), "web-2"});
  const CommitNumber commit = store_.Commit(std::move(end));
  const RootCauseAnswer answer = Ask({"shop"}, {}, from);
  ASSERT_THAT(answer.commits, SizeIs(1));
  EXPECT_EQ(answer.commits[0].commit.number, commit);
  EXPECT_EQ(answer.commits[0].best, store_.Id("balancer"));
  EXPECT_EQ(answer.candidates.front().touches.front().how, kTouchedLink);
}

TEST_F(Causes, RecordsKnownToBeWellAreNoCandidates) {
  WriteShop();
  EXPECT_THAT(Ranked(Ask({"shop"}, {"db"}, Now())), Not(Contains("db")));
}

TEST_F(Causes, QuestionsThatMeanNothingAreRefused) {
  WriteShop();
  const auto ask = [&](const RootCauseRequest& request) {
    return RootCause(store_.reader(), store_.Newest(), request, store_.Unlimited()).status();
  };
  EXPECT_THAT(ask({}), HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(ask({.failing = {RecordId{99}}}), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(ask({.failing = {store_.Id("db")}, .well = {store_.Id("db")}}),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(ask({.failing = std::vector<RecordId>(1'001, store_.Id("db"))}),
              HasErrorCode(ErrorCode::kRowBudget));
}

TEST_F(Causes, UpwardsEachRecordTellsWhatItDoesAloneAndItsGate) {
  WriteShop();
  const ImpactRequest request{.roots = {store_.Id("shop")}, .direction = ImpactDirection::kUp};
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer up,
                       Impact(store_.reader(), store_.Newest(), request, store_.Unlimited()));
  ASSERT_OK_AND_ASSIGN(const std::vector<Need> needs,
                       NeedsOf(store_.reader(), up, store_.Unlimited()));
  std::vector<std::string> told;
  for (std::size_t i = up.root_count(); i < needs.size(); ++i) {
    const Need& need = needs[i];
    std::string text = absl::StrFormat("%s %s", store_.Key(storage::RecordOf(up.nodes[i])),
                                       model::NameOf(need.alone));
    if (need.gated != RecordId{})
      absl::StrAppendFormat(&text, " %s %g/%g", store_.Key(need.gated), need.needed, need.there);
    told.push_back(std::move(text));
  }
  EXPECT_THAT(told, ElementsAre("balancer failed", "web-1 up balancer 1/2", "web-2 up balancer 1/2",
                                "db failed balancer 1/2", "disk failed balancer 1/2"));
}

class History : public Causes {
 protected:
  std::vector<std::string> Since(const storage::View& view, PointSinceBounds bounds = {}) {
    std::vector<SinglePoint> points;
    EXPECT_OK(SinglePoints(store_.reader(), view, {.services = {store_.Id("shop")}},
                           store_.Unlimited(),
                           [&](const ServicePoints& answer) {
                             points = answer.points;
                             return true;
                           })
                  .status());
    const auto since =
        PointsSince(store_.reader(), view, store_.Id("shop"), points, bounds, store_.Unlimited());
    EXPECT_OK(since.status());
    std::vector<std::string> told;
    if (!since.ok()) return told;
    for (const PointSince& each : *since) {
      told.push_back(absl::StrFormat("%s %d:%d", store_.Key(each.record),
                                     static_cast<int>(each.kind),
                                     each.commit.has_value() ? each.commit->number.value : 0));
    }
    return told;
  }
};

TEST_F(History, TellsTheCommitThatTookTheReserve) {
  WriteShop();
  const std::uint64_t first = store_.Newest().commit.value;
  storage::Transaction end;
  end.end_links.push_back({"balancer", store_.Type("needs"), "web-2"});
  const std::uint64_t ended = store_.Commit(std::move(end)).value;
  Touch("wiki", 3);
  EXPECT_THAT(
      Since(store_.Newest()),
      ElementsAre(absl::StrFormat("balancer 1:%d", first), absl::StrFormat("web-1 1:%d", ended),
                  absl::StrFormat("db 1:%d", first), absl::StrFormat("disk 1:%d", first)));
}

TEST_F(History, AGapBeginsAnew) {
  WriteShop();
  const RelationshipTypeNumber needs = store_.Type("needs");
  storage::Transaction end;
  end.end_links.push_back({"db", needs, "disk"});
  store_.Commit(std::move(end));
  storage::Transaction again;
  again.put_links.push_back({"db", needs, "disk"});
  const std::uint64_t commit = store_.Commit(std::move(again)).value;
  EXPECT_THAT(Since(store_.Newest()), Contains(absl::StrFormat("disk 1:%d", commit)));
}

TEST_F(History, SaysWhenItsBoundWasReached) {
  WriteShop();
  const RelationshipTypeNumber needs = store_.Type("needs");
  for (int i = 0; i < 3; ++i) {
    const std::string key = absl::StrFormat("extra-%d", i);
    storage::Transaction more;
    Record record;
    record.key = key;
    record.class_number = store_.Class("Thing");
    more.put_records.push_back({std::move(record), std::nullopt});
    more.put_links.push_back({"db", needs, key});
    store_.Commit(std::move(more));
  }
  const std::uint64_t newest = store_.Newest().commit.value;
  EXPECT_THAT(Since(store_.Newest(), {.steps_max = 1}),
              Contains(absl::StrFormat("db 2:%d", newest - 1)));
}

}  // namespace
}  // namespace kosei::query
