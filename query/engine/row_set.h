// RowSet: rows of a few values, each once; equivalent values are the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kosei/language/compare.h"
#include "kosei/language/datum.h"

namespace kosei::query {

using RowValues = std::vector<language::Datum>;

struct RowHash {
  std::size_t operator()(const RowValues& values) const {
    std::uint64_t hash = 0x9E3779B97F4A7C15;
    for (const language::Datum& value : values)
      hash = (hash ^ language::HashOf(value)) * 0xFF51AFD7ED558CCD;
    return hash ^ (hash >> 32);
  }
};
struct RowEquivalent {
  bool operator()(const RowValues& a, const RowValues& b) const {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!language::Equivalent(a[i], b[i])) return false;
    }
    return true;
  }
};
template <typename T>
using RowMap = absl::flat_hash_map<RowValues, T, RowHash, RowEquivalent>;

// About what a row takes in a map or a list, for the memory budget.
inline std::int64_t BytesOf(const RowValues& values) {
  std::size_t bytes = 64;
  for (const language::Datum& value : values) bytes += sizeof(value) + value.HeapBytes();
  return static_cast<std::int64_t>(bytes);
}

}  // namespace kosei::query
