#include "desk/typed_values.h"

#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "kosei/base/period.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "kosei/language/temporal.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kNanosPerMicro = 1'000;

Datum TypedInput(InputType type, const Datum& given) {
  if (given.kind() != DatumKind::kString) return given;
  const std::string& text = given.string();
  switch (type) {
    case InputType::kText:
    case InputType::kKey:
    case InputType::kEnum:
      return given;
    case InputType::kInteger: {
      std::int64_t number = 0;
      return absl::SimpleAtoi(text, &number) ? Datum::Integer(number) : given;
    }
    case InputType::kDecimal: {
      double number = 0;
      return absl::SimpleAtod(text, &number) ? Datum::Float(number) : given;
    }
    case InputType::kBoolean:
      if (text == "true") return Datum::Boolean(true);
      return text == "false" ? Datum::Boolean(false) : given;
    case InputType::kTimestamp: {
      const auto instant = ParseTimestamp(text);
      return instant.ok() ? query::DatumOf(*instant) : given;
    }
    case InputType::kDate: {
      const auto days = ParseDate(text);
      return days.ok() ? Datum::Of(language::Date{*days}) : given;
    }
    case InputType::kDuration: {
      const auto period = ParsePeriod(text);
      if (!period.ok()) return given;
      return Datum::Of(language::Duration{
          .months = period->months,
          .days = 0,
          .seconds = period->micros / kMicrosPerSecond,
          .nanos = static_cast<std::int32_t>(period->micros % kMicrosPerSecond * kNanosPerMicro)});
    }
  }
  return given;
}

}  // namespace

absl::StatusOr<DatumMap> TypedAttributes(const model::Schema& schema, const model::Class& owner,
                                         const DatumMap& given) {
  DatumMap typed;
  for (const auto& [name, datum] : given) {
    KOSEI_ASSIGN_OR_RETURN(const model::Attribute* attribute, schema.GetAttribute(owner, name));
    KOSEI_ASSIGN_OR_RETURN(const Value value, query::ValueOf(schema, *attribute, datum));
    typed.emplace_back(name, query::DatumOf(value, attribute->definition));
  }
  return typed;
}

DatumMap TypedInputs(const TransitionDefinition& transition, const DatumMap& given) {
  DatumMap typed = given;
  for (auto& [name, value] : typed) {
    for (const InputDefinition& input : transition.inputs) {
      if (input.name == name) value = TypedInput(input.type, value);
    }
  }
  return typed;
}

}  // namespace kosei::process
