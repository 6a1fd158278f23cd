#include "index_entries.h"

#include <algorithm>
#include <set>

#include "kosei/base/bytes.h"
#include "kosei/storage/folding.h"
#include "kosei/storage/searched_text.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kClosedBytes = 16;
constexpr std::size_t kKeyBytesMin = 6;

void AppendValue(std::vector<std::string>& out, model::AttributeType type, const Value& value) {
  std::string ordered = OrderedValue(type, value);
  if (ordered.size() > kIndexedBytes) ordered.resize(kIndexedBytes);
  if (!ordered.empty()) out.push_back(std::move(ordered));
}

std::vector<std::string> ValuesOf(RecordView record, const IndexedAttribute& attribute) {
  std::vector<std::string> values;
  if (record.ended()) return values;
  const Value value = record.Find(attribute.number);
  if (value.kind() == ValueKind::kList) {
    for (const Value& item : value.list()) AppendValue(values, attribute.item_type, item);
  } else {
    AppendValue(values, attribute.item_type, value);
  }
  return values;
}

}  // namespace

bool HidesOlder(RecordView record) { return record.valid_to() == kEndOfTime; }

ValueStates StatesOf(const std::vector<RecordVersion>& versions,
                     const IndexedAttribute& attribute) {
  ValueStates states;
  for (const RecordVersion& version : versions) {
    const RecordView record = version.record();
    const std::vector<std::string> values = ValuesOf(record, attribute);
    if (HidesOlder(record)) {
      for (auto& [value, state] : states) {
        const bool held = std::find(values.begin(), values.end(), value) != values.end();
        if (!held && !state.closed) state = {true, version.begin, record.valid_from()};
      }
    }
    for (const std::string& value : values) states[value] = EntryState{};
  }
  return states;
}

std::string IndexKey(AttributeNumber attribute, std::string_view value, RecordId id) {
  std::string key;
  key.reserve(value.size() + kKeyBytesMin);
  AppendU16(key, attribute.value);
  key += value;
  AppendU32(key, static_cast<std::uint32_t>(id.value));
  return key;
}

std::string EncodeEntryState(const EntryState& state) {
  std::string bytes;
  if (!state.closed) return bytes;
  AppendU64(bytes, state.end.value);
  AppendU64(bytes, static_cast<std::uint64_t>(state.from.micros));
  return bytes;
}

bool DecodeIndexKey(std::string_view key, DecodedIndexKey& decoded) {
  if (key.size() <= kKeyBytesMin) return false;
  decoded.attribute = AttributeNumber{ReadU16(key.data())};
  decoded.value = key.substr(2, key.size() - kKeyBytesMin);
  decoded.id = RecordId{ReadU32(key.data() + key.size() - 4)};
  return true;
}

bool DecodeEntryState(std::string_view bytes, EntryState& state) {
  state = {};
  if (bytes.empty()) return true;
  if (bytes.size() != kClosedBytes) return false;
  state.closed = true;
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
