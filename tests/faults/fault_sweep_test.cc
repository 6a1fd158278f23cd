// A disk that fails at every operation of a scripted run, one run each: whatever happens, what was
// acknowledged is there, nothing is torn, nothing is invented, and the store opens again.
//
// By default some points of each kind are taken, spread over the run. KOSEI_LONG_TESTS=1 takes all
// of them, with three seeds.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "pch.h"
#include "scripted_run.h"
#include "temp_folder.h"

namespace kosei::testing {
namespace {

bool Long() { return std::getenv("KOSEI_LONG_TESTS") != nullptr; }

// One case: the run with this fault, and what became of it.
struct Outcome {
  Journal journal;
  int wait_status = 0;
  std::string verdict;
  std::string repaired;  // the verdict after a repair, of a store that a torn tail kept shut
  bool aborted() const { return WIFSIGNALED(wait_status); }
};

Outcome RunCase(const FaultDisk::Plan& plan, const Expected& expected) {
  const TempFolder folder;
  const ScriptedRun run(folder.path());
  Outcome outcome;
  outcome.journal = run.Run(plan, outcome.wait_status);
  outcome.verdict = run.Judge(outcome.journal, expected);
  if (plan.fault == Fault::kCutTorn && outcome.verdict.starts_with("refused: "))
    outcome.repaired = run.RepairAndJudge(outcome.journal, expected);
  return outcome;
}

class FaultSweep : public ::testing::Test {
 protected:
  void SetUp() override {
    const TempFolder folder;
    const ScriptedRun run(folder.path());
    expected_ = run.Learn();
    ASSERT_EQ(expected_.size(), 13U);
    int status = 0;
    const TempFolder again;
    whole_ = ScriptedRun(again.path()).Run({}, status);
    ASSERT_EQ(status, 0);
    ASSERT_TRUE(whole_.complaints.empty()) << whole_.complaints.front();
    ASSERT_EQ(whole_.acknowledged, 13U);
  }

  // `short_cases`: how many when not all are wanted.
  void Sweep(Fault fault, std::uint64_t short_cases) {
    const std::uint64_t points = fault == Fault::kReadErrorOnce ? whole_.reads : whole_.changes;
    const std::uint64_t stride = Long() ? 1 : std::max<std::uint64_t>(1, points / short_cases);
    const std::uint32_t seeds = Long() && fault == Fault::kCutTorn ? 3 : 1;
    std::map<std::string, int> counts;
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
      for (std::uint64_t at = 0; at < points; at += stride) {
        SCOPED_TRACE(std::string(NameOf(fault)) + " at operation " + std::to_string(at) +
                     ", seed " + std::to_string(seed));
        const Outcome outcome = RunCase({.fault = fault, .at = at, .seed = seed}, expected_);
        ++counts["cases"];
        if (outcome.aborted()) ++counts["ended by an assertion of RocksDB"];
        if (outcome.journal.failed || IsCut(fault)) ++counts["met the fault"];
        if (outcome.journal.probe != 0) ++counts["went on writing"];
        for (const std::string& complaint : outcome.journal.complaints) ADD_FAILURE() << complaint;
        // Garbage behind the list of files keeps the store shut until koseid repair has cut it off
        // (docs/durability.md, P10).
        if (fault == Fault::kCutTorn && outcome.verdict.starts_with("refused: ")) {
          ++counts["kept shut"];
          EXPECT_EQ(outcome.repaired, "") << outcome.verdict;
          continue;
        }
        EXPECT_EQ(outcome.verdict, "");
      }
    }
    EXPECT_LE(counts["kept shut"] * 20, counts["cases"]);
    std::string line;
    for (const auto& [what, count] : counts) line += ", " + what + " " + std::to_string(count);
    std::printf("%s%s\n", std::string(NameOf(fault)).c_str(), line.c_str());
  }

  Expected expected_;
  Journal whole_;
};

TEST_F(FaultSweep, AnErrorOnceLosesNothing) { Sweep(Fault::kErrorOnce, 50); }
TEST_F(FaultSweep, ErrorsFromThenOnLoseNothing) { Sweep(Fault::kErrorAlways, 50); }
TEST_F(FaultSweep, ADiskThatFillsUpLosesNothing) { Sweep(Fault::kNoSpace, 50); }
TEST_F(FaultSweep, AnUnreadablePlaceLosesNothing) { Sweep(Fault::kReadErrorOnce, 30); }
TEST_F(FaultSweep, APowerCutThatLosesAllThatWasNotSyncedLosesNoCommit) {
  Sweep(Fault::kCutDrop, 60);
}
TEST_F(FaultSweep, APowerCutThatTearsTailsLosesNoCommit) { Sweep(Fault::kCutTorn, 60); }
TEST_F(FaultSweep, AKilledProcessLosesNoCommit) { Sweep(Fault::kCutKeep, 30); }

// The sweep itself is tested too: with a bug planted it must fail.
class PlantedBug : public FaultSweep {
 protected:
  // Whether a power cut somewhere shows the bug.
  bool Finds(FaultDisk::Plan plan) {
    plan.fault = Fault::kCutDrop;
    for (plan.at = whole_.changes; plan.at-- > 0;) {
      if (!RunCase(plan, expected_).verdict.empty()) return true;
    }
    return false;
  }
};

TEST_F(PlantedBug, AForgottenSyncOfTheLogIsFound) {
  EXPECT_TRUE(Finds({.forgotten_sync = ".log"}));
}
TEST_F(PlantedBug, AForgottenSyncOfSortedFilesIsFound) {
  EXPECT_TRUE(Finds({.forgotten_sync = ".sst"}));
}
TEST_F(PlantedBug, AForgottenSyncOfTheListOfFilesIsFound) {
  EXPECT_TRUE(Finds({.forgotten_sync = "MANIFEST"}));
}
TEST_F(PlantedBug, AForgottenSyncOfTheFolderIsFound) {
  EXPECT_TRUE(Finds({.forgotten_sync = "/store/"}));
}
TEST_F(PlantedBug, AForgottenSyncOfABackupIsFound) {
  EXPECT_TRUE(Finds({.forgotten_sync = "/backups/"}));
}
TEST_F(PlantedBug, AcknowledgingBeforeTheSyncIsFound) { EXPECT_TRUE(Finds({.late_sync = ".log"})); }
TEST_F(PlantedBug, DroppingTheLastRecordOfTheLogIsFound) {
  EXPECT_TRUE(Finds({.dropped_append = ".log"}));
}

}  // namespace
}  // namespace kosei::testing
