// What happened to a record, told to the service clock: the versions of a record are read as events
// of a ticket. Nothing is stored for the clock; what the record was at each instant says it all.
//
// - What was so at an instant is what the newest statement says of it (docs/time.md), so that what
//   is written down late counts from when it happened.
// - Opened: at `opened_at`, or with the first version when that came earlier. A later `opened_at`
//   takes no time off.
// - A state of the kind `done` is resolved, a final one closed; a state of another kind behind them
//   reopens. A state of the kind `waiting` pauses.
// - Who is waited for (`waits_for`): customer and supplier are that, `change` is a planned change;
//   any other word is the provider's own waiting, with the word as reason. For the first three the
//   reason is the record's `pending_reason`.
// - The party that has it is its `assignment_group`, its type the `category`.
#pragma once

#include <span>
#include <string>

#include "kosei/base/time.h"
#include "kosei/language/datum.h"
#include "kosei/process/life_cycle.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {

// One version: what somebody said of [from, to).
struct RecordStatement {
  Timestamp from = {};  // the valid time of its own, otherwise when it was written
  Timestamp to = kEndOfTime;
  bool ended = false;  // the record is no more: it counts as closed
  language::DatumMap attributes = {};
};

// Statements in the order in which they were written. A state that the life cycle does not have any
// more is that which was renamed from it, else one that is open. No events without statements.
Ticket TicketOf(std::string id, std::span<const RecordStatement> statements,
                const LifeCycle& life_cycle);

}  // namespace kosei::process
