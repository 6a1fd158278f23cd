// Merging, rebasing and reverting: what goes in, and every kind of conflict with both sides named.
#include "kosei/base/error.h"
#include "plan_fixture.h"

namespace kosei::testing {
namespace {

using storage::Conflict;
using storage::ConflictKind;
using storage::MergeOutcome;
using storage::PlanState;
using storage::Take;

class PlanMergeTest : public PlanTest {
 protected:
  // The only conflict; the plan is open still and nothing was written.
  Conflict OnlyConflict(const std::string& plan) {
    const CommitNumber before = reader().Newest().commit;
    const MergeOutcome outcome = Merge(plan);
    EXPECT_EQ(outcome.conflicts.size(), 1U);
    EXPECT_TRUE(outcome.commits.empty());
    EXPECT_EQ(reader().Newest().commit, before);
    EXPECT_EQ(plans().Find(plan)->state, PlanState::kOpen);
    return outcome.conflicts.empty() ? Conflict{} : outcome.conflicts[0];
  }
};

TEST_F(PlanMergeTest, IsOneCommitThatNamesThePlan) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  ASSERT_OK(plans().Open("p", "grow a", [] {
    storage::Provenance provenance = By("planner");
    provenance.cause = "CHG-1";
    return provenance;
  }()));
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  ASSERT_OK(Edit("p", Putting("Server", "b", {{"memory", 1}})));
  ASSERT_OK(Edit("p", Linking("b", "depends_on", "a")));
  const MergeOutcome outcome = Merge("p");
  EXPECT_TRUE(outcome.conflicts.empty());
  ASSERT_EQ(outcome.commits.size(), 1U);
  EXPECT_EQ(outcome.commits[0].records_created, 1U);
  EXPECT_EQ(outcome.commits[0].records_updated, 1U);
  EXPECT_EQ(outcome.commits[0].links_created, 1U);
  ASSERT_OK_AND_ASSIGN(const auto commit, reader().Commit(outcome.commits[0].commit));
  EXPECT_EQ(commit.plan, outcome.plan.number);
  EXPECT_EQ(commit.actor, "merger");
  EXPECT_EQ(commit.cause, "CHG-1");
  EXPECT_EQ(commit.reason, "grow a");
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(16));
  EXPECT_TRUE(HasLink("b", "depends_on", "a", reader().Newest()));
  EXPECT_EQ(plans().Find("p")->state, PlanState::kMerged);
  EXPECT_EQ(plans().Find("p")->merged_by, "merger");
  // It stays readable as it was meant, whatever comes later, and takes no more edits.
  ASSERT_OK(Put("", "a", {{"memory", 99}}));
  EXPECT_EQ(Attribute("a", "memory", In("p")), Value(16));
  EXPECT_THAT(Edit("p", Ending("a")), HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(plans().Drop("p"), HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(PlanMergeTest, KeepsItsStepsWhenAsked) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  ASSERT_OK(Edit("p", Putting("Server", "b", {{"memory", 1}})));
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 32}})));
  const MergeOutcome outcome = Merge("p", Take::kNeither, true);
  ASSERT_EQ(outcome.commits.size(), 3U);
  EXPECT_EQ(Attribute("a", "memory", At(outcome.commits[0].commit)), Value(16));
  EXPECT_EQ(Attribute("a", "memory", At(outcome.commits[2].commit)), Value(32));
  EXPECT_EQ(reader().Commit(outcome.commits[1].commit)->actor, "planner");
  EXPECT_EQ(outcome.plan.merged_from, outcome.commits[0].commit);
  EXPECT_EQ(outcome.plan.merged, outcome.commits[2].commit);
}

TEST_F(PlanMergeTest, ChangesOfDifferentAttributesJoin) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  ASSERT_OK(Put("", "a", {{"name", "new"}}));
  EXPECT_TRUE(Merge("p").conflicts.empty());
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(16));
  EXPECT_EQ(Attribute("a", "name", reader().Newest()), Value("new"));
}

TEST_F(PlanMergeTest, WhatBothSidesDidAlikeIsNoConflict) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  ASSERT_OK(Put("Server", "b"));
  ASSERT_OK(Put("Server", "c"));
  ASSERT_OK(Link("a", "depends_on", "b"));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  ASSERT_OK(Edit("p", Unlinking("a", "depends_on", "b")));
  ASSERT_OK(Edit("p", Linking("b", "depends_on", "a")));
  ASSERT_OK(Edit("p", Ending("c")));
  ASSERT_OK(Edit("p", Putting("Server", "d", {{"memory", 1}})));
  ASSERT_OK(Put("", "a", {{"memory", 16}}));
  ASSERT_OK(Unlink("a", "depends_on", "b"));
  ASSERT_OK(Link("b", "depends_on", "a"));
  ASSERT_OK(End("c"));
  ASSERT_OK(Put("Server", "d", {{"memory", 1}}));
  const CommitNumber before = reader().Newest().commit;
  const MergeOutcome outcome = Merge("p");
  EXPECT_TRUE(outcome.conflicts.empty());
  EXPECT_TRUE(outcome.commits.empty());
  EXPECT_EQ(reader().Newest().commit, before);
  EXPECT_EQ(plans().Find("p")->state, PlanState::kMerged);
  EXPECT_EQ(Attribute("a", "memory", In("p")), Value(16));
}

TEST_F(PlanMergeTest, AnAttributeThatBothSidesChangedIsAConflictUntilASideIsTaken) {
  struct Case {
    Take take;
    int expected;
  };
  for (const Case& c : {Case{Take::kPlan, 16}, Case{Take::kMain, 32}}) {
    const std::string key = "a" + std::to_string(c.expected);
    const std::string plan = "p" + std::to_string(c.expected);
    ASSERT_OK(Put("Server", key, {{"memory", 8}}));
    OpenPlan(plan);
    ASSERT_OK(Edit(plan, Putting("", key, {{"memory", 16}, {"name", "planned"}})));
    ASSERT_OK(Put("", key, {{"memory", 32}}));
    const Conflict conflict = OnlyConflict(plan);
    EXPECT_EQ(conflict.kind, ConflictKind::kAttribute);
    EXPECT_EQ(conflict.key, key);
    EXPECT_EQ(conflict.attribute, "memory");
    EXPECT_EQ(conflict.planned, "16");
    EXPECT_EQ(conflict.present, "32");
    EXPECT_EQ(conflict.step, 1U);
    EXPECT_EQ(conflict.step_actor, "planner");
    EXPECT_EQ(conflict.commit, reader().Newest().commit);
    EXPECT_EQ(conflict.commit_actor, "test");
    EXPECT_TRUE(Merge(plan, c.take).conflicts.empty());
    EXPECT_EQ(Attribute(key, "memory", reader().Newest()), Value(c.expected));
    EXPECT_EQ(Attribute(key, "name", reader().Newest()), Value("planned"));
  }
}

TEST_F(PlanMergeTest, AnEditIsComparedWithWhatItWasMadeOn) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  ASSERT_OK(Put("", "a", {{"memory", 32}}));
  // Whoever edits now has seen 32.
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  EXPECT_TRUE(Merge("p").conflicts.empty());
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(16));
}

TEST_F(PlanMergeTest, ARecordThatTheOtherSideEndedIsAConflict) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  ASSERT_OK(End("a"));
  const Conflict conflict = OnlyConflict("p");
  EXPECT_EQ(conflict.kind, ConflictKind::kEndedInMain);
  EXPECT_EQ(conflict.commit, reader().Newest().commit);
  EXPECT_TRUE(Merge("p", Take::kMain).conflicts.empty());
  EXPECT_THAT(Get("a"), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(PlanMergeTest, EndingWhatTheOtherSideChangedOrLinkedIsAConflict) {
  for (const char* key : {"a", "b", "c"}) ASSERT_OK(Put("Server", key, {{"memory", 8}}));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Ending("a")));
  OpenPlan("q");
  ASSERT_OK(Edit("q", Ending("b")));
  ASSERT_OK(Put("", "a", {{"memory", 9}}));
  EXPECT_EQ(OnlyConflict("p").kind, ConflictKind::kEndedInPlan);
  ASSERT_OK(Link("c", "depends_on", "b"));
  const Conflict linked = OnlyConflict("q");
  EXPECT_EQ(linked.kind, ConflictKind::kEndedInPlan);
  EXPECT_NE(linked.message.find("linked to c"), std::string::npos) << linked.message;
  EXPECT_TRUE(Merge("q", Take::kMain).conflicts.empty());
  ASSERT_OK(Get("b"));
  EXPECT_TRUE(Merge("p", Take::kPlan).conflicts.empty());
  EXPECT_THAT(Get("a"), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(PlanMergeTest, CreatingTheSameKeyDifferentlyIsAConflict) {
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("Server", "x", {{"memory", 1}})));
  OpenPlan("q");
  ASSERT_OK(Edit("q", Putting("Application", "y", {})));
  ASSERT_OK(Put("Server", "x", {{"memory", 2}}));
  ASSERT_OK(Put("Server", "y"));
  const Conflict attribute = OnlyConflict("p");
  EXPECT_EQ(attribute.kind, ConflictKind::kAttribute);
  EXPECT_EQ(attribute.attribute, "memory");
  const Conflict classes = OnlyConflict("q");
  EXPECT_EQ(classes.kind, ConflictKind::kCreatedTwice);
  EXPECT_EQ(classes.planned, "Application");
  EXPECT_EQ(classes.present, "Server");
}

TEST_F(PlanMergeTest, ConflictsOfTheMergedGraphNameTheOtherRecordAndCommit) {
  ASSERT_OK(Put("Application", "app"));
  for (const char* key : {"s1", "s2", "s3"}) ASSERT_OK(Put("Server", key));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "s1", {{"serial_number", "S"}})));
  ASSERT_OK(Edit("p", Linking("app", "hosted_on", "s1")));
  ASSERT_OK(Edit("p", Linking("s1", "depends_on", "s3")));
  ASSERT_OK(Put("", "s2", {{"serial_number", "S"}}));
  const CommitNumber taken = reader().Newest().commit;
  ASSERT_OK(Link("app", "hosted_on", "s2"));
  const CommitNumber hosted = reader().Newest().commit;
  ASSERT_OK(End("s3"));
  const CommitNumber ended = reader().Newest().commit;
  const MergeOutcome outcome = Merge("p");
  ASSERT_EQ(outcome.conflicts.size(), 3U);  // all of them, not the first
  const Conflict& unique = outcome.conflicts[0];
  EXPECT_EQ(unique.kind, ConflictKind::kUniqueValue);
  EXPECT_EQ(unique.key, "s1");
  EXPECT_EQ(unique.other, "s2");
  EXPECT_EQ(unique.attribute, "serial_number");
  EXPECT_EQ(unique.planned, "S");
  EXPECT_EQ(unique.step, 1U);
  EXPECT_EQ(unique.commit, taken);
  EXPECT_EQ(unique.commit_actor, "test");
  const Conflict& cardinality = outcome.conflicts[1];
  EXPECT_EQ(cardinality.kind, ConflictKind::kCardinality);
  EXPECT_EQ(cardinality.planned, "s1");
  EXPECT_EQ(cardinality.present, "s2");
  EXPECT_EQ(cardinality.commit, hosted);
  const Conflict& missing = outcome.conflicts[2];
  EXPECT_EQ(missing.kind, ConflictKind::kLinkEndMissing);
  EXPECT_EQ(missing.other, "s3");
  EXPECT_EQ(missing.commit, ended);
  EXPECT_EQ(missing.step, 3U);
  // The same with the steps kept: nothing of it is written either.
  const CommitNumber before = reader().Newest().commit;
  EXPECT_EQ(Merge("p", Take::kNeither, true).conflicts.size(), 3U);
  EXPECT_EQ(reader().Newest().commit, before);
}

TEST_F(PlanMergeTest, ARebaseTakesWhatIsThereNowAsSeen) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  ASSERT_OK(Put("Server", "b"));
  ASSERT_OK_AND_ASSIGN(MergeOutcome outcome, plans().Rebase("p", Take::kNeither));
  EXPECT_TRUE(outcome.conflicts.empty());
  EXPECT_EQ(outcome.plan.base, reader().Newest().commit);
  ASSERT_OK(Put("", "a", {{"memory", 32}}));
  ASSERT_OK_AND_ASSIGN(outcome, plans().Rebase("p", Take::kNeither));
  EXPECT_EQ(outcome.conflicts.size(), 1U);
  EXPECT_LT(outcome.plan.base, reader().Newest().commit);
  ASSERT_OK_AND_ASSIGN(outcome, plans().Rebase("p", Take::kPlan));
  EXPECT_TRUE(outcome.conflicts.empty());
  Reopen();
  EXPECT_EQ(plans().Find("p")->base, reader().Newest().commit);
  EXPECT_TRUE(Merge("p").conflicts.empty());
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(16));
}

TEST_F(PlanMergeTest, ADiffShowsBasePresentAndPlan) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  ASSERT_OK(Put("Server", "b"));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  ASSERT_OK(Edit("p", Linking("a", "depends_on", "b")));
  ASSERT_OK(Put("", "a", {{"memory", 32}}));
  ASSERT_OK_AND_ASSIGN(const auto diff, plans().Diff("p", 10));
  ASSERT_EQ(diff.records.size(), 1U);
  const auto memory = [&](const storage::RecordVersion& version) {
    return version.record().Find(AttributeOf("memory"));
  };
  EXPECT_EQ(memory(diff.records[0].base), Value(8));
  EXPECT_EQ(memory(diff.records[0].present), Value(32));
  EXPECT_EQ(memory(diff.records[0].planned), Value(16));
  ASSERT_EQ(diff.links.size(), 1U);
  EXPECT_TRUE(diff.links[0].added);
  EXPECT_TRUE(diff.links[0].pending);
  EXPECT_EQ(diff.conflicts.size(), 1U);
}

class RevertTest : public PlanTest {
 protected:
  MergeOutcome Revert(CommitNumber commit, Take take = Take::kNeither) {
    clock_.Advance(std::chrono::seconds(1));
    storage::MergeOptions options;
    options.provenance = By("undoer");
    options.take = take;
    auto outcome = plans().Revert(commit, options);
    EXPECT_OK(outcome.status());
    return outcome.ok() ? *std::move(outcome) : MergeOutcome{};
  }
};

TEST_F(RevertTest, TakesBackEverythingThatACommitDid) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}, {"name", "x"}}));
  ASSERT_OK(Put("Server", "b", {{"serial_number", "S"}}));
  ASSERT_OK(Link("a", "depends_on", "b"));
  storage::Transaction transaction = Putting("", "a", {{"memory", 9}, {"name", Value()}});
  transaction.put_records.push_back({MakeRecord("Server", "c"), std::nullopt});
  transaction.put_links.push_back({"c", TypeOf("depends_on"), "a"});
  transaction.end_records.push_back({"b", std::nullopt});
  ASSERT_OK_AND_ASSIGN(const auto done, writer().Commit(transaction));
  ASSERT_OK(Put("Server", "later"));
  const MergeOutcome outcome = Revert(done.commit);
  EXPECT_TRUE(outcome.conflicts.empty());
  ASSERT_EQ(outcome.commits.size(), 1U);
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(8));
  EXPECT_EQ(Attribute("a", "name", reader().Newest()), Value("x"));
  EXPECT_EQ(Attribute("b", "serial_number", reader().Newest()), Value("S"));
  EXPECT_THAT(Get("c"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_TRUE(HasLink("a", "depends_on", "b", reader().Newest()));
  ASSERT_OK(Get("later"));
  EXPECT_EQ(reader().Commit(outcome.commits[0].commit)->reason, "revert of commit 4");
  // Taking that back brings it again; taking it back once more has nothing to do.
  EXPECT_TRUE(Revert(outcome.commits[0].commit).conflicts.empty());
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(9));
  ASSERT_OK(Get("c"));
}

TEST_F(RevertTest, DoesNotTakeBackWhatCameLater) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  ASSERT_OK_AND_ASSIGN(const auto done, Put("", "a", {{"memory", 9}}));
  ASSERT_OK(Put("", "a", {{"memory", 10}}));
  const MergeOutcome outcome = Revert(done.commit);
  ASSERT_EQ(outcome.conflicts.size(), 1U);
  EXPECT_EQ(outcome.conflicts[0].kind, ConflictKind::kAttribute);
  EXPECT_EQ(outcome.conflicts[0].planned, "8");
  EXPECT_EQ(outcome.conflicts[0].present, "10");
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(10));
  EXPECT_TRUE(Revert(done.commit, Take::kPlan).conflicts.empty());
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(8));
}

TEST_F(RevertTest, SaysWhenThereIsNoSuchCommit) {
  EXPECT_THAT(plans().Revert(CommitNumber{5}, {}), HasErrorCode(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace kosei::testing
