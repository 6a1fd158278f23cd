#include "outbox/message_values.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kosei/base/time.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/text_form.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

constexpr std::string_view kInput = "input.";
// Of one value: a mail that tells of a record is not the record.
constexpr std::size_t kValueBytesMax = 4'000;
constexpr std::string_view kCut = "…";

// Bytes of the character that begins here; 0: it is no UTF-8.
std::size_t CharacterBytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80                    ? 1
                           : first >= 0xC2 && first < 0xE0 ? 2
                           : first >= 0xE0 && first < 0xF0 ? 3
                           : first >= 0xF0 && first < 0xF5 ? 4
                                                           : 0;
  if (size == 0 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (size < 3) return size;
  const unsigned char second = byte(1);
  const bool too_long = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool no_character = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return too_long || no_character ? 0 : size;
}

}  // namespace

std::string ShortText(std::string_view text, std::size_t bytes_max) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t size = CharacterBytes(text);
    const std::string_view piece = size == 0 ? std::string_view("?") : text.substr(0, size);
    text.remove_prefix(size == 0 ? 1 : size);
    if (kept.size() + piece.size() + (text.empty() ? 0 : kCut.size()) > bytes_max) {
      kept += kCut;
      return kept;
    }
    kept += piece;
  }
  return kept;
}

std::string PlainText(const Datum& value) {
  switch (value.kind()) {
    case DatumKind::kNull:
      return {};
    case DatumKind::kString:
      return value.string();
    case DatumKind::kDate:
      return FormatDate(value.date().days);
    case DatumKind::kDateTime: {
      const language::DateTime& at = value.date_time();
      return FormatTimestamp(Timestamp{at.seconds * 1'000'000 + at.nanos / 1'000});
    }
    case DatumKind::kList: {
      std::string text;
      for (const Datum& item : value.list())
        absl::StrAppend(&text, text.empty() ? "" : ", ", PlainText(item));
      return text;
    }
    case DatumKind::kBoolean:
    case DatumKind::kInteger:
    case DatumKind::kFloat:
    case DatumKind::kLocalTime:
    case DatumKind::kTime:
    case DatumKind::kLocalDateTime:
    case DatumKind::kDuration:
    case DatumKind::kMap:
    case DatumKind::kNode:
    case DatumKind::kRelationship:
    case DatumKind::kPath:
      break;
  }
  language::Evaluation nothing;  // they name no records
  return language::ToText(value, nothing);
}

MessageValues ValuesOfMessage(const MessageTemplate& message, std::string_view key,
                              const DatumMap& facts, const DatumMap& inputs) {
  const auto value_in = [](const DatumMap& map, std::string_view name) {
    for (const auto& [each, value] : map) {
      if (each == name) return PlainText(value);
    }
    return std::string();
  };
  MessageValues values;
  for (const std::string& name : message.placeholders) {
    values[name] = name == "key" ? std::string(key)
                   : name.starts_with(kInput)
                       ? value_in(inputs, std::string_view(name).substr(kInput.size()))
                       : value_in(facts, name);
  }
  return values;
}

Datum PackedMessageValues(const MessageValues& values) {
  language::DatumList items;
  for (const auto& [name, value] : values)
    items.push_back(Datum::String(absl::StrCat(name, "=", ShortText(value, kValueBytesMax))));
  return Datum::List(std::move(items));
}

MessageValues UnpackedMessageValues(const Datum& packed) {
  MessageValues values;
  if (packed.kind() != DatumKind::kList) return values;
  for (const Datum& item : packed.list()) {
    if (item.kind() != DatumKind::kString) continue;
    const std::string& text = item.string();
    const std::size_t sign = text.find('=');
    if (sign != std::string::npos) values[text.substr(0, sign)] = text.substr(sign + 1);
  }
  return values;
}

}  // namespace kosei::process
