#include "rule.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/record.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "kosei/model/gate.h"
#include "network_text.h"
#include "rule_errors.h"
#include "temporal_text.h"
#include "text_check.h"
#include "url_text.h"

namespace kosei::model {
namespace {

constexpr std::int64_t kCoefficientMax = 999'999'999'999'999'999;  // 18 digits
constexpr int kScaleMax = 18;

bool InRange(const Rule& rule, Decimal value) {
  if (rule.minimum && CompareDecimals(value, *rule.minimum) < 0) return false;
  return !rule.maximum || CompareDecimals(value, *rule.maximum) <= 0;
}

// Puts `canonical` into `changed` unless `value` is that text already.
void SetText(const Value& value, std::string_view canonical, std::optional<Value>& changed) {
  if (value.text() != canonical) changed = Value(canonical);
}

absl::Status WrongType(const Rule& rule, const Value& found, std::string_view expected) {
  return NotExpected(rule, ErrorCode::kWrongType, found, expected);
}

// What is common to string and text, once the characters are in order.
absl::Status CheckTextRule(const Rule& rule, const Value& found, const std::string& text) {
  if (rule.minimum || rule.maximum) {
    const std::size_t characters = CountCharacters(text);
    if (!InRange(rule, Decimal{static_cast<std::int64_t>(characters), 0}))
      return OutsideLength(rule, characters);
  }
  for (const re2::RE2* pattern : rule.patterns) {
    if (re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern)) continue;
    return NotExpected(rule, ErrorCode::kPatternMismatch, found,
                       absl::StrFormat("text that matches the pattern %s", pattern->pattern()));
  }
  return absl::OkStatus();
}

absl::Status CoerceText(const Rule& rule, TextForm form, const Value& value,
                        std::optional<Value>& changed) {
  if (value.kind() != ValueKind::kText) {
    return WrongType(rule, value,
                     value.kind() == ValueKind::kList ? "one text, not a list"
                                                      : "text; write the value in quotes");
  }
  const TextScan scan = ScanText(value.text(), form);
  if (scan.flaw == TextFlaw::kNone) return CheckTextRule(rule, value, value.text());
  if (scan.flaw != TextFlaw::kCarriageReturn) return BadText(rule, value);
  // Line ends of Windows become plain ones; the scan found no other carriage return.
  std::string mended = value.text();
  mended.erase(std::remove(mended.begin(), mended.end(), '\r'), mended.end());
  KOSEI_RETURN_IF_ERROR(CheckTextRule(rule, value, mended));
  changed = Value(std::move(mended));
  return absl::OkStatus();
}

absl::Status CoerceInteger(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected = "an integer such as 42";
  std::int64_t number = 0;
  if (value.kind() == ValueKind::kInteger) {
    number = value.integer();
  } else if (value.kind() == ValueKind::kDecimal && value.decimal().scale == 0) {
    number = value.decimal().coefficient;
  } else if (value.kind() == ValueKind::kText) {
    std::string_view text = TrimBlanks(value.text());
    if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool all_digits = end == text.data() + text.size() && !text.empty();
    if (all_digits && error == std::errc::result_out_of_range) {
      return NotExpected(rule, ErrorCode::kOutOfRange, value,
                         "an integer of 64 bits, -9223372036854775808 to 9223372036854775807");
    }
    if (!all_digits || error != std::errc()) return WrongType(rule, value, kExpected);
  } else {
    return WrongType(rule, value, kExpected);
  }
  if (!InRange(rule, Decimal{number, 0})) return OutsideRange(rule, value);
  if (value.kind() != ValueKind::kInteger) changed = Value(number);
  return absl::OkStatus();
}

absl::Status CoerceDecimal(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected =
      "a decimal of at most 18 digits with a point, such as 12.50";
  Decimal number;
  if (value.kind() == ValueKind::kDecimal) {
    number = value.decimal();
    if (number.scale > kScaleMax) return WrongType(rule, value, kExpected);
    for (; number.scale > 0 && number.coefficient % 10 == 0; --number.scale)
      number.coefficient /= 10;
  } else if (value.kind() == ValueKind::kInteger) {
    number = Decimal{value.integer(), 0};
  } else if (value.kind() == ValueKind::kText) {
    absl::StatusOr<Decimal> parsed = ParseDecimal(TrimBlanks(value.text()));
    if (!parsed.ok()) return WrongType(rule, value, kExpected);
    number = *parsed;
  } else {
    return WrongType(rule, value, kExpected);
  }
  if (number.coefficient > kCoefficientMax || number.coefficient < -kCoefficientMax)
    return NotExpected(rule, ErrorCode::kOutOfRange, value, kExpected);
  if (!InRange(rule, number)) return OutsideRange(rule, value);
  if (value.kind() != ValueKind::kDecimal || value.decimal() != number) changed = Value(number);
  return absl::OkStatus();
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

absl::Status CoerceBoolean(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected = "a boolean: true, false, yes, no, 1 or 0";
  if (value.kind() == ValueKind::kBoolean) return absl::OkStatus();
  if (value.kind() == ValueKind::kInteger && (value.integer() == 0 || value.integer() == 1)) {
    changed = Value(value.integer() == 1);
    return absl::OkStatus();
  }
  if (value.kind() != ValueKind::kText) return WrongType(rule, value, kExpected);
  const std::string_view text = TrimBlanks(value.text());
  for (const std::string_view yes : {"true", "yes", "1"}) {
    if (EqualsIgnoringCase(text, yes)) changed = Value(true);
  }
  for (const std::string_view no : {"false", "no", "0"}) {
    if (EqualsIgnoringCase(text, no)) changed = Value(false);
  }
  return changed ? absl::OkStatus() : WrongType(rule, value, kExpected);
}

absl::Status CoerceTimestamp(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected =
      "a time with its offset (RFC 3339), such as 2026-11-22T09:30:00+09:00";
  std::int64_t micros = 0;
  if (value.kind() == ValueKind::kInteger) {
    micros = value.integer();
  } else if (value.kind() == ValueKind::kText) {
    const std::string_view text = TrimBlanks(value.text());
    if (!HasTimestampShape(text)) return WrongType(rule, value, kExpected);
    const absl::StatusOr<Timestamp> instant = ParseTimestamp(text);
    if (!instant.ok()) return WrongType(rule, value, kExpected);
    micros = instant->micros;
  } else {
    return WrongType(rule, value, kExpected);
  }
  if (micros < kTimestampMin || micros > kTimestampMax) {
    return NotExpected(rule, ErrorCode::kOutOfRange, value,
                       "a time in the years 0001 to 9999, in UTC");
  }
  if (value.kind() != ValueKind::kInteger) changed = Value(micros);
  return absl::OkStatus();
}

absl::Status CoerceDate(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected = "a date (ISO 8601) such as 2026-11-22";
  std::int64_t days = 0;
  if (value.kind() == ValueKind::kInteger) {
    days = value.integer();
  } else if (value.kind() == ValueKind::kText) {
    const std::string_view text = TrimBlanks(value.text());
    if (!HasDateShape(text)) return WrongType(rule, value, kExpected);
    const absl::StatusOr<std::int64_t> parsed = ParseDate(text);
    if (!parsed.ok()) return WrongType(rule, value, kExpected);
    days = *parsed;
  } else {
    return WrongType(rule, value, kExpected);
  }
  if (days < kDayMin || days > kDayMax) {
    return NotExpected(rule, ErrorCode::kOutOfRange, value, "a date in the years 0001 to 9999");
  }
  if (value.kind() != ValueKind::kInteger) changed = Value(days);
  return absl::OkStatus();
}

absl::Status CoerceDuration(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected = "a duration (ISO 8601) such as P3DT4H or PT30M";
  constexpr std::string_view kLongest = "a duration of at most 106751991 days (some 292,000 years)";
  if (value.kind() == ValueKind::kInteger) {
    // The one number whose opposite is none.
    const bool too_long = value.integer() == std::numeric_limits<std::int64_t>::min();
    return too_long ? NotExpected(rule, ErrorCode::kOutOfRange, value, kLongest) : absl::OkStatus();
  }
  if (value.kind() != ValueKind::kText) return WrongType(rule, value, kExpected);
  const Duration duration = ParseDuration(TrimBlanks(value.text()));
  switch (duration.flaw) {
    case DurationFlaw::kNone:
      changed = Value(duration.micros);
      return absl::OkStatus();
    case DurationFlaw::kShape:
      return WrongType(rule, value, kExpected);
    case DurationFlaw::kYearsOrMonths:
      return WrongType(rule, value,
                       "a duration in days or less, because years and months differ in length; "
                       "write P30D or P365D");
    case DurationFlaw::kTooLong:
      return NotExpected(rule, ErrorCode::kOutOfRange, value, kLongest);
  }
  return absl::OkStatus();
}

absl::Status CoerceEnum(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  if (value.kind() != ValueKind::kText)
    return WrongType(rule, value, "the name of a value, as text");
  const std::string_view text = TrimBlanks(value.text());
  if (!std::binary_search(rule.sorted_values.begin(), rule.sorted_values.end(), text))
    return UnknownValue(rule, value);
  SetText(value, text, changed);
  return absl::OkStatus();
}

absl::Status CoerceIpAddress(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected = "an IP address such as 192.0.2.1 or 2001:db8::1";
  if (value.kind() != ValueKind::kText) return WrongType(rule, value, kExpected);
  const std::optional<IpAddress> address = ParseIpAddress(TrimBlanks(value.text()));
  if (!address) return WrongType(rule, value, kExpected);
  SetText(value, FormatIpAddress(*address).view(), changed);
  return absl::OkStatus();
}

absl::Status CoerceIpNetwork(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected = "an IP network such as 192.0.2.0/24 or 2001:db8::/32";
  if (value.kind() != ValueKind::kText) return WrongType(rule, value, kExpected);
  const std::optional<IpNetworkText> network = CanonicalIpNetwork(TrimBlanks(value.text()));
  if (!network) return WrongType(rule, value, kExpected);
  if (network->had_host_bits) {
    return WrongType(rule, value,
                     absl::StrFormat("a network, whose host bits are zero; did you mean \"%s\"?",
                                     network->text.view()));
  }
  SetText(value, network->text.view(), changed);
  return absl::OkStatus();
}

absl::Status CoerceMac(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  constexpr std::string_view kExpected = "a MAC address of six bytes such as 00:00:5e:00:53:01";
  if (value.kind() != ValueKind::kText) return WrongType(rule, value, kExpected);
  const std::optional<ShortText> mac = CanonicalMac(TrimBlanks(value.text()));
  if (!mac) return WrongType(rule, value, kExpected);
  SetText(value, mac->view(), changed);
  return absl::OkStatus();
}

absl::Status CoerceUrl(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  if (value.kind() != ValueKind::kText) return WrongType(rule, value, "a URL, as text");
  const std::string_view text = TrimBlanks(value.text());
  const UrlText url = NormaliseUrl(text);
  if (!url.flaw.empty()) return WrongType(rule, value, url.flaw);
  SetText(value, url.is_normal ? text : std::string_view(url.normal), changed);
  return absl::OkStatus();
}

absl::Status CoerceReference(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  if (value.kind() != ValueKind::kText || value.text().empty())
    return WrongType(rule, value, "the key of a record, as text");
  if (ScanText(value.text(), TextForm::kLine).flaw != TextFlaw::kNone) return BadText(rule, value);
  if (value.text().size() > kKeyBytesMax) {
    return NotExpected(rule, ErrorCode::kOutOfRange, value,
                       absl::StrFormat("a key of at most %d bytes", kKeyBytesMax));
  }
  changed.reset();
  return absl::OkStatus();
}

absl::Status CoerceGate(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  if (value.kind() != ValueKind::kText)
    return WrongType(rule, value, "a gate, as text such as any(powered_by)");
  const absl::StatusOr<GatePart> gate = ParseGate(value.text());
  if (!gate.ok()) {
    return MakeError(CodeOf(gate.status()),
                     absl::StrFormat("attribute %s: %s", rule.attribute, MessageOf(gate.status())),
                     rule.attribute);
  }
  SetText(value, GateText(*gate), changed);
  return absl::OkStatus();
}

// One value of whatever kind, in the canonical form of that kind.
absl::Status CoerceAny(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  switch (value.kind()) {
    case ValueKind::kBoolean:
    case ValueKind::kInteger:
      return absl::OkStatus();
    case ValueKind::kDecimal:
      return CoerceDecimal(rule, value, changed);
    case ValueKind::kText:
      return CoerceText(rule, TextForm::kLines, value, changed);
    case ValueKind::kNull:
    case ValueKind::kList:
      break;
  }
  return WrongType(rule, value, "a single value: a list holds neither lists nor nothing");
}

absl::Status CoerceSingle(const Rule& rule, AttributeType type, const Value& value,
                          std::optional<Value>& changed) {
  switch (type) {
    case AttributeType::kString:
      return CoerceText(rule, TextForm::kLine, value, changed);
    case AttributeType::kText:
      return CoerceText(rule, TextForm::kLines, value, changed);
    case AttributeType::kInteger:
      return CoerceInteger(rule, value, changed);
    case AttributeType::kDecimal:
      return CoerceDecimal(rule, value, changed);
    case AttributeType::kBoolean:
      return CoerceBoolean(rule, value, changed);
    case AttributeType::kTimestamp:
      return CoerceTimestamp(rule, value, changed);
    case AttributeType::kDate:
      return CoerceDate(rule, value, changed);
    case AttributeType::kDuration:
      return CoerceDuration(rule, value, changed);
    case AttributeType::kEnum:
      return CoerceEnum(rule, value, changed);
    case AttributeType::kIpAddress:
      return CoerceIpAddress(rule, value, changed);
    case AttributeType::kIpNetwork:
      return CoerceIpNetwork(rule, value, changed);
    case AttributeType::kMac:
      return CoerceMac(rule, value, changed);
    case AttributeType::kUrl:
      return CoerceUrl(rule, value, changed);
    case AttributeType::kReference:
      return CoerceReference(rule, value, changed);
    case AttributeType::kGate:
      return CoerceGate(rule, value, changed);
    case AttributeType::kAny:
      return CoerceAny(rule, value, changed);
    case AttributeType::kList:
      break;  // a list of lists: no model has one
  }
  return WrongType(rule, value, "a single value");
}

// The items of a list written as one text: what stands between semicolons, blanks set aside.
ValueList SplitItems(std::string_view text) {
  ValueList items;
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    const std::string_view item = TrimBlanks(text.substr(0, end));
    if (!item.empty()) items.emplace_back(item);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return items;
}

absl::Status CoerceList(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  if (value.kind() == ValueKind::kText) {
    changed = Value(SplitItems(value.text()));
    std::optional<Value> coerced;
    KOSEI_RETURN_IF_ERROR(CoerceList(rule, *changed, coerced));
    if (coerced) changed = std::move(coerced);
    return absl::OkStatus();
  }
  if (value.kind() != ValueKind::kList)
    return WrongType(rule, value, "a list, or its items as one text with \";\" between them");
  ValueList items;  // filled from the first item on that changes
  for (std::size_t i = 0; i < value.list().size(); ++i) {
    const Value& item = value.list()[i];
    std::optional<Value> item_changed;
    const absl::Status status = CoerceSingle(rule, rule.item_type, item, item_changed);
    if (!status.ok()) return WithContext(status, absl::StrFormat("item %d", i + 1));
    if (item_changed && items.empty()) items = value.list();
    if (item_changed) items[i] = *std::move(item_changed);
  }
  if (!items.empty()) changed = Value(std::move(items));
  return absl::OkStatus();
}

}  // namespace

absl::Status Canonicalise(const Rule& rule, const Value& value, std::optional<Value>& changed) {
  changed.reset();
  if (value.is_null()) return absl::OkStatus();
  const bool is_list = rule.type == AttributeType::kList ||
                       (rule.type == AttributeType::kAny && value.kind() == ValueKind::kList);
  if (is_list) return CoerceList(rule, value, changed);
  return CoerceSingle(rule, rule.type, value, changed);
}

int CompareDecimals(Decimal a, Decimal b) {
  // 10^18 times a number of 64 bits fits into 128.
  __extension__ using Wide = __int128;
  Wide left = a.coefficient;
  Wide right = b.coefficient;
  for (int scale = a.scale; scale < b.scale; ++scale) left *= 10;
  for (int scale = b.scale; scale < a.scale; ++scale) right *= 10;
  return left < right ? -1 : left > right ? 1 : 0;
}

}  // namespace kosei::model
