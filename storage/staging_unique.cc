// Staging of unique values: who holds which value, from which commit to which.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"
#include "staging.h"
#include "unique_value.h"

namespace kosei::storage {

absl::StatusOr<std::vector<keys::Holder>> Staging::HoldersOf(const std::string& identity,
                                                             const HolderUpdates& pending) const {
  for (const auto& [name, holders] : pending) {
    if (name == identity) return holders;
  }
  if (const auto own = own_.holders.find(identity); own != own_.holders.end()) return own->second;
  if (const auto earlier = group_.holders.find(identity); earlier != group_.holders.end())
    return earlier->second;
  // Mostly the value is new: an error that says so would take longer than the look-up.
  std::string stored;
  const rocksdb::Status read =
      store_.database->db().Get(rocksdb::ReadOptions(), store_.database->family(Family::kIdentity),
                                SliceOf(identity), &stored);
  if (read.IsNotFound()) return std::vector<keys::Holder>();
  KOSEI_RETURN_IF_ERROR(ToStatus(read, "read " + std::string(NameOf(Family::kIdentity))));
  return keys::DecodeHolders(stored);
}

absl::Status Staging::UpdateHolders(const model::Class& owner,
                                    std::span<const Record* const> before,
                                    std::span<const Record* const> after, RecordId id,
                                    HolderUpdates& updates) const {
  for (const model::Attribute& attribute : owner.attributes) {
    if (!attribute.definition.unique) continue;
    const auto among = [&attribute](std::span<const Record* const> records, const Value& value) {
      return std::any_of(records.begin(), records.end(), [&](const Record* record) {
        const Value* const one = record->Find(attribute.number);
        return one != nullptr && *one == value;
      });
    };
    for (const Record* record : before) {
      const Value* const value = record->Find(attribute.number);
      if (value != nullptr && !among(after, *value)) {
        KOSEI_RETURN_IF_ERROR(GiveBack(attribute, *value, id, updates));
      }
    }
    for (const Record* record : after) {
      const Value* const value = record->Find(attribute.number);
      // Of one version to the next, what stays is held already; of several, only the book knows.
      const bool kept =
          before.size() == 1 && after.size() == 1 && value != nullptr && among(before, *value);
      if (value != nullptr && !kept) {
        KOSEI_RETURN_IF_ERROR(Take(attribute, *record, *value, id, updates));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Staging::GiveBack(const model::Attribute& attribute, const Value& value, RecordId id,
                               HolderUpdates& updates) const {
  std::string identity =
      keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(value));
  KOSEI_ASSIGN_OR_RETURN(std::vector<keys::Holder> holders, HoldersOf(identity, updates));
  for (keys::Holder& holder : holders) {
    if (holder.id == id && holder.end == kOpenEnd) holder.end = commit_;
  }
  SetHolders(std::move(identity), std::move(holders), updates);
  return absl::OkStatus();
}

absl::Status Staging::Take(const model::Attribute& attribute, const Record& record,
                           const Value& value, RecordId id, HolderUpdates& updates) const {
  std::string identity =
      keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(value));
  KOSEI_ASSIGN_OR_RETURN(std::vector<keys::Holder> holders, HoldersOf(identity, updates));
  const auto held = std::find_if(holders.begin(), holders.end(),
                                 [](const keys::Holder& holder) { return holder.end == kOpenEnd; });
  if (held != holders.end() && held->id == id) return absl::OkStatus();
  if (held != holders.end()) {
    return MakeError(
        ErrorCode::kDuplicateValue,
        absl::StrFormat(
            "put record %s: %s \"%s\" is held by record %s; a value of %s is unique, so "
            "correct one of the two",
            record.key, attribute.definition.name, store_.schema->Format(attribute, value),
            KeyOf(NodeOf(held->id)), attribute.definition.name),
        attribute.definition.name);
  }
  holders.push_back({id, commit_, kOpenEnd});
  SetHolders(std::move(identity), std::move(holders), updates);
  return absl::OkStatus();
}

void Staging::SetHolders(std::string identity, std::vector<keys::Holder> holders,
                         HolderUpdates& updates) {
  for (auto& [name, known] : updates) {
    if (name != identity) continue;
    known = std::move(holders);
    return;
  }
  updates.emplace_back(std::move(identity), std::move(holders));
}

}  // namespace kosei::storage
