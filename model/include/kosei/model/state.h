// How well a record does its work, as impact analysis sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kosei::model {

// In order: up < degraded < failed. Sent and stored: never renumber.
enum class State : std::uint8_t {
  kUp = 0,
  kDegraded = 1,  // it works, with less than it should give
  kFailed = 2,
};

// "up", "degraded", "failed".
std::string_view NameOf(State state);
std::optional<State> StateOf(std::string_view name);

}  // namespace kosei::model
