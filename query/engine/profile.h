// Profile: what each operator of a run did: rows it gave, and time spent in it alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kosei/base/time.h"

namespace kosei::query {

class Operator;
class Pipe;

// Belongs to one run.
class Profile {
 public:
  struct Entry {
    std::uint64_t rows = 0;
    std::chrono::nanoseconds time{0};
  };

  explicit Profile(const Clock& clock) : clock_(clock) {}
  // Pipes that stand around an operator's own and measure.
  std::unique_ptr<Pipe> Enter(const Operator& of, Pipe& next);
  std::unique_ptr<Pipe> Count(const Operator& of, Pipe& next);
  Entry Of(const Operator& of) const;
  // What a helper's run did.
  void Add(const Profile& helper);
  const Clock& clock() const { return clock_; }

  // The time since the last switch goes to who was running; `to` runs from now on.
  const Operator* Switch(const Operator* to);
  void AddRow(const Operator& of) { ++entries_[&of].rows; }

 private:
  const Clock& clock_;
  const Operator* running_ = nullptr;
  std::chrono::nanoseconds since_{0};
  absl::flat_hash_map<const Operator*, Entry> entries_;
};

}  // namespace kosei::query
