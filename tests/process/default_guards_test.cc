// Guards of the life cycles that kosei ships, asked of a real store, and what incidents and changes
// say of the state of items.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shipped_store.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DefaultGuards : public ShippedStore {};

TEST_F(DefaultGuards, EveryGuardCanBeAsked) {
  std::size_t asked = 0;
  for (const auto& life_cycle : Processes().life_cycles.life_cycles()) {
    for (const TransitionDefinition& transition : life_cycle->definition().transitions) {
      DatumMap inputs;
      for (const InputDefinition& input : transition.inputs)
        inputs.emplace_back(input.name, Datum::String("x"));
      const DatumMap parameters = {{"record", Datum::String("X-1")},
                                   {"actor", Datum::String("sato")},
                                   {"now", Instant("2026-03-01T00:00:00Z")},
                                   {"input", Datum::Map(inputs)},
                                   {"attributes", Datum::Map({})}};
      for (const GuardDefinition& guard : transition.guards) {
        if (guard.kind != GuardKind::kQuery) continue;
        ++asked;
        const auto told = Ask(guard.text, parameters);
        ASSERT_OK(told) << guard.origin;
        EXPECT_THAT(told->rows, IsEmpty()) << guard.origin << ": the store is empty";
      }
    }
  }
  EXPECT_GT(asked, 30U);
}

// Guards of real records: what stands in the way is named, and nothing else is.
TEST_F(DefaultGuards, GuardsNameWhatStandsInTheWay) {
  Put("db-1", "Server", {{"status", "live"}});
  Put("db-2", "Server", {{"status", "live"}});
  const auto change = [&](const std::string& key, std::string_view state, Value start, Value end,
                          const std::string& target) {
    Put(key, "Change",
        {{"kind", "normal"},
         {"state", std::string(state)},
         {"planned_start", std::move(start)},
         {"planned_end", std::move(end)}});
    Link(key, "targets", target);
  };
  change("CHG-1", "assessing", Day(5), Day(6), "db-1");
  change("CHG-2", "scheduled", Day(5, 12), Day(7), "db-1");  // at the same time
  change("CHG-3", "scheduled", Day(6), Day(7), "db-1");      // begins as CHG-1 ends
  change("CHG-4", "cancelled", Day(5), Day(6), "db-1");      // is not done
  change("CHG-5", "implementing", Day(5), Day(6), "db-2");   // of another item
  Put("PRB-1", "Problem", {{"state", "change_pending"}});
  Put("PRB-2", "Problem", {{"state", "change_pending"}});
  Put("INC-1", "Incident", {{"state", "in_progress"}});
  Put("INC-2", "Incident", {{"state", "closed"}});
  Put("KE-1", "KnownError", {{"state", "published"}});
  Put("REL-1", "Release", {{"state", "planned"}});
  Put("DEP-1", "Deployment", {{"state", "running"}});
  Put("DEP-2", "Deployment", {{"state", "verified"}});
  Link("PRB-1", "resolved_by", "CHG-2");
  Link("PRB-1", "follows_from", "INC-2");
  Link("INC-1", "matched_to", "PRB-1");
  Link("KE-1", "follows_from", "PRB-1");
  Link("INC-1", "caused_by", "CHG-5");
  Link("CHG-1", "part_of", "REL-1");
  Link("CHG-2", "part_of", "REL-1");
  Link("DEP-1", "deploys", "REL-1");
  Link("DEP-2", "deploys", "REL-1");
  Commit();
  const DatumMap window = {{"planned_start", Instant("2026-03-05T00:00:00Z")},
                           {"planned_end", Instant("2026-03-06T00:00:00Z")}};
  DatumMap considered = window;
  considered.emplace_back("conflicts_statement", Datum::String("CHG-2 waits"));
  const auto text = [](std::string_view value) { return Datum::String(std::string(value)); };
  struct Case {
    std::string_view life_cycle, event, guard, record;
    DatumMap attributes;
    std::vector<std::string> rows;
  };
  const Case cases[] = {
      {"normal_change", "ask_decision", "conflicts_considered", "CHG-1", window, {"'CHG-2'"}},
      {"normal_change", "ask_decision", "conflicts_considered", "CHG-1", considered, {}},
      {"normal_change", "submit", "target_named", "CHG-1", {}, {"'db-1'"}},
      {"normal_change",
       "close",
       "incidents_considered",
       "CHG-5",
       {{"outcome", text("successful")}},
       {"'INC-1'"}},
      {"normal_change",
       "close",
       "incidents_considered",
       "CHG-5",
       {{"outcome", text("with_issues")}},
       {}},
      {"problem", "resolve", "changed_through_a_change", "PRB-1", {}, {"'PRB-1'"}},
      {"problem",
       "resolve",
       "changed_through_a_change",
       "PRB-2",
       {{"no_change_reason", text("gone by itself")}},
       {}},
      {"problem", "close", "changes_closed", "PRB-1", {}, {"'CHG-2'"}},
      {"problem", "close", "incidents_resolved", "PRB-1", {}, {"'INC-1'"}},
      {"problem",
       "close",
       "known_errors_settled",
       "PRB-1",
       {{"closure_code", text("solved")}},
       {"'KE-1'"}},
      {"problem",
       "close",
       "known_errors_settled",
       "PRB-1",
       {{"closure_code", text("accepted")}},
       {}},
      {"problem", "accept", "known_error_published", "PRB-1", {}, {"'KE-1'"}},
      {"release", "plan", "changes_approved", "REL-1", {}, {"'CHG-1'"}},
      {"release",
       "plan",
       "emergency_change_named",
       "REL-1",
       {{"release_type", text("emergency")}},
       {"'REL-1'"}},
      {"release", "plan", "emergency_change_named", "REL-1", {{"release_type", text("minor")}}, {}},
      {"release", "finish_deployment", "deployments_verified", "REL-1", {}, {"'DEP-1'"}},
      {"deployment", "run", "release_deploying", "DEP-1", {}, {"'REL-1'"}},
  };
  for (const Case& c : cases) {
    const LifeCycle& life_cycle = *Processes().life_cycles.Find(c.life_cycle);
    for (const TransitionDefinition& transition : life_cycle.definition().transitions) {
      if (transition.name != c.event) continue;
      const auto guard = std::ranges::find(transition.guards, c.guard, &GuardDefinition::name);
      ASSERT_NE(guard, transition.guards.end()) << c.guard;
      ASSERT_OK_AND_ASSIGN(
          const ToldRows told,
          Ask(guard->text, {{"record", text(c.record)}, {"attributes", Datum::Map(c.attributes)}}));
      EXPECT_EQ(told.rows, c.rows) << c.guard << " of " << c.record;
    }
  }
}

// Whoever has an item that is down, or is being worked on, for its reserve has none.
TEST_F(DefaultGuards, OpenIncidentsAndWorkInProgressTakeReservesAway) {
  Put("spare", "Server", {{"name", "spare"}, {"status", "live"}});
  for (const std::string number : {"1", "2", "3", "4"}) {
    const std::string web = "web-" + number;
    const std::string shop = "shop-" + number;
    Put(web, "Server", {{"name", web}, {"status", "live"}});
    Put(shop, "BusinessService",
        {{"name", shop}, {"status", "live"}, {"impact_gate", "any(depends_on)"}});
    Link(shop, "depends_on", web);
    Link(shop, "depends_on", "spare");
  }
  Put("INC-1", "Incident", {{"state", "in_progress"}, {"ci_state", "down"}});
  Put("INC-2", "Incident",
      {{"state", "resolved"}, {"ci_state", "down"}, {"resolved_at", "2026-02-01T00:00:00Z"}});
  Put("CHG-1", "Change", {{"state", "implementing"}, {"kind", "normal"}});
  Link("INC-1", "affects", "web-1");
  Link("INC-2", "affects", "web-2");
  Link("CHG-1", "targets", "web-3");
  Commit();
  const std::string text =
      "CALL kosei.impact(['spare'], {contexts: $contexts}) YIELD record, state "
      "WHERE record:Service AND state = 'failed' RETURN record.key ORDER BY record.key";
  const auto hit = [&](std::vector<std::string> contexts) {
    language::DatumList names;
    for (const std::string& name : contexts) names.push_back(Datum::String(name));
    const auto told = Ask(text, {{"contexts", Datum::List(std::move(names))}});
    EXPECT_OK(told);
    return told.ok() ? told->rows : std::vector<std::string>{};
  };
  EXPECT_THAT(hit({}), IsEmpty());
  EXPECT_THAT(hit({"incident_down"}), ElementsAre("'shop-1'"));
  EXPECT_THAT(hit({"incident_down", "change_in_progress"}), ElementsAre("'shop-1'", "'shop-3'"));
}

}  // namespace
}  // namespace kosei::process
