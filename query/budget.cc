#include "kosei/query/budget.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::query {
namespace {

// Far enough in the future for "no limit", near enough that adding to it cannot overflow.
std::chrono::nanoseconds DeadlineOf(const Clock& clock, std::chrono::nanoseconds time) {
  const std::chrono::nanoseconds now = clock.Monotonic();
  const std::chrono::nanoseconds room = std::chrono::nanoseconds::max() - now;
  return time < room ? now + time : std::chrono::nanoseconds::max();
}

}  // namespace

Budget::Budget(Limits limits, const Clock& clock,
               std::shared_ptr<const std::atomic<bool>> cancelled)
    : limits_(limits),
      clock_(&clock),
      deadline_(DeadlineOf(clock, limits.time)),
      cancelled_(std::move(cancelled)) {}

absl::Status Budget::Check() const {
  if (cancelled_ != nullptr && cancelled_->load(std::memory_order_relaxed)) {
    return MakeError(ErrorCode::kCancelled, "query: cancelled by the caller");
  }
  if (clock_->Monotonic() < deadline_) return absl::OkStatus();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.time);
  return MakeError(
      ErrorCode::kDeadlineExceeded,
      absl::StrFormat("query: the time limit of %d ms has passed; ask for less or allow more time",
                      milliseconds.count()));
}

absl::Status Budget::CheckMemory(std::uint64_t bytes) const {
  if (bytes <= limits_.memory_bytes) return absl::OkStatus();
  return MakeError(
      ErrorCode::kMemoryBudget,
      absl::StrFormat(
          "query: needs %d bytes, the memory limit is %d; ask for less or allow more memory", bytes,
          limits_.memory_bytes));
}

}  // namespace kosei::query
