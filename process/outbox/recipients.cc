#include "outbox/recipients.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;

struct AudienceRule {
  std::string_view name;
  std::string_view type;  // of links, without which nobody asks; empty: an attribute
  std::string_view what;  // a statement over $key that gives keys, or the attribute
};
constexpr std::array kRules = {
    AudienceRule{"reporter", "reported_by", "MATCH (r {key: $key})-[:reported_by]->(p)"},
    AudienceRule{"customer", "for_customer", "MATCH (r {key: $key})-[:for_customer]->(p)"},
    AudienceRule{"watchers", "watches", "MATCH (r {key: $key})<-[:watches]-(p)"},
    AudienceRule{"owners", "concerns", "MATCH (r {key: $key})-[:concerns]->()-[:owned_by]->(p)"},
    AudienceRule{"author", "", "opened_by"},
    AudienceRule{"assignee", "", "assigned_to"},
    AudienceRule{"group", "", "assignment_group"},
    AudienceRule{"implementer", "", "implemented_by"},
    AudienceRule{"deputy", "", "deputy"},
};

using Keys = std::set<std::string>;

absl::Status AddKeys(const Asking& asking, std::string_view match, std::string_view key,
                     Keys& keys) {
  return asking.Ask(absl::StrFormat("%s RETURN DISTINCT key(p)", std::string(match)),
                    {{"key", Datum::String(std::string(key))}}, [&](std::span<const Datum> row) {
                      keys.insert(row[0].string());
                      return true;
                    });
}

struct ReadRecord {
  const model::Class* owner = nullptr;
  language::DatumMap attributes;
};
std::optional<ReadRecord> Read(const storage::Reader& reader, const Definitions& definitions,
                               const storage::View& view, std::string_view key) {
  const std::optional<RecordId> id = reader.IdOf(key);
  if (!id.has_value()) return std::nullopt;
  const absl::StatusOr<storage::RecordVersion> version = reader.Get(*id, view);
  if (!version.ok()) return std::nullopt;
  ReadRecord read;
  read.owner = definitions.schema().FindClass(version->record().class_number());
  if (read.owner == nullptr) return std::nullopt;
  read.attributes = query::AttributesOf(definitions.schema(), version->record());
  return read;
}

std::string TextIn(const language::DatumMap& attributes, std::string_view name) {
  for (const auto& [each, value] : attributes) {
    if (each == name && value.kind() == DatumKind::kString) return value.string();
  }
  return {};
}

bool IsOf(const Definitions& definitions, const ReadRecord& read, std::string_view class_name) {
  const model::Class* const above = definitions.schema().FindClass(class_name);
  return above != nullptr && definitions.schema().IsA(read.owner->number, above->number);
}

bool HasTypes(const Definitions& definitions, std::string_view type) {
  return definitions.schema().FindRelationshipType(type) != nullptr;
}

// Keys of those whom the audience names, before teams are looked into.
absl::StatusOr<Keys> NamedBy(const storage::Reader& reader, const Definitions& definitions,
                             const Asking& asking, std::string_view about,
                             std::string_view audience) {
  Keys keys;
  const auto rule = std::find_if(kRules.begin(), kRules.end(),
                                 [&](const AudienceRule& each) { return each.name == audience; });
  if (rule == kRules.end()) {
    const auto role = std::find_if(definitions.roles().begin(), definitions.roles().end(),
                                   [&](const auto& each) { return each.name == audience; });
    if (role == definitions.roles().end()) {
      return MakeError(ErrorCode::kNotFound,
                       absl::StrFormat("audience %s: it is no role and no word that notifications "
                                       "know; name one of them in the life cycle",
                                       std::string(audience)),
                       "audience");
    }
    KOSEI_RETURN_IF_ERROR(
        asking.Ask("MATCH (p:Person) WHERE $role IN p.roles RETURN DISTINCT key(p)",
                   {{"role", Datum::String(role->name)}}, [&](std::span<const Datum> row) {
                     keys.insert(row[0].string());
                     return true;
                   }));
    return keys;
  }
  if (!rule->type.empty()) {
    if (HasTypes(definitions, rule->type) &&
        (audience != "owners" || HasTypes(definitions, "owned_by")))
      KOSEI_RETURN_IF_ERROR(AddKeys(asking, rule->what, about, keys));
    // Who opens a record for himself need not be named twice.
    if (audience != "reporter" || !keys.empty()) return keys;
  }
  const auto record = Read(reader, definitions, asking.view(), about);
  if (!record.has_value()) return keys;
  std::string key = TextIn(record->attributes, rule->type.empty() ? rule->what : "opened_by");
  if (!key.empty()) keys.insert(std::move(key));
  return keys;
}

}  // namespace

std::optional<Recipient> RecipientOf(const storage::Reader& reader, const Definitions& definitions,
                                     const storage::View& view, std::string_view key,
                                     TextLanguage otherwise) {
  const auto read = Read(reader, definitions, view, key);
  if (!read.has_value() || !IsOf(definitions, *read, "Party")) return std::nullopt;
  Recipient recipient;
  recipient.key = key;
  recipient.name = TextIn(read->attributes, "name");
  recipient.email = TextIn(read->attributes, "email");
  recipient.language = TextLanguageOf(TextIn(read->attributes, "language")).value_or(otherwise);
  return recipient;
}

absl::StatusOr<std::vector<Recipient>> RecipientsOf(const storage::Reader& reader,
                                                    const Definitions& definitions,
                                                    const Asking& asking, std::string_view about,
                                                    std::string_view audience,
                                                    TextLanguage otherwise) {
  KOSEI_ASSIGN_OR_RETURN(const Keys named, NamedBy(reader, definitions, asking, about, audience));
  Keys keys;
  for (const std::string& key : named) {
    const auto read = Read(reader, definitions, asking.view(), key);
    if (!read.has_value()) continue;
    const bool through_members = IsOf(definitions, *read, "Team") &&
                                 TextIn(read->attributes, "email").empty() &&
                                 HasTypes(definitions, "member_of");
    if (!through_members) {
      keys.insert(key);
      continue;
    }
    KOSEI_RETURN_IF_ERROR(
        AddKeys(asking, "MATCH (t {key: $key})<-[:member_of]-(p:Person)", key, keys));
  }
  std::vector<Recipient> recipients;
  for (const std::string& key : keys) {
    auto recipient = RecipientOf(reader, definitions, asking.view(), key, otherwise);
    if (recipient.has_value()) recipients.push_back(*std::move(recipient));
  }
  return recipients;
}

}  // namespace kosei::process
