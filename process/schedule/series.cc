// A series from its text.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"
#include "schedule/content_line.h"
#include "schedule/series_parts.h"

namespace kosei::process {
namespace {

constexpr std::int64_t kMicrosOfSecond = 1'000'000;
constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr std::array<std::string_view, 6> kNames = {"DTSTART", "DTEND", "DURATION",
                                                    "RRULE",   "RDATE", "EXDATE"};

struct ReadTime {
  WrittenTime written;
  std::string zone;
  Timestamp instant;
};

class SeriesReader {
 public:
  explicit SeriesReader(std::string_view default_zone) : default_zone_(default_zone) {}

  // Puts each line where it belongs.
  absl::Status Sort(const std::vector<ContentLine>& lines);
  absl::Status ReadStart();
  absl::Status ReadLength();
  absl::Status ReadRule();
  absl::Status ReadDates();

  const ReadTime& start() const { return *start_; }
  std::int64_t days() const { return days_; }
  std::int64_t micros() const { return micros_; }
  std::optional<RecurrenceRule>& rule() { return rule_; }
  std::size_t rule_line() const { return rule_line_ == nullptr ? 0 : rule_line_->line; }
  std::vector<Timestamp>& added() { return added_; }
  std::vector<Timestamp>& excluded() { return excluded_; }

 private:
  absl::StatusOr<std::string> ZoneOf(const ContentLine& line) const;
  absl::StatusOr<ReadTime> Time(const ContentLine& line, std::string_view value) const;
  absl::Status ReadEnd();
  absl::Status ReadDuration();
  absl::Status Dates(const ContentLine& line, std::vector<Timestamp>& out);

  std::string default_zone_;
  const ContentLine* start_line_ = nullptr;
  const ContentLine* end_line_ = nullptr;
  const ContentLine* duration_line_ = nullptr;
  const ContentLine* rule_line_ = nullptr;
  std::vector<const ContentLine*> date_lines_;
  std::optional<ReadTime> start_;
  std::int64_t days_ = 0;
  std::int64_t micros_ = 0;
  std::optional<RecurrenceRule> rule_;
  std::vector<Timestamp> added_;
  std::vector<Timestamp> excluded_;
};

absl::Status SeriesReader::Sort(const std::vector<ContentLine>& lines) {
  for (const ContentLine& line : lines) {
    if (line.name == "RDATE" || line.name == "EXDATE") {
      date_lines_.push_back(&line);
      continue;
    }
    const ContentLine** place = line.name == "DTSTART"    ? &start_line_
                                : line.name == "DTEND"    ? &end_line_
                                : line.name == "DURATION" ? &duration_line_
                                : line.name == "RRULE"    ? &rule_line_
                                                          : nullptr;
    if (place == nullptr) {
      NearestName nearest(line.name);
      for (const std::string_view name : kNames) nearest.Offer(name);
      return LineError(line.line,
                       absl::StrFormat("%s is no property of a series%s; expected one of DTSTART, "
                                       "DTEND, DURATION, RRULE, RDATE and EXDATE",
                                       line.name, nearest.Suggestion()));
    }
    if (*place != nullptr) {
      return LineError(line.line, absl::StrFormat("%s is there twice, first in line %d; keep one, "
                                                  "or make a second series",
                                                  line.name, (*place)->line));
    }
    *place = &line;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> SeriesReader::ZoneOf(const ContentLine& line) const {
  std::string zone;
  for (const auto& [name, value] : line.parameters) {
    if (name == "TZID") {
      zone = value;
    } else if (name != "VALUE" || (value != "DATE" && value != "DATE-TIME")) {
      return LineError(line.line, absl::StrFormat("%s=%s is not known here; %s takes TZID=..., "
                                                  "VALUE=DATE and VALUE=DATE-TIME",
                                                  name, value, line.name));
    }
  }
  return zone;
}

absl::StatusOr<ReadTime> SeriesReader::Time(const ContentLine& line, std::string_view value) const {
  const std::optional<WrittenTime> written = ReadWrittenTime(value);
  if (!written.has_value()) {
    return LineError(line.line, absl::StrFormat("%s of %s is no date or time that exists; write "
                                                "20261206T010000, with Z behind it for UTC, or "
                                                "20261206",
                                                ShownPart(value), line.name));
  }
  KOSEI_ASSIGN_OR_RETURN(const std::string zone, ZoneOf(line));
  const auto is_date = std::pair<std::string, std::string>("VALUE", "DATE");
  const bool said_date =
      std::find(line.parameters.begin(), line.parameters.end(), is_date) != line.parameters.end();
  if (said_date && !written->is_date) {
    return LineError(line.line,
                     absl::StrFormat("%s says VALUE=DATE and has a time; take one of the "
                                     "two out",
                                     line.name));
  }
  if (written->is_utc && !zone.empty()) {
    return LineError(
        line.line,
        absl::StrFormat("%s has both TZID and Z; keep the one that is meant", line.name));
  }
  ReadTime time{*written, written->is_utc ? "Z" : zone.empty() ? default_zone_ : zone, {}};
  const auto clock = PlaceClock::Of(time.zone);
  if (!clock.ok()) {
    return LineError(line.line,
                     absl::StrFormat("TZID of %s: %s; write a zone of the IANA database, "
                                     "as in Asia/Tokyo",
                                     line.name, MessageOf(clock.status())));
  }
  const std::optional<Timestamp> instant = clock->InstantOf(written->seconds);
  if (!instant.has_value())
    return LineError(line.line, absl::StrFormat("%s is not from 1800 to 2299", line.name));
  time.instant = *instant;
  return time;
}

absl::Status SeriesReader::ReadStart() {
  if (start_line_ == nullptr) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "the series has no DTSTART; add when it first begins, as in "
                     "DTSTART;TZID=Asia/Tokyo:20261206T010000");
  }
  KOSEI_ASSIGN_OR_RETURN(start_, Time(*start_line_, start_line_->value));
  return absl::OkStatus();
}

absl::Status SeriesReader::ReadLength() {
  if (end_line_ != nullptr && duration_line_ != nullptr) {
    return LineError(duration_line_->line,
                     "the series has both DTEND and DURATION; keep one of them");
  }
  if (end_line_ != nullptr) return ReadEnd();
  if (duration_line_ != nullptr) return ReadDuration();
  if (!start_->written.is_date) {
    return LineError(start_line_->line,
                     "the series has neither DTEND nor DURATION; say how long a window is, as in "
                     "DURATION:PT4H");
  }
  days_ = 1;
  return absl::OkStatus();
}

absl::Status SeriesReader::ReadEnd() {
  KOSEI_ASSIGN_OR_RETURN(const ReadTime end, Time(*end_line_, end_line_->value));
  if (end.written.is_date != start_->written.is_date) {
    return LineError(
        end_line_->line,
        "one of DTSTART and DTEND has a time and the other has none; write both alike");
  }
  if (end.written.is_date) {
    days_ = (end.written.seconds - start_->written.seconds) / kSecondsOfDay;
  } else {
    micros_ = end.instant.micros - start_->instant.micros;
  }
  if (days_ > 0 || micros_ > 0) return absl::OkStatus();
  return LineError(
      end_line_->line,
      "DTEND does not come after DTSTART; of whole days it is the day behind the last");
}

absl::Status SeriesReader::ReadDuration() {
  const std::string& text = duration_line_->value;
  const auto duration = language::ReadDuration(text);
  const bool whole = duration.ok() && duration->months == 0 && duration->nanos == 0 &&
                     duration->days >= 0 && duration->seconds >= 0 &&
                     duration->days + duration->seconds > 0 && duration->days <= 3'660 &&
                     duration->seconds <= 3'660 * kSecondsOfDay;
  if (!whole) {
    return LineError(duration_line_->line,
                     absl::StrFormat("%s is no DURATION; write weeks, or days, hours, minutes and "
                                     "seconds in whole numbers above zero, as in PT4H or P2D",
                                     ShownPart(text)));
  }
  if (start_->written.is_date && duration->seconds != 0) {
    return LineError(duration_line_->line,
                     "DTSTART is a date and DURATION has a time; give DTSTART a time, or write "
                     "whole days");
  }
  days_ = duration->days;
  micros_ = duration->seconds * kMicrosOfSecond;
  return absl::OkStatus();
}

absl::Status SeriesReader::ReadRule() {
  if (rule_line_ == nullptr) return absl::OkStatus();
  const std::size_t line = rule_line_->line;
  KOSEI_ASSIGN_OR_RETURN(rule_,
                         ReadRecurrenceRule(rule_line_->value, line, start_->written.is_date));
  KOSEI_ASSIGN_OR_RETURN(RuleSteps steps, RuleSteps::Begin(*rule_, start_->written, line));
  const std::optional<std::int64_t> first = steps.Next();
  if (first == start_->written.seconds) return absl::OkStatus();
  if (!first.has_value())
    return LineError(line, "RRULE has no day at all; look at how its parts go together");
  return LineError(
      line,
      absl::StrFormat("DTSTART is not one of the rule's times, whose first is %s; begin there",
                      TextOf(language::LocalDateTime{*first, 0})));
}

absl::Status SeriesReader::Dates(const ContentLine& line, std::vector<Timestamp>& out) {
  std::string_view rest = line.value;
  for (;;) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    KOSEI_ASSIGN_OR_RETURN(const ReadTime time, Time(line, rest.substr(0, end)));
    if (time.written.is_date != start_->written.is_date) {
      return LineError(line.line,
                       absl::StrFormat("one of DTSTART and %s has a time and the other has none; "
                                       "write both alike",
                                       line.name));
    }
    out.push_back(time.instant);
    if (added_.size() + excluded_.size() > kSeriesDatesMax) {
      return LineError(line.line, absl::StrFormat("more than %d dates in RDATE and EXDATE; use a "
                                                  "rule, or several series",
                                                  kSeriesDatesMax));
    }
    if (end == rest.size()) return absl::OkStatus();
    rest.remove_prefix(end + 1);
  }
}

absl::Status SeriesReader::ReadDates() {
  for (const ContentLine* line : date_lines_) {
    KOSEI_RETURN_IF_ERROR(Dates(*line, line->name == "RDATE" ? added_ : excluded_));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Series> Series::Parse(std::string_view text, std::string_view default_zone) {
  if (text.size() > kSeriesTextBytesMax) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("the series has %d bytes, expected at most %d; use a rule "
                                     "instead of dates, or several series",
                                     text.size(), kSeriesTextBytesMax));
  }
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ContentLine> lines, ReadContentLines(text));
  SeriesReader reader(default_zone);
  KOSEI_RETURN_IF_ERROR(reader.Sort(lines));
  KOSEI_RETURN_IF_ERROR(reader.ReadStart());
  KOSEI_RETURN_IF_ERROR(reader.ReadLength());
  KOSEI_RETURN_IF_ERROR(reader.ReadRule());
  KOSEI_RETURN_IF_ERROR(reader.ReadDates());
  KOSEI_ASSIGN_OR_RETURN(PlaceClock clock, PlaceClock::Of(reader.start().zone));
  return Series(std::make_shared<const Parts>(Parts{
      .zone = reader.start().zone,
      .clock = std::move(clock),
      .start = reader.start().written,
      .first = reader.start().instant,
      .days = reader.days(),
      .micros = reader.micros(),
      .rule = std::move(reader.rule()),
      .rule_line = reader.rule_line(),
      .added = std::move(reader.added()),
      .excluded = {reader.excluded().begin(), reader.excluded().end()},
  }));
}

const std::string& Series::zone() const { return parts_->zone; }

}  // namespace kosei::process
