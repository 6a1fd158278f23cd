// How long work on large values takes, so that a statement can be stopped between two of them.
#pragma once

#include <cstdint>

#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

// About what a step of a loop over a list takes.
inline constexpr std::uint64_t kTextBytesPerStep = 256;
inline constexpr std::uint64_t kItemsPerStep = 16;

// Steps that one pass over the value takes; 0 of small ones.
inline std::uint64_t WorkOf(const Datum& value) {
  if (value.kind() == DatumKind::kString) return value.string().size() / kTextBytesPerStep;
  if (value.kind() == DatumKind::kList) return value.list().size() / kItemsPerStep;
  return 0;
}

// Before a pass over both: false when the statement must stop.
inline bool MayPassOver(const Datum& a, const Datum& b, Evaluation& evaluation) {
  const std::uint64_t work = WorkOf(a) + WorkOf(b);
  return work == 0 || evaluation.Proceed(work);
}

}  // namespace kosei::language
