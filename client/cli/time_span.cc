#include "time_span.h"

#include <array>
#include <charconv>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/period.h"

namespace kosei::cli {
namespace {

constexpr std::uint64_t kSecond = 1'000'000;
constexpr std::array<std::pair<char, std::uint64_t>, 5> kUnits = {{{'s', kSecond},
                                                                   {'m', 60 * kSecond},
                                                                   {'h', 3'600 * kSecond},
                                                                   {'d', 86'400 * kSecond},
                                                                   {'w', 7 * 86'400 * kSecond}}};
constexpr std::uint64_t kNumberMax = 1'000'000;

// 0: it is none.
std::uint64_t MicrosOf(const std::string& text) {
  if (text.size() < 2) return 0;
  if (text.front() == 'P') {
    const absl::StatusOr<Period> period = ParsePeriod(text);
    if (!period.ok() || period->months != 0 || period->micros < 0) return 0;
    return static_cast<std::uint64_t>(period->micros);
  }
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc() || stop != end || number > kNumberMax) return 0;
  for (const auto& [unit, micros] : kUnits) {
    if (unit == *end) return number * micros;
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::uint64_t> ParseTimeSpan(const std::string& text, const std::string& option) {
  const std::uint64_t micros = MicrosOf(text);
  if (micros != 0) return micros;
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("%s: '%s' found, expected a number with its unit, as in 30m, "
                                   "24h, 7d or PT36H",
                                   option, text),
                   option);
}

}  // namespace kosei::cli
