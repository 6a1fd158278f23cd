// kosei spof and kosei rootcause: what people and programs see of a small estate.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// payroll -> app -> host-1, which one of two feeds is enough for; a pdu before each; wiki ->
// host-2.
class Causes : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    const std::string records = Put("records.csv",
                                    "class,key,impact_gate\n"
                                    "BusinessService,payroll,\nBusinessService,wiki,\n"
                                    "Application,app,\nServer,host-1,any(powered_by)\n"
                                    "Server,host-2,\nPowerFeed,feed-a,\nPowerFeed,feed-b,\n"
                                    "PowerFeed,pdu-a,\nPowerFeed,pdu-b,\n");
    const std::string links = Put("links.csv",
                                  "source,type,target\n"
                                  "payroll,depends_on,app\napp,runs_on,host-1\n"
                                  "wiki,depends_on,host-2\n"
                                  "host-1,powered_by,feed-a\nhost-1,powered_by,feed-b\n"
                                  "feed-a,depends_on,pdu-a\nfeed-b,depends_on,pdu-b\n");
    Out({"import", "--records", records, "--links", links});
  }
  std::string Table(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-o", "table"});
    return Out(arguments);
  }
};

TEST_F(Causes, PointsAndPairsOfAServiceAreTables) {
  EXPECT_EQ(Table({"spof", "payroll", "--size", "2"}),
            "payroll rests on 6 records; alone, 2 of them fail it and 0 degrade it\n"
            "\n"
            "KEY     CLASS        THEN    DISTANCE  OVER\n"
            "app     Application  failed         1  links alone\n"
            "host-1  Server       failed         2  links alone\n"
            "\n"
            "SIZE  SETS  FAILING TOGETHER\n"
            "   2     4  feed-a (or 1 more) + feed-b (or 1 more)\n");
}

TEST_F(Causes, PointsHaveTheShapeOthersRelyOn) {
  const Json json(Out({"spof", "payroll", "--size", "3", "--since"}));
  EXPECT_THAT(json.Names(""), ElementsAre("view", "services"));
  EXPECT_THAT(
      json.Names("/services/0"),
      ElementsAre("service", "class", "before", "upstream", "failing", "degrading", "points",
                  "cut_sets", "cut_set_count", "cut_sets_end", "cut_sets_whole_to"));
  EXPECT_THAT(json.Names("/services/0/points/0"),
              ElementsAre("key", "class", "outcome", "distance", "by_gate", "since"));
  EXPECT_EQ(json.Text("/services/0/points/0/since/kind"), "commit");
  EXPECT_EQ(json.Text("/services/0/cut_sets/0/0/any_of/1"), "pdu-a");
  EXPECT_EQ(json.Number("/services/0/cut_sets/0/1/count"), 2);
  EXPECT_EQ(json.Number("/services/0/cut_set_count"), 4);
  EXPECT_EQ(json.Text("/services/0/cut_sets_end"), "whole");
  EXPECT_THAT(Out({"spof", "payroll", "-o", "csv"}),
              StartsWith("service,size,key,class,outcome,distance,by_gate,"));
  EXPECT_THAT(Out({"spof", "payroll", "--size", "2", "-o", "csv"}),
              HasSubstr("payroll,2,feed-a|pdu-a & feed-b|pdu-b,"));
}

TEST_F(Causes, AllServicesAreOneTable) {
  EXPECT_EQ(Table({"spof", "--all"}),
            "SERVICE  RESTS ON  FAIL IT  DEGRADE IT  NEAREST\n"
            "payroll         6        2           0  app, host-1\n"
            "wiki            1        1           0  host-2\n");
}

TEST_F(Causes, WhoeverTakesAFeedAwayIsNamed) {
  Out({"unlink", "host-1", "powered_by", "feed-b", "--reason", "rack moved", "--cause", "CHG-7"});
  const std::string told = Table({"spof", "payroll", "--since"});
  EXPECT_THAT(told, AllOf(HasSubstr("feed-a"), HasSubstr("a gate"), HasSubstr("rack moved"),
                          HasSubstr("(CHG-7)")));
  const Json before(Out({"spof", "payroll", "--as-of", "1"}));
  EXPECT_EQ(before.Number("/services/0/failing"), 2);
  // A plan that does the same to a store that has both.
  Out({"link", "host-1", "powered_by", "feed-b"});
  Out({"plan", "open", "move"});
  Out({"plan", "edit", "move", "unlink", "host-1", "powered_by", "feed-b"});
  EXPECT_THAT(Table({"spof", "payroll", "--plan", "move", "--since"}),
              HasSubstr("made so by the plan"));
}

TEST_F(Causes, UpwardsEachRecordTellsWhatItDoesAlone) {
  const Json json(Out({"impact", "payroll", "--direction", "up", "--alone"}));
  EXPECT_EQ(json.Text("/affected/0/alone"), "failed");
  EXPECT_TRUE(json.IsNull("/affected/0/gate"));
  EXPECT_EQ(json.Text("/affected/2/key"), "feed-a");
  EXPECT_EQ(json.Text("/affected/2/alone"), "up");
  EXPECT_EQ(json.Text("/affected/2/gate/key"), "host-1");
  EXPECT_EQ(json.Number("/affected/2/gate/needed"), 1);
  EXPECT_EQ(json.Number("/affected/2/gate/there"), 2);
  EXPECT_THAT(Table({"impact", "payroll", "--direction", "up", "--alone"}),
              AllOf(HasSubstr("BEHIND GATE"), HasSubstr("host-1 1/2")));
  EXPECT_EQ(Kosei({"impact", "payroll", "--alone"}).code, 2);
}

TEST_F(Causes, WhatIsDownAlreadyCounts) {
  EXPECT_THAT(Table({"spof", "payroll"}), Not(HasSubstr("feed-a")));
  Out({"set", "feed-b", "operational_status=down"});
  EXPECT_THAT(Table({"spof", "payroll", "--count", "down"}), HasSubstr("feed-a"));
}

// An outage of one feed, with a time of its own.
constexpr char kOutages[] = R"(
classes:
  - name: PlannedOutage
    parent: ConfigurationItem
    label: {en: Outage, ja: Outage}
    attributes:
      - {name: begins, type: timestamp, label: {en: Begins, ja: Begins}}
      - {name: ends, type: timestamp, label: {en: Ends, ja: Ends}}
impact_contexts:
  - name: outages
    label: {en: Outages, ja: Outages}
    class: PlannedOutage
    when: {attribute: operational_status, values: [down]}
    state: failed
    over: depends_on
    from: begins
    to: ends
)";

TEST_F(Causes, WhatIsDownAtATimeCountsDuringIt) {
  const std::string model = Put("model.yaml", Out({"model", "text"}));
  Out({"model", "apply", model, Put("outages.yaml", kOutages)});
  Out({"set", "OUT-1", "--class", "PlannedOutage", "operational_status=down",
       "begins=2027-01-01T00:00:00Z", "ends=2027-01-01T06:00:00Z"});
  Out({"link", "OUT-1", "depends_on", "feed-b"});
  const auto during = [&](const std::string& time) {
    return Table({"spof", "payroll", "--count", "outages", "--during", time});
  };
  EXPECT_THAT(during("2027-01-01T05:00:00Z/2027-01-01T07:00:00Z"), HasSubstr("feed-a"));
  EXPECT_THAT(during("2027-01-01T06:00:00Z/2027-01-01T07:00:00Z"), Not(HasSubstr("feed-a")));
}

TEST_F(Causes, SpofSaysHowToAskRightly) {
  const auto notes = [&](const std::vector<std::string>& words, int code) {
    const Outcome outcome = Kosei(words);
    EXPECT_EQ(outcome.code, code) << outcome.notes;
    return outcome.notes;
  };
  EXPECT_THAT(notes({"spof"}, 2), HasSubstr("--all"));
  EXPECT_THAT(notes({"spof", "payroll", "--all"}, 2), HasSubstr("leave the keys out"));
  EXPECT_THAT(notes({"spof", "payrol"}, 7), HasSubstr("payrol"));
  EXPECT_THAT(notes({"spof", "payroll", "--size", "4"}, 2), HasSubstr("--size"));
  EXPECT_THAT(notes({"spof", "payroll", "--since", "--count", "down"}, 2), HasSubstr("since"));
  EXPECT_THAT(notes({"spof", "payroll", "--count", "weather"}, 2), HasSubstr("weather"));
  EXPECT_THAT(notes({"spof", "payroll", "--during", "2027-01-01"}, 2),
              HasSubstr("spof: --during 2027-01-01: there is no slash"));
  EXPECT_THAT(notes({"spof", "payroll", "--follow", "--as-of", "1"}, 2), HasSubstr("--follow"));
  EXPECT_THAT(notes({"spof", "payroll", "--follow", "--size", "2"}, 2), HasSubstr("--follow"));
  EXPECT_THAT(notes({"rootcause", "payroll", "--within", "soon"}, 2), HasSubstr("24h"));
  EXPECT_THAT(notes({"rootcause", "payroll", "--well", "payroll"}, 2), HasSubstr("name it once"));
}

TEST_F(Causes, ARecentChangeWithoutACauseLeads) {
  Out({"set", "host-1", "cpu_count=4", "--reason", "new board"});
  const Json json(Out({"rootcause", "payroll", "--well", "wiki", "--within", "7d"}));
  EXPECT_THAT(json.Names(""),
              ElementsAre("view", "from", "counts", "changes_cut", "candidates", "commits"));
  EXPECT_EQ(json.Text("/candidates/0/key"), "host-1");
  EXPECT_THAT(json.Names("/candidates/0"),
              ElementsAre("key", "class", "score", "fails", "degrades", "together", "well_hit",
                          "observed", "mean_distance", "commits", "newest_commits", "reasons"));
  EXPECT_EQ(json.Text("/candidates/0/newest_commits/0/commit/reason"), "new board");
  EXPECT_EQ(json.Text("/commits/0/commit/reason"), "new board");
  EXPECT_EQ(json.Text("/commits/0/best"), "host-1");
  const std::string table = Table({"rootcause", "payroll", "--limit", "3"});
  EXPECT_THAT(table,
              AllOf(StartsWith("SCORE  KEY"), HasSubstr("no cause named"), HasSubstr("fails 1/1")));
  EXPECT_THAT(Out({"rootcause", "payroll", "-o", "csv"}), StartsWith("kind,score,key,class,"));
}

}  // namespace
}  // namespace kosei::cli
