// Impact on graphs made by hand: which links carry failure, which way, in which order, by which
// path.
#include "kosei/query/impact.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "status_matchers.h"
#include "test_store.h"

namespace kosei::query {
namespace {

using ::kosei::testing::IsError;
using ::kosei::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class ImpactTest : public ::testing::Test {
 protected:
  absl::StatusOr<ImpactAnswer> Ask(std::vector<std::string> roots,
                                   ImpactDirection direction = ImpactDirection::kDown,
                                   std::optional<std::uint32_t> depth = std::nullopt) {
    ImpactRequest request;
    for (const std::string& root : roots) request.roots.push_back(store_.Id(root));
    request.direction = direction;
    request.depth = depth;
    return Impact(store_.reader(), store_.Newest(), request, store_.Unlimited());
  }
  std::vector<std::string> Down(std::vector<std::string> roots) {
    const absl::StatusOr<ImpactAnswer> answer = Ask(std::move(roots));
    EXPECT_OK(answer.status());
    return answer.ok() ? Told(store_, *answer) : std::vector<std::string>();
  }
  std::vector<std::string> Up(std::vector<std::string> roots) {
    const absl::StatusOr<ImpactAnswer> answer = Ask(std::move(roots), ImpactDirection::kUp);
    EXPECT_OK(answer.status());
    return answer.ok() ? Told(store_, *answer) : std::vector<std::string>();
  }

  TestStore store_;
};

TEST_F(ImpactTest, FailureTravelsTheWayTheModelSays) {
  store_.Apply({.add = {"a", "b", "c", "d"},
                .link = {{"b", "needs", "a"}, {"a", "gives", "c"}, {"d", "runs_on", "c"}}});
  EXPECT_THAT(Down({"a"}), ElementsAre("a", "b:1<a", "c:1<a", "d:2<c"));
  EXPECT_THAT(Up({"a"}), ElementsAre("a"));
  EXPECT_THAT(Up({"d"}), ElementsAre("d", "c:1<d", "a:2<c"));
  EXPECT_THAT(Down({"d"}), ElementsAre("d"));
}

TEST_F(ImpactTest, OwnershipCarriesNothing) {
  store_.Apply({.add = {"a", "b"}, .link = {{"a", "owned_by", "b"}}});
  EXPECT_THAT(Down({"a"}), ElementsAre("a"));
  EXPECT_THAT(Down({"b"}), ElementsAre("b"));
  EXPECT_THAT(Up({"a"}), ElementsAre("a"));
}

TEST_F(ImpactTest, EachLinkIsFollowedOnce) {
  // Eighteen diamonds in a row: 2^18 ways to the top, 72 links.
  Edit edit{.add = {"top0"}};
  for (int i = 0; i < 18; ++i) {
    const std::string top = absl::StrFormat("top%d", i);
    const std::string next = absl::StrFormat("top%d", i + 1);
    for (const char* side : {"left", "right"}) {
      const std::string middle = absl::StrFormat("%s%d", side, i);
      edit.add.push_back(middle);
      edit.link.push_back({middle, "needs", top});
      edit.link.push_back({next, "needs", middle});
    }
    edit.add.push_back(next);
  }
  store_.Apply(edit);
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask({"top0"}));
  EXPECT_EQ(answer.affected_count(), 54U);
  EXPECT_EQ(answer.links_seen, 72U);
  EXPECT_EQ(answer.DistanceOf(answer.nodes.size() - 1), 36U);
}

TEST_F(ImpactTest, ACycleEndsAndItsRootIsNotAffected) {
  store_.Apply({.add = {"a", "b", "c"},
                .link = {{"b", "needs", "a"}, {"c", "needs", "b"}, {"a", "needs", "c"}}});
  EXPECT_THAT(Down({"a"}), ElementsAre("a", "b:1<a", "c:2<b"));
  EXPECT_THAT(Down({"b"}), ElementsAre("b", "c:1<b", "a:2<c"));
}

TEST_F(ImpactTest, ALinkToItselfChangesNothing) {
  store_.Apply({.add = {"a", "b"}, .link = {{"a", "needs", "a"}, {"b", "needs", "a"}}});
  EXPECT_THAT(Down({"a"}), ElementsAre("a", "b:1<a"));
}

TEST_F(ImpactTest, ParallelLinksCountOnceAndTheLowestTypeIsNamed) {
  // Written in the order that would be wrong if order of writing mattered.
  store_.Apply({.add = {"a", "b"}});
  store_.Apply({.link = {{"b", "runs_on", "a"}}});
  store_.Apply({.link = {{"a", "gives", "b"}}});
  store_.Apply({.link = {{"b", "needs", "a"}}});
  for (const char* when : {"before the merge", "after the merge"}) {
    SCOPED_TRACE(when);
    ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask({"a"}));
    EXPECT_EQ(answer.affected_count(), 1U);
    EXPECT_THAT(Told(store_, PathTo(answer, 1)), ElementsAre("a -needs-> b"));
    store_.Reopen();
  }
}

TEST_F(ImpactTest, ALinkOfTheDependentComesBeforeOneOfTheGiver) {
  store_.Apply({.add = {"a", "b"}, .link = {{"a", "gives", "b"}, {"b", "runs_on", "a"}}});
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask({"a"}));
  EXPECT_THAT(Told(store_, PathTo(answer, 1)), ElementsAre("a -runs_on-> b"));
}

TEST_F(ImpactTest, SeveralRootsStandAsAskedAndTheNearestExplains) {
  store_.Apply({.add = {"a", "b", "c", "d", "e"},
                .link = {{"c", "needs", "a"},
                         {"d", "needs", "c"},
                         {"d", "needs", "b"},
                         {"e", "needs", "a"},
                         {"e", "needs", "b"}}});
  // e is one step from both: the root that was asked first is its cause.
  EXPECT_THAT(Down({"b", "a", "b"}), ElementsAre("b", "a", "c:1<a", "d:1<b", "e:1<b"));
  EXPECT_THAT(Down({"a", "b"}), ElementsAre("a", "b", "c:1<a", "d:1<b", "e:1<a"));
  EXPECT_THAT(Down({"a", "c"}), ElementsAre("a", "c", "d:1<c", "e:1<a"));
}

TEST_F(ImpactTest, TheOrderOfWritingDoesNotChangeTheAnswer) {
  const std::vector<std::string> keys = {"a", "b", "c", "d", "e", "f"};
  std::vector<NamedLink> links = {{"c", "needs", "a"}, {"b", "needs", "a"}, {"d", "needs", "c"},
                                  {"d", "needs", "b"}, {"e", "needs", "c"}, {"f", "runs_on", "d"},
                                  {"f", "needs", "e"}};
  store_.Apply({.add = keys, .link = links});
  const std::vector<std::string> expected = Down({"a"});
  EXPECT_THAT(expected, ElementsAre("a", "b:1<a", "c:1<a", "d:2<b", "e:2<c", "f:3<d"));
  std::reverse(links.begin(), links.end());
  TestStore other;
  other.Apply({.add = keys});
  for (const NamedLink& link : links) other.Apply({.link = {link}});
  ASSERT_OK_AND_ASSIGN(
      const ImpactAnswer answer,
      Impact(other.reader(), other.Newest(), {.roots = {other.Id("a")}}, other.Unlimited()));
  EXPECT_EQ(Told(other, answer), expected);
}

TEST_F(ImpactTest, PathsRunFromARootToTheRecord) {
  store_.Apply(
      {.add = {"disk", "host", "app", "service"},
       .link = {
           {"host", "needs", "disk"}, {"app", "runs_on", "host"}, {"app", "gives", "service"}}});
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer down, Ask({"disk"}));
  EXPECT_THAT(Told(store_, PathTo(down, 3)),
              ElementsAre("disk -needs-> host", "host -runs_on-> app", "app -gives-> service"));
  EXPECT_THAT(PathTo(down, 0), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer up, Ask({"service"}, ImpactDirection::kUp));
  EXPECT_THAT(Told(store_, PathTo(up, 3)),
              ElementsAre("service -gives-> app", "app -runs_on-> host", "host -needs-> disk"));
}

TEST_F(ImpactTest, CountsByClassLeaveTheRootsOut) {
  store_.Apply({.add = {"a", "b", "c"},
                .link = {{"b", "needs", "a"}, {"c", "needs", "a"}, {"m", "needs", "b"}},
                .others = {{"Machine", "m"}}});
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, Ask({"a"}));
  EXPECT_THAT(answer.counts_by_class,
              ElementsAre(Pair(store_.Class("Thing"), 2U), Pair(store_.Class("Machine"), 1U)));
  EXPECT_EQ(answer.affected_count(), 3U);
  EXPECT_EQ(answer.root_count(), 1U);
}

TEST_F(ImpactTest, ARootWithoutLinksHasNoImpact) {
  store_.Apply({.add = {"a"}});
  EXPECT_THAT(Down({"a"}), ElementsAre("a"));
}

TEST_F(ImpactTest, ARootThatDoesNotHoldIsNamed) {
  store_.Apply({.add = {"a", "b"}, .link = {{"b", "needs", "a"}}});
  store_.Apply({.end = {"b"}});
  EXPECT_THAT(Ask({"a", "b"}), IsError(ErrorCode::kNotFound, "impact b: there is no such record"));
  const auto number = [&](std::uint64_t id) {
    return Impact(store_.reader(), store_.Newest(), {.roots = {RecordId{id}}}, store_.Unlimited());
  };
  EXPECT_THAT(number(0), IsError(ErrorCode::kNotFound, "record number 0"));
  EXPECT_THAT(number(77), IsError(ErrorCode::kNotFound, "record number 77"));
  // Not to be taken for a record whose number is the same in 32 bits.
  EXPECT_THAT(number(store_.Id("a").value + (std::uint64_t{1} << 32)),
              IsError(ErrorCode::kNotFound, "record number 4294967297"));
}

TEST_F(ImpactTest, NoRootIsRefused) {
  EXPECT_THAT(Ask({}), IsError(ErrorCode::kInvalidArgument, "no record was named"));
}

}  // namespace
}  // namespace kosei::query
