#include "back_off.h"

#include <algorithm>

#include "kosei/base/bytes.h"

namespace kosei::client {

std::chrono::milliseconds BackOff::Next() {
  const std::chrono::milliseconds whole = step_;
  step_ = std::min(step_ * 2, kCap);
  const std::string dice = random_.Bytes(sizeof(std::uint32_t));
  const std::chrono::milliseconds half = whole / 2;
  return whole - half + half * ReadU32(dice.data()) / UINT32_MAX;
}

}  // namespace kosei::client
