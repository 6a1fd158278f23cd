// The book of indexes: which there are, what each was made of and how far it is. In memory for
// look-ups and the indexer, on disk in the meta family, written in the same batch as the entries.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/base/ids.h"
#include "kosei/model/schema.h"
#include "kosei/storage/index.h"

namespace kosei::storage {

// An attribute's number, or 0 for the text index.
using IndexNumber = std::uint16_t;
inline constexpr IndexNumber kTextIndex = 0;

struct IndexEntry {
  IndexNumber number = kTextIndex;
  IndexOrigin origin = IndexOrigin::kModel;
  IndexState state = IndexState::kBuilding;
  CommitNumber whole_to;          // kWhole; while building: the commit from which it will follow
  std::uint64_t next_record = 0;  // kBuilding: what the scan reads next
  // What it was made of: another definition is another index, built anew.
  std::string definition;
  // In memory only: what is being built may have entries already.
  bool redone = false;
  // In memory only: its entries may say what commits up to this one said, behind whole_to too.
  CommitNumber ahead_to;
  // In memory only: another one after every building and dropping.
  std::uint64_t generation = 0;
};

// meta, "index/" and the number.
std::string IndexMarkName(IndexNumber number);
// form:u8 = 1, origin:u8, state:u8, whole_to:u64, next_record:u64, then the definition.
std::string EncodeIndexMark(const IndexEntry& entry);
absl::StatusOr<IndexEntry> DecodeIndexMark(IndexNumber number, std::string_view bytes);
// All marks, ascending by number. kStorageCorrupt.
absl::StatusOr<std::vector<IndexEntry>> ReadIndexMarks(const Database& database);

// An attribute as indexes need it.
struct IndexedAttribute {
  AttributeNumber number;
  model::AttributeType item_type = model::AttributeType::kString;
  bool is_list = false;
  AttributeNumber closed_at = {};  // model::WellKnownAttributes; 0: no record is ever closed
  // Of closed_at itself, ascending: classes that have it, whose open records are in the index too.
  std::vector<ClassNumber> open_in = {};
};
// nullopt when no class of the model has it.
std::optional<IndexedAttribute> FindIndexedAttribute(const model::Schema& schema,
                                                     AttributeNumber number);
std::optional<AttributeNumber> AttributeNamed(const model::Schema& schema, std::string_view name);
// Those that the model marks, ascending.
std::vector<AttributeNumber> MarkedForIndex(const model::Schema& schema);

// "ip_address in parts", "list of string in parts, closed by 57"; of the text index the folding and
// the attributes. Empty for what has no index: an attribute that no class has, or of type any.
std::string DefinitionOf(const model::Schema& schema, IndexNumber number);

}  // namespace kosei::storage
