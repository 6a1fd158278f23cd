// Valid time: what follows from a row of statements about one thing (a record or a link), each made
// by a commit and said to hold in a half-open interval of time in the world. Of the statements that
// speak of an instant, the newest counts (docs/time.md). Rows stand newest first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"

namespace kosei::storage {

struct ValidInterval {
  Timestamp from = kBeginningOfTime;
  Timestamp to = kEndOfTime;
  bool Covers(Timestamp instant) const { return from <= instant && instant < to; }
  friend bool operator==(const ValidInterval&, const ValidInterval&) = default;
};

// A part of valid time and the statement (its position in the row) that counts there.
struct ValidSegment {
  ValidInterval valid;
  std::size_t statement = 0;
};

// The part that speaks of `instant`: from the last change at or before it to the next one after it.
// `statement` is the row's size when none speaks of it.
ValidSegment SegmentAt(std::span<const ValidInterval> newest_first, Timestamp instant);

// The parts of [within.from, within.to) that any statement speaks of, ascending. Neighbouring parts
// of one statement are one.
std::vector<ValidSegment> SegmentsOf(std::span<const ValidInterval> newest_first,
                                     ValidInterval within);

}  // namespace kosei::storage
