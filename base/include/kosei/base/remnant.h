// Remnants: what is left of a version of a record when values were taken from it, by an erasure or
// by retention. It is a record like any other, and keeps the hash of what it was, which is what the
// commit that wrote it speaks of.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "kosei/base/record.h"

namespace kosei {

enum class RemnantKind : bool {
  kErased = false,  // some values are gone for good, the others are as they were
  kRetired = true,  // the version was old: what it said is gone, its key, class and times are left
};

inline constexpr std::size_t kOriginalHashBytes = 32;

// `original_hash`: the SHA-256 of the whole version, kOriginalHashBytes.
std::string EncodeRemnant(const Record& rest, std::string_view original_hash, RemnantKind kind);
// Empty when the record is whole.
std::string_view OriginalHashOf(const RecordView& record);
bool IsRetired(const RecordView& record);
// nullopt when the record is whole.
std::optional<RemnantKind> RemnantKindOf(const RecordView& record);

}  // namespace kosei
