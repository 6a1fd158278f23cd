#include "membership.h"

#include <algorithm>
#include <cmath>

namespace kosei::language {
namespace {

// Whether equality and equivalence say the same of this value.
bool IsDefinite(const Datum& value) {
  if (value.is_null()) return false;
  if (value.kind() == DatumKind::kFloat) return !std::isnan(value.real());
  if (value.kind() == DatumKind::kList) return std::ranges::all_of(value.list(), IsDefinite);
  if (value.kind() == DatumKind::kMap)
    return std::ranges::all_of(value.map(), IsDefinite, &DatumMap::value_type::second);
  return true;
}

}  // namespace

std::optional<bool> IsItem(const Datum& value, const DatumList& list) {
  bool unknown = false;
  for (const Datum& item : list) {
    const std::optional<bool> equal = IsEqual(value, item);
    if (equal == true) return true;
    unknown = unknown || !equal.has_value();
  }
  return unknown ? std::nullopt : std::optional(false);
}

Membership::Membership(const Datum& list) : list_(list) {
  for (const Datum& item : list.list()) {
    if (IsDefinite(item)) {
      definite_.insert(item);
    } else {
      others_.push_back(item);
    }
  }
}

std::optional<bool> Membership::Contains(const Datum& value) const {
  if (!IsDefinite(value)) return IsItem(value, list_.list());
  if (definite_.contains(value)) return true;
  return IsItem(value, others_);
}

}  // namespace kosei::language
