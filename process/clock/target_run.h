// One target of one agreement for one ticket, laid out over time: what the clock does when. Judging
// and explaining both start from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clock/goal.h"
#include "clock/timeline.h"
#include "kosei/base/time.h"
#include "kosei/process/agreement.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {

// A part of the time from the start on, of one stretch.
struct Run {
  Timestamp from;
  Timestamp to;  // kEndOfTime of the last one, when it goes on
  bool runs = false;
  IntervalReason reason = IntervalReason::kCounted;
  const Stretch* stretch = nullptr;
};

struct TargetRun {
  const Agreement* agreement = nullptr;
  const AgreementVersion* version = nullptr;
  const Target* target = nullptr;      // nullptr: none
  std::optional<Timestamp> start;      // nothing: not started
  std::optional<Timestamp> stop;       // nothing: not stopped
  const Stretch* governing = nullptr;  // that chose the target
  std::vector<Run> runs;               // from the start on, past a stop as well
  std::string error;                   // why there is no verdict; empty otherwise

  // Up to where the clock is judged at an instant.
  Timestamp EndAt(Timestamp at) const { return stop.value_or(at); }
};

// `timeline` is that up to `at`, and must outlive the answer, as must the agreement.
TargetRun LayOut(const Agreement& agreement, TargetKind kind, const Timeline& timeline,
                 Timestamp at);

// The first instant, not before `not_before`, at which `need` has been counted in the runs; the
// clock runs then, or has run up to it. Nothing when the runs end before.
absl::StatusOr<std::optional<Timestamp>> Reach(const std::vector<Run>& runs, const Basis& basis,
                                               std::int64_t need, Timestamp not_before);

// The state of the target. What goes wrong with calendars is an error in it.
TargetState StateOf(const TargetRun& run, TargetKind kind, const CalendarBook& calendars,
                    Timestamp at);

}  // namespace kosei::process
