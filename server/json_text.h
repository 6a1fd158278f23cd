// Text as JSON, for the reports of koseid's commands.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/str_format.h"

namespace kosei::server {

inline std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += absl::StrFormat("\\u%04x", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace kosei::server
