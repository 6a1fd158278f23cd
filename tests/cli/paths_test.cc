// kosei path --all and --k, kosei trace, kosei order: what people and programs see of a small
// estate.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// shop -> web -> {vm-1, vm-2} -> host-1 -> feed-a, and web <-> queue, web -> db.
class Paths : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    const std::string records = Put("records.csv",
                                    "class,key\n"
                                    "PowerFeed,feed-a\nServer,host-1\nVirtualMachine,vm-1\n"
                                    "VirtualMachine,vm-2\nApplication,web\nBusinessService,shop\n"
                                    "Application,queue\nDatabase,db\nTeam,team-shop\n");
    const std::string links = Put("links.csv",
                                  "source,type,target\n"
                                  "host-1,powered_by,feed-a\nvm-1,hosted_on,host-1\n"
                                  "vm-2,hosted_on,host-1\nweb,runs_on,vm-1\nweb,runs_on,vm-2\n"
                                  "shop,depends_on,web\nweb,depends_on,queue\n"
                                  "queue,depends_on,web\nweb,depends_on,db\n"
                                  "shop,owned_by,team-shop\nweb,owned_by,team-shop\n");
    Out({"import", "--records", records, "--links", links});
  }
  std::string Table(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-o", "table"});
    return Out(arguments);
  }
};

TEST_F(Paths, AllShortestOnesAreCountedAndTheirRecordsNamed) {
  EXPECT_EQ(Table({"path", "feed-a", "shop", "--all"}),
            "LENGTH  PATH\n"
            "     4  feed-a <-powered_by- host-1 <-hosted_on- vm-1 <-runs_on- web <-depends_on- "
            "shop\n"
            "     4  feed-a <-powered_by- host-1 <-hosted_on- vm-2 <-runs_on- web <-depends_on- "
            "shop\n"
            "\n"
            "RECORD  CLASS            ON PATHS\n"
            "feed-a  PowerFeed             all\n"
            "host-1  Server                all\n"
            "vm-1    VirtualMachine          1\n"
            "vm-2    VirtualMachine          1\n"
            "web     Application           all\n"
            "shop    BusinessService       all\n");
  const Outcome limited = Kosei({"path", "feed-a", "shop", "--all", "--limit", "1", "-o", "table"});
  EXPECT_THAT(limited.notes, AllOf(HasSubstr("2 shortest paths"), HasSubstr("1 / 2 listed")));
  const Json json(Out({"path", "feed-a", "shop", "--all", "--limit", "1"}));
  EXPECT_EQ(json.Number("/count"), 2);
  EXPECT_EQ(json.Count("/paths"), 1U);
  EXPECT_EQ(json.Count("/paths/0"), 4U);
  EXPECT_EQ(json.Text("/paths/0/0/type"), "powered_by");
  EXPECT_EQ(json.Text("/paths/0/0/way"), "in");
  EXPECT_EQ(json.Count("/records"), 6U);
  EXPECT_EQ(json.Number("/records/2/paths"), 1);
}

TEST_F(Paths, TheKShortestOnesSayWhetherThereAreOthers) {
  Out({"link", "shop", "runs_on", "host-1"});
  const std::string csv = Out({"path", "feed-a", "shop", "--k", "2", "-o", "csv"});
  EXPECT_THAT(csv, StartsWith("path,step,from,type,to,way\n"
                              "1,1,feed-a,powered_by,host-1,in\n"
                              "1,2,host-1,runs_on,shop,in\n"
                              "2,1,feed-a,powered_by,host-1,in\n"));
  const Json json(Out({"path", "feed-a", "shop", "--k", "2"}));
  simdjson::dom::element more = json.At("/more");
  EXPECT_TRUE(bool(more));
  EXPECT_THAT(Kosei({"path", "feed-a", "shop", "--k", "9", "-o", "table"}).notes,
              HasSubstr("3 paths, and no others"));
  const std::string lines = Out({"path", "feed-a", "shop", "--k", "9", "-o", "jsonl"});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 4);
}

TEST_F(Paths, WrongUseIsSaid) {
  EXPECT_EQ(Kosei({"path", "shop", "feed-a", "--all"}).code, 1);
  EXPECT_THAT(Kosei({"path", "shop", "feed-a", "--k", "3"}).notes, HasSubstr("no failure travels"));
  EXPECT_EQ(Kosei({"path", "feed-a", "shop", "--k", "3", "--all"}).code, 2);
  for (const char* k : {"0", "1001"}) {
    const Outcome outcome = Kosei({"path", "feed-a", "shop", "--k", k});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.notes, HasSubstr("1 to 1"));
  }
  EXPECT_THAT(Kosei({"path", "feed-a", "shop", "--limit", "3"}).notes, HasSubstr("--all or --k"));
  EXPECT_EQ(Kosei({"path", "feed-a", "nobody", "--all"}).code, 7);
  EXPECT_EQ(Kosei({"path", "feed-a", "shop", "--all", "--limit", "10001"}).code, 2);
}

TEST_F(Paths, ATraceFollowsWhatItIsTold) {
  EXPECT_EQ(Table({"trace", "shop", "--over", "depends_on:out,runs_on:out,hosted_on:out", "--class",
                   "Server"}),
            "KEY     CLASS   DISTANCE  PATH\n"
            "host-1  Server         3  shop -depends_on-> web -runs_on-> vm-1 -hosted_on-> "
            "host-1\n");
  EXPECT_EQ(Table({"trace", "shop", "--over", "owned_by"}),
            "KEY        CLASS        DISTANCE  PATH\n"
            "team-shop  Team                1  shop -owned_by-> team-shop\n"
            "web        Application         2  shop -owned_by-> team-shop <-owned_by- web\n");
  const Json json(
      Out({"trace", "web", "--over", "runs_on:out", "--over", "hosted_on:out", "--limit", "1"}));
  EXPECT_EQ(json.Number("/counts/total"), 3);
  EXPECT_EQ(json.Number("/counts/matching"), 3);
  EXPECT_EQ(json.Count("/reached"), 1U);
  EXPECT_TRUE(json.IsNull("/truncated"));
  const Json cut(Out({"trace", "web", "--over", "runs_on:out,hosted_on", "--depth", "1"}));
  EXPECT_EQ(cut.Text("/truncated/reason"), "depth");
  EXPECT_EQ(cut.Number("/truncated/frontier"), 2);
  EXPECT_THAT(Out({"trace", "web", "--over", "runs_on:out", "-o", "csv"}),
              HasSubstr("vm-2,VirtualMachine,1,web -runs_on-> vm-2\n"));
}

TEST_F(Paths, ATraceOfWhatIsNotThereIsAnErrorAndOneThatEndsAtOnceIsNot) {
  const Outcome type = Kosei({"trace", "web", "--over", "depend_on"});
  EXPECT_EQ(type.code, 2);
  EXPECT_THAT(type.notes, HasSubstr("depends_on"));
  const Outcome way = Kosei({"trace", "web", "--over", "depends_on:outt"});
  EXPECT_EQ(way.code, 2);
  EXPECT_THAT(way.notes, HasSubstr("expected out, in or both; did you mean 'out'?"));
  EXPECT_EQ(Kosei({"trace", "web", "--over", ":in"}).code, 2);
  EXPECT_EQ(Kosei({"trace", "web"}).code, 2);
  EXPECT_EQ(Kosei({"trace", "web", "--over", "uses", "--class", "Sever"}).code, 2);
  EXPECT_EQ(Kosei({"trace", "nobody", "--over", "uses"}).code, 7);
  const Outcome nowhere = Kosei({"trace", "web", "--over", "uses"});
  EXPECT_EQ(nowhere.code, 0);
  EXPECT_THAT(nowhere.notes, HasSubstr("lead nowhere"));
}

TEST_F(Paths, AnOrderComesInWavesWithItsCyclesNamed) {
  const Outcome outcome = Kosei({"order", "shop", "web", "queue", "db", "host-1", "-o", "table"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "WAVE  CYCLE  KEY     CLASS            AFTER\n"
            "   1         host-1  Server\n"
            "             db      Database\n"
            "   2      1  web     Application      db\n"
            "          1  queue   Application      db\n"
            "   3         shop    BusinessService  web\n"
            "\n"
            "CYCLE  WAVE  RECORDS  PATH\n"
            "    1     2        2  web <-depends_on- queue <-depends_on- web\n");
  EXPECT_THAT(outcome.notes, AllOf(HasSubstr("5 records in 3 waves"),
                                   HasSubstr("1 cycle: records that need each other")));
  const Json json(Out({"order", "shop", "web", "queue"}));
  EXPECT_EQ(json.Number("/waves"), 2);
  EXPECT_EQ(json.Number("/records/0/cycle"), 1);
  EXPECT_TRUE(json.IsNull("/records/0/after"));
  EXPECT_TRUE(json.IsNull("/records/2/cycle"));
  EXPECT_EQ(json.Text("/records/2/after"), "web");
  EXPECT_EQ(json.Count("/cycles/0/path"), 2U);
}

TEST_F(Paths, AnOrderCanGoBackwardsAndThroughOthers) {
  EXPECT_EQ(Out({"order", "--affected-by", "feed-a", "--class", "Node", "--class", "PowerFeed",
                 "--reverse", "-o", "csv"}),
            "wave,key,class,after,cycle\n"
            "1,vm-1,VirtualMachine,,\n"
            "1,vm-2,VirtualMachine,,\n"
            "2,host-1,Server,vm-1,\n"
            "3,feed-a,PowerFeed,host-1,\n");
  EXPECT_EQ(Out({"order", "shop", "host-1", "-o", "csv"}),
            "wave,key,class,after,cycle\n1,host-1,Server,,\n1,shop,BusinessService,,\n");
  EXPECT_EQ(Out({"order", "shop", "host-1", "--through", "-o", "csv"}),
            "wave,key,class,after,cycle\n1,host-1,Server,,\n2,shop,BusinessService,host-1,\n");
  const std::string lines = Out({"order", "--needed-by", "vm-1", "-o", "jsonl"});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 4);
  EXPECT_EQ(Kosei({"order"}).code, 2);
  EXPECT_EQ(Kosei({"order", "--affected-by", "web", "--needed-by", "web"}).code, 2);
  EXPECT_EQ(Kosei({"order", "nobody"}).code, 7);
}

TEST_F(Paths, TheyAreAskedOfThePastAndOfAPlanAsWell) {
  Out({"unlink", "web", "runs_on", "vm-2"});
  EXPECT_EQ(Json(Out({"path", "feed-a", "shop", "--all"})).Number("/count"), 1);
  EXPECT_EQ(Json(Out({"path", "feed-a", "shop", "--all", "--as-of", "1"})).Number("/count"), 2);
  Out({"plan", "open", "second-way"});
  Out({"plan", "edit", "second-way", "link", "web", "runs_on", "vm-2"});
  Out({"plan", "edit", "second-way", "unlink", "web", "depends_on", "queue"});
  const std::vector<std::string> planned = {"--plan", "second-way"};
  const auto with_plan = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), planned.begin(), planned.end());
    return Out(arguments);
  };
  EXPECT_EQ(Json(with_plan({"path", "feed-a", "shop", "--k", "9"})).Number("/count"), 2);
  EXPECT_EQ(Json(with_plan({"trace", "web", "--over", "runs_on:out"})).Number("/counts/total"), 2);
  EXPECT_EQ(Json(Out({"order", "web", "queue"})).Count("/cycles"), 1U);
  const Json order(with_plan({"order", "web", "queue"}));
  EXPECT_EQ(order.Count("/cycles"), 0U);
  EXPECT_EQ(order.Text("/records/0/key"), "web");
}

}  // namespace
}  // namespace kosei::cli
