#include "valid_time.h"

namespace kosei::storage {

ValidSegment SegmentAt(std::span<const ValidInterval> newest_first, Timestamp instant) {
  ValidSegment segment{{}, newest_first.size()};
  for (std::size_t i = 0; i < newest_first.size(); ++i) {
    const ValidInterval& said = newest_first[i];
    if (said.from >= said.to) continue;
    if (said.Covers(instant)) {
      segment.statement = i;
      segment.valid.from = std::max(segment.valid.from, said.from);
      segment.valid.to = std::min(segment.valid.to, said.to);
      break;
    }
    // A newer statement beside the instant bounds the part on its side.
    if (said.from > instant) {
      segment.valid.to = std::min(segment.valid.to, said.from);
    } else {
      segment.valid.from = std::max(segment.valid.from, said.to);
    }
  }
  return segment;
}

std::vector<ValidSegment> SegmentsOf(std::span<const ValidInterval> newest_first,
                                     ValidInterval within) {
  std::vector<ValidSegment> found;
  std::vector<ValidInterval> open{within};
  for (std::size_t i = 0; i < newest_first.size() && !open.empty(); ++i) {
    const ValidInterval& said = newest_first[i];
    std::vector<ValidInterval> rest;
    for (const ValidInterval& part : open) {
      const Timestamp from = std::max(part.from, said.from);
      const Timestamp to = std::min(part.to, said.to);
      if (from >= to) {
        rest.push_back(part);
        continue;
      }
      found.push_back({{from, to}, i});
      if (part.from < from) rest.push_back({part.from, from});
      if (to < part.to) rest.push_back({to, part.to});
    }
    open = std::move(rest);
  }
  std::sort(found.begin(), found.end(), [](const ValidSegment& a, const ValidSegment& b) {
    return a.valid.from < b.valid.from;
  });
  std::vector<ValidSegment> joined;
  for (const ValidSegment& segment : found) {
    if (!joined.empty() && joined.back().statement == segment.statement &&
        joined.back().valid.to == segment.valid.from) {
      joined.back().valid.to = segment.valid.to;
    } else {
      joined.push_back(segment);
    }
  }
  return joined;
}

}  // namespace kosei::storage
