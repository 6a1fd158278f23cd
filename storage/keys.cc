#include "keys.h"

#include "hash.h"
#include "kosei/base/bytes.h"

namespace kosei::storage::keys {

void WriteRecordKey(char* out, RecordId id, CommitNumber commit) {
  WriteU64(out, id.value);
  WriteU64(out + 8, ~commit.value);
}

void WriteLinkKey(char* out, const LinkKey& key) {
  WriteU64(out, key.source.value);
  out[8] = static_cast<char>(key.type.value >> 8);
  out[9] = static_cast<char>(key.type.value);
  WriteU64(out + 10, key.target.value);
  WriteU64(out + 18, ~key.commit.value);
}

std::string RecordPrefix(RecordId id) {
  std::string key;
  AppendU64(key, id.value);
  return key;
}

std::string DatedKey(RecordId id) {
  std::string key(kDatedPrefix);
  AppendU64(key, id.value);
  return key;
}

std::string GatedKey(RecordId id) {
  std::string key(kGatedPrefix);
  AppendU64(key, id.value);
  return key;
}

std::string CommitKey(CommitNumber commit, std::uint32_t part) {
  std::string key;
  AppendU64(key, commit.value);
  AppendU32(key, part);
  return key;
}

std::string PlanKey(PlanNumber plan, std::uint32_t step) {
  std::string key;
  AppendU64(key, plan.value);
  AppendU32(key, step);
  return key;
}

Identity IdentityOf(ClassNumber declared_in, AttributeNumber attribute, std::string_view value) {
  const XXH128_hash_t hash = XXH3_128bits(value.data(), value.size());
  return {std::uint32_t{declared_in.value} << 16 | attribute.value, hash.high64, hash.low64};
}

void WriteIdentityKey(char* out, const Identity& identity) {
  WriteU32(out, identity.attribute);
  WriteU64(out + 4, identity.high);
  WriteU64(out + 12, identity.low);
}

std::string IdentityKey(ClassNumber declared_in, AttributeNumber attribute,
                        std::string_view value) {
  std::string key(kIdentityKeySize, '\0');
  WriteIdentityKey(key.data(), IdentityOf(declared_in, attribute, value));
  return key;
}

RecordKey DecodeRecordKey(std::string_view key) {
  return {RecordId{ReadU64(key.data())}, CommitNumber{~ReadU64(key.data() + 8)}};
}

LinkKey DecodeLinkKey(std::string_view key) {
  return {RecordId{ReadU64(key.data())}, RelationshipTypeNumber{ReadU16(key.data() + 8)},
          RecordId{ReadU64(key.data() + 10)}, CommitNumber{~ReadU64(key.data() + 18)}};
}

CommitNumber DecodeCommitKey(std::string_view key, std::uint32_t& part) {
  part = ReadU32(key.data() + 8);
  return CommitNumber{ReadU64(key.data())};
}

std::string EncodeHolders(const std::vector<Holder>& holders) {
  std::string bytes;
  bytes.reserve(holders.size() * 24);
  for (const Holder& holder : holders) {
    AppendU64(bytes, holder.id.value);
    AppendU64(bytes, holder.begin.value);
    AppendU64(bytes, holder.end.value);
  }
  return bytes;
}

std::vector<Holder> DecodeHolders(std::string_view bytes) {
  std::vector<Holder> holders;
  for (std::size_t at = 0; at + 24 <= bytes.size(); at += 24) {
    holders.push_back({RecordId{ReadU64(bytes.data() + at)},
                       CommitNumber{ReadU64(bytes.data() + at + 8)},
                       CommitNumber{ReadU64(bytes.data() + at + 16)}});
  }
  return holders;
}

}  // namespace kosei::storage::keys
