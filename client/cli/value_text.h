// Stored values as people and programs read them: times as RFC 3339, dates as dates, durations as
// ISO 8601, decimals with their digits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json_writer.h"
#include "kosei/base/value.h"
#include "kosei/client/model.h"

namespace kosei::cli {

// The model's attribute types, by the numbers in which a server tells them.
enum class AttributeType : std::uint8_t {
  kUnknown = 0,
  kString = 1,
  kText = 2,
  kInteger = 3,
  kDecimal = 4,
  kBoolean = 5,
  kTimestamp = 6,
  kDate = 7,
  kDuration = 8,
  kEnum = 9,
  kIpAddress = 10,
  kIpNetwork = 11,
  kMac = 12,
  kUrl = 13,
  kReference = 14,
  kList = 15,
  kGate = 16,
  kAny = 17,
};
// "string", "ip_address", ...; "unknown" for a number this program does not know.
std::string_view NameOf(AttributeType type);

// What an attribute holds; `item` counts for lists only.
struct ValueType {
  AttributeType type = AttributeType::kUnknown;
  AttributeType item = AttributeType::kUnknown;
};

// The types of all attributes of a model by number: a name means the same type in every class.
class AttributeTypes {
 public:
  explicit AttributeTypes(const client::Model& model);
  ValueType Of(AttributeNumber attribute) const;

 private:
  std::vector<ValueType> types_;  // position + 1 is the number
};

// "PT1H30M"; microseconds as a fraction of a second.
std::string FormatDuration(std::int64_t micros);
// One line for a table or a CSV cell; lists are joined by ';', as import reads them.
std::string FormatValue(const Value& value, ValueType type);
void WriteValue(JsonWriter& json, const Value& value, ValueType type);

}  // namespace kosei::cli
