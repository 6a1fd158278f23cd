// How far entries of the indexes reach that lie with the past: a View behind that need not look at
// them. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/storage/view.h"

namespace kosei::storage {

class PastEntries {
 public:
  // Before an entry is written there that Views of commit `end` or later, of an instant at or after
  // `from`, do not show.
  void Raise(CommitNumber end, Timestamp from) {
    RaiseTo(commit_, end.value);
    RaiseTo(instant_, from.micros);
  }
  // After the entries are read: whether the View shows none of those.
  bool HiddenFrom(const View& view) const {
    return commit_.load(std::memory_order_acquire) <= view.commit.value &&
           instant_.load(std::memory_order_acquire) <= view.valid_at.micros;
  }

 private:
  template <typename Number>
  static void RaiseTo(std::atomic<Number>& mark, Number value) {
    Number before = mark.load(std::memory_order_relaxed);
    while (before < value && !mark.compare_exchange_weak(before, value, std::memory_order_release));
  }

  std::atomic<std::uint64_t> commit_{0};
  std::atomic<std::int64_t> instant_{INT64_MIN};
};

}  // namespace kosei::storage
