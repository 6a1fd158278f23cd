#include "clock/target_run.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

// The newest version in force; nullptr when the first one is still to come or the end has passed.
const AgreementVersion* VersionAt(const Agreement& agreement, Timestamp at) {
  if (agreement.ends.has_value() && at >= *agreement.ends) return nullptr;
  const auto after =
      std::ranges::upper_bound(agreement.versions, at, {}, &AgreementVersion::effective_from);
  return after == agreement.versions.begin() ? nullptr : &*(after - 1);
}

bool Contains(const std::vector<std::string>& states, std::string_view state) {
  return std::ranges::find(states, state) != states.end();
}

bool IsNested(const Agreement& agreement) { return agreement.level != AgreementLevel::kCustomer; }

class Layout {
 public:
  Layout(const Agreement& agreement, TargetKind kind, const Timeline& timeline, Timestamp at)
      : agreement_(agreement), kind_(kind), stretches_(timeline.stretches), at_(at) {
    run_.agreement = &agreement;
  }

  TargetRun Make();

 private:
  // The version that governs at a stretch.
  const AgreementVersion* VersionFor(const Stretch& stretch) const {
    if (first_->choice == VersionChoice::kAtOpening) return first_;
    return VersionAt(agreement_, stretch.from);
  }
  bool IsAnswer(const Stretch& stretch) const;
  void FindStop();
  bool IsInForce();
  Run RunOf(const Stretch& stretch) const;

  const Agreement& agreement_;
  TargetKind kind_;
  const std::vector<Stretch>& stretches_;
  Timestamp at_;
  std::vector<Stretch>::const_iterator begin_;  // where the clock starts
  const AgreementVersion* first_ = nullptr;     // in force at the start
  TargetRun run_;
};

bool Layout::IsAnswer(const Stretch& stretch) const {
  if (stretch.stopped) return true;
  if (IsNested(agreement_) && stretch.party != agreement_.party) return false;
  if (!IsNested(agreement_) && stretch.assigned) return true;
  const AgreementVersion* version = VersionFor(stretch);
  return version != nullptr && Contains(version->responded_states, stretch.state);
}

// An answer is given once; a resolution may be taken back.
void Layout::FindStop() {
  run_.governing = &stretches_.back();
  if (kind_ == TargetKind::kRespond) {
    const auto answer = std::find_if(begin_, stretches_.end(),
                                     [this](const Stretch& each) { return IsAnswer(each); });
    if (answer == stretches_.end()) return;
    run_.stop = answer->from;
    run_.governing = &*answer;
    return;
  }
  if (!stretches_.back().stopped) return;
  auto resolution = stretches_.end() - 1;
  while (resolution != begin_ && (resolution - 1)->stopped) --resolution;
  run_.stop = resolution->from;
  run_.governing = &*resolution;
}

bool Layout::IsInForce() {
  if (first_ == nullptr) {
    const bool ended = agreement_.ends.has_value() && *run_.start >= *agreement_.ends;
    run_.error = absl::StrFormat(
        "agreement %s %s when its clock started, at %s; attach one that is in force, or mend %s",
        agreement_.name,
        ended ? absl::StrFormat("had ended, at %s,", FormatTimestamp(*agreement_.ends))
              : absl::StrFormat("was not yet in force (it is from %s on)",
                                FormatTimestamp(agreement_.versions.front().effective_from)),
        FormatTimestamp(*run_.start), ended ? "its end" : "the date of its first version");
    return false;
  }
  if (!agreement_.ends.has_value()) return true;
  const bool over = run_.stop.has_value() ? *run_.stop > *agreement_.ends : at_ >= *agreement_.ends;
  if (!over) return true;
  run_.error = absl::StrFormat(
      "agreement %s ended at %s while the clock was not stopped, and none follows it; extend it, "
      "give it a version, or attach another agreement to the ticket",
      agreement_.name, FormatTimestamp(*agreement_.ends));
  return false;
}

Run Layout::RunOf(const Stretch& stretch) const {
  Run run{stretch.from, stretch.to, false, IntervalReason::kStopped, &stretch};
  if (stretch.stopped) return run;
  if (IsNested(agreement_) && stretch.party != agreement_.party) {
    run.reason = IntervalReason::kOtherParty;
    return run;
  }
  run.runs = true;
  run.reason = IntervalReason::kCounted;
  if (run_.target != nullptr && run_.target->measure.kind == MeasureKind::kDate) return run;
  const std::vector<std::string>& counted = run_.version->counted_states;
  if (!counted.empty() && !Contains(counted, stretch.state)) {
    run.runs = false;
    run.reason = IntervalReason::kStateDoesNotCount;
    return run;
  }
  if (stretch.paused) {
    run.runs = !IsGranted(*run_.version, stretch.owner, stretch.reason);
    run.reason = run.runs ? IntervalReason::kPauseRefused : IntervalReason::kPaused;
  }
  return run;
}

TargetRun Layout::Make() {
  begin_ = std::ranges::find_if(stretches_, [this](const Stretch& each) {
    return !IsNested(agreement_) || each.party == agreement_.party;
  });
  if (begin_ == stretches_.end()) return run_;
  run_.start = begin_->from;
  first_ = VersionAt(agreement_, *run_.start);
  if (first_ == nullptr) {
    IsInForce();
    return run_;
  }
  FindStop();
  if (!IsInForce()) return run_;
  run_.version = first_;
  if (first_->choice == VersionChoice::kFollow)
    run_.version = VersionAt(agreement_, run_.EndAt(at_));
  // Stopped at the very end: the last one governs.
  if (run_.version == nullptr) run_.version = &agreement_.versions.back();
  run_.target =
      FindTarget(*run_.version, kind_, run_.governing->priority, run_.governing->request_type);
  for (auto each = begin_; each != stretches_.end(); ++each) {
    if (each->from < each->to) run_.runs.push_back(RunOf(*each));
  }
  return run_;
}

}  // namespace

TargetRun LayOut(const Agreement& agreement, TargetKind kind, const Timeline& timeline,
                 Timestamp at) {
  return Layout(agreement, kind, timeline, at).Make();
}

absl::StatusOr<std::optional<Timestamp>> Reach(const std::vector<Run>& runs, const Basis& basis,
                                               std::int64_t need, Timestamp not_before) {
  std::optional<Timestamp> reached;
  for (const Run& run : runs) {
    if (!run.runs) continue;
    const bool open = run.to == kEndOfTime;
    std::int64_t here = 0;
    if (!open) {
      KOSEI_ASSIGN_OR_RETURN(here, basis.Between(run.from, run.to));
    }
    if (open || here >= need) {
      KOSEI_ASSIGN_OR_RETURN(const Timestamp at,
                             basis.After(run.from, std::max<std::int64_t>(0, need)));
      const Timestamp allowed = std::max(at, not_before);
      if (open || allowed <= run.to) {
        reached = allowed;
        return reached;
      }
    }
    need -= here;
  }
  return reached;
}

}  // namespace kosei::process
