// Why a target stands as it does, interval by interval, and whose time it was.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "clock/calendar_parts.h"
#include "clock/target_run.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {
namespace {

model::Label OwnerLabel(PauseOwner owner) {
  switch (owner) {
    case PauseOwner::kCustomer:
      return {"the customer", "顧客"};
    case PauseOwner::kSupplier:
      return {"a supplier", "供給者"};
    case PauseOwner::kProvider:
      return {"the provider", "提供者"};
    case PauseOwner::kPlannedChange:
      return {"a planned change", "計画された変更"};
  }
  return {"somebody", "不明"};
}

model::Label PauseLabel(const Stretch& stretch, bool refused) {
  const model::Label owner = OwnerLabel(stretch.owner);
  model::Label why;
  why.en = absl::StrFormat("waiting for %s", owner.en);
  why.ja = absl::StrFormat("%s待ち", owner.ja);
  if (!stretch.reason.empty()) {
    why.en += absl::StrFormat(" (%s)", stretch.reason);
    why.ja += absl::StrFormat("（%s）", stretch.reason);
  }
  if (refused) {
    why.en += ", which the agreement does not grant";
    why.ja += "：合意では停止を認めない";
  }
  return why;
}

model::Label SpanLabel(const CalendarSpan& span) {
  model::Label why;
  switch (span.kind) {
    case SpanKind::kWorked:
      why = {"counted", "計測"};
      break;
    case SpanKind::kOutsideHours:
      why = {"outside working hours", "営業時間外"};
      break;
    case SpanKind::kDayOff:
      why = {"a day of the week without work", "定休日"};
      break;
    case SpanKind::kHoliday:
      why = {"a holiday", "休日"};
      break;
  }
  if (span.name == nullptr) return why;
  return {absl::StrFormat("%s: %s", why.en, span.name->en),
          absl::StrFormat("%s：%s", why.ja, span.name->ja)};
}

model::Label WhyNot(const Run& run) {
  const Stretch& stretch = *run.stretch;
  switch (run.reason) {
    case IntervalReason::kPaused:
      return PauseLabel(stretch, false);
    case IntervalReason::kStateDoesNotCount:
      return {absl::StrFormat("the state %s does not count", stretch.state),
              absl::StrFormat("状態%sは計測の対象外", stretch.state)};
    case IntervalReason::kOtherParty:
      if (stretch.party.empty()) return {"nobody has the ticket", "担当なし"};
      return {absl::StrFormat("%s has the ticket", stretch.party),
              absl::StrFormat("担当：%s", stretch.party)};
    case IntervalReason::kStopped:
    case IntervalReason::kCounted:
    case IntervalReason::kPauseRefused:
    case IntervalReason::kOutsideHours:
    case IntervalReason::kDayOff:
    case IntervalReason::kHoliday:
      break;
  }
  return {"resolved", "解決済み"};
}

IntervalReason ReasonOf(SpanKind kind) {
  switch (kind) {
    case SpanKind::kWorked:
      break;
    case SpanKind::kOutsideHours:
      return IntervalReason::kOutsideHours;
    case SpanKind::kDayOff:
      return IntervalReason::kDayOff;
    case SpanKind::kHoliday:
      return IntervalReason::kHoliday;
  }
  return IntervalReason::kCounted;
}

class Explainer {
 public:
  Explainer(const TargetRun& run, const Basis& basis, Explanation& out)
      : run_(run), basis_(basis), out_(out) {}

  absl::Status Run(Timestamp at);

 private:
  Interval Part(const process::Run& run, Timestamp from, Timestamp to) const;
  absl::Status Counted(const process::Run& run);
  void Add(Interval interval);

  const TargetRun& run_;
  const Basis& basis_;
  Explanation& out_;
  std::map<std::string, std::int64_t, std::less<>> parties_;
};

Interval Explainer::Part(const process::Run& run, Timestamp from, Timestamp to) const {
  Interval interval;
  interval.from = from;
  interval.to = to;
  interval.state = run.stretch->state;
  interval.party = run.stretch->party;
  interval.reason = run.reason;
  interval.owner = run.stretch->owner;
  return interval;
}

void Explainer::Add(Interval interval) {
  if (interval.counted) parties_[interval.party] += interval.to.micros - interval.from.micros;
  if (!out_.intervals.empty()) {
    Interval& last = out_.intervals.back();
    const bool same = last.reason == interval.reason && last.counted == interval.counted &&
                      last.state == interval.state && last.party == interval.party &&
                      last.why.en == interval.why.en && last.why.ja == interval.why.ja;
    if (same) {
      last.to = interval.to;
      return;
    }
  }
  out_.intervals.push_back(std::move(interval));
}

// What the calendar works of it, and what it does not.
absl::Status Explainer::Counted(const process::Run& run) {
  const auto visit = [&](const CalendarSpan& span) {
    Interval interval = Part(run, span.from, span.to);
    interval.counted = span.kind == SpanKind::kWorked;
    if (!interval.counted) interval.reason = ReasonOf(span.kind);
    const bool refused = interval.reason == IntervalReason::kPauseRefused;
    interval.why = refused ? PauseLabel(*run.stretch, true) : SpanLabel(span);
    Add(std::move(interval));
  };
  if (!basis_.works_around_the_clock())
    return basis_.calendar().ForEachSpan(run.from, run.to, visit);
  visit({run.from, run.to, SpanKind::kWorked, nullptr});
  return absl::OkStatus();
}

absl::Status Explainer::Run(Timestamp at) {
  const Timestamp stop = run_.EndAt(at);
  for (process::Run run : run_.runs) {
    run.to = std::min(run.to, at);
    if (run.from >= run.to) continue;
    // An answer stops the clock, though the ticket goes on.
    process::Run behind = run;
    behind.from = std::max(run.from, stop);
    run.to = std::min(run.to, stop);
    if (run.from < run.to && run.runs) {
      KOSEI_RETURN_IF_ERROR(Counted(run));
    } else if (run.from < run.to) {
      Interval interval = Part(run, run.from, run.to);
      interval.why = WhyNot(run);
      Add(std::move(interval));
      if (run.reason == IntervalReason::kPaused) {
        KOSEI_ASSIGN_OR_RETURN(const std::int64_t here, basis_.Between(run.from, run.to));
        out_.paused.at(static_cast<std::size_t>(run.stretch->owner)) += here;
      }
    }
    if (behind.from >= behind.to) continue;
    Interval interval = Part(behind, behind.from, behind.to);
    interval.reason = IntervalReason::kStopped;
    interval.why =
        behind.stretch->stopped ? WhyNot(behind) : model::Label{"answered before", "応答済み"};
    Add(std::move(interval));
  }
  for (auto& [party, counted] : parties_) out_.parties.push_back({party, counted});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Explanation> ExplainTarget(const Ticket& ticket, const ServiceBook& book,
                                          std::string_view agreement, TargetKind kind,
                                          Timestamp at) {
  KOSEI_RETURN_IF_ERROR(CheckInstant(at));
  KOSEI_ASSIGN_OR_RETURN(const Timeline timeline, TimelineOf(ticket, at));
  const Agreement* found = book.Find(agreement);
  const bool governs =
      found != nullptr && (found->name == timeline.agreement || found->under == timeline.agreement);
  if (!governs || timeline.stretches.empty()) {
    return MakeError(
        ErrorCode::kNotFound,
        absl::StrFormat("agreement %s does not govern ticket %s at %s; attached is \"%s\"",
                        agreement, ticket.id, FormatTimestamp(at), timeline.agreement));
  }
  KOSEI_RETURN_IF_ERROR(CheckInstant(timeline.stretches.front().from));
  const TargetRun run = LayOut(*found, kind, timeline, at);
  Explanation explanation;
  explanation.state = StateOf(run, kind, book.calendars(), at);
  if (explanation.state.verdict == Verdict::kError || run.target == nullptr) return explanation;
  const Basis basis(*book.calendars().Find(run.version->calendar), run.target->measure.kind);
  KOSEI_RETURN_IF_ERROR(Explainer(run, basis, explanation).Run(at));
  return explanation;
}

}  // namespace kosei::process
