// Entries of an attribute's index: one for each value that a record has or had.
//
//   index   attribute:u16 part:u8 value id:u32 -> nothing, or end:u64 from:i64
//
// `value` is the first kIndexedBytes bytes of its OrderedValue. An entry that says something has
// ended: Views of commit `end` or later, of an instant at or after `from`, do not show the record
// with it any more. That is known when the newest statement holds from an instant on without an
// end; it hides all older ones from there. What entries say is made from the versions of a record
// alone, so making them again changes nothing.
//
// The part keeps apart what is asked for apart: what open and what closed records hold, and of both
// what has ended, where it cannot stand in the way of questions about the present.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index_book.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/base/time.h"
#include "kosei/storage/reader.h"
#include "past_entries.h"
#include "text_grams.h"

namespace kosei::storage {

inline constexpr std::size_t kIndexedBytes = 240;

// Bits of an entry's part.
inline constexpr std::uint8_t kClosedPart = 1;  // of a record that had a closed_at with it
inline constexpr std::uint8_t kPastPart = 2;    // it has ended, and no present View shows it

struct EntryState {
  bool ended = false;
  CommitNumber end;
  Timestamp from;
  friend bool operator==(const EntryState&, const EntryState&) = default;
};

// Whether a View may show what the entry says.
inline bool MayShow(const EntryState& state, const View& view) {
  return !state.ended || view.commit < state.end || view.valid_at < state.from;
}

// A value as it stands in the key, of an open or of a closed record.
struct HeldValue {
  bool closed = false;
  std::string value;
  friend auto operator<=>(const HeldValue&, const HeldValue&) = default;
};
using ValueStates = std::map<HeldValue, EntryState>;

// What the versions of one record, oldest first, say of the attribute. When the oldest is not the
// record's first, it must hide those before it, as above.
ValueStates StatesOf(std::span<const RecordVersion> versions, const IndexedAttribute& attribute);

// Nothing follows it in valid time: it hides all older versions from its valid_from on.
bool HidesOlder(RecordView record);

// Where an entry of the present lies, and where it lies when it is of the past.
std::string IndexKey(AttributeNumber attribute, const HeldValue& held, RecordId id);
std::string PastIndexKey(AttributeNumber attribute, const HeldValue& held, RecordId id);
std::string EncodeEntryState(const EntryState& state);

// Entries that are about to be written, each where it belongs. One that moves to the past is
// removed from the present after it was written there: nobody who reads meanwhile misses it.
class PlacedEntries {
 public:
  // `now`: the time of a commit. What ends later stays with the present until it is said again.
  explicit PlacedEntries(Timestamp now) : now_(now) {}

  void Add(AttributeNumber attribute, const HeldValue& held, RecordId id, const EntryState& state);
  // In the order of their keys; to be asked for after the last Add.
  const std::vector<std::pair<std::string, std::string>>& Puts();
  const std::vector<std::string>& Removals();
  // Before anything of it is written.
  void RaisePast(PastEntries& past) const;

 private:
  const Timestamp now_;
  std::vector<std::pair<std::string, std::string>> puts_;
  std::vector<std::string> removals_;
  CommitNumber latest_end_ = kNoCommit;
  Timestamp latest_from_ = kBeginningOfTime;
};

struct DecodedIndexKey {
  AttributeNumber attribute;
  std::uint8_t part = 0;
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
