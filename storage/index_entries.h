// Entries of an attribute's index: one for each value that a record has or had.
//
//   index   attribute:u16 value id:u32 -> nothing, or end:u64 from:i64
//
// `value` is the first kIndexedBytes bytes of its OrderedValue. An entry with a value of its own is
// closed: Views of commit `end` or later, of an instant at or after `from`, do not show the record
// with it any more. That is known when the newest statement holds from an instant on without an
// end; it hides all older ones from there. Entries are made from the versions of a record alone, so
// making them again changes nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "index_book.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/base/time.h"
#include "kosei/storage/reader.h"
#include "text_grams.h"

namespace kosei::storage {

inline constexpr std::size_t kIndexedBytes = 240;

struct EntryState {
  bool closed = false;
  CommitNumber end;
  Timestamp from;
  friend bool operator==(const EntryState&, const EntryState&) = default;
};

// Whether a View may show what the entry says.
inline bool MayShow(const EntryState& state, const View& view) {
  return !state.closed || view.commit < state.end || view.valid_at < state.from;
}

// By value as it stands in the key.
using ValueStates = std::map<std::string, EntryState, std::less<>>;

// What the versions of one record, oldest first, say of the attribute. When the oldest is not the
// record's first, it must hide those before it, as above.
ValueStates StatesOf(const std::vector<RecordVersion>& versions, const IndexedAttribute& attribute);

// Nothing follows it in valid time: it hides all older versions from its valid_from on.
bool HidesOlder(RecordView record);

std::string IndexKey(AttributeNumber attribute, std::string_view value, RecordId id);
std::string EncodeEntryState(const EntryState& state);

struct DecodedIndexKey {
  AttributeNumber attribute;
  std::string_view value;
  RecordId id;
};
// False when the bytes are no key of an index.
bool DecodeIndexKey(std::string_view key, DecodedIndexKey& decoded);
bool DecodeEntryState(std::string_view bytes, EntryState& state);

// Grams of everything that a search by text looks at, in any of the versions; each once, ascending.
// `searched`: SearchedAttributes. `from`: versions that began at or before it add nothing.
std::vector<Gram> GramsOfVersions(const std::vector<RecordVersion>& versions,
                                  const std::vector<AttributeNumber>& searched, CommitNumber from);

}  // namespace kosei::storage
