#include "rule_errors.h"

#include <string>

#include "absl/strings/str_format.h"
#include "kosei/base/nearest_name.h"
#include "names.h"
#include "text_check.h"

namespace kosei::model {
namespace {

constexpr std::size_t kValuesShownMax = 20;

// A value as messages show it: its kind, unless the text says it.
std::string Shown(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return "nothing";
    case ValueKind::kBoolean:
      return value.boolean() ? "the boolean true" : "the boolean false";
    case ValueKind::kInteger:
      return absl::StrFormat("the integer %d", value.integer());
    case ValueKind::kDecimal:
      return absl::StrFormat("the decimal %s", FormatDecimal(value.decimal()));
    case ValueKind::kText:
      return Quoted(value.text());
    case ValueKind::kList:
      return absl::StrFormat("a list of %d", value.list().size());
  }
  return "an unknown kind of value";
}

absl::Status Error(const Rule& rule, ErrorCode code, const std::string& message) {
  return MakeError(code, absl::StrFormat("attribute %s: %s", rule.attribute, message),
                   rule.attribute);
}

// "1 to 65535", "at least 1", "at most 65535".
std::string RangeWords(const Rule& rule) {
  if (!rule.minimum) return "at most " + FormatDecimal(*rule.maximum);
  if (!rule.maximum) return "at least " + FormatDecimal(*rule.minimum);
  return FormatDecimal(*rule.minimum) + " to " + FormatDecimal(*rule.maximum);
}

}  // namespace

absl::Status NotExpected(const Rule& rule, ErrorCode code, const Value& found,
                         std::string_view expected) {
  return Error(rule, code, absl::StrFormat("found %s, expected %s", Shown(found), expected));
}

absl::Status OutsideRange(const Rule& rule, const Value& found) {
  return NotExpected(rule, ErrorCode::kOutOfRange, found, RangeWords(rule));
}

absl::Status OutsideLength(const Rule& rule, std::size_t characters) {
  return Error(rule, ErrorCode::kOutOfRange,
               absl::StrFormat("found %d characters, expected %s", characters, RangeWords(rule)));
}

absl::Status UnknownValue(const Rule& rule, const Value& found) {
  std::string expected = "one of ";
  NearestName nearest(found.text());
  for (std::size_t i = 0; i < rule.values.size(); ++i) {
    nearest.Offer(rule.values[i]);
    if (i < kValuesShownMax) expected += (i == 0 ? "" : ", ") + rule.values[i];
  }
  if (rule.values.size() > kValuesShownMax)
    expected += absl::StrFormat(" and %d more", rule.values.size() - kValuesShownMax);
  return NotExpected(rule, ErrorCode::kOutOfRange, found, expected + nearest.Suggestion());
}

absl::Status BadText(const Rule& rule, const Value& found) {
  const bool lines = rule.item_type == AttributeType::kText;
  const TextScan scan = ScanText(found.text(), lines ? TextForm::kLines : TextForm::kLine);
  if (scan.flaw == TextFlaw::kNotUtf8) {
    return Error(rule, ErrorCode::kInvalidText,
                 absl::StrFormat("byte %d is not UTF-8, in %s; convert the text to UTF-8",
                                 scan.position + 1, Quoted(found.text())));
  }
  return Error(rule, ErrorCode::kInvalidText,
               absl::StrFormat("control character at byte %d of %s, expected %s; remove it",
                               scan.position + 1, Quoted(found.text()),
                               lines ? "none but newline and tab" : "one line without any"));
}

}  // namespace kosei::model
