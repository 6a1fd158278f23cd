#include "import/progress_bar.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "kosei/base/display_width.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr std::size_t kBarColumns = 24;

std::string TimeText(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::max(0.0, seconds) + 0.5);
  if (whole >= 3'600) {
    return absl::StrFormat("%d:%02d:%02d", whole / 3'600, whole / 60 % 60, whole % 60);
  }
  return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
}

std::size_t ColumnsOf(std::FILE* terminal) {
  winsize size{};
  constexpr std::size_t kUsual = 80;
  return ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

}  // namespace

std::string ProgressLine(std::string_view title, const Progress& progress,
                         std::chrono::nanoseconds elapsed, std::size_t columns) {
  const double seconds = std::max(1e-3, std::chrono::duration<double>(elapsed).count());
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(progress.rows) / seconds);
  std::string line(title);
  if (progress.bytes_total > 0) {
    const double share = std::min(
        1.0, static_cast<double>(progress.bytes_read) / static_cast<double>(progress.bytes_total));
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(kBarColumns));
    line += absl::StrFormat("  [%s%s] %3.0f%%", std::string(filled, '#'),
                            std::string(kBarColumns - filled, '.'), share * 100);
    line += absl::StrFormat("  %s  %s/s", Grouped(progress.rows), Grouped(rate));
    if (share > 0) {
      line += absl::StrFormat("  %s left", TimeText(seconds / share * (1 - share)));
    }
  } else {
    line +=
        absl::StrFormat("  %s  %s/s  %s", Grouped(progress.rows), Grouped(rate), TimeText(seconds));
  }
  if (progress.rejected > 0) line += absl::StrFormat("  %s rejected", Grouped(progress.rejected));
  return Elide(line, columns);
}

ProgressBar::ProgressBar(Context& context, std::string_view title, const Clock& clock)
    : context_(context), title_(title), clock_(clock), started_(clock.Monotonic()) {}

void ProgressBar::Show(const Progress& progress) {
  if (!context_.notes_are_terminal()) return;
  const std::chrono::nanoseconds now = clock_.Monotonic();
  if (now - drawn_ < kBetweenDrawings) return;
  drawn_ = now;
  visible_ = true;
  const std::size_t columns = ColumnsOf(context_.notes());
  std::fprintf(context_.notes(), "\r\x1b[K%s",
               ProgressLine(title_, progress, now - started_, columns - 1).c_str());
  std::fflush(context_.notes());
}

void ProgressBar::Clear() {
  if (!visible_) return;
  visible_ = false;
  std::fputs("\r\x1b[K", context_.notes());
  std::fflush(context_.notes());
}

}  // namespace kosei::cli
