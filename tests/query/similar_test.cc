// Records whose text reads like a given one: order, scores, languages, and what is refused.
#include "kosei/query/similar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;

class SimilarTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<SimilarRecord>> Ask(const SimilarRequest& request) {
    const Budget budget({}, store_.store().clock());
    return Similar(store_.store().reader(), store_.store().Newest(), request, budget);
  }
  std::vector<std::string> Keys(const std::string& text, const std::string& class_name = "Server",
                                std::uint64_t limit = 10) {
    const auto found = Ask({text, class_name, limit});
    EXPECT_OK(found);
    std::vector<std::string> keys;
    if (!found.ok()) return keys;
    for (const SimilarRecord& each : *found)
      keys.emplace_back(store_.store().reader().KeyOf(each.id));
    return keys;
  }
  double Score(const std::string& text) { return Ask({text, "Server", 1})->at(0).score; }
  void PutServer(const std::string& key, const std::string& name, const std::string& text = "x") {
    store_.Put("Server", key, {{"name", name}, {"description", text}});
  }

  SearchStore store_;
};

TEST_F(SimilarTest, WhatSharesMoreAndRarerWordsComesFirst) {
  PutServer("a", "mail store is slow");
  PutServer("b", "mail store leaks connections");
  PutServer("c", "mail is late");
  PutServer("d", "printer jams");
  EXPECT_THAT(Keys("the mail store has no connections left"), ElementsAre("b", "a", "c"));
  // Everybody has "mail", one alone "late".
  EXPECT_EQ(Keys("late mail").front(), "c");
  EXPECT_THAT(Keys("late mail", "Server", 1), ElementsAre("c"));
  EXPECT_THAT(Keys("badge reader"), IsEmpty());
}

TEST_F(SimilarTest, AllTheWordsAreAboutOneAndFewerAreLess) {
  PutServer("a", "mail store leaks connections");
  PutServer("b", "printer jams often again");
  EXPECT_NEAR(Score("mail store leaks connections"), 1, 0.05);
  EXPECT_THAT(Score("mail store leaks connections"), Gt(Score("mail store jumps over things")));
}

TEST_F(SimilarTest, CaseWidthAndEndingsMakeNoDifference) {
  PutServer("a", "ＭＡＩＬ Connection");
  EXPECT_THAT(Keys("mail"), ElementsAre("a"));
  EXPECT_THAT(Keys("connections"), ElementsAre("a"));
}

TEST_F(SimilarTest, JapaneseIsTakenApartIntoWords) {
  PutServer("a", "印刷ジョブが滞留する");
  PutServer("b", "メールの送信が遅延する");
  EXPECT_THAT(Keys("印刷ができない"), ElementsAre("a"));
  EXPECT_THAT(Keys("送信したメールが届かない").front(), "b");
}

TEST_F(SimilarTest, OnlyRecordsOfTheClassCount) {
  PutServer("a", "mail");
  store_.Put("Person", "p", {{"name", "mail"}});
  EXPECT_THAT(Keys("mail", "Person"), ElementsAre("p"));
  EXPECT_THAT(Keys("mail", "Item"), ElementsAre("a", "p"));
}

TEST_F(SimilarTest, WithoutWordsNothingIsAlike) {
  PutServer("a", "mail");
  EXPECT_THAT(Keys(""), IsEmpty());
  EXPECT_THAT(Keys(" - ! "), IsEmpty());
}

TEST_F(SimilarTest, MistakesAreTold) {
  EXPECT_THAT(Ask({"mail", "Servr"}), HasErrorCode(ErrorCode::kUnknownClass));
  EXPECT_THAT(Ask({"\xff\xfe", "Server"}), HasErrorCode(ErrorCode::kInvalidText));
}

}  // namespace
}  // namespace kosei::query
