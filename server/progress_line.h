// One line on a terminal, drawn over itself at most ten times a second; nothing elsewhere.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"

namespace kosei::server {

class ProgressLine {
 public:
  explicit ProgressLine(std::string title) : title_(std::move(title)) {}
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(std::string_view step, std::uint64_t done, std::uint64_t total) {
    const auto now = std::chrono::steady_clock::now();
    if (!to_terminal_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    const double share =
        total == 0
            ? 0
            : std::min(100.0, 100.0 * static_cast<double>(done) / static_cast<double>(total));
    std::fputs(absl::StrFormat("\r\033[K%s: %s %.0f%% (%d)", title_, step, share, done).c_str(),
               stderr);
    shown_ = true;
  }
  void Clear() {
    if (shown_) std::fputs("\r\033[K", stderr);
    shown_ = false;
  }

 private:
  const std::string title_;
  const bool to_terminal_ = isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace kosei::server
