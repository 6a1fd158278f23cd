// One chunk of a bulk load while it fills: records encoded once into a run of bytes, links in
// columns whose endpoints are numbers of the chunk's own key table. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/ids.h"
#include "kosei/client/types.h"

namespace kosei::client {

// What the caller calls the items of a chunk, by their position in it.
struct ChunkTags {
  std::vector<std::uint64_t> records, links;
};

class BulkChunk {
 public:
  // `encoded` is what EncodeRecord gave.
  void AddRecord(std::string_view encoded, std::uint64_t tag);
  void AddLink(const Link& link, std::uint64_t tag);

  std::size_t items() const { return record_lengths_.size() + link_sources_.size(); }
  // About what the message takes.
  std::size_t bytes() const;

  // Of what the message will say, following on the digest of the chunks before. Never 0.
  std::uint64_t Digest(std::uint64_t before,
                       const std::vector<RelationshipTypeNumber>& complete_types) const;
  // Empties the chunk.
  void Drop();

  // The message; the chunk is empty afterwards and `tags` says what was in it.
  std::string Take(std::uint64_t load, std::uint64_t number,
                   const std::vector<RelationshipTypeNumber>& complete_types, std::uint64_t digest,
                   ChunkTags& tags);
  // The same message for the load's new number on another connection.
  static void SetLoad(std::string& message, std::uint64_t load);

 private:
  std::uint32_t NumberOf(std::string_view key);
  void Clear();

  std::vector<std::uint32_t> record_lengths_;
  std::string record_bytes_;
  std::vector<std::uint32_t> link_sources_, link_targets_;
  std::vector<std::uint16_t> link_types_;
  std::vector<std::int64_t> link_valid_from_, link_valid_to_;  // empty until a link has a time
  void AddTimes(const Link& link);
  ChunkTags tags_;

  // Texts of the keys, in blocks that never move; views into them, and their numbers.
  std::vector<std::string> key_blocks_;
  std::vector<std::string_view> keys_;
  absl::flat_hash_map<std::string_view, std::uint32_t> key_numbers_;
  std::size_t key_bytes_ = 0;

  flatbuffers::FlatBufferBuilder builder_;
};

}  // namespace kosei::client
