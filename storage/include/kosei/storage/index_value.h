// Values as bytes that sort as the values do, for indexes and for comparing (docs/storage_format.md
// has every form). Each begins with a tag of its kind, so that kinds never mix, and ends by itself:
// no value is the beginning of another.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/value.h"
#include "kosei/model/definition.h"

namespace kosei::storage {

// One value, no list and not null. `type` is the attribute's, or of its items: it tells addresses
// from other text. Numbers compare as numbers, whether they are integers or decimals of any scale;
// text compares by code point; addresses and networks compare as numbers, IPv4 and IPv6 apart.
std::string OrderedValue(model::AttributeType type, const Value& value);

// Values of an attribute from `low` until before `high`, in the form of OrderedValue.
struct ValueRange {
  AttributeNumber attribute;
  std::string low;
  std::string high;
  // Of open records alone: those that have no closed_at (model::WellKnownAttributes).
  bool open_only = false;
  bool Contains(std::string_view ordered) const { return low <= ordered && ordered < high; }
};

enum class Comparison : std::uint8_t {
  kEqual = 0,
  kLess = 1,
  kLessOrEqual = 2,
  kGreater = 3,
  kGreaterOrEqual = 4,
  kPrefix = 5,
};

// "=", "<=", ...: as people write them.
std::string_view NameOf(Comparison comparison);

// The values that compare so with `value`; kPrefix apart.
ValueRange RangeOf(AttributeNumber attribute, model::AttributeType type, Comparison comparison,
                   const Value& value);

// The values that begin with `text`: of an address or network, those within the network that `text`
// names. kWrongType (with `name` as field) when values of the type have no beginning.
absl::StatusOr<ValueRange> PrefixRange(AttributeNumber attribute, model::AttributeType type,
                                       std::string_view name, std::string_view text);

// Where the index of closed_at has the open records of the classes that have the attribute.
ValueRange OpenRecords(AttributeNumber closed_at);

}  // namespace kosei::storage
