// Zones of the query language: an offset from UTC, or a zone of the IANA database whose offset
// depends on the instant. Rules of zones come from the machine's database (package tzdata).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kosei::language {

inline constexpr std::int32_t kOffsetMax = 18 * 3600;  // either way, seconds

class TimeZone {
 public:
  TimeZone() = default;  // UTC, as an offset
  explicit TimeZone(std::int32_t offset) : offset_(offset) {}

  // "Z", "+09:00", "-0330", "+02", "+02:05:59" or "Asia/Tokyo". Errors are kQueryArgument.
  static absl::StatusOr<TimeZone> Parse(std::string_view text);

  // Of the IANA database; empty for an offset.
  const std::string& name() const { return name_; }
  // Seconds east of UTC at an instant, in seconds since 1970 UTC.
  std::int32_t OffsetAt(std::int64_t instant) const;
  // The same for a date and time of day on the clocks of the place. A time that clocks skip is read
  // with the offset before the jump (so it comes out later); one that comes twice is the first,
  // unless `wanted` is an offset that makes it the second.
  std::int32_t OffsetOfLocal(std::int64_t local,
                             std::optional<std::int32_t> wanted = std::nullopt) const;
  // The instants around one, [begin, end), at which the offset is that of the instant. At the end
  // of it another one begins, which may have the same.
  struct Span {
    std::int64_t begin = INT64_MIN;
    std::int64_t end = INT64_MAX;
    std::int32_t offset = 0;
  };
  // Changes of offset are known up to 2300 at least.
  Span SpanAt(std::int64_t instant) const;

 private:
  std::string name_;
  absl::TimeZone rules_;
  std::int32_t offset_ = 0;
};

// Seconds east of UTC of "Z", "+09:00", "+0900", "+09", "+09:00:30" or "+090030"; nothing when it
// has another form; the range is not looked at.
std::optional<std::int32_t> ReadOffset(std::string_view text);
// "Z", "+09:00", "-02:05:07".
std::string OffsetText(std::int32_t offset);

}  // namespace kosei::language
