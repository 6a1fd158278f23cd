// Values between the store and the query language: what an attribute's stored value is there, and
// back. Dates, date-times and durations are of their own type there, decimals are floats;
// addresses, enumerations and references are text.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "kosei/base/record.h"
#include "kosei/base/time.h"
#include "kosei/base/value.h"
#include "kosei/language/datum.h"
#include "kosei/model/definition.h"
#include "kosei/model/schema.h"

namespace kosei::query {

language::Datum DatumOf(const Value& value, const model::AttributeDefinition& attribute);
// Of an attribute that the model does not know: as it is stored.
language::Datum DatumOf(const Value& value);
language::Datum TextOrNull(const std::string& text);  // null when it is empty
language::Datum DatumOf(Timestamp instant);           // kBeginningOfTime and kEndOfTime are null

// The record's attributes by name, those that the class knows.
language::DatumMap AttributesOf(const model::Schema& schema, RecordView record);

// The attribute's stored value: of its own type in the query language, or text as people write it,
// the items of a list between semicolons. Null stays null. kWrongType and what Schema::Coerce says,
// with the attribute as field.
absl::StatusOr<Value> ValueOf(const model::Schema& schema, const model::Attribute& attribute,
                              const language::Datum& datum);

}  // namespace kosei::query
