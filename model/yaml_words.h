// Reading a word that stands for an enumerator.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "yaml_map.h"

namespace kosei::model {

// Reads the word under `key` as an enumerator; an absent key leaves `out` as it is.
template <typename Enum>
absl::Status ReadWord(const YamlSource& source, const YamlMap& map, std::string_view key,
                      std::optional<Enum> (*value_of)(std::string_view), std::string (*words)(),
                      Enum& out) {
  std::string text;
  KOSEI_RETURN_IF_ERROR(map.ReadText(key, text));
  if (map.Find(key) == nullptr) return absl::OkStatus();
  const std::optional<Enum> value = value_of(text);
  if (!value) {
    return source.Error(*map.Find(key), absl::StrFormat("unknown %s %s; expected one of %s", key,
                                                        Quoted(text), words()));
  }
  out = *value;
  return absl::OkStatus();
}

}  // namespace kosei::model
