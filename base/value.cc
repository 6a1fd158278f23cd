#include "kosei/base/value.h"

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei {
namespace {

constexpr int kDecimalDigitsMax = 18;

absl::Status BadDecimal(std::string_view text) {
  return MakeError(
      ErrorCode::kWrongType,
      absl::StrFormat("decimal \"%s\": expected digits with an optional sign and point, at most %d "
                      "digits, as in -12.50",
                      text, kDecimalDigitsMax));
}

// Bytes of the UTF-8 sequence that `lead` begins; 0 when it begins none.
int SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The second byte's range depends on the lead: overlong forms, surrogates and values above U+10FFFF
// are out.
bool SecondByteFits(unsigned char lead, unsigned char second) {
  if (lead == 0xE0) return second >= 0xA0 && second <= 0xBF;
  if (lead == 0xED) return second >= 0x80 && second <= 0x9F;
  if (lead == 0xF0) return second >= 0x90 && second <= 0xBF;
  if (lead == 0xF4) return second >= 0x80 && second <= 0x8F;
  return second >= 0x80 && second <= 0xBF;
}

}  // namespace

absl::StatusOr<Decimal> ParseDecimal(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  Decimal decimal;
  int digits = 0;
  int all = 0;
  bool point = false;
  for (const char c : rest) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return BadDecimal(text);
    ++all;
    if (digits > 0 || c != '0') ++digits;
    if (digits > kDecimalDigitsMax || (point && decimal.scale == kDecimalDigitsMax))
      return BadDecimal(text);
    decimal.coefficient = decimal.coefficient * 10 + (c - '0');
    if (point) ++decimal.scale;
  }
  if (all == 0 || rest.back() == '.') return BadDecimal(text);
  while (decimal.scale > 0 && decimal.coefficient % 10 == 0) {
    decimal.coefficient /= 10;
    --decimal.scale;
  }
  if (negative) decimal.coefficient = -decimal.coefficient;
  return decimal;
}

std::string FormatDecimal(Decimal decimal) {
  if (decimal.scale == 0) return absl::StrFormat("%d", decimal.coefficient);
  const bool negative = decimal.coefficient < 0;
  const std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(decimal.coefficient)
                                           : static_cast<std::uint64_t>(decimal.coefficient);
  std::string digits = absl::StrFormat("%d", magnitude);
  if (digits.size() <= decimal.scale) digits.insert(0, decimal.scale + 1 - digits.size(), '0');
  digits.insert(digits.size() - decimal.scale, 1, '.');
  return negative ? "-" + digits : digits;
}

bool IsValidUtf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const int length = SequenceLength(lead);
    if (length == 0 || text.size() - i < static_cast<std::size_t>(length)) return false;
    if (!SecondByteFits(lead, static_cast<unsigned char>(text[i + 1]))) return false;
    for (int k = 2; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0xC0) != 0x80)
        return false;
    }
    i += static_cast<std::size_t>(length);
  }
  return true;
}

}  // namespace kosei
