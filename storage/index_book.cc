#include "index_book.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/folding.h"
#include "kosei/storage/searched_text.h"
#include "meta_table.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kMarkPrefix = "index/";
constexpr char kMarkForm = 1;
constexpr std::size_t kMarkHead = 19;

template <typename Wanted>
std::vector<AttributeNumber> Collect(const model::Schema& schema, Wanted wanted) {
  std::vector<AttributeNumber> numbers;
  for (const model::Class& owner : schema.classes()) {
    for (const model::Attribute& attribute : owner.attributes) {
      if (wanted(attribute)) numbers.push_back(attribute.number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace

std::string IndexMarkName(IndexNumber number) {
  return absl::StrFormat("%s%d", kMarkPrefix, number);
}

std::string EncodeIndexMark(const IndexEntry& entry) {
  std::string bytes(1, kMarkForm);
  bytes += static_cast<char>(entry.origin);
  bytes += static_cast<char>(entry.state);
  AppendU64(bytes, entry.whole_to.value);
  AppendU64(bytes, entry.next_record);
  return bytes + entry.definition;
}

absl::StatusOr<IndexEntry> DecodeIndexMark(IndexNumber number, std::string_view bytes) {
  const bool sound =
      bytes.size() >= kMarkHead && bytes[0] == kMarkForm &&
      static_cast<unsigned char>(bytes[1]) <= static_cast<unsigned char>(IndexOrigin::kDropped) &&
      (bytes[2] == static_cast<char>(IndexState::kBuilding) ||
       bytes[2] == static_cast<char>(IndexState::kWhole));
  if (!sound) {
    return MakeError(
        ErrorCode::kStorageCorrupt,
        absl::StrFormat("read mark of index %d: %d bytes that are no mark", number, bytes.size()));
  }
  IndexEntry entry;
  entry.number = number;
  entry.origin = static_cast<IndexOrigin>(bytes[1]);
  entry.state = static_cast<IndexState>(bytes[2]);
  entry.whole_to = CommitNumber{ReadU64(bytes.data() + 3)};
  entry.next_record = ReadU64(bytes.data() + 11);
  entry.definition = bytes.substr(kMarkHead);
  return entry;
}

absl::StatusOr<std::vector<IndexEntry>> ReadIndexMarks(const Database& database) {
  KOSEI_ASSIGN_OR_RETURN(const auto marks, ListMeta(database, kMarkPrefix));
  std::vector<IndexEntry> entries;
  for (const auto& [name, bytes] : marks) {
    IndexNumber number = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) {
      return MakeError(ErrorCode::kStorageCorrupt,
                       "read marks of indexes: '" + name + "' is not the number of an attribute");
    }
    KOSEI_ASSIGN_OR_RETURN(IndexEntry entry, DecodeIndexMark(number, bytes));
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(),
            [](const IndexEntry& a, const IndexEntry& b) { return a.number < b.number; });
  return entries;
}

std::optional<IndexedAttribute> FindIndexedAttribute(const model::Schema& schema,
                                                     AttributeNumber number) {
  std::optional<IndexedAttribute> found;
  for (const model::Class& owner : schema.classes()) {
    const model::Attribute* const attribute = schema.FindAttribute(owner, number);
    if (attribute == nullptr) continue;
    if (!found) {
      const bool is_list = attribute->definition.type == model::AttributeType::kList;
      found = IndexedAttribute{
          number, is_list ? attribute->definition.item_type : attribute->definition.type, is_list,
          schema.well_known().closed_at};
    }
    if (found->closed_at != number) break;
    found->open_in.push_back(owner.number);
  }
  if (found) std::sort(found->open_in.begin(), found->open_in.end());
  return found;
}

std::optional<AttributeNumber> AttributeNamed(const model::Schema& schema, std::string_view name) {
  for (const model::Class& owner : schema.classes()) {
    const model::Attribute* const attribute = schema.FindAttribute(owner, name);
    if (attribute != nullptr) return attribute->number;
  }
  return std::nullopt;
}

std::vector<AttributeNumber> MarkedForIndex(const model::Schema& schema) {
  return Collect(schema,
                 [](const model::Attribute& attribute) { return attribute.definition.indexed; });
}

std::vector<AttributeNumber> SearchedAttributes(const model::Schema& schema) {
  const model::WellKnownAttributes known = schema.well_known();
  return Collect(schema, [&known](const model::Attribute& attribute) {
    return attribute.definition.searched || attribute.number == known.name ||
           attribute.number == known.description;
  });
}

std::string DefinitionOf(const model::Schema& schema, IndexNumber number) {
  if (number == kTextIndex) {
    std::string definition = FoldingVersion();
    for (const AttributeNumber attribute : SearchedAttributes(schema)) {
      definition += absl::StrFormat(" %d", attribute.value);
    }
    return definition;
  }
  const auto attribute = FindIndexedAttribute(schema, AttributeNumber{number});
  if (!attribute || attribute->item_type == model::AttributeType::kAny) return {};
  std::string definition = absl::StrFormat("%s%s in parts", attribute->is_list ? "list of " : "",
                                           model::NameOf(attribute->item_type));
  if (attribute->closed_at != AttributeNumber{})
    definition += absl::StrFormat(", closed by %d", attribute->closed_at.value);
  for (const ClassNumber owner : attribute->open_in)
    definition += absl::StrFormat(" %d", owner.value);
  return definition;
}

}  // namespace kosei::storage
