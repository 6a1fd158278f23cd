// Agreements are checked when a book is made, so that judging by it need not.
#include "kosei/process/agreement.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "clock/calendar_parts.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

constexpr std::int64_t kCountMax = 1'200;  // days or months
constexpr std::int32_t kMinutesOfDay = 1'440;

absl::Status Invalid(const Agreement& agreement, std::string_view message) {
  return MakeError(ErrorCode::kModelInvalid,
                   absl::StrFormat("agreement %s: %s", agreement.name, message));
}

bool IsMinute(std::int32_t minute) { return minute >= 0 && minute <= kMinutesOfDay; }

// What is wrong with it; empty: nothing.
std::string_view FlawOf(const Measure& measure) {
  switch (measure.kind) {
    case MeasureKind::kWorkingTime:
    case MeasureKind::kElapsedTime:
      if (measure.micros <= 0) return "a target gives no time; write a duration above zero";
      return {};
    case MeasureKind::kWorkingDays:
    case MeasureKind::kClockTime:
      if (measure.count < 0 || measure.count > kCountMax)
        return "a target's number of days is not within 0 and 1200";
      if (!IsMinute(measure.minute) || !IsMinute(measure.cut_off.value_or(0)))
        return "a time of a target is not within the day; write minutes from 0 to 1440";
      return {};
    case MeasureKind::kCalendarMonths:
      if (measure.count < 1 || measure.count > kCountMax)
        return "a target's number of months is not within 1 and 1200";
      return {};
    case MeasureKind::kDate:
      if (!CheckInstant(measure.date).ok()) return "the date of a target is not from 1800 to 2299";
      return {};
  }
  return "a target has a measure that is not known";
}

absl::Status CheckTargets(const Agreement& agreement, const AgreementVersion& version) {
  std::set<std::tuple<TargetKind, std::string_view, std::string_view>> seen;
  for (const Target& target : version.targets) {
    if (const std::string_view flaw = FlawOf(target.measure); !flaw.empty())
      return Invalid(agreement, flaw);
    if (!seen.emplace(target.kind, target.priority, target.request_type).second) {
      return Invalid(
          agreement,
          absl::StrFormat("two targets to %s for the priority \"%s\" and the type \"%s\" in the "
                          "version of %s; keep one",
                          target.kind == TargetKind::kRespond ? "respond" : "resolve",
                          target.priority, target.request_type,
                          FormatTimestamp(version.effective_from)));
    }
    std::int32_t before = 0;
    for (const std::int32_t percent : target.warn_percent) {
      if (percent <= before || percent > 99)
        return Invalid(agreement, "warnings are whole percents from 1 to 99, ascending");
      before = percent;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckVersion(const Agreement& agreement, const AgreementVersion& version,
                          const CalendarBook& calendars) {
  if (calendars.Find(version.calendar) == nullptr) {
    return Invalid(agreement, absl::StrFormat("there is no calendar \"%s\"; define it, or name one "
                                              "that is",
                                              version.calendar));
  }
  KOSEI_RETURN_IF_ERROR(CheckTargets(agreement, version));
  std::set<std::pair<PauseOwner, std::string_view>> rules;
  for (const PauseRule& rule : version.pauses) {
    if (rules.emplace(rule.owner, rule.reason).second) continue;
    return Invalid(agreement,
                   absl::StrFormat("two rules for one kind of pause, reason \"%s\"; keep "
                                   "one",
                                   rule.reason));
  }
  return absl::OkStatus();
}

absl::Status CheckVersions(const Agreement& agreement, const CalendarBook& calendars) {
  if (agreement.versions.empty()) return Invalid(agreement, "it has no version; give it one");
  for (std::size_t i = 0; i < agreement.versions.size(); ++i) {
    const AgreementVersion& version = agreement.versions[i];
    if (i > 0 && version.effective_from <= agreement.versions[i - 1].effective_from) {
      return Invalid(agreement,
                     absl::StrFormat("the version from %s on does not come after the one before; "
                                     "order versions by time, one an instant",
                                     FormatTimestamp(version.effective_from)));
    }
    KOSEI_RETURN_IF_ERROR(CheckVersion(agreement, version, calendars));
  }
  if (agreement.ends.has_value() && *agreement.ends <= agreement.versions.back().effective_from) {
    return Invalid(agreement, absl::StrFormat("it ends at %s, before its last version begins; move "
                                              "the end, or drop that version",
                                              FormatTimestamp(*agreement.ends)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ServiceBook> ServiceBook::Make(std::vector<Agreement> agreements,
                                              CalendarBook calendars) {
  ServiceBook book;
  for (Agreement& agreement : agreements) {
    if (agreement.name.empty()) return Invalid(agreement, "it has no name; give it one");
    if (agreement.label.en.empty() || agreement.label.ja.empty())
      return Invalid(agreement, "its label is not in both languages; add en and ja");
    KOSEI_RETURN_IF_ERROR(CheckVersions(agreement, calendars));
    std::string name = agreement.name;
    if (const auto [at, fresh] = book.agreements_.try_emplace(std::move(name), agreement); !fresh)
      return Invalid(at->second, "it is there twice; rename one of them");
  }
  for (const auto& [name, agreement] : book.agreements_) {
    const bool nested = agreement.level != AgreementLevel::kCustomer;
    if (!nested && (!agreement.party.empty() || !agreement.under.empty())) {
      return Invalid(agreement,
                     "a customer's agreement has no party and supports none; leave both out, or "
                     "make it an internal or a supplier's one");
    }
    if (!nested) continue;
    if (agreement.party.empty())
      return Invalid(agreement, "it is nested and names no party; say whose time it counts");
    const Agreement* top = book.Find(agreement.under);
    if (top == nullptr || top->level != AgreementLevel::kCustomer) {
      return Invalid(agreement, absl::StrFormat("it supports \"%s\", which is no customer's "
                                                "agreement; name one",
                                                agreement.under));
    }
  }
  book.calendars_ = std::move(calendars);
  return book;
}

const Agreement* ServiceBook::Find(std::string_view name) const {
  const auto found = agreements_.find(name);
  return found == agreements_.end() ? nullptr : &found->second;
}

std::vector<const Agreement*> ServiceBook::Under(std::string_view name) const {
  std::vector<const Agreement*> found;
  for (const auto& [key, agreement] : agreements_) {
    if (agreement.level != AgreementLevel::kCustomer && agreement.under == name)
      found.push_back(&agreement);
  }
  return found;
}

const Target* FindTarget(const AgreementVersion& version, TargetKind kind,
                         std::string_view priority, std::string_view request_type) {
  const Target* best = nullptr;
  int rank = -1;
  for (const Target& target : version.targets) {
    if (target.kind != kind) continue;
    if (!target.priority.empty() && target.priority != priority) continue;
    if (!target.request_type.empty() && target.request_type != request_type) continue;
    const int exact = (target.priority.empty() ? 0 : 2) + (target.request_type.empty() ? 0 : 1);
    if (exact > rank) {
      best = &target;
      rank = exact;
    }
  }
  return best;
}

bool IsGranted(const AgreementVersion& version, PauseOwner owner, std::string_view reason) {
  bool granted = false;
  for (const PauseRule& rule : version.pauses) {
    if (rule.owner != owner) continue;
    if (rule.reason == reason) return rule.granted;
    if (rule.reason.empty()) granted = rule.granted;
  }
  return granted;
}

}  // namespace kosei::process
