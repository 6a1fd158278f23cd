// What somebody sees who may only see records of some classes: exactly what everybody would see of
// a store that has no others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kosei/base/error.h"
#include "statement_store.h"

namespace kosei::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kModel = R"(
classes:
  - {name: Item, abstract: true, label: {en: Item, ja: Item}, attributes: [
      {name: name, type: string, label: {en: Name, ja: Name}},
      {name: cpu, type: integer, index: true, label: {en: Cpu, ja: Cpu}},
      {name: host, type: reference, reference_class: Item, label: {en: Host, ja: Host}}]}
  - {name: Server, parent: Item, label: {en: Server, ja: Server}}
  - {name: Router, parent: Server, label: {en: Router, ja: Router}}
  - {name: Payroll, parent: Item, label: {en: Payroll, ja: Payroll}}
relationship_types:
  - {name: needs, label: {en: Needs, ja: Needs}, inverse_label: {en: Needed by, ja: Needed by},
     endpoints: [{source: Item, target: Item}], impact: target_to_source}
)";

// Servers, routers and payrolls, of which somebody may see the servers (so the routers, too).
class LimitedStatements : public ::testing::Test {
 protected:
  LimitedStatements() : whole_(kModel), part_(kModel) {}

  static bool IsShown(std::string_view class_name) { return class_name != "Payroll"; }
  ClassNumber NumberOf(std::string_view name) {
    return whole_.store().reader().schema()->FindClass(name)->number;
  }

  // In the one store as it is, in the other if it is seen.
  void Put(std::string_view class_name, const std::string& key, int cpu) {
    const std::vector<std::pair<std::string, Value>> values = {{"cpu", Value(cpu)},
                                                               {"name", Value("name of " + key)}};
    whole_.Put(key, class_name, values);
    if (!IsShown(class_name)) return;
    shown_.insert(key);
    part_.Put(key, class_name, values);
  }
  void Link(const std::string& source, const std::string& target) {
    Edit edit;
    edit.link.push_back({source, "needs", target});
    whole_.store().Apply(edit);
    if (shown_.contains(source) && shown_.contains(target)) part_.store().Apply(edit);
  }

  absl::StatusOr<AskedRows> AskLimited(std::string_view text) {
    const std::vector<ClassNumber> classes = {NumberOf("Server")};
    return whole_.Ask(text, {}, {}, classes);
  }
  std::vector<std::string> Limited(std::string_view text) {
    absl::StatusOr<AskedRows> told = AskLimited(text);
    EXPECT_TRUE(told.ok()) << text << "\n" << told.status();
    return told.ok() ? told->rows : std::vector<std::string>();
  }

  StatementStore whole_;
  StatementStore part_;
  std::set<std::string> shown_;
};

TEST_F(LimitedStatements, AreAsInAStoreWithoutTheRest) {
  std::mt19937 random(20'261'130);
  constexpr int kRecords = 40;
  constexpr std::string_view kClasses[] = {"Server", "Router", "Payroll"};
  for (int i = 0; i < kRecords; ++i)
    Put(kClasses[random() % 3], "n" + std::to_string(i), static_cast<int>(random() % 5));
  for (int i = 0; i < 2 * kRecords; ++i) {
    Link("n" + std::to_string(random() % kRecords), "n" + std::to_string(random() % kRecords));
  }
  for (const std::string_view text : {
           "MATCH (n) RETURN n.key ORDER BY n.key",
           "MATCH (n) RETURN count(*)",
           "MATCH (n) WHERE n.name STARTS WITH 'name' RETURN n.name ORDER BY n.key",
           "MATCH (n {cpu: 3}) RETURN n.key ORDER BY n.key",
           "MATCH (n) WHERE n.cpu > 2 RETURN n.cpu, count(*) ORDER BY n.cpu",
           "UNWIND range(0, 39) AS i OPTIONAL MATCH (n {key: 'n' + toString(i)}) RETURN i, n.cpu",
           "MATCH (a)-[r]->(b) RETURN a.key, type(r), b.key ORDER BY a.key, b.key",
           "MATCH (a)-->(b)-->(c) RETURN c.cpu, count(*) ORDER BY c.cpu",
           "MATCH (a)--(b) RETURN a.key, count(b) ORDER BY a.key",
           "MATCH p = (a)-[*1..3]->(b) RETURN a.key, b.key, count(p) ORDER BY a.key, b.key",
           "MATCH (a {key: 'n1'}), (b {key: 'n2'}), p = shortestPath((a)-[*]-(b)) "
           "RETURN length(p)",
           "MATCH (a), (b) MATCH p = shortestPath((a)-[*]->(b)) WHERE a <> b "
           "RETURN a.key, b.key, length(p) ORDER BY a.key, b.key",
           "MATCH (n) WHERE (n)-->() RETURN n.key ORDER BY n.key",
           "MATCH (n) RETURN n.key, [(n)-->(m) WHERE m.cpu > 1 | m.cpu] ORDER BY n.key",
           "MATCH (n) WHERE NOT EXISTS { MATCH (n)<--(m) } RETURN n.key ORDER BY n.key",
           "MATCH (n:Payroll) RETURN n.key",
       }) {
    SCOPED_TRACE(text);
    EXPECT_EQ(Limited(text), part_.Rows(text));
  }
}

TEST_F(LimitedStatements, SeeNothingOfOthersByAnyDoor) {
  Put("Server", "web", 1);
  Put("Payroll", "pay", 2);
  Link("web", "pay");
  const CommitNumber commit =
      whole_.Put("web", "Server", {{"cpu", Value(1)}, {"host", Value("pay")}});
  const std::string newest = std::to_string(commit.value);
  EXPECT_THAT(Limited("MATCH (n {key: 'pay'}) RETURN n"), IsEmpty());
  EXPECT_THAT(Limited("MATCH (n) WHERE id(n) IN range(0, 100) RETURN n.key"), ElementsAre("'web'"));
  EXPECT_THAT(Limited("MATCH (n) WHERE n.cpu = 2 RETURN n"), IsEmpty());
  // A record's own value says which key it refers to, and nothing of what is behind that.
  EXPECT_THAT(Limited("MATCH (n:Server) RETURN n.host, n.host.cpu"), ElementsAre("'pay' | null"));
  EXPECT_THAT(Limited("FOR SYSTEM_TIME AS OF " + newest + " MATCH (n) RETURN n.key"),
              ElementsAre("'web'"));
  const std::string range = "FOR SYSTEM_TIME FROM 1 TO " + newest;
  EXPECT_THAT(Limited(range + " MATCH (n {key: 'pay'}) RETURN n.cpu"), IsEmpty());
  EXPECT_THAT(Limited(range + " MATCH (n) RETURN DISTINCT n.key"), ElementsAre("'web'"));
  EXPECT_THAT(Limited("MATCH (n) RETURN key(n)"), ElementsAre("'web'"));
}

TEST_F(LimitedStatements, MayNotCallWhatLooksAtTheWholeGraph) {
  Put("Server", "web", 1);
  for (const std::string_view call :
       {"CALL kosei.impact(['web'])", "CALL kosei.spof()", "CALL kosei.path('web', 'web')",
        "CALL kosei.root_cause(['web'])", "CALL kosei.history('web')", "CALL kosei.diff(0, 1)"}) {
    SCOPED_TRACE(call);
    const absl::Status refused = AskLimited(call).status();
    EXPECT_TRUE(HasCode(refused, ErrorCode::kPermissionDenied)) << refused;
    EXPECT_THAT(std::string(MessageOf(refused)), HasSubstr("limited to classes"));
  }
  EXPECT_FALSE(Limited("CALL db.labels()").empty());
}

TEST_F(LimitedStatements, DoNotTellHowMuchThereIs) {
  Put("Server", "web", 1);
  for (int i = 0; i < 10; ++i) Put("Payroll", "pay-" + std::to_string(i), 2);
  const absl::StatusOr<AskedRows> told = AskLimited("PROFILE MATCH (n) RETURN count(*)");
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_THAT(told->rows, ElementsAre("1"));
  EXPECT_EQ(told->summary.steps, 0U);
  for (const PlanLine& line : told->summary.plan) EXPECT_LE(line.rows, 1U) << line.name;
}

}  // namespace
}  // namespace kosei::query
