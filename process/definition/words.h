// Enumerators and their words in definitions.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {

template <typename Enum, std::size_t kCount>
using Words = std::array<std::pair<std::string_view, Enum>, kCount>;

template <typename Enum, std::size_t kCount>
constexpr std::string_view WordOf(const Words<Enum, kCount>& words, Enum value) {
  for (const auto& [word, meaning] : words)
    if (meaning == value) return word;
  return "unknown";
}

// The word under `key`; an absent key leaves `out` as it is.
template <typename Enum, std::size_t kCount>
absl::Status ReadWord(const YamlBlock& block, std::string_view key,
                      const Words<Enum, kCount>& words, Enum& out) {
  std::string text;
  KOSEI_RETURN_IF_ERROR(block.ReadText(key, text));
  if (!block.Has(key)) return absl::OkStatus();
  std::vector<std::string_view> known;
  for (const auto& [word, meaning] : words) {
    if (word == text) {
      out = meaning;
      return absl::OkStatus();
    }
    known.push_back(word);
  }
  return block.ErrorAt(
      key, absl::StrFormat("%s is %s, expected one of %s", key, Shown(text), Joined(known)));
}

}  // namespace kosei::process
