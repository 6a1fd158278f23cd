#include "kosei/base/idle_spin.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace kosei {
namespace {

constexpr int kPenaltyMax = 16;

std::atomic<int> g_spinning{0};

}  // namespace

int IdleSpin::HalfOfTheProcessors() {
  static const int half = static_cast<int>(std::thread::hardware_concurrency() / 2);
  return half;
}

bool IdleSpin::Begin() {
  if (limit_ <= std::chrono::nanoseconds::zero()) return false;
  if (skip_ > 0) {
    --skip_;
    return false;
  }
  if (g_spinning.fetch_add(1, std::memory_order_relaxed) < spinning_max_) return true;
  g_spinning.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

void IdleSpin::End(bool found) {
  g_spinning.fetch_sub(1, std::memory_order_relaxed);
  penalty_ = found ? 0 : std::min(penalty_ * 2 + 1, kPenaltyMax);
  skip_ = penalty_;
}

}  // namespace kosei
