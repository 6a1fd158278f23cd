#include "time_zone.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "calendar.h"
#include "code_points.h"
#include "kosei/base/error.h"
#include "zone_links.h"

namespace kosei::language {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::int64_t kSecondsOfDay = 86'400;

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '+' ||
         c == '/';
}

// Loading remembers each name for ever, also those that do not exist: names that come from
// statements are looked up among the files first.
bool IsInDatabase(const std::string& name) {
  if (name.empty() || name.size() > kNameMax || name.front() == '/') return false;
  if (!std::ranges::all_of(name, IsNameCharacter)) return false;
  std::error_code error;
  return std::filesystem::is_regular_file(ZoneFolder() + "/" + name, error);
}

absl::CivilSecond CivilOf(std::int64_t local) {
  const CalendarDate date = CalendarDateOf(FloorDivide(local, kSecondsOfDay));
  const std::int64_t second = FloorModulo(local, kSecondsOfDay);
  return absl::CivilSecond(date.year, date.month, date.day, second / 3600, second / 60 % 60,
                           second % 60);
}

}  // namespace

absl::StatusOr<TimeZone> TimeZone::Parse(std::string_view text) {
  if (const auto offset = ReadOffset(text)) {
    if (std::abs(*offset) <= kOffsetMax) return TimeZone(*offset);
    return MakeError(ErrorCode::kQueryArgument,
                     absl::StrFormat("time zone \"%s\": offsets are -18:00 to +18:00", text),
                     "InvalidArgumentValue");
  }
  thread_local TimeZone last;
  if (!text.empty() && text == last.name_) return last;
  TimeZone zone;
  zone.name_ = std::string(text);
  std::ranges::replace(zone.name_, ' ', '_');
  if (IsInDatabase(zone.name_) && absl::LoadTimeZone(MainZoneOf(zone.name_), &zone.rules_))
    return last = zone;
  return MakeError(ErrorCode::kQueryArgument,
                   absl::StrFormat("there is no time zone \"%s\": write a name of the IANA "
                                   "database such as 'Asia/Tokyo', or an offset such as '+09:00'",
                                   Shortened(text)),
                   "InvalidArgumentValue");
}

std::int32_t TimeZone::OffsetAt(std::int64_t instant) const {
  if (name_.empty()) return offset_;
  return rules_.At(absl::FromUnixSeconds(instant)).offset;
}

TimeZone::Span TimeZone::SpanAt(std::int64_t instant) const {
  Span span;
  span.offset = OffsetAt(instant);
  if (name_.empty()) return span;
  // What clocks show before or behind a change, by the offset that holds there, is its instant.
  const auto seconds_of = [](absl::CivilSecond shown) { return shown - absl::CivilSecond(1970); };
  absl::TimeZone::CivilTransition change;
  if (rules_.NextTransition(absl::FromUnixSeconds(instant), &change))
    span.end = seconds_of(change.from) - span.offset;
  if (rules_.PrevTransition(absl::FromUnixSeconds(instant + 1), &change))
    span.begin = seconds_of(change.to) - span.offset;
  return span;
}

std::int32_t TimeZone::OffsetOfLocal(std::int64_t local, std::optional<std::int32_t> wanted) const {
  if (name_.empty()) return offset_;
  const absl::TimeZone::TimeInfo info = rules_.At(CivilOf(local));
  const auto before = static_cast<std::int32_t>(local - absl::ToUnixSeconds(info.pre));
  const auto after = static_cast<std::int32_t>(local - absl::ToUnixSeconds(info.post));
  const bool twice = info.kind == absl::TimeZone::TimeInfo::REPEATED;
  return twice && wanted == after ? after : before;
}

std::optional<std::int32_t> ReadOffset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  std::int32_t parts[3] = {};
  std::size_t count = 0;
  std::size_t at = 1;
  const bool colons = text.size() > 3 && text[3] == ':';
  while (at < text.size()) {
    if (count != 0 && colons && text[at++] != ':') return std::nullopt;
    if (count == 3 || text.size() - at < 2) return std::nullopt;
    for (const char c : text.substr(at, 2)) {
      if (c < '0' || c > '9') return std::nullopt;
      parts[count] = parts[count] * 10 + (c - '0');
    }
    if (count != 0 && parts[count] > 59) return std::nullopt;
    at += 2;
    ++count;
  }
  if (count == 0) return std::nullopt;
  const std::int32_t offset = parts[0] * 3600 + parts[1] * 60 + parts[2];
  return text.front() == '-' ? -offset : offset;
}

std::string OffsetText(std::int32_t offset) {
  if (offset == 0) return "Z";
  const std::int32_t size = std::abs(offset);
  std::string text =
      absl::StrFormat("%c%02d:%02d", offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
  if (size % 60 != 0) text += absl::StrFormat(":%02d", size % 60);
  return text;
}

}  // namespace kosei::language
