// PropertyNames: numbers for the property names of a statement, given while it is compiled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace kosei::query {

class PropertyNames {
 public:
  std::uint32_t NumberOf(std::string_view name) {
    const auto [known, fresh] =
        numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
    if (fresh) names_.emplace_back(name);
    return known->second;
  }
  std::optional<std::uint32_t> Find(std::string_view name) const {
    const auto known = numbers_.find(std::string(name));
    return known == numbers_.end() ? std::nullopt : std::optional(known->second);
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }
  const std::string& NameOf(std::uint32_t number) const { return names_[number]; }

 private:
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, std::uint32_t> numbers_;
};

}  // namespace kosei::query
