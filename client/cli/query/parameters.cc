#include "query/parameters.h"

#include <simdjson.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"

namespace kosei::cli {
namespace {

using client::QueryValue;
using language::PackedList;
using language::PackedMap;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The whole text as a number. No infinities: they are words of the language, and here text.
template <typename Number>
bool ReadNumber(std::string_view text, Number& number) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  if (first >= text.size() || !IsDigit(text[first])) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool LooksLikeDate(std::string_view text) {
  return text.size() >= 10 && IsDigit(text[0]) && IsDigit(text[1]) && IsDigit(text[2]) &&
         IsDigit(text[3]) && text[4] == '-' && IsDigit(text[5]) && IsDigit(text[6]) &&
         text[7] == '-';
}

bool IsQuoted(std::string_view text) {
  return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
         text.back() == text.front();
}

absl::Status WrongJson(const std::string& text, std::string_view why) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("parameter '%s': it is not JSON (%s)", text, why),
                   "--param-json");
}

QueryValue Converted(simdjson::dom::element element, int& depth_left);

QueryValue ConvertedList(simdjson::dom::array array, int& depth_left) {
  PackedList list;
  for (const simdjson::dom::element item : array) list.push_back(Converted(item, depth_left));
  return {std::move(list)};
}

QueryValue ConvertedMap(simdjson::dom::object object, int& depth_left) {
  PackedMap map;
  for (const auto member : object)
    SetParameter(map, std::string(member.key), Converted(member.value, depth_left));
  return {std::move(map)};
}

// What is nested deeper than PackStream may be is cut off here, and `depth_left` tells.
QueryValue Converted(simdjson::dom::element element, int& depth_left) {
  if (depth_left <= 0) return {};
  if (element.is<simdjson::dom::array>() || element.is<simdjson::dom::object>()) {
    const int before = depth_left--;
    QueryValue value =
        element.is<simdjson::dom::array>()
            ? ConvertedList(element.get<simdjson::dom::array>().value_unsafe(), depth_left)
            : ConvertedMap(element.get<simdjson::dom::object>().value_unsafe(), depth_left);
    if (depth_left > 0) depth_left = before;
    return value;
  }
  std::int64_t whole = 0;
  if (element.is<std::int64_t>() && element.get(whole) == simdjson::SUCCESS) return {whole};
  double number = 0;
  if (element.is_number() && element.get(number) == simdjson::SUCCESS) return {number};
  bool boolean = false;
  if (element.get(boolean) == simdjson::SUCCESS) return {boolean};
  std::string_view text;
  if (element.get(text) == simdjson::SUCCESS) return {std::string(text)};
  return {};
}

}  // namespace

absl::StatusOr<NamedText> ParseNamed(const std::string& text, std::string_view option) {
  const std::size_t sign = text.find('=');
  std::string name = text.substr(0, sign);
  if (name.starts_with('$')) name.erase(0, 1);
  if (sign == std::string::npos || name.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("parameter '%s': expected NAME=VALUE", text), option);
  }
  return NamedText{std::move(name), text.substr(sign + 1)};
}

QueryValue ValueOfWord(const std::string& word) {
  if (IsQuoted(word)) return {word.substr(1, word.size() - 2)};
  if (word == "true" || word == "false") return {word == "true"};
  if (word == "null") return {};
  std::int64_t whole = 0;
  if (ReadNumber(word, whole)) return {whole};
  double number = 0;
  if (ReadNumber(word, number)) return {number};
  if (LooksLikeDate(word)) {
    if (const auto date = language::ReadDate(word); date.ok()) return {*date};
    // A zone makes an instant; without one it is a local date-time.
    if (const auto local = language::ReadLocalDateTime(word); local.ok()) return {*local};
    if (const auto instant = language::ReadDateTime(word, "Z"); instant.ok()) return {*instant};
  }
  return {word};
}

absl::StatusOr<QueryValue> ValueOfJson(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const simdjson::error_code error = parser.parse(text).get(root);
  if (error != simdjson::SUCCESS) return WrongJson(text, simdjson::error_message(error));
  int depth_left = language::kDatumDepthMax - 1;  // the parameters themselves are a map
  QueryValue value = Converted(root, depth_left);
  if (depth_left <= 0) {
    return WrongJson(text,
                     absl::StrFormat("nested deeper than %d levels", language::kDatumDepthMax - 2));
  }
  return value;
}

void SetParameter(PackedMap& parameters, const std::string& name, QueryValue value) {
  for (language::PackedEntry& entry : parameters) {
    if (entry.key != name) continue;
    entry.value = std::move(value);
    return;
  }
  parameters.push_back({name, std::move(value)});
}

const QueryValue* FindParameter(const PackedMap& parameters, std::string_view name) {
  for (const language::PackedEntry& entry : parameters) {
    if (entry.key == name) return &entry.value;
  }
  return nullptr;
}

absl::Status AddParameters(const std::vector<std::string>& words,
                           const std::vector<std::string>& json, PackedMap& parameters) {
  for (const std::string& word : words) {
    KOSEI_ASSIGN_OR_RETURN(const NamedText named, ParseNamed(word, "--param"));
    SetParameter(parameters, named.name, ValueOfWord(named.text));
  }
  for (const std::string& word : json) {
    KOSEI_ASSIGN_OR_RETURN(const NamedText named, ParseNamed(word, "--param-json"));
    KOSEI_ASSIGN_OR_RETURN(QueryValue value, ValueOfJson(named.text));
    SetParameter(parameters, named.name, std::move(value));
  }
  return absl::OkStatus();
}

}  // namespace kosei::cli
