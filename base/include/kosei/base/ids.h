// Distinct types for the numbers that name things, so that two of them cannot be exchanged by
// mistake.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

namespace kosei {

template <typename Tag, typename Rep>
struct Id {
  Rep value = 0;

  friend constexpr auto operator<=>(Id, Id) = default;
  template <typename H>
  friend H AbslHashValue(H hash, Id id) {
    return H::combine(std::move(hash), id.value);
  }
};

// A record (CI, process record): dense, handed out by the committer from 1 on, never reused. At
// most 2^32 - 2.
using RecordId = Id<struct RecordTag, std::uint64_t>;
// A commit: dense, from 1 on. 0 is the empty store before the first commit.
using CommitNumber = Id<struct CommitTag, std::uint64_t>;
// A plan (a future that is not committed yet): given once by a store, never reused. 0: none.
using PlanNumber = Id<struct PlanTag, std::uint64_t>;
// Numbers of the model's names: given once by a store to each name, never reused (model/schema.h).
using ClassNumber = Id<struct ClassTag, std::uint16_t>;
using AttributeNumber = Id<struct AttributeTag, std::uint16_t>;
using RelationshipTypeNumber = Id<struct RelationshipTypeTag, std::uint16_t>;

inline constexpr CommitNumber kNoCommit{0};
inline constexpr PlanNumber kNoPlan{0};
// "Still holds": the end of an interval that has not been ended.
inline constexpr CommitNumber kOpenEnd{~std::uint64_t{0}};

}  // namespace kosei
