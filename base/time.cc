#include "kosei/base/time.h"

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "kosei/base/error.h"

namespace kosei {
namespace {

class MachineClock final : public Clock {
 public:
  Timestamp Now() const override { return Timestamp{absl::ToUnixMicros(absl::Now())}; }
  std::chrono::nanoseconds Monotonic() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

constexpr absl::CivilDay kEpoch(1970, 1, 1);

}  // namespace

absl::StatusOr<Timestamp> ParseTimestamp(std::string_view text) {
  absl::Time time;
  std::string error;
  const absl::string_view input(text.data(), text.size());
  // "%Y-%m-%dT" alone would also take years like 02026; RFC 3339 has four digits.
  const bool shape = text.size() >= 20 && text[4] == '-' &&
                     (text[10] == 'T' || text[10] == 't' || text[10] == ' ');
  std::string normal(text);
  if (shape) {
    normal[10] = 'T';
    if (normal.back() == 'z') normal.back() = 'Z';
  }
  if (!shape || !absl::ParseTime(absl::RFC3339_full, normal, &time, &error)) {
    return MakeError(
        ErrorCode::kWrongType,
        absl::StrFormat(
            "time \"%s\": expected RFC 3339 with an offset, as in 2026-11-22T09:30:00+09:00 "
            "or 2026-11-22T00:30:00Z",
            input));
  }
  return Timestamp{absl::ToUnixMicros(time)};
}

std::string FormatTimestamp(Timestamp instant) {
  if (instant == kEndOfTime) return "end of time";
  if (instant == kBeginningOfTime) return "beginning of time";
  const absl::Time time = absl::FromUnixMicros(instant.micros);
  const bool whole = instant.micros % 1'000'000 == 0;
  return absl::FormatTime(whole ? "%E4Y-%m-%dT%H:%M:%SZ" : "%E4Y-%m-%dT%H:%M:%E6SZ", time,
                          absl::UTCTimeZone());
}

absl::StatusOr<std::int64_t> ParseDate(std::string_view text) {
  absl::CivilDay day;
  const absl::string_view input(text.data(), text.size());
  const bool shape = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!shape || !absl::ParseCivilTime(input, &day)) {
    return MakeError(
        ErrorCode::kWrongType,
        absl::StrFormat("date \"%s\": expected year-month-day, as in 2026-11-22", input));
  }
  return day - kEpoch;
}

std::string FormatDate(std::int64_t days) {
  const absl::CivilDay day = kEpoch + days;
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

}  // namespace kosei
