// Planned work through the real programs: what collides, free slots, and how mistakes are told.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kWork[] = R"({
  "changes": [
    {"id": "CHG-1", "from": "2026-12-05T21:00:00Z", "to": "2026-12-06T00:00:00Z", "changes": ["db-1"]},
    {"id": "CHG-2", "from": "2026-12-05T22:00:00Z", "to": "2026-12-06T01:00:00Z", "changes": ["db-2"]},
    {"id": "CHG-3", "from": "2026-12-05T20:00:00Z", "to": "2026-12-05T21:00:00Z", "changes": ["db-1"]}],
  "windows": [
    {"id": "quiet", "kind": "freeze", "from": "2026-12-06T00:30:00Z", "to": "2026-12-06T06:00:00Z", "services": ["payroll"]}]
})";

class CollideCommand : public Terminal {
 protected:
  // payroll needs a pair of databases, of which one is enough.
  void SetUp() override {
    Terminal::SetUp();
    Out({"set", "payroll", "--class", "BusinessService", "name=Payroll", "criticality=critical"});
    Out({"set", "pair", "--class", "Cluster", "name=Pair", "min_members=1"});
    Out({"link", "payroll", "depends_on", "pair"});
    for (const std::string key : {"db-1", "db-2"}) {
      Out({"set", key, "--class", "Server", "name=" + key});
      Out({"link", key, "member_of", "pair"});
    }
    file_ = Put("work.json", kWork);
  }
  std::string file_;
};

TEST_F(CollideCommand, EachTakesOneOfAPair) {
  const Outcome outcome = Kosei({"collide", file_});
  EXPECT_EQ(outcome.code, 1) << outcome.notes;
  const Json json(outcome.out);
  EXPECT_THAT(json.Names(""), ElementsAre("view", "total", "counts", "changes", "collisions"));
  EXPECT_EQ(json.Number("/total"), 2);
  EXPECT_EQ(json.Number("/counts/gate"), 1);
  EXPECT_EQ(json.Number("/counts/freeze"), 1);
  EXPECT_EQ(json.Text("/collisions/0/kind"), "gate");
  EXPECT_EQ(json.Text("/collisions/0/changes/1"), "CHG-2");
  EXPECT_EQ(json.Text("/collisions/0/from"), "2026-12-05T22:00:00Z");
  EXPECT_EQ(json.Text("/collisions/0/to"), "2026-12-06T00:00:00Z");
  EXPECT_EQ(json.Text("/collisions/0/records/0/key"), "payroll");
  EXPECT_EQ(json.Text("/collisions/0/records/0/criticality"), "critical");
  EXPECT_EQ(json.Text("/collisions/0/records/0/class"), "BusinessService");
  EXPECT_EQ(json.Text("/collisions/0/gates/0/key"), "pair");
  EXPECT_EQ(json.Text("/collisions/1/windows/0"), "quiet");
  EXPECT_EQ(json.Number("/changes/0/collisions"), 1);
  EXPECT_EQ(json.Number("/changes/2/collisions"), 0);

  const Outcome table = Kosei({"collide", file_, "-o", "table"});
  EXPECT_THAT(table.out, HasSubstr("payroll failed (critical), pair failed"));
  EXPECT_THAT(table.out, HasSubstr("pair: at_least(min_members, member_of)"));
  EXPECT_THAT(table.notes, HasSubstr("2 collisions: gate 1, freeze 1"));
  EXPECT_THAT(Kosei({"collide", file_, "-o", "csv"}).out,
              HasSubstr("gate,CHG-1;CHG-2,2026-12-05T22:00:00Z,2026-12-06T00:00:00Z,2,1,"
                        "payroll;pair,pair,\n"));
  EXPECT_THAT(Kosei({"collide", file_, "-o", "jsonl", "--change", "CHG-2", "--limit", "1"}).out,
              HasSubstr("\n{\"kind\": \"gate\""));
  EXPECT_EQ(Kosei({"collide", file_, "--change", "CHG-3"}).code, 0);
  // When there was only the service, nothing of what is worked on could take it down.
  EXPECT_EQ(Kosei({"collide", file_, "--as-of", "1"}).code, 0);
}

TEST_F(CollideCommand, AFreeSlotIsFound) {
  const std::vector<std::string> words = {
      "collide",  file_, "--slot",  "CHG-1", "--after", "2026-12-05T20:00:00Z",
      "--within", "2d",  "--count", "2"};
  const Json json(Out(words));
  EXPECT_EQ(json.Text("/change"), "CHG-1");
  EXPECT_EQ(json.Text("/slots/0/from"), "2026-12-06T06:00:00Z");
  EXPECT_EQ(json.Text("/slots/0/latest"), "2026-12-07T17:00:00Z");
  EXPECT_EQ(json.Text("/slots/1/from"), "2026-12-06T09:00:00Z");
  const Outcome none = Kosei(
      {"collide", file_, "--slot", "CHG-1", "--after", "2026-12-05T22:00:00Z", "--within", "1h"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.notes, HasSubstr("no free slot"));
  const Outcome shorter =
      Kosei({"collide", file_, "--slot", "CHG-1", "--after", "2026-12-05T21:00:00Z", "--within",
             "1h", "--length", "30m", "-o", "table"});
  EXPECT_EQ(shorter.code, 0);
  EXPECT_THAT(shorter.out, HasSubstr("2026-12-05T21:00:00Z  2026-12-05T21:30:00Z"));
}

TEST_F(CollideCommand, PlansCollideByWhatTheyChange) {
  for (const std::string name : {"one", "two"}) {
    Out({"plan", "open", name});
    Out({"plan", "edit", name, "set", name == "one" ? "db-1" : "db-2", "cpu_count=8"});
    Out({"plan", "edit", name, "set", "db-9", "--class", "Server", "name=Nine"});
  }
  const Outcome outcome = Kosei(
      {"collide", "--plans", "one,two", "--window", "2026-12-05T21:00:00Z/2026-12-05T22:00:00Z"});
  EXPECT_EQ(outcome.code, 1) << outcome.notes;
  const Json json(outcome.out);
  EXPECT_EQ(json.Number("/counts/gate"), 1);
  EXPECT_EQ(json.Text("/collisions/1/kind"), "same_record");
  EXPECT_EQ(json.Text("/collisions/1/records/0/key"), "db-9");
  EXPECT_EQ(Kosei({"collide", "--plans", "one"}).code, 0);
  const Outcome unknown = Kosei({"collide", "--plans", "one,three"});
  EXPECT_EQ(unknown.code, 7);
  EXPECT_THAT(unknown.notes, HasSubstr("plan \"three\""));
}

TEST_F(CollideCommand, MistakesAreToldWithWhatToDo) {
  const auto told = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "collide");
    const Outcome outcome = Kosei(std::move(words));
    EXPECT_EQ(outcome.code, 2) << outcome.notes;
    return outcome.notes;
  };
  EXPECT_THAT(told({}), HasSubstr("--plans"));
  EXPECT_THAT(told({file_, "--plans", "a"}), HasSubstr("one of both"));
  EXPECT_THAT(told({file_, "--slot", "CHG-1", "--within", "soon"}), HasSubstr("30d"));
  EXPECT_THAT(told({file_, "--slot", "CHG-1", "--count", "101"}), HasSubstr("1 to 100"));
  EXPECT_THAT(told({file_, "--context", "weather"}), HasSubstr("no context \"weather\""));
  const std::string typo = Put("typo.csv",
                               "id,from,to,changes\n"
                               "A,2026-12-05T21:00:00Z,2026-12-05T22:00:00Z,db-7\n");
  const Outcome unknown = Kosei({"collide", typo});
  EXPECT_EQ(unknown.code, 7);
  EXPECT_THAT(unknown.notes, HasSubstr("change \"A\" changes"));
  EXPECT_THAT(unknown.notes, HasSubstr("db-7"));
  const Outcome other = Kosei({"collide", file_, "--slot", "CHG-9"});
  EXPECT_EQ(other.code, 7);
  EXPECT_THAT(other.notes, HasSubstr("CHG-9"));
}

TEST_F(CollideCommand, StandardInputAndWhatIsDownAnyway) {
  const std::string one = Put("one.json", R"({"changes": [
    {"id": "A", "changes": ["db-1"],
     "from": "2026-12-05T21:00:00Z", "to": "2026-12-05T22:00:00Z"}]})");
  EXPECT_EQ(Json(Kosei({"collide", "-"}, one).out).Number("/changes/0/affected"), 0);
  Out({"set", "db-2", "operational_status=down"});
  const Json json(Kosei({"collide", "-", "--context", "down"}, one).out);
  EXPECT_EQ(json.Number("/changes/0/affected"), 2);
  EXPECT_EQ(json.Number("/changes/0/services"), 1);
  const Json all(Kosei({"collide", "-", "--context", "all"}, one).out);
  EXPECT_EQ(all.Number("/changes/0/affected"), 2);
}

}  // namespace
}  // namespace kosei::cli
