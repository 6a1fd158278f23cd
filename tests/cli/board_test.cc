// Figures, the CAB, the calendar and releases through the real programs.
#include <algorithm>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Board : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    Out({"set", "payroll", "--class", "BusinessService", "name=Payroll", "criticality=critical"});
    Out({"set", "mail", "--class", "BusinessService", "name=Mail", "criticality=low"});
    for (const std::string key : {"db-1", "db-2", "web-1"})
      Out({"set", key, "--class", "Server", "name=" + key});
    Out({"link", "payroll", "depends_on", "db-1"});
    Out({"link", "web-1", "depends_on", "db-1"});
  }
  void Person(const std::string& key, const std::string& roles) {
    Out({"set", key, "--class", "Person", "name=" + key, "login=" + key, "roles=" + roles});
    Out({"admin", "token", "create", key, "--role", "writer", "--write", Path(key + ".token")});
  }
  Outcome As(const std::string& person, std::vector<std::string> words) {
    words.insert(words.end(), {"--token-file", Path(person + ".token")});
    return Kosei(std::move(words));
  }
  // A normal change of an item, for the next year.
  std::string Change(const std::string& item, const std::string& service, const std::string& day) {
    const std::string from = "2099-" + day + "T00:00:00Z";
    const std::string to = "2099-" + day + "T02:00:00Z";
    const Json json(Out({"change", "new", "Work on " + item, "kind=normal", "planned_start=" + from,
                         "planned_end=" + to, "--link", "targets=" + item, "--link",
                         "concerns=" + service, "--link", "reported_by=author"}));
    return json.Text("/key");
  }
  void AwaitDecision(const std::string& key, const std::string& risk) {
    Out({"change", "do", key, "submit", "scope=one host", "reason=old"});
    Out({"change", "do", key, "classify", "category=hardware", "change_scale=minor"});
    Out({"change", "do", key, "assess", "assigned_to=doer"});
    Out({"change", "impact", key, "--keep"});
    Out({"change", "do", key, "ask_decision", "risk_level=" + risk, "risk_statement=small",
         "benefit_statement=faster", "service_impact_statement=none",
         "feasibility_statement=done before", "business_impact_statement=none",
         "resources_statement=one day", "backout_plan=the old one stays",
         "impact_asked_at=2026-11-01T00:00:00Z", "implemented_by=doer", "backout_tested=true",
         "conflicts_statement=one after the other"});
  }
};

TEST_F(Board, FiguresOfAPeriodSayWhetherTheirTargetsAreMet) {
  const Json list(Out({"kpi", "list", "--process", "change"}));
  EXPECT_EQ(list.Text("/0/name"), "change_success");
  EXPECT_EQ(list.Text("/0/label/ja"), "変更の成功率");
  EXPECT_EQ(list.Number("/0/target"), 95);
  Out({"change", "new", "One", "kind=normal", "opened_at=2024-01-10T00:00:00Z"});
  Out({"change", "new", "Two", "kind=emergency", "opened_at=2024-01-11T00:00:00Z"});
  const std::vector<std::string> period = {"--from", "2024-01-01T00:00:00Z", "--to",
                                           "2024-02-01T00:00:00Z"};
  std::vector<std::string> words = {"kpi", "show", "emergency_share"};
  words.insert(words.end(), period.begin(), period.end());
  const Outcome missed = Kosei(words);
  EXPECT_EQ(missed.code, 1) << missed.notes;
  const Json json(missed.out);
  EXPECT_EQ(json.Number("/0/value"), 50);
  EXPECT_EQ(json.Number("/0/counted"), 2);
  EXPECT_FALSE(bool(json.At("/0/met")));
  EXPECT_EQ(json.Text("/0/from"), "2024-01-01T00:00:00Z");
  words.insert(words.end(), {"-o", "table"});
  EXPECT_THAT(Kosei(words).out, HasSubstr("50 %"));
  words.insert(words.begin(), {"--locale", "ja"});
  EXPECT_THAT(Kosei(words).out, AllOf(HasSubstr("緊急変更の割合"), HasSubstr("未達")));
  // Of a year in which nothing happened nothing is said, and no target is missed.
  const Json quiet(Out({"kpi", "show", "emergency_share", "change_lead_time", "--from",
                        "2023-01-01T00:00:00Z", "--to", "2023-02-01T00:00:00Z"}));
  EXPECT_EQ(quiet.Count(""), 2U);
  EXPECT_TRUE(quiet.IsNull("/0/value"));
  EXPECT_TRUE(quiet.IsNull("/1/met"));
  std::vector<std::string> all = {"kpi", "show", "--all", "-o", "csv"};
  const Outcome everything = Kosei(all);
  EXPECT_GE(std::count(everything.out.begin(), everything.out.end(), '\n'), 31);
}

TEST_F(Board, MistakesWithFiguresAreToldWithWhatToDo) {
  const Outcome unknown = Kosei({"kpi", "show", "change_sucess"});
  EXPECT_EQ(unknown.code, 7);
  EXPECT_THAT(unknown.notes, HasSubstr("did you mean \"change_success\""));
  EXPECT_EQ(Kosei({"kpi", "show"}).code, 2);
  EXPECT_EQ(Kosei({"kpi", "show", "--all", "change_success"}).code, 2);
  EXPECT_EQ(Kosei({"kpi", "list", "--process", "cooking"}).code, 7);
  EXPECT_THAT(Kosei({"kpi", "show", "--all", "--from", "2024-02-01T00:00:00Z", "--to",
                     "2024-01-01T00:00:00Z"})
                  .notes,
              HasSubstr("is empty"));
}

TEST_F(Board, AMeetingFromItsSeriesToItsMinutes) {
  Person("author", "change_requester");
  Person("doer", "change_implementer");
  Person("ito", "change_manager;cab_member");
  Person("kato", "cab_member");
  Person("mori", "cab_member");
  Out({"calendar", "add", "meetings", "CAB", "--recurrence",
       "DTSTART;TZID=Asia/Tokyo:20240102T100000 DURATION:PT1H RRULE:FREQ=WEEKLY;BYDAY=TU",
       "quorum=2", "place=Tokyo", "chair=ito"});
  const Json next(Out({"cab", "series", "--count", "3"}));
  EXPECT_EQ(next.Count(""), 3U);
  EXPECT_EQ(next.Text("/0/series"), "SER-000001");
  EXPECT_THAT(next.Text("/0/from"), HasSubstr("T01:00:00Z"));
  const Json opened(Out({"cab", "series", "SER-000001", "--open", "1"}));
  EXPECT_EQ(opened.Text("/0/meeting"), "CAB-000001");
  EXPECT_EQ(opened.Text("/0/from"), next.Text("/0/from"));
  // Each date is opened once.
  EXPECT_EQ(Json(Out({"cab", "series"})).Text("/0/from"), next.Text("/1/from"));

  const std::string low = Change("web-1", "mail", "01-05");
  const std::string high = Change("db-1", "payroll", "01-06");
  const std::string other = Change("db-1", "mail", "01-06");
  AwaitDecision(low, "low");
  AwaitDecision(high, "high");
  AwaitDecision(other, "high");
  Out({"cab", "add", "CAB-000001", low, high});
  const Json agenda(Out({"cab", "agenda", "CAB-000001"}));
  EXPECT_EQ(agenda.Count(""), 3U);
  EXPECT_EQ(agenda.Text("/0/key"), high);  // of the same risk the graver service first
  EXPECT_EQ(agenda.Text("/0/criticality"), "critical");
  EXPECT_EQ(agenda.Text("/0/collides_with/0"), other);
  EXPECT_EQ(agenda.Text("/0/conflicts_statement"), "one after the other");
  EXPECT_EQ(agenda.Text("/1/key"), other);
  EXPECT_FALSE(bool(agenda.At("/1/on_agenda")));
  EXPECT_EQ(agenda.Text("/2/key"), low);
  EXPECT_EQ(agenda.Text("/0/approvals/0/steps/1/name"), "cab");
  EXPECT_EQ(agenda.Number("/0/approvals/0/steps/1/needed"), 2);
  EXPECT_THAT(Out({"cab", "agenda", "CAB-000001", "-o", "table"}),
              AllOf(HasSubstr("Change advisory board 0/2"), HasSubstr("payroll (critical)")));

  // Without a quorum it is not opened, and below it nobody votes.
  const Outcome alone = Kosei({"cab", "do", "CAB-000001", "open", "chair=ito", "attendees=ito"});
  EXPECT_EQ(alone.code, 6);
  EXPECT_THAT(alone.notes, HasSubstr("fewer people attend than the quorum"));
  Out({"cab", "do", "CAB-000001", "open", "chair=ito", "attendees=ito;kato"});
  Out({"cab", "do", "CAB-000001", "attend", "attendees=ito"});
  const Outcome early = As("kato", {"change", "approve", high});
  EXPECT_EQ(early.code, 6);
  EXPECT_THAT(early.notes, HasSubstr("has no quorum (1 of 2 attend)"));
  Out({"cab", "do", "CAB-000001", "attend", "attendees=ito;kato;mori"});
  EXPECT_EQ(As("kato", {"change", "approve", high, "--comment", "after the month end"}).code, 0);
  EXPECT_EQ(As("mori", {"change", "reject", low, "--step", "cab", "--comment", "no"}).code, 6);
  EXPECT_EQ(As("ito", {"change", "approve", low}).code, 0);
  Out({"change", "comment", high, "Tell the payroll people"});
  Out({"task", "new", "Tell payroll", "assigned_to=doer", "--link", "part_of=CAB-000001"});
  EXPECT_THAT(Kosei({"cab", "minutes", "CAB-000001"}).notes, HasSubstr("not closed"));
  Out({"cab", "do", "CAB-000001", "close", "minutes=All but one decided"});

  const std::vector<std::string> words = {"cab", "minutes", "CAB-000001", "--format", "markdown"};
  const std::string minutes = Out(words);
  EXPECT_THAT(minutes,
              AllOf(HasSubstr("# Minutes: CAB"), HasSubstr("3 attended, the quorum is 2"),
                    HasSubstr("- mori (mori)"), HasSubstr("after the month end"),
                    HasSubstr("- Decision: **open**"), HasSubstr("- Decision: **approved**"),
                    HasSubstr("Tell the payroll people"), HasSubstr("TSK-000001"),
                    HasSubstr("All but one decided")));
  EXPECT_THAT(minutes, Not(HasSubstr(other)));
  // What comes later changes nothing of them.
  EXPECT_EQ(As("mori", {"change", "approve", high, "--step", "cab"}).code, 0);
  Out({"task", "do", "TSK-000001", "cancel", "cancellation_reason=done already"});
  Out({"change", "comment", high, "Too late"});
  EXPECT_EQ(Out(words), minutes);
  const Json json(Out({"cab", "minutes", "CAB-000001"}));
  EXPECT_TRUE(bool(json.At("/final")));
  EXPECT_EQ(json.Text("/changes/1/votes/0/comment"), "after the month end");
  const Outcome closed = Kosei({"cab", "add", "CAB-000001", other});
  EXPECT_EQ(closed.code, 6);
  EXPECT_THAT(closed.notes, HasSubstr("is complete"));
}

TEST_F(Board, TheAgendaTakesWhatIsThereOrNothing) {
  Person("author", "change_requester");
  Out({"cab", "new", "CAB of week 49"});
  EXPECT_EQ(Kosei({"cab", "agenda", "CAB-000001"}).code, 1);
  const std::string one = Change("web-1", "mail", "01-05");
  const Outcome unknown = Kosei({"cab", "add", "CAB-000001", one, "CHG-000009"});
  EXPECT_EQ(unknown.code, 7);
  EXPECT_THAT(unknown.notes, HasSubstr("CHG-000009"));
  EXPECT_EQ(Kosei({"cab", "agenda", "CAB-000001"}).code, 1);
  EXPECT_EQ(Json(Out({"cab", "add", "CAB-000001", one})).Text("/added/0"), one);
  EXPECT_EQ(Json(Out({"cab", "agenda", "CAB-000001"})).Text("/0/key"), one);
  EXPECT_EQ(Kosei({"cab", "agenda", one}).code, 7);
  EXPECT_EQ(Kosei({"cab", "series"}).code, 1);
  EXPECT_EQ(Kosei({"cab", "series", "SER-000009"}).code, 7);
}

TEST_F(Board, TheCalendarIsShownKeptApartAndExported) {
  Person("author", "change_requester");
  const std::vector<std::string> span = {"--from", "2099-01-01T00:00:00Z", "--to",
                                         "2099-02-01T00:00:00Z"};
  const auto shown = [&](std::vector<std::string> words) {
    words.insert(words.end(), span.begin(), span.end());
    return Kosei(std::move(words));
  };
  EXPECT_EQ(shown({"calendar", "show"}).code, 1);
  const Json added(Out({"calendar", "add", "freeze", "Month end", "--from", "2099-01-20T00:00:00Z",
                        "--to", "2099-01-25T00:00:00Z", "--for", "payroll"}));
  EXPECT_EQ(added.Text("/key"), "FRZ-000001");
  EXPECT_EQ(added.Text("/state"), "in_force");
  const std::string change = Change("db-1", "payroll", "01-06");
  const Json json(shown({"calendar", "show"}).out);
  EXPECT_EQ(json.Count(""), 2U);
  EXPECT_EQ(json.Text("/0/key"), change);
  EXPECT_EQ(json.Text("/0/records/0"), "db-1");
  EXPECT_EQ(json.Text("/1/kind"), "freeze");
  EXPECT_EQ(json.Text("/1/services/0"), "payroll");
  EXPECT_THAT(shown({"calendar", "show", "-o", "table", "--kind", "freeze"}).out,
              AllOf(HasSubstr("FRZ-000001  in_force  payroll  Month end"), Not(HasSubstr(change))));

  const Outcome refused = Kosei({"calendar", "add", "freeze", "Year end", "--from",
                                 "2099-01-24T00:00:00Z", "--to", "2099-01-28T00:00:00Z"});
  EXPECT_EQ(refused.code, 6);
  EXPECT_THAT(refused.notes, AllOf(HasSubstr("FRZ-000001 (Month end)"),
                                   HasSubstr("from 2099-01-24T00:00:00Z to 2099-01-25T00:00:00Z")));
  EXPECT_EQ(Json(shown({"calendar", "show"}).out).Count(""), 2U);
  Out({"calendar", "add", "freeze", "Year end", "--from", "2099-01-24T00:00:00Z", "--to",
       "2099-01-28T00:00:00Z", "--overlap", "both hold"});
  const Outcome wrong = Kosei({"calendar", "add", "maintenance", "Never", "--recurrence",
                               "DTSTART:20990101T000000Z RRULE:FREQ=SOMETIMES"});
  EXPECT_EQ(wrong.code, 6);
  EXPECT_THAT(wrong.notes, HasSubstr("cannot be kept"));

  const std::string file = Path("changes.ics");
  EXPECT_EQ(shown({"calendar", "export", "--out", file, "--title", "Changes"}).code, 0);
  const std::string text = ReadWhole(file);
  EXPECT_THAT(text,
              AllOf(HasSubstr("BEGIN:VCALENDAR\r\n"), HasSubstr("X-WR-CALNAME:Changes\r\n"),
                    HasSubstr("UID:FRZ-000001\r\n"), HasSubstr("DTSTART:20990120T000000Z\r\n"),
                    HasSubstr("CATEGORIES:freeze\r\n")));
  EXPECT_EQ(shown({"calendar", "export", "--title", "Changes"}).out, text);
  EXPECT_NE(shown({"calendar", "export", "--out", Path("no/such/folder")}).code, 0);
  EXPECT_EQ(
      Kosei({"calendar", "show", "--from", "2099-02-01T00:00:00Z", "--to", "2099-01-01T00:00:00Z"})
          .code,
      2);
}

TEST_F(Board, AFreeSlotKeepsClearOfChangesFreezesAndMaintenance) {
  Person("author", "change_requester");
  Person("doer", "change_implementer");
  Person("manager", "change_manager");
  Person("owner", "service_owner");
  const std::string busy = Change("db-1", "payroll", "01-06");
  const std::string mine = Change("db-1", "payroll", "01-09");
  const auto slots = [&](const std::string& key) {
    return Kosei({"change", "slots", key, "--after", "2099-01-05T23:00:00Z", "--within", "2d",
                  "--count", "1"});
  };
  // The other is not decided on yet, and in nobody's way.
  EXPECT_EQ(Json(slots(mine).out).Text("/0/from"), "2099-01-05T23:00:00Z");
  AwaitDecision(busy, "low");
  EXPECT_EQ(As("manager", {"change", "approve", busy}).code, 0);
  // The service that it hits is critical, so that its owner decides as well.
  EXPECT_EQ(As("owner", {"change", "approve", busy}).code, 0);
  EXPECT_EQ(Json(Out({"change", "next", busy})).Text("/approvals/0/state"), "approved");
  EXPECT_EQ(Json(slots(mine).out).Text("/0/from"), "2099-01-06T02:00:00Z");
  Out({"calendar", "add", "freeze", "Quiet", "--from", "2099-01-06T03:00:00Z", "--to",
       "2099-01-06T06:00:00Z", "--for", "payroll"});
  EXPECT_EQ(Json(slots(mine).out).Text("/0/from"), "2099-01-06T06:00:00Z");
  Out({"calendar", "add", "maintenance", "Nights", "--for", "db-1", "--recurrence",
       "DTSTART:20260101T100000Z DURATION:PT3H RRULE:FREQ=DAILY"});
  EXPECT_EQ(Json(slots(mine).out).Text("/0/from"), "2099-01-06T10:00:00Z");
  // With windows elsewhere only there is none here.
  const Outcome none = Kosei({"change", "slots", mine, "--after", "2099-01-06T14:00:00Z",
                              "--within", "4h", "--count", "1"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.notes, HasSubstr("no free slot"));
  const Json empty(Out({"change", "new", "Nothing yet", "kind=normal"}));
  EXPECT_THAT(slots(empty.Text("/key")).notes, HasSubstr("--length 4h"));
  EXPECT_EQ(slots("CHG-000099").code, 7);
}

TEST_F(Board, AReleaseIsOrderedByItsDependenciesAndMeasuredAfterwards) {
  Person("author", "change_requester");
  const std::string db = Change("db-1", "payroll", "01-06");
  const std::string web = Change("web-1", "mail", "01-06");
  Out({"release", "new", "Shop 2.1", "--link", "part_of<" + db, "--link", "part_of<" + web});
  Out({"deployment", "new", "Shop 2.1 on db-1", "wave=1", "--link", "deploys=REL-000001", "--link",
       "targets=db-1"});
  const Json order(Out({"release", "order", "REL-000001"}));
  EXPECT_EQ(order.Number("/waves"), 2);
  EXPECT_EQ(order.Text("/records/0/key"), "db-1");
  EXPECT_EQ(order.Text("/records/1/key"), "web-1");
  EXPECT_EQ(Json(Out({"release", "order", "REL-000001", "--reverse"})).Text("/records/0/key"),
            "web-1");
  const Json show(Out({"release", "show", "REL-000001"}));
  EXPECT_EQ(show.Text("/changes/0/change"), db);
  EXPECT_EQ(show.Number("/deployments/0/wave"), 1);
  EXPECT_EQ(show.Text("/deployments/0/targets/0"), "db-1");

  const Outcome early = Kosei({"release", "success", "REL-000001"});
  EXPECT_EQ(early.code, 6);
  EXPECT_THAT(early.notes, HasSubstr("not deployed yet"));
  Out({"release", "set", "REL-000001", "deployed_at=2024-01-10T00:00:00Z"});
  const auto incident = [&](const std::string& day, const std::string& priority,
                            const std::string& link) {
    Out({"incident", "new", "Broken on " + day, "opened_at=2024-01-" + day + "T00:00:00Z",
         "priority=" + priority, "--link", link});
  };
  incident("09", "p1", "affects=db-1");  // before
  incident("12", "p3", "affects=web-1");
  incident("30", "p1", "affects=db-1");  // behind the two weeks
  incident("13", "p4", "affects=db-2");  // none of its items
  const Json good(Out({"release", "success", "REL-000001"}));
  EXPECT_TRUE(bool(good.At("/success")));
  EXPECT_EQ(good.Count("/incidents"), 1U);
  EXPECT_EQ(good.Text("/incidents/0/key"), "INC-000002");
  EXPECT_EQ(good.Text("/incidents/0/hits/0"), "web-1");
  incident("14", "p2", "caused_by=" + db);
  const Outcome bad = Kosei({"release", "success", "REL-000001"});
  EXPECT_EQ(bad.code, 1);
  const Json json(bad.out);
  EXPECT_FALSE(bool(json.At("/success")));
  EXPECT_EQ(json.Number("/grave"), 1);
  EXPECT_EQ(json.Text("/incidents/1/caused_by/0"), db);
  EXPECT_EQ(json.Count("/incidents/1/hits"), 0U);
  Out({"release", "new", "Empty"});
  EXPECT_EQ(Kosei({"release", "order", "REL-000002"}).code, 6);
  EXPECT_EQ(Kosei({"release", "order", "REL-000009"}).code, 7);
}

TEST_F(Board, AReleaseIsDeployedWaveByWave) {
  Person("author", "change_requester");
  const std::string db = Change("db-1", "payroll", "06-01");
  const std::string web = Change("web-1", "payroll", "06-02");
  Out({"release", "new", "Shop 2.1", "--link", "part_of<" + db, "--link", "part_of<" + web});
  const Json before(Out({"release", "waves", "REL-000001"}));
  EXPECT_EQ(before.Count(""), 2U);
  EXPECT_EQ(before.Number("/0/wave"), 1);
  EXPECT_TRUE(before.IsNull("/0/deployment"));
  EXPECT_EQ(before.Text("/0/items/0"), "db-1");
  EXPECT_EQ(before.Text("/1/items/0"), "web-1");
  const Json opened(Out({"release", "waves", "REL-000001", "--open"}));
  EXPECT_EQ(opened.Text("/0/deployment"), "DEP-000001");
  EXPECT_EQ(opened.Text("/1/deployment"), "DEP-000002");
  EXPECT_EQ(opened.Text("/1/state"), "scheduled");
  // What has a deployment gets no second one.
  EXPECT_EQ(Json(Out({"release", "waves", "REL-000001", "--open"})).Count(""), 2U);
  const Json shown(Out({"deployment", "show", "DEP-000002"}));
  EXPECT_EQ(shown.Text("/attributes/name"), "Shop 2.1, wave 2");
  // The second wave waits for the first; of what is in the way all is told.
  Out({"deployment", "do", "DEP-000002", "take_baseline", "planned_start=2099-06-02T00:00:00Z",
       "planned_end=2099-06-02T02:00:00Z", "implemented_by=author", "backout_plan=back"});
  const Outcome early = Kosei({"deployment", "do", "DEP-000002", "run"});
  EXPECT_EQ(early.code, 6);
  EXPECT_THAT(early.notes, HasSubstr("verify the deployments of earlier waves first (DEP-000001)"));
  // One that was cancelled leaves its items without a deployment.
  Out({"deployment", "do", "DEP-000001", "cancel", "cancellation_reason=later"});
  EXPECT_TRUE(Json(Out({"release", "waves", "REL-000001"})).IsNull("/0/deployment"));
  EXPECT_THAT(Out({"--locale", "ja", "release", "waves", "REL-000001", "-o", "table"}),
              HasSubstr("段階"));
  Out({"release", "new", "Empty"});
  EXPECT_EQ(Kosei({"release", "waves", "REL-000002"}).code, 1);
  EXPECT_EQ(Kosei({"release", "waves", "REL-000009"}).code, 7);
  EXPECT_EQ(Kosei({"release", "waves", "REL-000001", "--max", "0"}).code, 2);
}

TEST_F(Board, WhoIsAwayAndWhoDecidesInstead) {
  Person("kato", "cab_member");
  Person("mori", "cab_member");
  const Json away(As("kato", {"absence", "add", "--from", "2099-01-01T00:00:00+09:00", "--to",
                              "2099-01-05T00:00:00+09:00", "--reason", "New Year"})
                      .out);
  EXPECT_EQ(away.Text("/key"), "ABS-000001");
  EXPECT_EQ(away.Text("/state"), "in_force");
  const Json shown(Out({"absence", "show", "ABS-000001"}));
  EXPECT_EQ(shown.Text("/attributes/person"), "kato");
  EXPECT_EQ(shown.Text("/attributes/name"), "Away from 2099-01-01");
  EXPECT_EQ(shown.Text("/attributes/starts_at"), "2098-12-31T15:00Z");
  EXPECT_EQ(Json(As("kato", {"delegation", "add", "mori", "--policy", "change"}).out).Text("/key"),
            "DLG-000001");
  // A record that is not opened has no key to be named by.
  const Outcome release = As("kato", {"release", "new", "Mail 2026.12"});
  EXPECT_EQ(release.code, 6);
  EXPECT_THAT(release.notes, HasSubstr("kosei: it is not opened:"));
  EXPECT_THAT(release.notes, HasSubstr("needs the role release_manager"));
  // Nobody puts others away; what was refused does not stay behind.
  const Outcome other = As("kato", {"absence", "add", "--person", "mori"});
  EXPECT_EQ(other.code, 6);
  EXPECT_THAT(other.notes, HasSubstr("only for yourself"));
  EXPECT_EQ(Json(Out({"absence", "show", "ABS-000002"})).Text("/attributes/state"), "cancelled");
  EXPECT_EQ(As("kato", {"delegation", "add", "kato"}).code, 6);
  const Outcome backwards = As(
      "kato", {"absence", "add", "--from", "2099-01-05T00:00:00Z", "--to", "2099-01-01T00:00:00Z"});
  EXPECT_EQ(backwards.code, 6);
  EXPECT_EQ(As("kato", {"absence", "add", "--from", "tomorrow"}).code, 2);
  EXPECT_EQ(As("kato", {"absence", "do", "ABS-000001", "cancel", "cancellation_reason=stays"}).code,
            0);
}

}  // namespace
}  // namespace kosei::cli
