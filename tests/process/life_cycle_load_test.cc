// What is said of a life cycle that is wrong: where, what, and how to mend it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "life_cycle_estate.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::testing::HasSubstr;

struct Misuse {
  std::string_view name;
  std::string_view from;  // in kIncident
  std::string_view to;
  std::string_view message;  // a part of it
};

std::string Replaced(std::string_view from, std::string_view to) {
  std::string text(kIncident);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void ExpectRefused(const std::vector<Misuse>& cases) {
  const Estate estate;
  for (const Misuse& misuse : cases) {
    SCOPED_TRACE(misuse.name);
    const auto book = estate.Load(Replaced(misuse.from, misuse.to));
    ASSERT_FALSE(book.ok());
    EXPECT_EQ(CodeOf(book.status()), ErrorCode::kModelInvalid);
    EXPECT_THAT(std::string(MessageOf(book.status())), HasSubstr(std::string(misuse.message)));
  }
}

TEST(LifeCycleLoad, TheExampleIsTaken) {
  const Estate estate;
  ASSERT_OK_AND_ASSIGN(const LifeCycleBook book, estate.Load(kIncident));
  ASSERT_EQ(book.life_cycles().size(), 1U);
  const LifeCycle& cycle = *book.life_cycles()[0];
  EXPECT_EQ(cycle.definition().version, 3U);
  EXPECT_EQ(cycle.FindState("pending")->kind, StateKind::kWaiting);
  EXPECT_EQ(cycle.FindState("pending")->waits_for, "customer");
  EXPECT_EQ(cycle.FindState("closed")->kind, StateKind::kDone);
  EXPECT_EQ(cycle.FindState("nowhere"), nullptr);
  EXPECT_EQ(cycle.definition().origin, "life.yaml:3");
}

TEST(LifeCycleLoad, WhoOpensAndEditsIsKeptApartFromNobody) {
  const Estate estate;
  ASSERT_OK_AND_ASSIGN(
      const LifeCycleBook book,
      estate.Load(Replaced("initial: recorded",
                           "initial: recorded\n    opened_by: [service_desk]\n    edited_by: []")));
  const LifeCycleDefinition& definition = book.life_cycles()[0]->definition();
  EXPECT_EQ(definition.opened_by, std::vector<std::string>{"service_desk"});
  EXPECT_EQ(definition.edited_by, std::vector<std::string>{});
  ASSERT_OK_AND_ASSIGN(const LifeCycleBook open, estate.Load(kIncident));
  const LifeCycleDefinition& without = open.life_cycles()[0]->definition();
  EXPECT_EQ(without.edited_by, std::nullopt);
  // Each of them makes another version.
  EXPECT_NE(HashOf(definition), HashOf(without));
  EXPECT_EQ(CompareLifeCycles(without, definition).aspects,
            (std::vector<std::string>{"opened_by", "edited_by"}));
}

TEST(LifeCycleLoad, KeysAndFormsAreStrict) {
  ExpectRefused({
      {"unknown key", "initial: recorded", "initail: recorded",
       "life.yaml:8: unknown key \"initail\" of a life cycle; did you mean \"initial\"?"},
      {"key twice", "version: 3", "version: 3\n    version: 4",
       "key \"version\" of a life cycle comes"},
      {"not a version", "version: 3", "version: soon",
       "life.yaml:6: version of a life cycle is \"soon\", expected a whole number"},
      {"unknown kind", "kind: waiting", "kind: waitng",
       "kind is \"waitng\", expected one of open, waiting, done"},
      {"name with blanks", "name: incident", "name: An incident",
       "name of a life cycle is \"An incident\", expected at most 64 lower-case letters"},
      {"label in one language", "{en: Recorded, ja: 記録済み}", "{en: Recorded}",
       "label of a state has no ja; add \"ja: ...\""},
      {"no label", "name: resolved, label: {en: Resolved, ja: 解決済み}, kind: done",
       "name: resolved, kind: done", "a state has no label; add \"label: {en: ..., ja: ...}\""},
      {"not a list", "effects:\n          - {notify: watchers, template: assigned}", "effects: 5",
       "effects of a transition is a single value, expected a list"},
      {"not YAML", "states:", "states: [", "this is not YAML"},
      {"guard of two kinds", "- check: approved", "- check: approved\n            query: RETURN 1",
       "a guard has 2 of check, query and expression, expected one"},
      {"effect that does nothing", "{notify: watchers, template: assigned}", "{template: assigned}",
       "an effect does nothing; add one of create"},
      {"effect with a key of another", "{notify: watchers, template: assigned}",
       "{notify: watchers, template: assigned, link: has_task}",
       "an effect with notify takes no link"},
      {"effect without its template", "{notify: watchers, template: assigned}",
       "{notify: watchers}", "an effect with notify has no template; add \"template: ...\""},
      {"waits, and is not waiting", "kind: waiting, waits_for", "waits_for",
       "state pending waits for customer but its kind is open"},
      {"final and open", "ja: クローズ}, final: true", "ja: クローズ}, kind: open, final: true",
       "state closed is final but its kind is open"},
      {"no such duration", "wait: P3D", "wait: three days",
       "wait of after is \"three days\", expected an ISO 8601 duration"},
      {"months of work", "wait: P3D", "wait: P1M, calendar: office", "months are not worked"},
      {"message in one language", "message: {en: say the impact, ja: 影響度を設定してください}",
       "message: {en: say the impact}", "message of a guard has no ja"},
      {"enum without values", "type: integer, label: {en: Days", "type: enum, label: {en: Days",
       "input days is an enum without values"},
  });
}

TEST(LifeCycleLoad, StatesAndTransitionsFitTogether) {
  ExpectRefused({
      {"state twice", "- {name: pending, label",
       "- {name: assigned, label: {en: A, ja: あ}}\n      - {name: pending, label",
       "life.yaml:12: state assigned is defined twice, first at life.yaml:11"},
      {"transition twice", "- name: pend\n", "- name: assign\n",
       "transition assign is defined twice, first at life.yaml:16"},
      {"initial missing", "initial: recorded", "initial: recoded",
       "initial of life cycle incident is \"recoded\", which is no state of it; did you mean "
       "\"recorded\"?"},
      {"from an unknown state", "from: [recorded, assigned]", "from: [recorded, asigned]",
       "transition assign leads out of \"asigned\", which is no state of life cycle incident; did "
       "you mean \"assigned\"?"},
      {"to an unknown state", "to: pending", "to: pendnig",
       "transition pend leads to \"pendnig\", which is no state"},
      {"out of a final state", "from: resolved\n        to: closed\n",
       "from: [resolved, closed]\n        to: closed\n",
       "transition confirm leads out of closed, which is final (life.yaml:14)"},
      {"unreachable", "from: assigned\n        to: pending", "from: assigned\n        to: resolved",
       "state pending cannot be reached from the initial state recorded; add a transition to it"},
      {"dead end", "from: [assigned, pending]\n        to: resolved",
       "from: [assigned, pending]\n        to: pending", "life.yaml:13: state resolved cannot be"},
      {"no way to the end", "ja: クローズ}, final: true", "ja: クローズ}",
       "state recorded is a dead end: it is not final and no way leads from it to a final state"},
      {"reserved name", "- {name: pending, label", "- {name: any, label",
       "a state is called any, which has a meaning of its own"},
      {"waits elsewhere", "after: {state: resolved", "after: {state: assigned",
       "transition close_unanswered waits in \"assigned\", which it does not lead out of"},
      {"renamed from what is there", "allows: [edit_plan]", "renamed_from: [pending]",
       "state assigned is renamed_from pending, which is still a state"},
      {"automatic, and asks somebody", "automatic: {after",
       "input: [{name: x, required: true, label: {en: X, ja: え}}]\n        automatic: {after",
       "is automatic and requires the input x, which nobody would give"},
  });
}

TEST(LifeCycleLoad, AutomaticTransitionsDoNotGoRound) {
  ExpectRefused({
      {"back and forth", "from: pending\n        to: assigned",
       "from: pending\n        to: assigned\n        automatic: {when: record.effort > 3}\n"
       "      - name: back\n        label: {en: B, ja: び}\n        from: assigned\n"
       "        to: pending\n        automatic: {when: record.effort < 9}",
       "go round without anybody doing anything: assigned -> pending -> assigned"},
      {"in place", "from: any\n        to: same",
       "from: any\n        to: same\n        automatic: {when: \"record.effort > 3\"}",
       "recorded -> recorded; let one of them wait"},
  });
  // A chain that ends is fine, and so is one that a person or the time interrupts.
  const Estate estate;
  EXPECT_OK(estate.Load(Replaced("from: resolved\n        to: closed\n",
                                 "from: resolved\n        to: closed\n        automatic: {when: "
                                 "record.effort > 3}\n")));
}

TEST(LifeCycleLoad, NamesAreThoseOfModelAndProgram) {
  ExpectRefused({
      {"class", "class: Ticket", "class: Tikcet",
       "life cycle incident names the class \"Tikcet\", which the model lacks; did you mean "
       "\"Ticket\"?"},
      {"attribute", "attribute: state", "attribute: stat",
       "life cycle incident keeps its state in \"stat\", which class Ticket lacks; did you mean "
       "\"state\"?"},
      {"attribute of another type", "attribute: state", "attribute: effort",
       "keeps its state in effort of type integer, expected an enum"},
      {"role", "roles: [service_desk, manager]", "roles: [servicedesk]",
       "transition assign: the role \"servicedesk\" is not known; did you mean \"service_desk\"?"},
      {"role that opens", "initial: recorded", "initial: recorded\n    opened_by: [servicedesk]",
       "opened_by: the role \"servicedesk\" is not known; did you mean \"service_desk\"?"},
      {"role that edits", "initial: recorded", "initial: recorded\n    edited_by: [manger]",
       "edited_by: the role \"manger\" is not known; did you mean \"manager\"?"},
      {"role that edits in a state", "allows: [edit_plan]", "edited_by: [manger]",
       "state assigned: edited_by: the role \"manger\" is not known"},
      {"editors of a final state", "{name: closed,", "{name: closed, edited_by: [manager],",
       "state closed is final, so that nobody edits a record in it"},
      {"required attribute", "required: [resolution]", "required: [resolutoin]",
       "transition resolve requires \"resolutoin\", which class Ticket lacks; did you mean "
       "\"resolution\"?"},
      {"set attribute", "assigned_by: actor", "asigned_by: actor",
       "transition assign sets \"asigned_by\", which class Ticket lacks"},
      {"sets the state", "assigned_by: actor", "state: \"'closed'\"",
       "transition assign sets state, which holds the state; say where it leads with \"to\""},
      {"check", "- check: approved", "- check: aproved",
       "check \"aproved\" is not known; did you mean \"approved\"?"},
      {"argument that is missing", "with: {policy: incident}", "with: {strict: true}",
       "check approved needs policy; add \"with: {policy: ...}\""},
      {"argument that is none", "with: {policy: incident}", "with: {policy: incident, stict: true}",
       "check approved takes no argument \"stict\"; did you mean \"strict\"?"},
      {"class of an effect", "- create: Task", "- create: Tsk", "names the class \"Tsk\""},
      {"link of an effect", "link: has_task", "link: has_tasks",
       "names the relationship type \"has_tasks\", which the model lacks; did you mean "
       "\"has_task\"?"},
      {"attribute of an effect", "due: now", "duu: now",
       "an effect sets \"duu\", which class Task"},
      {"audience", "{notify: watchers", "{notify: everybody",
       "the audience \"everybody\" is not known; there is only watchers"},
      {"template", "template: assigned}", "template: asigned}",
       "the template \"asigned\" is not known; did you mean \"assigned\"?"},
      {"calendar", "wait: P3D", "wait: P3D, calendar: offise",
       "the calendar \"offise\" is not known; did you mean \"office\"?"},
      {"signal", "automatic: {after: {state: resolved, wait: P3D}}", "automatic: {on: approved}",
       "the signal \"approved\" is not known; there are approval_granted, approval_rejected"},
      {"party", "waits_for: customer", "waits_for: nobody",
       "state pending: the party \"nobody\" is not known"},
      {"allowance", "allows: [edit_plan]", "allows: [edit_plans]",
       "state assigned: the word of allows \"edit_plans\" is not known; did you mean "
       "\"edit_plan\"?"},
  });
}

TEST(LifeCycleLoad, AStateThatIsNoValueOfTheModelIsNamed) {
  const Estate estate;
  std::string yaml(kIncident);
  for (std::size_t at = yaml.find("pending"); at != std::string::npos; at = yaml.find("pending"))
    yaml.replace(at, 7, "waiting");
  EXPECT_THAT(std::string(MessageOf(estate.Load(yaml).status())),
              HasSubstr("life.yaml:12: state waiting is no value of state of class Ticket"));
}

TEST(LifeCycleLoad, AValueOfTheModelThatIsNoStateIsNamed) {
  Estate estate;
  std::string yaml(kIncident);
  const std::string line =
      "      - {name: pending, label: {en: Pending, ja: 保留中}, kind: waiting, waits_for: "
      "customer}\n";
  yaml.erase(yaml.find(line), line.size());
  for (const std::string_view name : {"pend", "resume"}) {
    const std::size_t begin = yaml.find("      - name: " + std::string(name) + "\n");
    const std::size_t end = yaml.find("      - name: ", begin + 1);
    yaml.erase(begin, end - begin);
  }
  yaml.replace(yaml.find("[assigned, pending]"), 19, "[assigned]");
  const auto book = estate.Load(yaml);
  EXPECT_THAT(std::string(MessageOf(book.status())),
              HasSubstr("state of class Ticket has the value pending, which is no state of life "
                        "cycle incident; add the state"));
}

TEST(LifeCycleLoad, ExpressionsAndStatementsAreReadWhenLoaded) {
  ExpectRefused({
      {"expression that does not parse", "effort: coalesce(record.effort, 0) + 1",
       "effort: coalesce(record.effort, 0",
       "life.yaml:25: transition assign sets effort: line 1, column "},
      {"unknown variable", "assigned_by: actor", "assigned_by: me", "`me` is not defined here"},
      {"unknown attribute in it", "expression: record.impact IS NOT NULL",
       "expression: record.impcat IS NOT NULL",
       "guard impact_known of transition resolve: line 1, column 1: class Ticket has no attribute "
       "\"impcat\"; did you mean \"impact\"?"},
      {"unknown input in it", "assigned_by: actor", "assigned_by: input.who",
       "transition assign has no input \"who\"; there is none"},
      {"never true", "expression: record.impact IS NOT NULL", "expression: 1 + 1",
       "\"1 + 1\" is never true or false; compare it"},
      {"pattern in an expression", "expression: record.impact IS NOT NULL",
       "expression: \"EXISTS { (n) }\"", "a pattern cannot stand in this expression"},
      {"value that the enum lacks", "assigned_by: actor", "impact: \"'hgih'\"",
       "transition assign sets impact to \"hgih\", which is no value of it; did you mean "
       "\"high\"?"},
      {"query that does not parse", "RETURN k.name", "RETURN",
       "guard no_open_tasks of transition resolve"},
      {"query that writes", "RETURN k.name", "SET k.status = 'done' RETURN k.name",
       "a guard only reads; drop what writes"},
      {"query with an unknown parameter", "{key: $record}", "{key: $recrod}",
       "there is no parameter $recrod; did you mean \"record\"?"},
      {"keys that are none", "to: \"['T-1', 'T-2']\"", "to: 1 + 1",
       "is never a key or a list of keys"},
      {"when that does not parse", "automatic: {after: {state: resolved, wait: P3D}}",
       "automatic: {when: record.effort >}", "\"when\" of transition close_unanswered: line 1"},
  });
}

TEST(LifeCycleLoad, AFileThatIsNoneSaysSo) {
  const Estate estate;
  EXPECT_THAT(std::string(MessageOf(estate.Load("").status())),
              HasSubstr("life.yaml: no life cycle is in it"));
  EXPECT_THAT(std::string(MessageOf(estate.Load("\xff").status())), HasSubstr("not UTF-8"));
  EXPECT_THAT(std::string(MessageOf(estate.Load("lifecycles: []").status())),
              HasSubstr("did you mean \"life_cycles\"?"));
  EXPECT_THAT(std::string(MessageOf(estate.Load(std::string(2 << 20, ' ')).status())),
              HasSubstr("expected at most 1048576; split it"));
}

}  // namespace
}  // namespace kosei::process
