#include "record_filter.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

// A record's key is no attribute of the model; people ask for it in the same way.
constexpr std::string_view kKeyName = "key";

absl::Status UnknownAttribute(const model::Schema& schema, const std::string& name,
                              const std::string& class_name) {
  const model::Class* asked = schema.FindClass(class_name);
  if (asked != nullptr) return schema.GetAttribute(*asked, name).status();
  return MakeError(
      ErrorCode::kUnknownAttribute,
      absl::StrFormat("search: no class of the model has an attribute '%s'; check its name", name),
      name);
}

// What was stored before its attribute was widened from integer to decimal is the same number.
bool Same(const Value& stored, const Value& wanted) {
  if (stored.kind() == ValueKind::kInteger && wanted.kind() == ValueKind::kDecimal)
    return wanted.decimal() == Decimal{stored.integer(), 0};
  return stored == wanted;
}

bool HasEvery(const Value& value, const ValueList& wanted) {
  if (value.kind() != ValueKind::kList) return false;
  const ValueList& items = value.list();
  return std::all_of(wanted.begin(), wanted.end(), [&items](const Value& item) {
    return std::any_of(items.begin(), items.end(),
                       [&item](const Value& one) { return Same(one, item); });
  });
}

}  // namespace

absl::StatusOr<RecordFilter> RecordFilter::Make(const model::Schema& schema,
                                                const SearchRequest& request) {
  KOSEI_ASSIGN_OR_RETURN(FoldedText text, FoldedText::Of(request.text));
  RecordFilter filter(std::move(text), schema.well_known());
  if (!request.class_name.empty()) {
    KOSEI_RETURN_IF_ERROR(filter.AddClass(schema, request.class_name));
  }
  for (const auto& [name, value] : request.equals) {
    KOSEI_RETURN_IF_ERROR(filter.AddEqual(schema, name, value, request.class_name));
  }
  return filter;
}

absl::Status RecordFilter::AddClass(const model::Schema& schema, const std::string& name) {
  KOSEI_ASSIGN_OR_RETURN(const model::Class* const super, schema.GetClass(name));
  every_class_ = false;
  for (const model::Class& candidate : schema.classes()) {
    if (!schema.IsA(candidate.number, super->number)) continue;
    if (candidate.number.value >= classes_.size()) {
      classes_.resize(std::size_t{candidate.number.value} + 1);
    }
    classes_[candidate.number.value] = 1;
  }
  return absl::OkStatus();
}

// A name means the same attribute in every class, but classes may refine what it may hold: the
// value must do for one of them.
absl::Status RecordFilter::AddEqual(const model::Schema& schema, const std::string& name,
                                    const std::string& text, const std::string& class_name) {
  absl::Status refused;
  for (const model::Class& candidate : schema.classes()) {
    if (!HasClass(candidate.number)) continue;
    const model::Attribute* const attribute = schema.FindAttribute(candidate, name);
    if (attribute == nullptr) continue;
    absl::StatusOr<Value> value = schema.Coerce(*attribute, Value(text));
    if (!value.ok()) {
      if (refused.ok()) refused = value.status();
      continue;
    }
    equals_.push_back({attribute->number, *std::move(value)});
    return absl::OkStatus();
  }
  if (!refused.ok()) return refused;
  if (name != kKeyName) return UnknownAttribute(schema, name, class_name);
  if (key_.has_value() && *key_ != text) contradiction_ = true;
  key_ = text;
  return absl::OkStatus();
}

bool RecordFilter::Matches(RecordView record) {
  if (contradiction_ || !HasClass(record.class_number())) return false;
  if (key_.has_value() && record.key() != *key_) return false;
  for (const Equal& equal : equals_) {
    const Value value = record.Find(equal.attribute);
    const bool holds = equal.value.kind() == ValueKind::kList ? HasEvery(value, equal.value.list())
                                                              : Same(value, equal.value);
    if (!holds) return false;
  }
  return text_.empty() || text_.IsPartOf(record.key()) ||
         text_.IsPartOf(record.Text(well_known_.name)) ||
         text_.IsPartOf(record.Text(well_known_.description));
}

}  // namespace kosei::query
