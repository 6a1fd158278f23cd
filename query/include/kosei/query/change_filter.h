// ChangeFilter: which changes of a graph somebody wants to hear of, by class, key and relationship
// type. Used by comparisons and by the change feed, so that both mean the same.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// All parts that are given must hold; a relationship has the class or the key of either end.
struct ChangeSelection {
  std::string class_name = {};  // this class and those below; empty: all
  std::string key_prefix = {};  // records whose key begins with it
  std::string type_name = {};   // relationships of this type only, and no records
  bool everything() const { return class_name.empty() && key_prefix.empty() && type_name.empty(); }
};

// Immutable; thread-safe. `reader` must outlive it.
class ChangeFilter {
 public:
  // kUnknownClass, kUnknownRelationshipType.
  static absl::StatusOr<ChangeFilter> Make(const storage::Reader& reader,
                                           const ChangeSelection& selection);

  bool everything() const { return everything_; }
  bool wants_records() const { return type_ == RelationshipTypeNumber{}; }
  // By the class that the record has in the present.
  bool WantsRecord(RecordId id) const { return wants_records() && HoldsFor(id); }
  bool WantsType(RelationshipTypeNumber type) const { return wants_records() || type == type_; }
  bool WantsLink(RecordId source, RelationshipTypeNumber type, RecordId target) const {
    return WantsType(type) && (HoldsFor(source) || HoldsFor(target));
  }

 private:
  explicit ChangeFilter(const storage::Reader& reader) : reader_(&reader) {}
  bool HoldsFor(RecordId id) const;

  const storage::Reader* reader_;
  bool everything_ = true;
  bool every_class_ = true;
  std::vector<char> classes_;  // by class number
  std::string key_prefix_;
  RelationshipTypeNumber type_;  // 0: all
};

}  // namespace kosei::query
