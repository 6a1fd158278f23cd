// From what the clock did to a verdict.
#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "clock/calendar_parts.h"
#include "clock/target_run.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {
namespace {

using Wide = __int128;

struct VerdictWords {
  std::string_view name;
  model::Label label;
};

const VerdictWords& WordsOf(Verdict verdict) {
  static const std::array<VerdictWords, 9> words = {{
      {"", {}},
      {"no_target", {"No target", "目標なし"}},
      {"not_started", {"Not started", "未開始"}},
      {"running", {"Running", "計測中"}},
      {"paused", {"Paused", "停止中"}},
      {"met", {"Met", "達成"}},
      {"missed", {"Missed", "超過"}},
      {"met_late", {"Done late", "遅延完了"}},
      {"error", {"No verdict", "判定不能"}},
  }};
  return words.at(static_cast<std::size_t>(verdict));
}

// The runs up to `end`; the last one goes on for ever when the clock runs there, and when `on` says
// that it is taken to.
std::vector<Run> RunsUntil(const std::vector<Run>& runs, Timestamp end, bool on) {
  std::vector<Run> cut;
  bool running = false;
  for (const Run& run : runs) {
    if (run.from > end) break;
    if (run.from == end) {
      running = run.runs;
      break;
    }
    cut.push_back(run);
    cut.back().to = std::min(run.to, end);
    running = run.runs && run.to > end;
  }
  if (on || running) cut.push_back({.from = end, .to = kEndOfTime, .runs = true});
  return cut;
}

absl::Status FillTimes(const TargetRun& run, const Basis& basis, Timestamp at, TargetState& state) {
  const Timestamp end = run.EndAt(at);
  const Measure& measure = run.target->measure;
  const std::vector<Run> runs = RunsUntil(run.runs, end, run.stop.has_value());
  const bool goes_on = !runs.empty() && runs.back().to == kEndOfTime;
  KOSEI_ASSIGN_OR_RETURN(const Goal goal, GoalOf(measure, basis, *run.start));
  state.given = goal.given;
  for (const Run& each : runs) {
    if (!each.runs || each.to == kEndOfTime) continue;
    KOSEI_ASSIGN_OR_RETURN(const std::int64_t here, basis.Between(each.from, each.to));
    state.counted += here;
  }
  state.remaining = state.given - state.counted;
  state.percent_hundredths =
      state.given == 0 ? 10'000
                       : static_cast<std::int64_t>(Wide{state.counted} * 10'000 / state.given);
  const auto reach = [&](std::int64_t need, Timestamp not_before) {
    return Reach(runs, basis, need, not_before);
  };
  if (measure.kind == MeasureKind::kDate) {
    state.deadline = measure.date;
  } else {
    KOSEI_ASSIGN_OR_RETURN(state.deadline, reach(goal.given, goal.not_before.value_or(*run.start)));
  }
  for (const std::int32_t percent : run.target->warn_percent) {
    const auto need = static_cast<std::int64_t>((Wide{goal.given} * percent + 99) / 100);
    Warning warning{.percent = percent};
    KOSEI_ASSIGN_OR_RETURN(warning.at, reach(need, *run.start));
    warning.reached = warning.at.has_value() && *warning.at <= end;
    state.warnings.push_back(warning);
  }
  const bool passed = state.deadline.has_value() && *state.deadline < end;
  if (run.stop.has_value()) {
    state.verdict = passed ? Verdict::kMetLate : Verdict::kMet;
  } else if (passed) {
    state.verdict = Verdict::kMissed;
  } else {
    state.verdict = goes_on ? Verdict::kRunning : Verdict::kPaused;
  }
  return absl::OkStatus();
}

TargetState Unknown(std::string_view agreement) {
  TargetState state;
  state.agreement = agreement;
  state.verdict = Verdict::kError;
  state.error = absl::StrFormat(
      "there is no agreement \"%s\", which is attached to the ticket; define it, or attach another",
      agreement);
  return state;
}

}  // namespace

std::string_view NameOf(Verdict verdict) { return WordsOf(verdict).name; }
const model::Label& LabelOf(Verdict verdict) { return WordsOf(verdict).label; }

TargetState StateOf(const TargetRun& run, TargetKind kind, const CalendarBook& calendars,
                    Timestamp at) {
  TargetState state;
  state.agreement = run.agreement->name;
  state.level = run.agreement->level;
  state.party = run.agreement->party;
  state.kind = kind;
  state.started = run.start;
  state.stopped = run.stop;
  state.error = run.error;
  if (!run.error.empty()) {
    state.verdict = Verdict::kError;
    return state;
  }
  if (!run.start.has_value()) {
    state.verdict = Verdict::kNotStarted;
    return state;
  }
  state.priority = run.governing->priority;
  state.calendar = run.version->calendar;
  if (run.target == nullptr) return state;
  const Calendar* calendar = calendars.Find(run.version->calendar);
  if (calendar == nullptr) {
    state.verdict = Verdict::kError;
    state.error = absl::StrFormat("there is no calendar \"%s\"; define it", state.calendar);
    return state;
  }
  const Basis basis(*calendar, run.target->measure.kind);
  if (const absl::Status filled = FillTimes(run, basis, at, state); !filled.ok()) {
    state.verdict = Verdict::kError;
    state.error = MessageOf(filled);
  }
  return state;
}

absl::StatusOr<std::vector<TargetState>> JudgeTicket(const Ticket& ticket, const ServiceBook& book,
                                                     Timestamp at) {
  KOSEI_RETURN_IF_ERROR(CheckInstant(at));
  KOSEI_ASSIGN_OR_RETURN(const Timeline timeline, TimelineOf(ticket, at));
  std::vector<TargetState> states;
  if (timeline.agreement.empty() || timeline.stretches.empty()) return states;
  KOSEI_RETURN_IF_ERROR(CheckInstant(timeline.stretches.front().from));
  const Agreement* top = book.Find(timeline.agreement);
  if (top == nullptr) {
    states.push_back(Unknown(timeline.agreement));
    return states;
  }
  std::vector<const Agreement*> all = book.Under(top->name);
  all.insert(all.begin(), top);
  for (const Agreement* agreement : all) {
    for (const TargetKind kind : {TargetKind::kRespond, TargetKind::kResolve}) {
      states.push_back(StateOf(LayOut(*agreement, kind, timeline, at), kind, book.calendars(), at));
    }
  }
  return states;
}

std::optional<Timestamp> NextInstant(std::span<const TargetState> states, Timestamp after) {
  std::optional<Timestamp> next;
  const auto offer = [&](const std::optional<Timestamp>& instant) {
    if (instant.has_value() && *instant > after) next = std::min(next.value_or(*instant), *instant);
  };
  for (const TargetState& state : states) {
    if (state.verdict != Verdict::kRunning && state.verdict != Verdict::kPaused) continue;
    offer(state.deadline);
    for (const Warning& warning : state.warnings) offer(warning.at);
  }
  return next;
}

}  // namespace kosei::process
