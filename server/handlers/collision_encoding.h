// Messages of collisions: what several answers have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "call.h"
#include "kosei/protocol/collisions_generated.h"
#include "kosei/query/collisions.h"
#include "kosei/storage/reader.h"

namespace kosei::server {

// Names of a reply, each once.
class NameTable {
 public:
  std::vector<std::uint32_t> PositionsOf(const std::vector<std::string>& names) {
    std::vector<std::uint32_t> positions;
    for (const std::string& name : names) {
      const auto [found, fresh] =
          positions_.emplace(name, static_cast<std::uint32_t>(names_.size()));
      if (fresh) names_.push_back(name);
      positions.push_back(found->second);
    }
    return positions;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  absl::flat_hash_map<std::string, std::uint32_t> positions_;
  std::vector<std::string> names_;
};

flatbuffers::Offset<fb::Collision> EncodeCollision(Builder& builder, const storage::Reader& reader,
                                                   const query::Collision& collision,
                                                   NameTable& names);

}  // namespace kosei::server
