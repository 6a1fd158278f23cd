// A store with retention policies and holds, and short ways to decide about them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "erasure_fixture.h"
#include "kosei/base/remnant.h"
#include "kosei/storage/retention.h"

namespace kosei::testing {

class RetentionTest : public ErasureTest {
 protected:
  storage::Retention& retention() { return engine_->retention(); }
  static storage::Provenance Why(const std::string& reason) { return {"officer", reason, "", ""}; }
  void Days(int days) { clock_.Advance(std::chrono::hours(24 * days)); }

  void SetPolicy(std::string_view class_name, const std::string& keep_for,
                 std::uint32_t keep_versions = 0, const std::string& after_end = {}) {
    storage::RetentionPolicy policy{ClassOf(class_name)};
    if (!keep_for.empty()) policy.keep_for = *ParsePeriod(keep_for);
    if (!after_end.empty()) policy.after_end = *ParsePeriod(after_end);
    policy.keep_versions = keep_versions;
    ASSERT_OK(retention().SetPolicy(policy, Why("law")).status());
  }
  void Hold(const std::string& name, const std::vector<std::string>& keys) {
    ASSERT_OK(retention().AddHold({.name = name, .keys = keys}, Why("case")).status());
  }
  // The counts of all classes together.
  storage::RetentionCounts Run(bool dry_run = false) {
    storage::RetentionCounts sum;
    const auto report = retention().Run(Why("run"), dry_run, [] { return true; });
    EXPECT_OK(report.status());
    if (!report.ok()) return sum;
    for (const storage::RetentionCounts& one : report->classes) {
      sum.records += one.records;
      sum.versions += one.versions;
      sum.retired += one.retired;
      sum.gone += one.gone;
      sum.kept_policy += one.kept_policy;
      sum.kept_newest += one.kept_newest;
      sum.kept_baseline += one.kept_baseline;
      sum.kept_plan += one.kept_plan;
      sum.kept_hold += one.kept_hold;
    }
    EXPECT_EQ(sum.versions, sum.retired + sum.gone + sum.kept_policy + sum.kept_newest +
                                sum.kept_baseline + sum.kept_plan + sum.kept_hold);
    return sum;
  }
  // Commits of the versions of a record that were retired.
  std::vector<std::uint64_t> RetiredOf(std::string_view key) {
    std::vector<std::uint64_t> commits;
    const auto history = reader().History(*reader().IdOf(key), reader().Newest());
    EXPECT_OK(history.status());
    if (!history.ok()) return commits;
    for (const storage::RecordVersion& version : *history) {
      if (IsRetired(version.record())) commits.insert(commits.begin(), version.begin.value);
    }
    return commits;
  }
};

}  // namespace kosei::testing
