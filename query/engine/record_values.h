// What an attribute's stored value is in the query language: dates, date-times and durations of
// their own type, decimals as floats, addresses, enumerations and references as text.
#pragma once

#include <string>

#include "kosei/base/time.h"
#include "kosei/base/value.h"
#include "kosei/language/datum.h"
#include "kosei/model/definition.h"

namespace kosei::query {

language::Datum DatumOf(const Value& value, const model::AttributeDefinition& attribute);
// Of an attribute that the model does not know: as it is stored.
language::Datum DatumOf(const Value& value);
language::Datum TextOrNull(const std::string& text);  // null when it is empty
language::Datum DatumOf(Timestamp instant);           // kBeginningOfTime and kEndOfTime are null

}  // namespace kosei::query
