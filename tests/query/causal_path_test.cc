#include <atomic>
#include <memory>

#include "absl/strings/str_format.h"
#include "kosei/query/path.h"
#include "status_matchers.h"
#include "test_store.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CausalPathTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::optional<std::vector<PathStep>>> Ask(std::string_view from,
                                                           std::string_view to,
                                                           const Limits& limits = {}) {
    return CausalPath(store_.reader(), store_.Newest(), store_.Id(from), store_.Id(to),
                      Budget(limits, store_.clock()));
  }
  std::vector<std::string> Path(std::string_view from, std::string_view to) {
    const auto path = Ask(from, to);
    EXPECT_OK(path.status());
    if (!path.ok()) return {};
    if (!path->has_value()) return {"none"};
    return Told(store_, **path);
  }
  // `width` chains of three between `top` and `bottom`: top <- x<i>_1 <- x<i>_2 <- bottom.
  void MakeStrands(int width) {
    Edit edit{.add = {"top", "bottom"}};
    for (int i = 0; i < width; ++i) {
      const std::string upper = absl::StrFormat("x%d_1", i);
      const std::string lower = absl::StrFormat("x%d_2", i);
      edit.add.push_back(upper);
      edit.add.push_back(lower);
      edit.link.push_back({upper, "needs", "top"});
      edit.link.push_back({lower, "needs", upper});
      edit.link.push_back({"bottom", "needs", lower});
    }
    store_.Apply(edit);
  }

  TestStore store_;
};

TEST_F(CausalPathTest, GoesTheWayFailureTravels) {
  store_.Apply(
      {.add = {"disk", "host", "app", "service"},
       .link = {
           {"host", "needs", "disk"}, {"app", "runs_on", "host"}, {"app", "gives", "service"}}});
  EXPECT_THAT(Path("disk", "service"),
              ElementsAre("disk -needs-> host", "host -runs_on-> app", "app -gives-> service"));
  EXPECT_THAT(Path("service", "disk"), ElementsAre("none"));
  EXPECT_THAT(Path("disk", "host"), ElementsAre("disk -needs-> host"));
}

TEST_F(CausalPathTest, FromARecordToItselfThereIsNothingToGo) {
  store_.Apply({.add = {"a"}, .link = {{"a", "needs", "a"}}});
  EXPECT_THAT(Path("a", "a"), IsEmpty());
}

TEST_F(CausalPathTest, LinksThatCarryNothingAreNoWay) {
  store_.Apply({.add = {"a", "b"}, .link = {{"a", "owned_by", "b"}, {"b", "owned_by", "a"}}});
  EXPECT_THAT(Path("a", "b"), ElementsAre("none"));
}

TEST_F(CausalPathTest, OfSeveralShortestTheOneOfImpactIsTaken) {
  MakeStrands(4);
  ASSERT_OK_AND_ASSIGN(
      const ImpactAnswer impact,
      Impact(store_.reader(), store_.Newest(), {.roots = {store_.Id("top")}}, store_.Unlimited()));
  const std::uint64_t last = impact.nodes.size() - 1;
  ASSERT_EQ(storage::RecordOf(impact.nodes[last]), store_.Id("bottom"));
  EXPECT_EQ(Path("top", "bottom"), Told(store_, PathTo(impact, last)));
}

TEST_F(CausalPathTest, SeesTheGraphOfItsView) {
  const CommitNumber before =
      store_.Apply({.add = {"a", "b", "c"}, .link = {{"b", "needs", "a"}, {"c", "needs", "b"}}});
  store_.Apply({.unlink = {{"c", "needs", "b"}}});
  EXPECT_THAT(Path("a", "c"), ElementsAre("none"));
  ASSERT_OK_AND_ASSIGN(const auto path,
                       CausalPath(store_.reader(), store_.At(before), store_.Id("a"),
                                  store_.Id("c"), store_.Unlimited()));
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ(path->size(), 2U);
}

TEST_F(CausalPathTest, AnEndThatDoesNotHoldIsNamed) {
  store_.Apply({.add = {"a", "b"}});
  store_.Apply({.end = {"b"}});
  EXPECT_THAT(Ask("a", "b"), IsError(ErrorCode::kNotFound, "path to b"));
  EXPECT_THAT(Ask("b", "a"), IsError(ErrorCode::kNotFound, "path from b"));
}

TEST_F(CausalPathTest, HalfAPathIsNoAnswer) {
  MakeStrands(10);
  EXPECT_THAT(Ask("top", "bottom", {.steps = 5}), HasErrorCode(ErrorCode::kRowBudget));
  EXPECT_THAT(Ask("top", "bottom", {.memory_bytes = 40}), HasErrorCode(ErrorCode::kMemoryBudget));
  EXPECT_THAT(Ask("top", "bottom", {.time = std::chrono::nanoseconds(0)}),
              HasErrorCode(ErrorCode::kDeadlineExceeded));
  const Budget cancelled(Limits{}, store_.clock(), std::make_shared<const std::atomic<bool>>(true));
  EXPECT_THAT(CausalPath(store_.reader(), store_.Newest(), store_.Id("top"), store_.Id("bottom"),
                         cancelled),
              HasErrorCode(ErrorCode::kCancelled));
  EXPECT_EQ(Path("top", "bottom").size(), 3U);
}

}  // namespace
}  // namespace kosei::query
