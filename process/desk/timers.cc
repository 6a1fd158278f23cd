#include "desk/timers.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "kosei/base/period.h"

namespace kosei::process {
namespace {

// The system's clock may be set while the thread sleeps: it looks again so often.
constexpr std::chrono::milliseconds kLookMax{500};
// At once, so that a start after a long stop does not flood.
constexpr std::size_t kFiredAtOnce = 1'000;

std::optional<Timestamp> DueOf(const Definitions& definitions, const AutomaticDefinition& automatic,
                               Timestamp since) {
  if (automatic.calendar.empty()) return After(since, automatic.wait);
  const Calendar* const calendar = definitions.calendars().Find(automatic.calendar);
  if (calendar == nullptr) return std::nullopt;
  const auto from = calendar->PlusMonths(since, automatic.wait.months);
  if (!from.ok()) return std::nullopt;
  const auto due = calendar->After(*from, automatic.wait.micros);
  return due.ok() ? std::optional(*due) : std::nullopt;
}

}  // namespace

std::optional<TimedEvent> TimedEventOf(const Definitions& definitions, const LifeCycle& life_cycle,
                                       std::string_view state, Timestamp since) {
  std::optional<TimedEvent> first;
  for (const TransitionDefinition* transition : life_cycle.WaitingIn(state)) {
    const auto due = DueOf(definitions, *transition->automatic, since);
    if (!due.has_value() || (first.has_value() && first->due <= *due)) continue;
    first = TimedEvent{*due, transition->name};
  }
  return first;
}

Timers::Timers(const Clock& clock, std::function<void()> scan,
               std::function<void(const DueEntry&)> fire, bool with_thread)
    : clock_(clock), scan_(std::move(scan)), fire_(std::move(fire)) {
  if (with_thread) thread_ = std::thread([this] { Work(); });
}

Timers::~Timers() { Stop(); }

void Timers::Stop() {
  {
    const MutexLock lock(mutex_);
    over_ = true;
  }
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

void Timers::Set(std::string_view key, const std::optional<TimedEvent>& event) {
  bool sooner = false;
  {
    const MutexLock lock(mutex_);
    const std::optional<Timestamp> before = queue_.Next();
    if (event.has_value()) {
      queue_.Set(key, event->due, event->event);
    } else {
      queue_.Remove(key);
    }
    const std::optional<Timestamp> next = queue_.Next();
    sooner = next.has_value() && (!before.has_value() || *next < *before);
  }
  if (sooner) changed_.NotifyAll();
}

void Timers::ScanOnce() {
  {
    const MutexLock lock(mutex_);
    if (std::exchange(scanned_, true)) return;
  }
  scan_();
}

std::size_t Timers::RunDue(std::size_t at_most) {
  ScanOnce();
  std::size_t fired = 0;
  while (true) {
    std::vector<DueEntry> due;
    {
      const MutexLock lock(mutex_);
      if (!over_) due = queue_.TakeDue(clock_.Now(), std::min(kFiredAtOnce, at_most - fired));
    }
    if (due.empty()) return fired;
    for (const DueEntry& entry : due) fire_(entry);
    fired += due.size();
  }
}

void Timers::Work() {
  while (true) {
    RunDue();
    const MutexLock lock(mutex_);
    if (over_) return;
    auto wait = kLookMax;
    if (const std::optional<Timestamp> next = queue_.Next(); next.has_value()) {
      const std::int64_t left = next->micros - clock_.Now().micros;
      if (left <= 0) continue;
      wait = std::min(wait, std::chrono::milliseconds(left / 1'000 + 1));
    }
    changed_.WaitUntil(mutex_, std::chrono::steady_clock::now() + wait);
  }
}

}  // namespace kosei::process
