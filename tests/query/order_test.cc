#include "kosei/query/order.h"

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

class OrderTest : public ::testing::Test {
 protected:
  std::vector<RecordId> Ids(const std::vector<std::string>& keys) {
    std::vector<RecordId> ids;
    for (const std::string& key : keys) ids.push_back(store_.Id(key));
    return ids;
  }
  absl::StatusOr<OrderAnswer> Ask(const OrderRequest& request, const Limits& limits = {}) {
    return Order(store_.reader(), store_.Newest(), request, Budget(limits, store_.clock()));
  }
  // "1 db", "2 web<db": wave, record, what it comes after.
  std::vector<std::string> Ordered(const OrderRequest& request) {
    const auto answer = Ask(request);
    EXPECT_OK(answer.status());
    if (!answer.ok()) return {};
    std::vector<std::string> told;
    for (const OrderedRecord& one : answer->records) {
      told.push_back(absl::StrFormat("%d %s", one.wave, store_.Key(one.record)));
      if (one.after.value != 0) told.back() += "<" + store_.Key(one.after);
    }
    return told;
  }
  // service -> web -> db, service -> cache, all on hosts; the hosts on a switch.
  void MakeShop() {
    store_.Apply({.add = {"service", "web", "db", "cache", "host1", "host2", "switch"},
                  .link = {{"service", "needs", "web"},
                           {"service", "needs", "cache"},
                           {"web", "needs", "db"},
                           {"web", "runs_on", "host1"},
                           {"cache", "runs_on", "host1"},
                           {"db", "runs_on", "host2"},
                           {"switch", "gives", "host1"},
                           {"switch", "gives", "host2"},
                           {"db", "owned_by", "service"}}});
  }

  TestStore store_;
};

TEST_F(OrderTest, WhatIsNeededComesFirst) {
  MakeShop();
  const std::vector<RecordId> all =
      Ids({"service", "web", "db", "cache", "host1", "host2", "switch"});
  EXPECT_THAT(Ordered({.records = all}),
              ElementsAre("1 switch", "2 host1<switch", "2 host2<switch", "3 db<host2",
                          "3 cache<host1", "4 web<db", "5 service<web"));
}

TEST_F(OrderTest, BackwardsTheSameWavesComeTheOtherWayRound) {
  MakeShop();
  EXPECT_THAT(Ordered({.affected_by = Ids({"switch"}), .direction = OrderDirection::kNeededLast}),
              ElementsAre("1 service", "2 web<service", "3 db<web", "3 cache<service",
                          "4 host1<cache", "4 host2<db", "5 switch<host1"));
}

TEST_F(OrderTest, OnlyLinksAmongTheRecordsCountUnlessAskedOtherwise) {
  MakeShop();
  const std::vector<RecordId> some = Ids({"service", "switch", "db"});
  EXPECT_THAT(Ordered({.records = some}), ElementsAre("1 service", "1 db", "1 switch"));
  EXPECT_THAT(Ordered({.records = some, .links = OrderLinks::kThrough}),
              ElementsAre("1 switch", "2 db<switch", "3 service<db"));
}

TEST_F(OrderTest, WhatARecordRestsOnCanBeBroughtUpInOrder) {
  MakeShop();
  EXPECT_THAT(Ordered({.needed_by = Ids({"db"})}),
              ElementsAre("1 switch", "2 host2<switch", "3 db<host2"));
}

TEST_F(OrderTest, CyclesAreNamedAndShareAWave) {
  store_.Apply({.add = {"x", "a", "b", "c", "y"},
                .link = {{"a", "needs", "x"},
                         {"a", "needs", "b"},
                         {"b", "runs_on", "c"},
                         {"a", "gives", "c"},
                         {"y", "needs", "c"}}});
  const OrderRequest request{.records = Ids({"x", "a", "b", "c", "y"})};
  EXPECT_THAT(Ordered(request), ElementsAre("1 x", "2 a<x", "2 b<x", "2 c<x", "3 y<c"));
  ASSERT_OK_AND_ASSIGN(const OrderAnswer answer, Ask(request));
  EXPECT_EQ(answer.waves, 3U);
  ASSERT_EQ(answer.cycles.size(), 1U);
  EXPECT_EQ(answer.cycles[0].size, 3U);
  EXPECT_EQ(answer.cycles[0].wave, 2U);
  EXPECT_THAT(Told(store_, answer.cycles[0].steps),
              ElementsAre("a -gives-> c", "c -runs_on-> b", "b -needs-> a"));
  EXPECT_EQ(answer.records[0].cycle, kNoCycle);
  EXPECT_EQ(answer.records[2].cycle, 0U);
}

TEST_F(OrderTest, ACycleThroughOthersIsOneWhenTheyCount) {
  store_.Apply({.add = {"a", "b", "between", "loop"},
                .link = {{"a", "needs", "between"},
                         {"between", "needs", "b"},
                         {"b", "needs", "a"},
                         {"a", "needs", "loop"},
                         {"loop", "needs", "a"}}});
  OrderRequest request{.records = Ids({"a", "b"})};
  EXPECT_THAT(Ordered(request), ElementsAre("1 a", "2 b<a"));
  request.links = OrderLinks::kThrough;
  ASSERT_OK_AND_ASSIGN(const OrderAnswer answer, Ask(request));
  EXPECT_EQ(answer.waves, 1U);
  ASSERT_EQ(answer.cycles.size(), 1U);
  EXPECT_EQ(answer.cycles[0].size, 2U);
  // Not the shorter round through `loop`, which says nothing of b.
  EXPECT_THAT(Told(store_, answer.cycles[0].steps),
              ElementsAre("a -needs-> b", "b -needs-> between", "between -needs-> a"));
}

TEST_F(OrderTest, ARecordThatNeedsItselfIsNoCycle) {
  store_.Apply({.add = {"a", "b"}, .link = {{"a", "needs", "a"}, {"b", "needs", "a"}}});
  ASSERT_OK_AND_ASSIGN(const OrderAnswer answer, Ask({.records = Ids({"b", "a", "a"})}));
  EXPECT_THAT(answer.cycles, IsEmpty());
  EXPECT_EQ(answer.records.size(), 2U);
  EXPECT_EQ(answer.waves, 2U);
}

TEST_F(OrderTest, ClassesBoundWhatIsFoundAndNotWhatIsNamed) {
  store_.Apply({.add = {"app", "top"},
                .link = {{"app", "needs", "vm"}, {"vm", "needs", "host"}, {"top", "needs", "app"}},
                .others = {{"Machine", "host"}, {"Machine", "vm"}}});
  const std::vector<ClassNumber> machines = {store_.Class("Machine")};
  EXPECT_THAT(Ordered({.needed_by = Ids({"app"}), .classes = machines}),
              ElementsAre("1 host", "2 vm<host"));
  EXPECT_THAT(Ordered({.records = Ids({"top"}),
                       .needed_by = Ids({"app"}),
                       .classes = machines,
                       .links = OrderLinks::kThrough}),
              ElementsAre("1 host", "2 vm<host", "3 top<vm"));
  EXPECT_THAT(Ordered({.affected_by = Ids({"top"}), .classes = machines}), IsEmpty());
}

TEST_F(OrderTest, AChainOfAHundredThousandIsNoTrouble) {
  constexpr std::size_t kLength = 100'000;
  Edit edit;
  for (std::size_t i = 0; i < kLength; ++i) {
    edit.add.push_back(absl::StrFormat("n%d", i));
    if (i > 0) edit.link.push_back({edit.add[i], "needs", edit.add[i - 1]});
  }
  store_.Apply(edit);
  ASSERT_OK_AND_ASSIGN(const OrderAnswer answer, Ask({.affected_by = Ids({"n0"})}));
  EXPECT_EQ(answer.waves, static_cast<std::uint32_t>(kLength));
  store_.Apply({.link = {{"n0", "needs", edit.add.back()}}});
  ASSERT_OK_AND_ASSIGN(const OrderAnswer round, Ask({.affected_by = Ids({"n0"})}));
  EXPECT_EQ(round.waves, 1U);
  ASSERT_EQ(round.cycles.size(), 1U);
  EXPECT_EQ(round.cycles[0].steps.size(), kLength);
}

TEST_F(OrderTest, SeesTheGraphOfItsView) {
  store_.Apply({.add = {"a", "b"}, .link = {{"b", "needs", "a"}}});
  const storage::View before = store_.Newest();
  store_.Apply({.link = {{"a", "needs", "b"}}, .unlink = {{"b", "needs", "a"}}});
  EXPECT_THAT(Ordered({.records = Ids({"a", "b"})}), ElementsAre("1 b", "2 a<b"));
  ASSERT_OK_AND_ASSIGN(
      const OrderAnswer then,
      Order(store_.reader(), before, {.records = Ids({"a", "b"})}, store_.Unlimited()));
  EXPECT_EQ(then.records[0].record, store_.Id("a"));
}

TEST_F(OrderTest, WrongQuestionsAreNamed) {
  EXPECT_THAT(Ask({}), IsError(ErrorCode::kInvalidArgument, "no record was named"));
  store_.Apply({.add = {"a", "b"}});
  store_.Apply({.end = {"b"}});
  EXPECT_THAT(Ask({.records = Ids({"a", "b"})}), IsError(ErrorCode::kNotFound, "order of b"));
  EXPECT_THAT(Ask({.affected_by = Ids({"b"})}), IsError(ErrorCode::kNotFound, "order of b"));
}

TEST_F(OrderTest, ABudgetThatIsSpentIsAnError) {
  MakeShop();
  for (const bool named : {true, false}) {
    OrderRequest request;
    if (named) {
      request.records = Ids({"service", "web", "db", "cache", "host1", "host2", "switch"});
    } else {
      request.affected_by = Ids({"switch"});
    }
    EXPECT_THAT(Ask(request, {.steps = 3}), HasErrorCode(ErrorCode::kRowBudget));
    EXPECT_THAT(Ask(request, {.memory_bytes = 60}), HasErrorCode(ErrorCode::kMemoryBudget));
    EXPECT_THAT(Ask(request, {.time = std::chrono::nanoseconds(0)}),
                HasErrorCode(ErrorCode::kDeadlineExceeded));
    const Budget cancelled(Limits{}, store_.clock(),
                           std::make_shared<const std::atomic<bool>>(true));
    EXPECT_THAT(Order(store_.reader(), store_.Newest(), request, cancelled),
                HasErrorCode(ErrorCode::kCancelled));
  }
}

}  // namespace
}  // namespace kosei::query
