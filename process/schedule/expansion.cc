// The windows of a series within a span.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"
#include "schedule/series_parts.h"

namespace kosei::process {
namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;

std::string InZone(Timestamp instant, std::string_view zone) {
  const auto time = language::DateTimeOf(instant, zone);
  return time.ok() ? TextOf(*time) : FormatTimestamp(instant);
}

// Whether a time of the rule comes behind its UNTIL.
bool IsBehind(const WrittenTime& until, std::int64_t local, Timestamp instant) {
  if (!until.is_utc) return local > until.seconds;
  return instant.micros > until.seconds * 1'000'000;
}

}  // namespace

std::optional<Occurrence> Series::Parts::WindowFrom(Timestamp from) const {
  Timestamp to = from;
  if (days > 0) {
    const auto day = clock.InstantOf(clock.ShownAt(from) + days * kSecondsOfDay);
    if (!day.has_value()) return std::nullopt;
    to = *day;
  }
  to.micros += micros;
  return Occurrence{from, to};
}

absl::StatusOr<std::vector<Occurrence>> Series::Expand(Timestamp from, Timestamp to,
                                                       std::size_t limit) const {
  const Parts& parts = *parts_;
  std::vector<Occurrence> windows;
  const auto offer = [&](Timestamp begin) -> absl::Status {
    if (begin >= to || parts.excluded.contains(begin)) return absl::OkStatus();
    const std::optional<Occurrence> window = parts.WindowFrom(begin);
    if (!window.has_value() || window->to <= from) return absl::OkStatus();
    windows.push_back(*window);
    // Dates that are added may be the rule's as well: counted exactly at the end.
    if (windows.size() <= limit + parts.added.size()) return absl::OkStatus();
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("the series has more than %d windows, up to %s already; ask "
                                     "for a shorter span",
                                     limit, InZone(begin, parts.zone)));
  };
  KOSEI_RETURN_IF_ERROR(offer(parts.first));
  if (parts.rule.has_value()) {
    KOSEI_ASSIGN_OR_RETURN(RuleSteps steps,
                           RuleSteps::Begin(*parts.rule, parts.start, parts.rule_line));
    steps.Next();  // DTSTART
    std::int64_t counted = 1;
    for (std::size_t step = 0;; ++step) {
      if (parts.rule->count.has_value() && counted >= *parts.rule->count) break;
      const std::optional<std::int64_t> local = steps.Next();
      if (!local.has_value()) break;
      if (step >= kRuleStepsMax) {
        return MakeError(
            ErrorCode::kOutOfRange,
            absl::StrFormat("the rule takes more than %d steps, up to %s; let a newer "
                            "series begin later",
                            kRuleStepsMax, TextOf(language::LocalDateTime{*local, 0})));
      }
      const std::optional<Timestamp> begin = parts.clock.InstantThatShows(*local);
      if (!begin.has_value()) continue;
      if (*begin >= to) break;
      if (parts.rule->until.has_value() && IsBehind(*parts.rule->until, *local, *begin)) break;
      ++counted;
      KOSEI_RETURN_IF_ERROR(offer(*begin));
    }
  }
  for (const Timestamp added : parts.added) KOSEI_RETURN_IF_ERROR(offer(added));
  std::ranges::sort(windows, {}, &Occurrence::from);
  windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
  if (windows.size() > limit) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("the series has more than %d windows from %s to %s; ask for a "
                                     "shorter span",
                                     limit, InZone(from, parts.zone), InZone(to, parts.zone)));
  }
  return windows;
}

absl::Status CheckApart(std::span<const Occurrence> windows, std::string_view zone) {
  for (std::size_t i = 1; i < windows.size(); ++i) {
    if (windows[i].from >= windows[i - 1].to) continue;
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("windows of the series overlap: one from %s to %s and the next from %s on; "
                        "make them shorter, or further apart",
                        InZone(windows[i - 1].from, zone), InZone(windows[i - 1].to, zone),
                        InZone(windows[i].from, zone)));
  }
  return absl::OkStatus();
}

}  // namespace kosei::process
