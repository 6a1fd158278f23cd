// The instants and the time that a target gives.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/process/agreement.h"
#include "kosei/process/calendar.h"

namespace kosei::process {

// What a clock counts: working time of a calendar, or all time.
class Basis {
 public:
  Basis(const Calendar& calendar, MeasureKind kind) : calendar_(&calendar), kind_(kind) {}
  bool works_around_the_clock() const;
  const Calendar& calendar() const { return *calendar_; }
  // As those of Calendar.
  absl::StatusOr<std::int64_t> Between(Timestamp from, Timestamp to) const;
  absl::StatusOr<Timestamp> After(Timestamp from, std::int64_t micros) const;

 private:
  const Calendar* calendar_;
  MeasureKind kind_;
};

struct Goal {
  std::int64_t given = 0;  // microseconds of the basis
  // The deadline is not before it: the instant that a goal by days, months or the clock names.
  std::optional<Timestamp> not_before;
};

// kInvalidArgument when the calendar has no such day.
absl::StatusOr<Goal> GoalOf(const Measure& measure, const Basis& basis, Timestamp start);

}  // namespace kosei::process
