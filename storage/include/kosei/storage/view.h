// View: which graph a read sees. Three numbers; opening one takes no lock and copies nothing.
#pragma once

#include <cstdint>
#include <string>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"

namespace kosei::storage {

// The graph as known at `commit`, as valid in the world at `valid_at`.
struct View {
  CommitNumber commit;
  Timestamp valid_at;
  friend bool operator==(const View&, const View&) = default;
};

// How a user names a View. Reader::Resolve turns it into one.
struct ViewName {
  enum class Kind : std::uint8_t { kNewest, kCommit, kTime, kBaseline };
  Kind kind = Kind::kNewest;
  CommitNumber commit;   // kCommit
  Timestamp time;        // kTime: the newest commit at or before it; in the future is kFutureTime
  std::string baseline;  // kBaseline
};

}  // namespace kosei::storage
