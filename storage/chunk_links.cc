#include "kosei/storage/writer.h"

namespace kosei::storage {

ChunkLinks::ChunkLinks(std::initializer_list<PutLink> links) {
  for (const PutLink& link : links) push_back(link);
}

void ChunkLinks::Reserve(std::size_t keys, std::size_t links) {
  key_ends_.reserve(keys);
  links_.reserve(links);
}

std::uint32_t ChunkLinks::AddKey(std::string_view key) {
  key_bytes_ += key;
  key_ends_.push_back(key_bytes_.size());
  return static_cast<std::uint32_t>(key_ends_.size() - 1);
}

std::string_view ChunkLinks::KeyAt(std::size_t place) const {
  const std::size_t begin = place == 0 ? 0 : key_ends_[place - 1];
  return std::string_view(key_bytes_).substr(begin, key_ends_[place] - begin);
}

void ChunkLinks::push_back(const PutLink& link) {
  // Links of one source mostly come together.
  const bool same = !links_.empty() && KeyAt(links_.back().source) == link.source;
  const std::uint32_t source = same ? links_.back().source : AddKey(link.source);
  const std::uint32_t target = AddKey(link.target);
  links_.push_back({source, link.type, target, link.valid_from, link.valid_to});
}

PutLink ChunkLinks::operator[](std::size_t i) const {
  const Link& link = links_[i];
  return {std::string(KeyAt(link.source)), link.type, std::string(KeyAt(link.target)),
          link.valid_from, link.valid_to};
}

}  // namespace kosei::storage
