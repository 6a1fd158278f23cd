#include "record_rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "text_check.h"

namespace kosei::model {
namespace {

absl::Status CheckKey(const Record& record) {
  constexpr std::string_view kField = "key";
  if (record.key.empty()) {
    return MakeError(ErrorCode::kRequiredMissing,
                     "the key is empty, expected a text that is unique among all records", kField);
  }
  if (record.key.size() > kKeyBytesMax) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("the key has %d bytes, expected at most %d; shorten it",
                                     record.key.size(), kKeyBytesMax),
                     kField);
  }
  const TextScan scan = ScanText(record.key, TextForm::kLine);
  if (scan.flaw == TextFlaw::kNone) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidText,
                   absl::StrFormat("the key %s has %s at byte %d; remove it", Quoted(record.key),
                                   scan.flaw == TextFlaw::kNotUtf8 ? "a byte that is not UTF-8"
                                                                   : "a control character",
                                   scan.position + 1),
                   kField);
}

absl::Status UnknownAttribute(const SchemaTables& tables, const Class& owner,
                              AttributeNumber number) {
  const std::size_t position = std::size_t{number.value} - 1;
  if (position >= tables.book.attributes.size()) {
    return MakeError(
        ErrorCode::kUnknownAttribute,
        absl::StrFormat("attribute number %d is unknown; get the model again", number.value));
  }
  const std::string& name = tables.book.attributes[position];
  return MakeError(ErrorCode::kUnknownAttribute,
                   absl::StrFormat("class %s has no attribute %s; leave it out, or add it to the "
                                   "model",
                                   owner.definition.name, name),
                   name);
}

absl::Status RetiredAttribute(const Class& owner, const Attribute& attribute) {
  return MakeError(ErrorCode::kRetired,
                   absl::StrFormat("attribute %s of class %s is retired: it is read and no longer "
                                   "written; leave it out",
                                   attribute.definition.name, owner.definition.name),
                   attribute.definition.name);
}

// Ascending, each number once.
absl::Status SortAttributes(const SchemaTables& tables, Record& record) {
  auto& attributes = record.attributes;
  const auto by_number = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (!std::is_sorted(attributes.begin(), attributes.end(), by_number))
    std::sort(attributes.begin(), attributes.end(), by_number);
  const auto twice =
      std::adjacent_find(attributes.begin(), attributes.end(),
                         [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twice == attributes.end()) return absl::OkStatus();
  const std::size_t position = std::size_t{twice->first.value} - 1;
  const std::string name = position < tables.book.attributes.size()
                               ? tables.book.attributes[position]
                               : absl::StrFormat("number %d", twice->first.value);
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("attribute %s is given twice; give it once", name), name);
}

absl::Status CoerceAttributes(const SchemaTables& tables, const Class& owner, Record& record) {
  // Both sequences ascend, so one walk along the class's attributes finds all of the record's.
  auto known = owner.attributes.begin();
  bool has_null = false;
  std::optional<Value> changed;
  for (auto& [number, value] : record.attributes) {
    while (known != owner.attributes.end() && known->number < number) ++known;
    if (known == owner.attributes.end() || known->number != number)
      return UnknownAttribute(tables, owner, number);
    if (known->definition.retired && !value.is_null()) return RetiredAttribute(owner, *known);
    KOSEI_RETURN_IF_ERROR(Canonicalise(tables.rules[known->rule], value, changed));
    if (changed) value = *std::move(changed);
    has_null = has_null || value.is_null();
  }
  if (has_null)
    std::erase_if(record.attributes, [](const auto& entry) { return entry.second.is_null(); });
  return absl::OkStatus();
}

const Value* FindValue(const Record& record, AttributeNumber number) {
  const auto place = std::lower_bound(
      record.attributes.begin(), record.attributes.end(), number,
      [](const auto& entry, AttributeNumber wanted) { return entry.first < wanted; });
  return place != record.attributes.end() && place->first == number ? &place->second : nullptr;
}

void FillDefaults(const ClassDuties& duties, Record& record) {
  for (const Attribute* attribute : duties.defaulted) {
    if (FindValue(record, attribute->number) == nullptr)
      record.Set(attribute->number, attribute->definition.default_value);
  }
}

absl::Status CheckRequired(const ClassDuties& duties, const Record& record) {
  for (const Attribute* attribute : duties.required) {
    if (FindValue(record, attribute->number) != nullptr) continue;
    return MakeError(ErrorCode::kRequiredMissing,
                     absl::StrFormat("attribute %s is required and missing; give it a value",
                                     attribute->definition.name),
                     attribute->definition.name);
  }
  return absl::OkStatus();
}

absl::Status CanonicaliseAs(const SchemaTables& tables, const Class& owner, Record& record,
                            Schema::Defaults defaults) {
  if (owner.definition.is_abstract) {
    return MakeError(ErrorCode::kAbstractClass,
                     absl::StrFormat("class %s is abstract: it has no records of its own; choose a "
                                     "class below it",
                                     owner.definition.name),
                     "class");
  }
  if (owner.definition.retired && !record.ended) {
    return MakeError(ErrorCode::kRetired,
                     absl::StrFormat("class %s is retired: its records are read and no longer "
                                     "written; choose another class",
                                     owner.definition.name),
                     "class");
  }
  KOSEI_RETURN_IF_ERROR(CheckKey(record));
  KOSEI_RETURN_IF_ERROR(SortAttributes(tables, record));
  KOSEI_RETURN_IF_ERROR(CoerceAttributes(tables, owner, record));
  if (record.ended) return absl::OkStatus();
  const ClassDuties& duties =
      tables.duties[static_cast<std::size_t>(&owner - tables.classes.data())];
  if (defaults == Schema::Defaults::kFill) FillDefaults(duties, record);
  return CheckRequired(duties, record);
}

}  // namespace

absl::Status CanonicaliseRecord(const SchemaTables& tables, Record& record,
                                Schema::Defaults defaults) {
  const Class* owner = FindByNumber(tables, record.class_number);
  if (owner == nullptr) {
    const std::size_t position = std::size_t{record.class_number.value} - 1;
    const std::string name =
        position < tables.book.classes.size()
            ? tables.book.classes[position] + " has left the model"
            : absl::StrFormat("number %d is unknown", record.class_number.value);
    return MakeError(ErrorCode::kUnknownClass,
                     absl::StrFormat("record %s: class %s; choose a class of the model",
                                     Quoted(record.key), name),
                     "class");
  }
  const absl::Status status = CanonicaliseAs(tables, *owner, record, defaults);
  if (status.ok()) return status;
  return WithContext(status, absl::StrFormat("%s %s", owner->definition.name, Quoted(record.key)));
}

}  // namespace kosei::model
