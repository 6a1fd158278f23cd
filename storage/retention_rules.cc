#include "retention_rules.h"

#include <algorithm>
#include <span>
#include <utility>

#include "commit_log.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "plan_overlay.h"
#include "retention_book.h"

namespace kosei::storage {
namespace {

std::vector<ValidInterval> RowOf(std::span<const StatedVersion> newest_first) {
  std::vector<ValidInterval> row;
  row.reserve(newest_first.size());
  for (const StatedVersion& version : newest_first) row.push_back(version.valid);
  return row;
}

// The versions that were known at a commit: those from the answer on.
std::size_t KnownFrom(std::span<const StatedVersion> newest_first, CommitNumber commit) {
  const auto known =
      std::find_if(newest_first.begin(), newest_first.end(),
                   [commit](const StatedVersion& one) { return one.begin <= commit; });
  return static_cast<std::size_t>(known - newest_first.begin());
}

// What of one record follows from its versions alone.
struct Course {
  std::vector<bool> in_force;         // now or planned
  std::vector<Timestamp> superseded;  // since when no present View shows it
  bool ended = true;
  Timestamp ended_since;
  bool dated = false;
};

Course CourseOf(const std::vector<StatedVersion>& versions, Timestamp now) {
  Course course;
  course.in_force.assign(versions.size(), false);
  course.superseded.assign(versions.size(), kBeginningOfTime);
  course.ended_since = versions.front().time;
  course.dated = std::any_of(versions.begin(), versions.end(), [](const StatedVersion& one) {
    return one.valid.to != kEndOfTime || one.valid.from != one.time;
  });
  const std::vector<ValidInterval> row = RowOf(versions);
  for (const ValidSegment& segment : SegmentsOf(row, {})) {
    const StatedVersion& version = versions[segment.statement];
    Timestamp& superseded = course.superseded[segment.statement];
    superseded = std::max(superseded, segment.valid.to);
    if (segment.valid.to > now) {
      course.in_force[segment.statement] = true;
      course.ended = course.ended && version.ended;
    }
    if (!version.ended) course.ended_since = segment.valid.to;  // the last one counts
  }
  for (std::size_t i = 0; i < versions.size(); ++i) {
    Timestamp& superseded = course.superseded[i];
    // What no instant shows any more was hidden by one of the later statements.
    const bool hidden = superseded == kBeginningOfTime;
    if (hidden && course.dated) superseded = versions.front().time;
    if (i > 0) superseded = std::max(superseded, versions[i - 1].time);
  }
  return course;
}

}  // namespace

absl::StatusOr<PlanPins> ReadPlanPins(const Store& store) {
  PlanPins pins;
  absl::flat_hash_map<CommitNumber, Timestamp> times;
  const auto time_of = [&](CommitNumber commit) -> absl::StatusOr<Timestamp> {
    const auto known = times.find(commit);
    if (known != times.end()) return known->second;
    if (commit == kNoCommit) return kBeginningOfTime;
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit decoded, ReadCommit(*store.database, commit));
    times[commit] = decoded.info.time;
    return decoded.info.time;
  };
  for (const PlanInfo& plan : store.plans->List()) {
    if (plan.state != PlanState::kOpen || plan.steps == 0) continue;
    const auto overlay = store.plans->Overlay(plan.number);
    if (HasCode(overlay.status(), ErrorCode::kUnknownPlan)) continue;  // dropped meanwhile
    KOSEI_RETURN_IF_ERROR(overlay.status());
    for (const auto& [node, edit] : (*overlay)->records()) {
      std::set<CommitNumber> commits{plan.base, edit.origin.known};
      for (const AttributeEdit& set : edit.sets) commits.insert(set.origin.known);
      for (const CommitNumber commit : commits) {
        if (commit < plan.base) continue;
        KOSEI_ASSIGN_OR_RETURN(pins[node][commit], time_of(commit));
      }
    }
  }
  return pins;
}

RetentionRules::RetentionRules(const model::Schema& schema, Timestamp now,
                               std::vector<RetentionPolicy> policies,
                               const std::vector<LegalHold>& holds,
                               const std::vector<Baseline>& baselines)
    : schema_(schema), now_(now), policies_(std::move(policies)) {
  for (const LegalHold& hold : holds) {
    if (hold.dropped) continue;
    for (const std::string& key : hold.keys) held_keys_.emplace(key, hold.name);
    if (hold.class_number.value != 0) held_classes_.emplace_back(hold.class_number, hold.name);
  }
  for (const Baseline& baseline : baselines) baselines_.push_back(baseline.view);
}

absl::StatusOr<RetentionRules> RetentionRules::Read(const Store& store) {
  KOSEI_ASSIGN_OR_RETURN(std::vector<RetentionPolicy> policies, ReadPolicies(*store.database));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<LegalHold> holds, ReadHolds(*store.database));
  KOSEI_ASSIGN_OR_RETURN(const auto entries, ListMeta(*store.database, "baseline/"));
  std::vector<Baseline> baselines;
  for (const auto& [name, bytes] : entries) {
    KOSEI_ASSIGN_OR_RETURN(Baseline baseline, DecodeBaseline(name, bytes));
    baselines.push_back(std::move(baseline));
  }
  return RetentionRules(*store.schema, store.options.clock->Now(), std::move(policies), holds,
                        baselines);
}

const RetentionPolicy* RetentionRules::PolicyOf(ClassNumber class_number) const {
  while (class_number.value != 0) {
    const auto found = std::find_if(
        policies_.begin(), policies_.end(),
        [&](const RetentionPolicy& policy) { return policy.class_number == class_number; });
    if (found != policies_.end()) return &*found;
    const model::Class* const owner = schema_.FindClass(class_number);
    if (owner == nullptr) return nullptr;
    class_number = owner->parent;
  }
  return nullptr;
}

std::string RetentionRules::HoldOf(std::string_view key, ClassNumber class_number) const {
  const auto found = held_keys_.find(key);
  if (found != held_keys_.end()) return found->second;
  for (const auto& [held, name] : held_classes_) {
    if (held == class_number || schema_.IsA(class_number, held)) return name;
  }
  return {};
}

bool RetentionRules::IsHeld(std::string_view key, ClassNumber class_number) const {
  return !HoldOf(key, class_number).empty();
}

std::vector<Judgement> RetentionRules::Judge(const RetentionPolicy& policy, bool held,
                                             const std::map<CommitNumber, Timestamp>* pins,
                                             const std::vector<StatedVersion>& newest_first) const {
  std::vector<Judgement> judgements(newest_first.size());
  if (newest_first.empty()) return judgements;
  const Course course = CourseOf(newest_first, now_);
  const bool over =
      policy.after_end && course.ended && course.ended_since < Before(now_, *policy.after_end);
  const bool by_course = policy.keep_for || policy.keep_versions != 0;
  for (std::size_t i = 0; i < newest_first.size(); ++i) {
    const StatedVersion& version = newest_first[i];
    Judgement& judgement = judgements[i];
    judgement.last_commit =
        course.dated || i == 0 ? newest_first.front().begin : newest_first[i - 1].begin;
    judgement.until = course.superseded[i];
    const bool young = policy.keep_for && course.superseded[i] >= Before(now_, *policy.keep_for);
    const bool few = i < policy.keep_versions;
    if (version.empty) {
      judgement.fate = Fate::kGone;
    } else if (course.in_force[i] && !over) {
      judgement.fate = Fate::kNewest;
    } else if (version.fixed || (!over && (!by_course || young || few))) {
      judgement.fate = Fate::kPolicy;
    } else {
      judgement.fate = held ? Fate::kHold : Fate::kRetire;
    }
  }
  const auto keep = [&](std::size_t i, Fate fate) {
    if (judgements[i].fate == Fate::kRetire) judgements[i].fate = fate;
  };
  for (const View& view : baselines_) {
    const std::size_t from = KnownFrom(newest_first, view.commit);
    const std::vector<ValidInterval> row =
        RowOf(std::span<const StatedVersion>(newest_first).subspan(from));
    const ValidSegment shown = SegmentAt(row, view.valid_at);
    if (shown.statement < row.size()) keep(from + shown.statement, Fate::kBaseline);
  }
  if (pins == nullptr) return judgements;
  for (const auto& [commit, time] : *pins) {
    const std::size_t from = KnownFrom(newest_first, commit);
    const std::vector<ValidInterval> row =
        RowOf(std::span<const StatedVersion>(newest_first).subspan(from));
    for (const ValidSegment& segment : SegmentsOf(row, {time, kEndOfTime})) {
      keep(from + segment.statement, Fate::kPlan);
    }
  }
  return judgements;
}

}  // namespace kosei::storage
