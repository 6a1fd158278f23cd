// From one kind of value to another, and what kind a value has.
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "functions.h"
#include "kosei/language/compare.h"
#include "letter_case.h"
#include "numbers.h"
#include "temporal_calls.h"

namespace kosei::language {
namespace {

// What a conversion makes of a value: a value, null, or nothing at all for kinds it does not take.
using Conversion = std::optional<Datum> (*)(const Datum& value);

template <typename T>
Datum OrNull(std::optional<T> value, Datum (*make)(T)) {
  return value.has_value() ? make(*value) : Datum();
}

std::optional<Datum> ToInteger(const Datum& value) {
  if (value.is_null() || value.kind() == DatumKind::kInteger) return value;
  if (value.kind() == DatumKind::kBoolean) return Datum::Integer(value.boolean() ? 1 : 0);
  if (value.kind() == DatumKind::kString)
    return OrNull<std::int64_t>(IntegerFromText(value.string()), Datum::Integer);
  if (value.kind() == DatumKind::kFloat)
    return OrNull<std::int64_t>(ExactInteger(std::trunc(value.real())), Datum::Integer);
  return std::nullopt;
}

std::optional<Datum> ToFloat(const Datum& value) {
  if (value.is_null()) return value;
  if (value.is_number()) return Datum::Float(value.number());
  if (value.kind() == DatumKind::kString)
    return OrNull<double>(FloatFromText(value.string()), Datum::Float);
  return std::nullopt;
}

std::optional<Datum> ToBoolean(const Datum& value) {
  if (value.is_null() || value.kind() == DatumKind::kBoolean) return value;
  if (value.kind() == DatumKind::kInteger) return Datum::Boolean(value.integer() != 0);
  if (value.kind() != DatumKind::kString) return std::nullopt;
  const std::string word = LowerCase(value.string());
  if (word == "true") return Datum::Boolean(true);
  return word == "false" ? Datum::Boolean(false) : Datum();
}

std::optional<Datum> ToString(const Datum& value) {
  if (value.is_null() || value.kind() == DatumKind::kString) return value;
  if (value.kind() == DatumKind::kBoolean) return Datum::String(value.boolean() ? "true" : "false");
  if (value.kind() == DatumKind::kInteger) return Datum::String(std::to_string(value.integer()));
  if (value.kind() == DatumKind::kFloat) return Datum::String(DecimalText(value.real()));
  if ((kTemporalKinds & BitOf(value.kind())) != 0) return Datum::String(TemporalText(value));
  return std::nullopt;
}

template <Conversion kConversion>
Datum Convert(const Call& call) {
  if (std::optional<Datum> converted = kConversion(call[0])) return *std::move(converted);
  return call.WrongValue(0, KindsText(call.function.accepts));
}

template <Conversion kConversion>
Datum ConvertOrNull(const Call& call) {
  return kConversion(call[0]).value_or(Datum());
}

template <Conversion kConversion>
Datum ConvertItems(const Call& call) {
  if (call[0].kind() != DatumKind::kList) return call.WrongType(0, "a list");
  DatumList converted;
  converted.reserve(call[0].list().size());
  for (const Datum& item : call[0].list()) {
    if (!call.MayGrow(converted)) return {};
    converted.push_back(kConversion(item).value_or(Datum()));
  }
  return call.List(std::move(converted));
}

// "LIST<INTEGER NOT NULL | STRING NOT NULL> NOT NULL", as GQL writes types.
std::string TypeText(const Datum& value) {
  if (value.is_null()) return "NULL";
  std::string text(NameOf(value.kind()));
  if (value.kind() == DatumKind::kList) {
    std::string items;
    for (std::uint32_t kinds = 0; const Datum& item : value.list()) {
      if ((kinds & BitOf(item.kind())) != 0) continue;
      kinds |= BitOf(item.kind());
      if (!items.empty()) items += " | ";
      items += TypeText(item);
    }
    text += "<" + (items.empty() ? "NOTHING" : items) + ">";
  }
  return text + " NOT NULL";
}

Datum ValueType(const Call& call) { return Datum::String(TypeText(call[0])); }

Datum TimestampOf(const Call& call) { return Datum::Integer(call.evaluation.now.micros / 1000); }

Datum NullIf(const Call& call) { return IsEqual(call[0], call[1]) == true ? Datum() : call[0]; }

constexpr std::uint32_t kPlain = kNumberKinds | kStringKind | kBooleanKind;
constexpr std::uint32_t kFloat = BitOf(DatumKind::kFloat);
constexpr std::uint32_t kToBoolean = kBooleanKind | kStringKind | kIntegerKind;

constexpr Function kFunctions[] = {
    {"tointeger", 1, 1, Convert<ToInteger>, kPlain, kIntegerKind},
    {"tointegerornull", 1, 1, ConvertOrNull<ToInteger>, kAnyKinds, kIntegerKind},
    {"tointegerlist", 1, 1, ConvertItems<ToInteger>, kListKind, kListKind},
    {"tofloat", 1, 1, Convert<ToFloat>, kNumberKinds | kStringKind, kFloat},
    {"tofloatornull", 1, 1, ConvertOrNull<ToFloat>, kAnyKinds, kFloat},
    {"tofloatlist", 1, 1, ConvertItems<ToFloat>, kListKind, kListKind},
    {"toboolean", 1, 1, Convert<ToBoolean>, kToBoolean, kBooleanKind},
    {"tobooleanornull", 1, 1, ConvertOrNull<ToBoolean>, kAnyKinds, kBooleanKind},
    {"tobooleanlist", 1, 1, ConvertItems<ToBoolean>, kListKind, kListKind},
    {"tostring", 1, 1, Convert<ToString>, kPlain | kTemporalKinds, kStringKind},
    {"tostringornull", 1, 1, ConvertOrNull<ToString>, kAnyKinds, kStringKind},
    {"tostringlist", 1, 1, ConvertItems<ToString>, kListKind, kListKind},
    {"valuetype", 1, 1, ValueType, kAnyKinds, kStringKind, NullRule::kIsTaken},
    {"nullif", 2, 2, NullIf, kAnyKinds, kAnyKinds, NullRule::kIsTaken},
    {"timestamp", 0, 0, TimestampOf, kAnyKinds, kIntegerKind, NullRule::kGivesNull,
     Outcome::kVaries},
};

}  // namespace

std::span<const Function> ConversionFunctions() { return kFunctions; }

}  // namespace kosei::language
