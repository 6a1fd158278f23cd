#include "kosei/query/trace.h"

#include <atomic>
#include <memory>

#include "absl/strings/str_format.h"
#include "status_matchers.h"
#include "test_store.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TraceTest : public ::testing::Test {
 protected:
  // owner <- host -> disk, host <- app, app -> app: failure or no failure.
  void SetUp() override {
    store_.Apply({.add = {"host", "disk", "app"},
                  .link = {{"host", "needs", "disk"},
                           {"app", "runs_on", "host"},
                           {"host", "owned_by", "owner"},
                           {"app", "owned_by", "owner"},
                           {"app", "needs", "app"}},
                  .others = {{"Person", "owner"}}});
  }
  TracedType Over(std::string_view type, TraceWay way = TraceWay::kBoth) {
    return {store_.Type(type), way};
  }
  absl::StatusOr<TraceAnswer> Ask(const TraceRequest& request, const Limits& limits = {}) {
    return Trace(store_.reader(), store_.Newest(), request, Budget(limits, store_.clock()));
  }
  std::vector<std::string> Reached(const TraceRequest& request) {
    const auto answer = Ask(request);
    EXPECT_OK(answer.status());
    if (!answer.ok()) return {};
    std::vector<std::string> told;
    for (const std::uint32_t position : answer->listed) {
      std::string line = absl::StrFormat("%d", answer->reached.DistanceOf(position));
      for (const LinkStep& step : StepsTo(*answer, position)) {
        line += absl::StrFormat(" %s%s%s", step.inverse ? "<" : "", store_.Key(step.to),
                                step.inverse ? "" : ">");
      }
      told.push_back(line);
    }
    return told;
  }

  TestStore store_;
};

TEST_F(TraceTest, FollowsWhatItIsToldToFollowAndNothingElse) {
  const std::vector<RecordId> host = {store_.Id("host")};
  EXPECT_THAT(Reached({.roots = host, .over = {Over("owned_by", TraceWay::kOut)}}),
              ElementsAre("1 owner>"));
  EXPECT_THAT(Reached({.roots = host, .over = {Over("owned_by", TraceWay::kIn)}}), IsEmpty());
  EXPECT_THAT(Reached({.roots = host, .over = {Over("owned_by")}}),
              ElementsAre("1 owner>", "2 owner> <app"));
  EXPECT_THAT(Reached({.roots = host,
                       .over = {Over("needs", TraceWay::kOut), Over("runs_on", TraceWay::kIn)}}),
              ElementsAre("1 disk>", "1 <app"));
}

TEST_F(TraceTest, OneTypeNamedTwiceIsFollowedBothWays) {
  EXPECT_THAT(
      Reached({.roots = {store_.Id("host")},
               .over = {Over("owned_by", TraceWay::kOut), Over("owned_by", TraceWay::kIn)}}),
      ElementsAre("1 owner>", "2 owner> <app"));
}

TEST_F(TraceTest, AClassBoundsWhatIsListedAndNotWhereTheWayGoes) {
  const TraceRequest request{.roots = {store_.Id("disk")},
                             .over = {Over("needs"), Over("owned_by")},
                             .classes = {store_.Class("Person")}};
  EXPECT_THAT(Reached(request), ElementsAre("2 <host owner>"));
  ASSERT_OK_AND_ASSIGN(const TraceAnswer answer, Ask(request));
  EXPECT_EQ(answer.reached.affected_count(), 3U);
  EXPECT_EQ(answer.reached.counts_by_class.size(), 2U);
}

TEST_F(TraceTest, ADepthThatCutsSaysSo) {
  ASSERT_OK_AND_ASSIGN(const TraceAnswer cut,
                       Ask({.roots = {store_.Id("host")}, .over = {Over("owned_by")}, .depth = 1}));
  ASSERT_TRUE(cut.reached.truncated.has_value());
  EXPECT_EQ(cut.reached.truncated->reason, TruncationReason::kDepth);
  EXPECT_EQ(cut.reached.truncated->frontier, 1U);
  ASSERT_OK_AND_ASSIGN(const TraceAnswer whole,
                       Ask({.roots = {store_.Id("host")}, .over = {Over("owned_by")}, .depth = 2}));
  EXPECT_FALSE(whole.reached.truncated.has_value());
}

TEST_F(TraceTest, ASelfLinkLeadsNowhere) {
  EXPECT_THAT(Reached({.roots = {store_.Id("app")}, .over = {Over("needs")}}), IsEmpty());
}

TEST_F(TraceTest, SeesTheGraphOfItsView) {
  const storage::View before = store_.Newest();
  store_.Apply({.unlink = {{"host", "owned_by", "owner"}}});
  const TraceRequest request{.roots = {store_.Id("host")}, .over = {Over("owned_by")}};
  EXPECT_THAT(Reached(request), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const TraceAnswer then,
                       Trace(store_.reader(), before, request, store_.Unlimited()));
  EXPECT_EQ(then.listed.size(), 2U);
}

TEST_F(TraceTest, WrongQuestionsAreNamed) {
  const std::vector<RecordId> host = {store_.Id("host")};
  EXPECT_THAT(Ask({.over = {Over("needs")}}),
              IsError(ErrorCode::kInvalidArgument, "no record was named"));
  EXPECT_THAT(Ask({.roots = host}),
              IsError(ErrorCode::kInvalidArgument, "no relationship type was named"));
  EXPECT_THAT(Ask({.roots = host, .over = {{RelationshipTypeNumber{99}, TraceWay::kOut}}}),
              IsError(ErrorCode::kInvalidArgument, "no relationship type 99"));
  store_.Apply({.end = {"host"}});
  EXPECT_THAT(Ask({.roots = host, .over = {Over("needs")}}),
              IsError(ErrorCode::kNotFound, "trace from host"));
}

TEST_F(TraceTest, ABudgetCutsTheAnswerAndCancellingEndsIt) {
  const TraceRequest request{.roots = {store_.Id("host")},
                             .over = {Over("owned_by"), Over("runs_on")}};
  ASSERT_OK_AND_ASSIGN(const TraceAnswer cut, Ask(request, {.steps = 1}));
  ASSERT_TRUE(cut.reached.truncated.has_value());
  EXPECT_EQ(cut.reached.truncated->reason, TruncationReason::kSteps);
  const Budget cancelled(Limits{}, store_.clock(), std::make_shared<const std::atomic<bool>>(true));
  EXPECT_THAT(Trace(store_.reader(), store_.Newest(), request, cancelled),
              HasErrorCode(ErrorCode::kCancelled));
}

}  // namespace
}  // namespace kosei::query
