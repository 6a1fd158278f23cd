// When a notification that could not be sent is tried again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "kosei/base/time.h"

namespace kosei::process {

// Twelve attempts within about a day: 1, 2, 4, ... minutes apart, six hours at most.
inline constexpr std::uint32_t kSendAttemptsMax = 12;
// What nobody could send for so long (no mail server was configured, the server was off) is news no
// more.
inline constexpr std::chrono::hours kNotificationAgeMax{7 * 24};

// After the attempt with this number (1 is the first) failed; nullopt: that was the last.
std::optional<Timestamp> NextAttempt(std::uint32_t attempt, Timestamp now);

}  // namespace kosei::process
