// SpareThreads: threads of somebody else that lend a hand with a statement while nobody else wants
// them.
#pragma once

#include "absl/functional/any_invocable.h"

namespace kosei::query {

// Thread-safe.
class SpareThreads {
 public:
  virtual ~SpareThreads() = default;
  // Runs `work` once on another thread, soon, when one is idle now; false: it will not be run.
  // Never waits.
  virtual bool TryRun(absl::AnyInvocable<void()> work) = 0;
  // Whether other work waits for a thread: who lends a hand then goes as soon as it can.
  virtual bool Wanted() const = 0;
};

}  // namespace kosei::query
