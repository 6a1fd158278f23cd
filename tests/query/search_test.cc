// Search by class, attribute and key; what it refuses; where it stops. Text: search_text_test.cc.
#include "kosei/query/search.h"

#include <atomic>
#include <memory>

#include "absl/strings/str_format.h"
#include "search_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SearchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.Put("Server", "srv-1", {{"name", "alpha"}, {"port", "443"}, {"tags", "web;front"}});
    store_.Put("Server", "srv-2",
               {{"name", "beta"}, {"port", "8080"}, {"mac", "AA-BB-CC-00-11-22"}});
    store_.Put("Switch", "sw-1", {{"name", "gamma"}, {"state", "live"}, {"tags", "front"}});
    store_.Put("Person", "p-1", {{"name", "alpha"}});
  }
  std::vector<std::string> Find(const SearchRequest& request) {
    return store_.Find(request, store_.store().Newest());
  }
  absl::Status Refusal(const SearchRequest& request) {
    return store_.Search(request, store_.store().Newest(), Limits{}).status();
  }

  SearchStore store_;
};

TEST_F(SearchTest, NothingAskedGivesEverythingInOrderOfId) {
  EXPECT_THAT(Find({}), ElementsAre("srv-1", "srv-2", "sw-1", "p-1"));
}

TEST_F(SearchTest, AClassCoversTheClassesBelow) {
  EXPECT_THAT(Find({.class_name = "Device"}), ElementsAre("srv-1", "srv-2", "sw-1"));
  EXPECT_THAT(Find({.class_name = "Server"}), ElementsAre("srv-1", "srv-2"));
  EXPECT_THAT(Find({.class_name = "Item"}), ElementsAre("srv-1", "srv-2", "sw-1", "p-1"));
  EXPECT_THAT(Find({.text = "alpha", .class_name = "Person"}), ElementsAre("p-1"));
}

TEST_F(SearchTest, ValuesAreReadAsTheAttributesType) {
  EXPECT_THAT(Find({.where = {{"port", "0443"}}}), ElementsAre("srv-1"));
  EXPECT_THAT(Find({.where = {{"mac", "aa:bb:cc:00:11:22"}}}), ElementsAre("srv-2"));
  EXPECT_THAT(Find({.where = {{"name", "alpha"}}}), ElementsAre("srv-1", "p-1"));
  EXPECT_THAT(Find({.where = {{"name", "ALPHA"}}}), IsEmpty());
  EXPECT_THAT(Find({.where = {{"name", "alpha"}, {"port", "443"}}}), ElementsAre("srv-1"));
  EXPECT_THAT(Find({.where = {{"name", "alpha"}, {"port", "8080"}}}), IsEmpty());
}

TEST_F(SearchTest, TheItemsAskedForAreAmongThoseOfTheList) {
  EXPECT_THAT(Find({.where = {{"tags", "front"}}}), ElementsAre("srv-1", "sw-1"));
  EXPECT_THAT(Find({.where = {{"tags", "front; web"}}}), ElementsAre("srv-1"));
  EXPECT_THAT(Find({.where = {{"tags", "fron"}}}), IsEmpty());
}

TEST_F(SearchTest, AnAttributeOfAClassBelowIsKnown) {
  EXPECT_THAT(Find({.class_name = "Device", .where = {{"state", "live"}}}), ElementsAre("sw-1"));
}

TEST_F(SearchTest, TheKeyIsAskedLikeAnAttribute) {
  EXPECT_THAT(Find({.where = {{"key", "srv-2"}}}), ElementsAre("srv-2"));
  EXPECT_THAT(Find({.class_name = "Person", .where = {{"key", "srv-2"}}}), IsEmpty());
  EXPECT_THAT(Find({.text = "gamma", .where = {{"key", "srv-2"}}}), IsEmpty());
  EXPECT_THAT(Find({.where = {{"key", "nobody"}}}), IsEmpty());
  EXPECT_THAT(Find({.where = {{"key", "srv-1"}, {"key", "srv-2"}}}), IsEmpty());
}

TEST_F(SearchTest, WhatTheModelDoesNotKnowIsRefused) {
  EXPECT_THAT(Refusal({.class_name = "Serber"}), HasErrorCode(ErrorCode::kUnknownClass));
  EXPECT_THAT(Refusal({.where = {{"prot", "1"}}}), IsError(ErrorCode::kUnknownAttribute, "prot"));
  EXPECT_THAT(Refusal({.class_name = "Person", .where = {{"port", "1"}}}),
              IsError(ErrorCode::kUnknownAttribute, "port"));
  EXPECT_THAT(Refusal({.where = {{"port", "many"}}}), HasErrorCode(ErrorCode::kWrongType));
  EXPECT_THAT(Refusal({.text = "\xff"}), HasErrorCode(ErrorCode::kInvalidText));
}

TEST_F(SearchTest, WhatHasNoTypeIsNotComparedWith) {
  for (const Comparison comparison : {Comparison::kEqual, Comparison::kLess, Comparison::kPrefix}) {
    EXPECT_THAT(Refusal({.where = {{"found", "5", comparison}}}),
                IsError(ErrorCode::kWrongType, "has no type in the model"));
  }
}

TEST_F(SearchTest, RowsBoundTheHitsAndTheCutIsTold) {
  const auto ask = [&](std::uint64_t rows) {
    return store_.Search({.class_name = "Server"}, store_.store().Newest(), {.rows = rows});
  };
  ASSERT_OK_AND_ASSIGN(const SearchOutcome one, ask(1));
  EXPECT_THAT(one.keys, ElementsAre("srv-1"));
  EXPECT_EQ(one.summary.matched, 1U);
  EXPECT_TRUE(one.summary.cut);
  ASSERT_OK_AND_ASSIGN(const SearchOutcome two, ask(2));
  EXPECT_EQ(two.summary.matched, 2U);
  EXPECT_FALSE(two.summary.cut) << "there are just as many as allowed";
}

TEST_F(SearchTest, StepsBoundTheScan) {
  ASSERT_OK_AND_ASSIGN(const SearchOutcome outcome,
                       store_.Search({}, store_.store().Newest(), {.steps = 3}));
  EXPECT_THAT(outcome.keys, ElementsAre("srv-1", "srv-2", "sw-1"));
  EXPECT_TRUE(outcome.summary.cut);
}

TEST_F(SearchTest, TheVisitorMayStop) {
  std::vector<std::string> keys;
  ASSERT_OK_AND_ASSIGN(const SearchSummary summary,
                       Search(store_.store().reader(), store_.store().Newest(), {},
                              store_.store().Unlimited(), [&](const storage::RecordVersion& hit) {
                                keys.emplace_back(hit.record().key());
                                return keys.size() < 2;
                              }));
  EXPECT_THAT(keys, ElementsAre("srv-1", "srv-2"));
  EXPECT_EQ(summary.matched, 2U);
  EXPECT_FALSE(summary.cut);
}

TEST_F(SearchTest, TimeAndCancellingAreErrors) {
  for (const SearchRequest& request : {SearchRequest{}, SearchRequest{.where = {{"key", "p-1"}}}}) {
    EXPECT_THAT(
        store_.Search(request, store_.store().Newest(), {.time = std::chrono::nanoseconds(0)}),
        HasErrorCode(ErrorCode::kDeadlineExceeded));
    const Budget cancelled(Limits{}, store_.store().clock(),
                           std::make_shared<const std::atomic<bool>>(true));
    EXPECT_THAT(Search(store_.store().reader(), store_.store().Newest(), request, cancelled,
                       [](const storage::RecordVersion&) { return true; }),
                HasErrorCode(ErrorCode::kCancelled));
  }
}

TEST_F(SearchTest, APastViewShowsWhatWasSoThen) {
  const storage::View before = store_.store().Newest();
  store_.Put("Server", "srv-1", {{"name", "renamed"}});
  store_.store().Apply({.end = {"p-1"}});
  EXPECT_THAT(Find({.text = "alpha"}), IsEmpty());
  EXPECT_THAT(Find({.text = "renamed"}), ElementsAre("srv-1"));
  EXPECT_THAT(store_.Find({.text = "alpha"}, before), ElementsAre("srv-1", "p-1"));
  EXPECT_THAT(store_.Find({.text = "renamed"}, before), IsEmpty());
  EXPECT_THAT(store_.Find({.where = {{"key", "p-1"}}}, before), ElementsAre("p-1"));
}

}  // namespace
}  // namespace kosei::query
