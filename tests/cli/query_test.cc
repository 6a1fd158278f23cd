// kosei query on the sample estate of model/demo, through the real programs. The answers were
// worked out by hand from the estate (docs/demo.md).
#include "kosei/client/client.h"
#include "kosei_process.h"
#include "query/words.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Query : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    Out({"import", "--records", KOSEI_DEMO_FOLDER "/records.jsonl", "--links",
         KOSEI_DEMO_FOLDER "/links.jsonl", "--source", "demo"});
  }
  // What it prints as CSV; it must succeed.
  std::string Csv(std::vector<std::string> words) {
    words.insert(words.begin(), "query");
    words.insert(words.end(), {"-o", "csv"});
    return Out(words);
  }
};

TEST_F(Query, AnswersInEveryForm) {
  const std::string text =
      "MATCH (h:Hypervisor)-[:powered_by]->(f) RETURN h.key AS host, count(f) AS feeds "
      "ORDER BY host";
  EXPECT_EQ(Csv({text}), "host,feeds\nesx-o1,1\nesx-o2,1\nesx-t1,2\nesx-t2,2\nesx-t3,1\n");
  EXPECT_EQ(Out({"query", text, "-o", "table"}),
            "host    feeds\nesx-o1      1\nesx-o2      1\nesx-t1      2\nesx-t2      2\n"
            "esx-t3      1\n");
  EXPECT_EQ(Out({"query", text, "--limit", "1", "-o", "jsonl"}),
            "{\"host\": \"esx-o1\", \"feeds\": 1}\n");
  const Json json(Out({"query", text}));
  EXPECT_THAT(json.Names(""), ElementsAre("columns", "rows", "view", "row_count", "cut"));
  EXPECT_EQ(json.Text("/rows/2/host"), "esx-t1");
  EXPECT_EQ(json.Number("/rows/2/feeds"), 2);
  EXPECT_EQ(json.Number("/row_count"), 5);
}

TEST_F(Query, ATokenThatIsLimitedToClassesShowsOnlyThese) {
  Out({"admin", "token", "create", "facilities", "--class", "Site", "--class", "Hypervisor",
       "--write", Path("facilities.token")});
  const auto limited = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--token-file", Path("facilities.token")});
    return Kosei(words);
  };
  const std::string by_class =
      "MATCH (n) UNWIND labels(n)[0..1] AS class RETURN class, count(*) AS n ORDER BY class";
  EXPECT_EQ(limited({"query", by_class, "-o", "csv"}).out, "class,n\nHypervisor,6\nSite,2\n");
  // What a host needs is of other classes.
  EXPECT_EQ(
      limited({"query", "MATCH (:Hypervisor)-[:powered_by]->(f) RETURN count(f) AS n", "-o", "csv"})
          .out,
      "n\n0\n");
  const Outcome refused = limited({"get", "esx-t1"});
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.notes, HasSubstr("limited to classes"));
  const Outcome whole = limited({"query", "CALL kosei.impact(['esx-t1'])"});
  EXPECT_EQ(whole.code, 5);
  EXPECT_THAT(whole.notes, HasSubstr("kosei.impact looks at the whole graph"));
  EXPECT_THAT(Out({"admin", "token", "list", "-o", "table"}), HasSubstr("Site, Hypervisor"));
  const Outcome unknown = Kosei({"admin", "token", "create", "x", "--class", "Hypervisr"});
  EXPECT_NE(unknown.code, 0);
  EXPECT_THAT(unknown.notes, HasSubstr("Hypervisor"));
}

TEST_F(Query, ShowsRecordsLinksAndPaths) {
  const Json json(Out({"query",
                       "MATCH p = (n {key: 'pay-web-1'})-[r:runs_on]->(m) "
                       "RETURN n, r, p, date('2026-11-22') AS day, duration('PT90M') AS took"}));
  EXPECT_EQ(json.Text("/rows/0/n/key"), "pay-web-1");
  EXPECT_EQ(json.Text("/rows/0/n/labels/0"), "ApplicationInstance");
  EXPECT_EQ(json.Text("/rows/0/n/properties/status"), "live");
  EXPECT_THAT(json.Names("/rows/0/r"), ElementsAre("type", "start", "end"));
  EXPECT_EQ(json.Text("/rows/0/r/start"), "pay-web-1");
  EXPECT_EQ(json.Text("/rows/0/r/end"), "vm-pay-1");
  EXPECT_EQ(json.Number("/rows/0/p/length"), 1);
  EXPECT_EQ(json.Text("/rows/0/p/nodes/1/key"), "vm-pay-1");
  EXPECT_EQ(json.Text("/rows/0/day"), "2026-11-22");
  EXPECT_EQ(json.Text("/rows/0/took"), "PT1H30M");
  EXPECT_EQ(Csv({"MATCH p = ({key: 'pay-web-1'})-[:runs_on]->() RETURN p"}),
            "p\n(pay-web-1:ApplicationInstance)-[:runs_on]->(vm-pay-1:VirtualMachine)\n");
}

TEST_F(Query, TakesParametersOfEveryType) {
  EXPECT_EQ(Csv({"RETURN $a AS a, $b + 1 AS b, $c AS c, $d.x AS d", "--param", "a=web", "--param",
                 "b=2", "--param", "c=2026-01-31", "--param-json", "d={\"x\": [1, null]}"}),
            "a,b,c,d\nweb,3,2026-01-31,\"[1, null]\"\n");
  const Outcome missing = Kosei({"query", "RETURN $a"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.notes, HasSubstr("$a"));
  EXPECT_EQ(Kosei({"query", "RETURN $a", "--param", "a"}).code, 2);
}

TEST_F(Query, RunsSeveralStatementsOfAFile) {
  const std::string file =
      Put("two.cypher", "// one\nRETURN 1 AS a;\n/* two; */ RETURN 'x;y' AS b\n");
  EXPECT_EQ(Csv({"--file", file}), "a\n1\n\nb\nx;y\n");
  const Json json(Out({"query", "--file", file}));
  EXPECT_EQ(json.Count(""), 2U);
  EXPECT_EQ(json.Text("/1/rows/0/b"), "x;y");
  const Outcome piped = Kosei({"query", "--file", "-", "-o", "csv"}, file);
  EXPECT_EQ(piped.out, "a\n1\n\nb\nx;y\n");
  // What came before an error stands.
  const Outcome broken = Kosei({"query", "RETURN 1 AS a; RETURN oops", "-o", "csv"});
  EXPECT_EQ(broken.code, 2);
  EXPECT_EQ(broken.out, "a\n1\n");
  EXPECT_EQ(Json(Kosei({"query", "RETURN 1 AS a; RETURN oops"}).out).Count(""), 1U);
  EXPECT_EQ(Kosei({"query", "--file", Path("none")}).code, 7);
  EXPECT_EQ(Kosei({"query"}).code, 2);
  EXPECT_EQ(Kosei({"query", "RETURN 1", "--file", file}).code, 2);
}

TEST_F(Query, ErrorsShowThePlace) {
  const Outcome outcome = Kosei({"query", "MATCH (n:Server)\nRETRUN n"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.notes, HasSubstr("line 2, column 1"));
  EXPECT_THAT(outcome.notes, HasSubstr("\n  RETRUN n\n  ^"));
}

TEST_F(Query, NothingFoundIsAnExitCode) {
  const Outcome outcome = Kosei({"query", "MATCH (n:Rack) RETURN n.key AS key", "-o", "csv"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "key\n");
  EXPECT_THAT(outcome.notes, HasSubstr("nothing found"));
  const Outcome cut = Kosei({"query", "MATCH (n:Hypervisor) RETURN n.key", "--limit", "2"});
  EXPECT_EQ(Json(cut.out).Count("/rows"), 2U);
  EXPECT_THAT(cut.notes, HasSubstr("2 rows listed, there are more"));
}

TEST_F(Query, AFilterChoosesRecords) {
  EXPECT_EQ(
      Csv({"--filter", "class = Hypervisor and status = live and name like 東京 order by key"}),
      "key,class,status,name\n"
      "esx-t1,Hypervisor,live,東京ハイパーバイザー 1\n"
      "esx-t2,Hypervisor,live,東京ハイパーバイザー 2\n"
      "esx-t3,Hypervisor,live,東京ハイパーバイザー 3\n");
  EXPECT_EQ(Out({"query", "--filter", "class = Site order by key", "-o", "table"}),
            "KEY         CLASS  STATUS  NAME\n"
            "site-osaka  Site   live    大阪データセンター\n"
            "site-tokyo  Site   live    東京データセンター\n");
  EXPECT_EQ(Kosei({"query", "--filter", "class = Server"}).code, 1);
  EXPECT_EQ(Kosei({"query", "--filter", "class = "}).code, 2);
}

TEST_F(Query, ReadsTheViewThatIsAskedFor) {
  Out({"baseline", "create", "before"});
  Out({"set", "lb-1", "status=retired"});
  Out({"plan", "open", "retire-lb-2"});
  Out({"plan", "edit", "retire-lb-2", "set", "lb-2", "status=retired"});
  const std::string text = "MATCH (n:LoadBalancer) RETURN n.key AS k, n.status AS s ORDER BY k";
  EXPECT_EQ(Csv({text}), "k,s\nlb-1,retired\nlb-2,live\n");
  EXPECT_EQ(Csv({text, "--as-of", "before"}), "k,s\nlb-1,live\nlb-2,live\n");
  EXPECT_EQ(Csv({text, "--plan", "retire-lb-2"}), "k,s\nlb-1,retired\nlb-2,retired\n");
  EXPECT_EQ(Csv({"FOR SYSTEM_TIME AS OF 'before' " + text}), "k,s\nlb-1,live\nlb-2,live\n");
  EXPECT_EQ(Kosei({"query", text, "--as-of", "nothing"}).code, 7);
  EXPECT_EQ(Csv({"RETURN datetime('2026-01-01T09:00') AS t", "--time-zone", "+09:00"}),
            "t\n2026-01-01T09:00+09:00\n");
}

TEST_F(Query, ShowsPlans) {
  const std::string text = "MATCH (n:Hypervisor) RETURN n.key";
  const Outcome explained = Kosei({"query", "EXPLAIN " + text, "-o", "table"});
  EXPECT_EQ(explained.code, 0) << explained.notes;
  EXPECT_THAT(explained.out, HasSubstr("OPERATOR"));
  EXPECT_THAT(explained.out, HasSubstr("\n+- "));
  EXPECT_THAT(explained.out, Not(HasSubstr("ROWS")));
  const Json profiled(Out({"query", "PROFILE " + text}));
  EXPECT_EQ(profiled.Count("/rows"), 6U);
  EXPECT_THAT(profiled.Names("/plan/0"),
              ElementsAre("depth", "operator", "details", "rows", "nanoseconds"));
  EXPECT_EQ(profiled.Number("/plan/0/rows"), 6);
}

TEST_F(Query, SavedQueriesAreRecordsWithVersions) {
  EXPECT_EQ(Kosei({"query", "saved"}).code, 1);
  Out({"query", "save", "hosts", "--text",
       "MATCH (n:Hypervisor {status: $status}) RETURN n.key AS key ORDER BY key;", "--param",
       "status=live", "--description", "Hosts by status", "--description-ja", "状態別ホスト",
       "--reason", "wanted"});
  EXPECT_EQ(Csv({"run", "hosts"}), "key\nesx-o1\nesx-o2\nesx-t1\nesx-t2\nesx-t3\n");
  EXPECT_EQ(Csv({"run", "hosts", "--param", "status=retired"}), "key\nesx-t4\n");
  EXPECT_EQ(Kosei({"query", "run", "hosts", "--param", "state=x"}).code, 2);
  EXPECT_THAT(Kosei({"query", "run", "hots"}).notes, HasSubstr("did you mean 'hosts'?"));
  EXPECT_EQ(Kosei({"query", "run", "hots"}).code, 7);
  EXPECT_THAT(Out({"query", "saved", "-o", "table", "--locale", "ja"}), HasSubstr("状態別ホスト"));
  EXPECT_THAT(Out({"query", "show", "hosts", "-o", "table"}),
              HasSubstr("// Hosts by status\n// $status=live\nMATCH (n:Hypervisor"));
  EXPECT_EQ(Json(Out({"query", "show", "hosts"})).Text("/parameters/0"), "status=live");
  // What does not plan is not kept.
  const Outcome bad = Kosei({"query", "save", "bad", "--text", "MATCH (n) RETURN m"});
  EXPECT_EQ(bad.code, 2);
  EXPECT_EQ(Kosei({"query", "show", "bad"}).code, 7);
  EXPECT_EQ(Kosei({"query", "save", "two", "--text", "RETURN 1; RETURN 2"}).code, 2);
  // An ordinary record.
  Out({"query", "save", "hosts", "--text", "MATCH (n:Hypervisor) RETURN count(n) AS hosts"});
  EXPECT_EQ(Csv({"run", "hosts"}), "hosts\n6\n");
  EXPECT_EQ(Json(Out({"history", "query:hosts"})).Count("/versions"), 2U);
  EXPECT_EQ(Kosei({"query", "save", "hosts", "--text", "RETURN 1", "--expect", "0"}).code, 6);
}

TEST_F(Query, AReaderMayAskAndNotSave) {
  const std::string file = Path("reader.token");
  Out({"admin", "token", "create", "looker", "--write", file});
  EXPECT_EQ(Kosei({"query", "RETURN 1", "--token-file", file}).code, 0);
  EXPECT_EQ(Kosei({"query", "save", "q", "--text", "RETURN 1", "--token-file", file}).code, 5);
  EXPECT_EQ(Kosei({"query", "CREATE (n)"}).code, 2);
}

// What completion offers, the server knows.
TEST_F(Query, EveryWordOfTheCompletionIsKnown) {
  client::Options options;
  options.server = server_.address();
  options.token = server_.admin_token();
  ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(options));
  const auto complaint = [&](const std::string& text) {
    client::StatementRequest request;
    request.text = "EXPLAIN " + text;
    const auto planned = client->Query(
        request, [](const std::vector<std::string>&, const client::QueryRow&) { return true; });
    return std::string(MessageOf(planned.status()));
  };
  EXPECT_THAT(complaint("RETURN sizes()"), HasSubstr("there is no function"));
  EXPECT_THAT(complaint("CALL db.nothing()"), HasSubstr("there is no procedure"));
  for (const std::string_view function : QueryFunctions()) {
    // Some have a form of their own.
    std::string inside;
    for (const std::string_view quantifier : {"all", "any", "none", "single"}) {
      if (function == quantifier) inside = "x IN [1] WHERE x > 0";
    }
    if (function == "reduce") inside = "sum = 0, x IN [1] | sum + x";
    EXPECT_THAT(complaint("RETURN " + std::string(function) + "(" + inside + ")"),
                Not(HasSubstr("there is no function")))
        << function;
  }
  for (const std::string_view procedure : QueryProcedures()) {
    EXPECT_THAT(complaint("CALL " + std::string(procedure) + "()"),
                Not(HasSubstr("there is no procedure")))
        << procedure;
  }
}

}  // namespace
}  // namespace kosei::cli
