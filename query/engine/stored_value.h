// From a value of the query language to the form in which an attribute stores it, for look-ups.
#pragma once

#include <optional>
#include <string_view>

#include "kosei/language/datum.h"
#include "kosei/model/schema.h"
#include "kosei/storage/index_value.h"

namespace kosei::query {

// Where an index has all records whose attribute compares so with `value`; nullopt when that cannot
// be said of the type, or of the value (then every record has to be looked at).
std::optional<storage::ValueRange> RangeFor(const model::Schema& schema, AttributeNumber attribute,
                                            std::string_view name, storage::Comparison comparison,
                                            const language::Datum& value);

// As an attribute's stored value; null when there is no such form.
Value StoredValueOf(const language::Datum& value);

}  // namespace kosei::query
