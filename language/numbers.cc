#include "numbers.h"

#include <array>
#include <charconv>
#include <cstdlib>

namespace kosei::language {

std::string DecimalText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  const double size = std::abs(value);
  const bool plain = value == 0 || (size >= 1e-3 && size < 1e7);
  std::array<char, 40> digits{};
  const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, form).ptr;
  std::string text(digits.data(), end);
  if (plain) return text.find('.') == std::string::npos ? text + ".0" : text;
  const std::size_t e = text.find('e');
  const int exponent = std::atoi(text.c_str() + e + 1);
  text.resize(e);
  if (text.find('.') == std::string::npos) text += ".0";
  return text + "E" + std::to_string(exponent);
}

std::optional<double> FloatFromText(std::string_view text) {
  text = Trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.starts_with("+") || text.starts_with("-+")) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::nullopt;
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> IntegerFromText(std::string_view text) {
  text = Trimmed(text);
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc() && end == digits.data() + digits.size()) return value;
  const std::optional<double> real = FloatFromText(text);
  return real.has_value() ? ExactInteger(std::trunc(*real)) : std::nullopt;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace kosei::language
