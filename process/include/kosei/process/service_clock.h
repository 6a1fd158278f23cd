// The service clock: what is left of a target's time. Nothing is stored and nothing ticks: the
// state at an instant is a function of what happened to the ticket, the agreements, the calendars
// and the instant, so that it can be asked for any time, and asked again after a mistake was
// mended. docs/processes/service_clock.md tells users the same in plain words.
//
// What counts:
// - Time counts from the opening to the answer or the resolution, while the agreement's calendar
//   works (kElapsedTime, kCalendarMonths: around the clock), the state is one that counts, and no
//   granted pause holds.
// - The deadline is the first instant at which the time given has been counted. What is done at the
//   deadline is in time; a microsecond later it is late, outside of working hours too. While the
//   clock is paused or the state does not count there is no deadline, unless it has passed.
// - kWorkingDays, kClockTime and kCalendarMonths give, at the opening, an instant; the time given
//   is what the calendar has from the opening to that instant. A granted pause moves it by the time
//   it took, and no further: a pause over a weekend moves nothing that counts working time. A clock
//   time that is not between the first and last work of its day is moved to the nearer of them.
// - kDate is never moved. A pause is shown, and changes nothing.
// - A new priority or type counts from the opening, with the pauses there were. The deadline may
//   then have passed. What comes after the clock has stopped changes nothing, unless the ticket is
//   reopened.
// - A pause during a pause takes its place. A resumption without a pause changes nothing. Resolving
//   and closing end a pause: a reopened ticket is not paused.
// - Time while a ticket is resolved or closed does not count. Reopened, it goes on from what had
//   been counted. An answer once given stays given.
// - The version in force at the opening governs, unless it says kFollow: then the newest in force.
//   Where an agreement ends, without a version to follow, before the clock has stopped, there is no
//   verdict but an error that says so; so there is when none was in force at the opening.
// - The agreement attached last governs, from the opening on, whenever it was attached.
// - A nested agreement counts while its party has the ticket, and what is said above of the opening
//   is the moment at which its party first had it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/model/definition.h"
#include "kosei/process/agreement.h"

namespace kosei::process {

enum class EventKind : std::uint8_t {
  kOpened = 1,             // state, priority, request_type
  kStateChanged = 2,       // state
  kPriorityChanged = 3,    // priority
  kTypeChanged = 4,        // request_type
  kPaused = 5,             // owner, reason
  kResumed = 6,            //
  kAssigned = 7,           // party; empty: to nobody
  kResolved = 8,           // state, if it has one of its own
  kReopened = 9,           // state
  kClosed = 10,            // state
  kAgreementAttached = 11  // agreement
};

// Something that happened to a ticket. An empty state, priority or type leaves what was.
struct TicketEvent {
  Timestamp at = {};  // when it happened, not when it was written down
  EventKind kind = EventKind::kOpened;
  std::string state = {};
  std::string priority = {};
  std::string request_type = {};
  std::string party = {};
  PauseOwner owner = PauseOwner::kCustomer;
  std::string reason = {};
  std::string agreement = {};
};

// Events in the order in which they were written down; they are taken in the order of their
// instants, those of one instant as they stand. What lies before the opening counts as at it.
struct Ticket {
  std::string id;
  std::vector<TicketEvent> events;
};

enum class Verdict : std::uint8_t {
  kNoTarget = 1,    // the agreement gives none for this priority and type
  kNotStarted = 2,  // not opened yet, or the party has not had the ticket
  kRunning = 3,
  kPaused = 4,   // or in a state that does not count, or with another party
  kMet = 5,      // stopped in time
  kMissed = 6,   // not stopped, and the deadline has passed
  kMetLate = 7,  // stopped behind the deadline
  kError = 8,    // no verdict; see `error`
};
std::string_view NameOf(Verdict verdict);  // "met_late"
const model::Label& LabelOf(Verdict verdict);

struct Warning {
  std::int32_t percent = 0;
  std::optional<Timestamp> at = {};  // nothing: while paused and not reached
  bool reached = false;
};

// All durations are microseconds.
struct TargetState {
  std::string agreement;
  AgreementLevel level = AgreementLevel::kCustomer;
  std::string party;  // of a nested agreement
  TargetKind kind = TargetKind::kResolve;
  Verdict verdict = Verdict::kNoTarget;
  std::string calendar;
  std::string priority;  // that chose the target
  std::int64_t given = 0;
  std::int64_t counted = 0;
  std::int64_t remaining = 0;  // given - counted; negative when more was counted
  // Hundredths of a percent of the time given, rounded down: 99.951 % is 9995, and 10000 is not
  // shown before all of it has been counted.
  std::int64_t percent_hundredths = 0;
  std::optional<Timestamp> started;
  std::optional<Timestamp> stopped;
  std::optional<Timestamp> deadline;  // stopped: as it was when the clock stopped
  std::vector<Warning> warnings;
  std::string error;  // kError: the reason and how to mend it
};

// The states of all targets at an instant: of the agreement that governs, respond before resolve,
// then of those under it, by name. Events behind `at` are not looked at. Without an agreement there
// are none. kInvalidArgument: no opening up to then is no error (kNotStarted needs an agreement,
// so the answer is empty), but two of them are, and so is an instant that calendars do not reckon
// with.
absl::StatusOr<std::vector<TargetState>> JudgeTicket(const Ticket& ticket, const ServiceBook& book,
                                                     Timestamp at);

// The first instant behind `after` at which a warning is reached or a deadline passes, as things
// stand: what to ask the deadline queue for. Nothing when none is to come.
std::optional<Timestamp> NextInstant(std::span<const TargetState> states, Timestamp after);

enum class IntervalReason : std::uint8_t {
  kCounted = 1,
  kPauseRefused = 2,  // counted: paused, but the agreement does not grant it
  kPaused = 3,
  kOutsideHours = 4,
  kDayOff = 5,
  kHoliday = 6,
  kStateDoesNotCount = 7,
  kStopped = 8,     // resolved, closed, or answered
  kOtherParty = 9,  // of a nested agreement
};

struct Interval {
  Timestamp from;
  Timestamp to;
  std::string state;
  std::string party;  // that has the ticket; empty: nobody
  bool counted = false;
  IntervalReason reason = IntervalReason::kCounted;
  PauseOwner owner = PauseOwner::kCustomer;  // kPaused, kPauseRefused
  model::Label why;                          // in both languages, with names and reasons
};

struct PartyShare {
  std::string party;  // empty: nobody had it
  std::int64_t counted = 0;
};

struct Explanation {
  TargetState state;
  // From the opening (of a nested agreement: from its start) to the instant, without a gap; none
  // when there is no target. What is counted in them adds up to state.counted.
  std::vector<Interval> intervals;
  std::vector<PartyShare> parties;                  // by name; adds up to state.counted
  std::array<std::int64_t, kPauseOwners> paused{};  // time of the calendar in granted pauses
};

// Why a target stands as it does. kNotFound when the agreement does not govern the ticket.
absl::StatusOr<Explanation> ExplainTarget(const Ticket& ticket, const ServiceBook& book,
                                          std::string_view agreement, TargetKind kind,
                                          Timestamp at);

struct VerdictFlip {
  std::string ticket;
  std::string agreement;
  TargetKind kind = TargetKind::kResolve;
  Verdict before = Verdict::kNoTarget;
  Verdict after = Verdict::kNoTarget;
  std::optional<Timestamp> deadline_before;
  std::optional<Timestamp> deadline_after;
};

// A ticket, and the book that it is judged by. Both must outlive it.
struct JudgedTicket {
  const Ticket& ticket;
  const ServiceBook& book;
};

// Adds those of one ticket, which may have got another agreement with the other book.
absl::Status AddFlips(const JudgedTicket& before, const JudgedTicket& after, Timestamp at,
                      std::vector<VerdictFlip>& flips);

// Which verdicts differ between two books, as after a holiday was added or an agreement mended, in
// the order of the tickets. A target that one book alone has is kNoTarget in the other.
// As JudgeTicket, naming the ticket.
absl::StatusOr<std::vector<VerdictFlip>> CompareVerdicts(std::span<const Ticket> tickets,
                                                         const ServiceBook& before,
                                                         const ServiceBook& after, Timestamp at);

}  // namespace kosei::process
