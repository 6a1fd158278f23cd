// What an attribute asks of its values, compiled; and the one function that brings a value into
// canonical form under it. Bulk loads run it for every attribute of every record, so a value that
// is canonical already is only looked at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "kosei/base/value.h"
#include "kosei/model/definition.h"
#include "re2/re2.h"

namespace kosei::model {

struct Rule {
  std::string attribute;  // its name, for messages
  AttributeType type = AttributeType::kString;
  AttributeType item_type = AttributeType::kString;  // of a list; `type` otherwise
  std::vector<const re2::RE2*> patterns;             // all must match; owned by the schema
  std::optional<Decimal> minimum;
  std::optional<Decimal> maximum;
  std::vector<std::string> values;         // of an enum, as declared
  std::vector<std::string> sorted_values;  // the same, for look-up
};

// Leaves `changed` empty when `value` is canonical as it is, puts its canonical form there
// otherwise. Errors as Schema::Coerce.
absl::Status Canonicalise(const Rule& rule, const Value& value, std::optional<Value>& changed);

// Below, equal, above zero as a is below, equal to, above b. Exact.
int CompareDecimals(Decimal a, Decimal b);

}  // namespace kosei::model
