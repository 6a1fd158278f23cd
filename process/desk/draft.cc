#include "desk/draft.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {

Draft::Draft(const model::Schema& schema, std::string actor, std::string reason) : schema_(schema) {
  transaction_.by_process = true;
  transaction_.provenance.actor = std::move(actor);
  transaction_.provenance.reason = std::move(reason);
}

absl::Status Draft::Put(const model::Class& owner, std::string_view key,
                        const language::DatumMap& attributes,
                        std::optional<CommitNumber> expected_begin) {
  Record record;
  record.key = key;
  record.class_number = owner.number;
  std::vector<AttributeNumber> taken_away;
  for (const auto& [name, datum] : attributes) {
    KOSEI_ASSIGN_OR_RETURN(const model::Attribute* attribute, schema_.GetAttribute(owner, name));
    KOSEI_ASSIGN_OR_RETURN(Value value, query::ValueOf(schema_, *attribute, datum));
    if (value.is_null()) {
      taken_away.push_back(attribute->number);
    } else {
      record.Set(attribute->number, std::move(value));
    }
  }
  if (expected_begin == kNoCommit) taken_away.clear();  // there is nothing yet
  // Record::Set would leave a null out, and then nothing were said of the attribute.
  for (const AttributeNumber number : taken_away) {
    const auto at = std::ranges::lower_bound(record.attributes, number, {},
                                             &std::pair<AttributeNumber, Value>::first);
    if (at == record.attributes.end() || at->first != number)
      record.attributes.emplace(at, number, Value());
  }
  transaction_.put_records.push_back({std::move(record), expected_begin});
  return absl::OkStatus();
}

absl::Status Draft::Link(std::string_view key, const RecordLink& link) {
  KOSEI_ASSIGN_OR_RETURN(const model::RelationshipType* type,
                         schema_.GetRelationshipType(link.type));
  std::string source(key);
  std::string target = link.other.empty() ? transaction_.provenance.actor : link.other;
  if (link.incoming) source.swap(target);
  transaction_.put_links.push_back({std::move(source), type->number, std::move(target)});
  return absl::OkStatus();
}

absl::Status Draft::Unlink(std::string_view key, const RecordLink& link) {
  KOSEI_ASSIGN_OR_RETURN(const model::RelationshipType* type,
                         schema_.GetRelationshipType(link.type));
  std::string source(key);
  std::string target = link.other.empty() ? transaction_.provenance.actor : link.other;
  if (link.incoming) source.swap(target);
  transaction_.end_links.push_back({std::move(source), type->number, std::move(target)});
  return absl::OkStatus();
}

}  // namespace kosei::process
