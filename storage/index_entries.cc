#include "index_entries.h"

#include <algorithm>
#include <set>
#include <utility>

#include "kosei/base/bytes.h"
#include "kosei/base/remnant.h"
#include "kosei/storage/folding.h"
#include "kosei/storage/searched_text.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kEndedBytes = 16;
constexpr std::size_t kHeadBytes = 3;
constexpr std::size_t kKeyBytesMin = kHeadBytes + 4;
// Instead of a closed_at: the record could have one and is open. No value begins with it.
constexpr std::string_view kOpenRecord = "\x01";
constexpr std::string_view kBehindOpenRecords = "\x02";

void AppendValue(std::vector<std::string>& out, model::AttributeType type, const Value& value) {
  std::string ordered = OrderedValue(type, value);
  if (ordered.size() > kIndexedBytes) ordered.resize(kIndexedBytes);
  if (!ordered.empty()) out.push_back(std::move(ordered));
}

std::vector<std::string> ValuesOf(RecordView record, const IndexedAttribute& attribute) {
  std::vector<std::string> values;
  if (record.ended() || IsRetired(record)) return values;
  const Value value = record.Find(attribute.number);
  if (value.kind() == ValueKind::kList) {
    for (const Value& item : value.list()) AppendValue(values, attribute.item_type, item);
  } else {
    AppendValue(values, attribute.item_type, value);
  }
  if (values.empty() && std::binary_search(attribute.open_in.begin(), attribute.open_in.end(),
                                           record.class_number())) {
    values.emplace_back(kOpenRecord);
  }
  return values;
}

std::string KeyIn(std::uint8_t part, AttributeNumber attribute, std::string_view value,
                  RecordId id) {
  std::string key;
  key.reserve(value.size() + kKeyBytesMin);
  AppendU16(key, attribute.value);
  key += static_cast<char>(part);
  key += value;
  AppendU32(key, static_cast<std::uint32_t>(id.value));
  return key;
}

std::uint8_t PartOf(const HeldValue& held) { return held.closed ? kClosedPart : 0; }

}  // namespace

ValueRange OpenRecords(AttributeNumber closed_at) {
  return {closed_at, std::string(kOpenRecord), std::string(kBehindOpenRecords), true};
}

bool HidesOlder(RecordView record) { return record.valid_to() == kEndOfTime; }

ValueStates StatesOf(std::span<const RecordVersion> versions, const IndexedAttribute& attribute) {
  ValueStates states;
  for (const RecordVersion& version : versions) {
    const RecordView record = version.record();
    std::vector<std::string> values = ValuesOf(record, attribute);
    const bool closed = attribute.closed_at != AttributeNumber{} && !values.empty() &&
                        !record.Find(attribute.closed_at).is_null();
    if (HidesOlder(record)) {
      for (auto& [held, state] : states) {
        const bool still = held.closed == closed &&
                           std::find(values.begin(), values.end(), held.value) != values.end();
        if (!still && !state.ended) state = {true, version.begin, record.valid_from()};
      }
    }
    for (std::string& value : values) states[{closed, std::move(value)}] = EntryState{};
  }
  return states;
}

std::string IndexKey(AttributeNumber attribute, const HeldValue& held, RecordId id) {
  return KeyIn(PartOf(held), attribute, held.value, id);
}

std::string PastIndexKey(AttributeNumber attribute, const HeldValue& held, RecordId id) {
  return KeyIn(PartOf(held) | kPastPart, attribute, held.value, id);
}

void PlacedEntries::Add(AttributeNumber attribute, const HeldValue& held, RecordId id,
                        const EntryState& state) {
  if (!state.ended || state.from > now_) {
    puts_.emplace_back(IndexKey(attribute, held, id), EncodeEntryState(state));
    return;
  }
  puts_.emplace_back(PastIndexKey(attribute, held, id), EncodeEntryState(state));
  removals_.push_back(IndexKey(attribute, held, id));
  latest_end_ = std::max(latest_end_, state.end);
  latest_from_ = std::max(latest_from_, state.from);
}

const std::vector<std::pair<std::string, std::string>>& PlacedEntries::Puts() {
  std::sort(puts_.begin(), puts_.end());
  return puts_;
}

const std::vector<std::string>& PlacedEntries::Removals() {
  std::sort(removals_.begin(), removals_.end());
  return removals_;
}

void PlacedEntries::RaisePast(PastEntries& past) const {
  if (!removals_.empty()) past.Raise(latest_end_, latest_from_);
}

std::string EncodeEntryState(const EntryState& state) {
  std::string bytes;
  if (!state.ended) return bytes;
  AppendU64(bytes, state.end.value);
  AppendU64(bytes, static_cast<std::uint64_t>(state.from.micros));
  return bytes;
}

bool DecodeIndexKey(std::string_view key, DecodedIndexKey& decoded) {
  if (key.size() <= kKeyBytesMin) return false;
  decoded.attribute = AttributeNumber{ReadU16(key.data())};
  decoded.part = static_cast<std::uint8_t>(key[2]);
  decoded.value = key.substr(kHeadBytes, key.size() - kKeyBytesMin);
  decoded.id = RecordId{ReadU32(key.data() + key.size() - 4)};
  return decoded.part <= (kClosedPart | kPastPart);
}

bool DecodeEntryState(std::string_view bytes, EntryState& state) {
  state = {};
  if (bytes.empty()) return true;
  if (bytes.size() != kEndedBytes) return false;
  state.ended = true;
  state.end = CommitNumber{ReadU64(bytes.data())};
  state.from = Timestamp{static_cast<std::int64_t>(ReadU64(bytes.data() + 8))};
  return true;
}

void ForEachSearchedText(RecordView record, const std::vector<AttributeNumber>& searched,
                         absl::FunctionRef<void(AttributeNumber, std::string_view)> visit) {
  for (const AttributeNumber attribute : searched) {
    const std::string_view text = record.Text(attribute);
    if (!text.empty()) {
      visit(attribute, text);
      continue;
    }
    const Value value = record.Find(attribute);
    if (value.kind() != ValueKind::kList) continue;
    for (const Value& item : value.list()) {
      if (item.kind() == ValueKind::kText) visit(attribute, item.text());
    }
  }
}

std::vector<Gram> GramsOfVersions(const std::vector<RecordVersion>& versions,
                                  const std::vector<AttributeNumber>& searched, CommitNumber from) {
  std::set<std::string> known;  // of a list or of a value of any type it is made for the visit
  std::string folded;
  std::vector<Gram> grams;
  for (const RecordVersion& version : versions) {
    if (version.record().ended()) continue;
    const auto add = [&](std::string_view text) {
      // Mostly the text of the version before, whose grams are there.
      if (!known.emplace(text).second || version.begin <= from) return;
      FoldText(text, folded);
      AppendGrams(folded, grams);
    };
    add(version.record().key());
    ForEachSearchedText(version.record(), searched,
                        [&add](AttributeNumber, std::string_view text) { add(text); });
  }
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  return grams;
}

}  // namespace kosei::storage
