#include "kosei/base/record.h"

#include <algorithm>

#include "flatbuffers/flatbuffers.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/record/record_generated.h"

namespace kosei {
namespace {

constexpr std::uint32_t kDepthMax = 4;  // record, attribute, list item

using Builder = flatbuffers::FlatBufferBuilder;

flatbuffers::Offset<fb::Attribute> EncodeAttribute(Builder& builder, AttributeNumber number,
                                                   const Value& value) {
  std::int64_t integer = 0;
  std::uint8_t scale = 0;
  flatbuffers::Offset<flatbuffers::String> text;
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::Attribute>>> items;
  switch (value.kind()) {
    case ValueKind::kNull:
      break;
    case ValueKind::kBoolean:
      integer = value.boolean() ? 1 : 0;
      break;
    case ValueKind::kInteger:
      integer = value.integer();
      break;
    case ValueKind::kDecimal:
      integer = value.decimal().coefficient;
      scale = value.decimal().scale;
      break;
    case ValueKind::kText:
      text = builder.CreateString(value.text());
      break;
    case ValueKind::kList: {
      std::vector<flatbuffers::Offset<fb::Attribute>> offsets;
      offsets.reserve(value.list().size());
      for (const Value& item : value.list())
        offsets.push_back(EncodeAttribute(builder, AttributeNumber{0}, item));
      items = builder.CreateVector(offsets);
      break;
    }
  }
  return fb::CreateAttribute(builder, number.value, static_cast<std::uint8_t>(value.kind()), scale,
                             integer, text, items);
}

Value DecodeValue(const fb::Attribute& attribute) {
  switch (static_cast<ValueKind>(attribute.kind())) {
    case ValueKind::kBoolean:
      return Value(attribute.number() != 0);
    case ValueKind::kInteger:
      return Value(std::int64_t{attribute.number()});
    case ValueKind::kDecimal:
      return Value(Decimal{attribute.number(), attribute.scale()});
    case ValueKind::kText:
      return attribute.text() == nullptr ? Value("") : Value(attribute.text()->str());
    case ValueKind::kList: {
      ValueList list;
      if (attribute.items() != nullptr) {
        list.reserve(attribute.items()->size());
        for (const fb::Attribute* item : *attribute.items()) list.push_back(DecodeValue(*item));
      }
      return Value(std::move(list));
    }
    case ValueKind::kNull:
      break;
  }
  return {};
}

const fb::Record& RootOf(std::string_view bytes) {
  return *flatbuffers::GetRoot<fb::Record>(bytes.data());
}

const fb::Attribute* FindIn(const fb::Record& record, AttributeNumber wanted) {
  const auto* attributes = record.attributes();
  if (attributes == nullptr) return nullptr;
  flatbuffers::uoffset_t low = 0;
  flatbuffers::uoffset_t high = attributes->size();
  while (low < high) {
    const flatbuffers::uoffset_t middle = (low + high) / 2;
    const fb::Attribute* attribute = attributes->Get(middle);
    if (attribute->attribute() == wanted.value) return attribute;
    if (attribute->attribute() < wanted.value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return nullptr;
}

absl::Status Malformed(std::string_view what) {
  return MakeError(ErrorCode::kMalformedFrame, "record bytes: " + std::string(what));
}

bool KindIsKnown(const fb::Attribute& attribute, bool in_list) {
  const auto kind = static_cast<ValueKind>(attribute.kind());
  if (attribute.kind() > static_cast<std::uint8_t>(ValueKind::kList) || attribute.scale() > 18)
    return false;
  if (kind == ValueKind::kNull || (in_list && kind == ValueKind::kList))
    return kind == ValueKind::kNull && !in_list;
  return true;
}

absl::Status CheckAttributes(const fb::Record& record) {
  int previous = 0;
  std::size_t text_bytes = 0;
  for (const fb::Attribute* attribute : *record.attributes()) {
    if (attribute->attribute() <= previous)
      return Malformed("attributes do not ascend by number from 1 on");
    previous = attribute->attribute();
    if (!KindIsKnown(*attribute, false))
      return Malformed("an attribute has an unknown kind or scale");
    if (attribute->text() != nullptr) text_bytes += attribute->text()->size();
    if (attribute->items() == nullptr) continue;
    for (const fb::Attribute* item : *attribute->items()) {
      if (!KindIsKnown(*item, true))
        return Malformed("a list item has an unknown kind or is a list");
      if (item->text() != nullptr) text_bytes += item->text()->size();
    }
    // Shared offsets could make a small buffer walk for ever: what is reachable stays within the
    // record's limit.
    if (text_bytes > kRecordBytesMax) return Malformed("texts are larger than a record may be");
  }
  return absl::OkStatus();
}

}  // namespace

const Value* Record::Find(AttributeNumber attribute) const {
  const auto found = std::lower_bound(
      attributes.begin(), attributes.end(), attribute,
      [](const auto& entry, AttributeNumber wanted) { return entry.first < wanted; });
  return found != attributes.end() && found->first == attribute ? &found->second : nullptr;
}

void Record::Set(AttributeNumber attribute, Value value) {
  const auto found = std::lower_bound(
      attributes.begin(), attributes.end(), attribute,
      [](const auto& entry, AttributeNumber wanted) { return entry.first < wanted; });
  const bool present = found != attributes.end() && found->first == attribute;
  if (value.is_null()) {
    if (present) attributes.erase(found);
  } else if (present) {
    found->second = std::move(value);
  } else {
    attributes.emplace(found, attribute, std::move(value));
  }
}

namespace {

std::string Encode(const Record& record, std::string_view original_hash, bool retired) {
  thread_local Builder builder(4096);
  thread_local std::vector<flatbuffers::Offset<fb::Attribute>> offsets;
  builder.Clear();
  offsets.clear();
  for (const auto& [number, value] : record.attributes)
    offsets.push_back(EncodeAttribute(builder, number, value));
  const auto attributes = builder.CreateVector(offsets);
  const auto key = builder.CreateString(record.key);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> hash;
  if (!original_hash.empty()) {
    hash = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(original_hash.data()),
                                original_hash.size());
  }
  builder.Finish(fb::CreateRecord(builder, record.class_number.value, key, attributes,
                                  record.valid_from.micros, record.valid_to.micros, record.ended,
                                  hash, retired),
                 fb::RecordIdentifier());
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

}  // namespace

std::string EncodeRecord(const Record& record) { return Encode(record, {}, false); }

std::string EncodeRemnant(const Record& rest, std::string_view original_hash, RemnantKind kind) {
  return Encode(rest, original_hash, kind == RemnantKind::kRetired);
}

std::string_view OriginalHashOf(const RecordView& record) {
  const auto* hash = RootOf(record.bytes()).original_hash();
  if (hash == nullptr) return {};
  return {reinterpret_cast<const char*>(hash->data()), hash->size()};
}

bool IsRetired(const RecordView& record) { return RootOf(record.bytes()).retired(); }

std::optional<RemnantKind> RemnantKindOf(const RecordView& record) {
  const fb::Record& root = RootOf(record.bytes());
  if (root.original_hash() == nullptr) return std::nullopt;
  return root.retired() ? RemnantKind::kRetired : RemnantKind::kErased;
}

absl::StatusOr<RecordView> RecordView::Verify(std::string_view bytes) {
  if (bytes.size() > kRecordBytesMax) return Malformed("larger than 1 MiB");
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0)
    return Malformed("not aligned to 8 bytes");
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                                 kDepthMax,
                                 static_cast<flatbuffers::uoffset_t>(4 * kRecordAttributesMax));
  if (!verifier.VerifyBuffer<fb::Record>(fb::RecordIdentifier()))
    return Malformed("not a record (KREC)");
  const fb::Record& record = RootOf(bytes);
  if (record.key() == nullptr) return Malformed("no key");
  if (record.attributes() != nullptr) {
    if (record.attributes()->size() > kRecordAttributesMax)
      return Malformed("more than 1,000 attributes");
    if (absl::Status status = CheckAttributes(record); !status.ok()) return status;
  }
  const auto* const original = record.original_hash();
  if ((original != nullptr && original->size() != kOriginalHashBytes) ||
      (original == nullptr && record.retired())) {
    return Malformed("a remnant without the hash of what it was");
  }
  return RecordView(bytes);
}

ClassNumber RecordView::class_number() const { return ClassNumber{RootOf(bytes_).class_number()}; }
std::string_view RecordView::key() const {
  const auto* key = RootOf(bytes_).key();
  return key == nullptr ? std::string_view() : std::string_view(key->c_str(), key->size());
}
Timestamp RecordView::valid_from() const { return Timestamp{RootOf(bytes_).valid_from()}; }
Timestamp RecordView::valid_to() const { return Timestamp{RootOf(bytes_).valid_to()}; }
bool RecordView::ended() const { return RootOf(bytes_).ended(); }
std::size_t RecordView::attribute_count() const {
  const auto* attributes = RootOf(bytes_).attributes();
  return attributes == nullptr ? 0 : attributes->size();
}

std::string_view RecordView::Text(AttributeNumber attribute) const {
  const fb::Attribute* found = FindIn(RootOf(bytes_), attribute);
  if (found == nullptr || found->text() == nullptr) return {};
  return {found->text()->c_str(), found->text()->size()};
}

Value RecordView::Find(AttributeNumber attribute) const {
  const fb::Attribute* found = FindIn(RootOf(bytes_), attribute);
  return found == nullptr ? Value() : DecodeValue(*found);
}

void RecordView::ForEach(absl::FunctionRef<void(AttributeNumber, const Value&)> visit) const {
  const auto* attributes = RootOf(bytes_).attributes();
  if (attributes == nullptr) return;
  for (const fb::Attribute* attribute : *attributes) {
    visit(AttributeNumber{attribute->attribute()}, DecodeValue(*attribute));
  }
}

Record RecordView::Decode() const {
  Record record;
  record.class_number = class_number();
  record.key = std::string(key());
  if (const auto* attributes = RootOf(bytes_).attributes(); attributes != nullptr) {
    record.attributes.reserve(attributes->size());
    for (const fb::Attribute* attribute : *attributes) {
      record.attributes.emplace_back(AttributeNumber{attribute->attribute()},
                                     DecodeValue(*attribute));
    }
  }
  record.valid_from = valid_from();
  record.valid_to = valid_to();
  record.ended = ended();
  return record;
}

}  // namespace kosei
