#include "literal_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include "absl/strings/charconv.h"
#include "absl/strings/str_format.h"
#include "code_points.h"
#include "kosei/language/query_error.h"
#include "name_text.h"

namespace kosei::language {
namespace {

constexpr std::uint32_t kCodePointMax = 0x10FFFF;

std::uint32_t DigitOf(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return 16;
}

std::optional<std::uint32_t> HexNumber(std::string_view digits, std::size_t count) {
  if (digits.size() < count) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : digits.substr(0, count)) {
    const std::uint32_t digit = DigitOf(c);
    if (digit > 15) return std::nullopt;
    number = number << 4U | digit;
  }
  return number;
}

bool IsHighSurrogate(std::uint32_t code) { return code >= 0xD800 && code < 0xDC00; }
bool IsLowSurrogate(std::uint32_t code) { return code >= 0xDC00 && code < 0xE000; }

class StringReader {
 public:
  StringReader(std::string_view text, Span span)
      : text_(text), at_(span.begin + 1), end_(span.end - 1), quote_(text[span.begin]) {}

  absl::StatusOr<std::string> Run() {
    while (at_ < end_) {
      const char c = text_[at_];
      if (c == '\\') {
        const absl::Status status = ReadEscape();
        if (!status.ok()) return status;
        continue;
      }
      value_ += c;
      at_ += c == quote_ ? 2 : 1;
    }
    return std::move(value_);
  }

 private:
  absl::Status ReadEscape() {
    const char c = text_[at_ + 1];
    if (c == 'u' || c == 'U') return ReadCode(c == 'u');
    constexpr std::string_view kWritten = "\\'\"`tbnrf";
    constexpr std::string_view kMeant = "\\'\"`\t\b\n\r\f";
    const std::size_t found = kWritten.find(c);
    if (found == std::string_view::npos) {
      const std::string_view rest = text_.substr(at_ + 1);
      return Fail(
          "UnexpectedSyntax",
          absl::StrFormat("found \\%s in a string, expected one of \\\\ \\' \\\" \\` \\t \\b "
                          "\\n \\r \\f \\uXXXX \\UXXXXXXXX; write \\\\ for a backslash",
                          rest.substr(0, CharacterLength(rest))));
    }
    value_ += kMeant[found];
    at_ += 2;
    return absl::OkStatus();
  }

  // \uXXXX, two of them for what UTF-16 writes as a pair, \UXXXXXXXX and \UXXXXXX.
  absl::Status ReadCode(bool four) {
    const std::string_view digits = text_.substr(at_ + 2, end_ - at_ - 2);
    std::size_t length = four ? 4 : 8;
    std::optional<std::uint32_t> code = HexNumber(digits, length);
    if (!four && (!code || *code > kCodePointMax)) {
      length = 6;
      code = HexNumber(digits, length);
    }
    if (!code) {
      return Fail("InvalidUnicodeLiteral",
                  "found \\u or \\U without its hexadecimal digits, expected 4 behind \\u and 8 "
                  "behind \\U, as in \\u69cb");
    }
    std::size_t used = 2 + length;
    if (four && IsHighSurrogate(*code) && digits.substr(4, 2) == "\\u") {
      const auto low = HexNumber(digits.substr(6), 4);
      if (low && IsLowSurrogate(*low)) {
        code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
        used += 6;
      }
    }
    if (*code > kCodePointMax || IsHighSurrogate(*code) || IsLowSurrogate(*code)) {
      return Fail("InvalidUnicodeLiteral",
                  absl::StrFormat("found U+%04X, which is no character; write the number of a "
                                  "character up to U+10FFFF",
                                  *code));
    }
    AppendCodePoint(*code, value_);
    at_ += used;
    return absl::OkStatus();
  }

  absl::Status Fail(std::string_view detail, const std::string& message) const {
    return MakeQueryError(
        ErrorCode::kQuerySyntax, detail, text_,
        Span{static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(at_ + 2)}, message);
  }

  const std::string_view text_;
  std::size_t at_;
  const std::size_t end_;
  const char quote_;
  std::string value_;
};

}  // namespace

absl::StatusOr<std::int64_t> ReadInteger(std::string_view text, Span span, NumberSign sign) {
  std::string_view digits = text.substr(span.begin, span.end - span.begin);
  std::uint64_t base = 10;
  if (digits.size() > 2 && digits[0] == '0' && DigitOf(digits[1]) > 15 && digits[1] != '_') {
    base = digits[1] == 'x' || digits[1] == 'X' ? 16 : 8;
    digits.remove_prefix(2);
  }
  const std::uint64_t most = (std::uint64_t{1} << 63U) - (sign == NumberSign::kPositive ? 1 : 0);
  std::uint64_t number = 0;
  for (const char c : digits) {
    if (c == '_') continue;
    const std::uint64_t digit = DigitOf(c);
    if (number > (most - digit) / base) {
      return MakeQueryError(ErrorCode::kQuerySyntax, "IntegerOverflow", text, span,
                            "the integer is too large, expected one of 64 bits; write a float, as "
                            "in 1e19, if it need not be exact");
    }
    number = number * base + digit;
  }
  return static_cast<std::int64_t>(sign == NumberSign::kPositive ? number : 0 - number);
}

absl::StatusOr<double> ReadFloat(std::string_view text, Span span) {
  std::string digits;
  for (const char c : text.substr(span.begin, span.end - span.begin)) {
    if (c != '_') digits += c;
  }
  double value = 0;
  // What is left behind the number is the suffix f or d.
  const auto result = absl::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec == std::errc::result_out_of_range && std::abs(value) > 1) {
    return MakeQueryError(ErrorCode::kQuerySyntax, "FloatingPointOverflow", text, span,
                          "the number is too large for a float of 64 bits, whose largest is about "
                          "1.8e308; write INFINITY if that is meant");
  }
  return value;
}

absl::StatusOr<std::string> ReadString(std::string_view text, Span span) {
  return StringReader(text, span).Run();
}

std::string FloatText(double value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value < 0 ? "-INFINITY" : "INFINITY";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.begin(), buffer.end(), value);
  std::string text(buffer.begin(), end.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string StringText(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    switch (c) {
      case '\\':
      case '\'':
        text.append(1, '\\').append(1, c);
        break;
      case '\n':
        text += "\\n";
        break;
      case '\t':
        text += "\\t";
        break;
      case '\r':
        text += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          text += absl::StrFormat("\\u%04x", static_cast<unsigned char>(c));
        } else {
          text += c;
        }
    }
  }
  return text + "'";
}

}  // namespace kosei::language
