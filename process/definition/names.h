// Names in definitions: their form, and how messages show them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace kosei::process {

inline constexpr std::size_t kDefinitionNameBytesMax = 64;

// Lower-case ASCII letters and digits, in words joined by single underscores.
bool IsPlainName(std::string_view name);

// In double quotes, fit for a message: control characters and broken UTF-8 as \xNN, cut after about
// 80 bytes.
std::string Shown(std::string_view text);

// "a, b, c".
template <typename Range>
std::string Joined(const Range& names, std::string_view between = ", ") {
  std::string joined;
  for (const auto& name : names) {
    if (!joined.empty()) joined += between;
    joined += name;
  }
  return joined;
}

// `; did you mean "x"?` for the nearest of them; when none is near, those that there are.
template <typename Range>
std::string Hint(std::string_view wanted, const Range& known);
std::string HintFrom(std::string_view wanted,
                     absl::FunctionRef<void(absl::FunctionRef<void(std::string_view)>)> each);

template <typename Range>
std::string Hint(std::string_view wanted, const Range& known) {
  return HintFrom(wanted, [&](absl::FunctionRef<void(std::string_view)> offer) {
    for (const auto& name : known) offer(name);
  });
}

}  // namespace kosei::process
