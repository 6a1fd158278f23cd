// XXH3 for tables in memory and for keys that need no secrecy. Commit hashes are SHA-256
// (base/bytes.h).
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace kosei::storage {

inline std::uint64_t Hash64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace kosei::storage
