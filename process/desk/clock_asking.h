// Records asked by the service clock: what happened to one, and by which agreement it is judged.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "desk/case.h"
#include "kosei/process/definitions.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {

// The record as the store knows it now, with the agreement that governs it attached at the opening:
// - of the services that it concerns (link `concerns`), those that an agreement covered when the
//   record was opened: a link of a type with the role agreement, to a record whose key is the name
//   of a customer's agreement. Of several agreements the first by name;
// - else the one that is the default for its class. With neither nothing is attached.
//
// The errors of FindRecord; kHistoryRetired when what happened is not known any more.
absl::StatusOr<Ticket> TicketOfRecord(const DeskParts& parts, const Definitions& definitions,
                                      std::string_view key);

}  // namespace kosei::process
