// The sample estate of model/demo, asked through the real programs. Every answer here was worked
// out by hand from the estate (docs/demo.md), not copied from a program.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

class Demo : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    Out({"import", "--records", KOSEI_DEMO_FOLDER "/records.jsonl", "--links",
         KOSEI_DEMO_FOLDER "/links.jsonl", "--source", "demo"});
  }

  // "svc-payment failed 6", in the answer's order.
  std::vector<std::string> Hit(std::vector<std::string> words) {
    words.insert(words.begin(), "impact");
    const Json answer(Out(words));
    std::vector<std::string> hit;
    for (std::size_t i = 0; i < answer.Count("/affected"); ++i) {
      const std::string at = "/affected/" + std::to_string(i);
      hit.push_back(answer.Text(at + "/key") + " " + answer.Text(at + "/state") + " " +
                    std::to_string(answer.Number(at + "/distance")));
    }
    return hit;
  }
  // "farm-tokyo 3->2 without reserve", of a report.
  std::vector<std::string> Groups(const Json& report, const std::string& list) {
    std::vector<std::string> groups;
    for (std::size_t i = 0; i < report.Count(list); ++i) {
      const std::string at = list + "/" + std::to_string(i);
      groups.push_back(report.Text(at + "/key") + " " +
                       std::to_string(report.Number(at + "/up_before")) + "->" +
                       std::to_string(report.Number(at + "/up_after")));
    }
    return groups;
  }
};

TEST_F(Demo, OnePowerFeedTakesTheHostThatHasNoOther) {
  EXPECT_THAT(Hit({"feed-ta"}), ElementsAre("esx-t3 failed 1"));
  EXPECT_THAT(Hit({"feed-tb"}), IsEmpty());
}

TEST_F(Demo, AFeedAndAHostTakeTheFarmAndThePaymentService) {
  EXPECT_THAT(Hit({"feed-ta", "esx-t1"}),
              UnorderedElementsAre("esx-t3 failed 1", "farm-tokyo failed 2", "vm-pay-1 failed 3",
                                   "vm-pay-2 failed 3", "vm-db-1 failed 3", "pay-web-1 failed 4",
                                   "pay-web-2 failed 4", "db-pay-1 failed 4", "db-pay degraded 5",
                                   "app-pay failed 5", "svc-payment failed 6"));
}

TEST_F(Demo, SharedStorageIsASinglePointOfFailureAndTheStandbyDatabaseIsElsewhere) {
  EXPECT_THAT(
      Hit({"san-tokyo"}),
      UnorderedElementsAre("vm-pay-1 failed 1", "vm-pay-2 failed 1", "vm-db-1 failed 1",
                           "pay-web-1 failed 2", "pay-web-2 failed 2", "db-pay-1 failed 2",
                           "db-pay degraded 3", "app-pay failed 3", "svc-payment failed 4"));
}

TEST_F(Demo, APrimaryDatabaseThatFailsDegradesTheService) {
  EXPECT_THAT(Hit({"vm-db-1"}), ElementsAre("db-pay-1 failed 1", "db-pay degraded 2",
                                            "app-pay degraded 3", "svc-payment degraded 4"));
  EXPECT_THAT(Hit({"vm-db-2"}), ElementsAre("db-pay-2 failed 1"));
}

TEST_F(Demo, TheOnlySwitchOfOsakaTakesTrackingAndNotPayment) {
  EXPECT_THAT(Hit({"sw-o1"}),
              UnorderedElementsAre("esx-o1 failed 1", "esx-o2 failed 1", "farm-osaka failed 2",
                                   "vm-db-2 failed 3", "vm-track-1 failed 3", "db-pay-2 failed 4",
                                   "app-track failed 4", "svc-tracking failed 5"));
  EXPECT_THAT(Hit({"sw-t1"}), IsEmpty());
}

TEST_F(Demo, TheReportNamesServicesGroupsAndWhomToTell) {
  const Json report(Out({"impact", "feed-ta", "esx-t1", "--report"}));
  EXPECT_EQ(report.Number("/affected"), 11);
  EXPECT_EQ(report.Number("/degraded"), 1);
  ASSERT_EQ(report.Count("/services"), 1U);
  EXPECT_EQ(report.Text("/services/0/key"), "svc-payment");
  EXPECT_EQ(report.Text("/services/0/attributes/criticality"), "critical");
  EXPECT_EQ(report.Text("/services/0/attributes/service_hours"), "24x7");
  std::vector<std::string> parties;
  for (std::size_t i = 0; i < report.Count("/services/0/parties"); ++i) {
    const std::string at = "/services/0/parties/" + std::to_string(i);
    parties.push_back(report.Text(at + "/role") + " " + report.Text(at + "/key"));
  }
  EXPECT_THAT(parties, UnorderedElementsAre("owner person-sato", "customer org-aoba",
                                            "agreement sla-payment", "support team-app"));
  // esx-t1 is assumed itself; its own feed-ta is gone as well. esx-t4 is retired.
  EXPECT_THAT(Groups(report, "/groups"),
              IsSupersetOf({"farm-tokyo 3->1", "app-pay 4->2", "db-pay 2->1", "san-tokyo 2->1"}));
  std::vector<std::string> told;
  for (std::size_t i = 0; i < report.Count("/to_tell"); ++i)
    told.push_back(report.Text("/to_tell/" + std::to_string(i) + "/key"));
  EXPECT_THAT(told, UnorderedElementsAre("person-sato", "org-aoba", "sla-payment", "team-app",
                                         "team-infra"));
}

TEST_F(Demo, AnExplanationNamesTheGateAndItsMembers) {
  const Json answer(Out({"impact", "feed-ta", "esx-t1", "--explain", "svc-payment,san-tokyo"}));
  const std::string steps = "/explanations/0/steps";
  ASSERT_EQ(answer.Count(steps), 6U);
  EXPECT_EQ(answer.Text(steps + "/0/from"), "feed-ta");
  EXPECT_EQ(answer.Text(steps + "/1/to"), "farm-tokyo");
  EXPECT_EQ(answer.Text(steps + "/1/gate/text"), "at_least(min_members, member_of)");
  EXPECT_EQ(answer.Text(steps + "/1/rule_target"), "Cluster");
  std::vector<std::string> members;
  for (std::size_t i = 0; i < answer.Count(steps + "/1/gate/members"); ++i) {
    const std::string at = steps + "/1/gate/members/" + std::to_string(i);
    bool in_service = true;
    EXPECT_EQ(answer.At(at + "/in_service").get(in_service), simdjson::SUCCESS);
    members.push_back(answer.Text(at + "/key") + " " +
                      (in_service ? answer.Text(at + "/after") : "out of service"));
  }
  EXPECT_THAT(members, UnorderedElementsAre("esx-t1 failed", "esx-t2 up", "esx-t3 failed",
                                            "esx-t4 out of service"));
  EXPECT_EQ(answer.Text(steps + "/1/said_by"), "demo");
  // Storage has its other feed.
  EXPECT_EQ(answer.Text("/explanations/1/state"), "up");
  EXPECT_EQ(answer.Text("/explanations/1/groups/0/gate"), "any(powered_by)");
}

TEST_F(Demo, WhatIsDownAlreadyCounts) {
  Out({"set", "esx-t2", "operational_status=down"});
  EXPECT_THAT(Hit({"esx-t1"}), IsEmpty());
  EXPECT_THAT(Hit({"esx-t1", "--count", "down"}),
              IsSupersetOf({"farm-tokyo failed 1", "svc-payment failed 5"}));
  const Json answer(Out({"impact", "esx-t1", "--count", "all"}));
  EXPECT_EQ(answer.Number("/counts/already_down"), 1);
  EXPECT_EQ(answer.Text("/contexts/0/because_of"), "esx-t2");
  EXPECT_EQ(Kosei({"impact", "esx-t1", "--count", "weather"}).code, 2);
}

TEST_F(Demo, GroupsWithoutReserveAreListed) {
  const Json now(Out({"groups"}));
  // One host carries Osaka of two, so it has reserve; esx-t3 has a single feed.
  EXPECT_THAT(Groups(now, "/groups"), ElementsAre("esx-t3 3->3", "db-pay 2->2"));
  Out({"set", "lb-2", "operational_status=down"});
  EXPECT_THAT(Groups(Json(Out({"groups", "--count", "all"})), "/groups"),
              UnorderedElementsAre("esx-t3 3->3", "db-pay 2->2", "app-pay 3->3"));
}

TEST_F(Demo, TheDifferenceToAPlanNamesWhatIsNewlyHit) {
  Out({"plan", "open", "retire-t2"});
  Out({"plan", "edit", "retire-t2", "set", "esx-t2", "status=retired"});
  const Json difference(Out({"impact", "esx-t1", "--versus-plan", "retire-t2"}));
  EXPECT_EQ(difference.Number("/worse"), 10);
  EXPECT_EQ(difference.Number("/better"), 0);
  EXPECT_EQ(difference.Text("/records/0/first"), "up");
  const Json same(Out({"impact", "esx-t1", "--versus-fails", "esx-t1"}));
  EXPECT_EQ(same.Number("/worse"), 0);
}

TEST_F(Demo, TheSameQuestionHasTheSameHash) {
  const Json first(Out({"impact", "san-tokyo", "--hash"}));
  const std::string commit = std::to_string(first.Number("/view/commit"));
  const std::string instant = first.Text("/view/valid_at");
  Out({"set", "lb-1", "description=moved"});
  const Json again(
      Out({"impact", "san-tokyo", "--as-of", commit, "--valid-at", instant, "--hash"}));
  EXPECT_EQ(again.Text("/hash"), first.Text("/hash"));
  EXPECT_NE(Json(Out({"impact", "san-osaka", "--as-of", commit, "--valid-at", instant, "--hash"}))
                .Text("/hash"),
            first.Text("/hash"));
}

TEST_F(Demo, ABadGateIsRefusedWithColumnAndExample) {
  const Outcome outcome = Kosei({"set", "app-pay", "impact_gate=any(powerd_by)"});
  EXPECT_NE(outcome.code, 0);
  EXPECT_THAT(outcome.notes, HasSubstr("powered_by"));
  EXPECT_NE(Kosei({"set", "app-pay", "impact_gate=at_least(2"}).code, 0);
}

}  // namespace
}  // namespace kosei::cli
