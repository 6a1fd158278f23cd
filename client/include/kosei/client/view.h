// Which graph a request reads, and which one an answer is of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kosei/base/time.h"

namespace kosei::client {

// Which graph to read: the newest by default.
struct ViewName {
  enum class Kind : std::uint8_t { kNewest = 0, kCommit = 1, kTime = 2, kBaseline = 3 };
  Kind kind = Kind::kNewest;
  std::uint64_t commit = 0;
  Timestamp time;
  std::string baseline;
  // What was so in the world at this instant, as known in the View that the rest names; nullopt:
  // the instant that belongs to the rest.
  std::optional<Timestamp> valid_at = std::nullopt;
  std::string plan = {};  // its changes on top; empty: none

  // "1234" a commit, RFC 3339 a time, "plan:NAME" the newest with a plan on top, else a baseline's
  // name; empty or "now": the newest.
  static ViewName Parse(const std::string& text);
};
struct View {
  std::uint64_t commit = 0;
  Timestamp valid_at;
  std::uint32_t model_version = 0;  // of its day (Client::ModelOf)
};

}  // namespace kosei::client
