// Scrub: reads all of a store again and again while it serves, slowly, so that damage is found
// while a backup still has what was damaged, and not when somebody asks for it.
//
// A round reads every sorted file against its checksum, the log of writes and the list of files
// record by record, the files beside them, and walks the chain of commits. It is paced so that it
// ends within the period, at 1 MiB a second at least; the next one begins when the period is over.
// Where it was survives a restart. What it finds goes to EngineOptions::on_trouble and stays in the
// status until a later round has not found it. Finding something stops nothing.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kosei/base/time.h"

namespace kosei::storage {

// On the wire: never renumber.
enum class ScrubState : std::uint8_t {
  kOff = 1,      // the period is 0: only when asked for
  kWaiting = 2,  // for the next round
  kRunning = 3,
  kPaused = 4,
};

struct ScrubFinding {
  Timestamp time;
  std::string what;  // one sentence that names the file, or the commit
};

struct ScrubStatus {
  ScrubState state = ScrubState::kOff;
  std::int64_t period_seconds = 0;
  Timestamp begun = kBeginningOfTime;  // the round under way, or the last one; none yet
  std::uint64_t bytes_done = 0;        // of the round under way
  std::uint64_t bytes_total = 0;
  Timestamp finished = kBeginningOfTime;  // the last whole round; none yet
  std::uint64_t finished_bytes = 0;
  Timestamp next = kEndOfTime;         // when the next round begins; never by itself
  std::uint64_t finding_count = 0;     // of the last whole round and the one under way
  std::vector<ScrubFinding> findings;  // oldest first, at most 100
};

class Scrub {
 public:
  virtual ~Scrub() = default;
  virtual ScrubStatus Status() const = 0;
  // Begins a round now, as fast as the disk gives, in place of one that is under way. Ends a pause.
  virtual void Start() = 0;
  // Reads nothing until Resume or Start, restarts included.
  virtual void Pause() = 0;
  virtual void Resume() = 0;
  // Reads one piece when one is due; false: none is. For tests of an engine that does not scrub by
  // itself.
  virtual bool Step() = 0;
};

}  // namespace kosei::storage
