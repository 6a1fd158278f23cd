// A list made ready for many look-ups with IN.
#pragma once

#include <optional>

#include "absl/container/flat_hash_set.h"
#include "kosei/language/compare.h"
#include "kosei/language/datum.h"

namespace kosei::language {

// Whether the value is an item of the list, one by one; none: null.
std::optional<bool> IsItem(const Datum& value, const DatumList& list);

class Membership {
 public:
  explicit Membership(const Datum& list);  // keeps it
  std::optional<bool> Contains(const Datum& value) const;
  // Whether this was made of this very list.
  bool IsOf(const Datum& list) const { return &list.list() == &list_.list(); }

 private:
  Datum list_;
  absl::flat_hash_set<Datum, DatumHash, DatumEquivalent> definite_;
  // Items with a null or NaN in them: equality has more answers there than equivalence.
  DatumList others_;
};

}  // namespace kosei::language
