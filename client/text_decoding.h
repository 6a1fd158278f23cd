// Text of messages as plain strings.
#pragma once

#include <string>
#include <vector>

#include "kosei/protocol/messages.h"

namespace kosei::client {

// Empty when it is not there.
inline std::string Text(const flatbuffers::String* text) {
  return std::string(protocol::TextOf(text));
}

inline std::vector<std::string> Texts(
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* texts) {
  std::vector<std::string> decoded;
  if (texts == nullptr) return decoded;
  for (const flatbuffers::String* text : *texts) decoded.push_back(Text(text));
  return decoded;
}

}  // namespace kosei::client
