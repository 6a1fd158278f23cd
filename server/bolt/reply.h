// What the server says: SUCCESS, FAILURE, IGNORED and RECORD, as messages in chunks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kosei/language/packstream.h"

namespace kosei::server::bolt {

// The map of a SUCCESS or FAILURE, entry by entry.
class Metadata {
 public:
  void Text(std::string_view key, std::string_view value) { Add(key).String(value); }
  void Integer(std::string_view key, std::int64_t value) { Add(key).Integer(value); }
  void Boolean(std::string_view key, bool value) { Add(key).Boolean(value); }
  // For a value of another kind: exactly one has to be written next.
  language::PackWriter Add(std::string_view key);
  // `packed` is one value.
  void AddPacked(std::string_view key, std::string_view packed);

  // As a map.
  std::string Packed() const;

 private:
  std::string entries_;
  std::size_t count_ = 0;
};

std::string Success(const Metadata& metadata);
// A message beyond kErrorMessageMax bytes is cut at a character.
std::string Failure(std::string_view code, std::string_view message);
std::string Ignored();

// Begins a RECORD, behind which its list of values is written; then AppendMessage.
inline constexpr std::uint8_t kRecordTag = 0x71;

}  // namespace kosei::server::bolt
