#include "wake_signal.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace kosei::client {
namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t),
              "the kernel reads the counter as a plain word");

// steady_clock counts CLOCK_MONOTONIC, which is what FUTEX_WAIT_BITSET measures by.
timespec ToTimespec(std::chrono::steady_clock::time_point instant) {
  const auto since = instant.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  timespec out{};
  out.tv_sec = static_cast<time_t>(seconds.count());
  out.tv_nsec = static_cast<long>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count());
  return out;
}

}  // namespace

void WakeSignal::Notify() {
  count_.fetch_add(1);
  // Sequentially consistent on both sides: either this sees the waiter, or the waiter's futex call
  // sees the new count.
  if (waiting_.load() == 0) return;
  syscall(SYS_futex, &count_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

void WakeSignal::WaitPast(std::uint32_t seen, const Deadline& deadline) {
  timespec until{};
  if (deadline.has_value()) until = ToTimespec(*deadline);
  waiting_.fetch_add(1);
  while (count_.load() == seen) {
    const long result =
        syscall(SYS_futex, &count_, FUTEX_WAIT_BITSET_PRIVATE, seen,
                deadline.has_value() ? &until : nullptr, nullptr, FUTEX_BITSET_MATCH_ANY);
    if (result != 0 && errno == ETIMEDOUT) break;
  }
  waiting_.fetch_sub(1);
}

}  // namespace kosei::client
