#include "desk/clock_events.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/language/temporal_text.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

// From an instant up to the next one: which statement counts. Nothing: none does.
using Counting = std::map<Timestamp, const RecordStatement*>;

void Lay(const RecordStatement& statement, Counting& counting) {
  if (statement.from >= statement.to) return;
  const auto behind = counting.upper_bound(statement.to);
  const RecordStatement* const goes_on =
      behind == counting.begin() ? nullptr : std::prev(behind)->second;
  counting.erase(counting.lower_bound(statement.from), behind);
  counting[statement.from] = &statement;
  if (statement.to != kEndOfTime) counting[statement.to] = goes_on;
}

// nullptr when it has none of this kind.
const Datum* Find(const DatumMap& attributes, std::string_view name, DatumKind kind) {
  for (const auto& [known, value] : attributes) {
    if (known == name) return value.kind() == kind ? &value : nullptr;
  }
  return nullptr;
}

std::string TextAt(const DatumMap& attributes, std::string_view name) {
  const Datum* const text = Find(attributes, name, DatumKind::kString);
  return text == nullptr ? std::string() : std::string(text->string());
}

struct Waiting {
  PauseOwner owner = PauseOwner::kCustomer;
  std::string reason;
  friend bool operator==(const Waiting&, const Waiting&) = default;
};

// The record at one time, as far as a clock asks.
struct Situation {
  std::string state;
  std::string priority;
  std::string type;
  std::string party;
  bool resolved = false;
  bool closed = false;
  std::optional<Waiting> waiting;
  bool stopped() const { return resolved || closed; }
};

const StateDefinition* StateCalled(const LifeCycle& life_cycle, const std::string& name) {
  if (const StateDefinition* const state = life_cycle.FindState(name)) return state;
  for (const StateDefinition& state : life_cycle.definition().states) {
    const std::vector<std::string>& before = state.renamed_from;
    if (std::find(before.begin(), before.end(), name) != before.end()) return &state;
  }
  return nullptr;
}

Waiting WaitingFor(const std::string& whom, std::string reason) {
  if (whom.empty() || whom == "customer") return {PauseOwner::kCustomer, std::move(reason)};
  if (whom == "supplier") return {PauseOwner::kSupplier, std::move(reason)};
  if (whom == "change") return {PauseOwner::kPlannedChange, std::move(reason)};
  return {PauseOwner::kProvider, whom};
}

Situation SituationOf(const RecordStatement& statement, const LifeCycle& life_cycle) {
  Situation now;
  now.state = TextAt(statement.attributes, life_cycle.definition().attribute);
  now.priority = TextAt(statement.attributes, "priority");
  now.type = TextAt(statement.attributes, "category");
  now.party = TextAt(statement.attributes, "assignment_group");
  now.closed = statement.ended;
  const StateDefinition* const state = StateCalled(life_cycle, now.state);
  if (state == nullptr) return now;
  now.state = state->name;
  now.resolved = state->kind == StateKind::kDone && !state->final;
  now.closed = now.closed || state->final;
  if (state->kind == StateKind::kWaiting && !now.stopped())
    now.waiting = WaitingFor(state->waits_for, TextAt(statement.attributes, "pending_reason"));
  return now;
}

class Events {
 public:
  explicit Events(std::vector<TicketEvent>& out) : out_(out) {}

  // What else is so at first is so from then on when it was said, not from the opening on.
  void Open(Timestamp opening, Timestamp said, const Situation& first) {
    Say(opening, EventKind::kOpened).state = first.state;
    out_.back().priority = first.priority;
    out_.back().request_type = first.type;
    Situation nothing = first;
    nothing.party.clear();
    nothing.waiting.reset();
    nothing.resolved = nothing.closed = false;
    Change(said, nothing, first);
  }

  // What the target goes by comes before what may stop its clock.
  void Change(Timestamp at, const Situation& was, const Situation& is) {
    if (is.priority != was.priority && !is.priority.empty())
      Say(at, EventKind::kPriorityChanged).priority = is.priority;
    if (is.type != was.type && !is.type.empty())
      Say(at, EventKind::kTypeChanged).request_type = is.type;
    ChangeState(at, was, is);
    if (is.party != was.party) Say(at, EventKind::kAssigned).party = is.party;
  }

 private:
  void ChangeState(Timestamp at, const Situation& was, const Situation& is) {
    if (is.stopped() != was.stopped()) {
      Say(at, !is.stopped() ? EventKind::kReopened
              : is.resolved ? EventKind::kResolved
                            : EventKind::kClosed)
          .state = is.state;
    } else if (is.closed && !was.closed) {
      Say(at, EventKind::kClosed).state = is.state;
    } else if (is.state != was.state) {
      Say(at, EventKind::kStateChanged).state = is.state;
    }
    if (is.waiting == was.waiting) return;
    if (is.waiting.has_value()) {
      TicketEvent& pause = Say(at, EventKind::kPaused);
      pause.owner = is.waiting->owner;
      pause.reason = is.waiting->reason;
    } else if (!is.stopped()) {
      Say(at, EventKind::kResumed);
    }
  }

  TicketEvent& Say(Timestamp at, EventKind kind) {
    return out_.emplace_back(TicketEvent{.at = at, .kind = kind});
  }

  std::vector<TicketEvent>& out_;
};

// As it was last said; nothing when nobody did.
std::optional<Timestamp> OpenedAt(std::span<const RecordStatement> statements) {
  for (std::size_t i = statements.size(); i > 0; --i) {
    const Datum* const said = Find(statements[i - 1].attributes, "opened_at", DatumKind::kDateTime);
    if (said == nullptr) continue;
    const auto instant = language::TimestampOf(*said, "Z");
    if (instant.ok()) return *instant;
  }
  return std::nullopt;
}

}  // namespace

Ticket TicketOf(std::string id, std::span<const RecordStatement> statements,
                const LifeCycle& life_cycle) {
  Ticket ticket;
  ticket.id = std::move(id);
  Counting counting;
  for (const RecordStatement& statement : statements) Lay(statement, counting);
  Events events(ticket.events);
  std::optional<Situation> was;
  for (const auto& [from, statement] : counting) {
    if (statement == nullptr) continue;
    Situation is = SituationOf(*statement, life_cycle);
    if (was.has_value()) {
      events.Change(from, *was, is);
    } else {
      events.Open(std::min(OpenedAt(statements).value_or(from), from), from, is);
    }
    was = std::move(is);
  }
  return ticket;
}

}  // namespace kosei::process
