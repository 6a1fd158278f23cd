// The two relations that openCypher has between values. Comparison (=, <>, <, ...) may be null and
// is what a WHERE sees. Orderability and equivalence are total and are what ORDER BY, DISTINCT,
// grouping, min and max see: there null equals null and NaN equals NaN.
//
// Integers and floats compare by their exact mathematical values.
#pragma once

#include <cstdint>
#include <optional>

#include "kosei/language/ast.h"
#include "kosei/language/datum.h"

namespace kosei::language {

// Whether a = b; none: null. Of different kinds is false, of a null anywhere that matters null.
std::optional<bool> IsEqual(const Datum& a, const Datum& b);

// a `kind` b as a value. <, <=, > and >= are null where the two do not compare: of different kinds,
// and of maps, nodes, relationships, paths and durations; with NaN they are false.
Datum Compare(ComparisonKind kind, const Datum& a, const Datum& b);

// Below, at or above 0 in the global order: map, node, relationship, list, path, date-time, local
// date-time, date, time, local time, duration, string, boolean, number, NaN, null. 0 of equivalent
// values alone.
int CompareOrder(const Datum& a, const Datum& b);

bool Equivalent(const Datum& a, const Datum& b);
// Equivalent values have the same. The same in every process.
std::uint64_t HashOf(const Datum& value);

// For hash tables of values.
struct DatumHash {
  std::size_t operator()(const Datum& value) const { return HashOf(value); }
};
struct DatumEquivalent {
  bool operator()(const Datum& a, const Datum& b) const { return Equivalent(a, b); }
};

}  // namespace kosei::language
