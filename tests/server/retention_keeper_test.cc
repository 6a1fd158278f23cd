#include "retention_keeper.h"

#include <atomic>

#include "gtest/gtest.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"

namespace kosei::server {
namespace {

using storage::CommitResult;
using storage::Provenance;

// Counts runs; the first one lasts until it is told to go on or to stop.
class CountedRetention final : public storage::Retention {
 public:
  absl::StatusOr<CommitResult> SetPolicy(const storage::RetentionPolicy&,
                                         const Provenance&) override {
    return CommitResult{};
  }
  absl::StatusOr<CommitResult> ClearPolicy(ClassNumber, const Provenance&) override {
    return CommitResult{};
  }
  absl::StatusOr<std::vector<storage::RetentionPolicy>> Policies() const override {
    return std::vector<storage::RetentionPolicy>();
  }
  absl::StatusOr<CommitResult> AddHold(const storage::LegalHold&, const Provenance&) override {
    return CommitResult{};
  }
  absl::StatusOr<CommitResult> DropHold(std::string_view, const Provenance&) override {
    return CommitResult{};
  }
  absl::StatusOr<std::vector<storage::LegalHold>> Holds() const override {
    return std::vector<storage::LegalHold>();
  }
  absl::StatusOr<storage::RetentionReport> Run(const Provenance& provenance, bool dry_run,
                                               const std::function<bool()>& go_on) override {
    EXPECT_EQ(provenance.actor, "koseid");
    EXPECT_FALSE(dry_run);
    EXPECT_TRUE(go_on());
    if (++runs == 1) {
      began.Notify();
      return storage::RetentionReport{};
    }
    again.Notify();
    while (go_on()) std::this_thread::yield();
    stopped = true;
    return MakeError(ErrorCode::kCancelled, "stopped");
  }

  Notification began, again;
  std::atomic<int> runs{0};
  std::atomic<bool> stopped{false};
};

TEST(RetentionKeeper, RunsAgainAndAgainAndStopsInTheMiddleOfARun) {
  Log log(LogLevel::kOff, LogFormat::kLogfmt);
  CountedRetention retention;
  {
    RetentionKeeper keeper(retention, log, std::chrono::seconds(1));
    retention.began.Wait();
    retention.again.Wait();
  }
  EXPECT_EQ(retention.runs, 2);
  EXPECT_TRUE(retention.stopped);
}

TEST(RetentionKeeper, WithoutAnIntervalNothingRuns) {
  Log log(LogLevel::kOff, LogFormat::kLogfmt);
  CountedRetention retention;
  {
    const RetentionKeeper keeper(retention, log, std::chrono::seconds(0));
  }
  EXPECT_EQ(retention.runs, 0);
}

}  // namespace
}  // namespace kosei::server
