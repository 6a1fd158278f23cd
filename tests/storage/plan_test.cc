// Plans: what they show, how they are edited, and that they outlive a restart.
#include "database.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/storage/verification.h"
#include "plan_fixture.h"

namespace kosei::testing {
namespace {

using storage::LinkDirection;
using storage::PlanState;
using storage::View;

TEST_F(PlanTest, ShowsItsChangesAndLeavesThePresentAlone) {
  ASSERT_OK(Put("Server", "web-1", {{"memory", 8}, {"name", "one"}}));
  OpenPlan("grow");
  ASSERT_OK(Edit("grow", Putting("", "web-1", {{"memory", 16}})));
  EXPECT_EQ(Attribute("web-1", "memory", In("grow")), Value(16));
  EXPECT_EQ(Attribute("web-1", "name", In("grow")), Value("one"));
  EXPECT_EQ(Attribute("web-1", "memory", reader().Newest()), Value(8));
  // What was committed since shows through where the plan says nothing.
  ASSERT_OK(Put("", "web-1", {{"name", "two"}}));
  EXPECT_EQ(Attribute("web-1", "name", In("grow")), Value("two"));
  EXPECT_EQ(Attribute("web-1", "memory", In("grow")), Value(16));
  ASSERT_OK(Edit("grow", Putting("", "web-1", {{"name", Value()}})));
  EXPECT_EQ(Attribute("web-1", "name", In("grow")), Value());
}

TEST_F(PlanTest, LiesOnTopOfAnyCommit) {
  ASSERT_OK(Put("Server", "web-1", {{"memory", 8}, {"name", "one"}}));
  ASSERT_OK(Put("", "web-1", {{"name", "two"}}));
  OpenPlan("grow");
  ASSERT_OK(Edit("grow", Putting("", "web-1", {{"memory", 16}})));
  View past = At(CommitNumber{1});
  past.plan = In("grow").plan;
  EXPECT_EQ(Attribute("web-1", "name", past), Value("one"));
  EXPECT_EQ(Attribute("web-1", "memory", past), Value(16));
}

TEST_F(PlanTest, CreatesRecordsThatThePresentDoesNotHave) {
  ASSERT_OK(Put("Server", "web-1"));
  OpenPlan("new");
  ASSERT_OK(Edit("new", Putting("Server", "web-2", {{"memory", 4}})));
  ASSERT_OK(Edit("new", Linking("web-2", "depends_on", "web-1")));
  EXPECT_EQ(Attribute("web-2", "memory", In("new")), Value(4));
  EXPECT_THAT(Get("web-2"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_TRUE(HasLink("web-2", "depends_on", "web-1", In("new")));
  EXPECT_FALSE(HasLink("web-2", "depends_on", "web-1", reader().Newest()));
  const auto id = reader().IdOf("web-2");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(reader().Graph(In("new"))->ClassOf(storage::NodeOf(*id)), ClassOf("Server"));
  // A commit that creates it gives it the number that the plan knows it by.
  ASSERT_OK(Put("Server", "web-2", {{"name", "real"}}));
  EXPECT_EQ(reader().IdOf("web-2"), id);
  EXPECT_EQ(Attribute("web-2", "name", In("new")), Value("real"));
  EXPECT_EQ(Attribute("web-2", "memory", In("new")), Value(4));
}

TEST_F(PlanTest, EndsRecordsWithTheirLinks) {
  for (const char* key : {"a", "b", "c"}) ASSERT_OK(Put("Server", key));
  ASSERT_OK(Link("a", "depends_on", "b"));
  ASSERT_OK(Link("b", "depends_on", "c"));
  OpenPlan("less");
  ASSERT_OK(Edit("less", Ending("b")));
  const View view = In("less");
  EXPECT_THAT(Get("b", view), HasErrorCode(ErrorCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(const auto graph, reader().Graph(view));
  for (const char* key : {"a", "b", "c"}) {
    const auto node = storage::NodeOf(*reader().IdOf(key));
    EXPECT_EQ(graph.Degree(LinkDirection::kOut, node), 0U) << key;
    EXPECT_EQ(graph.Degree(LinkDirection::kIn, node), 0U) << key;
  }
  // Also a link that came later, and one that was merged into the base.
  ASSERT_OK(Link("c", "depends_on", "b"));
  EXPECT_FALSE(HasLink("c", "depends_on", "b", In("less")));
  EXPECT_TRUE(HasLink("c", "depends_on", "b", reader().Newest()));
  Reopen();
  EXPECT_FALSE(HasLink("a", "depends_on", "b", In("less")));
  EXPECT_TRUE(HasLink("a", "depends_on", "b", reader().Newest()));
}

TEST_F(PlanTest, ARecordBegunAnewHasNothingOfWhatItWas) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}, {"name", "old"}}));
  ASSERT_OK(Put("Server", "b"));
  ASSERT_OK(Link("a", "depends_on", "b"));
  OpenPlan("anew");
  ASSERT_OK(Edit("anew", Ending("a")));
  ASSERT_OK(Edit("anew", Putting("Server", "a", {{"memory", 2}})));
  EXPECT_EQ(Attribute("a", "name", In("anew")), Value());
  EXPECT_EQ(Attribute("a", "memory", In("anew")), Value(2));
  EXPECT_FALSE(HasLink("a", "depends_on", "b", In("anew")));
  EXPECT_TRUE(Merge("anew").conflicts.empty());
  EXPECT_EQ(Attribute("a", "name", reader().Newest()), Value());
  EXPECT_EQ(Attribute("a", "memory", reader().Newest()), Value(2));
  EXPECT_FALSE(HasLink("a", "depends_on", "b", reader().Newest()));
}

TEST_F(PlanTest, ALinkThatIsPlannedNeedsBothEnds) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Put("Server", "b"));
  OpenPlan("link");
  ASSERT_OK(Edit("link", Linking("a", "depends_on", "b")));
  EXPECT_TRUE(HasLink("a", "depends_on", "b", In("link")));
  ASSERT_OK(End("b"));
  EXPECT_FALSE(HasLink("a", "depends_on", "b", In("link")));
  View past = At(CommitNumber{1});
  past.plan = In("link").plan;
  EXPECT_FALSE(HasLink("a", "depends_on", "b", past));
}

TEST_F(PlanTest, ScansInOrderWithWhatItAddsAndWithoutWhatItEnds) {
  for (const char* key : {"a", "b"}) ASSERT_OK(Put("Server", key, {{"memory", 1}}));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("Server", "planned", {{"memory", 5}})));
  ASSERT_OK(Put("Server", "c", {{"memory", 1}}));
  ASSERT_OK(Edit("p", Ending("a")));
  ASSERT_OK(Edit("p", Putting("", "c", {{"memory", 7}})));
  std::vector<std::pair<std::string, std::int64_t>> found;
  RecordId last{0};
  ASSERT_OK(reader().Scan(In("p"), RecordId{1}, [&](RecordId id, CommitNumber, RecordView record) {
    EXPECT_LT(last, id);
    last = id;
    found.emplace_back(record.key(), record.Find(AttributeOf("memory")).integer());
    return true;
  }));
  EXPECT_THAT(
      found, ::testing::ElementsAre(std::pair("b", 1), std::pair("planned", 5), std::pair("c", 7)));
}

TEST_F(PlanTest, AnEditObeysTheRulesOfACommit) {
  ASSERT_OK(Put("Server", "a", {{"serial_number", "S1"}}));
  ASSERT_OK(Put("Application", "app"));
  ASSERT_OK(Put("Server", "b"));
  OpenPlan("p");
  EXPECT_THAT(Edit("p", Putting("Server", "c", {{"serial_number", "S1"}})),
              HasErrorCode(ErrorCode::kDuplicateValue));
  EXPECT_THAT(Edit("p", Putting("Server", "c", {{"memory", -1}})),
              HasErrorCode(ErrorCode::kOutOfRange));
  EXPECT_THAT(Edit("p", Putting("", "nobody", {{"memory", 1}})),
              HasErrorCode(ErrorCode::kUnknownClass));
  EXPECT_THAT(Edit("p", Linking("a", "hosted_on", "b")),
              HasErrorCode(ErrorCode::kEndpointNotAllowed));
  EXPECT_THAT(Edit("p", Linking("a", "depends_on", "nobody")),
              HasErrorCode(ErrorCode::kLinkEndMissing));
  EXPECT_THAT(Edit("p", Unlinking("a", "depends_on", "b")), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(Edit("p", Ending("nobody")), HasErrorCode(ErrorCode::kNotFound));
  // A refused edit leaves nothing behind, and what the plan says itself counts as well.
  EXPECT_EQ(plans().Find("p")->steps, 0U);
  ASSERT_OK(Edit("p", Linking("app", "hosted_on", "a")));
  EXPECT_THAT(Edit("p", Linking("app", "hosted_on", "b")), HasErrorCode(ErrorCode::kCardinality));
  ASSERT_OK(Edit("p", Putting("", "a", {{"serial_number", "S2"}})));
  ASSERT_OK(Edit("p", Putting("Server", "c", {{"serial_number", "S1"}})));
  EXPECT_THAT(Edit("p", Putting("Server", "d", {{"serial_number", "S1"}})),
              HasErrorCode(ErrorCode::kDuplicateValue));
  EXPECT_TRUE(Merge("p").conflicts.empty());
  EXPECT_EQ(Attribute("c", "serial_number", reader().Newest()), Value("S1"));
}

TEST_F(PlanTest, RefusesAValidTimeOfItsOwn) {
  ASSERT_OK(Put("Server", "a"));
  OpenPlan("p");
  storage::Transaction edits = Putting("", "a", {{"memory", 9}});
  edits.put_records[0].record.valid_from = Timestamp{clock_.Now().micros + 1};
  EXPECT_THAT(Edit("p", edits), IsError(ErrorCode::kInvalidArgument, "valid time"));
}

TEST_F(PlanTest, AnEditWithoutEffectIsNoStep) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 8}})));
  EXPECT_EQ(plans().Find("p")->steps, 0U);
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 9}})));
  ASSERT_OK(Edit("p", Putting("Server", "a", {{"memory", 9}})));
  EXPECT_EQ(plans().Find("p")->steps, 1U);
  EXPECT_EQ(plans().Find("p")->edits, 1U);
}

TEST_F(PlanTest, AnExpectationIsAboutTheCommittedVersion) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  storage::Transaction edits = Putting("", "a", {{"memory", 9}});
  edits.put_records[0].expected_begin = CommitNumber{1};
  ASSERT_OK(Edit("p", edits));
  edits.put_records[0] = {MakeRecord("", "a", {{"memory", 10}}), CommitNumber{1}};
  ASSERT_OK(Edit("p", edits));
  ASSERT_OK(Put("", "a", {{"name", "x"}}));
  edits.put_records[0] = {MakeRecord("", "a", {{"memory", 11}}), CommitNumber{1}};
  EXPECT_THAT(Edit("p", edits), HasErrorCode(ErrorCode::kVersionConflict));
  edits.put_records[0] = {MakeRecord("Server", "a", {{"memory", 11}}), kNoCommit};
  EXPECT_THAT(Edit("p", edits), HasErrorCode(ErrorCode::kAlreadyExists));
}

TEST_F(PlanTest, SurvivesARestart) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("", "a", {{"memory", 16}})));
  ASSERT_OK(Edit("p", Putting("Server", "planned", {{"memory", 5}})));
  ASSERT_OK(Edit("p", Linking("planned", "depends_on", "a")));
  Reopen();
  EXPECT_EQ(Attribute("a", "memory", In("p")), Value(16));
  EXPECT_EQ(Attribute("planned", "memory", In("p")), Value(5));
  EXPECT_TRUE(HasLink("planned", "depends_on", "a", In("p")));
  // A new record does not take the number of a planned one.
  ASSERT_OK(Put("Server", "other", {{"memory", 1}}));
  EXPECT_NE(reader().IdOf("other"), reader().IdOf("planned"));
  ASSERT_OK_AND_ASSIGN(const auto steps, plans().Steps("p"));
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[1].edits.put_records[0].record.key, "planned");
  EXPECT_EQ(steps[1].edits.provenance.actor, "planner");
  EXPECT_TRUE(Merge("p").conflicts.empty());
  Reopen();
  EXPECT_EQ(plans().Find("p")->state, PlanState::kMerged);
  EXPECT_EQ(Attribute("planned", "memory", reader().Newest()), Value(5));
}

TEST_F(PlanTest, NamesAreUniqueWhileThePlanIsThere) {
  OpenPlan("p");
  EXPECT_THAT(plans().Open("p", "", By("x")), HasErrorCode(ErrorCode::kAlreadyExists));
  for (const std::string& bad : {std::string(), std::string("a b"), std::string(300, 'x')}) {
    EXPECT_THAT(plans().Open(bad, "", By("x")), HasErrorCode(ErrorCode::kInvalidArgument));
  }
  const PlanNumber first = plans().Find("p")->number;
  ASSERT_OK(plans().Drop("p"));
  EXPECT_TRUE(plans().List().empty());
  EXPECT_THAT(plans().Find("p"), HasErrorCode(ErrorCode::kUnknownPlan));
  EXPECT_THAT(plans().Drop("p"), HasErrorCode(ErrorCode::kUnknownPlan));
  Reopen();
  OpenPlan("p");
  EXPECT_GT(plans().Find("p")->number, first);
}

TEST_F(PlanTest, AViewOfADroppedPlanSaysSo) {
  ASSERT_OK(Put("Server", "a"));
  OpenPlan("p");
  const View view = In("p");
  ASSERT_OK(plans().Drop("p"));
  EXPECT_THAT(Get("a", view), HasErrorCode(ErrorCode::kUnknownPlan));
  EXPECT_THAT(reader().Graph(view), HasErrorCode(ErrorCode::kUnknownPlan));
  storage::ViewName name;
  name.plan = "p";
  EXPECT_THAT(reader().Resolve(name), HasErrorCode(ErrorCode::kUnknownPlan));
}

TEST_F(PlanTest, TwoPlansThatCreateTheSameKeyShareItsNumberNotItsContent) {
  OpenPlan("one");
  OpenPlan("two");
  ASSERT_OK(Edit("one", Putting("Server", "x", {{"memory", 1}})));
  ASSERT_OK(Edit("two", Putting("Application", "x", {{"name", "app"}})));
  EXPECT_EQ(Attribute("x", "memory", In("one")), Value(1));
  EXPECT_EQ(Get("x", In("two"))->class_number, ClassOf("Application"));
  const auto node = storage::NodeOf(*reader().IdOf("x"));
  EXPECT_EQ(reader().Graph(In("one"))->ClassOf(node), ClassOf("Server"));
  EXPECT_EQ(reader().Graph(In("two"))->ClassOf(node), ClassOf("Application"));
}

TEST_F(PlanTest, ABulkLoadGoesIntoAStoreThatHasOnlyPlans) {
  OpenPlan("p");
  ASSERT_OK(Edit("p", Putting("Server", "x", {{"memory", 1}})));
  ASSERT_OK_AND_ASSIGN(const auto load, writer().BeginBulk(By("loader")));
  storage::BulkChunk chunk;
  chunk.records.push_back(MakeRecord("Server", "y", {{"memory", 2}}));
  chunk.records.push_back(MakeRecord("Server", "x", {{"memory", 3}}));
  ASSERT_OK(load->Add(std::move(chunk)));
  ASSERT_OK(load->Finish());
  EXPECT_EQ(Attribute("x", "memory", reader().Newest()), Value(3));
  EXPECT_EQ(Attribute("x", "memory", In("p")), Value(1));
}

TEST_F(PlanTest, VerificationSeesAStepThatIsGone) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  OpenPlan("p");
  for (int i = 0; i < 3; ++i) ASSERT_OK(Edit("p", Putting("", "a", {{"memory", i}})));
  engine_.reset();
  storage::VerifyOptions options;
  options.folder = folder_ / "data";
  options.model = SmallModel();
  ASSERT_OK_AND_ASSIGN(const auto sound, storage::VerifyStore(options));
  EXPECT_TRUE(sound.sound()) << sound.findings[0];
  {
    storage::DatabaseOptions database_options;
    database_options.path = folder_ / "data/store";
    database_options.block_cache_bytes = 8 << 20;
    database_options.write_buffer_bytes = 8 << 20;
    ASSERT_OK_AND_ASSIGN(const auto database, storage::Database::Open(database_options));
    const std::string key = storage::keys::PlanKey(PlanNumber{1}, 2);
    ASSERT_TRUE(database->db().Delete({}, database->family(storage::Family::kPlans), key).ok());
  }
  ASSERT_OK_AND_ASSIGN(const auto report, storage::VerifyStore(options));
  EXPECT_EQ(report.finding_count, 2U);  // the gap, and the count
}

TEST_F(PlanTest, ThousandsAreOpenAtOnce) {
  for (const char* key : {"a", "b"}) ASSERT_OK(Put("Server", key, {{"memory", 0}}));
  constexpr int kPlans = 2'000;
  for (int i = 0; i < kPlans; ++i) {
    const std::string name = "p" + std::to_string(i);
    ASSERT_OK(plans().Open(name, "", By("planner")));
    ASSERT_OK(Edit(name, Putting("", "a", {{"memory", i}})));
  }
  ASSERT_OK(Edit("p7", Linking("a", "depends_on", "b")));
  Reopen();
  EXPECT_EQ(plans().List().size(), static_cast<std::size_t>(kPlans));
  for (int i = 0; i < kPlans; i += 97) {
    EXPECT_EQ(Attribute("a", "memory", In("p" + std::to_string(i))), Value(i));
  }
  EXPECT_TRUE(HasLink("a", "depends_on", "b", In("p7")));
  EXPECT_FALSE(HasLink("a", "depends_on", "b", In("p8")));
}

}  // namespace
}  // namespace kosei::testing
