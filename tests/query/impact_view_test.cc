// Impact in past Views: what was so then, whatever came later.
#include <atomic>
#include <chrono>
#include <thread>

#include "absl/strings/str_format.h"
#include "kosei/query/impact.h"
#include "status_matchers.h"
#include "test_store.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::ElementsAre;

class ImpactViewTest : public ::testing::Test {
 protected:
  absl::StatusOr<ImpactAnswer> Ask(std::string_view root, const storage::View& view) {
    // The store's clock goes on by a second with each commit, also while a thread waits its turn.
    Limits limits;
    limits.time = std::chrono::hours(1);
    return Impact(store_.reader(), view, {.roots = {store_.Id(root)}},
                  Budget(limits, store_.clock()));
  }
  std::vector<std::string> Down(std::string_view root, const storage::View& view) {
    const absl::StatusOr<ImpactAnswer> answer = Ask(root, view);
    EXPECT_OK(answer.status());
    if (!answer.ok()) return {};
    EXPECT_EQ(answer->view, view);
    EXPECT_FALSE(answer->truncated.has_value());
    return Told(store_, *answer);
  }

  TestStore store_;
};

TEST_F(ImpactViewTest, EachCommitKeepsItsOwnGraph) {
  const CommitNumber made =
      store_.Apply({.add = {"a", "b", "c"}, .link = {{"b", "needs", "a"}, {"c", "needs", "b"}}});
  const CommitNumber grown = store_.Apply({.add = {"d"}, .link = {{"d", "needs", "a"}}});
  const CommitNumber moved =
      store_.Apply({.link = {{"c", "needs", "a"}}, .unlink = {{"c", "needs", "b"}}});
  const CommitNumber back =
      store_.Apply({.link = {{"c", "needs", "b"}}, .unlink = {{"c", "needs", "a"}}});
  for (const char* when : {"as a delta", "as a base"}) {
    SCOPED_TRACE(when);
    EXPECT_THAT(Down("a", store_.At(made)), ElementsAre("a", "b:1<a", "c:2<b"));
    EXPECT_THAT(Down("a", store_.At(grown)), ElementsAre("a", "b:1<a", "d:1<a", "c:2<b"));
    EXPECT_THAT(Down("a", store_.At(moved)), ElementsAre("a", "b:1<a", "c:1<a", "d:1<a"));
    EXPECT_THAT(Down("a", store_.At(back)), ElementsAre("a", "b:1<a", "d:1<a", "c:2<b"));
    store_.Reopen();
  }
}

TEST_F(ImpactViewTest, ARecordThatEndedIsAffectedOnlyBefore) {
  const CommitNumber before =
      store_.Apply({.add = {"a", "b", "c"}, .link = {{"b", "needs", "a"}, {"c", "needs", "b"}}});
  const CommitNumber after = store_.Apply({.end = {"b"}});
  for (const char* when : {"as a delta", "as a base"}) {
    SCOPED_TRACE(when);
    EXPECT_THAT(Down("a", store_.At(before)), ElementsAre("a", "b:1<a", "c:2<b"));
    EXPECT_THAT(Down("a", store_.At(after)), ElementsAre("a"));
    EXPECT_THAT(Down("b", store_.At(before)), ElementsAre("b", "c:1<b"));
    EXPECT_THAT(Ask("b", store_.At(after)), HasErrorCode(ErrorCode::kNotFound));
    store_.Reopen();
  }
}

TEST_F(ImpactViewTest, ARecordThatCameLaterIsNotThereBefore) {
  const CommitNumber first = store_.Apply({.add = {"a"}});
  store_.Apply({.add = {"b"}, .link = {{"b", "needs", "a"}}});
  EXPECT_THAT(Down("a", store_.At(first)), ElementsAre("a"));
  EXPECT_THAT(Ask("b", store_.At(first)), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(Ask("a", store_.At(kNoCommit)), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(ImpactViewTest, AnInstantBeforeTheCommitShowsTheGraphOfThatInstant) {
  const CommitNumber first = store_.Apply({.add = {"a", "b"}});
  const CommitNumber second = store_.Apply({.link = {{"b", "needs", "a"}}});
  storage::View view = store_.At(second);
  EXPECT_THAT(Down("a", view), ElementsAre("a", "b:1<a"));
  view.valid_at = store_.At(first).valid_at;
  EXPECT_THAT(Down("a", view), ElementsAre("a"));
}

TEST_F(ImpactViewTest, CommitsThatGoOnMeanwhileDoNotChangeThePast) {
  Edit edit{.add = {"a"}};
  for (int i = 0; i < 300; ++i) {
    edit.add.push_back(absl::StrFormat("b%d", i));
    edit.link.push_back({edit.add.back(), "needs", "a"});
  }
  const CommitNumber made = store_.Apply(edit);
  store_.Reopen();
  const storage::View view = store_.At(made);
  const std::vector<std::string> expected = Down("a", view);
  ASSERT_EQ(expected.size(), 301U);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 40; ++i) {
      store_.Apply({.add = {absl::StrFormat("c%d", i)},
                    .link = {{absl::StrFormat("c%d", i), "needs", "a"}},
                    .unlink = {{absl::StrFormat("b%d", i), "needs", "a"}}});
    }
    done = true;
  });
  while (!done && !HasFailure()) EXPECT_EQ(Down("a", view), expected);
  writer.join();
  EXPECT_EQ(Down("a", view), expected);
  EXPECT_EQ(Down("a", store_.Newest()).size(), 301U);
}

}  // namespace
}  // namespace kosei::query
