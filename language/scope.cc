#include <utility>

#include "kosei/language/evaluation.h"

namespace kosei::language {

std::uint32_t Scope::Add(std::string name, StaticType type) {
  variables_[std::move(name)].push_back({slot_count_, type});
  return slot_count_++;
}

std::optional<std::uint32_t> Scope::Find(std::string_view name) const {
  const auto found = variables_.find(name);
  if (found == variables_.end()) return std::nullopt;
  return found->second.back().slot;
}

StaticType Scope::TypeOf(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? StaticType() : found->second.back().type;
}

void Scope::Remove(std::string_view name) {
  const auto found = variables_.find(name);
  if (found == variables_.end()) return;
  found->second.pop_back();
  if (found->second.empty()) variables_.erase(found);
}

std::vector<std::string> Scope::Names() const {
  std::vector<std::string> names;
  names.reserve(variables_.size());
  for (const auto& [name, variables] : variables_) names.push_back(name);
  return names;
}

StaticType TypeOf(const Datum& value) {
  StaticType type{BitOf(value.kind()), kAnyKinds};
  if (value.kind() != DatumKind::kList) return type;
  type.item_kinds = 0;
  for (const Datum& item : value.list()) type.item_kinds |= BitOf(item.kind());
  if (type.item_kinds == 0) type.item_kinds = kAnyKinds;
  return type;
}

}  // namespace kosei::language
