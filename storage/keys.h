// Every key of the store (docs/storage_format.md). All integers are big-endian, so that bytes sort
// as numbers; a commit is stored inverted, so that the newest version comes first under its prefix.
//
//   records   id:u64 ~commit:u64                       -> a record (base/schema/record.fbs)
//   links     source:u64 type:u16 target:u64 ~commit:u64
//             -> flags:u8 (bit 0: the link holds from here on)
//   identity  class:u16 attribute:u16 hash:16 bytes    -> { id:u64 begin:u64 end:u64 } ...
//   commits   commit:u64 part:u32
//             -> part 0: Commit; others: Changes (base/schema/commit.fbs)
//   default   "d" id:u64                               -> nothing: the record is a dated one
//             "g" id:u64                               -> nothing: the record is a gated one
//   plans     plan:u64 step:u32                        -> step 0: the plan; others: its steps
//             (base/schema/plan.fbs); plan 0, step 0: the last number given, u64
//   meta      name                                     -> bytes
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/ids.h"

namespace kosei::storage::keys {

inline constexpr std::size_t kRecordKeySize = 16;
inline constexpr std::size_t kLinkKeySize = 26;
inline constexpr std::size_t kLinkPrefixSize = 18;
inline constexpr std::size_t kIdentityKeySize = 20;
inline constexpr std::size_t kIdentityPrefixSize = 4;  // class and attribute
inline constexpr std::size_t kCommitKeySize = 12;
inline constexpr std::size_t kPlanKeySize = 12;

struct RecordKey {
  RecordId id;
  CommitNumber commit;
};
struct LinkKey {
  RecordId source;
  RelationshipTypeNumber type;
  RecordId target;
  CommitNumber commit;
};

// Fixed buffers, for the hot paths; `out` holds the size named above.
void WriteRecordKey(char* out, RecordId id, CommitNumber commit);
void WriteLinkKey(char* out, const LinkKey& key);

std::string RecordPrefix(RecordId id);
// The mark of a record of which a version speaks of another valid time than from its commit's time
// on.
std::string DatedKey(RecordId id);
inline constexpr std::string_view kDatedPrefix = "d";
// The mark of a record of which a version has a gate of its own.
std::string GatedKey(RecordId id);
inline constexpr std::string_view kGatedPrefix = "g";
inline constexpr std::size_t kMarkKeySize = 9;  // of either
std::string CommitKey(CommitNumber commit, std::uint32_t part);
std::string PlanKey(PlanNumber plan, std::uint32_t step);
// The key under which a unique value is booked. `value` is its canonical text.
std::string IdentityKey(ClassNumber declared_in, AttributeNumber attribute, std::string_view value);
// The same as numbers, which are ordered as the keys are.
struct Identity {
  std::uint32_t attribute = 0;  // with its class
  std::uint64_t high = 0;       // of the hash
  std::uint64_t low = 0;
  friend auto operator<=>(const Identity&, const Identity&) = default;
  template <typename State>
  friend State AbslHashValue(State state, const Identity& identity) {
    return State::combine(std::move(state), identity.attribute, identity.low);
  }
};
Identity IdentityOf(ClassNumber declared_in, AttributeNumber attribute, std::string_view value);
void WriteIdentityKey(char* out, const Identity& identity);

// The size must have been checked.
RecordKey DecodeRecordKey(std::string_view key);
LinkKey DecodeLinkKey(std::string_view key);
CommitNumber DecodeCommitKey(std::string_view key, std::uint32_t& part);

// Who holds a unique value, and when.
struct Holder {
  RecordId id;
  CommitNumber begin;
  CommitNumber end;
};
std::string EncodeHolders(const std::vector<Holder>& holders);
std::vector<Holder> DecodeHolders(std::string_view bytes);

}  // namespace kosei::storage::keys
