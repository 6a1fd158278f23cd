#include "prepared_records.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "hash.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process_rule.h"
#include "unique_value.h"

namespace kosei::storage {
namespace {

model::AttributeType ItemTypeOf(const model::Attribute& attribute) {
  const model::AttributeDefinition& definition = attribute.definition;
  return definition.type == model::AttributeType::kList ? definition.item_type : definition.type;
}

}  // namespace

std::uint64_t PreparedRecords::ContentOf(std::string_view bytes) { return Hash64(bytes) | 1; }

PreparedRecords::Duties PreparedRecords::DutiesOf(const model::Class& owner) {
  Duties duties;
  for (const model::Attribute& attribute : owner.attributes) {
    if (attribute.definition.unique) duties.unique.push_back(&attribute);
    if (ItemTypeOf(attribute) == model::AttributeType::kReference)
      duties.references.push_back(&attribute);
  }
  return duties;
}

// Makes it canonical.
absl::Status PreparedRecords::Check(const model::Schema& schema, Record& record) {
  std::erase_if(record.attributes,
                [](const auto& attribute) { return attribute.second.is_null(); });
  if (record.class_number.value == 0) {
    return MakeError(
        ErrorCode::kUnknownClass,
        "put record " + record.key + ": it does not exist yet and no class is given; name one",
        "class");
  }
  KOSEI_RETURN_IF_ERROR(schema.Canonicalise(record, model::Schema::Defaults::kFill));
  return CheckNoProcessRecord(schema, record.class_number, record.key);
}

void PreparedRecords::AddReferences(const Duties& duties, const Record& record) {
  for (const model::Attribute* attribute : duties.references) {
    const Value* const value = record.Find(attribute->number);
    if (value == nullptr) continue;
    if (value->kind() != ValueKind::kList) {
      references_.push_back({attribute, value->text()});
      continue;
    }
    for (const Value& item : value->list()) references_.push_back({attribute, item.text()});
  }
}

void PreparedRecords::AddClaims(const Duties& duties, const Record& record) {
  for (const model::Attribute* attribute : duties.unique) {
    const Value* const value = record.Find(attribute->number);
    if (value == nullptr) continue;
    claims_.push_back(
        {keys::IdentityOf(attribute->declared_in, attribute->number, UniqueText(*value)),
         attribute});
  }
}

PreparedRecords::PreparedRecords(const model::Schema& schema, std::span<const Record> records,
                                 Timestamp time) {
  // Copied into what the last one had, for most are alike.
  thread_local Record record;
  absl::flat_hash_map<std::uint16_t, Duties> known;
  std::vector<Ends> ends;
  hashes_.reserve(records.size() * Sha256::kSize);
  claims_.reserve(records.size());
  all_.resize(records.size());
  ends.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    One& one = all_[i];
    record = records[i];
    one.refused = Check(schema, record);
    if (one.refused.ok()) {
      if (record.valid_from == kBeginningOfTime) record.valid_from = time;
      one.valid_from = record.valid_from;
      one.valid_to = record.valid_to;
      one.bytes = EncodeRecord(record);
      hashes_ += Sha256::Of(one.bytes);
      one.content = ContentOf(one.bytes);
      const AttributeNumber gate = schema.GateAttributeOf(record.class_number);
      const Value* const own = gate.value == 0 ? nullptr : record.Find(gate);
      one.gated = own != nullptr && own->kind() == ValueKind::kText && !own->text().empty() &&
                  !record.ended;
      const auto [duties, is_new] = known.try_emplace(record.class_number.value);
      if (is_new) duties->second = DutiesOf(*schema.FindClass(record.class_number));
      AddClaims(duties->second, record);
      AddReferences(duties->second, record);
    }
    ends.push_back({hashes_.size(), claims_.size(), references_.size()});
  }
  PointTo(ends);
}

// What grew meanwhile stays where it is from here on.
void PreparedRecords::PointTo(const std::vector<Ends>& ends) {
  Ends begin;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const Ends& end = ends[i];
    One& one = all_[i];
    one.hash = std::string_view(hashes_).substr(begin.hashes, end.hashes - begin.hashes);
    one.claims = std::span(claims_).subspan(begin.claims, end.claims - begin.claims);
    one.references =
        std::span(references_).subspan(begin.references, end.references - begin.references);
    begin = end;
  }
}

}  // namespace kosei::storage
