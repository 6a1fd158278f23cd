// The other commands against a real server: what each prints, and how it ends.
#include <sys/stat.h>

#include <algorithm>
#include <sstream>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Estate : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    const std::string records = Put("records.csv",
                                    "class,key,name,cpu_count,status\n"
                                    "Server,web-1,\u6771\u4eac\u30a6\u30a7\u30d6,8,live\n"
                                    "Server,web-2,Second,,\n"
                                    "Application,shop,Web shop,,\n"
                                    "BusinessService,sales,Sales,,\n");
    const std::string links = Put("links.csv",
                                  "source,type,target\n"
                                  "shop,runs_on,web-1\n"
                                  "sales,depends_on,shop\n"
                                  "web-2,provides,shop\n");
    const Outcome outcome = Kosei({"import", "--records", records, "--links", links, "--source",
                                   "test", "--reason", "first load"});
    ASSERT_EQ(outcome.code, 0) << outcome.notes;
    first_ = Json(outcome.out).Number("/commit");
  }
  std::int64_t first_ = 0;
};

TEST_F(Estate, ImpactHasTheShapeOthersRelyOn) {
  const Json impact(Out({"impact", "web-1"}));
  EXPECT_THAT(impact.Names(""), ElementsAre("view", "roots", "affected", "counts", "truncated"));
  EXPECT_THAT(impact.Names("/view"), ElementsAre("commit", "valid_at"));
  EXPECT_EQ(impact.Text("/roots/0"), "web-1");
  ASSERT_EQ(impact.Count("/affected"), 2U);
  EXPECT_THAT(impact.Names("/affected/0"),
              ElementsAre("key", "class", "state", "distance", "by_gate", "path"));
  EXPECT_EQ(impact.Text("/affected/0/key"), "shop");
  EXPECT_EQ(impact.Text("/affected/1/key"), "sales");
  EXPECT_EQ(impact.Number("/affected/1/distance"), 2);
  ASSERT_EQ(impact.Count("/affected/1/path"), 2U);
  EXPECT_EQ(impact.Text("/affected/1/path/0/from"), "web-1");
  EXPECT_EQ(impact.Text("/affected/1/path/0/type"), "runs_on");
  EXPECT_EQ(impact.Text("/affected/1/path/0/to"), "shop");
  EXPECT_EQ(impact.Text("/affected/1/path/1/to"), "sales");
  EXPECT_EQ(impact.Number("/counts/total"), 2);
  EXPECT_EQ(impact.Number("/counts/by_class/Application"), 1);
  EXPECT_TRUE(impact.IsNull("/truncated"));
}

TEST_F(Estate, LimitAndClassBoundTheListAndNeverTheCounts) {
  const Json limited(Out({"impact", "web-1", "--limit", "1"}));
  EXPECT_EQ(limited.Count("/affected"), 1U);
  EXPECT_EQ(limited.Number("/counts/total"), 2);
  const Json none(Out({"impact", "web-1", "--limit", "0"}));
  EXPECT_EQ(none.Count("/affected"), 0U);
  EXPECT_EQ(none.Number("/counts/total"), 2);
  const Json services(Out({"impact", "web-1", "--class", "Service", "--limit", "1"}));
  ASSERT_EQ(services.Count("/affected"), 1U);
  EXPECT_EQ(services.Text("/affected/0/key"), "sales") << "a class below the one asked for";
  EXPECT_EQ(services.Number("/counts/total"), 2);
  const Json shallow(Out({"impact", "web-1", "--depth", "1"}));
  EXPECT_EQ(shallow.Text("/truncated/reason"), "depth");
  EXPECT_EQ(shallow.Number("/truncated/depth"), 1);
  EXPECT_EQ(shallow.Number("/truncated/frontier"), 1);
  EXPECT_EQ(Kosei({"impact", "web-1", "--class", "Sever"}).code, 2);
}

TEST_F(Estate, ImpactGoesUpAndShowsTablesLinesAndCsv) {
  const Json up(Out({"impact", "sales", "--direction", "up"}));
  EXPECT_EQ(up.Number("/counts/total"), 3);
  EXPECT_EQ(Out({"impact", "web-1", "-o", "csv"}),
            "key,class,state,distance,path\n"
            "shop,Application,failed,1,web-1 <-runs_on- shop\n"
            "sales,BusinessService,failed,2,web-1 <-runs_on- shop <-depends_on- sales\n");
  EXPECT_THAT(Out({"impact", "web-2", "-o", "table"}),
              HasSubstr("shop   Application      failed         1  web-2 -provides-> shop\n"));
  const std::string lines = Out({"impact", "web-1", "-o", "jsonl"});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3);
  EXPECT_EQ(Json(lines.substr(0, lines.find('\n'))).Number("/counts/total"), 2);
  const Outcome missing = Kosei({"impact", "nobody"});
  EXPECT_EQ(missing.code, 7);
  EXPECT_THAT(missing.notes, HasSubstr("nobody"));
}

TEST_F(Estate, ReadsThePastByCommitTimeAndBaseline) {
  Out({"baseline", "create", "before", "--description", "before the move"});
  EXPECT_EQ(Kosei({"baseline", "create", "before"}).code, 6);
  const std::string time = Json(Out({"status"})).Text("/newest_time");
  Out({"unlink", "shop", "runs_on", "web-1", "--reason", "moved"});
  EXPECT_EQ(Json(Out({"impact", "web-1"})).Number("/counts/total"), 0);
  for (const std::string& when : {std::to_string(first_), time, std::string("before")}) {
    SCOPED_TRACE(when);
    const Json past(Out({"impact", "web-1", "--as-of", when}));
    EXPECT_EQ(past.Number("/counts/total"), 2);
    EXPECT_EQ(past.Number("/view/commit"), first_);
  }
  EXPECT_EQ(Json(Out({"baseline", "list"})).Text("/0/name"), "before");
  const Outcome future = Kosei({"get", "web-1", "--as-of", "2999-01-01T00:00:00Z"});
  EXPECT_EQ(future.code, 2);
  EXPECT_THAT(future.notes, HasSubstr("future"));
  EXPECT_EQ(Kosei({"get", "web-1", "--as-of", "no-such-baseline"}).code, 7);
}

TEST_F(Estate, KnowsLateReportsAndPlannedFacts) {
  const std::string planned = "2099-12-24T22:00:00+09:00";
  Out({"set", "web-1", "cpu_count=64", "--valid-from", planned, "--reason", "more cores"});
  Out({"unlink", "shop", "runs_on", "web-1", "--valid-from", planned});
  Out({"end", "web-2", "--valid-from", planned});
  EXPECT_EQ(Json(Out({"get", "web-1"})).Number("/attributes/cpu_count"), 8);
  EXPECT_EQ(Json(Out({"get", "web-1", "--valid-at", planned})).Number("/attributes/cpu_count"), 64);
  EXPECT_EQ(Json(Out({"impact", "web-1"})).Number("/counts/total"), 2);
  EXPECT_EQ(Json(Out({"impact", "web-1", "--valid-at", planned})).Number("/counts/total"), 0);
  EXPECT_EQ(Kosei({"get", "web-2", "--valid-at", planned}).code, 7);
  EXPECT_THAT(Out({"history", "web-1", "-o", "table"}), HasSubstr("2099-12-24T13:00:00Z .."));
  const Json history(Out({"history", "web-1"}));
  EXPECT_EQ(history.Text("/versions/0/valid_from"), "2099-12-24T13:00:00Z");
  EXPECT_EQ(Kosei({"diff", "web-1", "1", "1"}).code, 0);

  const std::string records =
      Put("late.csv", "class,key,cpu_count,valid_from\nServer,web-1,4,2001-01-01T00:00:00Z\n");
  const std::string links = Put("early.csv",
                                "source,type,target,valid_from,valid_to\n"
                                "shop,depends_on,web-1,2001-06-01T00:00:00Z,\n");
  EXPECT_EQ(Kosei({"import", "--records", records}).code, 0);
  EXPECT_EQ(Json(Out({"get", "web-1", "--valid-at", "2001-02-01T00:00:00Z"}))
                .Number("/attributes/cpu_count"),
            4);
  EXPECT_EQ(Json(Out({"import", "--records", records})).Number("/records/unchanged"), 1);
  // The application was not there then.
  const Outcome early = Kosei({"import", "--links", links});
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.notes, HasSubstr("shop is not there at 2001-06-01T00:00:00Z"));

  EXPECT_THAT(Kosei({"set", "web-1", "cpu_count=1", "--valid-from", "tomorrow"}).notes,
              HasSubstr("--valid-from 'tomorrow'"));
  EXPECT_EQ(Kosei({"set", "web-1", "cpu_count=1", "--valid-from", planned, "--valid-to",
                   "2001-01-01T00:00:00Z"})
                .code,
            2);
}

TEST_F(Estate, ComparesBaselinesInEveryForm) {
  Out({"baseline", "create", "before"});
  EXPECT_EQ(Kosei({"baseline", "compare", "before", std::to_string(first_)}).code, 0);
  const Json set(Out({"set", "web-1", "cpu_count=16", "--reason", "grown", "--cause", "CHG-1"}));
  const std::int64_t grown = set.Number("/commit");
  Out({"end", "web-2", "--reason", "sold"});
  Out({"baseline", "create", "after", "--description", "the new machine"});
  const Outcome json = Kosei({"baseline", "compare", "before", "after"});
  EXPECT_EQ(json.code, 1);
  const Json all(json.out);
  EXPECT_THAT(all.Names(""), ElementsAre("from", "to", "differences", "counts"));
  EXPECT_EQ(all.Number("/from/commit"), first_);
  ASSERT_EQ(all.Count("/differences"), 3U);
  EXPECT_THAT(all.Names("/differences/0"),
              ElementsAre("change", "key", "class", "attributes", "commit"));
  EXPECT_EQ(all.Text("/differences/0/change"), "changed");
  EXPECT_EQ(all.Text("/differences/0/attributes/0/attribute"), "cpu_count");
  EXPECT_EQ(all.Number("/differences/0/attributes/0/after"), 16);
  EXPECT_THAT(all.Names("/differences/0/commit"),
              ElementsAre("number", "time", "actor", "reason", "cause"));
  EXPECT_EQ(all.Number("/differences/0/commit/number"), grown);
  EXPECT_EQ(all.Text("/differences/0/commit/cause"), "CHG-1");
  EXPECT_EQ(all.Text("/differences/1/change"), "removed");
  EXPECT_EQ(all.Text("/differences/2/change"), "unlinked");
  EXPECT_EQ(all.Number("/counts/records/changed"), 1);
  EXPECT_EQ(all.Number("/counts/links/removed"), 1);
  const Outcome lines = Kosei({"baseline", "compare", "before", "after", "-o", "jsonl"});
  EXPECT_EQ(std::count(lines.out.begin(), lines.out.end(), '\n'), 3);
  const Outcome csv = Kosei({"baseline", "compare", "before", "after", "--key", "web-1", "--class",
                             "Server", "-o", "csv"});
  EXPECT_THAT(csv.out, HasSubstr("change,key,type,target,attribute,before,after,commit,time,"
                                 "actor,reason,cause\n"
                                 "changed,web-1,,,cpu_count,8,16," +
                                 std::to_string(grown) + ","));
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 2);
  const Outcome table =
      Kosei({"baseline", "compare", "after", "before", "--type", "provides", "-o", "table"});
  EXPECT_EQ(table.code, 1);
  EXPECT_THAT(table.out, HasSubstr("+ web-2 provides shop  @"));
  EXPECT_THAT(table.notes, HasSubstr("relationships: 1 added, 0 removed"));
  EXPECT_EQ(Kosei({"baseline", "compare", "before", "none"}).code, 7);
  EXPECT_EQ(Kosei({"baseline", "compare", "before", "after", "--class", "Sever"}).code, 2);
  EXPECT_EQ(Kosei({"baseline", "drop", "before"}).code, 0);
  EXPECT_EQ(Kosei({"baseline", "drop", "before"}).code, 7);
  EXPECT_EQ(Json(Out({"baseline", "list"})).Text("/0/creator"), "admin");
}

TEST_F(Estate, ErasesValuesOfEveryVersion) {
  Out({"set", "web-1", "description=called by Ann, 555-0199"});
  Out({"set", "web-1", "description=none"});
  const Json erased(
      Out({"admin", "erase", "web-1", "--attribute", "description", "--reason", "personal data"}));
  EXPECT_EQ(erased.Number("/versions"), 2);
  const std::string history = Out({"history", "web-1", "-o", "json"});
  EXPECT_EQ(history.find("555-0199"), std::string::npos);
  EXPECT_THAT(history, HasSubstr("erased description of web-1: personal data"));
  EXPECT_EQ(
      Kosei({"admin", "erase", "web-1", "--attribute", "description", "--reason", "again"}).code,
      1);
  EXPECT_EQ(Kosei({"admin", "erase", "web-1", "--reason", "all"}).code, 2);
  EXPECT_EQ(Kosei({"admin", "erase", "web-1", "--attribute", "descr", "--reason", "x"}).code, 2);
  EXPECT_EQ(Kosei({"admin", "erase", "nobody", "--reason", "x"}).code, 7);
}

TEST_F(Estate, GetsRecordsInEveryForm) {
  const Json one(Out({"get", "web-1"}));
  EXPECT_THAT(one.Names(""), ElementsAre("key", "class", "id", "version", "attributes"));
  EXPECT_EQ(one.Number("/version/begin"), first_);
  EXPECT_TRUE(one.IsNull("/version/end"));
  EXPECT_EQ(Json(Out({"get", "web-1", "web-2"})).Count(""), 2U);
  EXPECT_EQ(Out({"get", "shop", "web-2", "-o", "csv"}),
            "class,key,name\nApplication,shop,Web shop\nServer,web-2,Second\n");
  const Outcome partly = Kosei({"get", "web-1", "nobody"});
  EXPECT_EQ(partly.code, 7);
  EXPECT_EQ(Json(partly.out).Text("/0/key"), "web-1");
  EXPECT_THAT(partly.notes, HasSubstr("'nobody'"));
}

TEST_F(Estate, SetsLinksEndsAndTellsTheHistory) {
  const Json set(
      Out({"set", "web-1", "cpu_count=16", "status=", "--reason", "grown", "--cause", "CHG-1"}));
  EXPECT_EQ(set.Number("/records/updated"), 1);
  EXPECT_TRUE(Json(Out({"set", "web-1", "cpu_count=16"})).IsNull("/commit"));
  EXPECT_EQ(Kosei({"set", "web-1", "cpu_count=1", "--expect", "0"}).code, 6);
  EXPECT_EQ(Kosei({"set", "new-1", "name=x"}).code, 7);
  EXPECT_EQ(Kosei({"set", "web-1", "cpu_cuont=1"}).code, 2);
  Out({"set", "new-1", "--class", "Server", "name=x", "additional_ip_addresses=::1;10.0.0.1"});
  EXPECT_EQ(Json(Out({"get", "new-1"})).Text("/attributes/additional_ip_addresses/0"), "::1");
  Out({"link", "new-1", "depends_on", "web-1"});
  EXPECT_EQ(Kosei({"link", "new-1", "depend_on", "web-1"}).code, 2);
  Out({"end", "new-1"});
  EXPECT_EQ(Kosei({"get", "new-1"}).code, 7);

  const Json history(Out({"history", "web-1"}));
  EXPECT_EQ(history.Count("/versions"), 2U);
  EXPECT_EQ(history.Number("/versions/0/attributes/cpu_count"), 16);
  EXPECT_EQ(history.Number("/versions/1/end"), set.Number("/commit"));
  const std::string table = Out({"history", "web-1", "-o", "table"});
  EXPECT_THAT(table, HasSubstr("cpu_count: 8 -> 16"));
  EXPECT_THAT(table, HasSubstr("grown (CHG-1)"));
  EXPECT_THAT(table, HasSubstr("unlinked"));
  EXPECT_THAT(Out({"history", "new-1", "-o", "csv"}), HasSubstr(",ended,"));
  EXPECT_EQ(Kosei({"history", "nobody"}).code, 7);

  const Outcome diff =
      Kosei({"diff", "web-1", std::to_string(first_),
             set.At("/commit").is_null() ? "" : std::to_string(set.Number("/commit"))});
  EXPECT_EQ(diff.code, 1);
  EXPECT_EQ(Json(diff.out).Text("/change"), "updated");
  EXPECT_EQ(Json(diff.out).Number("/attributes/1/after"), 16);
  EXPECT_EQ(Json(diff.out).Count("/attributes"), 2U);
  EXPECT_EQ(Kosei({"diff", "web-2", std::to_string(first_), std::to_string(first_)}).code, 0);
}

TEST_F(Estate, SearchesWithComparisonsAndListsIndexes) {
  Out({"set", "web-7", "--class", "Server", "name=shop seven", "cpu_count=7",
       "ip_address=10.9.0.7"});
  Out({"set", "web-9", "--class", "Server", "name=shop", "cpu_count=90", "ip_address=10.9.1.9"});
  const auto keys = [this](const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {"search", "--class", "Server", "-o", "csv"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::string found;
    std::istringstream lines(Out(command));
    std::string line;
    std::getline(lines, line);  // the names of the columns
    while (std::getline(lines, line)) found += line.substr(0, line.find(',')) + " ";
    return found;
  };
  EXPECT_EQ(keys({"--where", "cpu_count>8"}), "web-9 ");
  EXPECT_EQ(keys({"--where", "cpu_count>=7", "--where", "cpu_count<90", "--where",
                  "ip_address^=10.9.0.0/16"}),
            "web-7 ");
  EXPECT_EQ(keys({"--where", "name^=shop "}), "web-7 ");
  EXPECT_EQ(keys({"shop", "--where", "ip_address^=10.9.0.0/16"}), "web-9 web-7 ");
  EXPECT_EQ(keys({"shop", "--where", "ip_address^=10.9.0.0/16", "--order", "id"}), "web-7 web-9 ");
  EXPECT_EQ(Kosei({"search", "--where", "cpu_count"}).code, 2);
  EXPECT_EQ(Kosei({"search", "--where", ">3"}).code, 2);
  EXPECT_EQ(Kosei({"search", "--where", "cpu_count^=3"}).code, 2);
  EXPECT_EQ(Kosei({"search", "shop", "--order", "name"}).code, 2);

  EXPECT_EQ(Json(Out({"admin", "index", "list"})).Text("/0/name"), "full-text");
  Out({"admin", "index", "build", "vendor"});
  EXPECT_THAT(Out({"admin", "index", "list", "-o", "csv"}), HasSubstr("vendor,administrator,"));
  EXPECT_THAT(Out({"admin", "index", "list", "-o", "jsonl"}), HasSubstr("\"name\": \"vendor\""));
  EXPECT_THAT(Out({"admin", "index", "list", "-o", "table"}), HasSubstr("full-text"));
  Out({"admin", "index", "rebuild"});
  Out({"admin", "index", "drop", "vendor"});
  EXPECT_EQ(Kosei({"admin", "index", "drop", "vendor"}).code, 7);
  EXPECT_EQ(Kosei({"admin", "index", "build", "vnedor"}).code, 2);
}

TEST_F(Estate, SearchesAndFindsPaths) {
  const Json found(Out({"search", "shop"}));
  EXPECT_EQ(found.Text("/records/0/key"), "shop");
  EXPECT_EQ(found.Number("/matched"), 1);
  EXPECT_EQ(
      Json(Out({"search", "--class", "Server", "--where", "cpu_count=8"})).Text("/records/0/key"),
      "web-1");
  const Outcome limited = Kosei({"search", "--class", "Server", "--limit", "1"});
  EXPECT_EQ(Json(limited.out).Count("/records"), 1U);
  EXPECT_THAT(limited.notes, HasSubstr("there are more"));
  EXPECT_EQ(Kosei({"search", "no such text"}).code, 1);
  EXPECT_EQ(Out({"path", "web-1", "sales", "-o", "table"}),
            "web-1 <-runs_on- shop\nshop <-depends_on- sales\n");
  EXPECT_EQ(Kosei({"path", "sales", "web-1"}).code, 1);
}

TEST_F(Estate, WatchesCommitsFromTheBeginning) {
  Out({"set", "web-2", "cpu_count=4", "--reason", "counted"});
  const std::string events = Out({"watch", "--from", "0", "--count", "2"});
  ASSERT_EQ(std::count(events.begin(), events.end(), '\n'), 2);
  const Json second(events.substr(events.find('\n') + 1));
  EXPECT_EQ(second.Text("/commit/reason"), "counted");
  EXPECT_EQ(second.Text("/records/0/key"), "web-2");
  EXPECT_EQ(second.Text("/records/0/change"), "updated");
  EXPECT_EQ(Json(Out({"watch", "--from", "0", "--count", "2", "-o", "json"})).Count(""), 2U);
}

TEST_F(Estate, TokensOpenWhatTheirRoleAllows) {
  const std::string file = Path("reader.token");
  EXPECT_EQ(Kosei({"admin", "token", "create", "looker", "--write", file}).code, 0);
  struct stat facts{};
  ASSERT_EQ(stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_EQ(Kosei({"get", "web-1", "--token-file", file}).code, 0);
  EXPECT_EQ(Kosei({"--token-file", file, "end", "web-1"}).code, 5);
  EXPECT_EQ(Kosei({"admin", "token", "create", "other", "--write", file}).code, 6);
  EXPECT_THAT(Out({"admin", "token", "list", "-o", "csv"}), HasSubstr("\nlooker,reader,"));
  EXPECT_EQ(Kosei({"admin", "token", "revoke", "looker"}).code, 0);
  EXPECT_EQ(Kosei({"get", "web-1", "--token-file", file}).code, 4);
  const std::string shown =
      Out({"admin", "token", "create", "w", "--role", "writer", "-o", "table"});
  Put("w.token", shown);
  EXPECT_EQ(Kosei({"set", "web-1", "cpu_count=9", "--token-file", Path("w.token")}).code, 0);
}

TEST_F(Estate, SaysHowItIs) {
  const Json status(Out({"status"}));
  EXPECT_EQ(status.Number("/records"), 4);
  EXPECT_EQ(status.Number("/links"), 3);
  const Json model(Out({"model"}));
  EXPECT_GT(model.Count("/classes"), 20U);
  EXPECT_THAT(Out({"model", "Server", "-o", "table"}), HasSubstr("cpu_count"));
  EXPECT_EQ(Kosei({"model", "Sever"}).code, 7);
  ASSERT_OK(server_.Stop());
  EXPECT_EQ(Kosei({"status"}).code, 3);
}

TEST_F(Estate, JapaneseTablesStayInColumns) {
  EXPECT_EQ(Out({"search", "--class", "Server", "-o", "table"}),
            "KEY    CLASS   STATUS  NAME\n"
            "web-1  Server  live    \u6771\u4eac\u30a6\u30a7\u30d6\n"
            "web-2  Server          Second\n");
  EXPECT_THAT(Out({"impact", "web-1", "-o", "table", "--locale", "ja"}), HasSubstr("\u5408\u8a08"));
}

// Every flag that koseid describes stands in its manual page.
TEST(ServerManual, NamesEveryFlag) {
  const kosei::testing::TempFolder folder;
  const Outcome help = RunProgram(folder.path(), {KOSEI_SERVER_BINARY, "--help"}, {}, "");
  ASSERT_EQ(help.code, 0);
  const std::string options = help.out.substr(help.out.find("Options:"));
  const std::string manual = ReadWhole(KOSEI_SERVER_MANUAL);
  std::istringstream lines(options);
  int flags = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find("--");
    if (!line.starts_with("  -") || at == std::string::npos) continue;
    const std::string flag = line.substr(at, line.find_first_of(" ,", at) - at);
    ++flags;
    EXPECT_NE(manual.find("*" + flag + "*"), std::string::npos) << flag;
  }
  EXPECT_GT(flags, 10);
}

}  // namespace
}  // namespace kosei::cli
