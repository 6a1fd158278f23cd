#include "kosei/query/change_filter.h"

#include <cstddef>
#include <memory>

#include "kosei/base/status_macros.h"

namespace kosei::query {

absl::StatusOr<ChangeFilter> ChangeFilter::Make(const storage::Reader& reader,
                                                const ChangeSelection& selection) {
  const std::shared_ptr<const model::Schema> schema = reader.schema();
  ChangeFilter filter(reader);
  filter.everything_ = selection.everything();
  filter.key_prefix_ = selection.key_prefix;
  if (!selection.type_name.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const model::RelationshipType* const type,
                           schema->GetRelationshipType(selection.type_name));
    filter.type_ = type->number;
  }
  if (selection.class_name.empty()) return filter;
  KOSEI_ASSIGN_OR_RETURN(const model::Class* const super, schema->GetClass(selection.class_name));
  filter.every_class_ = false;
  for (const model::Class& candidate : schema->classes()) {
    if (!schema->IsA(candidate.number, super->number)) continue;
    if (candidate.number.value >= filter.classes_.size()) {
      filter.classes_.resize(std::size_t{candidate.number.value} + 1);
    }
    filter.classes_[candidate.number.value] = 1;
  }
  return filter;
}

bool ChangeFilter::HoldsFor(RecordId id) const {
  if (!every_class_) {
    const std::uint16_t number = reader_->ClassOf(id).value;
    if (number >= classes_.size() || classes_[number] == 0) return false;
  }
  return key_prefix_.empty() || reader_->KeyOf(id).starts_with(key_prefix_);
}

}  // namespace kosei::query
