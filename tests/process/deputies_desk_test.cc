// Absences and delegations as people put them in force, and what they do to approvals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "desk_store.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Texts = std::vector<std::pair<std::string, std::string>>;

class DeputiesDesk : public ::testing::Test {
 protected:
  DeputiesDesk() {
    for (const char* name : {"hanako", "jiro", "taro"}) store_.PutPerson(name, {"cab_member"});
    store_.PutPerson("boss", {"change_manager"});
    store_.clock().Advance(std::chrono::minutes(1));
  }
  Desk& desk() { return store_.desk(); }
  std::string At(std::chrono::hours later) {
    return FormatTimestamp(
        Timestamp{store_.clock().Now().micros + std::chrono::microseconds(later).count()});
  }
  std::string Draft(const std::string& who, const std::string& class_name, Texts attributes) {
    store_.clock().Advance(std::chrono::seconds(1));
    attributes.emplace_back("name", "away");
    const auto opened =
        desk().New(As(who), {.class_name = class_name, .attributes = Given(attributes)});
    EXPECT_EQ(Refused(opened), "");
    return opened.ok() ? opened->key : std::string();
  }
  std::string Do(const std::string& who, const std::string& key, const std::string& event,
                 const Texts& attributes = {}) {
    store_.clock().Advance(std::chrono::seconds(1));
    return Refused(
        desk().Do(As(who), {.key = key, .event = event, .attributes = Given(attributes)}));
  }

  DeskStore store_;
};

TEST_F(DeputiesDesk, OneIsAwayOneselfAndAManagerPutsOthersAway) {
  const std::string own = Draft("hanako", "Absence", {{"starts_at", At(std::chrono::hours(1))}});
  EXPECT_EQ(own, "ABS-000001");
  EXPECT_EQ(Do("hanako", own, "enter"), "");
  EXPECT_THAT(store_.Rows("MATCH (a:Absence) RETURN a.person, a.state"),
              ElementsAre("hanako | in_force"));
  const std::string others =
      Draft("hanako", "Absence", {{"starts_at", At(std::chrono::hours(1))}, {"person", "jiro"}});
  EXPECT_THAT(Do("hanako", others, "enter"), HasSubstr("only for yourself"));
  EXPECT_EQ(Do("boss", others, "enter"), "");
}

TEST_F(DeputiesDesk, WhatWasPutInForceIsNotChangedBehindTheVotes) {
  const std::string key =
      Draft("hanako", "Delegation",
            {{"deputy", "jiro"}, {"starts_at", At({})}, {"ends_at", At(std::chrono::hours(48))}});
  ASSERT_EQ(Do("hanako", key, "enter"), "");
  EXPECT_THAT(
      Refused(desk().Do(As("hanako"), {.key = key, .attributes = Given({{"deputy", "taro"}})})),
      HasSubstr("it changes by transitions alone"));
  EXPECT_THAT(
      Do("hanako", key, "move_end", {{"ends_at", At(std::chrono::hours(72))}, {"deputy", "taro"}}),
      HasSubstr("only the end changes"));
  EXPECT_EQ(Do("hanako", key, "move_end", {{"ends_at", At(std::chrono::hours(72))}}), "");
  store_.clock().Advance(std::chrono::hours(24));
  EXPECT_THAT(Do("hanako", key, "move_end", {{"ends_at", At(std::chrono::hours(-1))}}),
              HasSubstr("the end must be ahead"));
  // Votes may rest on it: what has begun is ended, and its end is now.
  EXPECT_THAT(Do("hanako", key, "cancel", {{"cancellation_reason", "a mistake"}}),
              HasSubstr("it has begun; end it instead"));
  EXPECT_THAT(Do("taro", key, "end"), HasSubstr("only for yourself"));
  EXPECT_EQ(Do("hanako", key, "end"), "");
  EXPECT_THAT(store_.Rows("MATCH (d:Delegation) RETURN d.state, toString(d.ends_at = d.closed_at)"),
              ElementsAre("ended | true"));
}

TEST_F(DeputiesDesk, WhatHasNotBegunIsCancelled) {
  const std::string key = Draft("hanako", "Absence", {{"starts_at", At(std::chrono::hours(24))}});
  ASSERT_EQ(Do("hanako", key, "enter"), "");
  EXPECT_THAT(Do("hanako", key, "end"), HasSubstr("it has not begun; cancel it instead"));
  EXPECT_EQ(Do("hanako", key, "cancel", {{"cancellation_reason", "stays"}}), "");
  EXPECT_EQ(store_.StateOf(key), "cancelled");
}

TEST_F(DeputiesDesk, MistakesAreRefusedWithWhatToDo) {
  const std::string self =
      Draft("hanako", "Delegation", {{"deputy", "hanako"}, {"starts_at", At({})}});
  EXPECT_THAT(Do("hanako", self, "enter"), HasSubstr("the deputy must be another person"));
  const std::string back =
      Draft("hanako", "Absence",
            {{"starts_at", At(std::chrono::hours(2))}, {"ends_at", At(std::chrono::hours(1))}});
  EXPECT_THAT(Do("hanako", back, "enter"), HasSubstr("it must begin before it ends"));
  const std::string never = Draft("hanako", "Absence", {});
  EXPECT_THAT(Do("hanako", never, "enter"), HasSubstr("starts_at"));
}

TEST_F(DeputiesDesk, TheDeputyIsTold) {
  const std::string key =
      Draft("hanako", "Delegation", {{"deputy", "jiro"}, {"starts_at", At({})}});
  ASSERT_EQ(Do("hanako", key, "enter"), "");
  EXPECT_THAT(store_.Rows("MATCH (n:Notification) RETURN n.template, n.audience"),
              ElementsAre("delegated | deputy"));
}

}  // namespace
}  // namespace kosei::process
