// How far an import has come, on one line of the terminal: share, rows, rate, time left. Shows
// nothing where the notes do not go to a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "context.h"
#include "kosei/base/time.h"

namespace kosei::cli {

struct Progress {
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_total = 0;  // 0: unknown
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
};

// One line of at most `columns`, for what was done in `elapsed`.
std::string ProgressLine(std::string_view title, const Progress& progress,
                         std::chrono::nanoseconds elapsed, std::size_t columns);

// Not thread-safe. Gone from the terminal when destroyed.
class ProgressBar {
 public:
  ProgressBar(Context& context, std::string_view title, const Clock& clock);
  ~ProgressBar() { Clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  // Cheap; draws at most ten times a second.
  void Show(const Progress& progress);
  void Clear();

 private:
  Context& context_;
  const std::string title_;
  const Clock& clock_;
  const std::chrono::nanoseconds started_;
  std::chrono::nanoseconds drawn_{0};
  bool visible_ = false;
};

}  // namespace kosei::cli
