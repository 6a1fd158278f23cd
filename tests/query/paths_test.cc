#include "kosei/query/paths.h"

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

class PathsTest : public ::testing::Test {
 protected:
  absl::StatusOr<CausalPaths> All(std::string_view from, std::string_view to, std::size_t listed,
                                  const Limits& limits = {}) {
    return AllShortestPaths(store_.reader(), store_.Newest(), {store_.Id(from), store_.Id(to)},
                            listed, Budget(limits, store_.clock()));
  }
  absl::StatusOr<CausalPaths> Nearest(std::string_view from, std::string_view to, std::size_t k,
                                      const Limits& limits = {}) {
    return KShortestPaths(store_.reader(), store_.Newest(), {store_.Id(from), store_.Id(to)}, k,
                          Budget(limits, store_.clock()));
  }
  // "a b c": the records of each path.
  std::vector<std::string> Chains(const CausalPaths& answer) {
    std::vector<std::string> chains;
    for (const std::vector<LinkStep>& path : answer.paths) {
      std::string chain = path.empty() ? "" : store_.Key(path.front().from);
      for (const LinkStep& step : path) chain += " " + store_.Key(step.to);
      chains.push_back(chain);
    }
    return chains;
  }
  // "key paths" of each record.
  std::vector<std::string> Through(const CausalPaths& answer) {
    std::vector<std::string> told;
    for (const RecordOnPaths& one : answer.records) {
      told.push_back(absl::StrFormat("%s %d", store_.Key(one.record), one.paths));
    }
    return told;
  }
  // j0 <- {l0, r0} <- j1 <- {l1, r1} <- ... : two ways at each of `diamonds` places.
  void MakeLadder(int diamonds) {
    Edit edit{.add = {"j0"}};
    for (int i = 0; i < diamonds; ++i) {
      const std::string top = absl::StrFormat("j%d", i);
      const std::string bottom = absl::StrFormat("j%d", i + 1);
      const std::string left = absl::StrFormat("l%d", i);
      const std::string right = absl::StrFormat("r%d", i);
      edit.add.insert(edit.add.end(), {left, right, bottom});
      for (const std::string& side : {left, right}) {
        edit.link.push_back({side, "needs", top});
        edit.link.push_back({bottom, "needs", side});
      }
    }
    store_.Apply(edit);
  }

  TestStore store_;
};

TEST_F(PathsTest, ALadderOf18DiamondsIsCountedWithoutBeingWalked) {
  MakeLadder(18);
  // A quarter of a million paths over 72 links.
  ASSERT_OK_AND_ASSIGN(const CausalPaths answer, All("j0", "j18", 3, {.steps = 1'000}));
  EXPECT_EQ(answer.count, 1U << 18);
  EXPECT_EQ(answer.records.size(), 55U);
  EXPECT_EQ(answer.records[0].paths, 1U << 18);
  EXPECT_EQ(answer.records[1].paths, 1U << 17);
  ASSERT_EQ(answer.paths.size(), 3U);
  EXPECT_EQ(answer.paths[0].size(), 36U);
  // The first path is that of the lowest records; the next differ as near to the beginning as can
  // be.
  EXPECT_THAT(Chains(answer)[0], ::testing::StartsWith("j0 l0 j1 l1 j2 l2 j3"));
  EXPECT_THAT(Chains(answer)[1], ::testing::StartsWith("j0 r0 j1 l1 j2 l2 j3"));
  EXPECT_THAT(Chains(answer)[2], ::testing::StartsWith("j0 l0 j1 r1 j2 l2 j3"));
}

TEST_F(PathsTest, ACountThatNoNumberHoldsSaysSo) {
  MakeLadder(70);
  ASSERT_OK_AND_ASSIGN(const CausalPaths answer, All("j0", "j70", 1));
  EXPECT_EQ(answer.count, UINT64_MAX);
  EXPECT_EQ(answer.records[0].paths, UINT64_MAX);
  EXPECT_EQ(answer.records[1].paths, UINT64_MAX);
  EXPECT_EQ(answer.paths.size(), 1U);
}

TEST_F(PathsTest, TheFirstOfALaddersPathsAreTheSameBothWays) {
  MakeLadder(18);
  ASSERT_OK_AND_ASSIGN(const CausalPaths all, All("j0", "j18", 200));
  ASSERT_OK_AND_ASSIGN(const CausalPaths nearest, Nearest("j0", "j18", 200));
  EXPECT_EQ(all.paths, nearest.paths);
  EXPECT_TRUE(nearest.more);
  EXPECT_EQ(nearest.count, 200U);
}

TEST_F(PathsTest, LongerOnesComeBehindTheShortest) {
  store_.Apply({.add = {"a", "b", "c", "d"},
                .link = {{"d", "needs", "a"},
                         {"b", "needs", "a"},
                         {"d", "needs", "b"},
                         {"c", "needs", "b"},
                         {"d", "needs", "c"},
                         {"c", "needs", "a"},
                         {"b", "needs", "c"}}});
  ASSERT_OK_AND_ASSIGN(const CausalPaths answer, Nearest("a", "d", 10));
  EXPECT_THAT(Chains(answer), ElementsAre("a d", "a b d", "a c d", "a c b d", "a b c d"));
  EXPECT_FALSE(answer.more);
  EXPECT_THAT(Through(answer), ElementsAre("a 5", "b 3", "c 3", "d 5"));
  ASSERT_OK_AND_ASSIGN(const CausalPaths two, Nearest("a", "d", 2));
  EXPECT_THAT(Chains(two), ElementsAre("a d", "a b d"));
  EXPECT_TRUE(two.more);
  EXPECT_THAT(Through(two), ElementsAre("a 2", "b 1", "d 2"));
}

TEST_F(PathsTest, CyclesAndSelfLinksAreNoWay) {
  store_.Apply({.add = {"a", "b", "c"},
                .link = {{"a", "needs", "a"},
                         {"b", "needs", "a"},
                         {"b", "needs", "b"},
                         {"a", "needs", "b"},
                         {"c", "needs", "b"},
                         {"b", "needs", "c"}}});
  ASSERT_OK_AND_ASSIGN(const CausalPaths nearest, Nearest("a", "c", 10));
  EXPECT_THAT(Chains(nearest), ElementsAre("a b c"));
  EXPECT_FALSE(nearest.more);
  ASSERT_OK_AND_ASSIGN(const CausalPaths self, All("a", "a", 10));
  EXPECT_EQ(self.count, 1U);
  EXPECT_THAT(self.paths, ElementsAre(IsEmpty()));
  EXPECT_THAT(Through(self), ElementsAre("a 1"));
  ASSERT_OK_AND_ASSIGN(const CausalPaths nearest_self, Nearest("a", "a", 10));
  EXPECT_EQ(nearest_self.paths, self.paths);
}

TEST_F(PathsTest, ParallelLinksAreOneStep) {
  store_.Apply({.add = {"a", "b"},
                .link = {{"a", "gives", "b"}, {"b", "runs_on", "a"}, {"b", "needs", "a"}}});
  for (const auto& answer : {All("a", "b", 10), Nearest("a", "b", 10)}) {
    ASSERT_OK(answer.status());
    EXPECT_EQ(answer->count, 1U);
    ASSERT_EQ(answer->paths.size(), 1U);
    EXPECT_THAT(answer->paths[0],
                ElementsAre(LinkStep{store_.Id("a"), store_.Type("needs"), store_.Id("b"), true}));
  }
}

TEST_F(PathsTest, AStepSaysWhichWayItsLinkPoints) {
  store_.Apply({.add = {"a", "b", "c"}, .link = {{"a", "gives", "b"}, {"c", "runs_on", "b"}}});
  ASSERT_OK_AND_ASSIGN(const CausalPaths answer, All("a", "c", 10));
  ASSERT_EQ(answer.paths.size(), 1U);
  EXPECT_FALSE(answer.paths[0][0].inverse);
  EXPECT_TRUE(answer.paths[0][1].inverse);
}

TEST_F(PathsTest, WhereThereIsNoneThereIsNone) {
  store_.Apply({.add = {"a", "b", "c"}, .link = {{"b", "owned_by", "a"}, {"a", "needs", "c"}}});
  for (const auto& answer : {All("a", "b", 10), Nearest("a", "b", 10), Nearest("a", "c", 10)}) {
    ASSERT_OK(answer.status());
    EXPECT_EQ(answer->count, 0U);
    EXPECT_FALSE(answer->more);
    EXPECT_THAT(answer->paths, IsEmpty());
    EXPECT_THAT(answer->records, IsEmpty());
  }
}

TEST_F(PathsTest, SeeTheGraphOfTheirView) {
  const CommitNumber before = store_.Apply(
      {.add = {"a", "b", "c", "d"},
       .link = {
           {"b", "needs", "a"}, {"c", "needs", "a"}, {"d", "needs", "b"}, {"d", "needs", "c"}}});
  store_.Apply({.unlink = {{"d", "needs", "c"}}});
  ASSERT_OK_AND_ASSIGN(const CausalPaths now, All("a", "d", 10));
  EXPECT_EQ(now.count, 1U);
  const PathEnds ends{store_.Id("a"), store_.Id("d")};
  ASSERT_OK_AND_ASSIGN(const CausalPaths then, AllShortestPaths(store_.reader(), store_.At(before),
                                                                ends, 10, store_.Unlimited()));
  EXPECT_THAT(Chains(then), ElementsAre("a b d", "a c d"));
  ASSERT_OK_AND_ASSIGN(const CausalPaths nearest, KShortestPaths(store_.reader(), store_.At(before),
                                                                 ends, 10, store_.Unlimited()));
  EXPECT_EQ(nearest.paths, then.paths);
}

TEST_F(PathsTest, WrongQuestionsAreNamed) {
  store_.Apply({.add = {"a", "b"}});
  store_.Apply({.end = {"b"}});
  EXPECT_THAT(All("a", "b", 1), IsError(ErrorCode::kNotFound, "path to b"));
  EXPECT_THAT(Nearest("b", "a", 1), IsError(ErrorCode::kNotFound, "path from b"));
  EXPECT_THAT(Nearest("a", "a", 0), IsError(ErrorCode::kOutOfRange, "expected 1 to 1000"));
  EXPECT_THAT(Nearest("a", "a", 1'001), HasErrorCode(ErrorCode::kOutOfRange));
}

TEST_F(PathsTest, ABudgetThatIsSpentIsAnError) {
  MakeLadder(18);
  for (const bool all : {true, false}) {
    const auto ask = [&](const Limits& limits) {
      return all ? All("j0", "j18", 1'000, limits) : Nearest("j0", "j18", 1'000, limits);
    };
    EXPECT_THAT(ask({.steps = 50}), HasErrorCode(ErrorCode::kRowBudget));
    EXPECT_THAT(ask({.memory_bytes = 2'000}), HasErrorCode(ErrorCode::kMemoryBudget));
    EXPECT_THAT(ask({.time = std::chrono::nanoseconds(0)}),
                HasErrorCode(ErrorCode::kDeadlineExceeded));
  }
  // What a search among many paths costs is bounded, too, not only the walk before it.
  EXPECT_THAT(Nearest("j0", "j18", 1'000, {.steps = 1'000}), HasErrorCode(ErrorCode::kRowBudget));
  const Budget cancelled(Limits{}, store_.clock(), std::make_shared<const std::atomic<bool>>(true));
  EXPECT_THAT(KShortestPaths(store_.reader(), store_.Newest(), {store_.Id("j0"), store_.Id("j18")},
                             3, cancelled),
              HasErrorCode(ErrorCode::kCancelled));
}

// A hundred records that all need each other: more loopless paths than atoms in the universe.
TEST_F(PathsTest, AThousandOfCountlessPathsAreFound) {
  Edit edit;
  for (std::size_t i = 0; i < 100; ++i) edit.add.push_back(absl::StrFormat("n%d", i));
  for (std::size_t i = 0; i < 100; ++i) {
    for (std::size_t j = 0; j < 100; ++j) {
      if (i != j) edit.link.push_back({edit.add[i], "needs", edit.add[j]});
    }
  }
  store_.Apply(edit);
  ASSERT_OK_AND_ASSIGN(const CausalPaths answer, Nearest("n0", "n99", 1'000));
  EXPECT_TRUE(answer.more);
  ASSERT_EQ(answer.paths.size(), 1'000U);
  EXPECT_EQ(answer.paths[0].size(), 1U);
  EXPECT_EQ(answer.paths[98].size(), 2U);
  EXPECT_EQ(answer.paths[99].size(), 3U);
}

}  // namespace
}  // namespace kosei::query
