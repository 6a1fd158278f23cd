#include "schedule/local_time.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/datum.h"

namespace kosei::process {
namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr std::int64_t kMicrosOfSecond = 1'000'000;

// Of digits alone.
std::int64_t NumberOf(std::string_view digits) {
  std::int64_t number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool AreDigits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<WrittenTime> ReadWrittenTime(std::string_view text) {
  WrittenTime time;
  time.is_utc = text.size() == 16 && text.ends_with('Z');
  if (time.is_utc) text.remove_suffix(1);
  time.is_date = text.size() == 8;
  if (!time.is_date && (text.size() != 15 || text[8] != 'T')) return std::nullopt;
  const std::string_view date = text.substr(0, 8);
  if (!AreDigits(date)) return std::nullopt;
  const auto day = ParseDate(
      absl::StrFormat("%s-%s-%s", date.substr(0, 4), date.substr(4, 2), date.substr(6, 2)));
  if (!day.ok()) return std::nullopt;
  time.seconds = *day * kSecondsOfDay;
  if (time.seconds < language::WorkingCalendar::kFirstSecond ||
      time.seconds >= language::WorkingCalendar::kEndSecond) {
    return std::nullopt;
  }
  if (time.is_date) return time;
  const std::string_view clock = text.substr(9);
  if (!AreDigits(clock)) return std::nullopt;
  const std::int64_t hour = NumberOf(clock.substr(0, 2));
  const std::int64_t minute = NumberOf(clock.substr(2, 2));
  const std::int64_t second = NumberOf(clock.substr(4, 2));
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  time.seconds += hour * 3'600 + minute * 60 + second;
  return time;
}

absl::StatusOr<PlaceClock> PlaceClock::Of(std::string_view zone) {
  KOSEI_ASSIGN_OR_RETURN(auto calendar, language::WorkingCalendar::Make(
                                            {.zone = std::string(zone), .week = {}, .days = {}}));
  return PlaceClock(std::move(calendar));
}

std::optional<Timestamp> PlaceClock::InstantOf(std::int64_t local_seconds) const {
  const auto instant =
      calendar_.InstantOf(language::Datum::Of(language::LocalDateTime{local_seconds, 0}));
  const bool known = instant.ok() && instant->seconds >= language::WorkingCalendar::kFirstSecond &&
                     instant->seconds < language::WorkingCalendar::kEndSecond;
  if (!known) return std::nullopt;
  return Timestamp{instant->seconds * kMicrosOfSecond};
}

std::int64_t PlaceClock::ShownAt(Timestamp instant) const {
  const std::int64_t rest = instant.micros % kMicrosOfSecond;
  const std::int64_t seconds =
      (instant.micros - (rest < 0 ? rest + kMicrosOfSecond : rest)) / kMicrosOfSecond;
  const auto shown = calendar_.After(language::DateTime{seconds, 0}, {});
  return shown.ok() ? seconds + shown->offset : seconds;
}

std::optional<Timestamp> PlaceClock::InstantThatShows(std::int64_t local_seconds) const {
  std::optional<Timestamp> instant = InstantOf(local_seconds);
  if (instant.has_value() && ShownAt(*instant) != local_seconds) instant.reset();
  return instant;
}

}  // namespace kosei::process
