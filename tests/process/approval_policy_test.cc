// Approval policies as data: how they are read, which steps a case needs, and what is said of one
// that is wrong.
#include "kosei/process/approval_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::IsError;
using language::Datum;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTables[] = R"yaml(
decision_tables:
  - name: change_approval
    label: {en: Who approves, ja: 承認者}
    hit: all
    inputs:
      - {name: risk, values: [low, high], label: {en: Risk, ja: リスク}}
      - {name: cost, type: decimal, label: {en: Cost, ja: 費用}}
    outputs:
      - {name: step, values: [manager, cab, none], label: {en: Step, ja: 段階}}
    rows:
      - [low, "< 10", none]
      - [high, "-", manager]
      - ["-", ">= 100", cab]
)yaml";

constexpr char kPolicies[] = R"yaml(
approval_policies:
  - name: change
    version: 4
    label: {en: Change, ja: 変更}
    table: change_approval
    order: sequential
    relevant: [record, plan]
    separated: [author]
    votes_for_many: true
    comment: always
    expires: P7D
    steps:
      - name: manager
        label: {en: Manager, ja: 管理者}
        approvers: [{role: change_manager}, {field: service_owner}]
      - name: cab
        label: {en: CAB, ja: 変更諮問委員会}
        approvers: [{group: cab}, {person: alice}]
        rule: {share: 60}
        expires: PT12H
)yaml";

absl::StatusOr<ApprovalBook> Load(const DecisionBook& tables, std::string_view yaml) {
  const std::vector<DefinitionFile> files = {{"p.yaml", std::string(yaml)}};
  return ApprovalBook::Load(files, tables);
}
DecisionBook Tables(std::string_view yaml = kTables) {
  const std::vector<DefinitionFile> files = {{"t.yaml", std::string(yaml)}};
  auto book = DecisionBook::Load(files);
  EXPECT_OK(book);
  return *std::move(book);
}
std::string Replaced(std::string_view yaml, std::string_view from, std::string_view to) {
  std::string text(yaml);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ApprovalPolicy, IsReadAsWritten) {
  const DecisionBook tables = Tables();
  ASSERT_OK_AND_ASSIGN(const ApprovalBook book, Load(tables, kPolicies));
  const ApprovalPolicyDefinition& policy = *book.Find("change");
  EXPECT_EQ(policy.version, 4U);
  EXPECT_TRUE(policy.votes_for_many);
  EXPECT_TRUE(policy.delegation);
  EXPECT_EQ(policy.comment, CommentRule::kAlways);
  EXPECT_EQ(policy.expires->micros, 7 * 86'400'000'000LL);
  ASSERT_EQ(policy.steps.size(), 2U);
  EXPECT_EQ(policy.steps[0].rule.kind, RuleKind::kAny);
  EXPECT_EQ(policy.steps[0].approvers[1].kind, ApproverKind::kField);
  EXPECT_EQ(policy.steps[1].rule.kind, RuleKind::kShare);
  EXPECT_EQ(policy.steps[1].rule.amount, 60U);
  EXPECT_EQ(policy.steps[1].origin, "p.yaml:17");
  EXPECT_EQ(book.Find("other"), nullptr);
}

TEST(ApprovalPolicy, TheTableSaysWhichStepsACaseNeeds) {
  const DecisionBook tables = Tables();
  ASSERT_OK_AND_ASSIGN(const ApprovalBook book, Load(tables, kPolicies));
  const auto plan = [&](std::string risk, double cost) {
    return book.Plan("change", {{"cost", Datum::Float(cost)}, {"risk", Datum::String(risk)}});
  };
  ASSERT_OK_AND_ASSIGN(const ApprovalPlan cheap, plan("low", 5));
  EXPECT_THAT(cheap.steps, IsEmpty());
  ASSERT_EQ(cheap.decisions.size(), 1U);
  EXPECT_THAT(cheap.decisions[0].hits[0].why.en, HasSubstr("row 1 of change_approval"));
  ASSERT_OK_AND_ASSIGN(const ApprovalPlan risky, plan("high", 5));
  EXPECT_THAT(risky.steps, ElementsAre("manager"));
  ASSERT_OK_AND_ASSIGN(const ApprovalPlan both, plan("high", 500));
  EXPECT_THAT(both.steps, ElementsAre("manager", "cab"));
  EXPECT_THAT(plan("low", 50), IsError(ErrorCode::kInvalidArgument,
                                       "decision table change_approval has no row for this case"));
  EXPECT_THAT(book.Plan("chnage", {}), IsError(ErrorCode::kNotFound, "did you mean \"change\"?"));
  EXPECT_THAT(book.Plan("change", {}), IsError(ErrorCode::kInvalidArgument, "the input risk"));
}

TEST(ApprovalPolicy, WithoutATableEveryStepIsNeeded) {
  const DecisionBook tables = Tables();
  ASSERT_OK_AND_ASSIGN(const ApprovalBook book,
                       Load(tables, Replaced(kPolicies, "    table: change_approval\n", "")));
  ASSERT_OK_AND_ASSIGN(const ApprovalPlan plan, book.Plan("change", {}));
  EXPECT_THAT(plan.steps, ElementsAre("manager", "cab"));
}

struct Misuse {
  std::string_view name;
  std::string_view from;
  std::string_view to;
  std::string_view message;
};

TEST(ApprovalPolicy, SaysWhatIsWrongWithIt) {
  const std::vector<Misuse> cases = {
      {"unknown key", "separated:", "seperated:", "p.yaml:9: unknown key \"seperated\""},
      {"unknown order", "order: sequential", "order: random",
       "order is \"random\", expected one of"},
      {"unknown rule", "rule: {share: 60}", "rule: most", "rule is \"most\", expected one of any"},
      {"share above all", "rule: {share: 60}", "rule: {share: 101}",
       "share is \"101\", expected a whole number from 1 to 100"},
      {"no quorum", "rule: {share: 60}", "rule: {quorum: 0}", "quorum is \"0\", expected a whole"},
      {"two rules", "rule: {share: 60}", "rule: {share: 60, quorum: 2}",
       "a rule has one of share and quorum"},
      {"two in one", "{group: cab}", "{group: cab, role: x}",
       "an approver has 2 of group, role, person and field"},
      {"nobody", "approvers: [{group: cab}, {person: alice}]", "approvers: []",
       "step cab has no approvers"},
      {"months", "expires: P7D", "expires: P1M", "p.yaml:12: expires is \"P1M\", expected days"},
      {"step twice", "name: cab", "name: manager",
       "step manager is defined twice, first at p.yaml:14"},
      {"step called none", "name: cab", "name: none", "a step is called none"},
      {"no such table", "table: change_approval", "table: change_aproval",
       "names the decision table \"change_aproval\", which is not there; did you mean "
       "\"change_approval\"?"},
      {"step that the table does not give", "name: cab", "name: board",
       "t.yaml:10: the output step has the value \"cab\", which is no step of approval policy "
       "change"},
      {"no steps", "steps:", "steps: []\n  - name: x\n    label: {en: X, ja: え}\n    steps:",
       "approval policy change has no steps"}};
  const DecisionBook tables = Tables();
  for (const Misuse& misuse : cases) {
    SCOPED_TRACE(misuse.name);
    const auto book = Load(tables, Replaced(kPolicies, misuse.from, misuse.to));
    ASSERT_FALSE(book.ok());
    EXPECT_EQ(CodeOf(book.status()), ErrorCode::kModelInvalid);
    EXPECT_THAT(std::string(MessageOf(book.status())), HasSubstr(std::string(misuse.message)));
  }
}

TEST(ApprovalPolicy, ItsTableGivesStepsAndAllOfThem) {
  const DecisionBook without = Tables(Replaced(kTables, "name: step,", "name: steps,"));
  EXPECT_THAT(Load(without, kPolicies),
              IsError(ErrorCode::kModelInvalid, "has no output \"step\" that is an enum"));
  const DecisionBook fewer =
      Tables(Replaced(Replaced(kTables, "[manager, cab, none]", "[manager, none]"), ">= 100\", cab",
                      ">= 100\", manager"));
  EXPECT_THAT(Load(fewer, kPolicies),
              IsError(ErrorCode::kModelInvalid, "p.yaml:17: step cab is never asked"));
}

TEST(ApprovalPolicy, TheHashIsOfAllThatIsSaid) {
  const auto hash = [](std::string_view yaml) {
    return HashOf(ParseApprovalPolicies(yaml, "p.yaml")->front());
  };
  const std::string before = hash(kPolicies);
  EXPECT_EQ(hash("# note\n" + std::string(kPolicies)), before);
  const std::vector<std::pair<std::string_view, std::string_view>> changes = {
      {"version: 4", "version: 5"},
      {"[record, plan]", "[record]"},
      {"separated: [author]", "separated: []"},
      {"votes_for_many: true", "votes_for_many: false"},
      {"comment: always", "comment: never"},
      {"expires: P7D", "expires: P8D"},
      {"{share: 60}", "{quorum: 60}"},
      {"{person: alice}", "{person: bob}"},
      {"expires: PT12H", "expires: PT13H"},
      {"order: sequential", "order: parallel"}};
  for (const auto& [from, to] : changes) EXPECT_NE(hash(Replaced(kPolicies, from, to)), before);
}

}  // namespace
}  // namespace kosei::process
