// Agreements on time: which targets hold for a ticket, by priority and type, in which version, and
// which pauses they grant. service_clock.h judges tickets by them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/model/definition.h"
#include "kosei/process/calendar.h"

namespace kosei::process {

enum class TargetKind : std::uint8_t {
  kRespond = 1,  // up to the first answer
  kResolve = 2,  // up to the resolution
};

enum class MeasureKind : std::uint8_t {
  kWorkingTime = 1,     // so much time of the calendar: eight working hours
  kElapsedTime = 2,     // so much time around the clock
  kWorkingDays = 3,     // the end of work of the nth working day behind the day of opening
  kClockTime = 4,       // a time of the clock on that day: 17:00 of the next working day
  kCalendarMonths = 5,  // the same day and time so many months later, by the clock of the place
  kDate = 6,            // an instant
};

// How much time a target gives. The calendar is that of the agreement.
struct Measure {
  MeasureKind kind = MeasureKind::kWorkingTime;
  std::int64_t micros = 0;  // kWorkingTime, kElapsedTime; above zero
  // kWorkingDays, kClockTime: 0 is the day of opening itself. kCalendarMonths: above zero.
  std::int64_t count = 0;
  std::int32_t minute = 0;  // kClockTime: of the day, 0 to 1440
  // kWorkingDays, kClockTime: what opens at or behind this minute of a working day, or on a day
  // without work, counts as opened on the next working day. Nothing: only the latter does.
  std::optional<std::int32_t> cut_off = {};
  Timestamp date = {};  // kDate
};

struct Target {
  TargetKind kind = TargetKind::kResolve;
  std::string priority;      // empty: any
  std::string request_type;  // empty: any
  Measure measure;
  std::vector<std::int32_t> warn_percent;  // ascending, 1 to 99 of the time given
};

// Who makes a ticket wait.
enum class PauseOwner : std::uint8_t {
  kCustomer = 1,
  kSupplier = 2,
  kProvider = 3,
  kPlannedChange = 4,
};
inline constexpr std::size_t kPauseOwners = 5;  // as an array's size, by number

// Pauses that stop the clock. Of rules that fit a pause the one with its reason counts, before the
// one for any reason. A pause that no rule fits does not stop the clock.
struct PauseRule {
  PauseOwner owner = PauseOwner::kCustomer;
  std::string reason;  // empty: any
  bool granted = true;
};

// Which version of an agreement governs a ticket.
enum class VersionChoice : std::uint8_t {
  kAtOpening = 1,  // the one in force when the ticket was opened, to its end
  kFollow = 2,     // always the one in force, counted from the opening
};

struct AgreementVersion {
  Timestamp effective_from;
  std::string calendar;
  std::vector<Target> targets;
  std::vector<PauseRule> pauses;
  // States in which the clock runs; empty: all that are not resolved.
  std::vector<std::string> counted_states;
  // States that are an answer, beside being assigned (of a nested agreement: alone).
  std::vector<std::string> responded_states;
  VersionChoice choice = VersionChoice::kAtOpening;
};

enum class AgreementLevel : std::uint8_t {
  kCustomer = 1,  // service level
  kInternal = 2,  // operational level: a group of the provider
  kSupplier = 3,  // underpinning contract
};

// A nested agreement (kInternal, kSupplier) runs while its party has the ticket, under the same
// events as the agreement that it supports.
struct Agreement {
  std::string name;
  model::Label label;
  AgreementLevel level = AgreementLevel::kCustomer;
  std::string party;                       // of a nested one
  std::string under;                       // the agreement that a nested one supports
  std::vector<AgreementVersion> versions;  // ascending
  // From when on it is no longer in force. A version ends where the next one begins.
  std::optional<Timestamp> ends;
};

// Agreements by name, and the calendars they name. Immutable; thread-safe.
class ServiceBook {
 public:
  // kModelInvalid, naming the agreement and how to mend it: a name given twice, a label that is not
  // in both languages, no version, versions that do not ascend, an end before the last of them
  // begins, a calendar that is not in the book, a measure or warning out of range, two targets for
  // one kind, priority and type, two rules for one pause, a nested agreement without a party or
  // whose `under` is no customer's agreement, a customer's agreement with them.
  static absl::StatusOr<ServiceBook> Make(std::vector<Agreement> agreements,
                                          CalendarBook calendars);

  // nullptr when there is none.
  const Agreement* Find(std::string_view name) const;
  // Those that support an agreement, by name.
  std::vector<const Agreement*> Under(std::string_view name) const;
  const CalendarBook& calendars() const { return calendars_; }

 private:
  std::map<std::string, Agreement, std::less<>> agreements_;
  CalendarBook calendars_;
};

// The target of a version for a ticket; of several the one that names its priority, then the one
// that names its type, before those for any. nullptr: none.
const Target* FindTarget(const AgreementVersion& version, TargetKind kind,
                         std::string_view priority, std::string_view request_type);

// Whether a version lets a pause stop the clock.
bool IsGranted(const AgreementVersion& version, PauseOwner owner, std::string_view reason);

}  // namespace kosei::process
