// What is due when: instants in order of time, so that nobody has to look through all tickets. It
// holds nothing that cannot be made anew: after a start it is filled from the records (NextInstant
// of service_clock.h).
//
// Clocks may jump. Each entry is taken once, however often time goes back behind it; when time
// leaps ahead, all that has become due is taken in its order. A deadline that was taken is not
// taken again when it is set again unchanged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/base/time.h"

namespace kosei::process {

struct DueEntry {
  std::string key;
  Timestamp due;
  std::string what;
  std::uint64_t generation = 0;
};

enum class SetOutcome : std::uint8_t {
  kAdded = 1,
  kReplaced = 2,      // another instant or text than before
  kUnchanged = 3,     // was there like this
  kAlreadyTaken = 4,  // was taken like this, and is not set again
};

// Setting, removing and taking an entry cost O(log n); about 200 bytes an entry beside its texts.
// Belongs to one thread.
class DeadlineQueue {
 public:
  // One entry a key: what is set again takes the place of what was.
  SetOutcome Set(std::string_view key, Timestamp due, std::string_view what);
  // Forgets the key, whether its entry waits or was taken. Whether it was known.
  bool Remove(std::string_view key);

  // Of the entry that is due first; nothing when none waits.
  std::optional<Timestamp> Next() const;
  // Takes out what is due at `now` or before: by instant, of one instant by key. At most `limit`,
  // which leaves the rest for the next time.
  std::vector<DueEntry> TakeDue(Timestamp now, std::size_t limit = SIZE_MAX);

  // Whether what was taken still stands: the key has neither been set to something else nor been
  // removed since. For who acts on it later.
  bool IsCurrent(std::string_view key, std::uint64_t generation) const;

  std::size_t size() const { return waiting_.size(); }  // entries that wait
  bool empty() const { return waiting_.empty(); }

 private:
  struct Slot {
    Timestamp due;
    std::string what;
    std::uint64_t generation = 0;
    bool taken = false;
  };
  using Slots = std::map<std::string, Slot, std::less<>>;
  struct Sooner {
    using Entry = const Slots::value_type*;
    bool operator()(Entry a, Entry b) const {
      if (a->second.due != b->second.due) return a->second.due < b->second.due;
      return a->first < b->first;
    }
  };

  Slots slots_;
  std::set<const Slots::value_type*, Sooner> waiting_;  // into slots_
  std::uint64_t generation_ = 0;
};

}  // namespace kosei::process
