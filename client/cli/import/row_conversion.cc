#include "import/row_conversion.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/time.h"
#include "suggest.h"
#include "value_parser.h"

namespace kosei::cli {
namespace {

RowError Wrong(std::string_view field, std::string reason) {
  return RowError{.line = 0, .column = 0, .field = std::string(field), .reason = std::move(reason)};
}

std::string Found(const Member* member) {
  return member == nullptr ? "is missing or empty" : "is no text";
}

// The member of that name when it is a text that is not empty.
Member* FindText(Row& row, std::string_view name, std::optional<RowError>& error) {
  Member* found = nullptr;
  for (Member& member : row.members) {
    if (member.name == name) found = &member;
  }
  if (found != nullptr && found->value.kind() == ValueKind::kText && !found->value.text().empty()) {
    return found;
  }
  const bool absent = found == nullptr || found->value.kind() == ValueKind::kText;
  error = Wrong(name, absl::StrFormat("'%s' %s", name, Found(absent ? nullptr : found)));
  return nullptr;
}

// valid_from and valid_to are no attributes: they say from when to when the row is so.
bool IsValidTime(const Member& member) {
  return member.name == "valid_from" || member.name == "valid_to";
}

std::optional<RowError> SetValidTime(const Member& member, Timestamp& from, Timestamp& to) {
  if (member.value.is_null()) return std::nullopt;
  if (member.value.kind() != ValueKind::kText) {
    return Wrong(member.name, absl::StrFormat("'%s' is no RFC 3339 time", member.name));
  }
  if (member.value.text().empty()) return std::nullopt;
  const absl::StatusOr<Timestamp> time = ParseTimestamp(member.value.text());
  if (!time.ok()) return Wrong(member.name, std::string(MessageOf(time.status())));
  (member.name == "valid_from" ? from : to) = *time;
  return std::nullopt;
}

}  // namespace

HeaderRules RecordHeader() { return {.required = {"class", "key"}, .others_allowed = true}; }
HeaderRules LinkHeader() {
  return {.required = {"source", "type", "target"},
          .others_allowed = false,
          .optional = {"valid_from", "valid_to"}};
}

RecordConversion::ClassCache& RecordConversion::CacheOf(const std::string& class_name) {
  ClassCache& cache = classes_[class_name];
  if (cache.owner == nullptr) cache.owner = model_.FindClass(class_name);
  return cache;
}

const client::ModelAttribute* RecordConversion::AttributeAt(ClassCache& cache, std::size_t position,
                                                            std::string_view name) const {
  if (cache.positions.size() <= position) cache.positions.resize(position + 1);
  Position& known = cache.positions[position];
  if (known.name != name) {
    known = {std::string(name), model_.FindAttribute(*cache.owner, name)};
  }
  return known.attribute;
}

std::optional<RowError> RecordConversion::SetAttribute(ClassCache& cache, std::size_t position,
                                                       Member& member, Record& record) const {
  const client::ModelAttribute* const attribute = AttributeAt(cache, position, member.name);
  if (attribute == nullptr) {
    return Wrong(member.name,
                 std::string(MessageOf(UnknownAttribute(model_, *cache.owner, member.name))));
  }
  const bool from_text = form_ == RowReader::Form::kCsv && member.value.kind() == ValueKind::kText;
  record.attributes.emplace_back(
      attribute->number,
      from_text ? ValueOfText(member.value.text(), *attribute) : std::move(member.value));
  return std::nullopt;
}

std::optional<RowError> RecordConversion::Convert(Row& row, Record& record) {
  std::optional<RowError> error;
  Member* const class_name = FindText(row, "class", error);
  if (class_name == nullptr) return error;
  Member* const key = FindText(row, "key", error);
  if (key == nullptr) return error;
  ClassCache& cache = CacheOf(class_name->value.text());
  if (cache.owner == nullptr) {
    return Wrong("class",
                 absl::StrFormat("the model has no class '%s'%s", class_name->value.text(),
                                 DidYouMean(class_name->value.text(), model_.class_names)));
  }
  record = Record{};
  record.class_number = cache.owner->number;
  for (std::size_t i = 0; i < row.members.size(); ++i) {
    Member& member = row.members[i];
    if (&member == class_name || &member == key) continue;
    error = IsValidTime(member) ? SetValidTime(member, record.valid_from, record.valid_to)
                                : SetAttribute(cache, i, member, record);
    if (error.has_value()) return error;
  }
  record.key = key->value.text();
  std::sort(record.attributes.begin(), record.attributes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return std::nullopt;
}

std::optional<RowError> LinkConversion::Convert(Row& row, client::Link& link) const {
  std::optional<RowError> error;
  link.valid_from = kBeginningOfTime;
  link.valid_to = kEndOfTime;
  Member* const source = FindText(row, "source", error);
  if (source == nullptr) return error;
  Member* const type = FindText(row, "type", error);
  if (type == nullptr) return error;
  Member* const target = FindText(row, "target", error);
  if (target == nullptr) return error;
  for (const Member& member : row.members) {
    if (&member == source || &member == type || &member == target) continue;
    if (IsValidTime(member)) {
      error = SetValidTime(member, link.valid_from, link.valid_to);
      if (error.has_value()) return error;
      continue;
    }
    return Wrong(member.name, absl::StrFormat("a relationship has source, type and target, no '%s'",
                                              member.name));
  }
  link.type = model_.RelationshipTypeOf(type->value.text());
  if (link.type.value == 0) {
    return Wrong("type",
                 absl::StrFormat("the model has no relationship type '%s'%s", type->value.text(),
                                 DidYouMean(type->value.text(), model_.relationship_type_names)));
  }
  link.source = source->value.text();
  link.target = target->value.text();
  return std::nullopt;
}

}  // namespace kosei::cli
