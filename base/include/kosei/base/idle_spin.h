// IdleSpin: lets a thread that waits for the network look again for a moment before it sleeps.
//
// Waking a thread that sleeps on another processor costs 5 to 100 us, on a virtual machine most of
// all; in a conversation of small questions and answers that is more than the work itself. A thread
// that expects the next message at once therefore polls on for some microseconds. It does so only
// while that pays: a moment that passed in vain makes it sleep at once the next few times, and
// never more than half of the processors are kept busy this way. Between two looks it gives the
// processor to whoever can use it, such as a worker that it waits for.
#pragma once

#include <chrono>
#include <thread>

namespace kosei {

// Not thread-safe: one for each thread that waits.
class IdleSpin {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Now = TimePoint (*)();

  // `limit`: the longest moment; zero: always sleep at once. `spinning_max`: threads of this
  // process that may look at the same time. `now` is for tests.
  explicit IdleSpin(std::chrono::nanoseconds limit, int spinning_max = HalfOfTheProcessors(),
                    Now now = &std::chrono::steady_clock::now)
      : limit_(limit), spinning_max_(spinning_max), now_(now) {}

  // 0 on a machine with one, where looking would only keep the other side from answering.
  static int HalfOfTheProcessors();

  // Calls `poll` until it returns true or the moment is over. False: the caller should sleep now.
  template <typename Poll>
  bool Spin(const Poll& poll) {
    if (!Begin()) return false;
    const TimePoint end = now_() + limit_;
    bool found = false;
    do {
      found = poll();
    } while (!found && now_() < end && Yield());
    End(found);
    return found;
  }

 private:
  // To who can run on this processor: often the very thread that is waited for.
  static bool Yield() {
    std::this_thread::yield();
    return true;
  }
  bool Begin();
  void End(bool found);

  std::chrono::nanoseconds limit_;
  int spinning_max_;
  Now now_;
  int penalty_ = 0;  // sleeps without a moment after the next one in vain
  int skip_ = 0;     // of them, to come
};

}  // namespace kosei
