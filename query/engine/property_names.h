// PropertyNames: numbers for the property names of a statement, given while it is compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace kosei::query {

class PropertyNames {
 public:
  std::uint32_t NumberOf(std::string_view name) {
    const auto known = Find(name);
    if (known.has_value()) return *known;
    const auto number = static_cast<std::uint32_t>(names_.size());
    numbers_.emplace(names_.emplace_back(name), number);
    return number;
  }
  std::optional<std::uint32_t> Find(std::string_view name) const {
    const auto known = numbers_.find(absl::string_view(name.data(), name.size()));
    return known == numbers_.end() ? std::nullopt : std::optional(known->second);
  }
  const std::string& NameOf(std::uint32_t number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, std::uint32_t> numbers_;
};

}  // namespace kosei::query
