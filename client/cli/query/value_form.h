// Values that a statement gives, as people and programs read them (docs/query-language.md).
#pragma once

#include <string>

#include "json_writer.h"
#include "kosei/client/statement.h"

namespace kosei::cli {

// What stands in a cell of a table or of CSV. Text stands as it is, but within lists and maps in
// quotation marks; temporal values are ISO 8601; records (key:Class {name: '...'}), links
// (source)-[:type]->(target), paths a chain of both. Null is `null`.
std::string CellText(const client::QueryValue& value, const std::string& null);

// A record as {"key", "labels", "properties"}, a link as {"type", "start", "end"}, a path as
// {"nodes", "relationships", "length"} in its direction; temporal values as text. Infinite floats
// and NaN, which JSON lacks, are text.
void WriteQueryValue(JsonWriter& json, const client::QueryValue& value);

bool IsNull(const client::QueryValue& value);
bool IsNumber(const client::QueryValue& value);

}  // namespace kosei::cli
