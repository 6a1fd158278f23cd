// A counter that threads wait on: one word and the kernel's futex. Notifying costs no system call
// while nobody waits. Use: seen = Seen(); look whether there is something; WaitPast(seen).
// Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace kosei::client {

// nullopt: no limit.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;
inline bool HasPassed(const Deadline& deadline) {
  return deadline.has_value() && std::chrono::steady_clock::now() >= *deadline;
}

class WakeSignal {
 public:
  std::uint32_t Seen() const { return count_.load(); }
  // Wakes all who wait.
  void Notify();
  // Until the count differs from `seen`, or the deadline has passed.
  void WaitPast(std::uint32_t seen, const Deadline& deadline);

 private:
  std::atomic<std::uint32_t> count_{0};
  std::atomic<std::uint32_t> waiting_{0};
};

}  // namespace kosei::client
