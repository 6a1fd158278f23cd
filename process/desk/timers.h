// Timers: transitions that the system makes on its own after a time. They are worked out from the
// records, so nothing is lost when the program stops: a deadline that passed meanwhile is due at
// once. A clock that jumps fires nothing twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "kosei/base/mutex.h"
#include "kosei/base/time.h"
#include "kosei/process/deadline_queue.h"
#include "kosei/process/definitions.h"

namespace kosei::process {

// The first of the automatic transitions out of a state that comes with time: when, and which.
struct TimedEvent {
  Timestamp due;
  std::string event;
};
// `since`: when the record came into the state. nullopt: none. An instant that a calendar does not
// reckon with is none.
std::optional<TimedEvent> TimedEventOf(const Definitions& definitions, const LifeCycle& life_cycle,
                                       std::string_view state, Timestamp since);

// The event of a timer that is about an approval of the record, whose key it has behind it.
inline constexpr std::string_view kApprovalTimer = "approval of ";

// Thread-safe.
class Timers {
 public:
  // `scan` sets every timer there is; run once, before the first is due. `fire` must not block.
  // Without a thread nothing fires but by RunDue().
  Timers(const Clock& clock, std::function<void()> scan, std::function<void(const DueEntry&)> fire,
         bool with_thread);
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // nullopt: the record has none any more.
  void Set(std::string_view key, const std::optional<TimedEvent>& event);
  // Fires what is due now, at most so much. How many.
  std::size_t RunDue(std::size_t at_most = SIZE_MAX);
  // Nothing fires any more when it returns.
  void Stop();

 private:
  void Work();
  void ScanOnce();

  const Clock& clock_;
  const std::function<void()> scan_;
  const std::function<void(const DueEntry&)> fire_;
  Mutex mutex_;
  CondVar changed_;
  DeadlineQueue queue_ ABSL_GUARDED_BY(mutex_);
  bool scanned_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace kosei::process
