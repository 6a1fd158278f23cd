#include "value_text.h"

#include <array>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "kosei/base/time.h"

namespace kosei::cli {
namespace {

constexpr std::array<std::string_view, 18> kTypeNames = {
    "unknown",   "string", "text",      "integer", "decimal",    "boolean",
    "timestamp", "date",   "duration",  "enum",    "ip_address", "ip_network",
    "mac",       "url",    "reference", "list",    "gate",       "any"};

AttributeType TypeOf(std::uint8_t number) {
  return number < kTypeNames.size() ? static_cast<AttributeType>(number) : AttributeType::kUnknown;
}

std::string FormatInteger(std::int64_t number, AttributeType type) {
  if (type == AttributeType::kTimestamp) return FormatTimestamp(Timestamp{number});
  if (type == AttributeType::kDate) return FormatDate(number);
  if (type == AttributeType::kDuration) return FormatDuration(number);
  return std::to_string(number);
}

bool IsWrittenAsText(AttributeType type) {
  return type == AttributeType::kTimestamp || type == AttributeType::kDate ||
         type == AttributeType::kDuration;
}

}  // namespace

std::string_view NameOf(AttributeType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

AttributeTypes::AttributeTypes(const client::Model& model) {
  for (const client::ModelClass& owner : model.classes) {
    for (const client::ModelAttribute& attribute : owner.attributes) {
      const std::size_t number = attribute.number.value;
      if (types_.size() < number) types_.resize(number);
      types_[number - 1] = {TypeOf(attribute.type), TypeOf(attribute.item_type)};
    }
  }
}

ValueType AttributeTypes::Of(AttributeNumber attribute) const {
  const std::size_t number = attribute.value;
  return number >= 1 && number <= types_.size() ? types_[number - 1] : ValueType{};
}

std::string FormatDuration(std::int64_t micros) {
  constexpr std::uint64_t kSecond = 1'000'000;
  const bool negative = micros < 0;
  std::uint64_t rest = negative ? std::uint64_t{0} - static_cast<std::uint64_t>(micros)
                                : static_cast<std::uint64_t>(micros);
  const std::uint64_t fraction = rest % kSecond;
  rest /= kSecond;
  const std::uint64_t seconds = rest % 60;
  const std::uint64_t minutes = rest / 60 % 60;
  const std::uint64_t hours = rest / 3'600 % 24;
  const std::uint64_t days = rest / 86'400;
  std::string time;
  if (hours > 0) time += absl::StrFormat("%dH", hours);
  if (minutes > 0) time += absl::StrFormat("%dM", minutes);
  if (fraction > 0) {
    std::string digits = absl::StrFormat("%06d", fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    time += absl::StrFormat("%d.%sS", seconds, digits);
  } else if (seconds > 0) {
    time += absl::StrFormat("%dS", seconds);
  }
  std::string out = negative ? "-P" : "P";
  if (days > 0) out += absl::StrFormat("%dD", days);
  if (!time.empty()) out += "T" + time;
  if (days == 0 && time.empty()) out += "T0S";
  return out;
}

std::string FormatValue(const Value& value, ValueType type) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return "";
    case ValueKind::kBoolean:
      return value.boolean() ? "true" : "false";
    case ValueKind::kInteger:
      return FormatInteger(value.integer(), type.type);
    case ValueKind::kDecimal:
      return FormatDecimal(value.decimal());
    case ValueKind::kText:
      return value.text();
    case ValueKind::kList: {
      std::string out;
      for (const Value& item : value.list()) {
        if (!out.empty()) out += ';';
        out += FormatValue(item, ValueType{type.item, AttributeType::kUnknown});
      }
      return out;
    }
  }
  return "";
}

void WriteValue(JsonWriter& json, const Value& value, ValueType type) {
  switch (value.kind()) {
    case ValueKind::kNull:
      json.Null();
      return;
    case ValueKind::kBoolean:
      json.Boolean(value.boolean());
      return;
    case ValueKind::kInteger:
      if (IsWrittenAsText(type.type)) {
        json.Text(FormatInteger(value.integer(), type.type));
      } else {
        json.Integer(value.integer());
      }
      return;
    case ValueKind::kDecimal:
      json.Number(FormatDecimal(value.decimal()));
      return;
    case ValueKind::kText:
      json.Text(value.text());
      return;
    case ValueKind::kList:
      json.BeginArray();
      for (const Value& item : value.list()) {
        WriteValue(json, item, ValueType{type.item, AttributeType::kUnknown});
      }
      json.End();
      return;
  }
}

}  // namespace kosei::cli
