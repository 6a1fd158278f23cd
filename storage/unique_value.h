// The text of a value for the book of unique values: equal values, equal text; kinds never collide.
#pragma once

#include <string>

#include "kosei/base/value.h"

namespace kosei::storage {

inline std::string UniqueText(const Value& value) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(value.kind())));
  switch (value.kind()) {
    case ValueKind::kNull:
      break;
    case ValueKind::kBoolean:
      text += value.boolean() ? "1" : "0";
      break;
    case ValueKind::kInteger:
      text += std::to_string(value.integer());
      break;
    case ValueKind::kDecimal:
      text += FormatDecimal(value.decimal());
      break;
    case ValueKind::kText:
      text += value.text();
      break;
    case ValueKind::kList:
      for (const Value& item : value.list()) {
        const std::string part = UniqueText(item);
        text += std::to_string(part.size()) + ":" + part;
      }
      break;
  }
  return text;
}

}  // namespace kosei::storage
