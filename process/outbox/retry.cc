#include "outbox/retry.h"

#include <algorithm>

namespace kosei::process {
namespace {

constexpr std::int64_t kFirstMicros = std::int64_t{60} * 1'000'000;
constexpr std::int64_t kLongestMicros = std::int64_t{6} * 3'600 * 1'000'000;
constexpr std::uint32_t kDoublingsMax = 20;

}  // namespace

std::optional<Timestamp> NextAttempt(std::uint32_t attempt, Timestamp now) {
  if (attempt >= kSendAttemptsMax) return std::nullopt;
  const std::uint32_t doublings = std::min(attempt == 0 ? 0 : attempt - 1, kDoublingsMax);
  return Timestamp{now.micros + std::min(kFirstMicros << doublings, kLongestMicros)};
}

}  // namespace kosei::process
