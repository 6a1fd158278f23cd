// Values that name a View, as a statement's AS OF and a client's parameters have them.
#pragma once

#include <optional>

#include "kosei/base/time.h"
#include "kosei/language/datum.h"
#include "kosei/storage/view.h"

namespace kosei::query {

// A date-time, its text with an offset, or a date (its beginning in UTC); nullopt: neither.
std::optional<Timestamp> InstantOf(const language::Datum& value);

// What AS OF takes: an instant, a commit number or a baseline's name; nullopt: none of them.
std::optional<storage::ViewName> ViewNameOf(const language::Datum& value);

}  // namespace kosei::query
