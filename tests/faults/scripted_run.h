// A run that is the same every time, on a disk that fails as planned; and the judgement of what it
// left behind. Each part runs in a process of its own, for a power cut ends it, and so may one of
// RocksDB's assertions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fault_disk.h"

namespace kosei::testing {

// What a run was told, in order.
struct Journal {
  std::uint64_t acknowledged = 0;  // the newest commit
  std::uint64_t probe = 0;         // the commit of a write that was accepted after one had failed
  std::vector<std::string> baselines;
  std::vector<std::string> settings;
  std::map<std::string, std::uint32_t> plans;  // by name: steps
  std::vector<std::string> merged_plans;
  std::vector<std::string> indexes;
  std::vector<std::uint64_t> backups;   // by commit
  std::vector<std::string> complaints;  // what the run itself found wrong
  std::uint64_t changes = 0;            // operations of the disk, when the run came to its end
  std::uint64_t reads = 0;
  bool failed = false;  // the fault was met
};

// By commit: its hash, and the SHA-256 of all that its View shows.
using Expected = std::map<std::uint64_t, std::string>;

class ScriptedRun {
 public:
  // Everything goes into `folder`, which is the test's own.
  explicit ScriptedRun(std::string folder) : folder_(std::move(folder)) {}

  // Runs the script, in a child. `wait_status` as of waitpid.
  Journal Run(const FaultDisk::Plan& plan, int& wait_status) const;
  // Without fault: what a reader shall see at each commit.
  Expected Learn() const;
  // Opens what a run left, in a child: empty when every promise was kept, else what was not.
  // "refused: ..." when it could not be opened.
  std::string Judge(const Journal& journal, const Expected& expected) const;

  // What koseid repair does, and then the judgement again. Empty: mended, and every promise kept.
  std::string RepairAndJudge(const Journal& journal, const Expected& expected) const;

  std::string data() const { return folder_ + "/data"; }
  std::string backups() const { return folder_ + "/backups"; }

 private:
  std::string folder_;
};

}  // namespace kosei::testing
