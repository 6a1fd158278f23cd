// What becomes of verdicts on time when a calendar or an agreement is mended (ISO/IEC 20000-1, 6.1
// and 6.2: reports that were given may have to be given again).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/process/life_cycle_definition.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {

// Two sides are compared. With files, what is in force is the first one, and the second has these
// in place of those of the same names, wherever these lie. Otherwise the second is what is in
// force, and the first what was in force as of a commit. Of both only calendars, holidays and
// agreements differ: life cycles and all else are those in force.
struct ClockReviewQuestion {
  std::vector<DefinitionFile> proposed = {};
  CommitNumber since = {};                // counts without files alone
  std::vector<std::string> classes = {};  // of the records that are looked at; none: all
  // Opened in [from, to).
  Timestamp from = kBeginningOfTime;
  Timestamp to = kEndOfTime;
  // The instant of the verdicts; nothing: now.
  std::optional<Timestamp> at = {};
  std::string after = {};  // `next` of the page before
  std::size_t limit = 1'000;
};

struct ClockReview {
  std::vector<VerdictFlip> flips;  // of records (`ticket`) in the order in which they came
  std::size_t looked_at = 0;       // records
  // Keys of records whose time cannot be counted any more, as their history was retired.
  std::vector<std::string> retired;
  std::string next;  // where to go on (`after`); empty: that was all
  Timestamp at;      // of the verdicts
};

}  // namespace kosei::process
