// The figures of the processes that kosei ships, asked of a real store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "shipped_store.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using language::DatumMap;
using ::testing::AnyOf;
using ::testing::ElementsAre;

class DefaultFigures : public ShippedStore {
 protected:
  // A year of a small company.
  void TakeAYear();

  const DatumMap year_ = {{"from", Instant("2026-01-01T00:00:00Z")},
                          {"to", Instant("2027-01-01T00:00:00Z")}};
};

void DefaultFigures::TakeAYear() {
  Put("INC-1", "Incident",
      {{"state", "closed"},
       {"priority", "p1"},
       {"opened_at", Day(1)},
       {"resolved_at", Day(1, 2)},
       {"resolve_by", Day(1, 4)},
       {"closed_at", Day(2)},
       {"reassignment_count", "0"}});
  Put("INC-2", "Incident",
      {{"state", "closed"},
       {"priority", "p1"},
       {"opened_at", Day(3)},
       {"resolved_at", Day(3, 6)},
       {"resolve_by", Day(3, 4)},
       {"closed_at", Day(4)},
       {"reassignment_count", "2"},
       {"reopen_count", "1"}});
  Put("INC-3", "Incident",
      {{"state", "in_progress"},
       {"priority", "p3"},
       {"opened_at", Day(5)},
       {"resolve_by", Day(6)}});
  Put("INC-4", "Incident",
      {{"state", "assigned"},
       {"priority", "p3"},
       {"opened_at", Day(6)},
       {"resolve_by", "2027-03-01T00:00:00Z"}});
  Put("INC-5", "Incident", {{"state", "duplicate"}, {"priority", "p3"}, {"opened_at", Day(6)}});
  Put("PRB-1", "Problem",
      {{"state", "closed"},
       {"opened_at", Day(1)},
       {"root_cause_found_at", Day(9)},
       {"resolved_at", Day(10)},
       {"closed_at", Day(20)},
       {"problem_source", "incident"}});
  Put("PRB-2", "Problem",
      {{"state", "investigating"}, {"opened_at", Day(2)}, {"problem_source", "trend_analysis"}});
  Put("KE-1", "KnownError", {{"state", "published"}, {"opened_at", Day(2)}});
  Put("AUD-1", "ConfigurationAudit",
      {{"state", "closed"},
       {"actual_end", Day(9)},
       {"sampled_count", "50"},
       {"findings_count", "1"}});
  Put("DSC-1", "Discrepancy", {{"state", "closed"}, {"opened_at", Day(1)}, {"closed_at", Day(5)}});
  Put("DSC-2", "Discrepancy",
      {{"state", "found"}, {"opened_at", Day(1)}, {"unauthorised_change", "true"}});
  Put("CHG-1", "Change",
      {{"kind", "normal"},
       {"state", "closed"},
       {"outcome", "successful"},
       {"opened_at", Day(1)},
       {"actual_end", Day(11)},
       {"closed_at", Day(12)},
       {"review_due", "2026-03-15"},
       {"reviewed_at", Day(12)}});
  Put("CHG-2", "Change",
      {{"kind", "normal"},
       {"state", "closed"},
       {"outcome", "successful"},
       {"opened_at", Day(1)},
       {"actual_end", Day(3)},
       {"closed_at", Day(20)},
       {"review_due", "2026-03-15"},
       {"reviewed_at", Day(20)}});
  Put("CHG-3", "Change",
      {{"kind", "emergency"},
       {"state", "implemented"},
       {"opened_at", Day(2)},
       {"actual_end", Day(2, 12)},
       {"review_due", "2026-03-16"}});
  Put("REL-1", "Release",
      {{"state", "closed"},
       {"release_type", "minor"},
       {"opened_at", Day(1)},
       {"actual_start", Day(2)},
       {"deployed_at", Day(2, 2)},
       {"planned_end", Day(2, 4)},
       {"acceptance_attempts", "1"},
       {"outcome", "successful"}});
  Put("REL-2", "Release",
      {{"state", "closed"},
       {"release_type", "emergency"},
       {"opened_at", Day(1)},
       {"actual_start", Day(2)},
       {"deployed_at", Day(5)},
       {"planned_end", Day(2, 4)},
       {"acceptance_attempts", "2"},
       {"outcome", "failed"}});
  Put("REL-3", "Release",
      {{"state", "closed"},
       {"release_type", "minor"},
       {"opened_at", Day(1)},
       {"actual_start", Day(2)},
       {"deployed_at", Day(2, 3)},
       {"planned_end", Day(2, 4)},
       {"acceptance_attempts", "1"},
       {"outcome", "successful"}});
  Put("DEP-1", "Deployment",
      {{"state", "finished"},
       {"actual_start", Day(2, 1)},
       {"baseline", "b"},
       {"baseline_at", Day(2)}});
  Put("DEP-2", "Deployment", {{"state", "finished"}, {"actual_start", Day(2, 1)}});
  // The shop needs web-1; nobody needs web-2.
  Put("shop", "BusinessService",
      {{"name", "Shop"}, {"description", "sells"}, {"owner", "sato"}, {"status", "live"}});
  Put("web-1", "Server", {{"name", "web-1"}, {"status", "live"}});
  Put("web-2", "Server", {{"name", "web-2"}, {"status", "live"}});
  Link("shop", "depends_on", "web-1");
  Link("INC-1", "affects", "web-1");
  Link("INC-2", "affects", "web-1");
  Link("INC-3", "affects", "web-2");
  Link("KE-1", "follows_from", "PRB-1");
  Link("INC-2", "matched_to", "KE-1");
  Link("INC-3", "matched_to", "PRB-2");
  Link("INC-2", "caused_by", "CHG-2");
  Link("CHG-2", "part_of", "REL-1");
  Commit();
}

// The figures of TakeAYear, worked out by hand.
TEST_F(DefaultFigures, EveryFigureIsWhatItSays) {
  TakeAYear();
  const std::map<std::string, std::vector<std::string>> expected = {
      {"restored_within_target", {"'p1' | 50.0 | 2"}},
      {"mean_time_to_restore", {"'p1' | 240.0 | 2"}},
      {"solved_at_first_contact", {"50.0 | 2"}},
      {"incidents_reopened", {"50.0 | 2"}},
      {"backlog_past_target", {"50.0 | 2"}},
      {"incidents_with_item", {"75.0 | 4"}},
      {"repeat_incidents", {"50.0 | 4"}},
      {"root_cause_found", {"50.0 | 2"}},
      {"problem_backlog_age", {"305.0 | 1"}},
      {"proactive_share", {"50.0 | 2"}},
      {"effective_resolutions", {"100.0 | 1"}},
      {"known_error_reuse", {"50.0 | 2"}},
      {"record_accuracy", {"98.0 | 50"}},
      {"record_completeness", {"33.333333333333336 | 3"}},
      {"record_freshness", {"100.0 | 3"}},
      {"unauthorised_item_changes", {"100.0 | 3"}},
      {"orphaned_items", {"50.0 | 2"}},
      {"discrepancy_closing_time", {"4.0 | 1"}},
      {"change_success", {"50.0 | 2"}},
      {"emergency_share", {"33.333333333333336 | 3"}},
      {"unauthorised_changes", {"25.0 | 4"}},
      {"changes_causing_incidents", {"33.333333333333336 | 3"}},
      {"change_reviews_on_time", {"33.333333333333336 | 3"}},
      {"change_lead_time", {"'emergency' | 0.5 | 1", "'normal' | 6.0 | 2"}},
      // REL-1 has an incident of priority 1 by its change, REL-2 was backed out.
      {"release_success", {"33.333333333333336 | 3"}},
      {"releases_on_date", {"66.66666666666667 | 3"}},
      {"incidents_per_release", {"0.3333333333333333 | 3"}},
      {"accepted_at_first_try", {"66.66666666666667 | 3"}},
      {"emergency_releases", {"33.333333333333336 | 3"}},
      {"baseline_coverage", {"50.0 | 2"}},
  };
  std::set<std::string> told_names;
  for (const YAML::Node& kpi : Processes().Items("kpis.yaml", "kpis")) {
    const auto name = kpi["name"].as<std::string>();
    SCOPED_TRACE(name);
    ASSERT_OK_AND_ASSIGN(const ToldRows told, Ask(kpi["statement"].as<std::string>(), year_));
    ASSERT_TRUE(expected.contains(name));
    EXPECT_EQ(told.rows, expected.at(name));
    EXPECT_THAT(told.columns,
                AnyOf(ElementsAre("value", "counted"), ElementsAre("part", "value", "counted")));
    told_names.insert(name);
  }
  EXPECT_EQ(told_names.size(), expected.size());
}

TEST_F(DefaultFigures, WhereNothingHappenedThereIsNoFigureAndNoError) {
  for (const YAML::Node& kpi : Processes().Items("kpis.yaml", "kpis")) {
    const auto told = Ask(kpi["statement"].as<std::string>(), year_);
    ASSERT_OK(told) << kpi["name"].as<std::string>();
    for (const std::string& row : told->rows) EXPECT_EQ(row, "null | 0") << kpi["name"];
  }
}

TEST_F(DefaultFigures, EveryFigureSaysWhatItIs) {
  const std::set<std::string> units = {"percent", "minutes", "days", "count"};
  const std::set<std::string> processes = {"incident", "problem", "configuration", "change",
                                           "release"};
  std::set<std::string> covered;
  for (const YAML::Node& kpi : Processes().Items("kpis.yaml", "kpis")) {
    SCOPED_TRACE(kpi["name"].as<std::string>());
    EXPECT_TRUE(units.contains(kpi["unit"].as<std::string>()));
    EXPECT_THAT(kpi["good"].as<std::string>(), AnyOf("up", "down"));
    EXPECT_GE(kpi["target"].as<double>(), 0);
    covered.insert(kpi["process"].as<std::string>());
  }
  EXPECT_EQ(covered, processes);
}

}  // namespace
}  // namespace kosei::process
